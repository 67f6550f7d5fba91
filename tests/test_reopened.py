"""A notebook that is opened again: stored pictures in the place of explorers whose kernel is gone."""

import copy
import os

import pytest
from traitlets.config import PyFileConfigLoader

from nnlearn import reopened
from nnlearn.explorers import Explorer
from tools.environment import ROOT

PICTURE = {"image/png": "iVBOR", "text/plain": "Bowl: ..."}


def notebook(processes):
    view = {reopened.VIEW: {"model_id": "abc", reopened.PROCESSES: processes}}
    other = {reopened.VIEW: {"model_id": "def"}, "text/plain": "IntSlider()"}
    outputs = [
        {"output_type": "execute_result", "metadata": {}, "execution_count": 1, "data": PICTURE | view},
        {"output_type": "display_data", "metadata": {}, "data": other},
        {"output_type": "stream", "name": "stdout", "text": "3"},
    ]
    return {"cells": [{"cell_type": "markdown", "source": ""}, {"cell_type": "code", "outputs": outputs}]}


def test_where_the_kernel_is_gone_the_picture_is_shown_and_told():
    opened = notebook([11, 12])
    reopened.opened(opened, "03.ipynb", {13})
    picture, words, other, stream = opened["cells"][1]["outputs"]
    assert picture["data"] == PICTURE
    assert words["data"] == {"text/plain": "This is a stored picture. Run the cell (Shift+Enter) to move it."}
    assert [other, stream] == notebook([])["cells"][1]["outputs"][1:]

    again = copy.deepcopy(opened)
    reopened.opened(again, "03.ipynb", {13})
    assert again == opened


@pytest.mark.parametrize("running", [{11, 5}, {12}])
def test_where_the_kernel_runs_the_explorer_stays(running):
    opened = notebook([11, 12])
    reopened.opened(opened, "03.ipynb", running)
    assert opened == notebook([11, 12])


def test_the_words_follow_the_notebook(monkeypatch):
    monkeypatch.delenv("NNLEARN_LANG", raising=False)
    monkeypatch.setattr(reopened, "translated", lambda template, name: name)
    assert (reopened.words("notebooks/zh/05.ipynb"), reopened.words("notebooks/05.ipynb")) == ("zh", "en")
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    assert reopened.words("notebooks/05.ipynb") == "zh"


def test_an_explorer_names_its_process():
    data, _ = type("Bare", (Explorer,), {})()._repr_mimebundle_()
    assert os.getpid() in data[reopened.VIEW][reopened.PROCESSES]


def test_the_courses_server_asks():
    config = PyFileConfigLoader("jupyter_server_config.py", path=str(ROOT / "jupyter")).load_config()
    assert config.ServerApp.contents_manager_class.__name__ == "LastingPictures"
