"""Whether the course's folder and its disk will do; standard library only.

A finding is a verdict and a sentence, which says how to mend it where that is needed.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tools.environment import Trouble

OK, NOTE, MEND = "ok", "note", "MEND"
TO_INSTALL, TO_WORK = 4.0, 0.2  # GB of disk


def require(*findings: tuple[str, str]) -> None:
    """Trouble with the first finding that is to be mended."""
    for verdict, sentence in findings:
        if verdict == MEND:
            raise Trouble(sentence)


def folder(path: Path) -> tuple[str, str]:
    """Whether files can be made in the course's folder, and written."""
    try:
        with tempfile.TemporaryFile(dir=str(path)) as file:
            file.write(b"x")
            file.flush()  # a full disk lets files be made
    except OSError as error:
        return (
            MEND,
            f"{path} can't be written to ({error.strerror}): make room, or copy the course to a folder of yours.",
        )
    return OK, f"{path} can be written to"


def room(path: Path, needed: float) -> tuple[str, str]:
    """Whether the disk on which this folder lies has room (in GB)."""
    free = shutil.disk_usage(str(path)).free / 1e9
    if free < needed:
        return MEND, f"{free:.1f} GB of disk are free and {needed:g} are needed: make room."
    return OK, f"{free:.0f} GB of disk are free"
