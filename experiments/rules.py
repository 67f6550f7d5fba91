"""The course's update rules beside those of Keras, PyTorch and optax, on the same random gradients and numbers.

``PAIRS`` declares them: what of a library makes the steps of which rule, given what. Where the conventions differ, the
course's rule is told what they are (``docs/names.md``); where it can't be, a rule of the library's form stands here.
``OTHERWISE`` are rules given the same numbers, as if the conventions were the same.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import numpy as np

import nnlearn as nn
from nnlearn.algebra import maximum
from nnlearn.checks import Array
from nnlearn.interop.quiet import keras, tf
from nnlearn.objectives.base import BaseObjective

STEPS = 300
SCALES = np.geomspace(1e-9, 1, 10)  # of the gradients of each coordinate, which are up to ten times as large


# --- What both sides are given ---


def numbers(seed: int) -> SimpleNamespace:
    """Random hyper-parameters; float32 holds them exactly, since Keras takes some of them through it."""
    rng = np.random.default_rng(seed)
    drawn = {
        "rate": 10 ** rng.uniform(-3, -0.5),
        "beta_1": rng.uniform(0.3, 0.98),
        "beta_2": 1 - 10 ** rng.uniform(-3.5, -0.7),
        "epsilon": 10 ** rng.uniform(-10, -2),
        "decay": 10 ** rng.uniform(-3, -0.5),
        "accumulator": 10 ** rng.uniform(-6, 0),
    }
    return SimpleNamespace(**{name: float(np.float32(value)) for name, value in drawn.items()})


def gradients(seed: int) -> Array:
    """Of every step, shape (steps, d): from 1e-9 to 10, each coordinate of its own size, up and down."""
    rng = np.random.default_rng([seed, 1])
    sizes = SCALES * 10 ** rng.uniform(0, 1, (STEPS, len(SCALES)))
    return sizes * rng.choice([-1, 1], sizes.shape, p=[0.3, 0.7])


class Given(BaseObjective):
    """What tells each step its gradient, wherever theta is."""

    def __init__(self, gradients: Array, t: int = 1):
        self.gradients, self.t = gradients, t

    def at(self, t: int) -> "Given":
        return Given(self.gradients, t)

    def gradient(self, theta: Array) -> Array:
        return self.gradients[self.t - 1]


# --- Paths of the libraries: theta before the first step, and after each; a gradient is asked for once a step ---

Gradient = Callable[[Array], Array]


def keras_path(make: Callable[[], Any], gradient: Gradient, theta: Array, steps: int) -> Iterator[Array]:
    """Of the optimiser that ``make()`` gives."""
    weight, optimizer = keras.Variable(theta, dtype="float64"), make()
    optimizer.build([weight])
    step = tf.function(lambda slope: optimizer.apply([slope]))  # as model.fit runs it
    for _ in range(steps):
        yield weight.numpy()
        step(tf.constant(gradient(weight.numpy())))
    yield weight.numpy()


def torch_path(make: Callable[[Any, list], Any], gradient: Gradient, theta: Array, steps: int) -> Iterator[Array]:
    """Of the optimiser that ``make(torch, weights)`` gives."""
    torch = import_module("torch")
    torch.set_default_dtype(torch.float64)  # in which NAdam keeps the product of its shares
    try:
        weight = torch.tensor(theta)
        optimizer = make(torch, [weight])
        for _ in range(steps):
            yield weight.numpy().copy()
            weight.grad = torch.tensor(gradient(weight.numpy()))
            optimizer.step()
        yield weight.numpy()
    finally:
        torch.set_default_dtype(torch.float32)


def optax_path(make: Callable[[Any], Any], gradient: Gradient, theta: Array, steps: int) -> Iterator[Array]:
    """Of the transformation that ``make(optax)`` gives."""
    optax, jax = import_module("optax"), import_module("jax")
    with jax.enable_x64(True):
        weight, optimizer = jax.numpy.array(theta), make(optax)
        state, update = optimizer.init(weight), jax.jit(optimizer.update)
        for _ in range(steps):
            yield np.asarray(weight)
            change, state = update(jax.numpy.array(gradient(np.asarray(weight))), state, weight)
            weight = optax.apply_updates(weight, change)
        yield np.asarray(weight)


PATHS: dict[str, Callable[..., Iterator[Array]]] = {"Keras": keras_path, "PyTorch": torch_path, "optax": optax_path}


# --- Rules in another library's form ---


class EpsilonInside(nn.RMSprop):
    """As in Keras and optax: epsilon under the root."""

    def step(self, row: Any, J: Any) -> nn.Row:
        gradient = J.gradient(row.theta)
        v = self.rho * row.v + (1 - self.rho) * gradient**2
        if not self.centered:
            theta = row.theta - self.learning_rate * gradient / (v + self.epsilon) ** 0.5
            return nn.Row(theta=theta, gradient=gradient, v=v)
        m = self.rho * row.m + (1 - self.rho) * gradient
        theta = row.theta - self.learning_rate * gradient / (v - m**2 + self.epsilon) ** 0.5
        return nn.Row(theta=theta, gradient=gradient, v=v, m=m)


class LargestCorrected(nn.AMSGrad):
    """As in optax: each v is corrected for its start at zero, then the largest is taken."""

    def step(self, row: Any, J: Any) -> nn.Row:
        t = row.t + 1
        gradient = J.gradient(row.theta)
        m = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        v = self.beta_2 * row.v + (1 - self.beta_2) * gradient**2
        v_max = maximum(row.v_max, v / (1 - self.beta_2**t))
        m_hat = m / (1 - self.beta_1**t)
        theta = row.theta - self.learning_rate * m_hat / (v_max**0.5 + self.epsilon)
        return nn.Row(theta=theta, gradient=gradient, m=m, v=v, v_max=v_max)


def hat(n: SimpleNamespace) -> Callable[[Any], Any]:
    """An epsilon that Keras adds before the correction of v, as one that is added after it."""
    return lambda step: n.epsilon / (1 - n.beta_2 ** (step + 1)) ** 0.5


def dampened(torch: Any, weights: list, n: SimpleNamespace) -> Any:
    """PyTorch's momentum as a mean of gradients, from the first step on: its buffer is made of zeros."""
    optimizer = torch.optim.SGD(weights, n.rate, momentum=n.beta_1, dampening=n.beta_1)
    for weight in weights:
        optimizer.state[weight]["momentum_buffer"] = torch.zeros_like(weight)
    return optimizer


# --- The pairs ---


@dataclass(frozen=True)
class Pair:
    """A rule of the course and what makes the same steps.

    ours: the rule, of the numbers. theirs: the optimiser, of the numbers last, after what its path needs. call: its
    name, for the page. place: where the library's theta is in our trace. at_most: the largest difference there may be.
    """

    rule: str
    library: str
    call: str
    ours: Callable[[SimpleNamespace], Any]
    theirs: Callable[..., Any]
    place: Callable[[Any, SimpleNamespace], Array] = lambda trace, n: trace.theta
    at_most: float = 1e-12

    def sides(self, seed: int) -> tuple[Array, Array]:
        """Both paths, shape (steps + 1, d), each coordinate in parts of the largest that it is in the library's."""
        n, given, start = numbers(seed), gradients(seed), np.zeros(len(SCALES))
        if hasattr(self.ours(n), "weight_decay"):  # which has nothing to do at 0
            start = start + 1
        ours = self.place(nn.run(self.ours(n), Given(given), start, STEPS), n)
        following = iter(given)
        make = partial(self.made, n)
        theirs = np.stack(list(PATHS[self.library](make, lambda theta: next(following), start, STEPS)))
        largest = np.abs(theirs).max(axis=0)
        return ours / largest, theirs / largest

    def made(self, n: SimpleNamespace, *of_the_path: Any) -> Any:
        return self.theirs(*of_the_path, n)


def ahead(trace: Any, n: SimpleNamespace) -> Array:
    """What the libraries' Nesterov calls theta is where ours looks ahead to."""
    return trace.theta + n.beta_1 * trace.velocity


def adam(n: SimpleNamespace, kind: Any = nn.Adam, **options: Any) -> Any:
    """Any of Adam's family."""
    return kind(n.rate, n.beta_1, n.beta_2, **{"epsilon": n.epsilon, **options})


def adamw(n: SimpleNamespace, **options: Any) -> Any:
    """Adam with decay."""
    return adam(n, nn.AdamW, weight_decay=n.decay, **options)


def rmsprop(n: SimpleNamespace, kind: Any = nn.RMSprop, **options: bool) -> Any:
    """RMSprop, in one form or the other."""
    return kind(n.rate, n.beta_2, n.epsilon, **options)


def descent(n: SimpleNamespace) -> Any:
    """A rule with a rate alone."""
    return nn.GradientDescent(n.rate)


def heavy(n: SimpleNamespace, kind: Any = nn.Momentum) -> Any:
    """A rule with a momentum."""
    return kind(n.rate, n.beta_1)


def adagrad(n: SimpleNamespace) -> Any:
    """AdaGrad, its epsilon outside the root."""
    return nn.AdaGrad(n.rate, n.accumulator, n.epsilon)


def adagrad_inside(n: SimpleNamespace) -> Any:
    """An epsilon under the root is a larger beginning."""
    return nn.AdaGrad(n.rate, n.accumulator + n.epsilon, epsilon=0)


CONSTANT, OUTSIDE, CENTRED = "at a constant rate", "`eps_in_sqrt=False`", "`centered=True`"
K, T, O = "Keras", "PyTorch", "optax"  # noqa: E741
PAIRS = [
    Pair("GradientDescent", K, "`SGD`", descent, lambda n: keras.optimizers.SGD(n.rate)),
    Pair("GradientDescent", T, "`SGD`", descent, lambda torch, w, n: torch.optim.SGD(w, n.rate)),
    Pair("GradientDescent", O, "`sgd`", descent, lambda optax, n: optax.sgd(n.rate)),
    Pair("Momentum", K, "`SGD`", heavy, lambda n: keras.optimizers.SGD(n.rate, n.beta_1)),
    Pair("Momentum", T, f"`SGD`, {CONSTANT}", heavy, lambda torch, w, n: torch.optim.SGD(w, n.rate, n.beta_1)),
    Pair("Momentum", O, f"`sgd`, {CONSTANT}", heavy, lambda optax, n: optax.sgd(n.rate, n.beta_1)),
    Pair("AveragedMomentum", T, "`SGD`, dampened, from a buffer of zeros",
         partial(heavy, kind=nn.AveragedMomentum), dampened),
    Pair("AveragedMomentum", O, "`ema(debias=False)`", partial(heavy, kind=nn.AveragedMomentum),
         lambda optax, n: optax.chain(optax.ema(n.beta_1, debias=False), optax.scale(-n.rate))),
    Pair("Nesterov", K, "`SGD(nesterov=True)`", partial(heavy, kind=nn.Nesterov),
         lambda n: keras.optimizers.SGD(n.rate, n.beta_1, nesterov=True), ahead),
    Pair("Nesterov", T, f"`SGD(nesterov=True)`, {CONSTANT}", partial(heavy, kind=nn.Nesterov),
         lambda torch, w, n: torch.optim.SGD(w, n.rate, n.beta_1, nesterov=True), ahead),
    Pair("Nesterov", O, f"`sgd(nesterov=True)`, {CONSTANT}", partial(heavy, kind=nn.Nesterov),
         lambda optax, n: optax.sgd(n.rate, n.beta_1, nesterov=True), ahead),
    Pair("AdaGrad", K, "`Adagrad`, ε added to where ours begins", adagrad_inside,
         lambda n: keras.optimizers.Adagrad(n.rate, n.accumulator, n.epsilon)),
    Pair("AdaGrad", T, "`Adagrad`", adagrad,
         lambda torch, w, n: torch.optim.Adagrad(w, n.rate, initial_accumulator_value=n.accumulator, eps=n.epsilon)),
    Pair("AdaGrad", O, "`adagrad`, ε added to where ours begins", adagrad_inside,
         lambda optax, n: optax.adagrad(n.rate, n.accumulator, n.epsilon)),
    Pair("RMSprop", K, "`RMSprop`, our ε put under the root", partial(rmsprop, kind=EpsilonInside),
         lambda n: keras.optimizers.RMSprop(n.rate, n.beta_2, epsilon=n.epsilon)),
    Pair("RMSprop", T, "`RMSprop`", rmsprop,
         lambda torch, w, n: torch.optim.RMSprop(w, n.rate, n.beta_2, n.epsilon)),
    Pair("RMSprop", O, f"`rmsprop`, {OUTSIDE}", rmsprop,
         lambda optax, n: optax.rmsprop(n.rate, n.beta_2, n.epsilon, eps_in_sqrt=False)),
    Pair("RMSprop", O, "`rmsprop`, our ε put under the root", partial(rmsprop, kind=EpsilonInside),
         lambda optax, n: optax.rmsprop(n.rate, n.beta_2, n.epsilon)),
    Pair("RMSprop", K, f"`RMSprop`, {CENTRED}, our ε put under the root",
         partial(rmsprop, kind=EpsilonInside, centered=True),
         lambda n: keras.optimizers.RMSprop(n.rate, n.beta_2, epsilon=n.epsilon, centered=True)),
    Pair("RMSprop", T, f"`RMSprop`, {CENTRED}", partial(rmsprop, centered=True),
         lambda torch, w, n: torch.optim.RMSprop(w, n.rate, n.beta_2, n.epsilon, centered=True)),
    Pair("RMSprop", O, f"`rmsprop`, {CENTRED}, {OUTSIDE}", partial(rmsprop, centered=True),
         lambda optax, n: optax.rmsprop(n.rate, n.beta_2, n.epsilon, eps_in_sqrt=False, centered=True)),
    Pair("Adam", K, "`Adam`, ε corrected as v is", lambda n: adam(n, epsilon=hat(n)),
         lambda n: adam(n, keras.optimizers.Adam)),
    Pair("Adam", T, "`Adam`", adam,
         lambda torch, w, n: torch.optim.Adam(w, n.rate, (n.beta_1, n.beta_2), n.epsilon)),
    Pair("Adam", O, "`adam`", adam, lambda optax, n: optax.adam(n.rate, n.beta_1, n.beta_2, n.epsilon)),
    Pair("AdamW", K, "`AdamW`, ε corrected as v is", lambda n: adamw(n, epsilon=hat(n)),
         lambda n: keras.optimizers.AdamW(n.rate, n.decay, n.beta_1, n.beta_2, n.epsilon)),
    Pair("AdamW", T, "`AdamW`", adamw,
         lambda torch, w, n: torch.optim.AdamW(w, n.rate, (n.beta_1, n.beta_2), n.epsilon, n.decay)),
    Pair("AdamW", O, "`adamw`", adamw,
         lambda optax, n: optax.adamw(n.rate, n.beta_1, n.beta_2, n.epsilon, weight_decay=n.decay)),
    Pair("AMSGrad", K, "`Adam(amsgrad=True)`, ε corrected as v is", lambda n: adam(n, nn.AMSGrad, epsilon=hat(n)),
         lambda n: adam(n, keras.optimizers.Adam, amsgrad=True)),
    Pair("AMSGrad", T, "`Adam(amsgrad=True)`", partial(adam, kind=nn.AMSGrad),
         lambda torch, w, n: torch.optim.Adam(w, n.rate, (n.beta_1, n.beta_2), n.epsilon, amsgrad=True)),
    Pair("AMSGrad", O, "`amsgrad`, our v corrected before the largest is taken", partial(adam, kind=LargestCorrected),
         lambda optax, n: optax.amsgrad(n.rate, n.beta_1, n.beta_2, n.epsilon)),
    Pair("Nadam", K, "`Nadam`, ψ = 1, ε as it is", lambda n: adam(n, nn.Nadam, momentum_decay=1),
         lambda n: adam(n, keras.optimizers.Nadam), at_most=1e-4),
    Pair("Nadam", T, "`NAdam`", partial(adam, kind=nn.Nadam),
         lambda torch, w, n: torch.optim.NAdam(w, n.rate, (n.beta_1, n.beta_2), n.epsilon)),
    Pair("Nadam", O, "`nadam`, β₁ at once", lambda n: adam(n, nn.Nadam, momentum_decay=1e6),
         lambda optax, n: optax.nadam(n.rate, n.beta_1, n.beta_2, n.epsilon)),
    Pair("Lion", K, "`Lion`", lambda n: nn.Lion(n.rate, n.beta_1, n.beta_2),
         lambda n: keras.optimizers.Lion(n.rate, n.beta_1, n.beta_2)),
    Pair("Lion", O, "`lion`, without its weight decay", lambda n: nn.Lion(n.rate, n.beta_1, n.beta_2),
         lambda optax, n: optax.lion(n.rate, n.beta_1, n.beta_2, weight_decay=0)),
]  # fmt: skip

OTHERWISE = {  # and why they differ
    Pair("RMSprop", K, "`RMSprop`, given the same", rmsprop,
         lambda n: keras.optimizers.RMSprop(n.rate, n.beta_2, epsilon=n.epsilon)): "its ε stands under the root",
    Pair("Adam", K, "`Adam`, given the same", adam,
         lambda n: adam(n, keras.optimizers.Adam)): "it adds ε before v is corrected for its start at zero",
    Pair("AMSGrad", O, "`amsgrad`, given the same", partial(adam, kind=nn.AMSGrad),
         lambda optax, n: optax.amsgrad(n.rate, n.beta_1, n.beta_2, n.epsilon)):
        "it corrects each v, then takes the largest",
    Pair("Nadam", O, "`nadam`, given the same", partial(adam, kind=nn.Nadam),
         lambda optax, n: optax.nadam(n.rate, n.beta_1, n.beta_2, n.epsilon)): "its first share is β₁ at once",
}  # fmt: skip
