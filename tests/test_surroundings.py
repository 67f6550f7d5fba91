"""A user's own settings, a home that can't be written to, a broken package: the course starts, or says why not."""

import json
import os
import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from test_house import PROJECT

import course
from tools import doctor, environment, findings, imports, surroundings
from tools.environment import ROOT, VENV

HERE = Path(sys.prefix)
STATE = str(ROOT / ".jupyter")


# --- The environment variables of JupyterLab ---

OWN = {
    "PYTHONSTARTUP": "/home/me/start.py", "PYTHONWARNINGS": "error", "PYTHONOPTIMIZE": "2", "PYTHONUTF8": "0",
    "PYTHONIOENCODING": "latin-1", "JUPYTER_PATH": "/kernels", "JUPYTER_NO_CONFIG": "1", "JUPYTER_DATA_DIR": "/data",
    "JUPYTER_RUNTIME_DIR": "/run", "JUPYTERLAB_SETTINGS_DIR": "/settings", "IPYTHONDIR": "/ipython",
    "MPLBACKEND": "TkAgg", "MATPLOTLIBRC": "/rc", "MPLCONFIGDIR": "/mpl", "KERAS_BACKEND": "jax",
    "KERAS_HOME": "/keras", "KERAS_MAX_EPOCHS": "1", "TF_USE_LEGACY_KERAS": "1",
}  # fmt: skip
PACKAGES = {"PYTHONPATH": "/ros", "PYTHONHOME": "/python", "PYTHONUSERBASE": "/base"}
KEPT = {
    "HOME": "/home/我 me",
    "JUPYTER_TOKEN": "secret",
    "NNLEARN_LANG": "zh",
    "LC_ALL": "C",
    "PIP_INDEX_URL": "mirror",
}


@pytest.fixture
def own(monkeypatch):
    """A user who has set all of it."""
    for name, value in (OWN | PACKAGES | KEPT).items():
        monkeypatch.setenv(name, value)


@pytest.mark.parametrize("prefix", [VENV, HERE])
def test_no_setting_of_the_user_s_own_reaches_jupyterlab(own, prefix):
    given = surroundings.surroundings(prefix)
    assert {name: given[name] for name in KEPT} == KEPT
    assert not set(given.values()) & {value for value in OWN.values() if value.startswith("/")}
    assert not {"MPLBACKEND", "KERAS_BACKEND", "KERAS_MAX_EPOCHS", "TF_USE_LEGACY_KERAS", "JUPYTER_NO_CONFIG"} & set(
        given
    )
    assert given["PYTHONUTF8"] == "1" and not {"PYTHONWARNINGS", "PYTHONOPTIMIZE", "PYTHONIOENCODING"} & set(given)
    assert (PACKAGES.keys() <= given.keys()) == (prefix != VENV)  # elsewhere packages may be where they say
    assert not (PACKAGES.keys() & given.keys()) or prefix == HERE


@pytest.mark.parametrize("prefix", [VENV, HERE])
def test_pip_and_pytest_are_led_nowhere_else_either(own, prefix):
    given = environment.apart(prefix)
    leading = {name for name in given if name.startswith("PYTHON")} - {"PYTHONUTF8"}
    assert leading == (set() if prefix == VENV else PACKAGES.keys())
    assert (given.get("PIP_USER") == "0") == (prefix == VENV)
    assert given["KERAS_BACKEND"] == "jax"  # a contributor may try another


LOOK = """
import json, sys
from jupyter_core.paths import jupyter_config_path, jupyter_data_dir, jupyter_path, jupyter_runtime_dir
from IPython.paths import get_ipython_dir
import matplotlib
print(json.dumps({"data": jupyter_data_dir(), "runtime": jupyter_runtime_dir(), "ipython": get_ipython_dir(),
                  "matplotlib": matplotlib.get_configdir(), "rc": matplotlib.matplotlib_fname(),
                  "kernels": jupyter_path("kernels")[0], "config": jupyter_config_path()[:2],
                  "utf8": sys.flags.utf8_mode}))
"""


@pytest.mark.parametrize("home", ["", "/dev/null/home", "{tmp}/我的 家"], ids=["none", "none can be made", "Chinese"])
def test_what_jupyter_keeps_lies_in_the_course(own, monkeypatch, tmp_path, home):
    """Asked of the libraries themselves, in a process without a home, or with one full of what leads astray."""
    home = home.format(tmp=tmp_path)
    for settings in (".config/matplotlib/matplotlibrc", ".ipython/profile_default/startup/00.py", ".keras/keras.json"):
        if home.startswith(str(tmp_path)):
            (tmp_path / "我的 家" / settings).parent.mkdir(parents=True)
            (tmp_path / "我的 家" / settings).write_text("broken", encoding="utf-8")
    for name in PACKAGES:
        monkeypatch.delenv(name)
    given = surroundings.surroundings(HERE)
    given = {**given, "HOME": home} if home else {name: value for name, value in given.items() if name != "HOME"}
    seen = subprocess.run([sys.executable, "-c", LOOK], env=given, capture_output=True, encoding="utf-8")
    assert (seen.returncode, seen.stderr) == (0, "")
    found = json.loads(seen.stdout)
    assert all(found[name].startswith(STATE) for name in ("data", "runtime", "ipython", "matplotlib"))
    assert "mpl-data" in found["rc"] and found["kernels"].startswith(sys.prefix)
    assert found["config"][:1] == [str(ROOT / "jupyter")] and found["utf8"] == 1


def test_who_has_no_home_gets_one(monkeypatch):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    assert surroundings.surroundings(VENV).get("HOME") == os.environ.get("HOME")
    monkeypatch.setattr(Path, "home", nowhere)
    assert surroundings.surroundings(VENV)["HOME"] == STATE


def test_on_a_disk_without_permissions_keys_go_to_jupyter_s_own_place(monkeypatch):
    monkeypatch.setattr(surroundings, "keeps_private", lambda path: False)
    assert "JUPYTER_RUNTIME_DIR" not in surroundings.surroundings(VENV)


def test_whether_files_can_be_kept_private(tmp_path, monkeypatch):
    assert surroundings.keeps_private(tmp_path)
    assert not surroundings.keeps_private(tmp_path / "absent")
    monkeypatch.setattr(Path, "stat", lambda self, **_: os.stat_result((0o100777, *[0] * 9)))  # as WSL shows Windows's
    assert not surroundings.keeps_private(tmp_path)


# --- Keras, wherever nnlearn is imported ---


def keras_with(code, tmp_path, settings, **variables):
    """What a process prints whose keras.json holds these settings."""
    (tmp_path / "keras.json").write_text(json.dumps(settings), encoding="utf-8")
    own = {**os.environ, "KERAS_HOME": str(tmp_path), **variables}
    return subprocess.run([sys.executable, "-c", code], env=own, capture_output=True, encoding="utf-8", cwd=ROOT)


def test_a_keras_json_and_keras_backend_change_no_lesson(tmp_path):
    settings = {"backend": "torch", "floatx": "float16", "epsilon": 0.5, "image_data_format": "channels_first"}
    code = (
        "from nnlearn.interop.quiet import keras; c = keras.config;"
        "print(c.backend(), c.floatx(), c.epsilon(), c.image_data_format())"
    )
    seen = keras_with(code, tmp_path, settings, KERAS_BACKEND="jax")
    assert (seen.stdout, seen.stderr) == ("tensorflow float32 1e-07 channels_last\n", "")


def test_keras_loaded_before_with_another_backend_is_named(tmp_path):
    code = "import keras; keras.config.backend = lambda: 'numpy'; import nnlearn.interop.quiet"  # numpy's needs jax
    seen = keras_with(code, tmp_path, {"backend": "tensorflow"}, KERAS_BACKEND="")
    last = seen.stderr.splitlines()[-1]
    assert (
        "the backend numpy" in last and str(tmp_path / "keras.json") in last and "import nnlearn.interop first" in last
    )


# --- The start: one sentence where it can't be ---


@pytest.mark.parametrize(
    ("name", "finding", "words"),
    [("folder", (findings.MEND, "can't be written to"), "can't be written to"),
     ("room", (findings.MEND, "make room"), "make room")],
)  # fmt: skip
def test_lab_says_what_stands_in_its_way(monkeypatch, capsys, name, finding, words):
    monkeypatch.setattr(course, name, lambda *_: finding)
    monkeypatch.setattr(course, "environment", lambda *_: pytest.fail("it went on"))
    assert course.main(["lab"]) == 1
    assert capsys.readouterr().err == f"{words}\n"


@pytest.mark.parametrize("made", [False, True])
def test_the_first_installation_needs_more_room(monkeypatch, tmp_path, made):
    asked = []
    monkeypatch.setattr(course, "room", lambda path, needed: asked.append(needed) or (findings.OK, ""))
    monkeypatch.setattr(course, "interpreter", lambda prefix: Path(sys.executable) if made else tmp_path / "python")
    monkeypatch.setattr(course, "environment", lambda prefix: "python")
    monkeypatch.setattr(course, "hand_over", lambda command, variables: None)
    course.main(["lab"])
    assert asked == [findings.TO_WORK if made else findings.TO_INSTALL]


def test_a_folder_on_a_full_disk():
    if not Path("/dev/full").exists():
        pytest.skip("no /dev/full here")
    assert findings.folder(ROOT)[0] == findings.OK


class Full:
    """A file on a disk on which nothing more fits."""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def write(self, data):
        raise OSError(28, "No space left on device")


def test_a_full_disk_is_no_folder_to_work_in(monkeypatch):
    monkeypatch.setattr(findings.tempfile, "TemporaryFile", lambda dir: Full())
    verdict, sentence = findings.folder(ROOT)
    assert verdict == findings.MEND and "(No space left on device): make room" in sentence


# --- The doctor: every package is tried ---


def test_each_package_that_the_course_needs_is_tried():
    needed = {canonicalize_name(Requirement(text).name) for text in PROJECT["dependencies"]}
    assert imports.MODULES.keys() == needed | {"ipykernel", "nnlearn"}
    at_home = packages_distributions()
    for package, module in imports.MODULES.items():
        names = {canonicalize_name(name) for name in at_home[module.partition(".")[0]]}
        assert package in names or package == "nnlearn" or {"tensorflow-cpu", "tensorflow-macos"} & names


@pytest.fixture
def broken(tmp_path, monkeypatch):
    """A function of packages by name, with their source, that the doctor's Python then finds before the true ones."""

    def broken(**packages):
        (tmp_path / "tools").mkdir()
        for name in ("__init__", "imports"):
            (tmp_path / "tools" / f"{name}.py").write_bytes((ROOT / "tools" / f"{name}.py").read_bytes())
        for name in {module.partition(".")[0] for module in imports.MODULES.values()} - packages.keys():
            packages[name] = ""  # the others load at once
        for name, source in packages.items():
            if source is not None:
                (tmp_path / name).mkdir()
                for file in (
                    "__init__",
                    "linalg",
                    "datasets",
                    "figure",
                    "converter",
                    "labapp",
                    "kernelapp",
                    "interpreter",
                ):
                    (tmp_path / name / f"{file}.py").write_text(source, encoding="utf-8")
        monkeypatch.setattr(doctor, "ROOT", tmp_path)
        return list(doctor.packages(VENV if VENV == HERE else HERE))

    return broken


BROKEN = {
    "an error": ("raise ImportError('no C part\\nand more')", r"scipy can't be loaded \(ImportError: no C part\): "),
    "a part is missing": ("import nowhere", r"scipy can't be loaded \(No module named 'nowhere'\): "),
    "a syntax error": ("def", r"scipy can't be loaded \(SyntaxError: "),
    "it ends Python": ("import os; os._exit(3)", r"scipy ends Python when it is loaded \(exit status 3\): "),
    "it exits": ("raise SystemExit", r"scipy can't be loaded \(SystemExit\): "),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_package_is_one_sentence_with_its_remedy(broken, name):
    source, words = BROKEN[name]
    ((verdict, sentence),) = broken(scipy=source)
    assert verdict == doctor.MEND and re.match(words, sentence) and "\n" not in sentence
    assert "start again" in sentence or "-m pip install --force-reinstall scipy" in sentence


def test_what_packages_print_is_not_taken_for_an_answer(broken):
    assert broken(scipy="print('hello'); print('[1]'); print('{}')") == []


def test_without_jupyterlab_the_course_can_t_run(monkeypatch, capsys):
    missing = (doctor.MEND, "jupyterlab is missing: python course.py lab installs it.")
    monkeypatch.setattr(doctor, "packages", lambda prefix: [missing])
    monkeypatch.setattr(doctor, "works", lambda *_, **__: True)
    monkeypatch.setattr(doctor, "installed", lambda prefix: set())
    assert course.main(["doctor"]) == 1
    assert "MEND  jupyterlab is missing" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "installed", lambda prefix: None)
    monkeypatch.setattr(doctor, "room", lambda *_: (doctor.OK, "room"))
    assert course.main(["doctor"]) == 0
    told = capsys.readouterr().out
    assert "Not installed yet: python course.py lab does it." in told and told.endswith("Nothing stands in its way.\n")


def test_a_package_that_is_not_there(monkeypatch):
    monkeypatch.setattr(
        imports.importlib, "import_module", lambda name: __import__("nowhere_" + name.replace(".", "_"))
    )
    assert imports.outcome("scipy.linalg") == "No module named 'nowhere_scipy_linalg'"
    monkeypatch.undo()
    assert imports.outcome("nowhere.linalg") == imports.MISSING


def test_lab_installs_again_what_has_gone(tmp_path, monkeypatch):
    """A stamp says that all was installed; jupyterlab has been removed since."""
    looked = subprocess.run([sys.executable, "-c", environment.ALL_THERE], env=environment.apart(HERE))
    assert looked.returncode == 0
    without = environment.ALL_THERE.replace("jupyterlab", "jupyter_nowhere")
    assert subprocess.run([sys.executable, "-c", without], env=environment.apart(HERE)).returncode == 1
    asked = []
    monkeypatch.setattr(environment.subprocess, "call", lambda command, **_: asked.append(command))
    monkeypatch.setattr(
        environment, "works", lambda python, *arguments, env: arguments != ("-c", environment.ALL_THERE)
    )
    environment.stamp_file(tmp_path).write_text(
        json.dumps({"extras": [], "fingerprint": environment.fingerprint()}), encoding="utf-8"
    )
    environment.environment(tmp_path)
    assert len(asked) == 1
