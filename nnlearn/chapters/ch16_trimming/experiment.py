"""What merging and removing cost trained networks: makes measured.json, beside this file, and the stored books.

``python -m nnlearn.chapters.ch16_trimming.experiment`` (about ten minutes). Nothing is trained after it was made
smaller, but where a table says so. The digits network is that of chapter 17, trained once for each of five seeds; the
networks of six layers (``networks.py``) are trained for 12 epochs, also five. All accuracies are on the 450 test
images. The books are those of the first digits network: the explorer shows them.
"""

import time
from collections.abc import Callable, Iterable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from nnlearn import models
from nnlearn.chapters.ch16_trimming.folding import RULES, folded
from nnlearn.chapters.ch16_trimming.measures import smallest_left
from nnlearn.chapters.ch16_trimming.networks import KINDS, LAYERS, six_layers
from nnlearn.compression import Shared, merge_nearest, remove, remove_units, save, unit_sizes
from nnlearn.data import Dataset, datasets, storing
from nnlearn.interop.quiet import tf
from nnlearn.models.untrained import untrained
from nnlearn.models.weights import Weights, is_kernel
from nnlearn.networks.edits import Model
from nnlearn.processor import processor, versions

COMMAND = "python -m nnlearn.chapters.ch16_trimming.experiment"
FILE = Path(__file__).with_name("measured.json")
BOOKS = Path(storing.__file__).parent / "measured" / "shared_books.weights"

SEEDS = (0, 1, 2, 3, 4)
VALUES = range(2, 17)
STARTS: dict[str, dict[str, Any]] = {
    "even": {"start": "even"},
    "quantile": {"start": "quantile"},
    "random": {"start": "random"},
    "left alone": {"start": "even", "moves": False},
}
GONE = (0.0, 0.3, 0.5, 0.6, 0.7)
MIXED: Any = {"gone": {"conv2": 0.6, "dense": 0.8}, "values": {"conv1": 16, "conv2": 4, "dense": 4, "output": 16}}
FEWER = (0, 4, 8, 12, 16, 20)  # units of the dense layer
EPOCHS_DIGITS, EPOCHS, EPOCHS_AFTER = 30, 12, 2

COLUMNS = {
    "accuracies": "on the test images, of the network of each seed; median, min and max of them",
    "gone": "the share of all kernels' weights, the smallest, that are 0 before the others are clustered; mixed: of a "
    "layer's",
    "way": "removed by weights: the smallest weights in times weights out; by what they send: the smallest mean on "
    "training images times weights out",
    "bytes": "of the first network, the stored one: packed codes, books and biases",
    "smallest": "the same, codes packed or by their entropy, whichever is shorter",
    "bound": "the same, codes in the bits that they tell",
    "file": "of the first network, its layers included: nnlearn.models.save_network",
    "silent": "units of the dense layer that no training image makes fire, of each seed",
    "share": "changed: the distance of what a layer gives from what it gets, as a share of what it gives, all test "
    "images",
    "without": "the layers removed, by number",
    "after": "accuracies after 2 more epochs",
    "difference": "the largest difference of a score from the network that isn't folded, of each seed",
}


Row = dict[str, Any]


def summary(accuracies: Iterable[float]) -> Row:
    """The accuracies, and their median, minimum and maximum."""
    each = [round(accuracy, 4) for accuracy in accuracies]
    return {"median": float(np.median(each)), "min": min(each), "max": max(each), "accuracies": each}


def tested(data: Dataset, each: Iterable[Any]) -> Row:
    """The summary of models on the test images."""
    return summary(models.accuracy(model, data.X_test, data.y_test) for model in each)


def trained_digits(data: Dataset) -> list[Weights]:
    """The weights of the digits network of each seed: of the first those that are stored, trained likewise."""
    others = (models.train(models.convolutional(seed), data, EPOCHS_DIGITS, seed) for seed in SEEDS[1:])
    return [models.trained(), *map(models.weights_of, others)]


def pruned(weights: Weights, gone: float | dict[str, float]) -> Weights:
    """The weights with the smallest of all kernels 0, or the smallest of the layers named."""

    def left(name: str, array: Any) -> Any:
        share = gone.get(name.rpartition("/")[0], 0.0) if isinstance(gone, dict) else 0.0
        least = np.quantile(np.abs(array), share) if isinstance(gone, dict) else smallest_left(weights, gone)
        return np.where(np.abs(array) < least, np.float32(0), array) if is_kernel(name) else array

    return {name: left(name, array) for name, array in weights.items()}


def sizes(shared: models.SharedWeights) -> Row:
    """The bytes of one network."""
    return {"bytes": shared.nbytes, "smallest": shared.smallest, "bound": round(shared.bound)}


def shared_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Values, starts and shares pruned; writes the books of the first network."""
    rows: list[Row] = []
    books: dict[str, Any] = {}
    for gone, (start, options), values in product(GONE, STARTS.items(), VALUES):
        each = [models.share_weights(pruned(weights, gone), values, holes=gone > 0, seed=seed, **options)
                for seed, weights in zip(SEEDS, networks, strict=True)]  # fmt: skip
        rows.append({"gone": gone, "start": start, "values": values, **sizes(each[0]), **tested(data, each)})
        books |= {f"{gone:g}/{start}/{values}/{name}": array.book for name, array in each[0].arrays.items()
                  if isinstance(array, Shared)}  # fmt: skip
    save(BOOKS, books, smallest=True)
    return rows


def mixed_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Each layer with a share and a number of values of its own, and the file of all."""
    each = [models.share_weights(pruned(weights, MIXED["gone"]), holes=True, per_layer_values=MIXED["values"])
            for weights in networks]  # fmt: skip
    path = FILE.with_name("mixed.network")
    models.save_network(path, models.digits_cnn(), each[0])
    size = path.stat().st_size
    path.unlink()
    return [{**MIXED, **sizes(each[0]), "file": size, **tested(data, each)}]


def units_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Units of the dense layer merged, or the smallest removed."""
    network = models.digits_cnn()
    images = data.X_train.reshape(-1, *network.shape)
    silent = [int((network.activations(weights, images)["relu_2"].max(axis=0) == 0).sum()) for weights in networks]

    def without_smallest(weights: Weights, count: int, sizes: Any) -> Model:
        order = np.argsort(sizes, kind="stable")
        return remove_units(network, weights, "dense", order[:count].tolist())

    def sent(weights: Weights) -> Any:
        means = network.activations(weights, images)["relu_2"].mean(axis=0)
        return means * np.linalg.norm(weights["output/kernel"], axis=1)

    ways: dict[str, Callable[[Weights, int], Model]] = {
        "merged": lambda weights, count: merge_nearest(network, weights, "dense", count),
        "removed by weights": lambda weights, count: without_smallest(
            weights, count, unit_sizes(network, weights, "dense")
        ),
        "removed by what they send": lambda weights, count: without_smallest(weights, count, sent(weights)),
    }
    return [
        {"way": way, "fewer": fewer, "silent": silent, **tested(data, [change(weights, fewer) for weights in networks])}
        for way, change in ways.items()
        for fewer in FEWER
    ]


def trained_six(data: Dataset) -> dict[str, list[Weights]]:
    """The networks of six layers, of each kind and seed."""
    return {
        kind: [
            models.weights_of(models.train(untrained(six_layers(kind), seed, kind), data, EPOCHS, seed))
            for seed in SEEDS
        ]
        for kind in KINDS
    }


def without(kind: str, weights: Weights, gone: tuple[int, ...]) -> Model:
    """The network without some of its six layers, by number."""
    model: Any = six_layers(kind), dict(weights)
    for number in gone:
        network, own = model
        model = remove(network, own, LAYERS[number - 1])
    return model


def subsets() -> list[tuple[int, ...]]:
    """All sets of layers, the smaller ones first."""
    found = [tuple(i + 1 for i, out in enumerate(bits) if out) for bits in product([0, 1], repeat=len(LAYERS))]
    return sorted(found, key=lambda gone: (len(gone), gone))


def removed_rows(data: Dataset, six: dict[str, list[Weights]]) -> list[Row]:
    """Every set of layers removed."""
    return [
        {"kind": kind, "without": gone, **tested(data, [without(kind, weights, gone) for weights in six[kind]])}
        for kind in KINDS
        for gone in subsets()
    ]


def changed_rows(data: Dataset, six: dict[str, list[Weights]]) -> list[Row]:
    """How far what a layer gives (after its relu) lies from what it gets, as a share of what it gives."""
    rows = []
    for kind, number in product(KINDS, range(1, 7)):
        network = six_layers(kind)
        names = [str(layer.name) for layer in network.layers]
        place = names.index(LAYERS[number - 1])
        images = data.X_test.reshape(-1, *network.shape)
        shares = []
        for weights in six[kind]:
            values = network.activations(weights, images)
            x, y = values[names[place - 1]], values[names[place + (kind == "chain")]]
            shares.append(round(float(np.linalg.norm(x - y) / np.linalg.norm(y)), 3))
        rows.append({"kind": kind, "layer": number, "share": float(np.median(shares)), "each": shares})
    return rows


def retrained_rows(data: Dataset, six: dict[str, list[Weights]]) -> list[Row]:
    """One layer removed, and the rest trained a little."""
    from nnlearn.interop.layers import to_keras

    rows = []
    for kind, number in product(("chain", "shortcuts"), range(1, 7)):
        models_left = [to_keras(*without(kind, weights, (number,))) for weights in six[kind]]
        after = [models.train(model, data, EPOCHS_AFTER, seed) for seed, model in zip(SEEDS, models_left, strict=True)]
        rows.append({"kind": kind, "without": [number], **tested(data, after)})
    return rows


def folded_rows(data: Dataset, six: dict[str, list[Weights]]) -> list[Row]:
    """Normalisations folded by each rule."""
    network = six_layers("normalised")
    images = data.X_test.reshape(-1, *network.shape)
    rows = []
    for rule in RULES:
        each = [folded(network, dict(weights), rule) for weights in six["normalised"]]
        apart = [float(np.abs(smaller.forward(own, images) - network.forward(weights, images)).max())
                 for (smaller, own), weights in zip(each, six["normalised"], strict=True)]  # fmt: skip
        counts = {"parameters": network.count().parameters, "left": each[0][0].count().parameters}
        rows.append({"rule": rule, **counts, "difference": [float(f"{d:.2g}") for d in apart], **tested(data, each)})
    return rows


def main() -> None:
    """Measures every table, prints how long that took, and writes the files."""
    tf.config.threading.set_intra_op_parallelism_threads(1)  # on one thread the sums are always added up alike
    began, data = time.perf_counter(), datasets.digits()
    networks, six = trained_digits(data), trained_six(data)
    print(f"trained ({time.perf_counter() - began:.0f} s)", flush=True)
    tables = {
        "removed": removed_rows(data, six),
        "changed": changed_rows(data, six),
        "retrained": retrained_rows(data, six),
        "folded": folded_rows(data, six),
        "units": units_rows(data, networks),
        "mixed": mixed_rows(data, networks),
        "shared": shared_rows(data, networks),
    }
    print(f"measured ({time.perf_counter() - began:.0f} s)", flush=True)
    plain = {"float32": summary(models.accuracy(weights, data.X_test, data.y_test) for weights in networks)}
    settings = {"seeds": SEEDS, "epochs": EPOCHS, "processor": str(processor()), **plain,
                "versions": versions("scikit-learn", "tensorflow", "numpy")}  # fmt: skip
    FILE.write_text(storing.text(COMMAND, COLUMNS, settings, **tables), encoding="utf-8")


if __name__ == "__main__":
    main()
