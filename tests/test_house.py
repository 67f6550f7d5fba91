"""The files around the package agree with each other, and course.py does what it says."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from polib import pofile
from traitlets.config import PyFileConfigLoader

import course
from nnlearn import language, progress
from nnlearn.rooms import rooms
from tools import browsers, catalogue, doctor, environment
from tools.changed import Choice
from tools.environment import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS = PROJECT["optional-dependencies"]
WANTED = [Requirement(text) for texts in (PROJECT["dependencies"], *EXTRAS.values()) for text in texts]


def lines_of(name):
    """The lines of a file of the project, without comments."""
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


# --- pyproject.toml, constraints.txt, environment.yml ---


@pytest.fixture(scope="module")
def pins():
    pinned = [Requirement(line) for line in lines_of("constraints.txt")]
    return {canonicalize_name(pin.name): pin for pin in pinned}


@pytest.mark.parametrize("wanted", WANTED, ids=lambda wanted: wanted.name)
def test_what_is_wanted_is_pinned_to_a_version_that_fits(wanted, pins):
    (version,) = (each.version for each in pins[canonicalize_name(wanted.name)].specifier)
    assert wanted.specifier.contains(version)


def closure(wanted):
    """The names of all installed packages that these requirements bring along."""
    names = set()
    left = [(requirement, "") for requirement in wanted]
    while left:
        requirement, extra = left.pop()
        name = canonicalize_name(requirement.name)
        if requirement.marker and not requirement.marker.evaluate({"extra": extra}):
            continue
        try:
            texts = metadata.requires(name) or []
        except metadata.PackageNotFoundError:  # of an extra that is not installed
            continue
        if name not in names:
            names.add(name)
            left += [(Requirement(text), each) for text in texts for each in requirement.extras or {""}]
    return names


@pytest.mark.skipif(sys.platform != "linux", reason="others need packages that were not tested")
def test_everything_that_is_brought_along_is_pinned(pins):
    brought = {name for name in closure(WANTED) if not re.match("nvidia-|cuda-|triton", name)}
    assert len(brought) > 100
    assert brought - pins.keys() == set()


def test_constraints_are_exact_and_name_no_place(pins):
    for pin in pins.values():
        assert re.fullmatch(r"==[\w.]+", str(pin.specifier)), f"{pin} is not exact"
        assert pin.url is None
    assert lines_of("constraints.txt") == sorted(lines_of("constraints.txt"))


def test_the_pythons_agree():
    spans = SpecifierSet(PROJECT["requires-python"])
    for minor in range(8, 20):
        fits = environment.OLDEST <= (3, minor) <= environment.NEWEST
        assert spans.contains(f"3.{minor}") == fits


def test_conda_installs_the_same():
    conda = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    python, pip, packages = conda["dependencies"]
    assert SpecifierSet(PROJECT["requires-python"]).contains(python.removeprefix("python="))
    assert (pip, packages) == ("pip", {"pip": ["--constraint constraints.txt", "--editable ."]})


# --- course.py: the command line ---


def run(*arguments, **variables):
    """course.py in a process of its own."""
    command = [sys.executable, str(ROOT / "course.py"), *arguments]
    return subprocess.run(command, env={**os.environ, **variables}, capture_output=True, encoding="utf-8")


OWN = ("course.py", "tools/changed.py", "tools/environment.py", "tools/doctor.py", "tools/browsers.py")


@pytest.mark.parametrize("name", OWN)
def test_an_old_python_can_read_it_without_packages(name):
    tree = ast.parse((ROOT / name).read_text(encoding="utf-8"), feature_version=(3, 7))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    own = {file.removesuffix(".py").replace("/", ".") for file in OWN}
    assert {module.partition(".")[0] for module in imported - own} <= sys.stdlib_module_names


def test_alone_it_lists_the_commands():
    listing = run()
    assert listing.returncode == 0
    for name in ("lab", "test", "check", "notebooks", "bench", "catalogue", "doctor"):
        assert re.search(rf"^ +{name}\b", listing.stdout, re.MULTILINE)


def test_make_has_the_same_commands():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    (targets,) = re.findall(r"^\.PHONY: help (.*)$", makefile, re.MULTILINE)
    assert targets.split() == list(course.COMMANDS)
    assert f"\n{targets}:\n" in makefile


@pytest.mark.parametrize("command", ["check", "catalogue", "doctor"])
def test_an_argument_that_nobody_knows_is_refused(command):
    refused = run(command, "--no-such-option")
    assert refused.returncode == 2
    assert "--no-such-option" in refused.stderr


@pytest.mark.parametrize(
    "given, extras, passed_on",
    [
        (["test"], ["dev"], []),
        (["test", "--peers"], ["dev", "peers"], []),
        (["test", "--", "-k", "foo", "--peers"], ["dev"], ["-k", "foo", "--peers"]),
        (["test", "-x", "tests/test_house.py"], ["dev"], ["-x", "tests/test_house.py"]),
        (["test", "--thorough", "--longest", "-x"], ["dev"], ["--thorough", "--durations=20", "-x"]),
        (["notebooks", "03"], ["dev"], ["03"]),
        (["zh", "05"], ["dev"], ["05"]),
        (["bench"], [], []),
        (["lab", "--port", "9999"], [], ["--port", "9999"]),
        (["lab", "--no-browser"], [], ["--no-browser"]),
        (["lab", "--he"], [], ["--he"]),  # no shorthand for --here or --help
    ],
)
def test_arguments_are_passed_on(given, extras, passed_on, monkeypatch):
    handed = []
    asked = []
    monkeypatch.setattr(course, "hand_over", lambda command, variables=None: handed.append(command))
    monkeypatch.setattr(course, "environment", lambda prefix, *names: asked.extend(names))
    course.main(given)
    assert asked == extras
    assert handed[0][len(handed[0]) - len(passed_on) :] == passed_on
    assert "--" not in handed[0]


def test_only_what_a_change_touches_is_run(monkeypatch, capsys):
    handed = []
    monkeypatch.setattr(course, "hand_over", lambda command, variables=None: handed.append(command))
    monkeypatch.setattr(course, "environment", lambda prefix, *names: "python")
    monkeypatch.setattr(course, "touched", lambda: Choice(["tests/test_a.py"], "1 of 9 files: tests/test_a.py"))
    course.main(["test", "--changed", "-x"])
    assert handed[0][-2:] == ["-x", "tests/test_a.py"]
    monkeypatch.setattr(course, "touched", lambda: Choice([], "All tests: a may touch any."))
    course.main(["test", "--changed", "-x"])
    assert handed[1] == handed[0][:-1]
    monkeypatch.setattr(course, "touched", lambda: Choice([], ""))
    course.main(["test", "--changed"])
    assert len(handed) == 2
    said = ["1 of 9 files: tests/test_a.py", "All tests: a may touch any.", "Nothing has changed."]
    assert capsys.readouterr().out.splitlines() == said


def test_trouble_is_one_sentence(monkeypatch, capsys):
    def trouble(prefix, *extras):
        raise environment.Trouble("Mend this.")

    monkeypatch.setattr(course, "environment", trouble)
    assert course.main(["lab"]) == 1
    assert capsys.readouterr().err == "Mend this.\n"


# --- The environment ---


@pytest.fixture
def calls(monkeypatch):
    """What pip and venv are asked to do; they answer with ``calls.code``."""
    asked = SimpleNamespace(commands=[], code=0)

    def call(command, **_):
        asked.commands.append(" ".join(map(str, command)))
        return asked.code

    monkeypatch.setattr(environment.subprocess, "call", call)
    monkeypatch.setattr(environment, "VENV", None)  # prefix is like conda's: nothing to prepare
    monkeypatch.setattr(environment, "works", lambda python, *arguments: True)
    return asked


def test_the_second_start_installs_nothing(tmp_path, calls):
    for _ in range(2):
        environment.environment(tmp_path)
    (pip,) = calls.commands
    assert pip.endswith("-m pip --disable-pip-version-check install --editable . --constraint constraints.txt")


def test_extras_are_added_and_kept(tmp_path, calls):
    environment.environment(tmp_path, "dev")
    environment.environment(tmp_path)
    environment.environment(tmp_path, "peers")
    environment.environment(tmp_path, "dev")
    assert [re.search(r"--editable (\S+)", command)[1] for command in calls.commands] == [
        ".[dev]",
        ".[dev,peers]",
    ]


def test_what_changed_is_installed(tmp_path, calls, monkeypatch):
    environment.environment(tmp_path)
    monkeypatch.setattr(environment, "fingerprint", lambda: "other")
    environment.environment(tmp_path)
    assert len(calls.commands) == 2


def test_a_failed_installation_is_said_and_leaves_the_last_one(tmp_path, calls):
    environment.environment(tmp_path)
    calls.code = 1
    with pytest.raises(environment.Trouble, match="pip says why"):
        environment.environment(tmp_path, "dev")
    environment.environment(tmp_path)
    assert len(calls.commands) == 2


def test_a_damaged_stamp_counts_as_none(tmp_path):
    environment.stamp_file(tmp_path).write_text('{"finger', encoding="utf-8")
    assert environment.installed(tmp_path) is None


def test_the_fingerprint_is_of_files_and_place(tmp_path, monkeypatch):
    for place in ("a", "b"):
        (tmp_path / place).mkdir()
        for name in ("pyproject.toml", "constraints.txt"):
            (tmp_path / place / name).write_text("same", encoding="utf-8")
    seen = set()
    for place, text in (("a", "same"), ("b", "same"), ("a", "other")):
        (tmp_path / place / "constraints.txt").write_text(text, encoding="utf-8")
        monkeypatch.setattr(environment, "ROOT", tmp_path / place)
        seen.add(environment.fingerprint())
    assert len(seen) == 3


def package_of(prefix, name, *files):
    folder = prefix / "lib/python3.11/site-packages" / f"{name}.dist-info"
    folder.mkdir(parents=True)
    for file in files:
        (folder / file).touch()
    return folder


def test_an_interrupted_package_is_installed_again(tmp_path, calls, monkeypatch):
    whole = package_of(tmp_path, "whole-1", "METADATA", "RECORD", "INSTALLER")
    half = package_of(tmp_path, "half-1", "METADATA", "RECORD")
    monkeypatch.setattr(environment, "VENV", tmp_path)
    environment.environment(tmp_path)
    assert (whole.exists(), half.exists()) == (True, False)
    assert len(calls.commands) == 1  # pip alone: the environment was not made anew


@pytest.mark.parametrize("damage", ["pip is half there", "python does not start"])
def test_an_interrupted_environment_is_made_anew(tmp_path, calls, monkeypatch, damage):
    if damage == "pip is half there":
        package_of(tmp_path, "pip-26", "METADATA", "RECORD")
    else:
        monkeypatch.setattr(environment, "works", lambda python, *arguments: False)
    monkeypatch.setattr(environment, "VENV", tmp_path)
    environment.environment(tmp_path)
    venv, pip = calls.commands
    assert venv == f"{sys.executable} -m venv --clear {tmp_path}"


@pytest.mark.parametrize(
    "version, others, advice",
    [
        ((3, 9, 2), ["python3.12", "python3.11"], "this is 3.9. Run it with python3.12."),
        ((3, 14, 0), [], "The course needs Python 3.11 to 3.13; this is 3.14. Install one of those"),
    ],
)
def test_an_unsuited_python_is_told_what_to_do(version, others, advice, monkeypatch):
    monkeypatch.setattr(environment.sys, "version_info", version)
    monkeypatch.setattr(environment.shutil, "which", lambda name: name if name in others else None)
    assert advice in environment.unsuited_python()


def test_debian_without_venv_is_told_what_to_do(monkeypatch):
    monkeypatch.setattr(environment.importlib.util, "find_spec", lambda name: None if name == "ensurepip" else name)
    assert "lacks ensurepip. On Debian and Ubuntu: sudo apt install python3-venv" in environment.unsuited_python()


# --- The chapters' rooms ---


@pytest.mark.parametrize("number", rooms())
def test_a_room_has_the_name_of_its_notebook_and_its_tests(number):
    (notebook,) = ROOT.glob(f"notebooks/{number}_*.ipynb")
    assert rooms()[number].name == f"ch{notebook.stem}"
    assert list(ROOT.glob(f"tests/chapters/test_{number}_*.py"))


# --- nnlearn: arrows point one way ---

PACKAGE = ROOT / "nnlearn"
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in PACKAGE.rglob("*.py")
}


def imported(source):
    """The names that a module imports, also within functions, but for those that only a type checker sees."""
    left = [ast.parse(source)]
    while left:
        node = left.pop()
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import():
                yield from (alias.name for alias in node.names)
            case ast.ImportFrom():
                yield from (f"{node.module}.{alias.name}" for alias in node.names)
        left += ast.iter_child_nodes(node)


def arrows(sources):
    """Of each module, given as source by name, those of them that it imports."""
    places = {name: {found if found in sources else found.rpartition(".")[0] for found in imported(source)}
              for name, source in sources.items()}  # fmt: skip
    return {name: (found & sources.keys()) - {name} for name, found in places.items()}


def circles(graph):
    """The sets of modules each of which leads to all of the set."""

    def reached(start):
        found, left = set(), [start]
        while left:
            fresh = graph[left.pop()] - found
            found |= fresh
            left += fresh
        return found

    reach = {name: reached(name) for name in graph}
    return {frozenset(other for other in reach[name] if name in reach[other]) for name in graph if name in reach[name]}


def floor(module):
    """The library is below the machinery, and the machinery below the chapters."""
    room = (*module.split("."), "")[1]
    return {"explorers": 1, "exercises": 1, "chapters": 2}.get(room, 0)


def wrong_arrows(graph):
    """Imports from below upwards, and from one chapter's room into another."""

    def wrong(here, there):
        rooms = {".".join(name.split(".")[:3]) for name in (here, there)}
        return floor(there) > floor(here) or (floor(here) == floor(there) == 2 and len(rooms) > 1)

    return {(here, there) for here, found in graph.items() for there in found if wrong(here, there)}


@pytest.fixture(scope="module")
def graph():
    return arrows({name: path.read_text(encoding="utf-8") for name, path in MODULES.items()})


def test_imports_go_from_chapters_to_machinery_to_library(graph):
    assert len(graph) > 100
    assert graph["nnlearn.chapters.ch05_momentum.tasks"] >= {
        "nnlearn.exercises.task",
        "nnlearn.chapters.ch05_momentum.diagnoses",
    }
    assert wrong_arrows(graph) == set()


def test_no_more_than_two_files_import_each_other(graph):
    assert [sorted(circle) for circle in circles(graph) if len(circle) > 2] == []


def test_wrong_arrows_and_circles_are_found():
    graph = arrows({
        "nnlearn.row": "def later():\n    from nnlearn.explorers import explorer",
        "nnlearn.explorers.explorer": "import nnlearn.stop",
        "nnlearn.stop": "from nnlearn.row import Row\nif TYPE_CHECKING:\n    import nnlearn.chapters.ch01_a.tasks",
        "nnlearn.chapters.ch01_a.tasks": "from nnlearn.chapters.ch02_b import tasks\nimport nnlearn.stop",
        "nnlearn.chapters.ch02_b.tasks": "from nnlearn.chapters.ch02_b.dial import Dial",
        "nnlearn.chapters.ch02_b.dial": "",
    })  # fmt: skip
    assert wrong_arrows(graph) == {
        ("nnlearn.row", "nnlearn.explorers.explorer"),
        ("nnlearn.chapters.ch01_a.tasks", "nnlearn.chapters.ch02_b.tasks"),
    }
    assert circles(graph) == {frozenset({"nnlearn.row", "nnlearn.explorers.explorer", "nnlearn.stop"})}


# --- The doctor ---


def test_the_doctor_finds_that_this_computer_is_fit():
    told = run("doctor", "--here")
    assert told.returncode == 0, told.stdout
    assert told.stdout.endswith("The course can run.\n")


@pytest.mark.parametrize(
    "finding, verdict, sentence",
    [
        (lambda: doctor.computer("Darwin", "x86_64"), doctor.MEND, "Intel Macs"),
        (lambda: doctor.computer("Darwin", "arm64"), doctor.OK, "Darwin arm64"),
        (lambda: doctor.room(3.9, needed=4), doctor.MEND, "3.9 GB of disk are free and 4 are needed"),
        (lambda: doctor.room(40.2, needed=4), doctor.OK, "40 GB of disk are free"),
        (lambda: doctor.folder(ROOT / "no such folder"), doctor.MEND, "can't be written to"),
        (lambda: doctor.folder(ROOT), doctor.OK, "can be written to"),
        (lambda: doctor.test_browser(None), doctor.NOTE, "NNLEARN_BROWSER"),
        (lambda: doctor.test_browser("/a/chrome"), doctor.OK, "/a/chrome"),
    ],
)
def test_a_finding(finding, verdict, sentence):
    found = finding()
    assert found[0] == verdict
    assert sentence in found[1]


def test_the_doctor_knows_where_the_learner_stopped(monkeypatch, tmp_path):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "进度 1.jsonl"))
    assert "Nothing done yet" in doctor.progress(Path(sys.executable))[1]
    progress.note("goal", "03.Bowl.1")
    assert "You stopped in chapter 03" in doctor.progress(Path(sys.executable))[1]


def test_other_versions_are_named(monkeypatch):
    monkeypatch.setattr(
        doctor, "tested_versions", lambda: {"numpy": "1.0", "pytest": pytest.__version__, "absent": "1"}
    )
    verdict, sentence = doctor.versions(Path(sys.executable))
    assert verdict == doctor.NOTE
    assert re.search(r"numpy [\d.]+ \(1\.0\)", sentence)
    assert "pytest" not in sentence
    assert "absent" not in sentence


def test_a_trouble_makes_the_doctor_fail(monkeypatch, capsys):
    monkeypatch.setattr(course, "examination", lambda prefix: [(doctor.OK, "fine"), (doctor.MEND, "broken")])
    assert course.main(["doctor"]) == 1
    assert capsys.readouterr().out.endswith("The course can't run yet: see the lines marked MEND.\n")


def test_the_browser_can_be_named(monkeypatch):
    monkeypatch.setenv("NNLEARN_BROWSER", sys.executable)
    assert browsers.chromium() == sys.executable
    monkeypatch.setenv("NNLEARN_BROWSER", str(ROOT / "no-such-browser"))
    assert browsers.chromium() is None


# --- JupyterLab's configuration ---


@pytest.fixture(scope="module")
def jupyter():
    return PyFileConfigLoader("jupyter_server_config.py", path=str(ROOT / "jupyter")).load_config()


def test_jupyterlab_stays_at_home_and_quiet(jupyter):
    assert jupyter.ServerApp.ip == "127.0.0.1"
    assert jupyter.LabApp.news_url is None
    assert jupyter.LabApp.check_for_updates_class == "jupyterlab.NeverCheckForUpdate"
    settings = Path(jupyter.LabApp.app_settings_dir, "overrides.json").read_text(encoding="utf-8")
    assert json.loads(settings)["@jupyterlab/apputils-extension:notification"]["fetchNews"] == "false"


def test_nbgrader_stays_out_of_the_way(jupyter):
    assert set(jupyter.ServerApp.jpserver_extensions.values()) == {False}
    page = json.loads((ROOT / "jupyter/labconfig/page_config.json").read_text(encoding="utf-8"))
    assert page["disabledExtensions"]["@jupyter/nbgrader"] is True


def test_a_kernels_websocket_is_told_to_send_at_once(jupyter, monkeypatch):
    connection = jupyter.ServerApp.kernel_websocket_connection_class
    monkeypatch.setattr(connection.__mro__[1], "connect", lambda self: "connected")
    told = []
    handler = SimpleNamespace(set_nodelay=told.append)
    stub = type("Stub", (connection,), {"websocket_handler": handler, "__init__": lambda self: None})
    assert stub().connect() == "connected"
    assert told == [True]


# --- The catalogues ---


SAYS = 'say("The run stopped at step {step}.", step=3)\nlabel = mark("rate")\nsay(label)\n'


@pytest.fixture
def package(tmp_path):
    """A package with a chapter."""
    package = tmp_path / "nnlearn"
    (package / "chapters/ch99_example").mkdir(parents=True)
    (package / "module.py").write_text(SAYS, encoding="utf-8")
    (package / "chapters/ch99_example/tasks.py").write_text('mark("rate")\nmark("What is it?")\n', encoding="utf-8")
    return package


def po(folder):
    return folder / "locale/zh.po"


def entries(folder):
    return {entry.msgid: entry for entry in pofile(str(po(folder)), encoding="utf-8")}


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def translate(folder, original, translation):
    change(po(folder), f'msgid "{original}"\nmsgstr ""', f'msgid "{original}"\nmsgstr "{translation}"')


def test_each_sentence_is_in_the_catalogue_of_its_place(package, capsys):
    assert catalogue.main(package) == 0
    assert "3 sentences, 3 not translated yet, 0 to be mended" in capsys.readouterr().out
    assert list(entries(package)) == ["The run stopped at step {step}.", "rate"]
    assert list(entries(package / "chapters/ch99_example")) == ["What is it?"]


def test_a_translation_is_kept_and_stable(package, monkeypatch):
    catalogue.main(package)
    translate(package, "rate", "学习率")
    assert catalogue.main(package) == 0
    before = po(package).read_bytes()
    assert catalogue.main(package) == 0
    assert po(package).read_bytes() == before

    monkeypatch.setattr(language, "PACKAGE", package)
    monkeypatch.setenv("NNLEARN_LANG", "zh_CN.UTF-8")
    assert (language.say("rate"), language.say("step {n}", n=1)) == ("学习率", "step 1")


def test_a_translation_goes_where_its_sentence_goes(package):
    catalogue.main(package)
    translate(package / "chapters/ch99_example", "What is it?", "这是什么？")
    (package / "chapters/ch99_example/tasks.py").write_text('mark("Why?")', encoding="utf-8")
    change(package / "module.py", 'mark("rate")', 'mark("What is it?")')
    catalogue.main(package)
    assert entries(package)["What is it?"].msgstr == "这是什么？"
    assert list(entries(package / "chapters/ch99_example")) == ["Why?"]


def test_a_reworded_sentence_keeps_its_translation_until_it_is_mended(package, capsys, monkeypatch):
    catalogue.main(package)
    translate(package, "The run stopped at step {step}.", "第 {step} 步停止。")
    for words in ("ended at", "ended after"):  # reworded twice
        (package / "module.py").write_text(SAYS.replace("stopped at", words), encoding="utf-8")
        catalogue.main(package)
        assert "1 to be mended" in capsys.readouterr().out
    entry = entries(package)["The run ended after step {step}."]
    assert (entry.msgstr, entry.fuzzy) == ("第 {step} 步停止。", True)
    assert entry.previous_msgid == "The run stopped at step {step}."

    monkeypatch.setattr(language, "PACKAGE", package)
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    assert language.say("The run ended after step {step}.", step=3) == "The run ended after step 3."

    change(po(package), "#, fuzzy, python-brace-format", "#, python-brace-format")
    change(po(package), "步停止", "步之后停止")
    catalogue.main(package)
    entry = entries(package)["The run ended after step {step}."]
    assert (entry.msgstr, entry.fuzzy, entry.previous_msgid) == ("第 {step} 步之后停止。", False, None)


def test_what_comes_back_is_as_it_was(package):
    catalogue.main(package)
    translate(package, "The run stopped at step {step}.", "第 {step} 步停止。")
    catalogue.main(package)
    before = po(package).read_bytes()
    for words in ("ended at", "stopped at"):
        (package / "module.py").write_text(SAYS.replace("stopped at", words), encoding="utf-8")
        catalogue.main(package)
    assert po(package).read_bytes() == before


def test_what_is_said_no_more_stays_until_all_is_translated(package):
    catalogue.main(package)
    translate(package, "The run stopped at step {step}.", "第 {step} 步停止。")
    (package / "module.py").write_text('say("Look at the picture.")', encoding="utf-8")
    catalogue.main(package)
    assert entries(package)["The run stopped at step {step}."].obsolete
    translate(package, "Look at the picture.", "请看图。")
    catalogue.main(package)
    assert list(entries(package)) == ["Look at the picture."]


def test_a_translation_with_other_fields_is_refused(package, capsys):
    catalogue.main(package)
    translate(package, "The run stopped at step {step}.", "第 {steps} 步停止。")
    assert catalogue.main(package) == 1
    assert "第 {steps} 步停止。" in capsys.readouterr().out


# --- CI ---


def test_ci_runs_the_tests():
    script = ROOT / ".ci/run"
    assert script.read_text(encoding="utf-8").rstrip().endswith("\nmake test")
    if os.name == "posix":
        assert os.access(script, os.X_OK)
