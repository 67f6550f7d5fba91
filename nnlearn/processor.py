"""The processor of this computer: a time means little without it."""

import os
import platform
import re
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

from nnlearn.language import say

CPUINFO = Path("/proc/cpuinfo")  # Linux
# What the system calls the instructions that decide how fast small whole numbers are multiplied, and what people do.
INSTRUCTIONS = {
    "avx2": "AVX2", "avx512f": "AVX-512", "avx_vnni": "AVX-VNNI", "avx512_vnni": "AVX-512 VNNI", "amx_int8": "AMX",
    "asimd": "Neon", "asimddp": "dot product", "i8mm": "I8MM",
}  # fmt: skip


@dataclass(frozen=True)
class Processor:
    """name: as the system gives it. instructions: those of ``INSTRUCTIONS`` it has; empty where nothing tells."""

    name: str
    instructions: tuple[str, ...]
    cores: int

    def __str__(self) -> str:
        sets = ", ".join(self.instructions) or say("instructions not known")
        return say("{name} ({sets}), {cores} cores", name=self.name, sets=sets, cores=self.cores)


def processor() -> Processor:
    """That of this computer. Only Linux tells its instructions."""
    text = CPUINFO.read_text(encoding="utf-8") if CPUINFO.is_file() else ""
    return described(text, platform.processor() or platform.machine(), os.cpu_count() or 1)


def described(text: str, otherwise: str, cores: int) -> Processor:
    """The processor that Linux describes in this text; a name that it doesn't give is the other one."""
    name = re.search(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", text, re.MULTILINE)
    has = set(flags[1].split()) if flags else set()
    return Processor(
        name[1] if name else otherwise, tuple(INSTRUCTIONS[key] for key in INSTRUCTIONS if key in has), cores
    )


def versions(*packages: str) -> dict[str, Any]:
    """The version of each package that is installed; None of one that isn't."""
    found = {each.metadata["Name"].lower(): each.version for each in metadata.distributions() if each.metadata["Name"]}
    return {package: found.get(package.lower()) for package in packages}
