"""The environment variables of JupyterLab and its kernels, so that a lesson is the same for everybody.

A user's own settings must not decide what a lesson does: a keras.json that asks for another backend, a matplotlibrc
that wants LaTeX, a start-up file of IPython. And what Jupyter, the kernels and the libraries keep lies in the course's
folder, not in a home that may be read-only or absent. Standard library only.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from tools.environment import PACKAGES, ROOT, apart

STATE = ROOT / ".jupyter"

LEAD_ELSEWHERE = ("PYTHON", "JUPYTER", "IPYTHON", "MPL", "MATPLOTLIB", "KERAS_", "TF_USE_LEGACY_KERAS")
SERVER = ("JUPYTER_TOKEN", "JUPYTER_PORT", "JUPYTER_PORT_RETRIES", "JUPYTER_ALLOW_INSECURE_WRITES")  # these don't


def surroundings(prefix: Path) -> dict[str, str]:
    """What the course's JupyterLab gets, in place of the process's own environment variables."""
    kept = (*PACKAGES, *SERVER, "PYTHONUTF8")
    inherited = {n: value for n, value in apart(prefix).items() if n in kept or not n.startswith(LEAD_ELSEWHERE)}
    places = {
        "JUPYTER_CONFIG_PATH": ROOT / "jupyter",
        "JUPYTER_CONFIG_DIR": STATE,
        "JUPYTER_DATA_DIR": STATE / "data",
        "IPYTHONDIR": STATE / "ipython",
        "MPLCONFIGDIR": STATE / "matplotlib",
        "KERAS_HOME": STATE / "keras",
    }
    if not has_home():
        places["HOME"] = STATE
    if keeps_private(ROOT):
        places["JUPYTER_RUNTIME_DIR"] = STATE / "runtime"
    return {**inherited, **{name: str(place) for name, place in places.items()}, "JUPYTER_PREFER_ENV_PATH": "1"}


def has_home() -> bool:
    """Whether the user has a home, be it one that can't be written to; in a container there may be none."""
    try:
        return bool(Path.home())
    except (RuntimeError, KeyError):
        return False


def keeps_private(path: Path) -> bool:
    """Whether files here can be kept from other users, as Jupyter wants for its keys; on a FAT disk they can't."""
    if os.name == "nt":
        return True
    try:
        with tempfile.NamedTemporaryFile(dir=str(path)) as file:  # made for its owner alone
            return Path(file.name).stat().st_mode & 0o777 == 0o600
    except OSError:
        return False
