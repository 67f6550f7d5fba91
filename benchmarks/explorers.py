"""What one move of an explorer's control costs in the kernel. The way to the page is not measured."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import cycle
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import matplotlib
import numpy as np

from benchmarks.harness import Result, Side, interleaved, milliseconds, speed_up
from benchmarks.peers import load
from nnlearn.chapters.ch03_gradient_descent.explorers import Bowl, StartPlane
from nnlearn.chapters.ch04_minibatches.hover import Hover
from nnlearn.chapters.ch04_minibatches.map import RATES, SIZES, BatchMap, column
from nnlearn.chapters.ch07_adam import FirstSteps, Forgetting
from nnlearn.chapters.ch08_schedules import Cooling
from nnlearn.chapters.ch09_second_order import Basins, Jumps
from nnlearn.chapters.ch10_failing import ByHeart, Heat, Wedge
from nnlearn.chapters.ch11_cleaning import Clinic, Sieve
from nnlearn.chapters.ch13_compression import EightBytes, FromAfar
from nnlearn.chapters.ch14_architecture import Costs, Reading
from nnlearn.chapters.ch15_pruning import LayerShares, Prune, Units
from nnlearn.chapters.ch16_trimming import Cut, SharedValues, Shortcuts
from nnlearn.chapters.ch17_quantisation.bits import Bits, in_bits
from nnlearn.chapters.ch18_distillation import Student, Temperature
from nnlearn.explorers.explorer import Explorer
from nnlearn.explorers.picture import Picture
from nnlearn.explorers.training_map import RESOLUTIONS
from nnlearn.palette import palette, style
from nnlearn.png import png

STEPS = 200
DRAG = np.linspace(0.05, 0.19, 30).tolist()  # the learning rates that a hand on the slider passes


def training_map(rounds: int) -> Iterator[Result]:
    """Every pixel is a training run (StartPlane): 120 steps of gradient descent from each start, by
    nnlearn.rows. A whole move of the learning rate computes the coarse map and then the fine one, draws each
    and encodes it as a PNG of 900 x 440 px."""
    plane = StartPlane()
    plane.look("light", 1.0)
    sweeps = [partial(plane.sweep, resolution) for resolution in RESOLUTIONS]
    coarse, fine, whole = interleaved([*sweeps, mover(plane)], rounds)
    coarse_name, fine_name = (f"map of {resolution**2:,} runs" for resolution in RESOLUTIONS)
    yield milliseconds(fine_name, fine, at_most=120)
    yield milliseconds(coarse_name, coarse)
    yield milliseconds("both maps, drawn, as PNG", whole)


def explorer(rounds: int) -> Iterator[Result]:
    """One move of the learning rate of Bowl with 200 steps: compute, draw what moves, encode the PNG, and the
    rest: words, goals and the message to the page. The stages are measured one by one beside the whole."""
    for pixel_ratio, at_most in ((1.0, 20.0), (2.0, 40.0)):
        bowl = Bowl(steps=STEPS)
        bowl.look("light", pixel_ratio)
        parts = stages(Bowl(steps=STEPS), pixel_ratio)
        whole, *times = interleaved([mover(bowl), *parts.values()], rounds)
        yield milliseconds(f"move, {900 * pixel_ratio:.0f} x {400 * pixel_ratio:.0f} px", whole, at_most)
        for name, stage in zip(parts, times, strict=True):
            yield milliseconds(f"  {name}", stage)


def bits(rounds: int) -> Iterator[Result]:
    """One move of Bits to a setting that it has not seen: quantise the network's 21,456 weights, read the 450 test
    digits with them, draw, encode the PNG. The accuracies with 16 to 1 bits follow between the kernel's other work."""
    moved = Bits()
    with matplotlib.rc_context(style()):
        picture = Picture(moved.figure(), 1.0)
    first, all_bits = interleaved([answer(moved, picture, False), answer(moved, picture, True)], rounds)
    yield milliseconds("bits: a move, live accuracy", first, at_most=60)
    yield milliseconds("  and the accuracies of all bits", all_bits)


def batches(rounds: int) -> Iterator[Result]:
    """Chapter 04, drawn and encoded as PNG. BatchMap, 1,260 runs of ten epochs: to a seed whose map it has not seen,
    the first answer and all of them; to another point of a map that it has. Hover, 2,000 steps of two weights: to
    another learning rate."""
    plane, hover = BatchMap(), Hover()
    with matplotlib.rc_context(style()):
        picture = Picture(plane.figure(), 1.0)
    hover.predict("always")
    hover.look("light", 1.0)
    points = cycle((float(size), 0.01) for size in SIZES[::4])
    first, whole, seen, path = interleaved(
        [map_move(plane, picture, anew=True, to_the_end=False), map_move(plane, picture, anew=True, to_the_end=True),
         map_move(plane, picture, anew=False, to_the_end=True, points=points), mover(hover)],
        rounds,
    )  # fmt: skip
    yield milliseconds("BatchMap: a new map, first answer", first, at_most=60)
    yield milliseconds(f"  and all {len(SIZES) * len(RATES):,} runs", whole)
    yield milliseconds("BatchMap: another point", seen)
    yield milliseconds("Hover: another rate", path, at_most=100)


def adam(rounds: int) -> Iterator[Result]:
    """Chapter 07, 900 px wide. Forgetting, whose film has been made to its end: a move of the last step (the chosen run
    of 6,000 steps, a frame, drawn, as PNG). After a move of beta1 a new film is made to the last step, 3,356; on a
    page its first frames are shown at once, the others between the kernel's other work. FirstSteps: a move of its
    step."""
    film, fresh, steps = Forgetting(), Forgetting(), FirstSteps()
    for asked, answer in ((film, "same"), (fresh, "same"), (steps, "third")):
        asked.look("light", 1.0)
        asked.predict(answer)
    film.set(last=6000)
    film.finish()
    sides = [moves(film, last=range(100, 6001, 590)), moves(fresh, beta_1=(0.5, 0.6, 0.7, 0.8)),
             moves(steps, step=range(1, 1000, 90))]  # fmt: skip
    frame, whole, step = interleaved(sides, rounds)
    yield milliseconds("forgetting: a move of the last step", frame, at_most=60)
    yield milliseconds("  a move of beta1: a film to step 3,356", whole)
    yield milliseconds("first steps: a move of the step", step, at_most=20)


def cooling(rounds: int) -> Iterator[Result]:
    """Chapter 08, 900 px wide, drawn and encoded as PNG. Cooling, to another point of a map that it has; to a number of
    steps that it has not seen, the first answer, a coarse map."""
    plane, anew = Cooling(), Cooling()
    for asked in (plane, anew):
        asked.look("light", 1.0)
        asked.predict("half")
        asked.finish()
    sides = [moves(plane, pixel=[(-1.5 + 0.04 * k, 0.3) for k in range(40)]), moves(anew, steps=range(400, 600, 3))]
    seen, first = interleaved(sides, rounds)
    yield milliseconds("cooling: another point", seen, at_most=45)
    yield milliseconds("  and a new map, first answer", first, at_most=120)


def newton(rounds: int) -> Iterator[Result]:
    """Chapter 09, 900 px wide, drawn and encoded as PNG. Basins, to another start on a map that it has; to a damping
    that it has not seen, the first answer, a coarse map. Jumps: another start."""
    plane, anew, jumps = Basins(), Basins(), Jumps()
    for asked, answer in ((plane, "all"), (anew, "all"), (jumps, "6")):
        asked.look("light", 1.0)
        asked.predict(answer)
        asked.finish()
    sides = [moves(plane, pixel=[(-3 + 0.15 * k, 2.5) for k in range(40)]), moves(anew, damping=range(1, 100)),
             moves(jumps, start=np.arange(0.1, 3, 0.05).tolist())]  # fmt: skip
    start, first, jump = interleaved(sides, rounds)
    yield milliseconds("basins: another start", start, at_most=45)
    yield milliseconds("  and a new map, first answer", first, at_most=120)
    yield milliseconds("jumps: another start", jump, at_most=45)


def pruning(rounds: int) -> Iterator[Result]:
    """Chapter 15, 900 px wide, each move to a setting not seen before: prune, read the 450 test digits, draw, encode
    the PNG. Prune: the share that goes. LayerShares: the dense layer's. Units: how many filters stay, of which the
    small network is made. What follows between the kernel's other work isn't in it."""
    prune, layers, units = Prune(), LayerShares(), Units()
    prune.predict("half")
    layers.predict("each")
    for asked in (prune, layers, units):
        asked.look("light", 1.0)
        asked.finish()
    shares = np.linspace(0.101, 0.951, 70).tolist()
    sides = [moves(prune, share=shares), moves(layers, dense=shares), moves(units, conv2=range(31, 1, -1))]
    for name, times in zip(("prune", "layer shares", "units"), interleaved(sides, rounds), strict=True):
        yield milliseconds(f"{name}: a move", times, at_most=90)


def smaller(rounds: int) -> Iterator[Result]:
    """Chapters 10, 11, 13, 14, 16 and 18, 900 px wide: an explorer's first answer to a move of one control. Wedge: the
    scale of a network of 50 layers. ByHeart: where it stops. Heat: the image. Sieve: the share of pixels that turn.
    Clinic: how many rows are sent. FromAfar: the distance. EightBytes: the image. Costs: filters. Reading: the draw of
    images, a last layer trained anew. Shortcuts: a layer out and in again. SharedValues: how many values. Cut: the
    layer. Student: the moment of its training. Temperature: the temperature."""
    moved: dict[Explorer, dict[str, Iterable[Any]]] = {
        Wedge(): {"pixel": [(scale, 50.0) for scale in np.geomspace(0.4, 2.5, 40).tolist()]},
        ByHeart(): {"stop": range(81)}, Heat(): {"image": range(40)},
        Sieve(): {"impulses": np.arange(0, 0.51, 0.01).tolist()}, Clinic(): {"rows": range(1, 51)},
        FromAfar(): {"distance": np.arange(0, 4.25, 0.25).tolist()}, EightBytes(): {"image": range(40)},
        Costs(): {"filters": range(4, 65)}, Reading(): {"draw_of_images": range(10)},
        Shortcuts(): {"out2": (True, False)}, SharedValues(): {"values": range(2, 17)},
        Cut(): {"cut": ("conv1", "conv2", "pool", "dense")}, Student(): {"moment": range(8)},
        Temperature(): {"temperature": np.arange(1, 20.5, 0.5).tolist()},
    }  # fmt: skip
    for each in moved:
        if each.prediction:
            each.predict(each.prediction.answer.start)
        each.look("light", 1.0)
        each.finish()
    times = interleaved([moves(each, **positions) for each, positions in moved.items()], rounds)
    for each, seconds in zip(moved, times, strict=True):
        yield milliseconds(f"{type(each).__name__.lower()}: a move", seconds, at_most=90)


def interact(rounds: int) -> Iterator[Result]:
    """The whole move of Bowl, 900 x 400 px, against the same computation and picture by ipywidgets.interact,
    pyplot and the inline backend: the value of a FloatSlider is set; interact clears its output and calls a
    function that makes a figure with its axes and curves; plt.show() encodes it, displays it (cropped to
    801 x 381 px, as is the backend's way) and closes it. No browser: IPython, in this process, collects what
    is displayed. Unlike the explorer's, the figure has no layout engine, which would make it slower."""
    bowl = Bowl(steps=STEPS)
    bowl.look("light", 1.0)
    with inline_backend() as captured:
        sides = interleaved([mover(bowl), interact_mover(bowl.values, captured)], rounds)
    yield speed_up("move: interact", sides, at_least=10)


def mover(moved: Explorer) -> Side:
    """Sets the learning rate to the next one, as a hand on the slider does."""
    return moves(moved, learning_rate=DRAG)


def moves(moved: Explorer, **positions: Iterable[Any]) -> Side:
    """Sets a control to the next of its positions, again and again."""
    ((name, each),) = ((name, cycle(values)) for name, values in positions.items())

    def move() -> None:
        moved.set(**{name: next(each)})
        if moved.error:
            raise moved.error

    return move


def map_move(plane: BatchMap, picture: Picture, *, anew: bool, to_the_end: bool, points: Any = None) -> Side:
    """Moves the map to a point; ``anew``: nothing is kept of its runs. The first result and its picture, or all."""
    compute: Callable[[Any], Any] = BatchMap.compute  # all that it asks of its explorer is the settings

    def move() -> bytes:
        if anew:
            column.cache_clear()
        settings = plane.values | {"asking": False} | ({"pixel": next(points)} if points else {})
        image = b""
        for result in compute(SimpleNamespace(**settings)):
            plane.draw(result.also(**settings))
            image = png(picture.pixels())
            if not to_the_end:
                break
        return image

    return move


def answer(moved: Bits, picture: Picture, to_the_end: bool) -> Side:
    """Moves the bits up and down; the first result and its picture, or all of them."""
    compute: Callable[[Any], Any] = Bits.compute  # all that it asks of its explorer is the settings
    each = cycle([8, 5, 3, 2, 4, 6])

    def move() -> bytes:
        in_bits.cache_clear()
        settings = moved.values | {"bits": next(each), "asking": False}
        results = compute(SimpleNamespace(**settings))
        result = next(results)
        for result in results if to_the_end else []:  # noqa: B007
            pass
        moved.draw(result.also(**settings))
        return png(picture.pixels())

    return move


def stages(bowl: Bowl, pixel_ratio: float) -> dict[str, Side]:
    """What a move consists of, each by itself."""
    with matplotlib.rc_context(style()):
        picture = Picture(bowl.figure(), pixel_ratio)

    def draw() -> Any:
        bowl.draw(bowl.result)
        return picture.pixels()

    pixels = draw().copy()
    return {"compute": bowl.compute, "draw": draw, "encode the PNG": partial(png, pixels)}


def interact_mover(settings: dict[str, Any], captured: Any) -> Side:
    """As ``mover``, for the slider of an ``interact``."""
    widgets, pyplot = load("ipywidgets"), load("matplotlib.pyplot")

    def show(learning_rate: float) -> None:
        with matplotlib.rc_context(style()):
            plot(settings | {"learning_rate": learning_rate})
            pyplot.show()

    slider = widgets.FloatSlider(min=0.01, max=2.2, step=0.001, readout_format=".3f")
    widgets.interact(show, learning_rate=slider)
    rates = cycle(DRAG)

    def move() -> None:
        slider.value = next(rates)
        if "image/png" not in captured.outputs[-1].data:
            raise RuntimeError("interact displayed no picture")

    return move


def plot(settings: dict[str, Any]) -> Any:
    """The picture of Bowl as one draws it with pyplot: a new figure each time."""
    colours = palette()
    compute: Callable[[Any], Any] = Bowl.compute  # all that it asks of its explorer is the settings
    result = compute(SimpleNamespace(**settings))
    figure, (path, loss) = load("matplotlib.pyplot").subplots(1, 2, figsize=(9, 4))
    path.set(xlabel=r"$x = \theta[0]$, flat", ylabel=r"$y = \theta[1]$, steep", xlim=(-3, 3), ylim=(-2, 2))
    path.grid(visible=False)
    for circle in result.circles:
        path.plot(*circle, linewidth=0.8, color=colours.muted, linestyle="-")
    path.plot(*result.theta.T, "o-", color=colours.blue, markersize=3, linewidth=1.2)
    path.plot(*settings["start"], "o", color=colours.orange, markersize=8)
    path.plot(0, 0, "+", color=colours.ink, markersize=10)
    loss.set(xlabel="step", ylabel="loss", yscale="log", xlim=(0, settings["steps"]), ylim=(1e-9, 1e3))
    loss.plot(result.t, result.loss, ".-", color=colours.blue, markersize=3, label="measured")
    loss.plot(result.t, result.theory[:, 0], "--", color=colours.green, label="theory, flat")
    loss.plot(result.t, result.theory[:, 1], ":", color=colours.orange, label="theory, steep")
    loss.legend(frameon=False)
    return figure


@contextmanager
def inline_backend() -> Iterator[Any]:
    """IPython with matplotlib's inline backend, in this process; its ``outputs`` are what is displayed."""
    shells, capture = load("IPython.core.interactiveshell"), load("IPython.utils.capture")
    config = load("traitlets.config").Config()
    config.HistoryManager.enabled = False
    with TemporaryDirectory(ignore_cleanup_errors=True) as home:
        shell = shells.InteractiveShell.instance(config=config, ipython_dir=home)
        shell.enable_gui = lambda gui: None  # no windows
        shell.enable_matplotlib("inline")
        try:
            with capture.capture_output() as captured:
                yield captured
        finally:
            shells.InteractiveShell.clear_instance()
