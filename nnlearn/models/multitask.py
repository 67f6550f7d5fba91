"""Several tasks for one network: a trunk that all share, and for each task a head, its own slice of the scores."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nnlearn.checks import Array, Range, number, whole_number
from nnlearn.language import say
from nnlearn.networks import Layer, Loss, SoftmaxCrossEntropy
from nnlearn.networks.inputs import plain_array
from nnlearn.networks.layer import Floats, Shape

UNKNOWN = -1  # the label of an example that tells nothing about a task
HEAD = SoftmaxCrossEntropy()


class MultiTask(Loss):
    """The sum over tasks of weight times softmax cross-entropy; a task's head is a slice of the scores.

    classes: how many each task has, at least 2: ``MultiTask((5, 5))`` is for a network that ends in ``Dense(10)``, two
    heads of five side by side. weights: of each task in the sum, above 0; 1 if not given. y: shape (n, tasks), the
    label for each task, -1 where an example has none: it is then no part of that task's loss.

    ``predict`` gives the labels, shape (..., n, tasks). Raises TypeError or ValueError for classes, weights or labels
    that can't be.

    Caruana, "Multitask learning" (1997), Machine Learning 28: hard sharing of the hidden layers.
    """

    def __init__(self, classes: Sequence[int], weights: Sequence[float] | None = None):
        if np.ndim(classes) != 1 or not len(classes):
            message = say("classes must say of each task how many it has, such as (5, 5); it is {classes!r}.",
                          classes=classes)  # fmt: skip
            raise TypeError(message)
        for each in classes:
            whole_number("classes", each, at_least=2)
        given = [1.0] * len(classes) if weights is None else list(np.atleast_1d(plain_array("weights", weights)))
        if len(given) != len(classes):
            message = say("There are {tasks} tasks and {weights} weights: each task needs one.",
                          tasks=len(classes), weights=len(given))  # fmt: skip
            raise ValueError(message)
        self.classes = tuple(map(int, classes))
        self.weights = tuple(number("weights", weight, Range("(0, inf)")) for weight in given)
        ends = np.cumsum([0, *self.classes]).tolist()
        self.heads = [slice(*pair) for pair in pairwise(ends)]

    def check(self, last: Layer, output: Shape) -> None:
        if output != (sum(self.classes),):
            message = say("{loss} needs {needed} scores, a slice for each task; layer {name} gives shape {shape}.",
                          loss=self, needed=sum(self.classes), name=last.name, shape=output)  # fmt: skip
            raise ValueError(message)

    def targets(self, y: ArrayLike, n: int, output: Shape) -> Array:
        """One-hot in each head's slice; all 0 where the label is not known."""
        labels = self.whole_labels(y, n)
        return np.concatenate([np.eye(k + 1)[labels[:, task], :k] for task, k in enumerate(self.classes)], axis=1)

    def labels(self, y: ArrayLike, n: int, output: Shape) -> Array:
        """y, checked; ValueError if a label is not known, as there is nothing to compare with."""
        labels = self.whole_labels(y, n)
        if (labels == UNKNOWN).any():
            message = say("Accuracy needs every label; here some are -1. Ask each task on its own examples: "
                          "J.predict(theta, X)[:, task].")  # fmt: skip
            raise ValueError(message)
        return labels

    def whole_labels(self, y: ArrayLike, n: int) -> Any:
        """y as whole numbers, (n, tasks), -1 for those that aren't known."""
        labels = plain_array("y", y)
        if labels.shape != (n, len(self.classes)):
            message = say("y has shape {found}; it needs shape {needed}.",
                          found=labels.shape, needed=(n, len(self.classes)))  # fmt: skip
            raise ValueError(message)
        whole = labels.astype(np.intp)
        if (whole != labels).any() or (whole < UNKNOWN).any() or (whole >= self.classes).any():
            message = say("Labels of the tasks are 0 to {most} each, one below its number of classes, or -1; these are "
                          "from {low:g} to {high:g}.", most=[k - 1 for k in self.classes], low=labels.min(),
                          high=labels.max())  # fmt: skip
            raise ValueError(message)
        return whole

    def losses(self, z: Floats, t: Array) -> Array:
        each = [
            weight * told(t[..., head]) * HEAD.losses(z[..., head], t[..., head])
            for weight, head in zip(self.weights, self.heads, strict=True)
        ]
        return np.sum(each, axis=0)

    def slope(self, z: Floats, t: Array) -> Array:
        each = [
            weight * told(t[..., head])[..., np.newaxis] * HEAD.slope(z[..., head], t[..., head])
            for weight, head in zip(self.weights, self.heads, strict=True)
        ]
        return np.concatenate(each, axis=-1)

    def predictions(self, z: Floats) -> Any:
        return np.stack([z[..., head].argmax(axis=-1) for head in self.heads], axis=-1)

    def probabilities(self, z: Floats) -> Array:
        return np.concatenate([HEAD.probabilities(z[..., head]) for head in self.heads], axis=-1)

    def __repr__(self) -> str:
        weights = "" if set(self.weights) == {1.0} else f", {self.weights}"
        return f"MultiTask({self.classes}{weights})"


def told(t: Array) -> Array:
    """1 for an example whose label is known, else 0: (n, classes) -> (n,)."""
    return t.sum(axis=-1)
