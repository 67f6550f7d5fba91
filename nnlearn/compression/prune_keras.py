"""Keras models pruned: trained on with a mask that stays, pruned little by little, and made really smaller."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nnlearn.checks import Range, number, whole_number
from nnlearn.compression.prune import SHARE, Arrays, Cut, Masks, magnitude, masks, pruned
from nnlearn.compression.prune_schedule import GradualSparsity
from nnlearn.compression.prune_units import shrink
from nnlearn.data import Dataset
from nnlearn.interop.quiet import tf
from nnlearn.models.rebuilding import rebuilt
from nnlearn.models.training import check_trainable, descend
from nnlearn.models.weights import variables_of, weights_of

Score = Callable[[Arrays], Arrays]


def prune_model(model: Any, masks: Masks) -> Any:
    """The Keras model with 0 where a mask says False; it is changed in place and returned.

    masks: by the names of ``models.weights_of(model)``. Raises what ``pruned`` and ``weights_of`` raise.
    """
    left = pruned(weights_of(model), masks)
    model.set_weights([*left.values()])
    return model


def fine_tune(
    model: Any, data: Dataset, masks: Masks, epochs: int = 3, seed: int = 0, batch: int = 32,
    learning_rate: float = 1e-3,
) -> Any:  # fmt: skip
    """Prunes the model in place, trains what is left as ``models.train`` does, and returns the model.

    The scores are computed with mask * w: a weight that is gone has no part in them, its gradient is 0, and Adam, which
    begins anew, leaves it at 0. Raises what ``prune_model`` and ``train`` raise.

    Han, Pool, Tran and Dally (2015), arXiv:1506.02626, section 3.
    """
    check_trainable(model)
    prune_model(model, masks)
    held = Held(model, masks)
    descend(model, data, epochs, seed, batch, learning_rate, held.seen)
    return prune_model(model, masks)


def prune_gradually(
    model: Any, data: Dataset, share: float, epochs: int = 8, then: int = 2, each: Cut = "network",
    score: Score = magnitude, seed: int = 0, batch: int = 32, learning_rate: float = 1e-3,
) -> dict[str, NDArray[np.bool_]]:  # fmt: skip
    """Trains the model in place; after each of ``epochs`` epochs more weights go, until ``share`` is gone.

    How many at each time, ``GradualSparsity`` says; the last ones go after the last of ``epochs``, and ``then`` more
    epochs follow. What is gone doesn't come back. The masks are returned. score: of weights by name; ``magnitude`` or
    another. each: as in ``masks``. Raises what ``masks`` and ``train`` raise.

    Zhu and Gupta (2017), arXiv:1710.01878, section 3, with an epoch between two cuts.
    """
    check_trainable(model)
    share = number("share", share, SHARE)
    whole_number("epochs", epochs, at_least=1)
    whole_number("then", then, at_least=0)
    learning_rate = number("learning_rate", learning_rate, Range("(0, inf)"))
    schedule = GradualSparsity(share, epochs)
    now: dict[str, NDArray[np.bool_]] = masks(score(weights_of(model)), 0.0, each)
    held, epoch = Held(model, now), 0

    def epoch_ends() -> None:
        nonlocal now, epoch
        epoch += 1
        prune_model(model, now)  # Adam goes on for a while where a mask is new: what it moved there is wiped away
        now = masks(last(score(weights_of(model)), now), schedule(epoch), each)
        held.follow(now)
        prune_model(model, now)

    descend(model, data, epochs + then, seed, batch, learning_rate, held.seen, epoch_ends)
    return now


def last(scores: Arrays, masks: Masks) -> dict[str, NDArray[Any]]:
    """The scores, the lowest for what is gone already."""
    wide = {name: np.asarray(array, np.float64) for name, array in scores.items()}
    lowest = min(float(array.min(initial=0)) for array in wide.values())
    return {name: np.where(masks[name], array, 2 * lowest - 1) for name, array in wide.items()}


class Held:
    """The masks of a model's kernels, as TensorFlow's graph sees them."""

    def __init__(self, model: Any, masks: Masks):
        self.names = {id(variable): name for name, variable in variables_of(model).items() if name in masks}
        self.masks = {name: tf.Variable(mask.astype(np.float32), trainable=False) for name, mask in masks.items()}

    def seen(self, variable: Any) -> Any:
        """What is computed with in a weight's place: mask * w."""
        name = self.names.get(id(variable))
        return variable if name is None else variable * tf.cast(self.masks[name], variable.dtype)

    def follow(self, masks: Masks) -> None:
        """Takes other masks."""
        for name, mask in masks.items():
            self.masks[name].assign(mask.astype(np.float32))


def shrink_model(model: Any, keep: Mapping[str, Any]) -> Any:
    """A smaller Keras model without the units that ``keep`` says False of; the model itself stays as it is.

    keep: of a layer by name True and False for each of its units or filters. Layers stand one after the other. What
    a network here doesn't have is not carried over: regularisers, frozen layers, the optimizer. Raises what
    ``from_keras`` and ``shrink`` raise.
    """
    return rebuilt(model, shrink, keep)
