"""nnlearn's update rules as Keras optimisers: the same ``step``, run on TensorFlow tensors."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from nnlearn.interop.quiet import keras, tf
from nnlearn.language import say
from nnlearn.optimizers import Optimizer
from nnlearn.storage import CLASSES
from nnlearn.trace import Row

registered = keras.saving.register_keras_serializable("nnlearn")


def as_keras(optimizer: Optimizer, **options: Any) -> keras.optimizers.Optimizer:
    """The optimiser for ``model.compile``: its steps are those of ``optimizer.step``, one model weight at a time.

    options: what every Keras optimiser takes, such as ``clipnorm=1.0`` or ``name="adam"``.

    While the model trains, Keras's own ``learning_rate`` is in force: callbacks change it, and so does
    ``model.optimizer.learning_rate = 0.01``. A schedule is asked with Keras's count of steps, and callbacks can't
    change it. A saved model (``model.save("model.keras")``) holds the optimiser and its state; to load one, import
    this module first, and name classes and functions of your own: ``load_model(path, custom_objects={"Mine": Mine})``.

    Raises TypeError or ValueError if the rule can't train a Keras model: if a hyper-parameter is an array (a sweep), if
    it has no ``learning_rate``, if it asks the objective for more than the gradient at theta (Newton, Nesterov; Keras
    has Nesterov's method, rearranged, as ``SGD(nesterov=True)``), or if its step can't be run on tensors.
    """
    return KerasOptimizer(optimizer, **options)


@registered
class KerasOptimizer(keras.optimizers.Optimizer):
    """What ``as_keras`` returns. Its variables are the step count, the learning rate, then each weight's state."""

    def __init__(self, rule: Optimizer, learning_rate: Any = None, **options: Any):
        check(rule)
        rate = rule.learning_rate if learning_rate is None else learning_rate
        super().__init__(learning_rate=Scheduled(rate) if callable(rate) else float(rate), **options)
        self.rule = rule

    def build(self, variables):
        if self.built:
            return
        super().build(variables)
        self.slots = self.add_optimizer_variables(variables, list(self.rule.state))

    def update_step(self, gradient, variable, learning_rate):
        i = self._get_variable_index(variable)
        slots = {name: column[i] for name, column in zip(self.rule.state, self.slots, strict=True)}
        before = {name: tf.convert_to_tensor(place) for name, place in {"theta": variable, **slots}.items()}
        after = step(self.rule, before, gradient, learning_rate, self.iterations)
        for name, place in {"theta": variable, **slots}.items():
            self.assign(place, after[name])

    def get_config(self):
        return {**super().get_config(), "rule": to_config(self.rule)}

    @classmethod
    def from_config(cls, config, custom_objects=None):
        return super().from_config({**config, "rule": from_config(config["rule"], custom_objects)}, custom_objects)


@registered
class Scheduled(keras.optimizers.schedules.LearningRateSchedule):
    """An nnlearn schedule, or any function of the number of steps already made, as Keras asks for it."""

    def __init__(self, schedule: Any):
        self.schedule = schedule

    def __call__(self, step):
        return keras.ops.convert_to_tensor(self.schedule(keras.ops.cast(step, "float64")))

    def get_config(self):
        return {"schedule": to_config(self.schedule)}

    @classmethod
    def from_config(cls, config):
        return cls(from_config(config["schedule"]))


class KerasObjective:
    """All that Keras tells an optimiser of the objective: the gradient at theta."""

    def __init__(self, rule: Optimizer, theta: Any, gradient: Any):
        self._rule, self._theta, self._gradient = rule, theta, gradient

    def gradient(self, point: Any) -> Any:
        if point is not self._theta:
            message = say("{optimizer} needs the gradient at another point than theta; Keras gives it only there.",
                          optimizer=self._rule)  # fmt: skip
            raise ValueError(message)
        return self._gradient

    def __getattr__(self, name: str) -> Any:
        message = say("{optimizer} asks the objective for its {name}; Keras gives only the gradient at theta.",
                      optimizer=self._rule, name=name)  # fmt: skip
        raise ValueError(message)


def step(rule: Optimizer, before: dict, gradient: Any, learning_rate: Any, iterations: Any) -> dict:
    """One step of the rule on the tensors of one weight: theta and the state before it, theta and the state after."""
    theta = before["theta"]
    gradient = tf.convert_to_tensor(tf.cast(gradient, theta.dtype))  # an embedding's gradient comes as indexed slices
    now = rule.at(tf.cast(iterations, tf.float64) + 1)  # float64: in float32, steps after 2**24 are not counted
    numbers = {name: value for name, value in now.hyperparameters.items() if tf.is_tensor(value)}
    numbers["learning_rate"] = learning_rate
    now = now.with_values({name: tf.cast(value, theta.dtype) for name, value in numbers.items()})
    row = Row(t=tf.cast(iterations, theta.dtype), **before)
    row = now.step(row, KerasObjective(rule, theta, gradient))
    return {name: getattr(row, name) for name in before}


def check(rule: Any) -> None:
    """Raises what ``as_keras`` raises; the last test is one step on symbolic tensors, as ``model.fit`` will trace it."""
    if not isinstance(rule, Optimizer):
        raise TypeError(say("as_keras needs an optimiser of nnlearn, such as Adam(); it was given {value!r}.", value=rule))
    if "learning_rate" not in rule.hyperparameters:
        message = say("{optimizer} has no learning_rate; Keras needs one, which its callbacks can change.",
                      optimizer=rule)  # fmt: skip
        raise ValueError(message)
    for name, value in rule.at(1).hyperparameters.items():
        if np.ndim(value):
            message = say("{name} is an array of shape {shape}, a sweep; Keras trains one model: give one number.",
                          name=name, shape=np.shape(value))  # fmt: skip
            raise ValueError(message)
    with tf.Graph().as_default():
        number = tf.constant(0.5, keras.config.floatx())
        try:
            step(rule, dict.fromkeys(["theta", *rule.state], number), number, number, tf.constant(0))
        except (TypeError, AttributeError, NotImplementedError) as error:
            message = say("{optimizer} can't be run on TensorFlow's tensors. Write step and schedules with operators "
                          "(x**0.5, not np.sqrt(x)) and without an if on a number that changes. TensorFlow says: {error}",
                          optimizer=rule, error=error)  # fmt: skip
            raise TypeError(message) from error


def to_config(value: Any) -> Any:
    """A rule or a schedule, with its fields, ready for JSON; other values as Keras writes them."""
    if is_dataclass(value):
        return {"class": type(value).__name__, "fields": {f.name: to_config(getattr(value, f.name)) for f in fields(value)}}
    if getattr(value, "__name__", "") == "<lambda>":
        raise ValueError(say("A lambda can't be saved with a model: write the schedule as a function with def."))
    return keras.saving.serialize_keras_object(value)


def from_config(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The reverse of ``to_config``; ValueError for a class that is neither nnlearn's nor given."""
    if not (isinstance(config, dict) and "fields" in config):
        return keras.saving.deserialize_keras_object(config, custom_objects)
    name = config["class"]
    kind = CLASSES.get(name) or keras.saving.get_registered_object(name, custom_objects)
    if kind is None:
        message = say('The model was trained with {name}, which is not part of nnlearn: give custom_objects={{"{name}": {name}}}.',
                      name=name)  # fmt: skip
        raise ValueError(message)
    return kind(**{name: from_config(value, custom_objects) for name, value in config["fields"].items()})
