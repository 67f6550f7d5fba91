"""A chain of random steps whose draws belong to the images, not to the batches they come in."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import Array, unmasked, whole_number
from nnlearn.data.augment.images import Images, image_batch
from nnlearn.data.augment.steps import Step
from nnlearn.language import say


@dataclass(frozen=True, init=False)
class Pipeline:
    """Random steps, one after the other::

        pipeline = Pipeline(RandomRotation(10), RandomShift(1), seed=0)
        pipeline(images, epoch=3)

    What happens to image i in an epoch is a function of (seed, epoch, i) alone: the same however the data are
    cut into batches, if each batch says which images it holds (``indices``).
    """

    steps: tuple[Step, ...]
    seed: int

    def __init__(self, *steps: Step, seed: int = 0):
        """Raises TypeError for what is no step, ValueError or TypeError for a seed that is no whole number from 0."""
        for step in steps:
            if not isinstance(step, Step):
                message = say("A pipeline consists of steps such as RandomFlip(); {step!r} is none.", step=step)
                raise TypeError(message)
        whole_number("seed", seed, at_least=0)
        object.__setattr__(self, "steps", steps)
        object.__setattr__(self, "seed", int(seed))

    def __call__(self, images: ArrayLike, epoch: int = 0, indices: ArrayLike | None = None) -> Images:
        """The images, changed at random. Another epoch gives other draws.

        indices: which images of the data set these are, whole numbers of shape (n,); 0 to n - 1 if not given.
        Numbers are drawn for all images from the first to the last of them.
        """
        images = image_batch(images).copy()
        whole_number("epoch", epoch, at_least=0)
        which = image_indices(indices, len(images))
        for number, step in enumerate(self.steps):
            images = step.apply(images, uniform((self.seed, epoch, number), which, step.draws))
        return images

    def map_batch(self, indices: Any, batch: Any) -> Any:
        """For ``map`` of a numbered and batched ``tf.data.Dataset``::

            dataset = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(n, seed=0).repeat(epochs)
            dataset.enumerate().batch(32).map(pipeline.map_batch)

        batch: images, or a tuple that begins with them; the rest goes through. The draws belong to the numbers,
        so those given after ``repeat`` make every epoch different. The static shape stays known. NumPy does the
        work, on the CPU.
        """
        from nnlearn.interop.quiet import tf

        images, *rest = batch if isinstance(batch, tuple) else (batch,)
        changed = tf.numpy_function(lambda indices, images: self(images, 0, indices), [indices, images], images.dtype)
        changed.set_shape(self.static_shape(images))
        return (changed, *rest) if isinstance(batch, tuple) else changed

    def static_shape(self, images: Any) -> tuple[int | None, ...]:
        """The shape of the changed images, as far as that of a batch of tensors says."""
        n, *shape = images.shape
        if None in shape:
            return (n, *(None for _ in shape))
        return n, *self(np.zeros((0, *shape), images.dtype.as_numpy_dtype)).shape[1:]


def image_indices(indices: ArrayLike | None, n: int) -> NDArray[np.int64]:
    """The numbers of n images in their data set; TypeError or ValueError if they are not n whole numbers from 0."""
    if indices is None:
        return np.arange(n)
    unmasked("indices", indices)
    array = np.asarray(indices)
    if array.dtype.kind not in "iu" and array.size:
        raise TypeError(say("{name} must hold whole numbers; it holds {kind}.", name="indices", kind=array.dtype))
    if array.shape != (n,):
        message = say("{name} has shape {shape}; it must be {needed}.", name="indices", shape=array.shape, needed=(n,))
        raise ValueError(message)
    if n and array.min() < 0:
        message = say("{name} = {value} is too small: it must be at least {least}.",
                      name="indices", value=array.min(), least=0)  # fmt: skip
        raise ValueError(message)
    return array.astype(np.int64)


def uniform(key: tuple[int, ...], indices: NDArray[np.int64], draws: int) -> Array:
    """Uniform numbers in [0, 1), shape (n, draws): row i of an endless table for each index i.

    The key chooses the table, and the generator skips the rows before the first one that is wanted.
    """
    if not len(indices):
        return np.empty((0, draws))
    first, last = indices.min(), indices.max()
    generator = np.random.PCG64(key).advance(int(first) * draws)
    return np.random.Generator(generator).random((last - first + 1, draws))[indices - first]
