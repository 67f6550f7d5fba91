"""The words in the notebook's figures, for the catalogue: the code of a notebook is the same in every language."""

from nnlearn.language import mark

NOTEBOOK = (
    mark("A five, and nine times the same turned a little and shifted by a pixel at most."),
    mark("as it is"),
    mark("crop and resize"),
    mark("colour jitter"),
    mark("cut-out"),
    mark("A square of the temple, and what four augmentations make of it."),
)
