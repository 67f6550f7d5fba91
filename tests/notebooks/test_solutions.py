"""Solutions are sound, exercises are made from them and hold none, and stock nbgrader gives the right marks."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from thorough import mostly_thorough

from nnlearn.exercises.loader import of_chapter
from nnlearn.rooms import module, rooms
from tools.environment import ROOT
from tools.exercises import exercise, renew
from tools.notebooks import of_course, written

SOLUTIONS = sorted(ROOT.glob("solutions/*.ipynb"))
HANG_SECONDS = 600
CHAPTER = pytest.mark.parametrize("path", SOLUTIONS, ids=lambda path: path.stem)
IN_EACH_LANGUAGE = pytest.mark.parametrize(
    "path", of_course("solutions"), ids=lambda path: path.relative_to(ROOT).as_posix()
)


def cells(path, kind=""):
    """The cells of a notebook; those that answer, that are graded, or that are neither but locked, if asked for."""
    found = nbformat.read(path, as_version=4).cells
    return [cell for cell in found if not kind or cell.metadata.get("nbgrader", {}).get(kind)]


def exercise_of(path):
    """The file of the exercise that is made of a solution."""
    return ROOT / "exercises" / path.relative_to(ROOT / "solutions")


def points(path):
    """The points of a chapter's tasks, by the id of the task."""
    return {task.id: task.points for task in of_chapter(path.stem[:2])}


def test_every_solution_has_its_exercise_and_its_tasks():
    assert of_course("exercises") == [exercise_of(path) for path in of_course("solutions")]
    assert {path.stem[:2] for path in SOLUTIONS} == {number for number in rooms() if module(number, "tasks")}


# --- Solutions ---


@CHAPTER
def test_each_task_is_checked_once_by_one_line_for_its_points(path):
    graded = cells(path, "grade")
    found = [re.fullmatch(r'check\("([\d.]+)", .+\)', cell.source) for cell in graded]
    assert all(found), [cell.source for cell in graded]
    assert [match[1] for match in found] == list(points(path))
    assert [cell.metadata.nbgrader.points for cell in graded] == list(points(path).values())


@CHAPTER
def test_the_text_names_each_task_with_its_points_and_their_sum(path):
    text = "\n".join(cell.source for cell in cells(path) if cell.cell_type == "markdown")
    for task_id, task_points in points(path).items():
        assert re.search(rf"^## {re.escape(task_id)} .*\({task_points:g} point", text, re.MULTILINE)
    assert f"{sum(points(path).values()):g} points" in text


@CHAPTER
def test_cells_are_as_nbgrader_wants_them(path):
    ids = [cell.id for cell in cells(path)]
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"[a-z]+(-[a-z0-9]+)*", name) for name in ids)
    for cell in cells(path):
        assert not cell.get("outputs")
        if cell.cell_type == "code":
            data = cell.metadata.nbgrader
            assert (data.schema_version, data.grade_id, data.task) == (3, cell.id, False)
            assert [data.grade, data.solution, data.locked] in (
                [True, False, True],
                [False, True, False],
                [False, False, True],
            )
            assert data.solution == ("### BEGIN SOLUTION" in cell.source)


# --- Exercises ---


@IN_EACH_LANGUAGE
def test_the_exercise_is_up_to_date(path):
    pytest.importorskip("nbgrader", reason="nbgrader makes the exercises: pip install .[grading]")
    made = written(exercise(nbformat.read(path, as_version=4)))
    assert exercise_of(path).read_text(encoding="utf-8") == made, "run: python course.py exercises"


def test_an_exercise_whose_solution_is_gone_is_removed(tmp_path):
    pytest.importorskip("nbgrader", reason="nbgrader makes the exercises: pip install .[grading]")
    for folder, name in (("solutions", "03_b"), ("exercises", "03_b"), ("exercises", "02_a")):
        (tmp_path / folder / "zh").mkdir(parents=True, exist_ok=True)
        nbformat.write(nbformat.v4.new_notebook(), tmp_path / folder / "zh" / f"{name}.ipynb")
    renew(tmp_path, "zh")
    assert [path.name for path in tmp_path.glob("exercises/zh/*")] == ["03_b.ipynb"]


def answers(path):
    """The lines of each answer, by the id of its cell."""
    regions = {cell.id: re.findall("### BEGIN SOLUTION\n(.*?)### END SOLUTION", cell.source, re.S)
               for cell in cells(path, "solution")}  # fmt: skip
    return {
        name: [line.strip() for line in "".join(found).splitlines() if line.strip()] for name, found in regions.items()
    }


@IN_EACH_LANGUAGE
def test_the_exercise_holds_no_solution(path):
    stubs = {cell.id: cell.source for cell in cells(exercise_of(path), "solution")}
    assert stubs.keys() == answers(path).keys()
    for name, lines in answers(path).items():
        assert lines and "YOUR CODE HERE" in stubs[name]
        assert not [line for line in lines if len(line) > 3 and line in stubs[name]]
    assert "SOLUTION" not in exercise_of(path).read_text(encoding="utf-8")


@CHAPTER
def test_a_fresh_exercise_runs_from_end_to_end_and_is_readable(path, tmp_path):
    notebook = nbformat.read(ROOT / "exercises" / path.name, as_version=4)
    resources = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(
        notebook, timeout=HANG_SECONDS, startup_timeout=HANG_SECONDS, resources=resources
    ).execute()  # raises if a cell fails
    shown = {cell.id: cell.outputs for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade")}
    assert len(shown) == len(points(path))
    for (output,) in shown.values():
        assert "waiting for your answer." in output.data["text/plain"]
        assert output.data.keys() == {"text/plain"}
    assert not [
        output for cell in notebook.cells for output in cell.get("outputs", []) if output.get("name") == "stderr"
    ]


# --- nbgrader ---

BOB = {
    "gradient": """
def gradient_weighted(X, y, theta, weights):
    print("a line on stderr", file=__import__("sys").stderr)
    return list(2 / sum(weights) * X.T @ (weights * (X @ theta - y)))
""",
    "descend": """
def descend(gradient, theta, rate, steps):
    while True:
        pass
""",
    "steps-needed": """
def steps_needed(rate, curvature, factor):
    return np.log(factor) / np.log(1 - rate * curvature)
""",
    "diagnosis": """
def diagnosis():
    return {"a": "fine", "b": "uphill", "c": "fine", "e": "slope computed once"}
""",
    "momentum-step": """
def momentum_step(theta, velocity, gradient, rate, beta):
    np.log(-1.0)  # warns
    velocity = beta * velocity - rate * gradient
    return theta + velocity, velocity
""",
    "border": """
def border_stale(L, beta):
    return (1 - beta) / L


def border_ahead(L, beta, ahead):
    return border_stale(L, beta)
""",
}  # what is not here is not written
BOBS = [path for path in SOLUTIONS if BOB.keys() & {cell.id for cell in cells(path)}]
BOBS_MARKS = {"03 check-gradient": 2, "03 check-diagnosis": 1.5, "05 check-momentum-step": 2, "05 check-border": 1}


@pytest.fixture(scope="module")
def some(pytestconfig):
    """The chapters that nbgrader is given: all with --thorough, else those in which Bob has answered."""
    return SOLUTIONS if pytestconfig.getoption("thorough") else [path for path in SOLUTIONS if path in BOBS]


@pytest.fixture(scope="module")
def course(tmp_path_factory, some):
    """A course of stock nbgrader with one assignment, two students, and their marks."""
    pytest.importorskip("nbgrader", reason="nbgrader does the grading: pip install .[grading]")
    root = tmp_path_factory.mktemp("course")
    hand_in(some, root / "source" / "ex", {})
    hand_in(some, root / "submitted" / "ada" / "ex", {})
    hand_in(map(exercise_of, some), root / "submitted" / "bob" / "ex", BOB)
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])  # nbgrader calls alembic
    own = {"PATH": programs, "JUPYTER_CONFIG_DIR": str(root / "none"), "PYTHONWARNINGS": "ignore"}
    for command in ("generate_assignment", "autograde"):
        call = [sys.executable, "-m", "nbgrader", command, "ex"]
        done = subprocess.run(call, cwd=root, env={**os.environ, **own}, capture_output=True, encoding="utf-8")
        assert done.returncode == 0, done.stderr
    return root


def hand_in(paths, folder, changed):
    """The notebooks, some of their cells rewritten, where nbgrader looks for them."""
    folder.mkdir(parents=True)
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            cell.source = changed.get(cell.id, cell.source)
        nbformat.write(notebook, folder / path.name)


def marks(root, student):
    """The marks of a student, by notebook and cell, as the gradebook has them."""
    code = (
        "import json, sys; from nbgrader.api import Gradebook\n"
        "with Gradebook('sqlite:///gradebook.db') as book:\n"
        "    notebooks = book.find_submission('ex', sys.argv[1]).notebooks\n"
        "    print(json.dumps({f'{n.name[:2]} {g.name}': (g.auto_score, g.max_score)"
        "                      for n in notebooks for g in n.grades}))"
    )
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    call = [sys.executable, "-W", "ignore", "-c", code, student]
    done = subprocess.run(call, cwd=root, env={**os.environ, "PATH": programs}, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return {name: tuple(pair) for name, pair in json.loads(done.stdout).items()}


@pytest.mark.parametrize("path", mostly_thorough(SOLUTIONS, BOBS), ids=lambda path: path.stem)
def test_nbgrader_releases_the_same_exercise(course, path):
    assert cells(course / "release" / "ex" / path.name) == cells(ROOT / "exercises" / path.name)


def test_nbgrader_gives_the_solutions_full_marks(course, some):
    every = [task_points for path in some for task_points in points(path).values()]
    assert list(marks(course, "ada").values()) == [(each, each) for each in every]


def test_nbgrader_gives_part_marks_and_none_for_what_is_wrong_or_not_written(course):
    given = {name: got for name, (got, most) in marks(course, "bob").items()}
    assert given == dict.fromkeys(given, 0) | BOBS_MARKS


def test_a_graded_notebook_shows_hints_without_tracebacks(course, some):
    outputs = {
        f"{path.stem[:2]} {cell.id}": cell.outputs[0]
        for path in some
        for cell in cells(course / "autograded" / "bob" / "ex" / path.name, "grade")
    }
    assert "It took more than 5 seconds" in outputs["03 check-descend"].traceback[0]
    assert "This is a fraction." in outputs["03 check-steps-needed"].traceback[0]
    assert "waiting for your answer" in outputs["05 check-decide"].traceback[0]
    assert all(len(output.get("traceback", [""])) == 1 for output in outputs.values())
    assert outputs["05 check-border"].data["text/plain"] == "1"
    assert "ahead: not right yet." in outputs["05 check-border"].data["text/markdown"]
