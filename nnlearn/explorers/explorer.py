"""The explorer: controls on one side, a picture and a sentence on the other."""

import asyncio
import base64
import inspect
import time
import traceback
from collections.abc import Callable, Collection, Iterator
from dataclasses import replace
from html import escape
from typing import Any

import anywidget
import matplotlib
import traitlets
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from nnlearn.explorers import browser, cells
from nnlearn.explorers.code_line import code_line
from nnlearn.explorers.controls import Control
from nnlearn.explorers.coordinates import coordinates
from nnlearn.explorers.ghosts import Ghosts
from nnlearn.explorers.goals import Goal, Goals
from nnlearn.explorers.inbox import Inbox
from nnlearn.explorers.page import Frame, handles, moves, standing
from nnlearn.explorers.panels import WIDTH, panels
from nnlearn.explorers.picture import Picture
from nnlearn.explorers.prediction import Guess, Prediction
from nnlearn.explorers.result import Result
from nnlearn.explorers.threads import one_thread
from nnlearn.language import listed, say
from nnlearn.lettering import dress, legend
from nnlearn.palette import Palette, palette, style
from nnlearn.png import png, small_png
from nnlearn.reopened import PROCESSES, VIEW, own_processes

STORED_PIXEL_RATIO = 1.5  # of the picture that a notebook keeps: sharp enough on a projector, modest in bytes
REST = 0.15  # seconds without a move after which the hand rests: only then does finer work follow the first result
PAUSE = 0.005  # seconds that each slice of a computation leaves to the kernel's other work
ABOUT = {"view", "serial", "before", "look"}  # what in a message of the page moves nothing
STAY = 0.5  # seconds that the controls must stay at a goal: sliding past it doesn't count


class Explorer(anywidget.AnyWidget):
    """A picture that answers to controls, in Python and on the page.

    A subclass declares its controls and writes four methods::

        class Descent(Explorer):
            title = mark("Gradient descent")
            learning_rate = Log(0.001, 1, start=0.1, label=mark("learning rate"))

            def figure(self):               # once: axes, background, and the artists that will move
                figure = Figure(figsize=(9, 4))
                self.line, = figure.subplots().plot([], [], animated=True)
                return figure

            def compute(self):              # the controls' values -> plain named values
                return Result(loss=run(GradientDescent(self.learning_rate), ...).loss)

            def draw(self, result):         # plain named values -> the artists' data; nothing is computed here
                self.line.set_data(np.arange(len(result.loss)), result.loss)

            def says(self, result):         # one sentence
                return say("Rate {rate:g} ends at {loss:.3g}.", rate=result.learning_rate, loss=result.loss[-1])

    ``compute`` alone reads the controls. Whatever else is shown comes from the result, which can therefore be drawn
    twice, later, and elsewhere: on another figure, or by a page without Python. A ``Result`` takes plain values alone
    (a run's arrays, not the run; a table as text) and nothing changes it afterwards; to show more later, yield
    another: ``result.also(curve=...)``. To what ``compute`` gives, each result adds

    - each control's value under the control's name, unless ``compute`` gives another value under that name;
    - ``predicted``, the learner's answer to the prediction, None before it and where there is no question;
    - ``asking``: the prediction waits for its answer, and the picture must not give the truth away;
    - ``pinned``, the result that the learner keeps to compare with, or None. Its lines are drawn as ghosts.

    It is an ipywidgets widget: ``explorer.learning_rate = 0.3`` moves it, ``observe`` works, boxes hold it.
    An exception in one of the methods appears in the explorer, whose last good picture stays.
    """

    title: str = ""
    chapter: str = ""  # "03": under which predictions and goals are kept; without one, they are not
    prediction: Prediction | None = None
    goals: tuple[Goal, ...] = ()
    given: tuple[str, ...] = ()  # what its constructor takes before the controls, as a learner would write it
    deeds = {"pin": "pin", "unpin": "unpin"}  # of the page's buttons, each with the method that does it

    _esm = browser.joined(browser.SCRIPTS)  # as text: anywidget would hold what has a path for ever
    _css = browser.joined(browser.STYLES)
    _haste = 0.01  # seconds within which a better result may follow another and be drawn in its place
    _page = traitlets.Dict().tag(sync=True)  # what stands still: title, controls, words
    _shown = traitlets.Dict().tag(sync=True)  # what moves

    # What a subclass writes

    def figure(self) -> Figure:
        """The figure, with the artists that will move ``animated=True`` and kept on ``self``.

        Called again only for another theme, width or density of pixels; ``self.colours`` are the theme's, and
        ``self.panels`` makes it as wide as the page can show it. It reads no control: the same figure shows every
        result. Its words are marked for the catalogue: it is translated when it is finished (``nnlearn.lettering``).
        Lines that ``self.ghosts`` is told here are shown a second time, in grey, where a result is pinned.
        """
        raise NotImplementedError

    def compute(self) -> Any:
        """The ``Result`` for the controls' values.

        As a generator it yields coarse results first and the final one last. The first is shown at once, the
        others follow between the kernel's other work, until the next move makes them pointless.
        """
        raise NotImplementedError

    def draw(self, result: Any) -> None:
        """Gives the artists the result's data; reads nothing but the result and what ``figure`` kept."""
        raise NotImplementedError

    def says(self, result: Any) -> str:
        """One sentence about the result."""
        return ""

    def shows(self, result: Any) -> str:
        """HTML for a panel under the picture."""
        return ""

    def marks(self, result: Any) -> dict[str, list[tuple[float, str]]]:
        """Values worth marking on a slider's track, by control: ``{"learning_rate": [(0.2, "2/L")]}``."""
        return {}

    # What chapters and tests use

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        for name, value in vars(cls).items():
            if isinstance(value, Control) and hasattr(Explorer, name):
                message = say("{name!r} is taken by Explorer; give the control another name.", name=name)
                raise TypeError(message)

    def __init__(self, **values: Any) -> None:
        self._check_names(values)
        kept_as = f"{self.chapter}.{type(self).__name__}" if self.chapter else ""
        self._guess = Guess(self.prediction, kept_as) if self.prediction else None
        self._goals = Goals(self.goals, kept_as)
        super().__init__(**values)
        self.theme, self.pixel_ratio, self.page_width = "light", STORED_PIXEL_RATIO, WIDTH
        self.result: Any = None  # what is shown
        self.pinned: Any = None  # what is kept to compare with
        self._pinned_as: tuple[str, str] | None = None  # its line of code, and what was said of it
        self.error: Exception | None = None  # what the last move raised
        self._frame, self._drawn = Frame(), 0  # how often: the page decodes no picture twice
        self._picture: Picture | None = None
        self._meant = ""  # of the picture's English words, in another language
        self._ghosts: Ghosts | None = None
        self._moving = False  # by the page's hand: a coarse picture comes sooner
        self._inbox = Inbox()
        self._note, self._answers = "", ("", 0)  # which view's message was dealt with last, by its number
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
        """The colours of the theme, for ``figure`` to draw with."""
        return palette(self.theme)

    def panels(self, height: float, count: int, **options: Any) -> tuple[Figure, list[Any]]:
        """A figure for the page's width, and its panels: ``nnlearn.explorers.panels.panels``."""
        return panels(self.page_width, height, count, **options)

    def ghosts(self, *lines: Line2D) -> None:
        """To be called in ``figure``: these lines can be pinned, to compare the next run with."""
        self._ghosts = Ghosts(lines, self.colours)

    @property
    def code(self) -> str:
        """The line of code that makes this explorer as it is now: ``Bowl(learning_rate=0.18)``."""
        return code_line(type(self).__name__, self.given, self.controls(), self.values)

    @property
    def status(self) -> str:
        """What the explorer says about what it shows."""
        return self._frame.status

    @property
    def predicted(self) -> Any:
        """The learner's answer to the prediction; None before it, and where there is no question."""
        return self._guess and self._guess.value

    @property
    def asking(self) -> bool:
        """Whether the prediction waits for its answer: the picture must not give the truth away."""
        return self._guess is not None and self._guess.value is None

    def predict(self, value: Any) -> None:
        """Answers the prediction and moves to the settings that it is about; None takes the answer back.

        Raises TypeError or ValueError if the value is no answer, TypeError if there is no question.
        """
        if self._guess is None:
            raise TypeError(say("{title} asks for no prediction.", title=say(self.title)))
        self._guess.commit(value)
        with self.hold_sync():
            if value is None:
                self.reset()
            else:
                self.set(**self._guess.prediction.opens_at)
            self.refresh()

    @property
    def reached(self) -> tuple[Goal, ...]:
        """The goals that were reached so far; leaving them behind doesn't take them away."""
        return tuple(goal for number, goal in enumerate(self.goals) if number in self._goals.reached)

    def set(self, **values: Any) -> None:
        """Moves several controls in one move. If one value is refused (TraitError), none is taken."""
        self._check_names(values)
        with self.hold_sync(), self.hold_trait_notifications():
            for name, value in values.items():
                setattr(self, name, value)

    def reset(self) -> None:
        """Moves all controls back to their start."""
        self.set(**{name: control.start for name, control in self.controls().items()})

    def pin(self) -> None:
        """Keeps what is shown, to compare with: its lines stay in the picture, grey and dashed."""
        self.finish()
        if self.result is not None:
            self.pinned, self._pinned_as = self.result.also(pinned=None), (self.code, self.status)
            self._follow_pinned()

    def unpin(self) -> None:
        """Takes the lines of the kept result away."""
        if self.pinned is not None:
            self.pinned = self._pinned_as = None
            self._follow_pinned()

    def _follow_pinned(self) -> None:
        self.result = self.result.also(pinned=self.pinned)
        self._attempt(self._redraw)
        self._publish()

    def refresh(self) -> None:
        """Computes and draws anew. Moves do it by themselves; this is for data that is no control."""
        self._computed, self.error = self.values, None
        self._slices: Iterator[Any] | None = self._results()
        with self.hold_sync():
            self._advance()
            if not inspect.isgeneratorfunction(self.compute) or _running_loop() is None:
                self.finish()
        if self._slices is not None:
            self._rest = asyncio.create_task(self._go_on(self._slices))  # kept: the loop holds it weakly

    def finish(self) -> None:
        """Runs what is left of the computation now."""
        with self.hold_sync():
            while self._slices is not None:
                self._advance()

    def look(self, theme: str, pixel_ratio: float, width: int = WIDTH) -> None:
        """Draws for a "light" or "dark" page with so many pixels per CSS pixel; nothing is computed anew.

        width: CSS pixels that the page has for the picture.
        """
        palette(theme)  # refuses another word
        if (theme, pixel_ratio, width) != (self.theme, self.pixel_ratio, self.page_width):
            self.theme, self.pixel_ratio, self.page_width, self._picture = theme, pixel_ratio, width, None
            if self.result is not None:
                self._attempt(self._redraw)
            self._publish()

    def close(self) -> None:
        """Ends it in Python and on the page, and its layout with it: ipywidgets keeps whatever is open."""
        if self.comm is not None:
            self.layout.close()
        super().close()

    def alternative_text(self) -> str:
        """What the explorer shows, in words: title, status, settings."""
        settings = [f"{say(control.label)} {control.text(getattr(self, name))}"
                    for name, control in self.controls().items()]  # fmt: skip
        status = _message(self.error) if self.error else self.status
        fields = {"title": say(self.title).rstrip("?？"), "status": status, "settings": listed(settings)}
        if self._guess is None:
            return say("{title}: {status} (Settings: {settings}.)", **fields)
        if self.asking:
            return say("{title}. Predict first: {question}", question=say(self._guess.prediction.question), **fields)
        return say("{title}: {verdict} {status} (Settings: {settings}.)", verdict=self._guess.verdict(), **fields)

    def stored_picture(self) -> bytes:
        """The final picture as a PNG on light paper; empty if none could be drawn."""
        self.finish()
        look = self.theme, self.pixel_ratio, self.page_width
        with self.hold_sync():
            self.look("light", STORED_PIXEL_RATIO)
            picture = small_png(self._picture.pixels()) if self._picture else b""
            self.look(*look)
        return picture

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        cells.shows(self)
        picture = self.stored_picture()  # first, as it finishes what the text speaks of
        data["text/plain"] = self.alternative_text()
        if VIEW in data:
            data[VIEW] |= {PROCESSES: own_processes()}
        if picture:
            data["image/png"] = base64.b64encode(picture).decode("ascii")
            width, height = self._frame.size
            metadata = metadata | {"image/png": {"width": width, "height": height}}
        return data, metadata

    # From a move to the page

    def _check_names(self, values: dict[str, Any]) -> None:
        known = self.controls()
        for name in values.keys() - known.keys():
            message = say("{name!r} is not a control; the controls are {names}.",
                          name=name, names=", ".join(known))  # fmt: skip
            raise TypeError(message)

    def _moved(self, change: Any) -> None:
        if self.values != self._computed:  # the first of several set at once computes for all
            self._note = ""
            self.refresh()

    def _results(self) -> Iterator[Any]:
        outcome = self.compute()
        around = Result(**self._computed, predicted=self.predicted, asking=self.asking, pinned=self.pinned)
        for result in outcome if inspect.isgenerator(outcome) else [outcome]:
            if not isinstance(result, Result):
                raise TypeError(say("compute must give a Result(...); it gave {value!r}.", value=result))
            yield around.also(**vars(result))

    def _advance(self) -> None:
        """Shows the computation's next result or, after the last, looks at the goals."""
        self._attempt(self._take_next)
        self._publish()

    def _take_next(self) -> None:
        """The next result; where better ones are there at once, as computed before, only the best of them is drawn."""
        assert self._slices is not None
        before, until = self.result, time.perf_counter() + self._haste
        try:
            with one_thread():
                self.result = next(self._slices)
                while time.perf_counter() < until:
                    self.result = next(self._slices)
        except StopIteration:
            self._slices = None
        finally:  # an error comes after what was right before it
            if self.result is not before:
                self._redraw()
        if self._slices is None:
            self._look_at_goals()

    def _look_at_goals(self) -> None:
        met = set() if self.asking else self._goals.newly_met(self.result)
        if _running_loop() is None:
            self._goals.tick(met)
        elif met:
            self._staying = asyncio.create_task(self._tick_if_they_stay(met, self._computed))

    async def _tick_if_they_stay(self, goals: Collection[int], computed: dict[str, Any]) -> None:
        await asyncio.sleep(STAY)
        if self._computed is computed:  # not so where a move has come, even one that has gone back since
            self._goals.tick(goals)
            self._publish()

    async def _go_on(self, slices: Iterator[Any]) -> None:
        wait = REST
        while True:
            await asyncio.sleep(wait)
            if self._slices is not slices:  # finished, or the next move put others in their place
                return
            self._advance()
            wait = PAUSE

    def _redraw(self) -> None:
        with matplotlib.rc_context(style(self.theme)):
            if self._picture is None:
                self._ghosts = None  # figure() tells anew of which lines
                figure = self.figure()
                dress(figure)
                self._picture, self._meant = Picture(figure, self.pixel_ratio), legend(figure)
            picture = self._picture
            if self._ghosts:
                self._ghosts.follow(self.result.pinned, self.draw)
            self.draw(self.result)
            image = png(picture.pixels(1.0 if self._moving else self.pixel_ratio))
        self._drawn += 1
        self._frame = Frame(
            picture=image,
            size=picture.size,
            status=self.says(self.result),
            panel=(f"<p>{escape(self._meant)}</p>" if self._meant else "") + self.shows(self.result),
            marks=self.marks(self.result),
            points=self._handles(picture),
            panels=coordinates(picture),
        )

    def _handles(self, picture: Picture) -> dict[str, Any]:
        if self._guess and self.asking:  # the one thing to move is the mark, if the question asks for one
            return handles(
                {"prediction": self._guess.prediction.answer}, {"prediction": self._guess.shown()["value"]}, picture
            )
        return handles(self.controls(), self.values, picture)

    def _attempt(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # whatever a chapter's method raises belongs on the page
            self.error, self._slices = error, None

    def _publish(self) -> None:
        self._shown = vars(self._frame) | {
            "goals": sorted(self._goals.reached),
            "note": self._note,
            "error": self.error and [_message(self.error), "".join(traceback.format_exception(self.error))],
            "busy": self._slices is not None,
            "prediction": self._guess and self._guess.shown(),
            "answers": self._answers,
            "drawn": self._drawn,
            "code": self.code,
            "pinned": self._pinned_as,
            "pins": bool(self._ghosts),
        }

    @traitlets.default("_page")
    def _standing(self) -> dict[str, Any]:
        page = standing(self.title, self.controls(), [goal.text for goal in self.goals])
        return page | {"name": type(self).__name__, "prediction": self._guess and self._guess.page()}

    def _receive(self, _: Any, message: dict[str, Any], buffers: Any) -> None:
        """Takes the page's message to the thread in which cells run: newer kernels deliver it in another."""
        if self._loop is not None and self._loop.is_running() and self._loop is not _running_loop():
            self._loop.call_soon_threadsafe(self._handle, message)
        else:
            self._handle(message)

    def _handle(self, message: dict[str, Any]) -> None:
        for each in self._inbox.unread(message):
            self._do(each)

    def _do(self, message: dict[str, Any]) -> None:
        """A message has some of "look", "reset", "values", "places", "commit", "again" and the names of ``deeds``; and
        what an ``Inbox`` reads."""
        self._answers = message["view"], message["serial"]
        with self.hold_sync():
            try:
                if "look" in message:
                    self.look(**message["look"])
                if "reset" in message:
                    self.reset()
                movable = self.controls() | ({"prediction": self._guess.prediction.answer} if self._guess else {})
                values, note = moves(message, movable, self._picture)
                if "prediction" in values:
                    self._draft(values.pop("prediction"))
                self._follow(values)
                if message.keys() - ABOUT:
                    self._note = note
                if message.get("commit") and self._guess and self._guess.draft is not None:
                    self.predict(self._guess.draft)
                if message.get("again"):
                    self.predict(None)
                for deed in self.deeds.keys() & message.keys():
                    getattr(self, self.deeds[deed])()
            finally:
                self._publish()  # even where nothing moved: the page waits for the answer

    def _follow(self, values: dict[str, Any]) -> None:
        """Moves the controls as the hand does; where pixels are dense, only a hand that rests gets all of them."""
        computed = self._computed
        self._moving = self.pixel_ratio > 1 and _running_loop() is not None
        try:
            self.set(**values)
        finally:
            coarse, self._moving = self._moving, False
        if coarse and self._computed is not computed and self._slices is None:
            self._sharpening = asyncio.create_task(self._sharpen(self._computed))

    async def _sharpen(self, computed: dict[str, Any]) -> None:
        await asyncio.sleep(REST)
        if self._computed is computed and self.error is None:
            self._attempt(self._redraw)
            self._publish()

    def _draft(self, value: Any) -> None:
        assert self._guess is not None
        self._guess.draft = value
        if self._picture:
            self._frame = replace(self._frame, points=self._handles(self._picture))


def _message(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
