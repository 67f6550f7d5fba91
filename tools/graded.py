"""The chapters that have tasks, as the tools that try these take them."""

import argparse

from nnlearn.rooms import module, rooms


def command_line(tool: str, doc: str | None) -> argparse.ArgumentParser:
    """A parser of ``chapters``: the numbers that are given, or those of all chapters with tasks."""
    graded = [number for number in rooms() if module(number, "tasks")]

    def chapter(word: str) -> str:
        if word not in graded:
            raise argparse.ArgumentTypeError(f"no chapter {word} has tasks; there are {', '.join(graded)}")
        return word

    parser = argparse.ArgumentParser(prog=f"python -m tools.{tool}", description=(doc or "").partition("\n")[0])
    parser.add_argument("chapters", nargs="*", type=chapter, default=graded, help="such as 05; all if none is named")
    return parser
