"""Chapter 03, gradient descent and the learning rate: its explorers and tasks."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__, directions=["Directions"], explorers=["Bowl", "Parabola", "StartPlane"], gap=["Gap"]
)
