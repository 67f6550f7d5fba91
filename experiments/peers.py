"""What other libraries make of the same images, weights and logits: the counterparts of the course's functions.

They take what ours take: batches of images, and settings that mean the same. PyTorch and scikit-image are loaded when
they are first needed.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

import numpy as np
from scipy import ndimage, special, stats

from nnlearn.compression import Quantized
from nnlearn.compression.quantized import along
from nnlearn.interop.quiet import keras, tf

# The fill modes, by what the libraries call them; in SciPy they have the course's names. Keras has "wrap" too, but
# TensorFlow doesn't interpolate between the last and the first pixel.
PAD = {"constant": "grid-constant", "edge": "nearest", "symmetric": "reflect", "reflect": "mirror", "wrap": "grid-wrap"}
KERAS = {"constant": "grid-constant", "nearest": "nearest", "reflect": "reflect"}
PYTORCH = {"zeros": "grid-constant", "border": "nearest", "reflection": "mirror"}  # with align_corners=True
PYTORCH_EDGES = {**PYTORCH, "reflection": "reflect"}  # with align_corners=False, its default


def each_plane(images: Any, change: Callable[[Any], Any]) -> Any:
    """What the change makes of each channel of each image by itself."""
    planes = np.moveaxis(images, (1, 2), (-2, -1))
    changed = np.array([change(plane) for plane in planes.reshape(-1, *planes.shape[-2:])])
    return np.moveaxis(changed.reshape(*planes.shape[:-2], *changed.shape[1:]), (-2, -1), (1, 2))


def scipys_rotation(images: Any, degrees: float, fill: str, value: float) -> Any:
    """About the centre."""
    return ndimage.rotate(images, degrees, axes=(1, 2), reshape=False, order=1, mode=fill, cval=value)


def scipys_zoom(images: Any, factor: float, fill: str, value: float) -> Any:
    """About the centre."""

    def zoomed(plane: Any) -> Any:
        matrix, centre = np.eye(2) / factor, (np.array(plane.shape) - 1) / 2
        return ndimage.affine_transform(plane, matrix, centre - matrix @ centre, order=1, mode=fill, cval=value)

    return each_plane(images, zoomed)


def scipys_shift(images: Any, move: tuple[int, int], fill: str, value: float) -> Any:
    """Down, and to the right."""
    return each_plane(images, lambda plane: ndimage.shift(plane, move, order=1, mode=fill, cval=value))


def scipys_filter(name: str, images: Any, setting: Any, mode: str, value: float) -> Any:
    """One of ``ndimage``, of each image and channel."""
    return getattr(ndimage, name)(images, setting, mode=mode, cval=value, axes=(1, 2))


def scipys_footprint(images: Any, footprint: Any, mode: str, value: float) -> Any:
    """Medians of the places that count."""
    return each_plane(images, lambda x: ndimage.median_filter(x, footprint=footprint, mode=mode, cval=value))


def scikit_learns_bins(x: Any, bins: int) -> Any:
    """Of equal width, shape (n, 1)."""
    discretizer = import_module("sklearn.preprocessing").KBinsDiscretizer
    return discretizer(bins, encode="ordinal", strategy="uniform", subsample=None).fit_transform(x)


def pillows_bits(x: Any) -> Any:
    """By error diffusion, as 0 and 255."""
    return np.asarray(import_module("PIL.Image").fromarray(x).convert("1")) * 255.0


def scikit_images_psnr(a: Any, b: Any, peak: float) -> Any:
    """Of all images together."""
    return import_module("skimage.metrics").peak_signal_noise_ratio(a, b, data_range=peak)


def scikit_images_ssim(a: Any, b: Any, peak: float) -> Any:
    """As Wang et al. have it; the mean of the images."""
    options = {"gaussian_weights": True, "use_sample_covariance": False, "data_range": peak, "channel_axis": -1}
    ssim = import_module("skimage.metrics").structural_similarity
    return np.mean([ssim(*pair, **options) for pair in zip(a, b, strict=True)])


def scikit_images_rotation(images: Any, degrees: float, mode: str, value: float, clip: bool = False) -> Any:
    """About the centre; without ``preserve_range`` bytes would come out from 0 to 1."""
    options = {"order": 1, "mode": mode, "cval": value, "preserve_range": True, "clip": clip}
    return each_plane(images, lambda plane: import_module("skimage.transform").rotate(plane, degrees, **options))


def scikit_images_warp(images: Any, mode: str, value: float, **change: Any) -> Any:
    """change: what ``AffineTransform`` takes, x before y; it is done about the centre."""
    transform = import_module("skimage.transform")

    def warped(plane: Any) -> Any:
        centre = (np.array(plane.shape[::-1]) - 1) / 2
        there, back = (transform.AffineTransform(translation=move) for move in (-centre, centre))
        inverse = (there + transform.AffineTransform(**change) + back).inverse
        return transform.warp(plane, inverse, order=1, mode=mode, cval=value, preserve_range=True, clip=False)

    return each_plane(images, warped)


def scikit_images_zoom(images: Any, factor: float, mode: str, value: float) -> Any:
    """About the centre."""
    return scikit_images_warp(images, mode, value, scale=factor)


def scikit_images_shift(images: Any, move: tuple[int, int], mode: str, value: float) -> Any:
    """Down, and to the right."""
    return scikit_images_warp(images, mode, value, translation=move[::-1])


def scikit_images_rescale(images: Any, factor: float, **options: Any) -> Any:
    """It changes the size of the images too."""
    rescale = import_module("skimage.transform").rescale
    return each_plane(images, lambda plane: rescale(plane, factor, order=1, **options))


def scikit_images_crop(images: Any, top: int, left: int, height: int, width: int) -> Any:
    """It is told what to leave out."""
    _, rows, columns, _ = images.shape
    out = (0, 0), (top, rows - top - height), (left, columns - left - width), (0, 0)
    return import_module("skimage.util").crop(images, out)


def pytorchs_map(images: Any, matrix: Any, mode: str, align_corners: bool) -> Any:
    """matrix: where a pixel looks, (row, column) from the centre; shape (2, 2).

    align_corners: whether -1 and 1 are the centres of the outer pixels, or their outer edges.
    """
    torch = import_module("torch")
    (a, b), (c, d) = matrix
    # affine_grid measures x, to the right, before y, down, and both from -1 to 1.
    ratio = (images.shape[1] - align_corners) / (images.shape[2] - align_corners)
    maps = torch.tensor([[[d, c * ratio, 0], [b / ratio, a, 0]]] * len(images), dtype=torch.float64)
    planes = torch.tensor(images).permute(0, 3, 1, 2)
    grid = torch.nn.functional.affine_grid(maps, planes.shape, align_corners=align_corners)
    seen = torch.nn.functional.grid_sample(planes, grid, padding_mode=mode, align_corners=align_corners)
    return seen.permute(0, 2, 3, 1).numpy()


def pytorchs_rotation(images: Any, degrees: float, mode: str, value: float = 0, align_corners: bool = True) -> Any:
    """value: PyTorch has 0 alone."""
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return pytorchs_map(images, [[cos, sin], [-sin, cos]], mode, align_corners)


def pytorchs_zoom(images: Any, factor: float, mode: str, value: float = 0, align_corners: bool = True) -> Any:
    """value: PyTorch has 0 alone."""
    return pytorchs_map(images, np.eye(2) / factor, mode, align_corners)


def keras_layer(images: Any, layer: str, shares: Iterable[float], mode: str, value: float) -> Any:
    """A random layer whose draws lie between a share and the same."""
    made = getattr(keras.layers, layer)(*([share] * 2 for share in shares), fill_mode=mode, fill_value=value)
    return made(images, training=True)


def keras_rotation(images: Any, degrees: float, mode: str, value: float) -> Any:
    """Its share is that of a whole turn."""
    return keras_layer(images, "RandomRotation", [np.fmod(degrees, 360) / 360], mode, value)


def keras_zoom(images: Any, factor: float, mode: str, value: float) -> Any:
    """Its share is how much more of the height is to be seen, or, if negative, less."""
    return keras_layer(images, "RandomZoom", [1 / factor - 1], mode, value)


def keras_shift(images: Any, move: tuple[int, int], mode: str, value: float) -> Any:
    """Its shares are those of height and width."""
    return keras_layer(images, "RandomTranslation", np.divide(move, images.shape[1:3]), mode, value)


def tensorflows_random_crop(images: Any, size: tuple[int, int], padding: int, seed: int) -> Any:
    """Each image by itself, at the place that is drawn for it."""
    height, width = np.add(images.shape[1:3], 2 * padding)
    padded = tf.image.pad_to_bounding_box(images, padding, padding, height, width)
    places = np.random.default_rng(seed).random((len(images), 2)) * (np.array([height, width]) - size + 1)
    pairs = zip(padded, places.astype(int), strict=True)
    return np.array([tf.image.crop_to_bounding_box(image, *place, *size) for image, place in pairs])


BYTES = {"symmetric": "qint8", "affine": "quint8"}  # PyTorch's types of 8 bits


def others(q: Quantized) -> tuple[int, ...]:
    """The axes that share a scale."""
    return tuple(i for i in range(4) if i != q.axis)


def codes_of(theirs: Callable[[Any, Quantized], Any]) -> Callable[[Any, Quantized], Any]:
    """The codes of the values that theirs gives."""

    def found(x: Any, q: Quantized) -> Any:
        scale, zero_point = (along(each, q.axis, 4) for each in (q.scale.astype(np.float64), q.zero_point))
        return (np.rint(theirs(x, q) / scale) + zero_point).astype(q.codes.dtype)

    return found


def tensorflows_affine(x: Any, q: Quantized) -> Any:
    """Of one range, or of those of the last axis."""
    low, high = np.minimum(x.min(others(q)), 0), np.maximum(x.max(others(q)), 0)
    if q.axis is None:
        return tf.quantization.fake_quant_with_min_max_vars(x, low, high, num_bits=q.bits)
    return tf.quantization.fake_quant_with_min_max_vars_per_channel(x, low, high, num_bits=q.bits)


def tensorflows_symmetric(x: Any, q: Quantized, narrow_range: bool = True) -> Any:
    """It finds the range itself."""
    options = {"num_bits": q.bits, "axis": q.axis, "range_given": False, "narrow_range": narrow_range}
    return tf.quantization.quantize_and_dequantize_v2(x, 0.0, 0.0, **options)


def tensorflows_codes(x: Any, q: Quantized) -> Any:
    """Integers; without ``round_mode``, ties go away from 0."""
    most = np.abs(x).max(others(q))
    options = {"mode": "SCALED", "round_mode": "HALF_TO_EVEN", "narrow_range": True, "axis": q.axis}
    quantized = tf.quantization.quantize(x, -most, most, tf.as_dtype(f"qint{q.bits}"), **options)
    return tf.bitcast(quantized.output, tf.as_dtype(f"int{q.bits}"))


def pytorchs(x: Any, q: Quantized) -> Any:
    """PyTorch's tensor of bytes, with the scales and zero points of q."""
    torch = import_module("torch")
    x, scale, zero_point = map(torch.tensor, (x, q.scale, q.zero_point))
    kind = getattr(torch, BYTES[q.scheme])
    if q.axis is None:
        return torch.quantize_per_tensor(x, scale, zero_point, kind)
    return torch.quantize_per_channel(x, scale, zero_point, q.axis, kind)


def pytorchs_grid(x: Any, q: Quantized) -> tuple[Any, Any]:
    """The scales and zero points that PyTorch's observers find."""
    torch = import_module("torch")
    observers, kind = torch.ao.quantization.observer, getattr(torch, BYTES[q.scheme])
    if q.axis is None:
        observer = observers.MinMaxObserver(kind, getattr(torch, f"per_tensor_{q.scheme}"))
    else:
        observer = observers.PerChannelMinMaxObserver(q.axis, kind, getattr(torch, f"per_channel_{q.scheme}"))
    observer(torch.tensor(x))
    scale, zero_point = observer.calculate_qparams()
    return scale.reshape(q.scale.shape), zero_point.reshape(q.scale.shape)


def least_squares(x: Any, q: Quantized) -> Any:
    """The scale that NumPy fits to the signs."""
    fitted, *_ = np.linalg.lstsq(np.sign(x).reshape(-1, 1), x.ravel())
    return fitted[0]


def tensorflows_straight(x: Any, bits: int) -> Any:
    """Symmetric."""
    most = tf.reduce_max(tf.abs(x))
    return tf.quantization.quantize_and_dequantize_v2(x, -most, most, num_bits=bits, narrow_range=True)


def tensorflows_fake(x: Any, bits: int) -> Any:
    """Affine."""
    low, high = tf.stop_gradient(tf.reduce_min(x)), tf.stop_gradient(tf.reduce_max(x))
    return tf.quantization.fake_quant_with_min_max_vars(x, low, high, num_bits=bits)


# --- Distillation ---------------------------------------------------------------------------------------


def pytorchs_softmax(student: Any, teacher: Any, T: float) -> Any:
    """Of the student's logits over T."""
    torch = import_module("torch")
    return torch.softmax(torch.tensor(student) / T, -1).numpy()


def scipys_divergence(student: Any, teacher: Any, T: float) -> Any:
    """T^2 times the divergence of softened answers, of each example."""
    p, q = (special.softmax(z / T, axis=-1) for z in (teacher, student))
    return T**2 * stats.entropy(p, q, axis=-1)


def pytorchs_divergence(student: Any, teacher: Any, T: float) -> Any:
    """The same, and its slope in the student's logits, one after the other."""
    torch = import_module("torch")
    z, taught = torch.tensor(student, requires_grad=True), torch.tensor(teacher)
    divergence = torch.nn.KLDivLoss(reduction="none", log_target=True)
    losses = T**2 * divergence(torch.log_softmax(z / T, -1), torch.log_softmax(taught / T, -1)).sum(-1)
    losses.sum().backward()
    return np.concatenate([losses.detach().numpy(), z.grad.numpy().ravel()])


def keras_divergence(student: Any, teacher: Any, T: float) -> Any:
    """The same of each example, in Keras."""
    p, q = (keras.ops.softmax(z / T) for z in (teacher, student))
    return T**2 * keras.losses.KLDivergence(reduction=None)(p, q).numpy()


def keras_crossentropy(student: Any, teacher: Any, T: float) -> Any:
    """Its cross-entropy with soft targets, less the entropy of these."""
    p = keras.ops.softmax(teacher / T)
    losses = keras.losses.CategoricalCrossentropy(from_logits=True, reduction=None)(p, student / T)
    return T**2 * (losses + keras.ops.sum(p * keras.ops.log(p), -1)).numpy()
