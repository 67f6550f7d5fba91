"""The networks that the explorers of chapter 18 look into: the first teacher, and a student half-way.

``python -m nnlearn.chapters.ch18_distillation.stored`` (seconds) makes first.weights, beside this.
"""

from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np

from nnlearn.chapters.ch18_distillation.teaching import TEACHER, data, end, shown_images, student, teachers
from nnlearn.checks import Array
from nnlearn.compression import load, save

NAME = "first.weights"
HALF_WAY = 60  # steps on labels
SMALL = student(16)
IMAGES = 20  # of each set to look at


@cache
def weights() -> dict[str, Any]:
    """Of both, by "teacher/layer/leaf" and "student/layer/leaf"."""
    with as_file(files(__package__) / NAME) as path:
        return {name: np.asarray(array) for name, array in load(path).items()}


def theta_of(who: str) -> Array:
    """theta of the teacher or of the student."""
    network = TEACHER if who == "teacher" else SMALL
    return network.pack({name: weights()[f"{who}/{name}"] for name in network.leaves.declared})


@cache
def images(shown: str) -> Array:
    """The first images that students of the first split are shown."""
    return shown_images(shown, 0)[:IMAGES]


@cache
def logits(shown: str) -> Array:
    """What the teacher says of them."""
    return np.asarray(TEACHER.forward(theta_of("teacher"), images(shown)))


@cache
def training() -> tuple[Array, Array, Array]:
    """Of all training images the teacher's logits, the half-taught student's, and the labels."""
    digits = data(0)
    teacher_says, student_says = (network.forward(theta_of(who), digits.X_train)
                                  for who, network in (("teacher", TEACHER), ("student", SMALL)))  # fmt: skip
    return teacher_says, student_says, digits.y_train


def main() -> None:
    """Trains both, and writes the file."""
    digits = data(0)
    (half_way,) = end(SMALL, [(digits.X_train, digits.y_train)], steps=HALF_WAY)
    both = {"teacher": TEACHER.unpack(teachers()[0]), "student": SMALL.unpack(half_way)}
    arrays = {f"{who}/{name}": np.asarray(array, np.float32)
              for who, leaves in both.items() for name, array in leaves.items()}  # fmt: skip
    save(Path(__file__).with_name(NAME), arrays)


if __name__ == "__main__":
    main()
