"""How an experiment writes what it measured."""

import json
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any


def text(command: str, columns: Mapping[str, str], settings: Mapping[str, Any], **tables: Sequence[Any]) -> str:
    """A chapter's measured.json: what was done, and then of each table one line for each row."""
    about = {"made_by": command, "columns": columns, "settings": settings}
    parts = [json.dumps(about, indent=1).removesuffix("\n}")]
    parts += [f' "{name}": [\n  ' + ",\n  ".join(map(json.dumps, rows)) + "\n ]" for name, rows in tables.items()]
    return ",\n".join(parts) + "\n}\n"


def measure(
    file: Path,
    measures: Mapping[str, Callable[[], list[Any]]],
    text: Callable[[dict[str, list[Any]]], str],
    names: Sequence[str] = (),
) -> None:
    """Measures the tables named, or all, prints each when it is there, and writes the file anew after each.

    text: what a file of these tables holds. Tables that are not named stay as the file has them.
    """
    began = time.perf_counter()
    stored = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    for name in names or measures:
        stored[name] = measures[name]()
        print(f"{name} ({time.perf_counter() - began:.0f} s)")
        print(*stored[name], sep="\n", flush=True)
        file.write_text(text({name: stored[name] for name in measures if name in stored}), encoding="utf-8")
