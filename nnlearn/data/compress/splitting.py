"""Images in tiles, tables in groups of columns, and the whole again (source 001§3.1.3.2); nothing gets smaller."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import whole_number
from nnlearn.data.augment.images import number_array
from nnlearn.data.clean.grids import grid, window_sizes
from nnlearn.language import say

Piece = NDArray[Any]
Index = tuple[Any, ...]


@dataclass(frozen=True, eq=False, repr=False)
class Pieces:
    """The pieces of an array, and where each belongs.

    pieces: arrays, views of the whole where slices reach it. kept: of each piece the part that ``join`` takes, without
    what it overlaps its neighbours by. places: where that part stands in the whole. shape: of the whole.
    """

    pieces: tuple[Piece, ...]
    kept: tuple[Index, ...]
    places: tuple[Index, ...]
    shape: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.pieces)

    def __iter__(self) -> Iterator[Piece]:
        return iter(self.pieces)

    def __getitem__(self, k: int) -> Piece:
        return self.pieces[k]

    def each(self, function: Callable[[Piece], ArrayLike]) -> "Pieces":
        """The pieces that the function makes of these, each by itself; ValueError if one gets another shape."""
        made = tuple(np.asarray(function(piece)) for piece in self.pieces)
        for before, after in zip(self.pieces, made, strict=True):
            if after.shape != before.shape:
                message = say("A piece of shape {before} became one of shape {after}; pieces of another shape can't be "
                              "joined.", before=before.shape, after=after.shape)  # fmt: skip
                raise ValueError(message)
        return Pieces(made, self.kept, self.places, self.shape)

    @property
    def nbytes(self) -> int:
        """Of all pieces together: with an overlap, more than of the whole."""
        return sum(piece.nbytes for piece in self.pieces)

    def __repr__(self) -> str:
        return say("Pieces({count} of an array of shape {shape})", count=len(self), shape=self.shape)


def split_space(images: ArrayLike, size: Any, overlap: int = 0) -> Pieces:
    """Tiles of an image, row by row from the top left.

    images: a signal (length,), an image (height, width), or a batch (n, height, width) or (n, height, width, channels);
    every tile holds its part of all images. size: of a tile, one number or a pair (height, width), from 1; the last of
    a row or column is smaller where the size doesn't go in. overlap: how many pixels a tile shows besides on each side,
    as far as the image goes. A filter whose windows reach r pixels far gives, tile by tile with an overlap of r, what
    it gives for the whole (but with the mode "wrap", which looks at the other end of the image).

    >>> tiles = split_space(np.arange(6).reshape(2, 3), 2)
    >>> [tile.tolist() for tile in tiles]
    [[[0, 1], [3, 4]], [[2], [5]]]
    >>> join(tiles).tolist()
    [[0, 1, 2], [3, 4, 5]]

    Raises TypeError or ValueError as ``nnlearn.data.clean.mean_filter`` for images and size, and for an overlap that is
    no whole number from 0.
    """
    x = grid("images", images)
    height, width = window_sizes(size, x)
    whole_number("overlap", overlap, at_least=0)
    if x.ndim == 1:
        return cut(x, 0, [spans(len(x), width, overlap)])
    first = 0 if x.ndim == 2 else 1
    return cut(x, first, [spans(x.shape[first], height, overlap), spans(x.shape[first + 1], width, overlap)])


def split_features(X: ArrayLike, parts: int | Sequence[Sequence[int]]) -> Pieces:
    """The columns of a table in groups.

    X: shape (n, features). parts: how many groups of neighbouring columns, as equal as can be, the larger first
    (``np.array_split``), from 1 to features; or the columns of each group, in which each column stands once.

    >>> [part.tolist() for part in split_features([[1, 2, 3]], 2)], join(split_features([[1, 2, 3]], [[2, 0], [1]]))
    ([[[1, 2]], [[3]]], array([[1, 2, 3]]))

    Raises TypeError for a mask and for what are no numbers, ValueError for another shape or parts that can't be.
    """
    array = number_array("X", X)
    if array.ndim != 2 or array.shape[1] == 0:
        message = say("X must be a matrix of examples by features; it has shape {shape}.", shape=array.shape)
        raise ValueError(message)
    everything = (slice(None), slice(None))
    places = [(slice(None), columns) for columns in groups(parts, array.shape[1])]
    return Pieces(tuple(array[place] for place in places), (everything,) * len(places), tuple(places), array.shape)


def join(pieces: Pieces) -> Piece:
    """The whole, a new array; of pieces as they were split, exactly what they are pieces of."""
    if not isinstance(pieces, Pieces):
        message = say("join takes what split_space or split_features gives; this is of type {kind}.",
                      kind=type(pieces).__name__)  # fmt: skip
        raise TypeError(message)
    whole = np.empty(pieces.shape, np.result_type(*pieces))
    for piece, kept, place in zip(pieces.pieces, pieces.kept, pieces.places, strict=True):
        whole[place] = piece[kept]
    return whole


def spans(length: int, size: int, overlap: int) -> list[tuple[slice, slice, slice]]:
    """Along one axis, of each tile: what it shows of the whole, which part of that is kept, and where it belongs."""
    found = []
    for start in range(0, length, size):
        stop = min(start + size, length)
        first = max(0, start - overlap)
        found.append(
            (slice(first, min(length, stop + overlap)), slice(start - first, stop - first), slice(start, stop))
        )
    return found


def cut(x: Piece, first: int, axes: list[list[tuple[slice, slice, slice]]]) -> Pieces:
    """The pieces of x along the axes from ``first`` on."""
    before = (slice(None),) * first
    tiles = [[before + tuple(each) for each in zip(*tile, strict=True)] for tile in products(axes)]
    shown, kept, places = zip(*tiles, strict=True)
    return Pieces(tuple(x[index] for index in shown), kept, places, x.shape)


def products(axes: list[list[Any]]) -> list[list[Any]]:
    """Each span of one axis with each of the next."""
    found: list[list[Any]] = [[]]
    for spans_of_axis in axes:
        found = [[*tile, span] for tile in found for span in spans_of_axis]
    return found


def groups(parts: Any, features: int) -> list[Any]:
    """The columns of each group; ValueError unless each column stands in one."""
    if isinstance(parts, int | np.integer):
        whole_number("parts", parts, at_least=1)
        if parts > features:
            message = say("parts = {parts} is more than the {features} features.", parts=parts, features=features)
            raise ValueError(message)
        size, larger = divmod(features, parts)
        ends = [k * size + min(k, larger) for k in range(parts + 1)]
        return [slice(start, stop) for start, stop in zip(ends, ends[1:], strict=False)]
    columns = [np.asarray(group) for group in parts]
    if any(group.ndim != 1 or group.dtype.kind not in "iu" for group in columns):
        raise TypeError(say("parts must be a whole number, or for each part a list of the numbers of its columns."))
    together = np.concatenate(columns) if columns else np.empty(0, int)
    if sorted(together.tolist()) != list(range(features)):
        message = say(
            "Each of the columns 0 to {last} must stand in one of the parts, and only once.", last=features - 1
        )
        raise ValueError(message)
    return columns
