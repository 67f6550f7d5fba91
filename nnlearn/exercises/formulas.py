"""Reading formulas off numbers: a factor as a product of powers, a vector as a sum of known parts."""

from collections.abc import Mapping, Sequence

import numpy as np

from nnlearn.checks import Array
from nnlearn.exercises.answers import TOLERANCE, close

MOST_POWERS = 4  # together: a longer formula explains nothing


def product(values: Sequence[float], known: Sequence[Mapping[str, float]]) -> str:
    """One value for each input as a formula of the known numbers, "0.5 * (1 + beta) / sqrt(L)"; "" if there is none.

    Logarithms turn a product of powers into a sum, so that its powers solve linear equations; they must come out as
    whole or half numbers, from more inputs than there are powers.
    """
    sizes = np.abs(values)
    signs = np.sign(values)
    if not (np.all(np.isfinite(sizes)) and np.all(signs == signs[0]) and signs[0]):
        return ""
    if np.allclose(sizes, sizes[0], rtol=TOLERANCE):
        return f"{signs[0] * sizes[0]:.4g}" if len(values) > 1 else ""
    names = [name for name in known[0] if all(each[name] > 0 for each in known)]
    if not names:
        return ""
    columns = np.array([[1.0, *(np.log(each[name]) for name in names)] for each in known])
    if len(values) <= len(names) + 1 or np.linalg.matrix_rank(columns) <= len(names):
        return ""
    solution = np.linalg.lstsq(columns, np.log(sizes), rcond=None)[0]
    powers = np.round(2 * solution[1:]) / 2
    constants = sizes / np.exp(columns[:, 1:] @ powers)
    if np.abs(powers).sum() > MOST_POWERS or not np.allclose(constants, constants[0], rtol=10 * TOLERANCE):
        return ""
    return written(signs[0] * constants[0], dict(zip(names, powers, strict=True)))


def written(constant: float, powers: Mapping[str, float]) -> str:
    """A product of powers as a line of Python."""
    above = [power(name, p) for name, p in powers.items() if p > 0]
    below = [power(name, -p) for name, p in powers.items() if p < 0]
    if not above or not np.isclose(abs(constant), 1, rtol=1e-3):
        above.insert(0, f"{abs(constant):.4g}")
    text = ("-" if constant < 0 else "") + " * ".join(above)
    return text if not below else f"{text} / {below[0]}" if len(below) == 1 else f"{text} / ({' * '.join(below)})"


def power(name: str, p: float) -> str:
    """One factor."""
    return name if p == 1 else f"sqrt({name})" if p == 0.5 else f"{name}**{p:g}"


def weights(answers: Sequence[Array], parts: Sequence[Mapping[str, Array]]) -> dict[str, Array] | None:
    """For each part its weight in each answer, if every answer is a sum of the parts; else None.

    answers: vectors, longer than there are parts, so that only a true sum passes. parts: vectors of the same lengths.
    """
    found = []
    for answer, named in zip(answers, parts, strict=True):
        columns = np.stack(list(named.values()), axis=-1)
        if not np.all(np.isfinite(columns)) or not np.all(np.isfinite(answer)):
            return None
        solution = np.linalg.lstsq(columns, answer, rcond=None)[0]
        if not close(columns @ solution, answer, TOLERANCE):
            return None
        found.append(solution)
    return dict(zip(parts[0], np.array(found).T, strict=True))
