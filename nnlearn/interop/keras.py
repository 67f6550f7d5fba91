"""nnlearn's update rules as Keras optimisers: the same ``step``, run on TensorFlow's tensors."""

import math
from typing import Any

import numpy as np

from nnlearn.interop.quiet import keras, tf
from nnlearn.interop.saved import deserialize, serialize
from nnlearn.language import say
from nnlearn.optimizers import BFGS, LBFGS, Optimizer
from nnlearn.row import Row

registered = keras.saving.register_keras_serializable("nnlearn")


def as_keras(optimizer: Optimizer, **options: Any) -> "KerasOptimizer":
    """The optimiser for ``model.compile``: ``optimizer.step``, made for each weight of the model by itself.

    A rule that looks at all coordinates together, as ``NormScaled`` does in its norm, looks at those of one weight.

    options: what every Keras optimiser takes, such as ``clipnorm=1.0``.

    While the model trains, Keras's own ``learning_rate`` is in force: callbacks change it, and so does
    ``model.optimizer.learning_rate = 0.01``. A schedule follows Keras's count of steps, and callbacks can't
    change it. A saved model holds the optimiser with its state. Before you load one, import this module; name
    classes and functions of your own: ``keras.saving.load_model(path, custom_objects={"Mine": Mine})``.

    Raises TypeError or ValueError if the rule can't train a Keras model: a hyper-parameter is an array (a
    sweep); there is no ``learning_rate``; it asks the objective for more than the gradient at theta (Newton,
    Nesterov; for the latter, rearranged, Keras has ``SGD(nesterov=True)``); it is L-BFGS, whose memory is of moves of
    all weights together on one loss; its step can't be run on tensors.
    """
    return KerasOptimizer(optimizer, **options)


@registered
class KerasOptimizer(keras.optimizers.Optimizer):  # type: ignore[misc]
    """What ``as_keras`` returns. Its variables: the step count, the learning rate, each weight's state."""

    def __init__(self, rule: Optimizer, learning_rate: Any = None, **options: Any):
        check(rule)
        if learning_rate is None:
            rate = rule.hyperparameters["learning_rate"]
            learning_rate = Scheduled(rate) if callable(rate) else float(rate)
        super().__init__(learning_rate=learning_rate, **options)
        self.rule = rule

    def build(self, variables: list[Any]) -> None:
        if self.built:
            return
        super().build(variables)
        self.slots: dict[str, list[Any]] = {name: [] for name in self.rule.state}
        for variable in variables:
            for name, first in self.rule.first_state(np.zeros(math.prod(variable.shape))).items():
                self.slots[name].append(self.slot(variable, name, first))

    def slot(self, variable: Any, name: str, first: Any) -> Any:
        """A place for a piece of the variable's state: of the variable's shape, if it is as long as the variable."""

        def filled(shape: Any, dtype: Any) -> Any:
            return keras.ops.convert_to_tensor(first.reshape(shape), dtype)

        own = first.shape == (math.prod(variable.shape),)
        return self.add_variable(
            shape=variable.shape if own else first.shape,
            initializer=filled,
            dtype=precision(variable.dtype),
            layout=getattr(variable, "_layout", None) if own else None,
            name=f"{variable.path.replace('/', '_')}_{name}",
        )

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        index = self._get_variable_index(variable)
        places = {"theta": variable, **{name: slots[index] for name, slots in self.slots.items()}}
        before = {name: flat(tf.cast(place, precision(variable.dtype)), variable.shape)
                  for name, place in places.items()}  # fmt: skip
        after = tensor_step(self.rule, before, gradient, learning_rate, self.iterations)
        for name, place in places.items():
            self.assign(place, tf.cast(tf.reshape(after[name], place.shape), place.dtype))

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "rule": serialize(self.rule)}

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        config = {**config, "rule": deserialize(config["rule"], custom_objects)}
        return super().from_config(config, custom_objects)


@registered
class Scheduled(keras.optimizers.schedules.LearningRateSchedule):  # type: ignore[misc]
    """A schedule of nnlearn, or any function of the number of steps already made, as Keras asks for it."""

    def __init__(self, schedule: Any):
        self.schedule = schedule

    def __call__(self, step: Any) -> Any:
        return keras.ops.convert_to_tensor(self.schedule(keras.ops.cast(step, "float64")), "float64")

    def get_config(self) -> dict[str, Any]:
        return {"schedule": serialize(self.schedule)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Scheduled":
        return cls(deserialize(config["schedule"]))


class KerasObjective:
    """All that Keras tells an optimiser about the objective: the gradient at theta."""

    def __init__(self, rule: Optimizer, theta: Any, gradient: Any):
        self._rule, self._theta, self._gradient = rule, theta, gradient

    def gradient(self, point: Any) -> Any:
        if point is not self._theta:
            message = say("{optimizer} needs the gradient at another point than theta; Keras gives it only "
                          "there.", optimizer=self._rule)  # fmt: skip
            raise ValueError(message)
        return self._gradient

    def __getattr__(self, name: str) -> Any:
        message = say("{optimizer} asks the objective for its {name}; Keras gives only the gradient at "
                      "theta.", optimizer=self._rule, name=name)  # fmt: skip
        raise ValueError(message)


def precision(dtype: str) -> str:
    """What the step of a weight is made in: in 16 bits 0.999 counts as 1, and an epsilon of 1e-8 as 0."""
    return "float32" if dtype in ("float16", "bfloat16") else dtype


def flat(tensor: Any, shape: Any) -> Any:
    """A tensor of the weight's shape as a vector, which is what a rule takes for one run; any other as it is."""
    return tf.reshape(tensor, [-1]) if tuple(tensor.shape) == tuple(shape) else tensor


def tensor_step(rule: Optimizer, before: dict, gradient: Any, learning_rate: Any, iterations: Any) -> dict:
    """theta and the state of one weight, flat, after a step, from those before it."""
    theta = before["theta"]
    gradient = tf.cast(gradient, theta.dtype)
    gradient = tf.convert_to_tensor(gradient)  # an embedding's comes as slices, one for each use of a row
    gradient = tf.reshape(gradient, [-1])
    now = rule.at(tf.cast(iterations, tf.float64) + 1)  # a float32 can't count beyond 2**24
    numbers = {name: value for name, value in now.hyperparameters.items() if tf.is_tensor(value)}
    numbers["learning_rate"] = learning_rate
    now = now.with_values({name: tf.cast(value, theta.dtype) for name, value in numbers.items()})
    J: Any = KerasObjective(rule, theta, gradient)
    row = now.step(Row(t=tf.cast(iterations, theta.dtype), **before), J)
    return {name: getattr(row, name) for name in before}


def check(rule: Any) -> None:
    """Raises what ``as_keras`` raises; at last it makes a step on symbolic tensors, as ``model.fit`` will."""
    if not isinstance(rule, Optimizer):
        message = say("as_keras needs an optimiser of nnlearn, such as Adam(); it was given {value!r}.",
                      value=rule)  # fmt: skip
        raise TypeError(message)
    if "learning_rate" not in rule.hyperparameters:
        message = say("{optimizer} has no learning_rate; Keras needs one, for its callbacks to change.",
                      optimizer=rule)  # fmt: skip
        raise ValueError(message)
    if isinstance(rule, BFGS | LBFGS):
        message = say("{optimizer} remembers moves of all weights together, on one loss; Keras steps each weight by "
                      "itself, on another batch each time. Train with nnlearn: network, weights = from_keras(model), "
                      "then nn.run(LBFGS(), network.on(X, y), network.pack(weights), steps).",
                      optimizer=type(rule).__name__)  # fmt: skip
        raise ValueError(message)
    for name, value in rule.at(1).hyperparameters.items():
        if np.ndim(value):
            message = say("{name} is an array of shape {shape}, a sweep; Keras trains one model: give one "
                          "number.", name=name, shape=np.shape(value))  # fmt: skip
            raise ValueError(message)
    with tf.Graph().as_default():
        theta = np.full(2, 0.5)
        before = {name: tf.constant(first, keras.config.floatx())
                  for name, first in {"theta": theta, **rule.first_state(theta)}.items()}  # fmt: skip
        try:
            tensor_step(rule, before, before["theta"], before["theta"][0], tf.constant(0))
        except (TypeError, AttributeError, NotImplementedError) as error:
            reason = str(error).partition(". ")[0].rstrip(".")  # TensorFlow's first sentence
            message = say("{optimizer} can't be run on TensorFlow's tensors: {reason}. Write its step and "
                          "schedules with operators and functions of nnlearn.algebra (sqrt, not np.sqrt) "
                          "and without an if on a number that changes.", optimizer=rule, reason=reason)  # fmt: skip
            raise TypeError(message) from error
