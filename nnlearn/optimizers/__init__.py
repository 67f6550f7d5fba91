"""Update rules, one file each. Each is a frozen dataclass of hyper-parameters with one pure method, ``step``."""

from nnlearn.optimizers.adagrad import AdaGrad
from nnlearn.optimizers.adam import Adam
from nnlearn.optimizers.adamw import AdamW
from nnlearn.optimizers.amsgrad import AMSGrad
from nnlearn.optimizers.averaged_momentum import AveragedMomentum
from nnlearn.optimizers.bfgs import BFGS
from nnlearn.optimizers.gradient_descent import GradientDescent
from nnlearn.optimizers.lbfgs import LBFGS
from nnlearn.optimizers.lion import Lion
from nnlearn.optimizers.momentum import Momentum
from nnlearn.optimizers.nadam import Nadam
from nnlearn.optimizers.nesterov import Nesterov
from nnlearn.optimizers.newton import Newton
from nnlearn.optimizers.norm_scaled import NormScaled
from nnlearn.optimizers.optimizer import Optimizer
from nnlearn.optimizers.proximal_l1 import ProximalL1
from nnlearn.optimizers.rmsprop import RMSprop

__all__ = [
    "AMSGrad", "AdaGrad", "Adam", "AdamW", "AveragedMomentum", "BFGS", "GradientDescent", "LBFGS", "Lion", "Momentum",
    "Nadam", "Nesterov", "Newton", "NormScaled", "Optimizer", "ProximalL1", "RMSprop",
]  # fmt: skip
