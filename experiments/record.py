"""The record: how few bytes read handwritten digits. Makes nnlearn/chapters/ch18_distillation/record.

``python -m experiments.record`` makes all (20 minutes on one core), ``python -m experiments.record cnn`` one point of
the curve, and ``python -m experiments.record --judge cnn`` trains it on 3/4 of the training images and judges it on the
others: so the settings below were chosen, on splits 0 and 1, one for all. The test images give the stored figures. They
aren't all unseen: what judges on one split is tested on by others (84 to 159 of their 450 test images). So the
accuracy on the test images that judged no setting, ``apart``, is stored as well.

A network is a list of convolutions and dense layers without biases. Its relus pass a factor on, so the unit of each
layer's weights is free: the weights that the network computes with are the whole numbers -3 to 3, and the file holds
one row of codes for all layers, by their entropy. It learns

1. from a teacher, a kernel machine on the same training images (Gaussian kernel, ridge: one linear system), which
   labels images made anew: turned, scaled, moved by a part of a pixel, every other one mixed with a second image;
2. with real weights, of which the smallest are taken out little by little, until the codes of the others would fit;
3. with whole ones, the gradient going straight through the rounding.
"""

import argparse
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import solve
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from nnlearn import models
from nnlearn.compression import Quantized
from nnlearn.compression.entropy import least_bits
from nnlearn.data import datasets, storing
from nnlearn.data.augment import Pipeline, RandomRotation, RandomScale, shift
from nnlearn.data.datasets import random_split
from nnlearn.interop.quiet import tf
from nnlearn.networks import Conv2D, Dense, Flatten, Layer, MaxPool2D, Network, ReLU
from nnlearn.processor import processor, versions

COMMAND = "python -m experiments.record"
FOLDER = Path(__file__).parents[1] / "nnlearn/chapters/ch18_distillation/record"
FILE = FOLDER / "record.json"
SPLITS = (0, 1, 2, 3, 4)
CHOSEN_ON, JUDGES = (0, 1), 0.25  # splits; the share of their training images that judged the settings

WIDTH, RIDGE, TEACHERS_COPIES = 0.4, 0.02, 3  # exp(-0.4 |x - z|^2)
COPIES, SHARPNESS = 60, 16  # of the training images; the scores that are taught are 16 times the teacher's outputs
BITS, MOST = 3, 3  # of a code, and the largest
SPREAD = 1.7  # root mean square of the codes that aren't 0, before they are rounded
BATCH, CHUNK = 32, 50  # images in a step; steps between two looks at the size
RATE, RATE_ROUNDED = 0.03, 0.02  # in codes
SETTLED = 0.7  # the share of the steps after which they become smaller
OVERHEAD = 31  # bytes of a file besides its codes, about

Images = NDArray[np.float32]
Row = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A network, its words, how many bytes it is trained for and how long; at which share of the steps it is pruned
    and rounded."""

    words: str
    layers: tuple[Layer, ...]
    bytes: int
    steps: int
    pruned: float = 0.2
    rounded: float = 0.55


def conv(filters: int, size: int = 3, stride: int = 1, padding: str = "same") -> tuple[Layer, ...]:
    """A convolution and its relu."""
    return Conv2D(filters, size, padding, stride, bias=False), ReLU()


POOL, FLAT, OUT = MaxPool2D(), Flatten(), Dense(10, bias=False)
CNN = (*conv(16), *conv(32), POOL, FLAT, Dense(32, bias=False), ReLU(), OUT)
SMALL = (*conv(8), *conv(12), POOL, FLAT, OUT)
POINTS = {
    "cnn": Point("the network of chapter 17, its 90 biases 0", CNN, 2116, 10000),
    "small": Point("convolutions of 8 and 12 filters, a pooling, 10 scores; no biases", SMALL, 498, 18000, 0.15, 0.5),
}

COLUMNS = {
    "bytes, accuracies": "of each split, the size of the file and the share of its 450 test images that it reads",
    "float32": "accuracies of the networks of chapter 17, trained on the same splits: 86,184 bytes of numbers",
    "not_zero": "of each split, the weights that are not 0",
    "apart": "of each split, the share read of those test images by which no setting was chosen; "
    "apart_images: how many",
}


def images_of(split: int, judge: bool) -> tuple[Images, NDArray[Any], Images, NDArray[Any]]:
    """Images and labels to train on, and to test on; to judge by: both from the training images."""
    data = datasets.digits(seed=split)
    X, y, X_test, y_test = data.X_train, data.y_train, data.X_test, data.y_test
    if judge:
        X, X_test, y, y_test = train_test_split(X, y, test_size=JUDGES, random_state=split, stratify=y)
    return as_images(X), y, as_images(X_test), y_test


def apart(split: int) -> NDArray[np.bool_]:
    """Which of the split's test images judged no setting, on no split."""
    y = load_digits().target
    judges = []
    for chosen_on in CHOSEN_ON:
        train, _ = random_split(len(y), chosen_on, y)
        judges += [*train_test_split(train, test_size=JUDGES, random_state=chosen_on, stratify=y[train])[1]]
    return np.isin(random_split(len(y), split, y)[1], judges, invert=True)


def as_images(X: Any) -> Images:
    """Rows of 64 pixels as images."""
    return np.asarray(X, np.float32).reshape(-1, 8, 8, 1)


def moved(X: Images, copies: int, seed: int, degrees: float, size: float, part: float = 0, mix: float = 0) -> Images:
    """The images, and copies of them: turned, scaled, moved by up to a part of a pixel; every other copy mixed."""
    generator, pipeline = np.random.default_rng(seed), Pipeline(
        RandomRotation(degrees), RandomScale(1 - size, 1 + size), seed=seed
    )  # fmt: skip
    found = [X[..., 0]]

    def between(one: Any, other: Any, most: float) -> Any:
        share = generator.uniform(0, most, (len(X), 1, 1))
        return (1 - share) * one + share * other

    for epoch in range(copies - 1):
        Z = np.asarray(pipeline(X[..., 0], epoch))
        dy, dx = generator.integers(-1, 2, (2, len(Z)))
        Z = between(Z, shift(Z, dy, dx), part) if part else Z
        found.append(between(Z, Z[generator.permutation(len(Z))], mix) if mix and epoch % 2 else Z)
    return np.concatenate(found)[..., np.newaxis].astype(np.float32)


def teacher(X: Images, y: NDArray[Any], seed: int) -> Callable[[Images], NDArray[np.float32]]:
    """Images to ten numbers each, about 1 for the class and 0 for the others."""
    seen = moved(X, TEACHERS_COPIES, seed, 10, 0.1).reshape(-1, 64)
    kernel = gaussian(seen, seen) + RIDGE * np.eye(len(seen), dtype=np.float32)
    weights = solve(kernel, np.tile(np.eye(10)[y], (TEACHERS_COPIES, 1)) - 0.1, assume_a="pos").astype(np.float32)

    def outputs(images: Images) -> NDArray[np.float32]:
        blocks = np.split(images.reshape(-1, 64), range(4096, len(images), 4096))
        return np.concatenate([gaussian(block, seen) @ weights for block in blocks])

    return outputs


def gaussian(x: NDArray[np.float32], z: NDArray[np.float32]) -> NDArray[np.float32]:
    """The kernel of all pairs of rows."""
    distances = (x * x).sum(axis=1)[:, np.newaxis] + (z * z).sum(axis=1) - 2 * x @ z.T
    return np.exp(np.float32(-WIDTH) * np.maximum(distances, 0))


def scores(network: Network, weights: list[Any], x: Any) -> Any:
    """``network.forward`` in TensorFlow."""
    kernels = iter(weights)
    for layer in network.layers:
        if isinstance(layer, Conv2D):
            x = tf.nn.conv2d(x, next(kernels), layer.stride, layer.padding.upper())
        elif isinstance(layer, MaxPool2D):
            x = tf.nn.max_pool2d(x, layer.size, layer.size, "VALID")
        elif isinstance(layer, Dense):
            x = x @ next(kernels)
        else:
            x = tf.nn.relu(x) if isinstance(layer, ReLU) else tf.reshape(x, [len(x), -1])
    return x


class Student:
    """A network while it learns: its kernels, which of their weights are left, and a factor of the scores.

    The factor is no part of a file: it changes no answer.
    """

    def __init__(self, network: Network, X: Images, taught: NDArray[np.float32], seed: int):
        self.network, self.X, self.taught = network, tf.constant(X), tf.constant(taught)
        self.generator = np.random.default_rng(seed)
        first = [self.generator.normal(size=leaf.shape) for leaf in network.leaves.declared.values()]
        self.kernels = [tf.Variable(array, dtype=tf.float32) for array in first]
        spread = np.std(scores(network, self.kernels, self.X[:500]))
        self.factor = tf.Variable(0.5 - np.log(spread), dtype=tf.float32)  # its logarithm
        self.variables = [*self.kernels, self.factor]
        self.m, self.v = ([tf.Variable(tf.zeros_like(x)) for x in self.variables] for _ in range(2))
        self.t, self.rounded = tf.Variable(0.0), tf.Variable(0.0)
        self.left = [tf.Variable(tf.ones_like(kernel)) for kernel in self.kernels]
        self.graph = tf.function(self.descend)

    def seen(self, kernel: Any) -> Any:
        """What the network computes with: the kernel; later its codes, backwards as if they were the kernel."""
        return kernel + self.rounded * tf.stop_gradient(tf.clip_by_value(tf.round(kernel), -MOST, MOST) - kernel)

    def descend(self, rows: Any, rates: Any) -> None:
        """Steps of Adam, with the weights that are left."""
        for i in tf.range(len(rows)):
            with tf.GradientTape() as tape:
                given = scores(self.network, [*map(self.seen, self.kernels)], tf.gather(self.X, rows[i]))
                wanted = tf.gather(self.taught, rows[i])
                loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, given * tf.exp(self.factor)))
            slopes = tape.gradient(loss, self.variables)
            self.t.assign_add(1)
            for x, m, v, slope, left in zip(self.variables, self.m, self.v, slopes, [*self.left, 1.0], strict=True):
                m.assign(0.9 * m + 0.1 * slope)
                v.assign(0.999 * v + 0.001 * slope**2)
                step = m / (1 - 0.9**self.t) / (tf.sqrt(v / (1 - 0.999**self.t)) + 1e-8)
                new = x - rates[i] * (0.1 * step if x is self.factor else step)
                inside = tf.clip_by_value(new, -MOST - 0.4, MOST + 0.4)
                x.assign(new if x is self.factor else left * tf.where(self.rounded > 0, inside, new))

    def units(self) -> list[float]:
        """How large a code of each kernel is: its weights that are left have the root mean square ``SPREAD``."""
        pairs = zip(self.kernels, self.left, strict=True)
        sums = [(float(np.sum(np.square(kernel))), float(np.sum(left))) for kernel, left in pairs]
        return [1.0 if self.rounded.numpy() or not left else (total / left) ** 0.5 / SPREAD for total, left in sums]

    def begin_to_round(self) -> None:
        """Codes from here on."""
        for kernel, unit in zip(self.kernels, self.units(), strict=True):
            kernel.assign(kernel / unit)
            self.factor.assign_add(np.log(unit))
        self.rounded.assign(1)

    def codes(self) -> list[NDArray[np.int8]]:
        """The kernels as whole numbers."""
        pairs = zip(self.kernels, self.units(), strict=True)
        return [np.clip(np.round(kernel / unit), -MOST, MOST).astype(np.int8) for kernel, unit in pairs]

    def prune(self, wanted: float) -> None:
        """Takes out the smallest weights, for ever, until the codes tell no more than so many bytes."""
        sizes = np.concatenate([np.abs(kernel).ravel() for kernel in self.kernels])
        codes = np.concatenate([codes.ravel() for codes in self.codes()])
        order = np.argsort(sizes, kind="stable")
        few, many = 0, len(order)  # gone
        while few < many:
            middle = (few + many) // 2
            rest = np.bincount(codes[order[middle:]] + MOST, minlength=2 * MOST + 1)
            rest[MOST] += middle
            few, many = (few, middle) if least_bits(rest) <= 8 * wanted else (middle + 1, many)
        least = sizes[order[few]] if few < len(order) else np.inf
        for kernel, left in zip(self.kernels, self.left, strict=True):
            left.assign(left * (np.abs(kernel) >= least))
            kernel.assign(kernel * left)

    def learn(self, point: Point) -> None:
        """All steps."""
        steps, wanted = point.steps, point.bytes - OVERHEAD
        order = np.zeros(0, np.int64)
        full = max(wanted, sum(codes.size for codes in self.codes()) * BITS / 8)
        for done in range(0, steps, CHUNK):
            at = (done + np.arange(CHUNK)) / steps
            rates = (RATE_ROUNDED if at[0] >= point.rounded else RATE) * np.minimum(1, at / 0.03)
            rates *= 0.5 + 0.5 * np.cos(np.pi * np.clip((at - SETTLED) / (1 - SETTLED), 0, 1))
            if at[0] >= point.rounded and not self.rounded.numpy():
                self.begin_to_round()
            if at[0] >= point.pruned:
                way = min(1, (at[0] - point.pruned) / (point.rounded - point.pruned))
                self.prune(wanted * (full / wanted) ** (1 - way) ** 2)
            while len(order) < CHUNK * BATCH:
                order = np.append(order, self.generator.permutation(len(self.X)))
            rows, order = order[: CHUNK * BATCH].reshape(CHUNK, BATCH), order[CHUNK * BATCH :]
            self.graph(tf.constant(rows, tf.int32), tf.constant(rates, tf.float32))


def stored(codes: NDArray[np.int8]) -> Quantized:
    """Codes as weights of unit 1."""
    one, none = np.ones((), np.float32), np.zeros((), np.int32)
    return Quantized(codes, one, none, BITS, "symmetric", None, 0.0, float(np.mean(codes.astype(float) ** 2)))


def save(path: Path, point: Point, codes: list[NDArray[np.int8]]) -> None:
    """The file of a network. Of chapter 17's with all its leaves."""
    network = Network((8, 8, 1), point.layers)
    if point.layers == CNN:
        network = Network((8, 8, 1), [replace(layer, name=None) for layer in models.digits_cnn().layers])
        biases = [np.zeros(leaf.shape, np.int8) for leaf in network.leaves.declared.values() if len(leaf.shape) == 1]
        codes = [each for pair in zip(codes, biases, strict=True) for each in pair]
    weights = {name: stored(each) for name, each in zip(network.leaves.declared, codes, strict=True)}
    models.save_network(path, network, weights)


def accuracy(path: Path, X: Images, y: NDArray[Any]) -> float:
    """Of a file."""
    network, weights = models.load_network(path)
    return round(models.accuracy((network, weights), X, y), 4)


def made(name: str, split: int, judge: bool, folder: Path) -> Row:
    """One file of one split, and what it does."""
    point, began = POINTS[name], time.perf_counter()
    X, y, X_test, y_test = images_of(split, judge)
    pool = moved(X, COPIES, 1000 + split, 15, 0.15, part=0.6, mix=0.5)
    taught = tf.nn.softmax(SHARPNESS * teacher(X, y, split)(pool)).numpy()
    student, path = Student(Network((8, 8, 1), point.layers), pool, taught, split), folder / f"{name}_{split}.network"
    student.learn(point)
    save(path, point, student.codes())
    size, not_zero = path.stat().st_size, int(sum(np.count_nonzero(codes) for codes in student.codes()))
    row = {"bytes": size, "accuracies": accuracy(path, X_test, y_test), "not_zero": not_zero}
    if not judge:
        row["apart"] = accuracy(path, X_test[apart(split)], y_test[apart(split)])
    print(name, split, row, f"{time.perf_counter() - began:.0f} s", flush=True)
    return row


def trained_float(split: int) -> tuple[float, float]:
    """The accuracy of the network of chapter 17, trained on this split: on all its test images, and on those apart."""
    data, rows = datasets.digits(seed=split), apart(split)
    model = models.train(models.convolutional(split), data, 30, split)
    whole, part = (models.accuracy(model, data.X_test[some], data.y_test[some]) for some in (rows | True, rows))
    return round(whole, 4), round(part, 4)


def main(names: list[str], judge: bool) -> None:
    """Makes the points named and keeps the others."""
    tf.config.threading.set_intra_op_parallelism_threads(1)  # on one thread the sums are always added up alike
    FOLDER.mkdir(parents=True, exist_ok=True)
    before = json.loads(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {"points": [], "float32": []}
    rows = {row["name"]: row for row in before["points"]}
    for name in names or POINTS:
        point = POINTS[name]
        with TemporaryDirectory() as elsewhere:
            folder = Path(elsewhere) if judge else FOLDER
            each = [made(name, split, judge, folder) for split in SPLITS]
        columns = {column: [row[column] for row in each] for column in each[0]}
        rows[name] = {
            "name": name,
            "what": point.words,
            "weights": Network((8, 8, 1), point.layers).count().parameters,
            "steps": point.steps,
            **columns,
        }
        print(name, np.median(columns["bytes"]), np.median(columns["accuracies"]), np.mean(columns["accuracies"]))
    if judge:
        return
    float32 = before["float32"]
    if not float32:
        whole, part = zip(*map(trained_float, SPLITS), strict=True)
        counts = [int(apart(split).sum()) for split in SPLITS]
        float32 = [{"accuracies": [*whole], "apart": [*part], "apart_images": counts}]
    settings = {"splits": SPLITS, "processor": str(processor()), "versions": versions("tensorflow", "numpy", "scipy")}
    table = [rows[name] for name in POINTS if name in rows]
    FILE.write_text(storing.text(COMMAND, COLUMNS, settings, float32=float32, points=table), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("points", nargs="*", help=f"of {', '.join(POINTS)}; all if none is named")
    parser.add_argument("--judge", action="store_true", help="by a part of the training images; nothing is stored")
    arguments = parser.parse_args()
    main(arguments.points, arguments.judge)
