"""What few bits cost a network, and what training with them gives back: makes measured.json, beside this file.

``python -m nnlearn.chapters.ch17_quantisation.experiment`` (a few minutes). The weights of the first network trained
are stored with the library, in nnlearn/data/measured: ``models.trained()`` reads them. With ``times`` behind it, only
the times are measured: they are stored beside those of other processors.

The network is ``models.convolutional(seed)`` on ``datasets.digits()``, trained once for each seed; every table is of
all seeds, on the 450 test images. Quantised kernels are measured by ``models.forward``, in NumPy.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

from nnlearn import models
from nnlearn.compression import Quantized, save
from nnlearn.data import Dataset, datasets, storing
from nnlearn.interop.quiet import tf
from nnlearn.models.rescaling import kernels, rescaled, with_outlier
from nnlearn.models.weights import STORED, Weights, layer_of
from nnlearn.processor import processor, versions

COMMAND = "python -m nnlearn.chapters.ch17_quantisation.experiment"
FILE = Path(__file__).with_name("measured.json")
WEIGHTS = Path(storing.__file__).parent / "measured" / STORED

SEEDS = (0, 1, 2, 3, 4)
EPOCHS, EPOCHS_QUANTIZED = 30, 15
FACTORS = (1, 2, 4, 8)  # of the outlier
RESCALING = 16
ROUNDS = 100  # of timing
LAYERS = ("conv1", "conv2", "dense", "output")
MIXTURES = ((8, 4, 3, 8), (8, 3, 3, 8))  # bits of the four layers
KINDS = ("float32", "float16", "dynamic", "int8")
FILTERS = (16, 32, 64, 128)  # of ever wider networks

AXES = {"tensor": None, "channel": -1}
METHODS: dict[str, dict[str, Any]] = {
    "symmetric tensor": {},
    "symmetric channel": {"axis": -1},
    "least error tensor": {"range": "least error"},
    "least error channel": {"axis": -1, "range": "least error"},
    "affine tensor": {"scheme": "affine"},
    "affine channel": {"axis": -1, "scheme": "affine"},
    "affine least error tensor": {"scheme": "affine", "range": "least error"},
    "affine least error channel": {"axis": -1, "scheme": "affine", "range": "least error"},
    "stochastic tensor": {"rounding": "stochastic"},
    "binary tensor": {"scheme": "binary"},
    "binary channel": {"scheme": "binary", "axis": -1},
}
SYMMETRIC_BITS, AFFINE_BITS = (16, 8, 6, 5, 4, 3, 2), (16, 8, 6, 5, 4, 3, 2, 1)
BITS = {method: (1,) if "binary" in method else AFFINE_BITS if "affine" in method else SYMMETRIC_BITS
        for method in METHODS}  # fmt: skip

COLUMNS = {
    "accuracies": "on the test images, of the network of each seed; median, min and max of them",
    "bytes": "of the network of the first seed: codes, scales, zero points and float32 biases; float32, int8, ...: "
    "the LiteRT file",
    "file": "bytes of the same saved by nnlearn.compression.save",
    "decibels": "signal over error of the largest kernel, the dense layer's, of the first seed",
    "before": "accuracies of the same bits before training with them",
    "channels": "rescaled: of each seed the median over all channels of the layer",
    "filters, flops": "wider: of the first convolution, the other layers have twice as many; operations for one image",
    "float32_us, int8_us": "wider: microseconds for one image in LiteRT, the median, on one thread of this processor",
    "times_faster": "wider: float32_us / int8_us",
    "machines": "the processors of wider, how many programs wanted one of the cores meanwhile (load: ratios hold "
    "better than times then), and the versions that ran; null: was not recorded",
}

Row = dict[str, Any]


def trained_networks(data: Dataset) -> list[Weights]:
    """The weights of the network of each seed."""
    return [models.weights_of(models.train(models.convolutional(seed), data, EPOCHS, seed)) for seed in SEEDS]


def summary(accuracies: Iterable[float]) -> Row:
    """The accuracies, and their median, minimum and maximum."""
    each = [round(accuracy, 4) for accuracy in accuracies]
    return {"median": float(np.median(each)), "min": min(each), "max": max(each), "accuracies": each}


def tested(data: Dataset, each: Iterable[Any]) -> Row:
    """The summary of models or weights on the test images."""
    return summary(models.accuracy(model, data.X_test, data.y_test) for model in each)


def float_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """The networks as they are."""
    size = sum(array.nbytes for array in networks[0].values())
    return [{"bytes": size, **tested(data, networks)}]


def bits_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Every method with each number of bits, without training."""
    return [bits_row(data, networks, method, bits) for method in METHODS for bits in BITS[method]]


def bits_row(data: Dataset, networks: list[Weights], method: str, bits: int) -> Row:
    """One method with one number of bits."""
    each = [models.quantize_weights(weights, bits, rng=np.random.default_rng(seed), **METHODS[method])
            for seed, weights in zip(SEEDS, networks, strict=False)]  # fmt: skip
    first = each[0]
    dense = first.arrays["dense/kernel"]
    assert isinstance(dense, Quantized)
    size = {"bytes": first.nbytes, "file": first.file_size, "decibels": round(dense.snr, 1)}
    return {"method": method, "bits": bits, **size, **tested(data, each)}


def mixed_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Layers of different bits, with least error and a scale for each channel."""
    rows = []
    for mixture in MIXTURES:
        per_layer = dict(zip(LAYERS, mixture, strict=True))
        each = [models.quantize_weights(weights, axis=-1, range="least error", per_layer_bits=per_layer)
                for weights in networks]  # fmt: skip
        rows.append({"bits": mixture, "bytes": each[0].nbytes, **tested(data, each)})
    return rows


def outlier_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """The largest weight of the dense layer made larger: 4 bits, symmetric."""
    rows = []
    for factor in FACTORS:
        changed = [with_outlier(weights, "dense", factor) for weights in networks]
        rows.append({"factor": factor, "axis": "float32", **tested(data, changed)})
        for name, axis in AXES.items():
            each = (models.quantize_weights(weights, 4, axis=axis) for weights in changed)
            rows.append({"factor": factor, "axis": name, **tested(data, each)})
    return rows


def rescaled_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """A channel multiplied and the next layer's weights of it divided, which changes nothing: 4 bits, symmetric."""
    rows = []
    for layer in LAYERS[:-1]:
        forms: dict[str, Callable[[Weights], Any]] = {
            "float32": lambda weights: weights,
            "tensor": lambda weights: models.quantize_weights(weights, 4),
            "channel": lambda weights: models.quantize_weights(weights, 4, axis=-1),
        }
        for name, form in forms.items():
            medians = []
            for weights in networks:
                channels = range(weights[f"{layer}/bias"].size)
                each = [form(rescaled(weights, layer, channel, RESCALING)) for channel in channels]
                medians.append(tested(data, each)["median"])
            rows.append({"layer": layer, "axis": name, **summary(medians)})
    return rows


def fragile_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """One layer in 1 bit, a scale for each channel; the others in float32."""
    rows = []
    for layer in map(layer_of, kernels(networks[0])):
        each = [models.quantize_weights(weights, 32, axis=-1, per_layer_bits={layer: 1}) for weights in networks]
        rows.append({"layer": layer, "bytes": each[0].nbytes, **tested(data, each)})
    return rows


def trained_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Trained on with quantised kernels, from the float32 weights: symmetric, in 1 bit binary."""
    rows = []
    for name, axis in AXES.items():
        for bits in (1, 2, 3, 4):
            before = [models.quantize_weights(weights, bits, axis=axis) for weights in networks]
            after = []
            for seed, weights in zip(SEEDS, networks, strict=False):
                model = models.convolutional(seed)
                model.set_weights([*weights.values()])
                after.append(models.train_quantized(model, data, bits, axis=axis, epochs=EPOCHS_QUANTIZED, seed=seed))
            row = {"axis": name, "bits": bits, "bytes": after[0].nbytes, "file": after[0].file_size}
            rows.append({**row, **tested(data, after), "before": tested(data, before)["accuracies"]})
    return rows


def litert_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """In LiteRT: sizes of the first network, accuracies of all."""
    each: dict[str, list[bytes]] = {kind: [] for kind in KINDS}
    for seed, weights in zip(SEEDS, networks, strict=False):
        model = models.convolutional(seed)
        model.set_weights([*weights.values()])
        for kind in KINDS:
            each[kind].append(models.to_litert(model, kind, data.X_train))
    return [{"kind": kind, "bytes": len(contents[0]), **tested(data, contents)} for kind, contents in each.items()]


def wider_rows(data: Dataset) -> list[Row]:
    """The times of wider networks, untrained, in LiteRT, on this processor: where do whole numbers pay?"""
    rows = []
    for filters in FILTERS:
        model = models.convolutional(0, filters)
        kinds = {kind: models.to_litert(model, kind, data.X_train) for kind in ("float32", "int8")}
        timed = models.compare_models(kinds, data.X_test, data.y_test, rounds=ROUNDS)
        float32, int8 = (microseconds(timed[kind].median) for kind in kinds)
        sizes = {"parameters": model.count_params(), "flops": models.count(model).flops}
        times = {"float32_us": float32, "int8_us": int8, "times_faster": round(float32 / int8, 1)}
        rows.append({"processor": str(processor()), "filters": filters, **sizes, **times})
    return rows


def machine() -> Row:
    """This computer, and what ran."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {"processor": str(processor()), "load": load, "versions": versions("ai-edge-litert", "tensorflow", "numpy")}


def times(data: Dataset, stored: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables of times: what is stored of other processors, then this one's."""
    new = {"machines": [machine()], "wider": wider_rows(data)}
    others = {name: [row for row in stored[name] if row["processor"] != str(processor())] for name in new}
    return {name: [*others[name], *new[name]] for name in new}


def microseconds(seconds: float | None) -> float:
    """With one decimal."""
    assert seconds is not None
    return round(1e6 * seconds, 1)


TABLES: dict[str, Callable[[Dataset, list[Weights]], list[Row]]] = {
    "float32": float_rows,
    "bits": bits_rows,
    "mixed": mixed_rows,
    "outlier": outlier_rows,
    "rescaled": rescaled_rows,
    "fragile": fragile_rows,
    "trained": trained_rows,
    "litert": litert_rows,
}
TIMES = ("machines", "wider")


def text(tables: dict[str, list[Row]]) -> str:
    """The file."""
    settings = {
        "seeds": SEEDS, "epochs": EPOCHS, "epochs_quantized": EPOCHS_QUANTIZED, "rescaling": RESCALING,
        "methods": METHODS,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **tables)


def main(only_times: bool) -> None:
    """Measures every table, prints it when it is there, and writes both files; or measures the times alone."""
    tf.config.threading.set_intra_op_parallelism_threads(1)  # on one thread the sums are always added up alike
    began, data = time.perf_counter(), datasets.digits()
    tables = json.loads(FILE.read_text(encoding="utf-8"))
    if not only_times:
        networks = trained_networks(data)
        for name, measure in TABLES.items():
            tables[name] = measure(data, networks)
            print(f"{name} ({time.perf_counter() - began:.0f} s)")
            print(*tables[name], sep="\n", flush=True)
        save(WEIGHTS, networks[0])
    tables |= times(data, tables)
    print(*tables["wider"], sep="\n")
    FILE.write_text(text({name: tables[name] for name in (*TABLES, *TIMES)}), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("what", nargs="?", choices=["times"], help="the times alone; all tables if it is not given")
    main(only_times=parser.parse_args().what == "times")
