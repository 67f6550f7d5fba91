"""Chapter 12, augmenting data: its explorers and tasks, its experiment and what that measured."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, cut_in_two=["halves"], dial=["Dial"], gains=["Gains"])
