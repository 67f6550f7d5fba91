"""The browser that the browser tests drive; standard library only."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
GET_CHROMIUM = "Install Chromium, Chrome or Edge, or name one in the variable NNLEARN_BROWSER."


def chromium() -> str | None:
    """The Chromium, Chrome or Edge that the browser tests drive: NNLEARN_BROWSER, else the usual ones."""
    named = os.environ.get("NNLEARN_BROWSER")
    if named:
        return shutil.which(named)
    found = (shutil.which(place) for place in [*NAMES, *usual_places()])
    return next((path for path in found if path), None)


def usual_places() -> Iterator[str]:
    """Where macOS and Windows keep these browsers, which are not on the PATH there."""
    for name in ("Chromium", "Google Chrome", "Microsoft Edge"):
        yield f"/Applications/{name}.app/Contents/MacOS/{name}"
    for variable in {"PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"} & os.environ.keys():
        base = Path(os.environ[variable])
        yield str(base / "Chromium/Application/chrome.exe")
        yield str(base / "Google/Chrome/Application/chrome.exe")
        yield str(base / "Microsoft/Edge/Application/msedge.exe")
