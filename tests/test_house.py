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
from traitlets.config import PyFileConfigLoader

import course
from nnlearn import progress
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


# --- The catalogue ---


@pytest.fixture
def package(tmp_path):
    code = 'say("The run stopped at step {step}.", step=3)\nlabel = mark("rate")\nsay(label)\n'
    (tmp_path / "nnlearn").mkdir()
    (tmp_path / "nnlearn/module.py").write_text(code, encoding="utf-8")
    return tmp_path / "nnlearn"


def po(package):
    return package / "locale/zh/LC_MESSAGES/nnlearn.po"


def translate(package, original, translation):
    text = po(package).read_text(encoding="utf-8")
    before = f'msgid "{original}"\nmsgstr '
    assert before in text
    po(package).write_text(re.sub(re.escape(before) + '".*"', f'{before}"{translation}"', text), encoding="utf-8")


def test_the_catalogue_holds_every_sentence(package, capsys):
    assert catalogue.main(package) == 0
    assert "2 sentences, 2 not translated yet" in capsys.readouterr().out


def test_a_translation_is_kept_compiled_and_stable(package, monkeypatch):
    catalogue.main(package)
    translate(package, "rate", "学习率")
    old = re.sub("Creation-Date: [^+]*", "Creation-Date: 2026-01-31 12:00", po(package).read_text(encoding="utf-8"))
    po(package).write_text(old, encoding="utf-8")
    assert catalogue.main(package) == 0
    before = po(package).read_bytes()
    assert catalogue.main(package) == 0
    assert po(package).read_bytes() == before
    assert b"2026-01-31" in before

    from nnlearn import language

    monkeypatch.setattr(language, "CATALOGUES", package / "locale")
    monkeypatch.setenv("NNLEARN_LANG", "zh_CN.UTF-8")
    language.translations.cache_clear()
    assert (language.say("rate"), language.say("step {n}", n=1)) == ("学习率", "step 1")
    language.translations.cache_clear()


def test_a_reworded_sentence_gets_no_guess(package):
    catalogue.main(package)
    translate(package, "The run stopped at step {step}.", "第 {step} 步停止。")
    module = package / "module.py"
    module.write_text(module.read_text(encoding="utf-8").replace("stopped at", "ended at"), encoding="utf-8")
    catalogue.main(package)
    text = po(package).read_text(encoding="utf-8")
    assert 'msgid "The run ended at step {step}."\nmsgstr ""' in text
    assert "停止" not in text
    assert "fuzzy" not in text


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
