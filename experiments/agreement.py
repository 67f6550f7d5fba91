"""How far the course's functions are from the same in well-known libraries: makes docs/agreement.md.

``python -m experiments.agreement`` (half a minute). It needs the extra "peers" of pyproject.toml.

``TABLES`` declares every comparison: functions of the course, their counterpart, the cases, and what computes both
sides of a case.
"""

import itertools
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib import import_module
from operator import attrgetter, methodcaller
from pathlib import Path
from typing import Any

import numpy as np

from experiments import peers, rules, schedules
from experiments.peers import BYTES, KERAS, PAD, PYTORCH, PYTORCH_EDGES
from nnlearn import models
from nnlearn.compression import (
    Quantized,
    float_formats,
    integer_matmul,
    pack,
    quantize,
    soft_loss,
    soft_slope,
    soften,
    unpack,
)
from nnlearn.data import digits
from nnlearn.data.augment import (
    FILLS,
    colour_jitter,
    crop,
    crop_and_resize,
    flip_horizontal,
    flip_vertical,
    mixup,
    random_crop,
    rotate,
    scale,
    shift,
)
from nnlearn.data.clean import (
    MODES,
    Imputer,
    Standardizer,
    Transformer,
    find_outliers,
    gaussian_filter,
    mean_filter,
    median_filter,
    psnr,
    ssim,
)
from nnlearn.data.compress import binarize, join, quantize_data, split_features, split_space
from nnlearn.interop.quiet import keras, tf
from nnlearn.models.litert import LiteRT, silence
from nnlearn.models.straight_through import straight_through
from nnlearn.networks import Conv2D, Layer, MaxPool2D, Network

COMMAND = "python -m experiments.agreement"
FILE = Path(__file__).parents[1] / "docs/agreement.md"
LIBRARIES = {  # and their modules
    "NumPy": "numpy", "SciPy": "scipy", "scikit-learn": "sklearn", "scikit-image": "skimage", "Pillow": "PIL",
    "TensorFlow": "tensorflow", "Keras": "keras", "PyTorch": "torch", "optax": "optax", "LiteRT": "ai_edge_litert",
    "ml_dtypes": "ml_dtypes",
}  # fmt: skip

Case = tuple[Any, ...]
Cases = Mapping[str, Sequence[Any]]
Sides = Iterable[Any]


@dataclass(frozen=True)
class Comparison:
    """Functions of the course beside a counterpart.

    functions: their names, "one, another". library: a key of ``LIBRARIES``; call: what of it is called. unit: of a
    difference; at_most: the largest that may be. cases: the values of each of their parts, by the part's name; every
    combination is a case. sides: of a case ours and theirs, arrays of one shape and type. why: they differ, if they do.
    """

    functions: str
    library: str
    call: str
    unit: str
    at_most: float
    cases: Cases
    sides: Callable[..., Sides]
    why: str = ""

    def all_cases(self) -> list[Case]:
        """Every combination."""
        return list(itertools.product(*self.cases.values()))

    def cells(self) -> list[str]:
        """What the page says of it before anything is measured."""
        product = " x ".join(f"{len(values)} {name}" for name, values in self.cases.items() if len(values) > 1)
        only = [(name, *values) for name, values in self.cases.items() if len(values) == 1]
        fixed = [value if isinstance(value, str) else f"{name} {value}" for name, value in only]
        cases = f"{len(self.all_cases()):,} = {product}" if product else "1"
        return [quoted(self.functions), f"{self.library}: {self.call}", "; ".join([cases, *fixed])]


@dataclass(frozen=True)
class Agreement:
    """What came out: the largest difference, and the share of numbers that are not equal."""

    largest: float
    unequal: float


def measure(comparison: Comparison, cases: Sequence[Case]) -> Agreement:
    """Computes both sides of the cases. Raises TypeError if they can't be compared number by number."""
    largest, unequal, count = 0.0, 0, 0
    for case in cases:
        with silence():  # PyTorch and TensorFlow say that some of this will go
            ours, theirs = map(np.asarray, comparison.sides(*case))
        if (ours.shape, ours.dtype) != (theirs.shape, theirs.dtype):
            kinds = f"{ours.dtype} {ours.shape} and {theirs.dtype} {theirs.shape}"
            raise TypeError(f"{' '.join(comparison.cells())}: the sides of {case} are {kinds}")
        largest = max(largest, float(np.abs(np.subtract(ours, theirs, dtype=np.float64)).max()))
        unequal += int(np.count_nonzero(ours != theirs))
        count += ours.size
    return Agreement(largest, unequal / count)


# --- Images ---------------------------------------------------------------------------------------------

SHAPES = [(2, 8, 8), (2, 9, 13), (1, 40, 31), (2, 1, 5), (1, 5, 1), (3, 2, 2), (1, 1, 1), (2, 6, 7, 3), (1, 5, 6, 4)]
COLOUR = [(3, 9, 13, 3), (2, 8, 8, 1), (1, 6, 7, 4)]
DTYPES = ["uint8", "int8", "uint16", "int32", "int64", "float32", "float64"]
ANGLES = [0.1, 17.3, 30, 45, 60, 89.9, 123.4, -45, -150, 270.5, 359, 725]
FACTORS = [0.02, 0.35, 0.5, 0.9, 1, 1.1, 2, 3.7, 40]

SCIPY = {fill: fill for fill in FILLS if fill != "wrap"}
BLENDING = {fill: fill for fill in SCIPY if fill != "constant"}


def some_images(shape: Sequence[int], dtype: Any = "float64", seed: int = 0) -> Any:
    """Random pixels: normal numbers, or whole ones that take all values of a byte."""
    dtype, rng = np.dtype(dtype), np.random.default_rng(seed)
    if dtype.kind == "f":
        return rng.normal(size=shape).astype(dtype)
    if dtype.kind == "b":
        return rng.random(shape) < 0.5
    low = -128 if dtype.kind == "i" else 0
    return rng.integers(low, low + 256, shape).astype(dtype)


def moved(images: Any, move: tuple[int, int], fill: str, value: float) -> Any:
    """``shift``, its two numbers as one setting, as an angle is."""
    return shift(images, *move, fill, value)


def on_images(ours: Callable[..., Any], theirs: Callable[..., Any]) -> Callable[..., Sides]:
    """The sides of two functions of images: of a shape, a type, and what else the functions take."""

    def sides(shape: Case, dtype: str, *settings: Any) -> Sides:
        images = some_images(shape, dtype)
        return ours(images, *settings), theirs(images, *settings)

    return sides


def resampled(ours: Any, theirs: Any, modes: Mapping[str, str], value: float = 7) -> Callable[..., Sides]:
    """The sides of two shifts, rotations or zooms: of a shape, a type, a setting, and their name of a fill mode.

    value: of the pixels beyond the border. Of bytes theirs are rounded, if they are not yet.
    """

    def sides(shape: Case, dtype: str, setting: Any, mode: str) -> Sides:
        images = some_images(shape, dtype)
        result = theirs(images, setting, mode, value)
        if dtype == "uint8":
            result = np.floor(result + 0.5).astype(dtype)
        return ours(images, setting, modes[mode], value), result

    return sides


def rescaled(shape: Case, factor: float, **options: Any) -> Sides:
    """The sides of ``scale`` and what changes the size of the image too: the part in the middle that both show."""
    images = some_images(shape)
    sides = scale(images, factor), peers.scikit_images_rescale(images, factor, **options)
    height, width = np.minimum(*(side.shape[1:3] for side in sides))
    return [crop(side, (side.shape[1] - height) // 2, (side.shape[2] - width) // 2, height, width) for side in sides]


ABSOLUTE, ROUNDED, SINGLE = "absolute", "positions are rounded otherwise", "it computes in float32"
ALIKE = {  # of each type the unit, the largest difference, and its reason, where pixels are computed
    "float64": (ABSOLUTE, 1e-12, ROUNDED),
    "float32": (ABSOLUTE, 5e-5, f"{SINGLE}, the course in float64"),
    "uint8": ("grey level", 1, f"{ROUNDED}, so a value just at a half falls on its other side"),
}


def computed(
    function: str,
    library: str,
    call: str,
    theirs: Callable[..., Any],
    settings: Cases,
    modes: Mapping[str, str],
    dtype: str = "float64",
    value: float = 7,
) -> Comparison:
    """A rotation or zoom that is not the same to the last bit; PyTorch and Keras take colour images alone."""
    shapes = COLOUR if library in ("PyTorch", "Keras") else SHAPES
    cases = {"shapes": shapes, "types": [dtype], **settings, "modes": [*modes]}
    unit, at_most, why = ALIKE[dtype]
    sides = resampled({"rotate": rotate, "scale": scale}[function], theirs, modes, value)
    return Comparison(function, library, call, unit, at_most, cases, sides, why)


FLIPS = {flip_horizontal: (2, tf.image.flip_left_right), flip_vertical: (1, tf.image.flip_up_down)}
FLIPPED: Cases = {"types": DTYPES, "flips": [*FLIPS]}
WINDOWS = [(0, 0, 1, 1), (1, 2, 4, 3), (0, 1, 5, 5), (4, 0, 1, 6)]  # top, left, height, width
CROPPED: Cases = {"shapes": COLOUR, "types": DTYPES, "windows": WINDOWS}
CROPPED_AT_RANDOM: Cases = {"shapes": [(20, 6, 7, 3)], "types": ["uint8"], "sizes": [(6, 7), (4, 4), (1, 7)],
                     "paddings": [0, 1, 4], "seeds": range(5)}  # fmt: skip
MOVED: Cases = {"moves": [(1, 0), (-2, 3), (0, -1), (4, -5), (0, 0)]}
TURNED, ZOOMED = {"angles": ANGLES}, {"factors": FACTORS}
SMALLER, LARGER, EVEN = [0.25, 0.5, 0.75], [1, 1.5, 2, 3], [(2, 16, 16), (1, 16, 32), (1, 32, 16, 3)]


def contrasts(shape: Case, factor: float) -> Sides:
    """Of grey images between black and white, whose contrast nothing cuts off."""
    images = 0.4 + 0.2 * np.random.default_rng(0).random(shape)
    return colour_jitter(images, contrast=factor), tf.image.adjust_contrast(images, factor)


def resized(shape: Case, part: Sequence[int], size: tuple[int, int]) -> Sides:
    """A part of float32 images."""
    images, (top, left, height, width) = some_images(shape, "float32"), part
    return crop_and_resize(images, top, left, height, width, size), tf.image.resize(
        tf.image.crop_to_bounding_box(images, *part), size
    )


def mixtures(shape: Case, alpha: float, seed: int) -> Sides:
    """Of float32 images, by the same draws."""
    images, rng = some_images(shape, "float32"), np.random.default_rng(seed)
    drawn = {"mix_weight": rng.beta(alpha, alpha, len(images)), "permutation_order": rng.permutation(len(images))}
    ours, _ = mixup(images, np.eye(len(images)), alpha, np.random.default_rng(seed))
    return ours, keras.layers.MixUp().transform_images(images, drawn)


IMAGES = [
    Comparison("flip_horizontal, flip_vertical", "NumPy", "`flip`", ABSOLUTE, 0, {"shapes": SHAPES, **FLIPPED},
               on_images(lambda x, flip: flip(x), lambda x, flip: np.flip(x, FLIPS[flip][0]))),
    Comparison("flip_horizontal, flip_vertical", "TensorFlow", "`image.flip_left_right`, `flip_up_down`", ABSOLUTE, 0,
               {"shapes": COLOUR, **FLIPPED}, on_images(lambda x, flip: flip(x), lambda x, flip: FLIPS[flip][1](x))),
    Comparison("crop", "TensorFlow", "`image.crop_to_bounding_box`", ABSOLUTE, 0, CROPPED,
               on_images(lambda x, part: crop(x, *part), lambda x, part: tf.image.crop_to_bounding_box(x, *part))),
    Comparison("crop", "scikit-image", "`util.crop`", ABSOLUTE, 0, CROPPED,
               on_images(lambda x, part: crop(x, *part), lambda x, part: peers.scikit_images_crop(x, *part))),
    Comparison("random_crop", "TensorFlow", "`image.pad_to_bounding_box`, `crop_to_bounding_box` at the places drawn",
               ABSOLUTE, 0, CROPPED_AT_RANDOM,
               on_images(lambda x, size, padding, seed: random_crop(x, size, padding, np.random.default_rng(seed)),
                         peers.tensorflows_random_crop)),
    Comparison("shift", "SciPy", "`ndimage.shift(order=1)`", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": DTYPES, **MOVED, "modes": [*SCIPY]},
               resampled(moved, peers.scipys_shift, SCIPY)),
    Comparison("shift", "scikit-image", "`transform.warp(order=1)`", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": ["uint8", "float64"], **MOVED, "modes": [*PAD]},
               resampled(moved, peers.scikit_images_shift, PAD)),
    Comparison("shift", "Keras", "`layers.RandomTranslation`", ABSOLUTE, 5e-5,
               {"shapes": COLOUR, "types": ["float32"], **MOVED, "modes": [*KERAS]},
               resampled(moved, peers.keras_shift, KERAS), SINGLE),
    Comparison("rotate", "NumPy", "`rot90`", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": DTYPES, "quarter turns": range(-5, 6)},
               on_images(lambda x, turns: rotate(x, 90 * turns), lambda x, turns: np.rot90(x, turns, (1, 2)))),
    Comparison("rotate", "SciPy", "`ndimage.rotate(order=1, reshape=False)`", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": DTYPES, **TURNED, "modes": ["constant"]},
               resampled(rotate, peers.scipys_rotation, SCIPY)),
    computed("rotate", "SciPy", "the same", peers.scipys_rotation, TURNED, BLENDING),
    computed("rotate", "SciPy", "the same", peers.scipys_rotation, TURNED, BLENDING, "uint8"),
    computed("rotate", "scikit-image", "`transform.rotate(order=1, clip=False)`", peers.scikit_images_rotation,
             TURNED, PAD),
    computed("rotate", "scikit-image", "the same with `preserve_range=True`, then rounded",
             peers.scikit_images_rotation, TURNED, PAD, "uint8"),
    computed("rotate", "PyTorch", "`nn.functional.grid_sample(align_corners=True)`", peers.pytorchs_rotation,
             TURNED, PYTORCH, value=0),
    computed("rotate", "PyTorch", "`nn.functional.grid_sample(align_corners=False)`",
             partial(peers.pytorchs_rotation, align_corners=False), TURNED, PYTORCH_EDGES, value=0),
    computed("rotate", "Keras", "`layers.RandomRotation`", peers.keras_rotation, TURNED, KERAS, "float32"),
    Comparison("scale", "SciPy", "`ndimage.affine_transform(order=1)`", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": DTYPES, **ZOOMED, "modes": ["constant"]},
               resampled(scale, peers.scipys_zoom, SCIPY)),
    computed("scale", "SciPy", "the same", peers.scipys_zoom, ZOOMED, BLENDING),
    computed("scale", "SciPy", "the same", peers.scipys_zoom, ZOOMED, BLENDING, "uint8"),
    computed("scale", "scikit-image", "`transform.warp(order=1, clip=False)`", peers.scikit_images_zoom, ZOOMED, PAD),
    computed("scale", "scikit-image", "the same with `preserve_range=True`, then rounded",
             peers.scikit_images_zoom, ZOOMED, PAD, "uint8"),
    Comparison("scale", "scikit-image", "`transform.rescale(order=1, anti_aliasing=False)`, what both show", ABSOLUTE,
               1e-12, {"shapes": EVEN, "factors": SMALLER + LARGER}, partial(rescaled, anti_aliasing=False), ROUNDED),
    computed("scale", "PyTorch", "`nn.functional.grid_sample(align_corners=True)`", peers.pytorchs_zoom, ZOOMED,
             PYTORCH, value=0),
    computed("scale", "PyTorch", "`nn.functional.grid_sample(align_corners=False)`",
             partial(peers.pytorchs_zoom, align_corners=False), ZOOMED, PYTORCH_EDGES, value=0),
    computed("scale", "Keras", "`layers.RandomZoom`", peers.keras_zoom, {"factors": FACTORS[2:]}, KERAS, "float32"),
    Comparison("crop_and_resize", "TensorFlow", "`image.resize` of `crop_to_bounding_box`", ABSOLUTE, 5e-5,
               {"shapes": COLOUR, "windows": WINDOWS, "sizes": [(6, 7), (4, 4), (1, 9)]}, resized, SINGLE),
    Comparison("colour_jitter", "TensorFlow", "`image.adjust_contrast` of grey images", ABSOLUTE, 1e-6,
               {"shapes": [(3, 9, 13, 1), (2, 8, 8, 1)], "factors": [0, 0.5, 1.5, 2]}, contrasts, SINGLE),
    Comparison("mixup", "Keras", "`layers.MixUp`, given the draws", ABSOLUTE, 1e-6,
               {"shapes": COLOUR, "alphas": [0.2, 1], "seeds": range(5)}, mixtures, SINGLE),
]  # fmt: skip


# --- Cleaning -------------------------------------------------------------------------------------------

FOOTPRINTS = [[[0, 1, 0], [1, 1, 1], [0, 1, 0]], [[1, 0], [1, 1]], [[0, 0, 1, 0]]]


def cleaned(ours: Callable[..., Any], theirs: Callable[..., Any]) -> Callable[..., Sides]:
    """The sides of two filters: of a shape, a type, what they take, and a mode, beyond the border 7."""
    return on_images(lambda x, setting, mode: ours(x, setting, mode=mode, value=7),
                     lambda x, setting, mode: theirs(x, setting, mode, 7))  # fmt: skip


def compared(ours: Callable[..., Any], theirs: Callable[..., Any]) -> Callable[..., Sides]:
    """The sides of two measures of what is left: of a shape, a type and the peak."""

    def sides(shape: Case, dtype: str, peak: float) -> Sides:
        a, b = (some_images(shape, dtype, seed) for seed in (0, 1))
        return np.float64(ours(a, b, peak)), np.float64(theirs(a, b, peak))

    return sides


def some_rows(missing: float, seed: int) -> Any:
    """Shape (60, 5), in different units; a share of them is missing."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(60, 5)) * np.geomspace(0.1, 10, 5) + np.linspace(-3, 3, 5)
    return np.where(rng.random(X.shape) < missing, np.nan, X)


def fitted(ours: Transformer, module: str, theirs: str, **options: Any) -> Callable[..., Sides]:
    """The sides of two transformers, fitted to some rows: what they make of others. What stays missing is 0."""

    def sides(missing: float, seed: int) -> Sides:
        train, test = some_rows(missing, seed), some_rows(missing, seed + 100)
        peer = getattr(import_module(module), theirs)(**options)
        return [np.nan_to_num(each.fit(train).transform(test)) for each in (ours, peer)]

    return sides


def far(missing: float, seed: int) -> Sides:
    """The sides of ``find_outliers`` and SciPy's z-scores beyond 2."""
    X = some_rows(missing, seed)
    z = np.nan_to_num(np.abs(import_module("scipy.stats").zscore(X, nan_policy="omit")))
    return find_outliers(X, "z-score", 2).astype(int), (z > 2).astype(int)


MISSING: Cases = {"shares missing": [0, 0.2, 0.6], "seeds": range(10)}
FILTERED: Cases = {"sizes": [2, 3, 5, (1, 4)], "modes": MODES}
BLURRED: Cases = {"sigmas": [0, 0.5, 1.3, (2, 0.3)], "modes": MODES}
OTHER_ORDER, ANOTHER_WAY = "it adds the same numbers in another order", "it computes the same in other steps"
uniform, gaussian, median = (
    partial(peers.scipys_filter, f"{name}_filter") for name in ("uniform", "gaussian", "median")
)

CLEANING = [
    Comparison("median_filter", "SciPy", "`ndimage.median_filter`", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": DTYPES, **FILTERED}, cleaned(median_filter, median)),
    Comparison("median_filter", "SciPy", "the same with a footprint", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": ["uint8", "float64"], "footprints": FOOTPRINTS, "modes": MODES},
               cleaned(lambda x, footprint, **border: median_filter(x, footprint=footprint, **border),
                       peers.scipys_footprint)),
    Comparison("mean_filter", "SciPy", "`ndimage.uniform_filter`", ABSOLUTE, 1e-12,
               {"shapes": SHAPES, "types": ["float64"], **FILTERED}, cleaned(mean_filter, uniform), OTHER_ORDER),
    Comparison("gaussian_filter", "SciPy", "`ndimage.gaussian_filter`", ABSOLUTE, 1e-12,
               {"shapes": SHAPES, "types": ["float64"], **BLURRED}, cleaned(gaussian_filter, gaussian), OTHER_ORDER),
    Comparison("psnr", "scikit-image", "`metrics.peak_signal_noise_ratio`", "decibel", 1e-6,
               {"shapes": SHAPES, "types": DTYPES, "peaks": [1, 255]},
               compared(psnr, peers.scikit_images_psnr), "of float32 it computes in float32"),
    Comparison("ssim", "scikit-image", "`metrics.structural_similarity(gaussian_weights=True, "
               "use_sample_covariance=False)`", ABSOLUTE, 1e-12,
               {"shapes": [(2, 12, 15, 1), (1, 30, 20, 3)], "types": ["uint8", "float64"], "peaks": [1, 255]},
               compared(ssim, peers.scikit_images_ssim), ANOTHER_WAY),
    Comparison("Standardizer", "scikit-learn", "`preprocessing.StandardScaler`", ABSOLUTE, 1e-12, MISSING,
               fitted(Standardizer(), "sklearn.preprocessing", "StandardScaler"), OTHER_ORDER),
    *(Comparison("Imputer", "scikit-learn", f'`impute.SimpleImputer(strategy="{strategy}")`', ABSOLUTE, 1e-12, MISSING,
                 fitted(Imputer(strategy), "sklearn.impute", "SimpleImputer", strategy=strategy), OTHER_ORDER)
      for strategy in ("mean", "median")),
    Comparison("Imputer", "scikit-learn", "`impute.KNNImputer(n_neighbors=5)`", ABSOLUTE, 1e-12, MISSING,
               fitted(Imputer("nearest"), "sklearn.impute", "KNNImputer", n_neighbors=5), OTHER_ORDER),
    Comparison("find_outliers", "SciPy", "`stats.zscore` beyond 2", "truth", 0, MISSING, far),
]  # fmt: skip


# --- Compressing data -----------------------------------------------------------------------------------


def some_data(seed: int) -> Any:
    """Shape (60, 5)."""
    return np.random.default_rng(seed).normal(size=(60, 5))


def rounded_by(rule: str, theirs: Callable[[Any], Any]) -> Callable[..., Sides]:
    """The sides of a rule: what a function makes of steps is what the codes are."""

    def sides(bits: int, seed: int) -> Sides:
        x = some_data(seed)
        data = quantize_data(x, bits, rule)
        return data.codes.astype(float), theirs((x - data.low) / data.scale)

    return sides


def binned(bits: int, seed: int) -> Sides:
    """Bins of equal width are truncated codes, with a bin's width as the step."""
    x = some_data(seed).reshape(-1, 1)
    low, width = x.min(), np.ptp(x) / 2**bits
    ours = quantize_data(x, bits, "truncate", low, low + width * (2**bits - 1))
    return ours.codes.astype(float), peers.scikit_learns_bins(x, 2**bits)


def thresholded(threshold: float, seed: int) -> Sides:
    """Of no number that is the threshold itself."""
    x = some_data(seed)
    theirs = import_module("sklearn.preprocessing").binarize(x, threshold=threshold)
    return binarize(x, threshold).restored(), theirs


def tiled(shape: Case, dtype: str, size: int) -> Sides:
    """One image of so many tiles, one below the other, as whole ones."""
    image = some_images(shape, dtype)[0]
    image = image[..., 0] if image.ndim == 3 else image
    image = np.tile(image, (size, size))
    theirs = np.stack([tile for row in np.split(image, size) for tile in np.split(row, size, axis=1)])
    tiles = split_space(image, shape[1:3])
    return np.stack([*tiles, *split_space(join(tiles), shape[1:3])]), np.tile(theirs, (2, 1, 1))


def grouped(parts: int, seed: int) -> Sides:
    """The groups, one after the other; NumPy's are given longer rows to tell where each ends."""
    X = some_data(seed)
    theirs = np.array_split(X, parts, axis=1)
    ours = list(split_features(X, parts))
    sizes = [[group.shape[1] for group in groups] for groups in (ours, theirs)]
    return [np.append(np.concatenate(groups, axis=1), each) for groups, each in zip((ours, theirs), sizes, strict=True)]


def diffused(seed: int) -> Sides:
    """A grey surface with noise in 1 bit."""
    x = np.clip(np.random.default_rng(seed).normal(120, 40, (64, 64)), 0, 255).astype(np.uint8)
    return quantize_data(x, 1, "diffusion", 0, 255).restored().astype(float), peers.pillows_bits(x)


CODED: Cases = {"bits": [1, 2, 5, 8], "seeds": range(10)}
COMPRESSING = [
    Comparison("quantize_data", "NumPy", "`rint` of the steps; \"half to even\"", "code", 0, CODED,
               rounded_by("half to even", np.rint)),
    Comparison("quantize_data", "NumPy", "`floor` of the steps and a half; \"half up\"", "code", 0, CODED,
               rounded_by("half up", lambda steps: np.floor(steps + 0.5))),
    Comparison("quantize_data", "scikit-learn", '`preprocessing.KBinsDiscretizer(strategy="uniform")`; \"truncate\"',
               "code", 0, CODED, binned),
    Comparison("binarize", "scikit-learn", "`preprocessing.binarize`", ABSOLUTE, 0,
               {"thresholds": [-0.5, 0, 1], "seeds": range(10)}, thresholded),
    Comparison("split_space, join", "NumPy", "`split` down, then across", ABSOLUTE, 0,
               {"shapes": SHAPES, "types": ["uint8", "float64"], "tiles": [1, 3]}, tiled),
    Comparison("split_features", "NumPy", "`array_split`", ABSOLUTE, 0,
               {"parts": [1, 2, 3, 5], "seeds": range(5)}, grouped),
]  # fmt: skip


# --- Weights in few bits --------------------------------------------------------------------------------


def some_weights(seed: int) -> Any:
    """As of a convolution, with channels of different size and mean on the last axis."""
    normal = np.random.default_rng(seed).normal(size=(3, 3, 5, 8))
    return (normal * np.geomspace(0.001, 0.3, 8) + np.linspace(-0.1, 0.1, 8)).astype(np.float32)


def on_weights(ours: Callable[[Quantized], Any], theirs: Callable[[Any, Quantized], Any]) -> Callable[..., Sides]:
    """The sides of a part of what ``quantize`` gives, and of what theirs gives for the weights and the same options."""

    def sides(scheme: Any, bits: int, axis: int | None, seed: int) -> Sides:
        q = quantize(x := some_weights(seed), bits, scheme, axis)
        return ours(q), theirs(x, q)

    return sides


def lite_kernels(layer: str) -> tuple[Quantized, Quantized]:
    """A trained kernel, outputs first; and as it stands in LiteRT's file."""
    ours = quantize(np.moveaxis(models.trained()[f"{layer}/kernel"], -1, 0), 8, axis=0)
    interpreter = LiteRT(lite_file("int8")).interpreter
    (found,) = [each for each in interpreter.get_tensor_details() if tuple(each["shape"]) == ours.shape]
    grid = found["quantization_parameters"]
    codes = interpreter.get_tensor(found["index"])
    return ours, Quantized(codes, grid["scales"], grid["zero_points"], 8, "symmetric", 0, error=0, signal=0)


def products(multiply: Callable[[Any, Any], Any]) -> Callable[..., Sides]:
    """The sides of ``integer_matmul`` and a product of whole numbers: of a scheme and bits each, and an axis."""

    def sides(left: tuple[Any, int], right: tuple[Any, int], axis: int | None) -> Sides:
        x = some_weights(0)
        a, b = quantize(x[0, 0], left[1], left[0]), quantize(x[1, 1].T, right[1], right[0], axis)
        return integer_matmul(a, b), multiply(*(each.codes.astype(np.int32) - each.zero_point for each in (a, b)))

    return sides


def packing(codes: Any, bits: int, packed: Any, unpacked: Any) -> Sides:
    """The sides of ``pack`` and ``unpack``, one after the other."""
    ours = pack(codes, bits)
    there, back = np.frombuffer(ours, packed.dtype), unpack(ours, bits, len(codes), signed=codes.dtype.kind == "i")
    return np.append(there, back), np.append(packed, unpacked)


def numpys_packing(bits: int, count: int) -> Sides:
    """NumPy knows single bits and whole bytes."""
    codes = np.random.default_rng(count).integers(0, 2**bits, count).astype("<u2" if bits == 16 else np.uint8)
    packed = np.packbits(codes, bitorder="little") if bits == 1 else codes.view(np.uint8)
    return packing(codes, bits, packed, codes)


def keras_packing(count: int) -> Sides:
    """Keras knows 4 bits."""
    codes = np.random.default_rng(count).integers(-8, 8, count).astype(np.int8)
    packed, *_ = keras.quantizers.pack_int4(codes)
    return packing(codes, 4, np.asarray(packed), keras.quantizers.unpack_int4(packed, count))


def limits(name: str) -> Sides:
    """Those of a format."""
    (ours,) = [each for each in float_formats() if each.name == name]
    theirs = import_module("ml_dtypes").finfo(name)
    numbers = (ours.largest, ours.smallest_normal, ours.epsilon), (theirs.max, theirs.smallest_normal, theirs.eps)
    return [np.array(each, np.float64) for each in numbers]


def of_weights(
    *schemes: str, bits: Sequence[int] = (8,), axes: Sequence[int | None] = (None, 0, 3), seeds: int = 5
) -> Cases:
    """The cases of ``on_weights``."""
    return {"schemes": schemes, "bits": bits, "axes": axes, "seeds": range(seeds)}


codes, scales, zero_points = attrgetter("codes"), attrgetter("scale"), attrgetter("zero_point")
values = methodcaller("dequantize")
affine_codes, symmetric_codes = map(peers.codes_of, (peers.tensorflows_affine, peers.tensorflows_symmetric))
CODE, FEW, MANY = "code", range(2, 9), range(2, 17)
MULTIPLIED = {side: [("symmetric", 8), ("affine", 8), ("affine", 3), ("binary", 1)] for side in ("left", "right")}
KERNELS = {"kernels": ["conv1", "conv2", "dense", "output"]}
TIES = f"{SINGLE}, so a number just at a half falls on its other side"
OBSERVED = "the scales of `MinMaxObserver`, `PerChannelMinMaxObserver`"

WEIGHTS = [
    Comparison("quantize", "TensorFlow", "`quantization.fake_quant_with_min_max_vars`, `..._per_channel`", CODE, 1,
               of_weights("affine", bits=MANY, axes=[None, 3]), on_weights(codes, affine_codes), TIES),
    Comparison("quantize, dequantize", "TensorFlow", "the same", ABSOLUTE, 1e-6,
               of_weights("affine", bits=FEW, axes=[None, 3]), on_weights(values, peers.tensorflows_affine), SINGLE),
    Comparison("quantize", "TensorFlow", "`quantization.quantize_and_dequantize_v2(narrow_range=True)`", CODE, 1,
               of_weights("symmetric", bits=MANY), on_weights(codes, symmetric_codes), TIES),
    Comparison("quantize, dequantize", "TensorFlow", "the same", ABSOLUTE, 1e-6, of_weights("symmetric", bits=FEW),
               on_weights(values, peers.tensorflows_symmetric), SINGLE),
    Comparison("quantize", "TensorFlow", '`quantization.quantize(mode="SCALED", narrow_range=True)`', CODE, 0,
               of_weights("symmetric", bits=[8, 16]), on_weights(codes, peers.tensorflows_codes)),
    Comparison("quantize", "PyTorch", "`quantize_per_tensor`, `quantize_per_channel`, given the scales", CODE, 0,
               of_weights(*BYTES), on_weights(codes, lambda x, q: peers.pytorchs(x, q).int_repr())),
    Comparison("dequantize", "PyTorch", "`dequantize` of these", ABSOLUTE, 0,
               of_weights(*BYTES), on_weights(values, lambda x, q: peers.pytorchs(x, q).dequantize())),
    Comparison("quantize", "PyTorch", OBSERVED, ABSOLUTE, 1e-8, of_weights("affine"),
               on_weights(scales, lambda x, q: peers.pytorchs_grid(x, q)[0]), "it divides in float32"),
    Comparison("quantize", "PyTorch", "their zero points", CODE, 0, of_weights("affine"),
               on_weights(zero_points, lambda x, q: peers.pytorchs_grid(x, q)[1])),
    Comparison("quantize", "Keras", "`quantizers.abs_max_quantize`", CODE, 1, of_weights("symmetric", seeds=100),
               on_weights(codes, lambda x, q: keras.quantizers.abs_max_quantize(x, peers.others(q))[0]),
               "it adds 1e-7 to the largest magnitude"),
    Comparison("quantize", "LiteRT", "the kernels of an int8 file", CODE, 0, KERNELS,
               lambda layer: map(codes, lite_kernels(layer))),
    Comparison("quantize", "LiteRT", "their scales, one for each output", ABSOLUTE, 0, KERNELS,
               lambda layer: map(scales, lite_kernels(layer))),
    Comparison("quantize", "NumPy", "`linalg.lstsq` of the signs: the scale", ABSOLUTE, 1e-7,
               of_weights("binary", bits=[1], axes=[None]), on_weights(scales, peers.least_squares),
               "another way to the same number"),
    Comparison("integer_matmul", "NumPy", "`matmul` in int64", "unit", 0, {**MULTIPLIED, "axes": [None, 1]},
               products(lambda a, b: (a.astype(np.int64) @ b.astype(np.int64)).astype(np.int32))),
    Comparison("integer_matmul", "TensorFlow", "`linalg.matmul` in int32", "unit", 0,
               {**MULTIPLIED, "axes": [None, 1]}, products(tf.linalg.matmul)),
    Comparison("pack, unpack", "NumPy", "`packbits` (1 bit), `ndarray.view` (8 and 16)", CODE, 0,
               {"bits": [1, 8, 16], "lengths": [1, 7, 8, 1000]}, numpys_packing),
    Comparison("pack, unpack", "Keras", "`quantizers.pack_int4`, `unpack_int4`", CODE, 0,
               {"lengths": [1, 2, 7, 1000]}, keras_packing),
    Comparison("float_formats", "ml_dtypes", "`finfo`: largest, smallest normal, epsilon", ABSOLUTE, 0,
               {"formats": [each.name for each in float_formats()]}, limits),
]  # fmt: skip


# --- Networks -------------------------------------------------------------------------------------------


@cache
def network() -> Any:
    """The trained one, in Keras."""
    model = models.convolutional()
    model.set_weights([*models.trained().values()])
    return model


@cache
def lite_file(kind: Any) -> bytes:
    """The trained network for LiteRT."""
    return models.to_litert(network(), kind, digits().X_train)


def lite_scores(kind: str, images: Any) -> Any:
    """LiteRT's, of the trained network."""
    return models.run_litert(lite_file(kind), images)


def scores(predict: Callable[[Any], Any]) -> Callable[..., Sides]:
    """The sides of the trained network and Keras: of the number of images."""

    def sides(count: int) -> Sides:
        images = digits().X_test[:count].reshape(-1, 8, 8, 1).astype(np.float32)
        return predict(images), network()(images)

    return sides


def run(layer: Layer, images: Any, *kernels: Any) -> Any:
    """What a layer makes of images, with its kernel if it has one."""
    network = Network(images.shape[1:], [layer])
    return network.forward(dict(zip(network.leaves.declared, kernels, strict=True)), images)


def convolutions(shape: Case, size: int) -> Sides:
    """Of float32 images, 5 channels to come out."""
    images, kernel = some_images(shape, "float32"), some_images((size, size, shape[-1], 5), "float32", seed=1)
    return run(Conv2D(5, size, bias=False), images, kernel), tf.nn.conv2d(images, kernel, 1, "SAME")


def in_training(scheme: Any, theirs: Callable[[Any, int], Any]) -> Callable[..., Sides]:
    """The sides of ``straight_through``: its value and its gradient, one after the other."""

    def sides(bits: int, seed: int) -> Sides:
        x, upstream = tf.constant(some_weights(seed)), some_images((3, 3, 5, 8), "float32", seed)

        def both(function: Callable[[Any], Any]) -> Any:
            with tf.GradientTape() as tape:
                tape.watch(x)
                value = function(x)
            return tf.stack([value, tape.gradient(value, x, upstream)])

        return both(lambda x: straight_through(x, bits, scheme, None)), both(lambda x: theirs(x, bits))

    return sides


ORDER = "it sums the same products in another order"
TESTED = {"images": [450]}

NETWORKS = [
    Comparison("forward", "Keras", "the same network; scores up to 30", ABSOLUTE, 3e-4, TESTED,
               scores(lambda images: models.forward(models.trained(), images)), ORDER),
    Comparison("Conv2D", "TensorFlow", '`nn.conv2d(padding="SAME")`', ABSOLUTE, 1e-4,
               {"shapes": COLOUR, "sizes": [1, 3, 5]}, convolutions, ORDER),
    Comparison("MaxPool2D", "TensorFlow", "`nn.max_pool2d`", ABSOLUTE, 0,
               {"shapes": [(3, 8, 8, 16), (2, 4, 6, 3)], "types": ["float32"]},
               on_images(partial(run, MaxPool2D(2)), lambda x: tf.nn.max_pool2d(x, 2, 2, "VALID"))),
    Comparison("straight_through", "TensorFlow", "`quantization.quantize_and_dequantize_v2`: values and gradients",
               ABSOLUTE, 1e-6, {"bits": FEW, "seeds": range(5)}, in_training("symmetric", peers.tensorflows_straight),
               SINGLE),
    *(Comparison("to_litert, run_litert", "Keras", f"the same network; the file is of kind {kind}", ABSOLUTE, at_most,
                 TESTED, scores(partial(lite_scores, kind)), why)
      for kind, at_most, why in (
          ("float32", 3e-4, ORDER),
          ("float16", 0.06, "weights are rounded to 16 bits"),
          ("dynamic", 0.9, "kernels, and what they are multiplied with, are rounded to 8 bits"),
          ("int8", 2.5, "everything is rounded to 8 bits"))),
]  # fmt: skip


# --- Distillation ---------------------------------------------------------------------------------------


def on_logits(ours: Callable[..., Any], theirs: Callable[..., Any], kind: str, size: float) -> Callable[..., Sides]:
    """The sides of two functions of a student's and a teacher's logits: of a temperature and a seed."""

    def sides(T: float, seed: int) -> Sides:
        student, teacher = (size * some_images((40, 10), kind, seed + i) for i in (0, 100))
        return ours(student, teacher, T), np.asarray(theirs(student, teacher, T), np.float64)

    return sides


def loss_and_slope(student: Any, teacher: Any, T: float) -> Any:
    """One after the other."""
    return np.concatenate([soft_loss(student, teacher, T), soft_slope(student, teacher, T).ravel()])


SOFT: Cases = {"temperatures": [0.5, 1, 2, 4, 8, 20], "seeds": range(5)}
SUMS, TIMES = "it adds up otherwise", f"{SINGLE}, and T**2 enlarges that"

DISTILLATION = [
    Comparison("soften", "PyTorch", "`softmax(logits / T)`", ABSOLUTE, 1e-15, SOFT,
               on_logits(lambda z, teacher, T: soften(z, T), peers.pytorchs_softmax, "float64", 5), SUMS),
    Comparison("soft_loss", "SciPy", "T**2 * `stats.entropy` of softened answers", ABSOLUTE, 1e-10, SOFT,
               on_logits(soft_loss, peers.scipys_divergence, "float64", 5), SUMS),
    Comparison("soft_loss, soft_slope", "PyTorch", "T**2 * `nn.KLDivLoss(log_target=True)`: values and gradients",
               ABSOLUTE, 1e-10, SOFT, on_logits(loss_and_slope, peers.pytorchs_divergence, "float64", 5), SUMS),
    Comparison("soft_loss", "Keras", "T**2 * `losses.KLDivergence`; logits up to 4", ABSOLUTE, 1e-3, SOFT,
               on_logits(soft_loss, peers.keras_divergence, "float32", 1), TIMES),
    Comparison("soft_loss", "Keras", "T**2 * `losses.CategoricalCrossentropy(from_logits=True)`, less the entropy",
               ABSOLUTE, 1e-3, SOFT, on_logits(soft_loss, peers.keras_crossentropy, "float32", 1), TIMES),
]  # fmt: skip


# --- Update rules ---------------------------------------------------------------------------------------

PART, ROUNDS, DRAWS = "of the largest", "it rounds otherwise", 10
UNEVEN = {("Nadam", "Keras"): "its 0.96 and the product of its shares are float32"}

RULES = [
    Comparison(pair.rule, pair.library, pair.call, PART, pair.at_most, {"draws": range(DRAWS)}, pair.sides,
               UNEVEN.get((pair.rule, pair.library), ROUNDS))
    for pair in rules.PAIRS
]  # fmt: skip


# --- Schedules ------------------------------------------------------------------------------------------

SCHEDULES = [
    *(Comparison(pair.schedule, pair.library, pair.call, PART, pair.at_most, {"draws": range(DRAWS)}, pair.sides,
                 "it computes in float32" if pair.library == schedules.KERAS else "it multiplies rate by rate")
      for pair in schedules.PAIRS),
    Comparison("ReduceOnPlateau", "Keras", "`callbacks.ReduceLROnPlateau`, given the losses", PART, 1e-12,
               {"draws": range(DRAWS)}, schedules.waiting_in_keras, ROUNDS),
    Comparison("ReduceOnPlateau", "PyTorch", '`ReduceLROnPlateau(threshold_mode="abs")`, its patience one less', PART,
               1e-12, {"draws": range(DRAWS)}, schedules.waiting_in_torch, ROUNDS),
]  # fmt: skip


# --- The same words for something else: differences that have to be known ---------------------------------

OTHERWISE = [
    Comparison("shift", "SciPy", '`ndimage.shift(mode="wrap")`', ABSOLUTE, 10,
               {"shapes": SHAPES, "types": ["float64"], **MOVED, "modes": ["wrap"]},
               resampled(moved, peers.scipys_shift, {"wrap": "wrap"}),
               "copies overlap by a pixel: there the course shows the first pixel, SciPy below 0 the last"),
    Comparison("rotate", "SciPy", "`ndimage.rotate` of booleans", "truth", 1,
               {"shapes": SHAPES, "types": ["bool"], **TURNED, "modes": ["nearest"]},
               resampled(rotate, peers.scipys_rotation, SCIPY, value=0),
               "it makes True what is wholly True, the course what is half True or more"),
    Comparison("rotate", "scikit-image", "`transform.rotate(order=1)`, by default with `clip=True`", ABSOLUTE, 10,
               {"shapes": SHAPES, "types": ["float64"], **TURNED, "modes": ["constant"]},
               resampled(rotate, partial(peers.scikit_images_rotation, clip=True), PAD),
               "it cuts off what exceeds every pixel, such as a border that fades into 7"),
    Comparison("rotate", "Keras", '`layers.RandomRotation(fill_mode="wrap")`', ABSOLUTE, 10,
               {"shapes": COLOUR, "types": ["float32"], **TURNED, "modes": ["wrap"]},
               resampled(rotate, peers.keras_rotation, PAD),
               "it does not interpolate between the last and the first pixel"),
    Comparison("scale", "scikit-image", "`transform.rescale(order=1)`, by default with `anti_aliasing=True`", ABSOLUTE,
               10, {"shapes": EVEN, "factors": SMALLER}, rescaled,
               "it blurs what it makes smaller, the course leaves pixels out"),
    Comparison("quantize", "PyTorch", OBSERVED, ABSOLUTE, 1e-3, of_weights("symmetric"),
               on_weights(scales, lambda x, q: peers.pytorchs_grid(x, q)[0]),
               "it divides by 127.5 and has a code -128; the course, as LiteRT, by 127 and has none"),
    Comparison("quantize, dequantize", "TensorFlow", "`quantization.quantize_and_dequantize_v2`, by default", ABSOLUTE,
               1, of_weights("symmetric", bits=FEW, axes=[None]),
               on_weights(values, partial(peers.tensorflows_symmetric, narrow_range=False)),
               "by default it has a code -128, of 8 bits"),
    Comparison("straight_through", "TensorFlow", "`quantization.fake_quant_with_min_max_vars`: values and gradients",
               ABSOLUTE, 10, {"bits": FEW, "seeds": range(5)}, in_training("affine", peers.tensorflows_fake),
               "its gradient is 0 where numbers lie beyond the first or last code; the course's goes through"),
    *(Comparison(name, "SciPy", f"`ndimage.{call}` of whole numbers", "grey level", 3,
                 {"shapes": SHAPES, "types": ["uint8"], **cases}, cleaned(ours, theirs),
                 "it cuts the fraction off, after each axis; the course rounds, once")
      for name, call, cases, ours, theirs in (
          ("mean_filter", "uniform_filter", FILTERED, mean_filter, uniform),
          ("gaussian_filter", "gaussian_filter", BLURRED, gaussian_filter, gaussian))),
    Comparison("quantize_data", "Pillow", '`Image.convert("1")`', "grey level", 260, {"seeds": range(3)}, diffused,
               "it diffuses errors in whole numbers; one pixel that differs changes the pattern after it"),
    *(Comparison(pair.rule, pair.library, pair.call, PART, 1e6, {"draws": range(3)}, pair.sides, why)
      for pair, why in rules.OTHERWISE.items()),
]  # fmt: skip


# --- The page -------------------------------------------------------------------------------------------

TABLES = {
    "Images": IMAGES,
    "Cleaning": CLEANING,
    "Compressing data": COMPRESSING,
    "Weights in few bits": WEIGHTS,
    "Networks": NETWORKS,
    "Distillation": DISTILLATION,
    "Update rules": RULES,
    "Schedules": SCHEDULES,
    "The same words for something else": OTHERWISE,
}
COLUMNS = ["function", "counterpart", "cases", "largest difference", "bit-identical", "why they differ"]
ALONE = {  # no library has them
    "RandomColour, RandomCrop, RandomCutOut, RandomFlip, RandomResizedCrop, RandomRotation, RandomScale, RandomShift, "
    "Pipeline": "draw at random, and call the above",
    "cut_out": "covers a square; `tests/test_augment_photographs.py` does it pixel by pixel",
    "gaussian_noise, impulse_noise, uniform_noise": "draw at random; `tests/test_clean_filters.py` holds their sizes",
    "sizes": "are lengths of bytes, and Shannon's bound; `tests/test_compress_data.py` counts them",
    "fit_in_pieces": "is held against `Standardizer` of all rows in `tests/test_compress_streams.py`",
    "save, load": "are of a file format of the course's own",
    "packed_size": "is the length of what `pack` gives",
    "train_quantized": "trains by `straight_through`",
    "Constant": "is one number",
    "rate_range_test": "is a run of its own; `tests/test_schedules.py` holds it against theory",
    "BFGS, LBFGS, Newton, NormScaled": "take steps that `tests/test_peers.py` and `tests/test_second_order.py` hold "
    "against SciPy, PyTorch and the recursion",
    "EarlyStopping": "is a rule around a rule; `tests/test_early_stopping.py` holds where it stops, and at what, "
    "against Keras's callback",
    "saliency, rank_correlation": "read a trained network; `tests/test_saliency.py` holds them against "
    "TensorFlow's gradients and SciPy",
    "diagnose": "looks into a network; `tests/test_diagnosis.py` holds its lengths against TensorFlow's gradients",
    "loss_surface, extreme_curvatures": "look around a point; `tests/test_landscape.py` holds them against surfaces "
    "whose shape is known, and against whole Hessians",
    "ProximalL1, magnitude, masks, pruned, at_random, importance, sparsity": "take weights out; "
    "`tests/test_proximal.py` and `tests/test_prune.py` hold them against TensorFlow, scikit-learn and PyTorch",
    "keep_units, unit_norms, shrink, without_units": "take units out; `tests/test_prune.py` holds the small network "
    "against the large one with zeros",
    "break_even, stored_bytes": "count bytes; `tests/test_sparse.py` holds the forms against SciPy",
    "share, shared_gradient": "share values; `tests/test_share.py` holds them against scikit-learn and SciPy",
    "encode, decode, least_bits": "code by entropy; `tests/test_entropy.py` holds the bytes against the bound",
    "merge_costs, merge_nearest, merge_units, remove_units, unit_sizes, layer_importance, remove, fold, fuse, split, "
    "crossing, run_parts": "merge, remove, fold or cut; `tests/test_trimmed.py` holds each against the whole network",
    "Distillation, Lesson, distil, distil_model": "mix, hold and teach by `soft_loss`; `tests/test_distil.py` and "
    "`tests/test_distil_keras.py` hold them against Keras and differences",
    "observed, rounded_once, rounded_twice": "are steps of a network in whole numbers; "
    "`tests/test_integer_network.py` holds that against LiteRT",
}
TEXT = """\
# How far from other libraries

What the course computes, beside the same in libraries that many use. `{command}` made this page, on {system},
with {versions}.

In each case both sides get the same numbers. The largest difference is that of any number in any case of the row;
*bit-identical* are sides whose numbers are all equal (0 and -0 are). `tests/test_agreement.py` measures a part of every
row again.

Whole pixels take all values of a byte; real ones are normal numbers of mean 0 and standard deviation 1. Where a mode
needs a constant it is 7 (for PyTorch and for booleans 0). Rows of
tables have 5 columns in different units. Weights are float32, of magnitude 1.3 at most.

Update rules make 300 steps in float64, with random hyper-parameters, on gradients from 1e-9 to 10 whose sizes differ
between coordinates; a difference is in parts of the largest that the coordinate becomes. Where conventions differ
(`docs/names.md`), the row says what makes them meet. Schedules are asked for every rate of 60 steps, with random
numbers; a difference is in parts of the first rate or the peak.

{tables}

## What the libraries call the fill modes

{modes}

## Without a counterpart

{alone}
"""


def main() -> None:
    """Measures every comparison, prints its row when it is there, and writes the page."""
    rows: dict[str, list[list[str]]] = {}
    for title, comparisons in TABLES.items():
        rows[title] = []
        for comparison in comparisons:
            rows[title].append(row(comparison, measure(comparison, comparison.all_cases())))
            print(line(rows[title][-1]), flush=True)
    system = f"{platform.system()} {platform.machine()} (Python {platform.python_version()})"
    versions = ", ".join(f"{name} {import_module(module).__version__}" for name, module in LIBRARIES.items())
    FILE.write_text(page(rows, system, versions), encoding="utf-8")


def page(rows: Mapping[str, Sequence[Sequence[str]]], system: str, versions: str) -> str:
    """All of it. rows: those of each table, by its title."""
    corners = {True: PYTORCH, False: PYTORCH_EDGES}
    depends = {f"reflection, `align_corners={aligned}`": names["reflection"] for aligned, names in corners.items()}
    pytorch = {**{name: fill for name, fill in PYTORCH.items() if name != "reflection"}, **depends}
    modes = [[fill, *(name_of(fill, names) for names in (PAD, KERAS, pytorch))] for fill in FILLS]
    return TEXT.format(
        command=COMMAND,
        system=system,
        versions=versions,
        tables="\n\n".join(f"## {title}\n\n{table(COLUMNS, each)}" for title, each in rows.items()),
        modes=table(["nnlearn, SciPy", "NumPy's `pad`, scikit-image", "Keras", "PyTorch"], modes),
        alone="\n".join(f"- {quoted(names)} {why}." for names, why in ALONE.items()),
    )


def row(comparison: Comparison, agreement: Agreement) -> list[str]:
    """The cells of a comparison."""
    if agreement.unequal == 0:
        return [*comparison.cells(), "0", "yes", ""]
    largest, percent = f"{agreement.largest:.2g} {comparison.unit}", float(f"{100 * agreement.unequal:.2g}")
    return [*comparison.cells(), largest, f"no, {percent:g} % differ", comparison.why]


def name_of(fill: str, names: Mapping[str, str]) -> str:
    """What a library calls a fill mode; nothing if it has none."""
    return next((name for name, ours in names.items() if ours == fill), "")


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """In Markdown."""
    return "\n".join(map(line, [head, ["---"] * len(head), *rows]))


def line(cells: Sequence[str]) -> str:
    """Of a table."""
    return f"| {' | '.join(cells)} |"


def quoted(names: str) -> str:
    """Each name as code."""
    return ", ".join(f"`{name}`" for name in names.split(", "))


if __name__ == "__main__":
    main()
