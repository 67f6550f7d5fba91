"""Chapter 00, start here: its explorers and tasks."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__, explorers=["FirstDescent", "TwoClocks", "ValleyMap"], templates=["differences", "ten_pictures"]
)
