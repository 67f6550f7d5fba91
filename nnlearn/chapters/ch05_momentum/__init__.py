"""Chapter 05, momentum: its explorer and tasks, its experiment and what that measured."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, explorers=["MomentumMap", "ravine"])
