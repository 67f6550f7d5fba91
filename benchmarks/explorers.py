"""What one move of an explorer's control costs in the kernel."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from itertools import cycle
from types import SimpleNamespace
from typing import Any

import matplotlib
import numpy as np

from benchmarks.harness import Result, Side, interleaved, milliseconds, speed_up
from benchmarks.peers import load
from nnlearn.explorers.descent import LEVELS, Bowl, StartPlane
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.picture import Picture, png
from nnlearn.explorers.training_map import RESOLUTIONS
from nnlearn.palette import palette, style

STEPS = 200
DRAG = np.linspace(0.05, 0.19, 30)  # the learning rates that a hand on the slider passes


def training_map(rounds: int) -> Iterator[Result]:
    """Every pixel is a training run (StartPlane): 120 steps of gradient descent from each start, iterating
    nnlearn.rows. A move computes the coarse and the fine map, draws each and encodes it as a PNG of 900 x 440 px."""
    explorer = StartPlane()
    explorer.look("light", 1.0)
    fine, coarse, move = interleaved(
        [partial(explorer.sweep, resolution) for resolution in RESOLUTIONS[::-1]] + [mover(explorer, DRAG)], rounds
    )
    coarse_runs, fine_runs = (f"{resolution**2:,}" for resolution in RESOLUTIONS)
    yield milliseconds(f"map of {fine_runs} runs", fine, at_most=120)
    yield milliseconds(f"map of {coarse_runs} runs", coarse)
    yield milliseconds("both maps, drawn, as PNG", move)


def explorer(rounds: int) -> Iterator[Result]:
    """One move of the learning rate of Bowl with 200 steps: compute, draw the moved artists, encode the PNG, and the
    explorer's words and messages. The way to the page is not included. The stages are measured by themselves."""
    for pixel_ratio, at_most in ((1.0, 20.0), (2.0, 40.0)):
        bowl = Bowl(steps=STEPS)
        bowl.look("light", pixel_ratio)
        stages = stages_of(Bowl(steps=STEPS), pixel_ratio)
        times = interleaved([mover(bowl, DRAG), *stages.values()], rounds)
        yield milliseconds(f"explorer move, {900 * pixel_ratio:.0f} x {400 * pixel_ratio:.0f} px", times[0], at_most)
        for name, stage in zip(stages, times[1:], strict=True):
            yield milliseconds(f"    {name}", stage)


def interact(rounds: int) -> Iterator[Result]:
    """The same picture, 900 x 400 px, for the same computation, with ipywidgets.interact as tutorials use it. A
    FloatSlider's value is set; interact calls the function, which makes a pyplot figure with its axes and curves;
    the inline backend encodes and displays it and closes it. IPython runs without a browser and keeps what is
    displayed. The figure has no layout engine, which would make it slower still; the explorer's has one."""
    bowl = Bowl(steps=STEPS)
    bowl.look("light", 1.0)
    with shell() as outputs:
        slide = slider(STEPS)
        sides = interleaved([mover(bowl, DRAG), mover_of(slide, DRAG, outputs)], rounds)
    yield speed_up("explorer move: interact", *sides, at_least=10)
