"""Chapter 11, cleaning data: its explorers and tasks, its experiment and what that measured."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(__name__, clinic=["Clinic"], sieve=["Sieve"])
