"""Update rules, one file each. Each is a frozen dataclass of hyper-parameters with one pure method, ``step``."""

from nnlearn.optimizers.adam import Adam
from nnlearn.optimizers.gradient_descent import GradientDescent
from nnlearn.optimizers.momentum import Momentum
from nnlearn.optimizers.nesterov import Nesterov
from nnlearn.optimizers.newton import Newton
from nnlearn.optimizers.optimizer import Optimizer

__all__ = ["Adam", "GradientDescent", "Momentum", "Nesterov", "Newton", "Optimizer"]
