"""Settings of all tests."""

import gc
import os
import sys
from collections.abc import Iterator
from typing import Any

import matplotlib
import numpy as np
import pytest
from hypothesis import settings

matplotlib.use("agg")  # no windows; not by MPLBACKEND, which the kernels of the notebook tests would inherit

COURSE = settings(deadline=None, derandomize="CI" in os.environ)
settings.register_profile("course", COURSE, max_examples=30)  # drawn anew each time: in the long run it tries as many
settings.register_profile("thorough", COURSE, max_examples=100)


def pytest_configure(config: pytest.Config) -> None:
    """How many examples are drawn for what is to hold for all."""
    settings.load_profile("thorough" if config.getoption("thorough") else "course")


@pytest.fixture
def thorough(pytestconfig) -> bool:
    """Whether ``--thorough`` was given: what is tried in part is then tried in full."""
    return pytestconfig.getoption("thorough")


@pytest.fixture
def no_pixels(monkeypatch) -> None:
    """One empty pixel for every picture of an explorer."""
    monkeypatch.setattr("nnlearn.explorers.picture.Picture.pixels", lambda *_: np.zeros((1, 1, 4), np.uint8))


@pytest.fixture(autouse=True)
def patience(monkeypatch) -> None:
    """A search in a learner's code must not end for want of time: other tests may be running."""
    monkeypatch.setattr("nnlearn.exercises.trying.SECONDS", 60.0)


def pytest_collection_finish() -> None:
    """What importing the tests has made stays to the end: looking for garbage needn't look through it each time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def widgets_are_closed() -> Iterator[None]:
    """Closes what widgets a test has made: ipywidgets keeps all that are open, explorers with their figures."""
    before = open_widgets()
    yield
    for name, widget in open_widgets().items():
        if name not in before:  # others belong to fixtures of the file
            widget.close()


def open_widgets() -> dict[str, Any]:
    """The widgets that ipywidgets keeps."""
    module = sys.modules.get("ipywidgets.widgets.widget")
    return dict(module._instances) if module else {}


@pytest.fixture(autouse=True, scope="module")
def memory_is_freed() -> Iterator[None]:
    """After each file, frees what holds itself in circles, and what Keras and pyplot keep."""
    yield
    if "keras" in sys.modules:
        sys.modules["keras"].backend.clear_session(free_memory=False)
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")
    gc.collect()
