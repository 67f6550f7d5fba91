"""Chapter 02, networks, losses and gradients: its explorers and tasks."""

from nnlearn.lazy import attach

__getattr__, __dir__, __all__ = attach(
    __name__,
    backward=["Backward"],
    neuron=["Neuron"],
    pulls=["OneMistake", "Pulls"],
    starts=["Starts"],
)
