"""What a teacher's answers teach, where they don't help, and all ways to a small network: makes measured.json.

``python -m nnlearn.chapters.ch18_distillation.experiment`` (about ten minutes of processor time; with
OMP_NUM_THREADS=1, as the matrices are small). Names of tables behind it measure these alone.

A seed gives the split of the digits, the first weights and what is drawn: what has the same seed is paired. All is
trained in NumPy by Adam 0.003 on batches of 64, ten seeds side by side, in the same order of batches. ``recall`` is
counted from films.npz, which ``films.py`` makes.
"""

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

from nnlearn import models
from nnlearn.chapters.ch18_distillation import films
from nnlearn.chapters.ch18_distillation.missing import missing_bias
from nnlearn.chapters.ch18_distillation.teaching import (
    EPOCHS,
    LABELS,
    SEEDS,
    SHOWN,
    SIZE,
    STEPS,
    TEACHER,
    accuracies,
    answers,
    data,
    end,
    lesson_of,
    of_each,
    student,
    taught,
    teachers,
)
from nnlearn.checks import Array
from nnlearn.compression import Distillation, Lesson, magnitude, masks
from nnlearn.data import storing
from nnlearn.networks import Loss, Network
from nnlearn.networks.leaves import Weights
from nnlearn.processor import processor, versions

COMMAND = "python -m nnlearn.chapters.ch18_distillation.experiment"
FILE = Path(__file__).with_name("measured.json")

FIVE = SEEDS[:5]
FEW = (2, 5, 10)  # images a class
FEW_STEPS = 500
T = 4.0  # where no other temperature is named
WRONG, NOISY_EPOCHS = 0.37, 30  # share of wrong labels; epochs of their teacher
GONE, VALUES, BITS = 0.8, 16, 4
TUNED = 10  # epochs after pruning
ROUNDS = 100  # of timing

COLUMNS = {
    "accuracies": "on the 450 test images, from each seed; median, min and max of them",
    "shown": "what the student is shown: all training images, those without a 3, those of 0 and 1, uniform noise, or "
    "images whose pixels are dealt out anew among them; temperature 0: the teacher says its digit alone",
    "threes, others": "recall: the share of the test's threes, and of all other digits, that is read",
    "wins": "of seeds in which the first of the two named reads more, and in which it reads less",
    "way": "few: labels, or the teacher's answers, for so many images a class; unlabelled: the teacher saw 50 labels, "
    "its student 1,347 images without; noisy: of every hundred labels 37 are wrong",
    "bias": "what is added to the score of 3; wanted: so much that a tenth of the training images, whose labels nobody "
    "looks at, is taken for a 3",
    "bytes": "together: of the file that models.save_network writes, of each seed; read again before it is tested",
    "us": "microseconds for one image in NumPy, the median, on this processor",
}

Row = dict[str, Any]


def summary(accuracies: Iterable[float]) -> Row:
    """The accuracies, and their median, minimum and maximum."""
    each = [round(accuracy, 4) for accuracy in accuracies]
    return {"median": round(float(np.median(each)), 4), "min": min(each), "max": max(each), "accuracies": each}


def wins(one: Row, other: Row) -> list[int]:
    """From how many seeds the one reads more, and from how many less."""
    pairs = [*zip(one["accuracies"], other["accuracies"], strict=True)]
    return [sum(a > b for a, b in pairs), sum(a < b for a, b in pairs)]


# --- What the teacher's answers hold ---


def masters() -> list[Row]:
    """The teachers."""
    return [{"parameters": TEACHER.count().parameters, **summary(accuracies(TEACHER, teachers()))}]


def recall() -> list[Row]:
    """The end of every film."""
    found = []
    for shown, temperature, hidden in product(SHOWN, films.TEMPERATURES, films.HIDDEN):
        last = films.of(shown, temperature, hidden)[:, -1]
        setting = {"shown": shown, "temperature": temperature, "hidden": hidden}
        found.append({**setting, "threes": summary(films.read(last, 3)), **summary(films.read(last))})
    return found


def biases() -> list[Row]:
    """The threes that a student reads when the score of 3 is raised, without a look at a label."""
    network, found = student(16), []
    for temperature in (1, 4, 8):
        thetas = end(network, of_each(lambda seed: taught("no 3", seed)), Distillation(temperature), STEPS)
        parts: dict[str, list[float]] = {"bias": [], "before": [], "after": [], "others": []}
        for seed, theta in zip(SEEDS, thetas, strict=True):
            digits = data(seed)
            bias = missing_bias(network.forward(theta, digits.X_train), 3, 0.1)
            raised = network.forward(theta, digits.X_test) + bias * (np.arange(10) == 3)
            three, right = digits.y_test == 3, raised.argmax(axis=1) == digits.y_test
            parts["bias"].append(round(bias, 2))
            parts["before"].append(float(np.mean(answers(network, theta, seed)[three] == 3)))
            parts["after"].append(float(right[three].mean()))
            parts["others"].append(float(right[~three].mean()))
        each = {name: summary(parts[name]) for name in ("before", "after", "others")}
        found.append({"temperature": temperature, "bias": parts["bias"], **each})
    return found


# --- Where it helps, and where not ---


def all_labelled(share: float) -> list[Any]:
    """All training images, with the teacher and the labels, or with the labels alone."""
    both = of_each(lambda seed: (data(seed).X_train, data(seed).y_train))
    if not share:
        return both
    return [(X, lesson_of(teachers()[seed], X, y)) for seed, (X, y) in zip(SEEDS, both, strict=True)]


def abound() -> list[Row]:
    """Every training image has its label: with the teacher, without, and with both."""
    found = []
    for hidden, epochs in product(films.HIDDEN, (EPOCHS, 2 * EPOCHS)):
        network, steps = student(hidden), epochs * -(-len(data(0).X_train) // SIZE)
        alone = summary(accuracies(network, end(network, all_labelled(0), LABELS, steps)))
        for temperature, share in ((1.0, 1.0), (T, 1.0), (T, 0.5), (8.0, 1.0)):
            thetas = end(network, all_labelled(share), Distillation(temperature, share), steps)
            each = summary(accuracies(network, thetas))
            paired = np.median(np.subtract(each["accuracies"], alone["accuracies"]))
            row = {"hidden": hidden, "epochs": epochs, "temperature": temperature, "share": share, **each}
            found.append({**row, "gain": round(float(paired), 4), "wins": wins(each, alone), "alone": alone})
    return found


def some(count: int, seed: int) -> tuple[Array, Array]:
    """So many training images of each class, drawn, and their labels."""
    digits, generator = data(seed), np.random.default_rng([seed, count])
    rows = [generator.permutation(np.flatnonzero(digits.y_train == k))[:count] for k in range(10)]
    chosen = generator.permutation(np.concatenate(rows))
    return digits.X_train[chosen], digits.y_train[chosen]


def few() -> list[Row]:
    """Few images, and a teacher that saw all."""
    network, found = student(16), []
    for count in FEW:
        labelled = of_each(partial(some, count))
        lessons = [(X, lesson_of(teachers()[seed], X)) for seed, (X, _) in zip(SEEDS, labelled, strict=True)]
        ways = {"labels": end(network, labelled, LABELS, FEW_STEPS),
                "answers": end(network, lessons, Distillation(T), FEW_STEPS)}  # fmt: skip
        each = {way: summary(accuracies(network, thetas)) for way, thetas in ways.items()}
        found += [{"images": count, "way": way, **row, "wins": wins(row, each["labels"])} for way, row in each.items()]
    return found


def unlabelled() -> list[Row]:
    """A teacher of 50 labels, and a student of what it says of all training images."""
    network, labelled = student(16), of_each(lambda seed: some(5, seed))
    poor = end(TEACHER, labelled, LABELS, FEW_STEPS)
    lessons = of_each(lambda seed: (data(seed).X_train, lesson_of(poor[seed], data(seed).X_train)))
    each = {
        "teacher": summary(accuracies(TEACHER, poor)),
        "alone": summary(accuracies(network, end(network, labelled, LABELS, FEW_STEPS))),
        "student": summary(accuracies(network, end(network, lessons, Distillation(T), STEPS))),
    }
    return [{"way": way, **row, "wins": wins(each["student"], row)} for way, row in each.items()]


def with_wrong_labels(seed: int) -> tuple[Array, Array]:
    """All training images; of some the label is another digit's."""
    digits, generator = data(seed), np.random.default_rng(seed)
    y = digits.y_train
    wrong = generator.random(len(y)) < WRONG
    return digits.X_train, np.where(wrong, (y + generator.integers(1, 10, len(y))) % 10, y)


def noisy() -> list[Row]:
    """Wrong labels: the teacher stops early, its students and those of the labels learn on."""
    said = of_each(with_wrong_labels)
    stopped = end(TEACHER, said, LABELS, NOISY_EPOCHS * -(-len(said[0][0]) // SIZE))
    lessons = [(X, lesson_of(theta, X)) for (X, _), theta in zip(said, stopped, strict=True)]
    found = [{"way": "teacher", "hidden": 128, **summary(accuracies(TEACHER, stopped))}]
    for hidden in (128, 16):
        network = student(hidden)
        each = {"labels": summary(accuracies(network, end(network, said, LABELS, STEPS))),
                "answers": summary(accuracies(network, end(network, lessons, Distillation(T), STEPS)))}  # fmt: skip
        found += [{"way": way, "hidden": hidden, **row, "wins": wins(each["answers"], row)}
                  for way, row in each.items()]  # fmt: skip
    return found


class Unscaled(Distillation):
    """The bug: the same slopes without T^2."""

    def slope(self, z: Any, t: Array) -> Array:
        hard = (1 - self.share) * LABELS.slope(z, t[..., 1, :])
        return np.asarray((super().slope(z, t) - hard) / self.temperature**2 + hard)


def probabilities(logits: Array) -> Array:
    """The bug: the softmax handed on as if it were logits; a constant gets it past the check."""
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True) + 1


def bugs() -> list[Row]:
    """Half labels, half teacher at T 8: with T^2, without, and on probabilities taken for logits."""
    network, found = student(16), []
    for shown, way in product(("no 3", "all"), ("mended", "no T^2", "probabilities")):
        pupils: list[Any] = []
        for seed in SEEDS:
            digits = data(seed)
            kept = (digits.y_train != 3) | (shown == "all")
            X, y = digits.X_train[kept], digits.y_train[kept]
            logits = TEACHER.forward(teachers()[seed], X)
            pupils.append((X, Lesson(probabilities(logits) if way == "probabilities" else logits, y)))
        loss = (Unscaled if way == "no T^2" else Distillation)(8.0, 0.5)
        thetas = end(network, pupils, loss, STEPS)
        threes = [float(np.mean(answers(network, theta, seed)[data(seed).y_test == 3] == 3))
                  for theta, seed in zip(thetas, SEEDS, strict=True)]  # fmt: skip
        found.append({"shown": shown, "way": way, "threes": summary(threes), **summary(accuracies(network, thetas))})
    return found


# --- All together: chapters 14 to 18 ---


def tuned(network: Network, thetas: Array, pupils: Sequence[Any], loss: Loss) -> Array:
    """The largest fifth of each one's weights, trained on with a mask: theta, shape (pupils, d)."""
    kept = np.stack([mask_of(network, theta) for theta in thetas])
    steps = TUNED * -(-len(pupils[0][0]) // SIZE)
    return end(network, pupils, loss, steps, begin=kept * thetas, kept=kept)


def mask_of(network: Network, theta: Array) -> Array:
    """1 where a weight stays, shape (d,)."""
    whole = {name: np.ones(leaf.shape) for name, leaf in network.leaves.declared.items()}
    found = masks(magnitude(network.unpack(theta)), GONE)
    return network.pack({**whole, **{name: 1.0 * mask for name, mask in found.items()}})


def in_float32(network: Network, theta: Array) -> Weights:
    """As they are stored."""
    return {name: np.asarray(array, np.float32) for name, array in network.unpack(theta).items()}


@cache
def small_networks() -> dict[str, tuple[Network, list[Any]]]:
    """Every network and its weights from each seed, in the form in which it is stored."""
    small, labelled, lessons = student(16), all_labelled(0), of_each(lambda seed: taught("all", seed))
    thetas = {
        "whole": (TEACHER, teachers()),
        "pruned": (TEACHER, tuned(TEACHER, teachers(), labelled, LABELS)),
        "fresh": (small, end(small, labelled, LABELS, STEPS)),
        "distilled": (small, end(small, lessons, Distillation(T), STEPS)),
    }
    thetas["distilled, pruned"] = (small, tuned(small, thetas["distilled"][1], lessons, Distillation(T)))
    plain = {name: (network, [in_float32(network, theta) for theta in each])
             for name, (network, each) in thetas.items()}  # fmt: skip

    def shared(name: str, holes: bool) -> tuple[Network, list[Any]]:
        network, each = plain[name]
        return network, [models.share_weights(weights, VALUES - holes, holes=holes) for weights in each]

    def quantised(name: str) -> tuple[Network, list[Any]]:
        network, each = plain[name]
        return network, [models.quantize_weights(weights, BITS, axis=-1) for weights in each]

    return {
        "whole": plain["whole"],
        "pruned": plain["pruned"],
        "shared": shared("whole", False),
        "quantised": quantised("whole"),
        "pruned, shared": shared("pruned", True),
        "fresh": plain["fresh"],
        "distilled": plain["distilled"],
        "fresh, quantised": quantised("fresh"),
        "distilled, quantised": quantised("distilled"),
        "distilled, pruned, shared": shared("distilled, pruned", True),
    }


def together() -> list[Row]:
    """Each network written to a file, read again and tested; and the time of those of two widths."""
    path, found = FILE.with_name("tried.network"), []
    digits, whole = data(0), small_networks()
    timed = {name: (whole[name][0], whole[name][1][0]) for name in ("whole", "distilled")}
    times = {row.name: round(1e6 * (row.median or 0), 1)
             for row in models.compare_models(timed, digits.X_test, digits.y_test, ROUNDS).rows}  # fmt: skip
    for name, (network, each) in whole.items():
        sizes, shares = [], []
        for seed, weights in zip(FIVE, each, strict=False):
            models.save_network(path, network, weights)
            sizes.append(path.stat().st_size)
            shares.append(models.accuracy(models.load_network(path), data(seed).X_test, data(seed).y_test))
            path.unlink()
        row = {"name": name, "parameters": network.count().parameters, "bytes": sizes}
        found.append({**row, **summary(shares), "us": times.get(name)})
    return found


def machine() -> list[Row]:
    """This computer, and what ran."""
    return [{"processor": str(processor()), **versions("numpy", "scikit-learn")}]


# --- The file ---

TABLES: dict[str, Callable[[], list[Row]]] = {
    "masters": masters, "recall": recall, "biases": biases, "abound": abound, "few": few, "unlabelled": unlabelled,
    "noisy": noisy, "bugs": bugs, "together": together, "machine": machine,
}  # fmt: skip


def text(tables: Mapping[str, list[Row]]) -> str:
    """The file."""
    settings = {
        "seeds": SEEDS, "epochs": EPOCHS, "steps": STEPS, "batch": SIZE, "temperature": T, "wrong": WRONG,
        "noisy_epochs": NOISY_EPOCHS, "few_steps": FEW_STEPS, "gone": GONE, "values": VALUES, "bits": BITS,
        "tuned": TUNED, "marks": films.MARKS,
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **tables)


def main(names: list[str]) -> None:
    """Measures the tables named, or all, prints each when it is there, and writes the file."""
    storing.measure(FILE, TABLES, text, names)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog=COMMAND, description=main.__doc__)
    parser.add_argument("tables", nargs="*", choices=[*TABLES, []], help="all if none is given")
    main(parser.parse_args().tables)
