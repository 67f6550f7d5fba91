"""What only a part of the course needs: the rest runs where it is not installed, such as in a browser's Python."""

from collections.abc import Iterator
from contextlib import contextmanager

from nnlearn.language import say


@contextmanager
def needs(package: str, *requirements: str) -> Iterator[None]:
    """Around imports: where something is missing, ModuleNotFoundError says in one sentence how to get it.

    package: its name in prose. requirements: what pip is asked for, as pyproject.toml has it.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        wanted = " ".join(f'"{requirement}"' for requirement in requirements)
        message = say("This needs {package}, which is not installed: pip install {wanted}",
                      package=package, wanted=wanted)  # fmt: skip
        raise ModuleNotFoundError(message, name=error.name) from error
