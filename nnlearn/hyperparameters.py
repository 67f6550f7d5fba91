"""What optimisers and schedules share: fields that are declared, checked and, in a sweep, picked apart."""

from dataclasses import dataclass, field, fields
from typing import Any, Self, dataclass_transform

import numpy as np

from nnlearn.checks import check_fields, real_array
from nnlearn.language import say


@dataclass_transform(frozen_default=True, eq_default=False, field_specifiers=(field,))
class Hyperparameters:
    """A subclass declares hyper-parameters as annotated fields; it becomes a frozen dataclass by itself.

    It is compared by identity, since a field may hold an array (a sweep). Each field is checked as its annotation
    says (``Annotated[float, Range("[0, 1)")]``). Raises TypeError for a field named like one of the class's methods.
    """

    def __init_subclass__(cls) -> None:
        for base in cls.__mro__[1:]:
            taken = [name for name in vars(cls).get("__annotations__", ()) if callable(vars(base).get(name))]
            if taken:
                raise TypeError(say("{name} is a method of every {kind}: give the hyper-parameter another name.",
                                    name=taken[0], kind=base.__name__))  # fmt: skip
        dataclass(frozen=True, eq=False, repr=False)(cls)

    def __post_init__(self) -> None:
        check_fields(self)
        for name, value in self.hyperparameters.items():
            if isinstance(value, list | np.ndarray):
                array = real_array(name, value)
                object.__setattr__(self, name, array if array.ndim else float(array))
            elif isinstance(value, np.generic):
                object.__setattr__(self, name, value.item())

    @property
    def hyperparameters(self) -> dict[str, Any]:
        """The fields by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def __repr__(self) -> str:
        texts = {name: function_name(value) or repr(value) for name, value in self.hyperparameters.items()}
        return f"{type(self).__name__}({', '.join(f'{name}={text}' for name, text in texts.items())})"

    def with_values(self, values: dict[str, Any]) -> Self:
        """A copy with some fields replaced, not checked again."""
        other = object.__new__(type(self))
        vars(other).update({**self.hyperparameters, **values})
        return other

    def member(self, index: tuple[int, ...], batch: tuple[int, ...]) -> Self:
        """The hyper-parameters of one member of a sweep of shape ``batch``.

        Raises ValueError for a plain function that gives arrays: whose number is whose can't be told.
        """
        return self.with_values({name: picked(name, v, index, batch) for name, v in self.hyperparameters.items()})


def spread(shape: tuple[int, ...], hyperparameters: dict[str, Any]) -> tuple[int, ...]:
    """The shape of theta once every hyper-parameter that is an array has been spread over it.

    Raises ValueError, naming the hyper-parameter, if its shape does not fit.
    """
    whole = shape
    for name, value in hyperparameters.items():
        if not np.ndim(value):
            continue
        try:
            whole = np.broadcast_shapes(whole, np.shape(value))
            fits = whole[-1] == shape[-1]
        except ValueError:
            fits = False
        if not fits:
            message = say("{name} of shape {shape} does not fit theta of shape {theta}: for a sweep of n values "
                          "give it the shape (n, 1).", name=name, shape=np.shape(value), theta=shape)  # fmt: skip
            raise ValueError(message)
    return whole


def picked(name: str, value: Any, index: tuple[int, ...], batch: tuple[int, ...]) -> Any:
    """Of a field, what belongs to one member of a sweep."""
    if isinstance(value, np.ndarray):
        entry = np.broadcast_to(value, (*batch, value.shape[-1]))[index]
        return float(entry[0]) if entry.size == 1 else entry
    if isinstance(value, Hyperparameters):
        return value.member(index, batch)
    if callable(value) and np.ndim(value(0)) > 1:
        message = say("{name} is a function that gives a whole sweep; use a schedule of nnlearn.schedules to take out "
                      "one member.", name=name)  # fmt: skip
        raise ValueError(message)
    return value


def function_name(value: Any) -> str:
    """The name of a plain function, without its address in memory, which differs from run to run; else ''."""
    return (
        "" if isinstance(value, Hyperparameters) or not callable(value) else getattr(value, "__name__", "").strip("<>")
    )
