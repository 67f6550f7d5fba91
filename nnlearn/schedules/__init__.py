"""Schedules: a hyper-parameter that is a function of the steps already made. Any callable will do as well."""

from nnlearn.schedules.decay import CosineDecay, ExponentialDecay, LinearDecay, StepDecay
from nnlearn.schedules.plateau import ReduceOnPlateau
from nnlearn.schedules.schedule import Constant, Schedule
from nnlearn.schedules.warm_up import OneCycle, WarmUp

__all__ = [
    "Constant", "CosineDecay", "ExponentialDecay", "LinearDecay", "OneCycle", "ReduceOnPlateau", "Schedule",
    "StepDecay", "WarmUp",
]  # fmt: skip
