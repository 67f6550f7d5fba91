"""The explorer: controls on one side, a picture and a sentence on the other."""

import asyncio
import base64
import inspect
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import anywidget
import matplotlib
import traitlets
from matplotlib.figure import Figure

from nnlearn.explorers.controls import Control, Point
from nnlearn.explorers.picture import Picture, png, small_png
from nnlearn.language import mark, say
from nnlearn.palette import Palette, palette, style

HERE = Path(__file__).parent
STORED_PIXEL_RATIO = 1.5  # of the picture that is kept in a notebook: sharp enough on a projector, modest in bytes
PAUSE = 0.005  # seconds that the slices of a computation leave to the kernel's other work

WORDS = {  # the page's own words
    "reset": mark("Reset"),
    "goals": mark("Try this"),
    "reached": mark("reached"),
    "open": mark("not yet"),
    "computing": mark("computing …"),
    "trouble": mark("This setting raised an error; the picture shows the last one that worked."),
    "details": mark("Where it happened"),
    "handle": mark("point in the picture"),
}


@dataclass(frozen=True)
class Goal:
    """Something to achieve: a sentence, and the test ``test(explorer, result)`` that finds it achieved."""

    text: str
    test: Callable[[Any, Any], Any]


class Explorer(anywidget.AnyWidget):
    """A picture that answers to controls, here and on the page.

    A subclass declares its controls and writes four methods::

        class Descent(Explorer):
            title = mark("Gradient descent")
            learning_rate = Log(0.001, 1, start=0.1, label=mark("learning rate"))

            def figure(self):  # once: axes, background, and the artists that will move
                figure = Figure(figsize=(9, 4))
                self.line, = figure.subplots().plot([], [], animated=True)
                return figure

            def compute(self): ...              # the controls -> named arrays
            def draw(self, result): ...         # named arrays -> the artists' data; nothing is computed here
            def says(self, result): ...         # one sentence

    ``compute`` may be a generator: it yields a coarse result first, finer ones later, the final one last. The first is
    shown at once; the others follow between the kernel's other work, until the next move makes them pointless.
    An exception in any of the methods appears in the explorer; the last good picture stays.

    It is an ipywidgets widget: ``explorer.learning_rate = 0.3`` moves it, ``observe`` works, boxes hold it.
    """

    title: str = ""
    goals: tuple[Goal, ...] = ()

    _esm = HERE / "explorer.js"
    _css = HERE / "explorer.css"
    _page = traitlets.Dict().tag(sync=True)  # what stands still: title, controls, words
    _shown = traitlets.Dict().tag(sync=True)  # what moves, with the number of the page's message that it answers

    # A subclass writes these.

    def figure(self) -> Figure:
        """The figure with all its artists; those that move are ``animated=True`` and kept on ``self``."""
        raise NotImplementedError

    def compute(self) -> Any:
        """The result for the controls' values: named arrays, or a generator of such results."""
        raise NotImplementedError

    def draw(self, result: Any) -> None:
        """Gives the artists the result's data."""
        raise NotImplementedError

    def says(self, result: Any) -> str:
        """One sentence about the result."""
        return ""

    def shows(self, result: Any) -> str:
        """HTML for a panel under the picture."""
        return ""

    def marks(self) -> dict[str, list[tuple[float, str]]]:
        """Values worth marking on a slider's track, by control: ``{"learning_rate": [(0.2, "2/L")]}``."""
        return {}

    # A reader of the class, a chapter or a test uses these.

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        taken = [name for name, value in vars(cls).items() if isinstance(value, Control) and hasattr(Explorer, name)]
        if taken:
            raise TypeError(say("An explorer has {name!r} already: give the control another name.", name=taken[0]))

    def __init__(self, **values: Any) -> None:
        self._check_names(values)
        super().__init__(**values)
        self.theme, self.pixel_ratio = "light", STORED_PIXEL_RATIO
        self.result: Any = None  # what compute gave last
        self.error: Exception | None = None  # what the last move raised
        self.status = self.panel = ""
        self._picture: Picture | None = None
        self._png = b""
        self._marks: dict[str, list[tuple[float, str]]] = {}
        self._reached: set[int] = set()
        self._points: dict[str, Any] = {}
        self._note, self._answers = "", 0
        self._loop = _running_loop()
        self.on_msg(self._receive)
        self.observe(self._moved, names=list(self.controls()))
        self.refresh()

    @classmethod
    def controls(cls) -> dict[str, Control]:
        """The controls by name, in the order of their declaration."""
        members = [member for ancestor in reversed(cls.__mro__) for member in vars(ancestor).items()]
        return {name: control for name, control in members if isinstance(control, Control)}

    @property
    def values(self) -> dict[str, Any]:
        """The controls' values by name."""
        return {name: getattr(self, name) for name in self.controls()}

    @property
    def colours(self) -> Palette:
        """The colours for ``figure`` to draw with."""
        return palette(self.theme)

    @property
    def reached(self) -> list[Goal]:
        """The goals that have been reached so far; a reset doesn't take them away."""
        return [self.goals[number] for number in sorted(self._reached)]

    def set(self, **values: Any) -> None:
        """Moves several controls in one move. If one value is refused (TraitError), none is taken."""
        self._check_names(values)
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in values.items():
                setattr(self, name, value)

    def reset(self) -> None:
        """Moves all controls back to their start."""
        self.set(**{name: control.start for name, control in self.controls().items()})

    def refresh(self) -> None:
        """Computes and draws anew. A move does it by itself; this is for data that the controls don't know of."""
        self._computed = self.values
        self._slices: Iterator[Any] | None = self._results()
        self.error = None
        with self.hold_sync():
            self._advance()
            if not inspect.isgeneratorfunction(self.compute) or _running_loop() is None:
                self.finish()
        if self._slices is not None:
            self._task = asyncio.ensure_future(self._go_on(self._slices))  # kept: the loop holds tasks weakly

    def finish(self) -> None:
        """Runs what is left of the computation now."""
        with self.hold_sync():
            while self._slices is not None:
                self._advance()

    def look(self, theme: str, pixel_ratio: float) -> None:
        """Draws for a "light" or a "dark" page and its pixels per CSS pixel; nothing is computed anew."""
        palette(theme)  # refuses other words
        if (theme, pixel_ratio) != (self.theme, self.pixel_ratio):
            self.theme, self.pixel_ratio, self._picture = theme, pixel_ratio, None
            self._attempt(self._redraw)
            self._publish()

    def stored_picture(self) -> bytes:
        """The final picture as a PNG on light paper; empty if none could be drawn."""
        self.finish()
        look = self.theme, self.pixel_ratio
        with self.hold_sync():
            self.look("light", STORED_PIXEL_RATIO)
            picture = small_png(self._picture.pixels()) if self._picture else b""
            self.look(*look)
        return picture

    def alternative_text(self) -> str:
        """What the explorer shows, in words: title, status, settings."""
        settings = [f"{say(control.label)} {control.text(getattr(self, name))}"
                    for name, control in self.controls().items()]  # fmt: skip
        state = self.status if self.error is None else _message(self.error)
        return say("{title}: {status} (Settings: {settings}.)",
                   title=say(self.title), status=state, settings="; ".join(settings))  # fmt: skip

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)
        picture = self.stored_picture()  # first: it finishes the computation that the text speaks of
        data["text/plain"] = self.alternative_text()
        if picture:
            data["image/png"] = base64.b64encode(picture).decode("ascii")
            width, height = self._picture.size
            metadata = metadata | {"image/png": {"width": width, "height": height}}
        return data, metadata

    # From a move to what is shown.

    def _moved(self, change: Any) -> None:
        if self.values != self._computed:  # several controls set at once notify one by one; the first computes
            self.refresh()

    def _results(self) -> Iterator[Any]:
        outcome = self.compute()
        if inspect.isgenerator(outcome):
            yield from outcome
        else:
            yield outcome

    def _advance(self) -> None:
        """Shows the computation's next result or, after the last, looks at the goals."""
        self._attempt(self._take_next)
        self._publish()

    def _take_next(self) -> None:
        try:
            self.result = next(self._slices)
        except StopIteration:
            self._slices = None
            self._reached |= {number for number, goal in enumerate(self.goals) if goal.test(self, self.result)}
        else:
            self._redraw()

    async def _go_on(self, slices: Iterator[Any]) -> None:
        while True:
            await asyncio.sleep(PAUSE)
            if self._slices is not slices:  # the next move put others in their place
                return
            self._advance()

    def _redraw(self) -> None:
        with matplotlib.rc_context(style(self.theme)):
            if self._picture is None:
                self._picture = Picture(self.figure(), self.pixel_ratio)
            self.draw(self.result)
            self._png = png(self._picture.pixels())
        self.status, self.panel = self.says(self.result), self.shows(self.result)
        self._marks = self.marks()
        self._points = {name: self._where(name, control)
                        for name, control in self.controls().items() if isinstance(control, Point)}  # fmt: skip

    def _where(self, name: str, control: Point) -> dict[str, Any]:
        axes, point = self._picture.axes(control.axes), getattr(self, name)
        return {"box": self._picture.box(axes), "place": self._picture.place(axes, point),
                "across": point[0], "text": control.text(point)}  # fmt: skip

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # whatever a chapter's method raises belongs on the page, not in a log
            self.error, self._slices = error, None

    # Between Python and the page.

    @traitlets.default("_page")
    def _standing(self) -> dict[str, Any]:
        controls = [{"name": name} | control.page() for name, control in self.controls().items()]
        goals = [{"text": say(goal.text), "reached": say("Goal reached: {goal}", goal=say(goal.text))}
                 for goal in self.goals]  # fmt: skip
        words = {name: say(word) for name, word in WORDS.items()}
        return {"title": say(self.title), "controls": controls, "goals": goals, "words": words}

    def _publish(self) -> None:
        self._shown = {
            "picture": self._png,
            "size": self._picture.size if self._picture else (0, 0),
            "status": self.status,
            "panel": self.panel,
            "marks": self._marks,
            "points": self._points,
            "goals": sorted(self._reached),
            "note": self._note,
            "error": self.error and [_message(self.error), "".join(traceback.format_exception(self.error))],
            "busy": self._slices is not None,
            "answers": self._answers,
        }

    def _receive(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        """Handles the page's message where cells run: newer kernels deliver it in a thread of its own."""
        if self._loop is not None and self._loop.is_running() and self._loop is not _running_loop():
            self._loop.call_soon_threadsafe(self._handle, message)
        else:
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        """One message of the page: {"serial": 7} and some of "look", "reset", "values", "places"."""
        self._answers, self._note = message["serial"], ""
        with self.hold_sync():
            if "look" in message:
                self.look(**message["look"])
            if "reset" in message:
                self.reset()
            moves = {name: self._nearest(name, typed) for name, typed in message.get("values", {}).items()}
            for name, place in message.get("places", {}).items():
                point = self.controls()[name]
                moves[name] = point.nearest(self._picture.point(self._picture.axes(point.axes), place))
            self.set(**moves)
            self._publish()  # even where nothing moved: the page waits for the answer

    def _nearest(self, name: str, typed: Any) -> Any:
        control = self.controls()[name]
        nearest = control.nearest(typed)
        if control.text(nearest) != control.text(typed):
            self._note = say("{label}: {typed} is not possible; the nearest value, {nearest}, is set.",
                             label=say(control.label), typed=control.text(typed),
                             nearest=control.text(nearest))  # fmt: skip
        return nearest

    def _check_names(self, values: dict[str, Any]) -> None:
        known = self.controls()
        for name in values:
            if name not in known:
                raise TypeError(say("{name!r} is not a control; the controls are {names}.",
                                    name=name, names=", ".join(known)))  # fmt: skip


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
