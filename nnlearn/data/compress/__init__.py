"""Compressing data: numbers in few bits, split and joined again, read in pieces that the memory holds.

``quantize_data`` and ``binarize`` keep whole-number codes, a first value and a step; ``save`` writes them in their real
number of bits. ``split_space`` and ``split_features`` only divide: what is split takes no byte less. ``Rows`` reads a
file piece by piece; means, standardisation and training in pieces are those of the whole.
"""

from nnlearn.data.compress.codes import QuantizedData
from nnlearn.data.compress.files import load, save
from nnlearn.data.compress.moments import Moments, fit_in_pieces
from nnlearn.data.compress.objectives import InPieces
from nnlearn.data.compress.quantizing import binarize, quantize_data
from nnlearn.data.compress.reading import Rows
from nnlearn.data.compress.rounding import RULES
from nnlearn.data.compress.sizes import Sizes, sizes
from nnlearn.data.compress.splitting import Pieces, join, split_features, split_space

__all__ = [
    "RULES",
    "InPieces",
    "Moments",
    "Pieces",
    "QuantizedData",
    "Rows",
    "Sizes",
    "binarize",
    "fit_in_pieces",
    "join",
    "load",
    "quantize_data",
    "save",
    "sizes",
    "split_features",
    "split_space",
]
