"""nnlearn runs where TensorFlow isn't, in a browser's Python too; what needs it says so in one sentence."""

import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from problems import OPTIMIZERS, PROBLEMS

from nnlearn.exercises.loader import of_chapter
from nnlearn.needs import needs
from nnlearn.syllabus.chapters import CHAPTERS
from tools.environment import ROOT

NEED_TENSORFLOW = {  # modules that build, train or convert Keras models; no other may need it
    "nnlearn.chapters.ch12_augmentation.experiment",
    "nnlearn.chapters.ch12_augmentation.photographs",
    "nnlearn.chapters.ch12_augmentation.runs",
    "nnlearn.chapters.ch12_augmentation.tomorrow",
    "nnlearn.chapters.ch15_pruning.experiment",
    "nnlearn.chapters.ch16_trimming.experiment",
    "nnlearn.chapters.ch17_quantisation.experiment",
    "nnlearn.compression.distil_keras",
    "nnlearn.compression.prune_keras",
    "nnlearn.interop",
    "nnlearn.models.channels",
    "nnlearn.models.counting",
    "nnlearn.models.multitask_keras",
    "nnlearn.models.rebuilding",
    "nnlearn.models.straight_through",
    "nnlearn.models.training",
    "nnlearn.models.transfer_keras",
    "nnlearn.models.untrained",
}
TENSORFLOW = 'This needs TensorFlow, which is not installed: pip install "tensorflow>=2.20" "keras>=3.10"'
LITERT = 'This needs LiteRT, which is not installed: pip install "ai-edge-litert>=2.0"'


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What a process found in which nothing of TensorFlow, Keras, LiteRT and threadpoolctl can be imported."""
    script, kept = Path(__file__).with_name("without_tensorflow.py"), tmp_path_factory.mktemp("progress") / "notes"
    done = subprocess.run(
        [sys.executable, "-W", "error", script, kept], capture_output=True, encoding="utf-8", cwd=ROOT
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"log": done.stderr}


def test_only_what_works_on_keras_models_needs_tensorflow(found):
    assert found["absent"] == dict.fromkeys(sorted(NEED_TENSORFLOW), TENSORFLOW)


def test_runs_figures_and_the_examples_of_docstrings_work(found):
    runs, pictures = found["runs"]
    assert runs == len(OPTIMIZERS) * len(PROBLEMS) and pictures >= 10 and found["doctests"] > 30
    assert not found["failed doctests"], found["log"]


def test_every_explorer_moves(found):
    assert len(found["explorers"]) >= 10
    assert {name: error for name, error in found["explorers"].items() if error} == {}


def test_every_task_can_be_solved_also_without_threads(found):
    assert found["unsolved"] == {}
    finished = [chapter.number for chapter in CHAPTERS if chapter.notebook]
    assert found["solved"] == [task.id for number in finished for task in of_chapter(number)]


def test_what_needs_a_package_names_it(found):
    expected = dict.fromkeys(found["sentences"], TENSORFLOW)
    assert found["sentences"] == expected | {"models.run_litert": LITERT, "models.accuracy": LITERT}


def test_pip_is_asked_for_what_the_course_asks_for():
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    for sentence in (TENSORFLOW, LITERT):
        assert set(re.findall('"(.+?)"', sentence)) <= set(needed)


def test_other_errors_of_an_import_pass():
    with pytest.raises(ImportError, match="broken"), needs("TensorFlow", "tensorflow"):
        raise ImportError("broken")
