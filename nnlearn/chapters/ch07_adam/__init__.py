"""Chapter 07, Adam, its family and choosing: its explorers and tasks, its experiment and what that measured."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    first_steps=["FirstSteps"],
    forgetting=["Forgetting"],
    walks=["Uncorrected", "ravine"],
)
