"""Chapter 06, rates that adapt: its explorers and tasks, its experiment and what that measured."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    epsilon=["Epsilon"],
    ravine=["Ravine", "turned_start"],
    rules=["EpsilonInside", "FullAdaGrad"],
    turn=["Turn"],
)
