"""What weight decay leaves of a weight that gradients only shake, inside Adam's loss and beside it."""

import numpy as np

import nnlearn as nn
from nnlearn.checks import Array

RATE, DECAY, STEPS, WEIGHTS = 0.001, 0.1, 2000, 400


def left(decoupled: bool, noise: float) -> Array:
    """400 weights of 1 after 2,000 steps of Adam, rate 0.001: shape (400,).

    The loss has no slope of its own; each gradient is normal noise of this standard deviation. Decay 0.1 is AdamW's, if
    decoupled, or else a penalty: its slope, 0.1 of the weight, is added to the gradient. Loshchilov and Hutter (2019),
    arXiv 1711.05101.
    """
    random = np.random.default_rng(0)
    share = 0.0 if decoupled else DECAY
    J = nn.Objective(lambda w: 0.0, lambda w: noise * random.normal(size=w.shape) + share * w)
    rule = nn.AdamW(RATE, weight_decay=DECAY) if decoupled else nn.Adam(RATE)
    return np.asarray(nn.run(rule, J, np.ones(WEIGHTS), STEPS, keep=["theta"], every=STEPS).theta[-1])
