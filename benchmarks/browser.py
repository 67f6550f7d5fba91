"""What a learner waits for: from the move of a slider to the new picture on the screen."""

import tempfile
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib
import nbformat
import numpy as np

from benchmarks.harness import Result, Times, speed_up
from benchmarks.peers import NotInstalled, load
from nnlearn.explorers.controls import Log, Slider
from nnlearn.explorers.explorer import Explorer
from nnlearn.palette import style
from tools.browsers import chromium
from tools.environment import ROOT
from tools.lab import Pages, browsing, run_all, serving

MOVES = 5  # of each side in a round
SETTLED = 700  # ms without a new picture after which a move is over


class Moved(NamedTuple):
    """An explorer, the answer to what it asks, the control that is moved, and how far: positions of its slider."""

    module: str
    name: str
    answer: Any
    control: str
    positions: tuple[int, int]


EXPLORERS = (
    Moved("ch00_start_here.explorers", "FirstDescent", (0.0, -0.58), "learning_rate", (5, 40)),
    Moved("ch03_gradient_descent.explorers", "Bowl", None, "learning_rate", (150, 240)),
    Moved("ch03_gradient_descent.explorers", "StartPlane", None, "learning_rate", (5, 40)),
    Moved("ch05_momentum.explorers", "MomentumMap", (0.03, 0.9), "condition_number", (100, 250)),
    Moved("ch12_augmentation.dial", "Dial", 100, "angle", (10, 60)),
    Moved("ch17_quantisation.bits", "Bits", "4", "bits", (1, 12)),
)

WATCH = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
OURS = "([card, slider, position, settled]) => watch.explorer(card, slider, position, settled)"
THEIRS = "([cell, handle, key, settled]) => watch.interact(cell, handle, key, settled)"


def browser(rounds: int) -> Iterator[Result]:
    """Six explorers in JupyterLab, in the system's Chromium, 1280 x 900 px, against ipywidgets.interact on the same
    computation and the same figure, shown by the inline backend in the same notebook. Of a round's five moves the
    median counts: the time by the wall clock from the slider's event until the picture is decoded and the browser has
    had a frame to paint it. The first line of each is the first picture, the second the last, where finer ones follow.
    An explorer's slider is moved at random, interact's by one step."""
    if chromium() is None:
        raise NotInstalled("Chromium, Chrome or Edge is not installed")
    load("playwright")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        (place / "files").mkdir()
        nbformat.write(notebook(), place / "files" / "moves.ipynb")
        with serving(place, PYTHONPATH=str(ROOT), NNLEARN_PROGRESS="off") as lab, browsing() as chrome:
            pages = Pages(lab, chrome)
            page = pages("moves.ipynb")
            run_all(page)
            page.evaluate(WATCH)
            for moved in EXPLORERS:
                first, last = measured(page, moved, rounds)
                yield speed_up(moved.name, first, at_least=10)
                yield speed_up("  its final picture", last, at_least=1)
            pages.close()


def notebook() -> Any:
    """Two cells for each: the explorer, and its picture by interact."""
    cells = ["%matplotlib inline\nfrom benchmarks.browser import explorer, interact"]
    for number in range(len(EXPLORERS)):
        cells += [f"explorer({number})", f"interact({number})"]
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells], metadata=kernel)


def explorer(number: int) -> Explorer:
    """One of them, its question answered."""
    moved = EXPLORERS[number]
    made: Explorer = getattr(import_module(f"nnlearn.chapters.{moved.module}"), moved.name)()
    if moved.answer is not None:
        made.predict(moved.answer)
    return made


def interact(number: int) -> None:
    """The same as one writes it with ``interact``: at each move the same computation, to its end, and a new figure."""
    widgets, display = load("ipywidgets"), load("IPython.display").display
    moved, made = EXPLORERS[number], explorer(number)
    control: Any = made.controls()[moved.control]
    made.unobserve(made._moved, names=list(made.controls()))  # it answers no move by itself

    def show(position: int) -> None:
        setattr(made, moved.control, value_at(control, position))
        made._computed = made.values
        *_, result = made._results()
        with matplotlib.rc_context(style()):
            figure = made.figure()
            figure.set_layout_engine("none")  # it would make interact slower
            for artist in figure.findobj(lambda artist: artist.get_animated()):
                artist.set_animated(False)
            made.draw(result)
            display(figure)

    low, high = moved.positions
    widgets.interact(show, position=widgets.IntSlider(min=low, max=high, value=(low + high) // 2))


def value_at(control: Slider, position: int) -> Any:
    """The value at a position of the control's slider, as the page has it."""
    share = position / control.count
    low, high = control.low, control.high
    return control.nearest(low * (high / low) ** share if isinstance(control, Log) else low + share * (high - low))


def measured(page: Any, moved: Moved, rounds: int) -> tuple[list[Times], list[Times]]:
    """The first and the last picture of the explorer's moves and of interact's, in turns; by the wall clock alone."""
    number = EXPLORERS.index(moved)
    card = page.locator(".nnlearn-explorer").nth(number)
    cell = page.locator(".jp-Notebook .jp-CodeCell").nth(2 * number + 2)
    label = explorer(number).controls()[moved.control].label
    slider, handle = card.get_by_role("slider", name=label, exact=True), cell.locator(".noUi-handle")
    ours, theirs = [], []
    random = np.random.default_rng(0)
    for turn in range(rounds + 1):
        positions = random.permutation(np.arange(*moved.positions))[:MOVES]
        card.evaluate("card => card.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(SETTLED)
        elements = [card.locator(".picture").element_handle(), slider.element_handle()]
        mine = [page.evaluate(OURS, [*elements, int(position), SETTLED]) for position in positions]
        cell.evaluate("cell => cell.scrollIntoView({block: 'start'})")
        page.wait_for_timeout(SETTLED)
        elements = [cell.locator(".jp-OutputArea").first.element_handle(), handle.element_handle()]
        keys = ["ArrowRight", "ArrowLeft"] * MOVES
        their = [page.evaluate(THEIRS, [*elements, key, SETTLED]) for key in keys[:MOVES]]
        if turn:  # the first is to warm up
            ours.append(np.median(mine, axis=0))
            theirs.append(np.median(their, axis=0))
    first, last = ([Times(side[:, i], side[:, i]) for side in (np.array(ours) / 1e3, np.array(theirs) / 1e3)]
                   for i in range(2))  # fmt: skip
    return first, last
