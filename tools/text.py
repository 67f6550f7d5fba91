"""A notebook as text to be read: ``python -m tools.text notebooks/05_momentum.ipynb``.

Its cells with their types, ids and tags, what is written in them, and what they gave: text as text, a picture as its
alternative text, size and a few digits that change with it. What only programs need is left out. It needs nothing but
Python, and git can compare notebooks by it; once in a clone: python -m tools.text --set-up
"""

import base64
import hashlib
import json
import re
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MARGIN = "    | "  # before each line of an output
ESCAPES = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")  # the colours of tracebacks
HASH = 8  # digits
COMMAND = f'"{Path(sys.executable).as_posix()}" -m tools.text'  # git calls it in the project's root
SET_UP = ("git", "config", "diff.notebook.textconv", COMMAND)


def main(arguments: list[str]) -> int:
    """Prints the notebooks, or sets git up; 2 if there is nothing to do."""
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    if arguments == ["--set-up"]:
        return subprocess.call(SET_UP, cwd=ROOT)
    if not arguments:
        print(__doc__)
        return 2
    for name in arguments:
        sys.stdout.write(readable(Path(name).read_text(encoding="utf-8")))
    return 0


def readable(text: str) -> str:
    """The text of a notebook's file, to be read; what is no notebook stays as it is, as git may ask for anything."""
    try:
        cells = json.loads(text)["cells"]
        return "\n".join(line for number, cell in enumerate(cells, 1) for line in [*of_cell(number, cell), ""])
    except (ValueError, TypeError, KeyError):
        return text


def of_cell(number: int, cell: dict[str, Any]) -> Iterator[str]:
    """The lines of a cell: a heading, its source, its outputs."""
    tags = cell.get("metadata", {}).get("tags", [])
    yield " ".join([f"--- {cell.get('id', number)}", f"({cell['cell_type']})", *(f"#{tag}" for tag in tags)])
    yield from joined(cell["source"]).splitlines()
    for output in cell.get("outputs", []):
        yield from (f"{MARGIN}{line}".rstrip() for line in of_output(output))


def of_output(output: dict[str, Any]) -> Iterator[str]:
    """The lines of an output: what was printed, an error without colours, or what is shown."""
    kind = output["output_type"]
    if kind == "stream":
        yield f"[{output['name']}]"
        yield from joined(output["text"]).splitlines()
    elif kind == "error":
        yield f"[error {output['ename']}]"
        yield from ESCAPES.sub("", "\n".join(output["traceback"])).splitlines()
    else:
        data = output["data"]
        for name in sorted(data, key=lambda name: (name != "text/plain", name)):
            yield from of_data(name, data[name])


def of_data(name: str, content: Any) -> Iterator[str]:
    """What is shown, in one of its forms."""
    if name.startswith("image/") and name != "image/svg+xml":
        picture = base64.b64decode(joined(content))
        yield f"[{name}{size(picture)}, {len(picture):,} bytes, {hashlib.sha256(picture).hexdigest()[:HASH]}]"
    elif name.startswith("text/") or isinstance(content, (str, list)):
        yield f"[{name}]"
        yield from joined(content).splitlines()
    else:
        yield f"[{name}]"
        yield from json.dumps(content, indent=1, ensure_ascii=False, sort_keys=True).splitlines()


def size(picture: bytes) -> str:
    """Width and height of a PNG; "" for another format."""
    if picture[:8] != b"\x89PNG\r\n\x1a\n" or len(picture) < 24:
        return ""
    width, height = struct.unpack(">II", picture[16:24])  # the first chunk, IHDR, begins with them
    return f" {width} x {height}"


def joined(text: Any) -> str:
    """Text that a file holds in one piece or as lines."""
    return text if isinstance(text, str) else "".join(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
