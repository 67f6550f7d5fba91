"""Rules and schedules as Keras keeps them in a saved model: their class and their fields, ready for JSON."""

from dataclasses import fields, is_dataclass
from typing import Any

from nnlearn.interop.quiet import keras
from nnlearn.language import say
from nnlearn.storage import UPDATES, translated

KNOWN = {f"nnlearn>{name}": kind for name, kind in UPDATES.items()}  # named as Keras names what is registered


def serialize(value: Any) -> Any:
    """The class and the fields of a rule or schedule; other values as Keras writes them."""
    if is_dataclass(value):
        name = type(value).__name__
        ours = UPDATES.get(name) is type(value)
        numbers = {field.name: serialize(getattr(value, field.name)) for field in fields(value)}
        return {"class": f"nnlearn>{name}" if ours else name, "fields": numbers}
    if getattr(value, "__name__", None) == "<lambda>":
        message = say("A lambda can't be saved with a model: write the schedule as a function, with def.")
        raise ValueError(message)
    return keras.saving.serialize_keras_object(value)


def old_momentum(config: dict[str, Any]) -> dict[str, Any]:
    """The configuration in today's words, as ``nnlearn.storage`` translates it."""
    name = config["class"]
    today = translated({**config, "class": name.removeprefix("nnlearn>")}) if name in KNOWN else config
    return {**today, "class": f"nnlearn>{today['class']}"} if name in KNOWN else config


def deserialize(config: Any, custom_objects: dict[str, Any] | None = None) -> Any:
    """The reverse of ``serialize``; ValueError for a class that is neither nnlearn's nor given."""
    if not (isinstance(config, dict) and "fields" in config):
        return keras.saving.deserialize_keras_object(config, custom_objects)
    config = old_momentum(config)
    name = config["class"]
    kind = KNOWN.get(name) or keras.saving.get_registered_object(name, custom_objects)
    if kind is None:
        message = say("The model was trained with {name}, which is not part of nnlearn: "
                      "give load_model(…, custom_objects={{'{name}': {name}}}).", name=name)  # fmt: skip
        raise ValueError(message)
    return kind(**{field: deserialize(value, custom_objects) for field, value in config["fields"].items()})
