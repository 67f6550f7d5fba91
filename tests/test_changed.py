"""``course.py test --changed`` chooses what a change touches, and everything where that can't be told."""

import subprocess

import pytest

from tools import changed
from tools.environment import ROOT, Trouble

FILES = {
    "course.py": "from tools import doctor",
    "nnlearn/__init__.py": "from nnlearn import kernel",
    "nnlearn/kernel.py": "",
    "nnlearn/plots.py": "from nnlearn.kernel import run",
    "nnlearn/apart.py": 'def f():\n    """>>> f()"""',
    "nnlearn/models/__init__.py": "LATER = {}\nload(f'nnlearn.models.{LATER[name]}')",
    "nnlearn/models/training.py": "",
    "nnlearn/explorers/page.py": 'HERE / "page.js"',
    "nnlearn/explorers/momentum.py": "from nnlearn.explorers import page",
    "tools/doctor.py": "",
    "tests/problems.py": "def lazily():\n    import nnlearn as nn",
    "tests/test_house.py": 'import course\nROOT / "README.md"',
    "tests/test_attribute.py": "import nnlearn as nn\nnn.plots.paths()",
    "tests/test_table.py": "from problems import PROBLEMS",
    "tests/test_models.py": "from nnlearn import models\nmodels.train",
    "tests/test_script.py": 'Path("script.py")',
    "tests/script.py": "import nnlearn.apart",
    "tests/test_chapter_05_explorers.py": "",
    "tests/test_chinese.py": 'setenv("zh")',
    "tests/browser/conftest.py": "from tools import doctor",
    "tests/browser/test_lab.py": "",
    "tests/notebooks/test_solutions.py": 'ROOT / "solutions"',
    "notebooks/05_momentum.ipynb": "from nnlearn.explorers.momentum import MomentumMap",
    "notebooks/zh/05_momentum.ipynb": "",
}
FIVE = ["notebooks/05_momentum.ipynb", "notebooks/zh/05_momentum.ipynb", "tests/test_chapter_05_explorers.py"]


@pytest.mark.parametrize(
    "path, touched",
    [
        ("nnlearn/kernel.py", ["tests/test_attribute.py", "tests/test_table.py"]),
        ("nnlearn/plots.py", ["tests/test_attribute.py"]),
        ("nnlearn/apart.py", ["nnlearn/apart.py", "tests/test_script.py"]),
        ("nnlearn/models/training.py", ["tests/test_models.py"]),
        ("tests/problems.py", ["tests/test_table.py"]),
        ("tests/test_models.py", ["tests/test_models.py"]),
        ("nnlearn/explorers/momentum.py", FIVE),
        ("nnlearn/explorers/page.js", FIVE),
        ("notebooks/05_momentum.ipynb", FIVE),
        ("solutions/05_momentum.ipynb", [*FIVE, "tests/notebooks/test_solutions.py"]),
        ("nnlearn/chapters/ch05_momentum/measured.json", FIVE),
        ("nnlearn/locale/zh/LC_MESSAGES/nnlearn.po", [*FIVE, "tests/test_chinese.py"]),
        ("tools/doctor.py", ["tests/browser/test_lab.py"]),
        ("README.md", []),
    ],
)
def test_a_change_touches(path, touched):
    chosen = changed.choose([path], FILES)
    assert chosen.files == sorted([*touched, "tests/test_house.py"])
    assert all(file in chosen.reason for file in chosen.files)


@pytest.mark.parametrize(
    "path", ["pyproject.toml", "conftest.py", "tests/browser/conftest.py", "nnlearn/x.tsv", "new.txt"]
)
def test_what_may_touch_anything_runs_everything(path):
    assert changed.choose(["nnlearn/plots.py", path], FILES) == ([], f"All tests: {path} may touch any.")


def test_without_a_change_there_is_nothing_to_run():
    assert changed.choose([], FILES) == ([], "")


def test_the_course_itself_can_be_read():
    files = changed.sources(ROOT)
    packing = changed.choose(["nnlearn/compression/packing.py"], files).files
    assert {"tests/test_packing.py", "tests/test_models.py", "notebooks/17_quantisation.ipynb"} <= {*packing}
    assert "tests/test_trace.py" not in packing and "tests/test_language.py" not in packing
    missing = [path for path in changed.WHOLE if path not in files]
    assert not missing


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A function that calls git in a repository of one commit on main."""
    monkeypatch.setattr(changed, "ROOT", tmp_path)

    def git(*arguments):
        identity = ["-c", "user.name=a", "-c", "user.email=a@b"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "--initial-branch=main")
    for name in ("a", "b", "学"):
        (tmp_path / name).touch()
    git("add", ".")
    git("commit", "-m", "first")
    return git


def test_on_a_branch_its_commits_and_the_working_tree_count(repository, tmp_path):
    repository("checkout", "-b", "work")
    (tmp_path / "学").write_text("changed", encoding="utf-8")
    repository("commit", "-am", "second")
    (tmp_path / "b").unlink()
    (tmp_path / "new file").touch()
    assert changed.changes() == ["b", "new file", "学"]


def test_on_main_the_last_commit_counts(repository, tmp_path):
    (tmp_path / "a").write_text("changed", encoding="utf-8")
    repository("commit", "-am", "second")
    assert changed.changes() == ["a"]


def test_without_an_earlier_commit_there_is_advice(repository):
    with pytest.raises(Trouble, match="run the tests without --changed"):
        changed.changes()
