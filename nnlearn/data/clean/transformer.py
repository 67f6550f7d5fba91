"""What an imputer and a standardiser share: scikit-learn's conventions, kept without scikit-learn."""

import warnings
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nnlearn.checks import check_fields
from nnlearn.data.augment.images import number_array
from nnlearn.language import say

Rows = NDArray[Any]  # float16, float32 or float64, shape (n, features); NaN where a value is missing


class Finding(UserWarning):
    """Something in the data that a cleaner can't clean, said in a sentence."""


class Transformer:
    """Base: a dataclass of settings that learns from rows (``fit``) and changes rows by what it learned.

    What it learned ends in an underscore. ``findings_`` are sentences on columns that it could not treat as the others;
    each is also a warning, of the class ``Finding``. It works in scikit-learn's ``Pipeline`` and with ``clone``.
    """

    n_features_in_: int
    findings_: tuple[str, ...]

    def __post_init__(self) -> None:
        check_fields(self)

    def fit(self, X: ArrayLike, y: Any = None) -> Self:
        """Learns from the rows; y is not looked at."""
        rows = data_rows("X", X)
        if rows.size == 0:
            message = say("X must hold at least one example and one feature; it has shape {shape}.", shape=rows.shape)
            raise ValueError(message)
        self.findings_ = tuple(self.learn(rows))
        self.n_features_in_ = rows.shape[1]
        for finding in self.findings_:
            warnings.warn(finding, Finding, stacklevel=2)
        return self

    def transform(self, X: ArrayLike) -> Rows:
        """A changed copy of the rows, by what ``fit`` learned; ValueError before that."""
        return self.changed(self.known_rows(X))

    def fit_transform(self, X: ArrayLike, y: Any = None) -> Rows:
        """``fit``, then ``transform`` of the same rows."""
        return self.fit(X, y).transform(X)

    def learn(self, rows: Rows) -> Sequence[str]:
        """Sets what ends in an underscore; returns what has to be said."""
        raise NotImplementedError

    def changed(self, rows: Rows) -> Rows:
        """New rows, by what was learned."""
        raise NotImplementedError

    def known_rows(self, X: ArrayLike) -> Rows:
        """X as rows of as many features as ``fit`` saw; ValueError else."""
        if not self.__sklearn_is_fitted__():
            raise ValueError(say("{transformer} has learned nothing yet: call fit first.", transformer=self))
        rows = data_rows("X", X)
        if rows.shape[1] != self.n_features_in_:
            message = say("X has {found} features; {data} has {needed}.",
                          found=rows.shape[1], data=self, needed=self.n_features_in_)  # fmt: skip
            raise ValueError(message)
        return rows

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """The settings, by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    def set_params(self, **params: Any) -> Self:
        """Changes settings; TypeError or ValueError for one that is none, and then nothing is changed."""
        replace(self, **params)  # type: ignore[type-var]
        for name, value in params.items():
            setattr(self, name, value)
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "n_features_in_")

    def __sklearn_tags__(self) -> Any:
        """What scikit-learn asks, from 1.6 on."""
        from sklearn.utils import InputTags, Tags, TargetTags, TransformerTags

        inputs = InputTags(allow_nan=True)
        return Tags(None, TargetTags(required=False), transformer_tags=TransformerTags(), input_tags=inputs)


def data_rows(name: str, X: ArrayLike) -> Rows:
    """X as a matrix of examples by features in which NaN stands for what is missing; else TypeError or ValueError.

    Real numbers keep their dtype, whole ones and booleans become float64. It may share X's memory.
    """
    array = number_array(name, X)
    if array.ndim != 2:
        message = say("{name} must be a matrix of examples by features; it has shape {shape}. One feature is "
                      "{name}.reshape(-1, 1), one example {name}.reshape(1, -1).",
                      name=name, shape=array.shape)  # fmt: skip
        raise ValueError(message)
    if array.dtype.kind != "f":
        return array.astype(np.float64)
    infinite = np.isinf(array)
    if infinite.any():
        message = say("{name} must hold numbers, or NaN where one is missing; {bad} of its {size} entries are "
                      "infinite.",
                      name=name, bad=np.count_nonzero(infinite), size=array.size)  # fmt: skip
        raise ValueError(message)
    return array


def numbered(columns: NDArray[Any]) -> str:
    """Which columns, "0, 3, 4"."""
    return ", ".join(str(int(column)) for column in columns)
