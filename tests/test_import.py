"""Importing nnlearn is cheap, and an optimiser fits one screen."""

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

import nnlearn as nn
from nnlearn.rooms import rooms

HEAVY = {
    "tensorflow",
    "keras",
    "matplotlib",
    "ipywidgets",
    "sklearn",
    "scipy",
    "pandas",
    "IPython",
    "anywidget",
    "polib",
}
ONE_SCREEN = 45
FILES = sorted(Path(nn.optimizers.__file__).parent.glob("[a-z]*.py"))


def test_importing_nnlearn_loads_numpy_only():
    code = "import sys, nnlearn; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "numpy" in loaded and not HEAVY & set(loaded)


@pytest.mark.parametrize("name", ["data", "explorers", "plots"])
def test_what_needs_more_is_there_when_asked_for(name):
    assert name in dir(nn) and getattr(nn, name).__name__ == f"nnlearn.{name}"


def test_entering_a_room_loads_none_of_its_modules():
    packages = [f"nnlearn.chapters.{room.name}" for room in rooms().values()]
    code = f"import sys, {', '.join(packages)}; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert len(packages) >= 5 and set(packages) <= set(loaded) and not HEAVY & set(loaded)


@pytest.mark.parametrize("room", rooms().values(), ids=lambda room: room.name)
def test_a_room_offers_what_it_names(room):
    package = import_module(f"nnlearn.chapters.{room.name}")
    assert package.__all__ == dir(package)
    for name in package.__all__:
        assert getattr(package, name).__name__ == name
    with pytest.raises(AttributeError, match=f"{room.name}' has no attribute 'Nothing'"):
        package.Nothing  # noqa: B018


@pytest.mark.parametrize("path", [f for f in FILES if f.name != "optimizer.py"], ids=lambda path: path.stem)
def test_an_optimiser_fits_one_screen(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= ONE_SCREEN
