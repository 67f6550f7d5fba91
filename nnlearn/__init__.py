"""nnlearn: neural-network optimisation, step by step.

>>> import nnlearn as nn
>>> trace = nn.run(nn.GradientDescent(learning_rate=0.1), nn.objectives.Quadratic(), [1.0, 1.0], steps=50)
>>> print(f"{trace.loss[-1]:.1e}")
1.3e-05
"""

from importlib import import_module
from typing import Any

from nnlearn import algebra, objectives, optimizers, schedules, stop
from nnlearn.batches import GrowingBatches, MiniBatches
from nnlearn.difference import compare
from nnlearn.directions import extreme_curvatures
from nnlearn.early_stopping import EarlyStopping
from nnlearn.gradient_check import check_gradient
from nnlearn.landscape import loss_surface
from nnlearn.level_points import kind_of_point
from nnlearn.objectives import Objective
from nnlearn.optimizers import (
    BFGS,
    LBFGS,
    AdaGrad,
    Adam,
    AdamW,
    AMSGrad,
    AveragedMomentum,
    GradientDescent,
    Lion,
    Momentum,
    Nadam,
    Nesterov,
    Newton,
    NormScaled,
    ProximalL1,
    RMSprop,
)  # fmt: skip
from nnlearn.range_test import rate_range_test
from nnlearn.row import Row
from nnlearn.schedules import (
    CosineDecay,
    ExponentialDecay,
    LinearDecay,
    OneCycle,
    ReduceOnPlateau,
    StepDecay,
    WarmUp,
)
from nnlearn.trace import Trace, rows, run

__version__ = "0.1.0"
__all__ = [
    "AMSGrad", "AdaGrad", "Adam", "AdamW", "AveragedMomentum", "BFGS", "CosineDecay", "EarlyStopping",
    "ExponentialDecay", "GradientDescent", "GrowingBatches", "LBFGS", "LinearDecay", "Lion", "MiniBatches", "Momentum",
    "Nadam", "Nesterov", "Newton", "NormScaled", "Objective", "OneCycle", "ProximalL1", "RMSprop", "ReduceOnPlateau",
    "Row", "StepDecay", "Trace", "WarmUp", "algebra", "check_gradient", "compare", "extreme_curvatures",
    "kind_of_point", "loss_surface", "objectives", "optimizers", "rate_range_test", "rows", "run", "schedules", "stop",
]  # fmt: skip

# These load more than NumPy, so on first use.
LATER = ("compression", "data", "explorers", "interop", "models", "networks", "plots", "progress")


def __getattr__(name: str) -> Any:
    if name in LATER:
        return import_module(f"nnlearn.{name}")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*__all__, *LATER]
