"""What runs where TensorFlow isn't, tried in a process of its own; ``tests/test_without_tensorflow.py`` reads it.

It prints, as JSON: the modules that can't be imported, with the sentence each gives; the doctests, explorers and
solutions that fail; what was tried.
"""

import _thread
import doctest
import json
import os
import pkgutil
import signal
import sys
import traceback
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

BLOCKED = ("tensorflow", "keras", "ai_edge_litert", "threadpoolctl")
ROOT = Path(__file__).parents[1]


class Blocker:
    """Finds no module of the blocked packages, before Python looks for it."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in BLOCKED:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def block():
    """Takes away what a browser's Python lacks: the packages, alarms, and threads."""
    import sklearn.utils.parallel  # noqa: F401  # it can't do without threadpoolctl

    for name in [name for name in sys.modules if name.partition(".")[0] in BLOCKED]:
        del sys.modules[name]
    sys.meta_path.insert(0, Blocker())
    for name in ("SIGALRM", "alarm", "setitimer"):
        vars(signal).pop(name, None)

    def start(*arguments, **options):
        raise RuntimeError("can't start new thread")

    for name in ("start_new_thread", "start_joinable_thread"):  # the latter since Python 3.13
        setattr(_thread, name, start)
    sys.modules.pop("threading", None)


def modules():
    """The modules of the package that can be imported, and what the others say."""
    import nnlearn

    there, absent = [], {}
    for found in pkgutil.walk_packages(nnlearn.__path__, "nnlearn.", onerror=lambda name: None):
        try:
            there.append(import_module(found.name))
        except ModuleNotFoundError as error:
            absent[found.name] = str(error)
    return there, absent


def runs():
    """Every optimiser on every problem of the tests' tables, and every figure: how many there were."""
    from problems import OPTIMIZERS, PROBLEMS, start_for
    from test_plots import FIGURES

    import nnlearn as nn

    traces = [nn.run(rule, J, start_for(J), steps=3) for J in PROBLEMS.values() for rule in OPTIMIZERS.values()]
    pictures = [figure()._repr_png_() for figure in FIGURES.values()]
    return len(traces), len(pictures)


def doctests(there):
    """How many examples in docstrings were tried, and the modules where some fail."""
    results = {module.__name__: doctest.testmod(module) for module in there}
    return sum(each.attempted for each in results.values()), [name for name, each in results.items() if each.failed]


def binary_networks():
    """As many as there are epochs, each the trained network in one bit."""
    from nnlearn.models import quantize_weights, trained

    return [[quantize_weights(trained(), bits=1)] * 16]


GIVEN = {"Signs": binary_networks}  # what explorers are made of, where that is not nothing


def explorers():
    """Every explorer, started and all its controls moved at once: its name, and what went wrong."""
    from explorer_moves import positions

    from nnlearn.explorers import Explorer

    trouble = {}
    for kind in list(kinds(Explorer)):
        explorer = kind(*GIVEN.get(kind.__name__, tuple)())
        moved = {
            name: next(value for value in positions(control) if value != control.start)
            for name, control in explorer.controls().items()
        }
        error = explorer.error
        explorer.set(**moved)
        error = error or explorer.error
        trouble[f"{kind.__module__}.{kind.__name__}"] = error and repr(error)
    return trouble


def kinds(base):
    """The explorers of the package that can be shown; a widget makes itself a class of its own besides."""
    for kind in base.__subclasses__():
        if kind.title and vars(sys.modules[kind.__module__]).get(kind.__name__) is kind:
            yield kind
        yield from kinds(kind)


def solved():
    """The ids of the tasks whose solutions were right, cell by cell of every notebook of solutions; what went wrong."""
    from nnlearn import progress

    trouble = {}
    for path in sorted((ROOT / "solutions").glob("*.ipynb")):
        names = {"__name__": "__main__"}
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                try:
                    exec(compile("".join(cell["source"]), f"{path.name}: {cell['id']}", "exec"), names)
                except Exception:
                    trouble[f"{path.stem}: {cell['id']}"] = traceback.format_exc()
    return sorted({note.name for note in progress.notes() if note.kind == "check"}), trouble


def asked(call):
    """The sentence of an error."""
    try:
        call()
    except ModuleNotFoundError as error:
        return str(error)
    return "no error"


def sentences():
    """What is said by all that needs a package."""
    import nnlearn as nn
    from nnlearn import models

    content = b"\0\0\0\0TFL3" + bytes(24)
    return {
        "nn.interop.as_keras": asked(lambda: nn.interop.as_keras),
        "models.train": asked(lambda: models.train),
        "models.train_quantized": asked(lambda: models.train_quantized),
        "models.dense": asked(lambda: models.dense),
        "models.to_litert": asked(lambda: models.to_litert(None)),
        "models.run_litert": asked(lambda: models.run_litert(content, [[0.0] * 64])),
        "models.accuracy": asked(lambda: models.accuracy(content, [[0.0] * 64], [0])),
    }


def main(progress_file):
    os.environ["NNLEARN_PROGRESS"] = progress_file
    sys.path.insert(0, str(ROOT))
    block()
    with redirect_stdout(sys.stderr):  # what solutions and failed doctests print
        there, absent = modules()
        attempted, failed = doctests(there)
        tasks, unsolved = solved()
        told = {
            "absent": absent, "runs": runs(), "doctests": attempted, "failed doctests": failed,
            "explorers": explorers(), "solved": tasks, "unsolved": unsolved, "sentences": sentences(),
        }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1])
