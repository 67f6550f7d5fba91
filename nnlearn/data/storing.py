"""How an experiment writes what it measured."""

import json
from collections.abc import Mapping, Sequence
from typing import Any


def text(command: str, columns: Mapping[str, str], settings: Mapping[str, Any], **tables: Sequence[Any]) -> str:
    """A chapter's measured.json: what was done, and then of each table one line for each row."""
    about = {"made_by": command, "columns": columns, "settings": settings}
    parts = [json.dumps(about, indent=1).removesuffix("\n}")]
    parts += [f' "{name}": [\n  ' + ",\n  ".join(map(json.dumps, rows)) + "\n ]" for name, rows in tables.items()]
    return ",\n".join(parts) + "\n}\n"
