"""How much of a trained network can go, by which rule, and what training gives back: makes measured.json beside this.

``python -m nnlearn.chapters.ch15_pruning.experiment`` (about ten minutes). With ``times`` behind it, only the times
are measured: they are stored beside those of other processors. The networks are trained as those of chapter 17 are,
``models.convolutional(seed)`` on ``datasets.digits()``; every table is of all five, on the 450 test images.
"""

import argparse
import json
import os
import time
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

import nnlearn as nn
from nnlearn import models
from nnlearn.chapters.ch15_pruning.strength import lost_strength, strength
from nnlearn.compression import (
    at_random,
    fine_tune,
    importance,
    keep_units,
    magnitude,
    masks,
    prune_gradually,
    pruned,
    shrink,
    unit_norms,
)
from nnlearn.data import Dataset, datasets, storing
from nnlearn.interop.layers import to_keras
from nnlearn.interop.quiet import tf
from nnlearn.models.weights import Weights
from nnlearn.objectives import Penalised, SoftmaxRegression
from nnlearn.processor import processor, versions

COMMAND = "python -m nnlearn.chapters.ch15_pruning.experiment"
FILE = Path(__file__).with_name("measured.json")

SEEDS, EPOCHS = (0, 1, 2, 3, 4), 30
NETWORK = models.digits_cnn()
LAYERS = ("conv1", "conv2", "dense", "output")
SHARES = (0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
DRAWS = 5  # of what goes at random, for each network
ROUNDS = 9  # of importance measured anew
TUNED = (0.8, 0.9, 0.95, 0.98)
TUNING, BETWEEN, AFTER = 3, 8, 2  # epochs: after one cut; between the cuts of a gradual schedule, and after the last
FRESH = 5  # filters of a small network that is trained from the start
LAMBDAS = (1e-4, 1e-3, 1e-2)
RATE, STEPS = 0.5, 3000  # of softmax regression
TURNS, CALLS = 200, 50  # of timing

COLUMNS = {
    "accuracies": "on the test images, of the network of each seed (random: the median of five draws); their median, "
    "min and max",
    "lost": "the sum over layers of the share of the layer's squares that is gone; the median of the networks",
    "before, accuracies": "tuned, units: before and after the epochs of training",
    "zeros": "proximal: weights that are exactly 0 of those whose pixel varies, of all classes",
    "top": "hardest: the share of the scores' sum that the ten images with the largest have",
    "parameters, flops": "of the network that is left; units: as the small network counts itself",
    "dense_us, csr_us": "times: microseconds for the dense layer times a vector, SciPy's CSR and NumPy's dense matrix, "
    "medians; whole_us, holes_us, units_us: the images through the whole network in NumPy, through the one with 90% "
    "zeros, and through the one with half of the filters of conv2 and of the dense units",
    "machines": "the processors of times, how many programs wanted one of the cores meanwhile (load: ratios hold "
    "better than times then), and the versions that ran",
}  # fmt: skip

Row = dict[str, Any]


def trained_networks(data: Dataset) -> list[Weights]:
    """The weights of the network of each seed."""
    return [models.weights_of(models.train(models.convolutional(seed), data, EPOCHS, seed)) for seed in SEEDS]


def images(data: Dataset) -> Any:
    """The training images in the network's shape."""
    return data.X_train.reshape(-1, *NETWORK.shape)


def scores_of(data: Dataset, rule: str, weights: Weights, draw: int = 0) -> Any:
    """The scores by which a rule cuts."""
    if rule in ("slope", "mean", "squares"):
        return importance(NETWORK, weights, images(data), data.y_train, by=rule)  # type: ignore[arg-type]
    return {"network": magnitude, "layer": magnitude, "strength": strength}.get(
        rule, lambda weights: at_random(weights, draw)
    )(weights)


RULES = ("network", "layer", "strength", "random", "slope", "mean", "squares")


def cut_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Every rule with every share, without training."""
    rows = []
    for rule in RULES:
        draws = range(DRAWS if rule == "random" else 1)
        scores = [[scores_of(data, rule, weights, draw) for draw in draws] for weights in networks]
        for share in SHARES:
            accuracies, lost = [], []
            for weights, each in zip(networks, scores, strict=True):
                cuts = [masks(score, share, "layer" if rule == "layer" else "network") for score in each]
                found = (models.accuracy(pruned(weights, cut), data.X_test, data.y_test) for cut in cuts)
                accuracies.append(float(np.median([*found])))
                lost.append(float(np.median([sum(lost_strength(weights, cut).values()) for cut in cuts])))
            rows.append({"rule": rule, "share": share, "lost": round(float(np.median(lost)), 3), **summed(accuracies)})
    return rows


def tested(data: Dataset, each: Iterable[Any]) -> Row:
    """Accuracies of models or weights on the test images, and their summary."""
    return summed(models.accuracy(model, data.X_test, data.y_test) for model in each)


def summed(accuracies: Iterable[float]) -> Row:
    """The accuracies, and their median, minimum and maximum."""
    each = [round(accuracy, 4) for accuracy in accuracies]
    return {"median": float(np.median(each)), "min": min(each), "max": max(each), "accuracies": each}


def layer_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """One layer alone, by size."""
    return [
        {"layer": layer, "share": share,
         **tested(data, [pruned(w, masks(magnitude(w), {layer: share})) for w in networks])}
        for layer in LAYERS for share in SHARES
    ]  # fmt: skip


def hardest_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Whose gradients the squares are made of: the ten images with the largest, of 1,347."""
    rows = []
    for weights in networks:
        sums = np.array([
            sum(float(score.sum()) for score in importance(NETWORK, weights, image[None], [label]).values())
            for image, label in zip(images(data), data.y_train, strict=True)
        ])  # fmt: skip
        rows.append({"top": round(float(np.sort(sums)[-10:].sum() / sums.sum()), 3),
                     "train": models.accuracy(weights, data.X_train, data.y_train)})  # fmt: skip
    return rows


def round_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """The squares measured anew on what is left, a tenth of all weights at a time."""
    after: dict[float, list[float]] = {}
    for weights in networks:
        now: Any = weights
        cut = {name: np.ones(size.shape, bool) for name, size in magnitude(weights).items()}
        for step in range(1, ROUNDS + 1):
            score = importance(NETWORK, now, images(data), data.y_train)
            cut = masks({name: np.where(cut[name], each, -1.0) for name, each in score.items()}, step / 10)
            now = pruned(weights, cut)
            after.setdefault(step / 10, []).append(models.accuracy(now, data.X_test, data.y_test))
    return [{"share": share, **summed(each)} for share, each in after.items()]


def model_of(weights: Weights, network: Any = NETWORK) -> Any:
    """In Keras."""
    return to_keras(network, weights)


def tuned_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Trained on: after one cut, with as many epochs as the gradual schedule has, and with that schedule."""
    rows = []
    for share in TUNED:
        for way in ("network", "random", "network, long", "gradual"):
            before, after = [], []
            for seed, weights in zip(SEEDS, networks, strict=True):
                score = at_random(weights, seed) if way == "random" else magnitude(weights)
                cut = masks(score, share)
                before.append(models.accuracy(pruned(weights, cut), data.X_test, data.y_test))
                model = model_of(weights)
                if way == "gradual":
                    prune_gradually(model, data, share, epochs=BETWEEN, then=AFTER, seed=seed)
                else:
                    fine_tune(model, data, cut, epochs=BETWEEN + AFTER if "long" in way else TUNING, seed=seed)
                after.append(models.accuracy(model, data.X_test, data.y_test))
            rows.append({"share": share, "way": way, "before": summed(before)["accuracies"], **summed(after)})
    return rows


UNITS: tuple[dict[str, int], ...] = ({"conv2": 16}, {"dense": 24}, {"dense": 16}, {"conv2": 16, "dense": 16})


def unit_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Units taken out, and the small network trained on."""
    rows = []
    for counts in UNITS:
        for by in ("l2", "l1", "random"):
            before, after = [], []
            for seed, weights in zip(SEEDS, networks, strict=True):
                generator = np.random.default_rng(seed)
                keep = {
                    layer: keep_units(
                        generator.random(weights[f"{layer}/bias"].size) if by == "random"
                        else unit_norms(weights, layer, by),  # type: ignore[arg-type]
                        count,
                    )
                    for layer, count in counts.items()
                }  # fmt: skip
                small, smaller = shrink(NETWORK, weights, keep)
                before.append(models.accuracy((small, smaller), data.X_test, data.y_test))
                model = models.train(model_of(smaller, small), data, TUNING, seed)
                after.append(models.accuracy(model, data.X_test, data.y_test))
            count = small.count()
            size = {"parameters": count.parameters, "flops": count.flops}
            units = ", ".join(f"{layer} {count}" for layer, count in counts.items())
            rows.append({"units": units, "by": by, **size, "before": summed(before), **summed(after)})
    return rows


def fresh_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """A small network with no holes, trained from the start: with the usual epochs, and with those of the pruned."""
    rows = []
    for epochs in (EPOCHS, EPOCHS + BETWEEN + AFTER):
        each = [models.train(models.convolutional(seed, FRESH), data, epochs, seed) for seed in SEEDS]
        rows.append({"filters": FRESH, "epochs": epochs, "parameters": each[0].count_params(), **tested(data, each)})
    return rows


def proximal_rows(data: Dataset, networks: list[Weights]) -> list[Row]:
    """Softmax regression with three penalties: how many weights are exactly 0."""
    J = SoftmaxRegression(data.X_train, data.y_train)
    varies = np.ptp(data.X_train, axis=0) > 0
    rows = []
    for strength_of in LAMBDAS:
        rules: dict[str, tuple[Any, Any]] = {
            "L2": (nn.GradientDescent(RATE), Penalised(J, l2=strength_of)),
            "plain L1": (nn.GradientDescent(RATE), Penalised(J, l1=strength_of)),
            "proximal L1": (nn.ProximalL1(RATE, l1=strength_of * J.penalised), J),
        }
        for name, (rule, objective) in rules.items():
            theta = nn.run(rule, objective, start(J), STEPS,
                           keep=["theta"], every=STEPS).theta[-1]  # fmt: skip
            weights = J.unpack(theta)[0][varies]
            accuracy = float(J.accuracy(theta, data.X_test, data.y_test))
            rows.append({"rule": name, "lambda": strength_of, "weights": weights.size,
                         "zeros": int(np.sum(weights == 0)), "accuracy": round(accuracy, 4)})  # fmt: skip
    return rows


def start(J: Any) -> Any:
    """Small random weights: from 0 a weight would be exactly 0 before anything moved it."""
    return np.random.default_rng(0).normal(scale=0.01, size=J.dimension)


def time_rows(weights: Weights) -> list[Row]:
    """The dense layer times a vector, dense and sparse; the whole network, and with half of the units."""
    rows: list[Row] = []
    x = np.random.default_rng(0).normal(size=512).astype(np.float32)
    for share in (0.0, 0.5, 0.9, 0.98):
        matrix = pruned(weights, masks(magnitude(weights), {"dense": share}))["dense/kernel"].T.copy()
        sparse = scipy.sparse.csr_array(matrix)
        dense_us, csr_us = medians(partial(np.matmul, matrix, x), partial(sparse.__matmul__, x))
        rows.append({"processor": str(processor()), "what": f"dense layer, {share:.0%} gone", "dense_us": dense_us,
                     "csr_us": csr_us})  # fmt: skip
    keep = {layer: keep_units(unit_norms(weights, layer), 16) for layer in ("conv2", "dense")}
    small, smaller = shrink(NETWORK, weights, keep)
    holes = pruned(weights, masks(magnitude(weights), 0.9))
    for count in (1, 256):
        x = np.full((count, *NETWORK.shape), 0.5, np.float32)
        whole, masked, shrunk = medians(
            partial(NETWORK.forward, weights, x), partial(NETWORK.forward, holes, x),
            partial(small.forward, smaller, x), calls=CALLS if count == 1 else 1,
        )  # fmt: skip
        rows.append({"processor": str(processor()), "what": f"{count} image{'s' * (count > 1)}", "whole_us": whole,
                     "holes_us": masked, "units_us": shrunk})  # fmt: skip
    return rows


def medians(*timed: Callable[[], Any], calls: int = CALLS) -> list[float]:
    """Microseconds of each, in turns, so that a busy moment hits them all alike."""
    seconds = np.empty((len(timed), TURNS))
    for turn in range(TURNS):
        for i in np.random.default_rng(turn).permutation(len(timed)):
            timed[i]()
            began = time.perf_counter()
            for _ in range(calls):
                timed[i]()
            seconds[i, turn] = (time.perf_counter() - began) / calls
    return [round(float(each) * 1e6, 2) for each in np.median(seconds, axis=1)]


def machine() -> Row:
    """This computer, and what ran."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {"processor": str(processor()), "load": load, "versions": versions("scipy", "tensorflow", "numpy")}


def times(weights: Weights, stored: dict[str, list[Row]]) -> dict[str, list[Row]]:
    """The tables of times: what is stored of other processors, then this one's."""
    new = {"machines": [machine()], "times": time_rows(weights)}
    here = str(processor())
    return {name: [*(row for row in stored.get(name, []) if row["processor"] != here), *new[name]] for name in new}


TABLES: dict[str, Callable[[Dataset, list[Weights]], list[Row]]] = {
    "cuts": cut_rows,
    "layers": layer_rows,
    "hardest": hardest_rows,
    "rounds": round_rows,
    "proximal": proximal_rows,
    "units": unit_rows,
    "fresh": fresh_rows,
    "tuned": tuned_rows,
}
TIMES = ("machines", "times")


def text(tables: dict[str, list[Row]]) -> str:
    """The file."""
    settings = {
        "seeds": SEEDS, "epochs": EPOCHS, "draws": DRAWS, "tuning": TUNING, "between": BETWEEN, "after": AFTER,
        "rate": RATE, "steps": STEPS,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **tables)


def main(only_times: bool) -> None:
    """Measures every table, prints it when it is there, and writes the file; or measures the times alone."""
    tf.config.threading.set_intra_op_parallelism_threads(1)  # on one thread the sums are always added up alike
    began, data = time.perf_counter(), datasets.digits()
    tables = json.loads(FILE.read_text(encoding="utf-8")) if FILE.exists() else {}
    if not only_times:
        networks = trained_networks(data)
        for name, measure in TABLES.items():
            tables[name] = measure(data, networks)
            print(f"{name} ({time.perf_counter() - began:.0f} s)")
            print(*tables[name], sep="\n", flush=True)
    tables |= times(models.trained(), tables)
    print(*tables["times"], sep="\n")
    FILE.write_text(text({name: tables[name] for name in (*TABLES, *TIMES)}), encoding="utf-8")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("what", nargs="?", choices=["times"], help="the times alone; all tables if it is not given")
    main(only_times=parser.parse_args().what == "times")
