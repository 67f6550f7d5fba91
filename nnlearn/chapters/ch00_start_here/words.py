"""The words in the figures of the notebook, whose code is the same in every language: for the catalogue."""

from nnlearn.language import mark

NOTEBOOK = (
    mark("weights after\none step"),
    mark("mean of the digit\nminus mean of all"),
    mark(
        "Ten pictures of weights after one step, and below them the mean of each digit minus the mean of all: "
        "the same pictures. The 0 has a ring of violet around an orange hole."
    ),
)
