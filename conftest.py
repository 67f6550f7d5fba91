"""Settings of all tests, of notebooks too."""

import os
from collections.abc import Iterator

import pytest

from nnlearn.language import notebook_language

os.environ["NNLEARN_PROGRESS"] = "off"  # kernels inherit it: what a learner did must not change what a test sees


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    """A notebook is tested in its own language: nbval starts its kernel when the first cell is set up."""
    with pytest.MonkeyPatch.context() as patch:
        if item.path.suffix == ".ipynb":
            patch.setenv("NNLEARN_LANG", notebook_language(str(item.path)))
        return (yield)
