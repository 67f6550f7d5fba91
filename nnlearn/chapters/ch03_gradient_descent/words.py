"""The words in the figures of the notebook, whose code is the same in every language: for the catalogue."""

from nnlearn.language import mark

NOTEBOOK = (
    mark(
        "Loss after 50 steps against the rate, kappa 10: it falls to 6e-9 near 2/(L+mu) and rises steeply beyond "
        "2/L, as theory says."
    ),
    mark("measured, 50 steps"),
    mark(r"theory, the direction with the largest $|1-\eta\lambda|$"),
    mark("learning rate"),
    mark("loss after 50 steps"),
    mark(
        "Range test: on all data the loss turns up only at a rate of 1.4, more than five times the limit 0.24; on "
        "mini-batches of 32 at about the limit."
    ),
    mark("all data"),
    mark("mini-batches of 32"),
    mark("loss"),
)
