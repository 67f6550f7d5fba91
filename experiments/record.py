"""The record: how few bytes read handwritten digits. Makes nnlearn/chapters/ch18_distillation/record.

``python -m experiments.record`` makes all (20 minutes on one core), ``python -m experiments.record small_500`` one
point of the curve, and ``python -m experiments.record --judge small_500`` trains it on 3/4 of the training images and
judges it on the others: so the settings below were chosen, on splits 0 and 1, one for all. The test images give the
stored figures. They aren't all unseen: what judges on one split is tested on by others (84 to 159 of their 450 test
images). So the accuracy on the test images that judged no setting, ``apart``, is stored as well.

A network is a list of convolutions and dense layers. Its relus pass a factor on, so the unit of each layer's weights is
free: what the network computes with are the whole numbers -3 to 3, and the file holds one row of codes for all layers,
by their entropy. A bias is one more weight of each filter, of the same unit. It learns

1. from a teacher, a kernel machine on the same training images (Gaussian kernel, ridge: one linear system), which
   labels images made anew: turned, scaled, moved by a part of a pixel, every other one mixed with a second image;
2. with real weights, for 3/10 of the steps;
3. with whole ones, the gradient going straight through the rounding, while each weight is pulled towards 0, whose code
   is the cheapest. How hard, the bytes say: harder while the codes tell more than they may, less hard while they tell
   less. What doesn't move the loss rounds to 0; no weight is chosen to go but at the very end, if the file were too
   large still.

The files of chapter 17's network, ``cnn``, are older and kept as they are: they were made likewise, but that the
smallest weights were taken out little by little before rounding, to 2,116 bytes in 10,000 steps, and that the biases
stayed 0.
"""

import argparse
import json
import math
import time
from collections.abc import Callable
from dataclasses import dataclass
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
COPIES, SHARPNESS = 40, 16  # of the training images; the scores that are taught are 16 times the teacher's outputs
BITS, MOST = 3, 3  # of a code, and the largest
SPREAD = 1.7  # root mean square of a layer's codes when rounding begins
BATCH, CHUNK = 32, 50  # images in a step; steps between two looks at the size
RATE, RATE_ROUNDED = 0.06, 0.005  # of Adam, the second in codes
ROUNDED, SETTLED, SMALL, CUT = 0.3, 0.6, 0.75, 0.9  # shares of the steps after which: codes; the rates become smaller;
# the codes tell as much as they may; what is too much is cut off
PRICE, NEAR = 0.02, 0.25  # the pull at first, in steps of Adam; less for weights that are nearer to 0
OVERHEAD = 39  # bytes of a file besides what its codes tell, about

Images = NDArray[np.float32]
Row = dict[str, Any]


@dataclass(frozen=True)
class Point:
    """A network, its words, how many bytes it may have and how long it is trained."""

    words: str
    layers: tuple[Layer, ...]
    bytes: int
    steps: int = 27000


def small(bytes: int, first: int, second: int) -> Point:
    """Two convolutions of so many filters, the first alone with biases, a pooling and 10 scores."""
    convolutions = Conv2D(first, 3), ReLU(), Conv2D(second, 3, "valid", bias=False), ReLU()
    layers = *convolutions, MaxPool2D(), Flatten(), Dense(10, bias=False)
    return Point(f"convolutions of {first} and {second} filters, a pooling, 10 scores", layers, bytes)


POINTS = {f"small_{bytes}": small(bytes, 8, 12) for bytes in (500, 350)}
EARLIER = ("cnn",)  # of the table, kept as it is

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


def scores(network: Network, matrices: list[Any], x: Any) -> Any:
    """``network.forward`` in TensorFlow."""
    rows = iter(matrices)
    for layer in network.layers:
        if isinstance(layer, Conv2D):
            kernel, bias = apart_from_bias(layer, next(rows))
            kernel = tf.reshape(kernel, [layer.size, layer.size, -1, layer.filters])
            x = tf.nn.conv2d(x, kernel, layer.stride, layer.padding.upper()) + bias
        elif isinstance(layer, MaxPool2D):
            x = tf.nn.max_pool2d(x, layer.size, layer.size, "VALID")
        elif isinstance(layer, Dense):
            kernel, bias = apart_from_bias(layer, next(rows))
            x = x @ kernel + bias
        else:
            x = tf.nn.relu(x) if isinstance(layer, ReLU) else tf.reshape(x, [len(x), -1])
    return x


def apart_from_bias(layer: Conv2D | Dense, matrix: Any) -> tuple[Any, Any]:
    """The kernel and the bias, which is the last row of a layer's matrix; 0 if there is none."""
    return (matrix[:-1], matrix[-1]) if layer.bias else (matrix, 0.0)


class Student:
    """A network while it learns: a matrix of each layer, which of the weights are left, and a factor of the scores.

    A matrix has a column for each filter or unit: what it sees, then its bias. The factor is no part of a file: it
    changes no answer.
    """

    def __init__(self, network: Network, X: Images, taught: NDArray[np.float32], seed: int):
        self.network, self.X, self.taught = network, tf.constant(X), tf.constant(taught)
        self.generator = np.random.default_rng(seed)
        leaves = network.leaves.declared.items()
        shapes = {name.removesuffix("/kernel"): leaf.shape for name, leaf in leaves if name.endswith("/kernel")}
        rows = {
            name: math.prod(shape[:-1]) + (f"{name}/bias" in network.leaves.declared) for name, shape in shapes.items()
        }
        first = [self.generator.normal(size=(rows[name], shape[-1])) for name, shape in shapes.items()]
        self.matrices = [tf.Variable(array, dtype=tf.float32) for array in first]
        spread = np.std(scores(network, self.matrices, self.X[:500]))
        self.factor = tf.Variable(0.5 - np.log(spread), dtype=tf.float32)  # its logarithm
        self.variables = [*self.matrices, self.factor]
        self.m, self.v = ([tf.Variable(tf.zeros_like(x)) for x in self.variables] for _ in range(2))
        self.t, self.rounded, self.price = tf.Variable(0.0), tf.Variable(0.0), tf.Variable(0.0)
        self.left = [tf.Variable(tf.ones_like(matrix)) for matrix in self.matrices]
        self.graph = tf.function(self.descend)

    def seen(self, matrix: Any) -> Any:
        """What the network computes with: the weights; later their codes, backwards as if they were the weights."""
        return matrix + self.rounded * tf.stop_gradient(tf.clip_by_value(tf.round(matrix), -MOST, MOST) - matrix)

    def descend(self, rows: Any, rates: Any) -> None:
        """Steps of Adam, with the weights that are left; each of them pulled towards 0."""
        for i in tf.range(len(rows)):
            with tf.GradientTape() as tape:
                given = scores(self.network, [*map(self.seen, self.matrices)], tf.gather(self.X, rows[i]))
                wanted = tf.gather(self.taught, rows[i])
                loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, given * tf.exp(self.factor)))
            slopes = tape.gradient(loss, self.variables)
            self.t.assign_add(1)
            for x, m, v, slope, left in zip(self.variables, self.m, self.v, slopes, [*self.left, 1.0], strict=True):
                m.assign(0.9 * m + 0.1 * slope)
                v.assign(0.999 * v + 0.001 * slope**2)
                step = rates[i] * m / (1 - 0.9**self.t) / (tf.sqrt(v / (1 - 0.999**self.t)) + 1e-8)
                if x is self.factor:
                    x.assign_sub(0.1 * step)
                    continue
                new = x - step
                new -= rates[i] * self.price * tf.clip_by_value(new / NEAR, -1, 1)
                inside = tf.clip_by_value(new, -MOST - 0.4, MOST + 0.4)
                x.assign(left * tf.where(self.rounded > 0, inside, new))

    def begin_to_round(self) -> None:
        """Codes from here on, of which each layer's have the root mean square ``SPREAD``."""
        for matrix in self.matrices:
            unit = float(np.sqrt(np.mean(np.square(matrix)))) / SPREAD
            matrix.assign(matrix / unit)
            self.factor.assign_add(np.log(unit))
        self.rounded.assign(1)
        self.price.assign(PRICE)

    def codes(self) -> NDArray[np.int8]:
        """The weights as whole numbers, in the order of the leaves: shape (weights,)."""
        row = np.concatenate([np.ravel(matrix) for matrix in self.matrices])
        return np.clip(np.round(row), -MOST, MOST).astype(np.int8)

    def told(self) -> float:
        """The bytes that the codes tell."""
        return least_bits(np.bincount(self.codes() + MOST, minlength=2 * MOST + 1)) / 8

    def bargain(self, wanted: float) -> None:
        """Raises the pull if the codes tell more bytes than wanted, else lowers it; by a tenth at most."""
        far = np.clip(10 * (self.told() / wanted - 1), -1, 1)
        self.price.assign(np.clip(self.price * np.exp(0.1 * far), 0.001, 1))

    def cut(self, wanted: float) -> None:
        """Takes out the smallest weights, for ever, until the codes tell no more than so many bytes."""
        sizes = np.concatenate([np.abs(matrix).ravel() for matrix in self.matrices])
        codes, order = self.codes(), np.argsort(sizes, kind="stable")
        few, many = 0, len(order)  # gone
        while few < many:
            middle = (few + many) // 2
            rest = np.bincount(codes[order[middle:]] + MOST, minlength=2 * MOST + 1)
            rest[MOST] += middle
            few, many = (few, middle) if least_bits(rest) <= 8 * wanted else (middle + 1, many)
        least = sizes[order[few]] if few < len(order) else np.inf
        for matrix, left in zip(self.matrices, self.left, strict=True):
            left.assign(left * (np.abs(matrix) >= least))
            matrix.assign(matrix * left)

    def learn(self, point: Point) -> None:
        """All steps."""
        steps, wanted, full = point.steps, point.bytes - OVERHEAD, 0.0
        order = np.zeros(0, np.int64)
        for done in range(0, steps, CHUNK):
            at = (done + np.arange(CHUNK)) / steps
            rates = (RATE_ROUNDED if at[0] >= ROUNDED else RATE) * np.minimum(1, at / 0.03)
            rates *= 0.5 + 0.5 * np.cos(np.pi * np.clip((at - SETTLED) / (1 - SETTLED), 0, 1))
            if at[0] >= ROUNDED:
                if not full:
                    self.begin_to_round()
                    full = max(self.told(), float(wanted))
                left = 1 - min(1, (at[0] - ROUNDED) / (SMALL - ROUNDED))
                self.bargain(wanted * (full / wanted) ** left**2)
            if at[0] >= CUT:
                self.cut(wanted)
            while len(order) < CHUNK * BATCH:
                order = np.append(order, self.generator.permutation(len(self.X)))
            rows, order = order[: CHUNK * BATCH].reshape(CHUNK, BATCH), order[CHUNK * BATCH :]
            self.graph(tf.constant(rows, tf.int32), tf.constant(rates, tf.float32))


def stored(codes: NDArray[np.int8]) -> Quantized:
    """Codes as weights of unit 1."""
    one, none = np.ones((), np.float32), np.zeros((), np.int32)
    return Quantized(codes, one, none, BITS, "symmetric", None, 0.0, float(np.mean(codes.astype(float) ** 2)))


def save(path: Path, network: Network, codes: NDArray[np.int8]) -> None:
    """The file of a network with these codes, in the order of its leaves."""
    leaves = network.leaves.declared
    parts = np.split(codes, np.cumsum([math.prod(leaf.shape) for leaf in leaves.values()])[:-1])
    weights = {name: stored(part.reshape(leaf.shape)) for (name, leaf), part in zip(leaves.items(), parts, strict=True)}
    models.save_network(path, network, weights)


def accuracy(path: Path, X: Images, y: NDArray[Any]) -> float:
    """Of a file."""
    network, weights = models.load_network(path)
    return round(models.accuracy((network, weights), X, y), 4)


def made(name: str, split: int, judge: bool, folder: Path) -> Row:
    """One file of one split, and what it does."""
    point, began = POINTS[name], time.perf_counter()
    X, y, X_test, y_test = images_of(split, judge)
    pool = moved(X, COPIES, 1000 + split, 6, 0.06, part=0.8, mix=0.3)
    taught = tf.nn.softmax(SHARPNESS * teacher(X, y, split)(pool)).numpy()
    network, path = Network((8, 8, 1), point.layers), folder / f"{name}_{split}.network"
    student = Student(network, pool, taught, split)
    student.learn(point)
    save(path, network, student.codes())
    size, not_zero = path.stat().st_size, int(np.count_nonzero(student.codes()))
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
            each = [made(name, split, judge, folder) for split in (CHOSEN_ON if judge else SPLITS)]
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
    table = [rows[name] for name in (*EARLIER, *POINTS) if name in rows]
    FILE.write_text(storing.text(COMMAND, COLUMNS, settings, float32=float32, points=table), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("points", nargs="*", help=f"of {', '.join(POINTS)}; all if none is named")
    parser.add_argument("--judge", action="store_true", help="by a part of the training images; nothing is stored")
    arguments = parser.parse_args()
    main(arguments.points, arguments.judge)
