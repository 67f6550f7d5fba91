"""Explorers without a browser: controls, moves, errors, slices, pictures, and the page's messages."""

import asyncio
import base64
import io
import itertools
import selectors
import threading

import ipywidgets
import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure
from PIL import Image
from threadpoolctl import threadpool_info, threadpool_limits
from traitlets import TraitError, validate

from nnlearn import language, progress
from nnlearn.explorers import Choice, Explorer, Goal, Linear, Log, Point, Result, Switch, Whole
from nnlearn.explorers.explorer import REST, STAY
from nnlearn.explorers.picture import Picture
from nnlearn.language import mark, say
from nnlearn.palette import LINES, PALETTES, style
from nnlearn.png import png, small_png


class Descent(Explorer):
    """Gradient descent with momentum on (x^2 + 10 y^2) / 2."""

    title = mark("Gradient descent on a bowl")
    learning_rate = Log(0.001, 0.3, start=0.1, label=mark("learning rate"))
    steps = Whole(1, 200, start=100, label=mark("steps"))
    momentum = Linear(0, 0.99, start=0.5, step=0.01, label=mark("momentum"))
    form = Choice({"averaged": mark("averaged"), "classical": mark("classical")}, start="classical", label=mark("form"))
    noisy = Switch(start=False, label=mark("noisy gradient"))
    origin = Point((-3, 3), (-3, 3), start=(-2, 2), label=mark("start"), axes="path")
    goals = (
        Goal(mark("loss below 1e-6 after 50 steps"), lambda result: result.loss[50] < 1e-6),
        Goal(mark("the loss grows"), lambda result: result.loss[-1] > result.loss[0]),
    )

    def figure(self):
        figure = Figure(figsize=(9, 4), layout="constrained")
        axes = figure.subplot_mosaic([["loss", "path"]])
        x = np.linspace(-3, 3, 61)
        bowl = (x**2 + 10 * x[:, None] ** 2) / 2
        axes["path"].contour(x, x, bowl, levels=np.geomspace(0.05, 60, 12), colors=self.colours.muted)
        axes["path"].set(xlim=(-3, 3), ylim=(-3, 3), xlabel="x", ylabel="y")
        axes["loss"].set(xlim=(0, 200), ylim=(1e-16, 1e4), yscale="log", xlabel="step", ylabel="loss")
        (self.path,) = axes["path"].plot([], [], "o-", markersize=4, animated=True)
        (self.curve,) = axes["loss"].plot([], [], animated=True)
        return figure

    def compute(self):
        theta, velocity, rows = np.array(self.origin), np.zeros(2), []
        noise = np.random.default_rng(0).standard_normal((self.steps + 1, 2)) * (0.3 if self.noisy else 0)
        damping = 1 - self.momentum if self.form == "averaged" else 1
        for k in range(self.steps + 1):
            rows.append(theta)
            gradient = theta * [1, 10] + noise[k]
            velocity = self.momentum * velocity - self.learning_rate * damping * gradient
            theta = theta + velocity
        path = np.array(rows)
        return Result(path=path, loss=(path**2 @ [1, 10]) / 2)

    def draw(self, result):
        self.path.set_data(*result.path.T)
        self.curve.set_data(np.arange(len(result.loss)), result.loss)

    def says(self, result):
        return say("After {steps} steps the loss is {loss:.2g}.", steps=result.steps, loss=result.loss[-1])

    def marks(self, result):
        return {"learning_rate": [(0.1, "1/L"), (2 / 11, "2/(L+μ)"), (0.2, "2/L")]}


class Small(Explorer):
    """The least that works: it counts what is called."""

    title = mark("Small")
    x = Linear(0, 10, start=1, step=1, label=mark("x"))
    y = Linear(0, 10, start=1, step=1, label=mark("y"), unit="m")

    def __init__(self, **values):
        self.calls = []
        super().__init__(**values)

    def figure(self):
        self.calls.append("figure")
        figure = Figure(figsize=(2, 1))
        (self.dot,) = figure.subplots().plot(5, 5, "o", animated=True)
        return figure

    def compute(self):
        self.calls.append("compute")
        return Result(x=self.x, y=self.y)

    def draw(self, result):
        self.calls.append("draw")
        self.dot.set_data([result.x], [result.y])

    def says(self, result):
        return f"x is {result.x:g}, y is {result.y:g}."


@pytest.fixture(scope="module")
def still():
    """One explorer for the tests that leave it as it is."""
    return Descent()


def shown(explorer, key):
    return explorer.get_state()["_shown"][key]


def tell(explorer, **message):
    """As the page does it."""
    tell.serial = getattr(tell, "serial", 0) + 1
    explorer._handle_custom_msg({"view": "one", "serial": tell.serial, **message}, [])
    assert shown(explorer, "answers") == ("one", tell.serial)


class Clockwork(asyncio.SelectorEventLoop):
    """A loop in which to wait takes no time: its clock goes on by as much as it is asked to wait."""

    def __init__(self):
        self.now, selector = 0.0, selectors.SelectSelector()
        look = selector.select

        def select(timeout=None):
            self.now += timeout or 0
            return look(0)

        selector.select = select
        super().__init__(selector)

    def time(self):
        return self.now


def in_no_time(work):
    """Runs what a cell does."""
    with asyncio.Runner(loop_factory=Clockwork) as runner:
        runner.run(work)


def decoded(picture):
    return np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))


# --- Controls ---


def test_a_control_is_a_trait():
    explorer = Descent()
    seen = []
    explorer.observe(lambda change: seen.append((change.new, explorer.status)), "steps")
    explorer.steps = 7
    assert explorer.steps == 7
    assert seen == [(7, "After 7 steps the loss is 0.2.")]  # observers see what the move has shown


def test_values_may_be_given_at_the_start():
    assert Descent(learning_rate=0.25, form="averaged").values == {
        "learning_rate": 0.25, "steps": 100, "momentum": 0.5, "form": "averaged", "noisy": False, "origin": (-2, 2),
    }  # fmt: skip


def test_it_nests_in_boxes():
    explorer = Small()
    assert ipywidgets.VBox([explorer, ipywidgets.HBox([explorer])]).children[0] is explorer


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("learning_rate", 0.5, "learning_rate = 0.5 is not in [0.001, 0.3]."),
        ("learning_rate", 0, "learning_rate = 0 is not in [0.001, 0.3]."),
        ("learning_rate", np.nan, "learning_rate = nan is not in [0.001, 0.3]."),
        ("learning_rate", "fast", "learning_rate must hold real numbers; it holds <U4."),
        ("learning_rate", [0.1, 0.2], "learning_rate must be one number; it is [0.1, 0.2]."),
        ("momentum", True, "momentum must hold real numbers; it holds bool."),
        ("steps", 2.5, "steps = 2.5 is not a whole number."),
        ("steps", 201, "steps = 201 is not in [1, 200]."),
        ("form", "heavy", "form = 'heavy' is not one of 'averaged', 'classical'."),
        ("noisy", 1, "noisy must be True or False; it is 1."),
        ("origin", (0, 4), "origin[1] = 4 is not in [-3, 3]."),
        ("origin", (0, 1, 2), "origin must be two numbers (x, y); it is (0, 1, 2)."),
        ("origin", 1.0, "origin must be two numbers (x, y); it is 1.0."),
    ],
)
def test_a_value_outside_is_refused(still, name, value, message):
    before = still.values
    with pytest.raises(TraitError) as caught:
        setattr(still, name, value)
    assert str(caught.value) == message
    assert still.values == before


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("learning_rate", np.float64(0.2), 0.2),
        ("steps", np.int64(5), 5),
        ("steps", 5.0, 5),
        ("noisy", np.True_, True),
        ("origin", np.array([1, 2]), (1.0, 2.0)),
        ("origin", [1, 2], (1.0, 2.0)),
    ],
)
def test_numpy_values_become_plain_ones(name, value, kept):
    explorer = Descent()
    setattr(explorer, name, value)
    assert getattr(explorer, name) == kept
    assert type(getattr(explorer, name)) is type(kept)


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: Linear(1, 1, start=1, step=1, label="rate"), "rate needs a range from low to high"),
        (lambda: Log(0, 1, start=1, label="rate"), "rate is logarithmic and needs a range above 0"),
        (lambda: Log(0.1, 1, start=2, label="rate"), "rate = 2 is not in [0.1, 1]"),
        (lambda: Whole(1, 9, start=1.5, label="steps"), "steps = 1.5 is not a whole number"),
        (lambda: Choice({"a": "A"}, start="b", label="form"), "form = 'b' is not one of 'a'"),
        (lambda: Point((0, 1), (0, 1), start=(0, 2), label="start"), "start[1] = 2 is not in [0, 1]"),
    ],
)
def test_a_wrong_declaration_is_refused(declare, message):
    with pytest.raises(ValueError, match="^" + message.replace("[", r"\[")):
        declare()


def test_a_taken_name_is_refused():
    with pytest.raises(TypeError, match="'layout' is taken by Explorer"):
        type("Bad", (Small,), {"layout": Switch(start=False, label="layout")})


@pytest.mark.parametrize("act", [lambda: Small(z=1), lambda: Small().set(z=1)])
def test_an_unknown_control_is_refused(act):
    with pytest.raises(TypeError, match="'z' is not a control; the controls are x, y."):
        act()


def test_controls_are_inherited_in_their_order():
    child = type("Child", (Small,), {"a": Switch(start=False, label="a"), "x": Whole(0, 3, start=2, label="x")})
    assert list(child.controls()) == ["x", "y", "a"]
    assert child().x == 2


# --- Moves ---


def move_by_set(explorer):
    explorer.set(x=3, y=4)


def move_while_held(explorer):
    with explorer.hold_trait_notifications():
        explorer.x = 3
        explorer.y = 4


def move_by_page(explorer):
    tell(explorer, values={"x": 3, "y": 4})


@pytest.mark.parametrize("move", [move_by_set, move_while_held, move_by_page])
def test_several_controls_are_one_move(move):
    explorer = Small()
    explorer.calls.clear()
    move(explorer)
    assert explorer.calls == ["compute", "draw"]
    assert (explorer.result.x, explorer.result.y) == (3, 4)
    assert explorer.status == shown(explorer, "status") == "x is 3, y is 4."


def test_a_refused_value_takes_the_others_back():
    explorer = Small()
    explorer.calls.clear()
    with pytest.raises(TraitError, match="y = 40"):
        explorer.set(x=3, y=40)
    assert explorer.values == {"x": 1, "y": 1}
    assert explorer.calls == []


def test_nothing_is_computed_for_the_same_values():
    explorer = Small()
    explorer.calls.clear()
    explorer.x = 1
    explorer.reset()
    assert explorer.calls == []
    explorer.refresh()
    assert explorer.calls == ["compute", "draw"]


def test_reset():
    explorer = Descent(learning_rate=0.3, form="averaged", origin=(1, 1), noisy=True)
    explorer.reset()
    assert explorer.values == {name: control.start for name, control in Descent.controls().items()}


def test_an_explorer_computes_on_one_thread():
    class Counts(Descent):
        def compute(self):
            self.seen = [library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"]
            return super().compute()

    with threadpool_limits(limits=2, user_api="blas"):
        explorer = Counts()
        outside = {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}
    if not explorer.seen:
        pytest.skip("NumPy's linear algebra is none that threadpoolctl can limit")
    assert set(explorer.seen) == {1} and outside == {2}


@pytest.mark.parametrize("name", list(Descent.controls()))
def test_every_control_moves_over_its_full_range(name):
    control = Descent.controls()[name]
    if isinstance(control, Choice):
        values = list(control.options)
    elif isinstance(control, Switch):
        values = [False, True]
    elif isinstance(control, Point):
        values = list(itertools.product(*(np.linspace(*ends, 4) for ends in control.ends)))
    else:
        spread = np.linspace(control.low, control.high, 15)
        values = np.round(spread) if isinstance(control, Whole) else spread
    explorer = Descent()
    pictures = []
    for value in values:
        setattr(explorer, name, value)
        assert explorer.error is None
        pictures.append(shown(explorer, "picture"))
    assert len(set(pictures)) == len(values)


# --- Errors ---


@pytest.mark.parametrize("method", ["figure", "compute", "draw", "says", "shows", "marks"])
def test_an_error_is_shown_and_recovered_from(method):
    class Fragile(Small):
        """Fails beyond 5."""

        goals = (Goal("beyond 5", lambda result: result.x > 5),)

    def fails(self, *result):
        if self.x > 5:
            raise RuntimeError(f"{method} failed at {self.x:g}")
        return getattr(Small, method)(self, *result)

    setattr(Fragile, method, fails)
    explorer = Fragile()
    good = shown(explorer, "picture")
    explorer.x = 7
    if method == "figure":
        explorer.look("dark", 1)
    else:
        assert explorer.reached == ()
    message, trace = shown(explorer, "error")
    assert message == f"RuntimeError: {method} failed at 7"
    assert "in fails" in trace
    assert shown(explorer, "picture") == good
    assert shown(explorer, "status") == "x is 1, y is 1." or method == "figure"
    assert f"{method} failed at 7" in explorer.alternative_text()
    explorer.x = 3
    assert explorer.error is None and shown(explorer, "error") is None
    assert explorer.status == "x is 3, y is 1."


def test_an_explorer_that_never_worked_says_why():
    class Broken(Small):
        """Fails at once."""

        def compute(self):
            raise ZeroDivisionError("no bowl")

    explorer = Broken()
    explorer.look("dark", 2)
    data, _ = explorer._repr_mimebundle_()
    assert data["text/plain"] == "Small: ZeroDivisionError: no bowl (Settings: x 1; y 1 m.)"
    assert "image/png" not in data
    tell(explorer, values={"x": 2})


# --- Slices ---


class Sliced(Small):
    """Five results, each better than the last."""

    slices = 5
    _haste = 0  # each slice counts as slow
    fails_at = None
    goals = (Goal("the last is seen", lambda result: result.y == 5),)

    def compute(self):
        for n in range(1, self.slices + 1):
            if n == self.fails_at:
                raise RuntimeError(f"slice {n}")
            self.calls.append((self.x, n))
            yield Result(y=n)


def test_without_a_loop_all_slices_run_at_once():
    explorer = Sliced()
    assert [call for call in explorer.calls if isinstance(call, tuple)] == [(1, n) for n in range(1, 6)]
    assert explorer.status == "x is 1, y is 5." and not shown(explorer, "busy")
    assert len(explorer.reached) == 1


@pytest.mark.parametrize("fails_at", [None, 4])
def test_results_that_are_there_at_once_are_one_picture(fails_at):
    async def cell():
        explorer = type("Quick", (Sliced,), {"_haste": np.inf, "fails_at": fails_at})()
        assert explorer.calls.count("draw") == 1
        assert explorer.status == f"x is 1, y is {fails_at - 1 if fails_at else 5}."
        assert (explorer.error is None) == (fails_at is None) and not shown(explorer, "busy")

    in_no_time(cell())


def test_finer_results_wait_until_the_hand_rests():
    async def cell():
        explorer = Sliced()
        for x in (2, 3, 4):
            await asyncio.sleep(0.9 * REST)
            explorer.x = x
        assert [n for x, n in (call for call in explorer.calls if isinstance(call, tuple))] == [1, 1, 1, 1]
        await until_done(explorer)
        assert explorer.status == "x is 4, y is 5."

    in_no_time(cell())


async def until_done(explorer):
    while shown(explorer, "busy"):
        await asyncio.sleep(0.001)


def test_in_a_loop_the_first_slice_is_shown_at_once():
    async def cell():
        explorer = Sliced()
        assert explorer.status == "x is 1, y is 1."
        assert shown(explorer, "busy") and not explorer.reached
        await until_done(explorer)
        assert explorer.status == "x is 1, y is 5." and not explorer.reached
        await asyncio.sleep(STAY + 0.1)
        assert len(explorer.reached) == 1

    in_no_time(cell())


def test_a_move_cancels_the_slices_that_are_left():
    async def cell():
        explorer = Sliced()
        while len(explorer.calls) < 5:
            await asyncio.sleep(0.001)
        explorer.x = 2
        await asyncio.sleep(0.006)
        assert len(asyncio.all_tasks()) == 2  # this one and the newer of the slices'
        await until_done(explorer)
        computed = [call for call in explorer.calls if isinstance(call, tuple)]
        first = [call for call in computed if call[0] == 1]
        assert len(first) < 5
        assert computed == first + [(2, n) for n in range(1, 6)]

    asyncio.run(cell())


def test_finish_runs_the_rest_now():
    async def cell():
        explorer = Sliced()
        explorer.finish()
        assert explorer.status == "x is 1, y is 5." and not shown(explorer, "busy")
        calls = len(explorer.calls)
        await asyncio.sleep(0.05)
        assert len(explorer.calls) == calls

    asyncio.run(cell())


def test_a_stored_picture_is_the_final_one():
    async def cell():
        explorer = Sliced()
        data, _ = explorer._repr_mimebundle_()
        assert data["text/plain"].startswith("Small: x is 1, y is 5.")

    asyncio.run(cell())


def test_an_error_in_a_later_slice_is_shown():
    async def cell():
        explorer = Sliced()
        explorer.fails_at = 3
        explorer.x = 2
        await until_done(explorer)
        assert shown(explorer, "error")[0] == "RuntimeError: slice 3"
        assert explorer.status == "x is 2, y is 2."

    asyncio.run(cell())


def test_a_message_in_another_thread_is_handled_where_cells_run():
    async def cell():
        threads = []
        explorer = Small()
        explorer.observe(lambda change: threads.append(threading.current_thread()), "x")
        message = {"view": "one", "serial": 1, "values": {"x": 4}}
        thread = threading.Thread(target=explorer._handle_custom_msg, args=(message, []))
        thread.start()
        while explorer.x != 4:
            await asyncio.sleep(0.001)
        thread.join()
        assert threads == [threading.main_thread()]

    asyncio.run(cell())


# --- Goals ---


def test_goals_stay_reached():
    explorer = Descent(momentum=0.0)
    assert [goal.text for goal in explorer.reached] == []
    explorer.momentum = 0.5
    assert shown(explorer, "goals") == [0]
    explorer.set(learning_rate=0.3, momentum=0)
    assert shown(explorer, "goals") == [0, 1]
    explorer.reset()
    assert explorer.reached == Descent.goals


def test_a_run_that_is_too_short_reaches_no_goal():
    explorer = Descent(steps=10)
    assert explorer.error is None and explorer.reached == ()


class Aims(Small):
    """Goals at 3, and from 7 on."""

    chapter = "99"
    goals = (
        Goal("three", lambda result: result.x == 3),
        Goal("seven or more", lambda result: result.x >= 7),
    )


def slide(explorer, *values):
    for x in values:
        explorer.x = x


async def slide_slowly(explorer, *values):
    for x in values:
        explorer.x = x
        await asyncio.sleep(0.4 * STAY)


def test_sliding_past_a_goal_does_not_reach_it():
    async def cell():
        explorer = Aims()
        slide(explorer, 2, 3, 4, 5)
        assert shown(explorer, "goals") == []
        await slide_slowly(explorer, 2, 3, 4, 5)
        await asyncio.sleep(2 * STAY)
        assert shown(explorer, "goals") == [] and explorer.reached == ()

    in_no_time(cell())


def test_staying_at_a_goal_reaches_it():
    async def cell():
        explorer = Aims()
        sent = []
        slide(explorer, 2, 3)
        await asyncio.sleep(0.9 * STAY)
        assert shown(explorer, "goals") == []
        explorer.observe(lambda change: sent.append(change.new["goals"]), "_shown")
        await asyncio.sleep(2 * STAY)
        assert shown(explorer, "goals") == [0] and explorer.reached == Aims.goals[:1]
        assert sent == [[0]]  # the page hears of it, once
        explorer.x = 9
        await asyncio.sleep(2 * STAY)
        assert shown(explorer, "goals") == [0, 1]

    in_no_time(cell())


def test_coming_back_to_a_goal_starts_its_time_anew():
    async def cell():
        explorer = Aims()
        await slide_slowly(explorer, 3, 4, 3, 4, 3)
        await asyncio.sleep(0.5 * STAY)
        assert shown(explorer, "goals") == []
        explorer.x = 4
        await asyncio.sleep(2 * STAY)
        assert shown(explorer, "goals") == []

    in_no_time(cell())


def test_a_hand_that_rests_within_the_goal_reaches_it():
    async def cell():
        explorer = Aims()
        await slide_slowly(explorer, 6, 7, 8, 9)
        await asyncio.sleep(2 * STAY)
        assert shown(explorer, "goals") == [1]

    in_no_time(cell())


def test_another_look_is_no_move_away():
    async def cell():
        explorer = Aims(x=3)
        explorer.look("dark", 2)
        tell(explorer, values={"x": 3})
        explorer._repr_mimebundle_()
        await asyncio.sleep(2 * STAY)
        assert shown(explorer, "goals") == [0]

    in_no_time(cell())


def test_without_a_loop_a_goal_is_reached_at_once():
    explorer = Aims()
    slide(explorer, 2, 3, 4)
    assert shown(explorer, "goals") == [0]


def test_reached_goals_are_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "notes.jsonl"))
    slide(Aims(), 3, 1)
    assert [(each.kind, each.name, each.value) for each in progress.notes()] == [("goal", "99.Aims.1", None)]
    explorer = Aims()
    assert shown(explorer, "goals") == [0]
    slide(explorer, 3, 8, 3, 8)
    assert [each.name for each in progress.notes()] == ["99.Aims.1", "99.Aims.2"]
    assert Aims().reached == Aims.goals
    assert type("Others", (Aims,), {})().reached == type("Aims", (Aims,), {"chapter": "98"})().reached == ()
    monkeypatch.setenv("NNLEARN_PROGRESS", "off")
    assert Aims().reached == ()


def test_a_goal_that_was_slid_past_is_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "notes.jsonl"))

    async def cell():
        explorer = Aims()
        slide(explorer, 3, 4)
        await asyncio.sleep(2 * STAY)
        assert progress.notes() == []
        slide(explorer, 3)
        await asyncio.sleep(2 * STAY)
        assert [each.name for each in progress.notes()] == ["99.Aims.1"]

    in_no_time(cell())


def test_without_a_chapter_goals_are_not_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("NNLEARN_PROGRESS", str(tmp_path / "notes.jsonl"))
    explorer = type("Nowhere", (Aims,), {"chapter": ""})(x=3)
    assert shown(explorer, "goals") == [0] and progress.notes() == []


# --- Pictures ---


def test_blitting_equals_a_fresh_draw():
    moved = Descent()
    for rate in (0.01, 0.2, 0.3, 0.03):
        moved.set(learning_rate=rate, origin=(rate, 1))
    fresh = Descent(learning_rate=0.03, origin=(0.03, 1))
    assert (moved._picture.pixels() == fresh._picture.pixels()).all()


@pytest.mark.parametrize("ratio", [1, 1.5, 2])
def test_blitting_equals_drawing_all_at_once(ratio):
    figure = Figure(figsize=(4, 3))
    axes = figure.subplots()
    axes.set(xlim=(0, 10), ylim=(0, 10))
    (line,) = axes.plot([], [], "o-", animated=True)
    (under,) = axes.plot([], [], linewidth=9, zorder=1, animated=True)
    text = axes.text(5, 8, "before", animated=True)
    picture = Picture(figure, ratio)
    picture.pixels()
    line.set_data([1, 5, 8], [2, 7, 3])
    under.set_data([1, 5, 8], [3, 3, 7])
    text.set_text("after")
    blitted = picture.pixels().copy()
    for artist in (line, under, text):
        artist.set_animated(False)
    figure.canvas.draw()
    assert (blitted == np.asarray(figure.canvas.buffer_rgba())).all()
    assert blitted.shape == (300 * ratio, 400 * ratio, 4)


def test_the_background_is_drawn_again_when_it_changes():
    class Titled(Small):
        """Moves a title and limits, which are not animated."""

        def draw(self, result):
            super().draw(result)
            self.dot.axes.set(title=f"x = {result.x:g}", xlim=(0, 10 * result.x))

    moved, fresh = Titled(), Titled(x=3)
    before = moved._picture.pixels().copy()
    moved.x = 3
    assert (moved._picture.pixels() == fresh._picture.pixels()).all()
    assert (moved._picture.pixels() != before).any()


def test_the_background_is_kept_when_it_does_not_change():
    explorer = Descent()
    draws = []
    explorer._picture.figure.canvas.draw = lambda: draws.append(1)
    explorer.learning_rate = 0.2
    assert draws == [] and explorer.error is None


@pytest.mark.parametrize("shape", [(1, 1), (2, 7), (31, 50)])
def test_png_keeps_every_pixel(shape):
    pixels = np.random.default_rng(0).integers(0, 256, (*shape, 4), np.uint8)
    assert (decoded(png(pixels)) == pixels[..., :3]).all()


def test_small_png_is_close(still):
    pixels = still._picture.pixels()
    stored = small_png(pixels)
    assert len(stored) < len(png(pixels)) / 2
    assert np.abs(decoded(stored).astype(int) - pixels[..., :3]).mean() < 2


def test_the_mimebundle_holds_picture_and_words():
    explorer = Descent(learning_rate=0.02)
    explorer.look("dark", 2)
    data, metadata = explorer._repr_mimebundle_()
    assert data["application/vnd.jupyter.widget-view+json"]["model_id"] == explorer.model_id
    picture = decoded(base64.b64decode(data["image/png"]))
    assert picture.shape == (600, 1350, 3)
    assert (picture[0, 0] > 250).all() and picture.std() > 10  # light, and not blank
    assert metadata["image/png"] == {"width": 900, "height": 400}
    assert data["text/plain"] == (
        "Gradient descent on a bowl: After 100 steps the loss is 0.00043. (Settings: learning rate 0.02; "
        "steps 100; momentum 0.5; form classical; noisy gradient off; start (-2, 2).)"
    )
    assert explorer.theme == "dark" and decoded(shown(explorer, "picture")).shape == (800, 1800, 3)


def test_another_look_draws_anew_and_computes_nothing():
    explorer = Small()
    explorer.calls.clear()
    before = matplotlib.rcParams.copy()
    explorer.look("dark", 2)
    explorer.look("dark", 2)
    assert explorer.calls == ["figure", "draw"]
    assert dict(matplotlib.rcParams) == dict(before)
    dark = decoded(shown(explorer, "picture"))
    assert dark.shape == (200, 400, 3) and dark.mean() < 60
    assert shown(explorer, "size") == (200, 100)
    with pytest.raises(ValueError, match="theme = 'sepia'"):
        explorer.look("sepia", 1)


def test_a_picture_in_two_densities_is_two_pictures():
    explorer = Descent()
    explorer.look("light", 2)
    for rate in (0.02, 0.3):
        explorer.learning_rate = rate
        fresh = Descent(learning_rate=rate)
        fresh.look("light", 1)
        assert explorer._picture.pixels(1.0).shape == (400, 900, 4)
        difference = explorer._picture.pixels(1.0).astype(int) - fresh._picture.pixels()
        assert np.abs(difference).mean() < 1  # laid out at another density, a text may lie a pixel beside
        again = explorer._picture.pixels().copy()
        assert again.shape == (800, 1800, 4)
        explorer._picture.pixels(1.0)
        assert (explorer._picture.pixels() == again).all()


def test_a_hand_that_moves_sees_a_coarse_picture_and_one_that_rests_a_fine_one():
    async def cell():
        explorer = Descent()
        explorer.look("light", 2)
        for rate in (0.02, 0.03):
            tell(explorer, values={"learning_rate": rate})
            assert decoded(shown(explorer, "picture")).shape == (400, 900, 3)
            await asyncio.sleep(0.9 * REST)
        await asyncio.sleep(REST)
        by_python = Descent(learning_rate=0.03)
        by_python.look("light", 2)
        assert shown(explorer, "picture") == shown(by_python, "picture")
        tell(explorer, values={"learning_rate": 0.03})  # no move
        assert decoded(shown(explorer, "picture")).shape == (800, 1800, 3)

    in_no_time(cell())


# --- Places in the picture ---


def axes_of_all_kinds():
    figure = Figure(figsize=(8, 3))
    axes = figure.subplot_mosaic([["even", "log", "upside down"]])
    axes["even"].set(xlim=(-3, 3), ylim=(0, 10))
    axes["log"].set(xlim=(1e-4, 1), ylim=(1, 1e3), xscale="log", yscale="log")
    axes["upside down"].set(xlim=(0, 1), ylim=(5, -5))
    return figure


@pytest.mark.parametrize("ratio", [1, 2])
@pytest.mark.parametrize(
    ("label", "point"),
    [("even", (-1.52, 7.25)), ("even", (3, 0)), ("log", (0.0021, 33.0)), ("upside down", (0.25, -4.03))],
)
def test_a_place_and_its_point_are_inverses(label, point, ratio):
    picture = Picture(axes_of_all_kinds(), ratio)
    axes = picture.axes(label)
    across, down = picture.place(axes, point)
    found = picture.point(axes, (across, down))
    width, height = picture.size
    again = picture.place(axes, found)
    assert abs(again[0] - across) * width < 1 and abs(again[1] - down) * height < 1
    assert found == pytest.approx(point, rel=0.04, abs=0.04)


def test_a_place_counts_from_the_upper_left_corner():
    figure = Figure(figsize=(4, 2))
    axes = figure.add_axes((0.25, 0.1, 0.5, 0.6))
    axes.set(xlim=(0, 1), ylim=(0, 1))
    picture = Picture(figure)
    assert picture.place(axes, (0, 1)) == pytest.approx((0.25, 0.3))
    assert np.array(picture.box(axes)) == pytest.approx(np.array([[0.25, 0.3], [0.75, 0.9]]))
    assert picture.point(axes, (0.5, 0.6)) == pytest.approx((0.5, 0.5), abs=0.01)
    assert picture.point(axes, (-1, 2)) == (0, 0)  # the nearest inside


def test_an_unknown_label_is_named():
    with pytest.raises(ValueError, match="no axes with the label 'map'"):
        Picture(axes_of_all_kinds()).axes("map")


def test_a_press_moves_the_point():
    explorer = Descent()
    place = explorer._picture.place(explorer._picture.axes("path"), (1.5, -0.5))
    tell(explorer, places={"origin": list(place)})
    assert explorer.origin == pytest.approx((1.5, -0.5), abs=0.03)
    assert explorer.result.path[0] == pytest.approx(explorer.origin)
    assert shown(explorer, "points")["origin"]["place"] == pytest.approx(place, abs=0.003)
    tell(explorer, places={"origin": [5, -5]})
    assert explorer.origin == (3, 3)


# --- Messages of the page ---


@pytest.mark.parametrize(
    ("name", "typed", "value", "note"),
    [
        ("learning_rate", 0.2, 0.2, ""),
        ("learning_rate", 7, 0.3, "learning rate: 7 is not possible; the nearest value, 0.3, is set."),
        ("steps", 2.6, 3, "steps: 2.6 is not possible; the nearest value, 3, is set."),
        ("steps", -1, 1, "steps: -1 is not possible; the nearest value, 1, is set."),
        ("origin", [9, 1], (3, 1), "start: (9, 1) is not possible; the nearest value, (3, 1), is set."),
        ("form", "averaged", "averaged", ""),
        ("noisy", True, True, ""),
    ],
)
def test_what_is_typed_outside_becomes_the_nearest_value(name, typed, value, note):
    explorer = Descent()
    tell(explorer, values={name: typed})
    assert getattr(explorer, name) == value
    assert shown(explorer, "note") == note
    tell(explorer, values={})
    assert shown(explorer, "note") == ""


def test_every_message_is_answered():
    class Picky(Small):
        """Refuses 2 itself."""

        @validate("x")
        def _not_two(self, proposal):
            if proposal.value == 2:
                raise TraitError("not 2")
            return proposal.value

    explorer = Picky()
    tell(explorer, values={"x": 2})  # ipywidgets logs the error
    assert explorer.x == 1
    tell(explorer, reset=True, look={"theme": "dark", "pixel_ratio": 1.25})
    tell(explorer)
    assert (explorer.theme, explorer.pixel_ratio) == ("dark", 1.25)


def test_a_reset_comes_before_the_values_of_its_message():
    explorer = Small(x=5, y=5)
    tell(explorer, reset=True, values={"y": 7})
    assert explorer.values == {"x": 1, "y": 7}


def test_each_view_counts_its_own_messages():
    explorer = Small()
    sent = []
    explorer.observe(lambda change: sent.append(change.new["answers"]), "_shown")
    for view in ("first", "second"):  # a reload with a living kernel: the same number, the same look
        explorer._handle_custom_msg({"view": view, "serial": 1, "look": {"theme": "light", "pixel_ratio": 1}}, [])
    assert sent[-1] == ("second", 1) and ("first", 1) in sent


def test_a_message_that_was_overtaken_is_dealt_with_in_its_turn_and_once():
    explorer = Small()
    moves = []
    explorer.observe(lambda change: moves.append(change.new), "x")
    first, second = {"serial": 1, "values": {"x": 4}}, {"serial": 2, "values": {"x": 6}}
    for before, message in (([first], second), ([], first), ([second], {"serial": 3, "values": {"y": 5}})):
        explorer._handle_custom_msg({"view": "one", "before": before, **message}, [])
    assert moves == [4, 6] and explorer.values == {"x": 6, "y": 5} and shown(explorer, "answers") == ("one", 3)
    explorer._handle_custom_msg({"view": "two", "before": [], **first}, [])
    assert explorer.x == 4 and shown(explorer, "answers") == ("two", 1)


def test_a_word_about_what_was_typed_lasts_until_something_moves():
    explorer = Descent()
    tell(explorer, values={"steps": 999})
    tell(explorer, look={"theme": "dark", "pixel_ratio": 1})
    assert "999" in shown(explorer, "note")
    explorer.steps = 7
    assert shown(explorer, "note") == ""


# --- Languages ---


# A few entries of a catalogue.
CHINESE = {
    "Reset": "重置",
    "learning rate": "学习率",
    "After {steps} steps the loss is {loss:.2g}.": "{steps} 步之后，损失为 {loss:.2g}。",
    "{name} = {value:g} is not in {range}.": "{name} = {value:g} 不在 {range} 之内。",
    "Goal reached: {goal}": "目标达成：{goal}",
    "the loss grows": "损失增大",
}


def test_every_word_follows_the_language(monkeypatch):
    monkeypatch.setattr(language, "catalogue", lambda place, name: CHINESE if name == "zh" else {})
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    explorer = Descent()
    page = explorer.get_state()["_page"]
    assert page["words"]["reset"] == "重置"
    assert page["controls"][0]["label"] == "学习率"
    assert page["goals"][1] == {"text": "损失增大", "reached": "目标达成：损失增大"}
    assert explorer.status.startswith("100 步之后")
    assert "学习率 0.1" in explorer.alternative_text()
    with pytest.raises(TraitError, match="learning_rate = 1 不在"):
        explorer.learning_rate = 1
    monkeypatch.setenv("NNLEARN_LANG", "en")
    explorer.steps = 5
    assert explorer.status.startswith("After 5 steps")


# --- Colours ---

# What the eye without one kind of cone sees: Machado, Oliveira and Fernandes (2009), severity 1, on linear RGB.
EYES = {
    "all cones": np.eye(3),
    "no long": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "no middle": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
    "no short": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]],
}  # fmt: skip


def linear_rgb(colour):
    channels = np.array(matplotlib.colors.to_rgb(colour))
    return np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)


def contrast(first, second):
    """WCAG 2.2, "contrast ratio"."""
    low, high = sorted(linear_rgb(colour) @ [0.2126, 0.7152, 0.0722] for colour in (first, second))
    return (high + 0.05) / (low + 0.05)


def oklab(rgb):
    """Björn Ottosson, "A perceptual color space for image processing" (2020)."""
    to_cones = [[0.41222, 0.53633, 0.05145], [0.2119, 0.68070, 0.1074], [0.0883, 0.28172, 0.62998]]
    to_lab = [[0.21045, 0.79362, -0.00407], [1.978, -2.42859, 0.45059], [0.0259, 0.78277, -0.80868]]
    return np.array(to_lab) @ np.cbrt(np.array(to_cones) @ rgb)


@pytest.mark.parametrize("theme", PALETTES)
def test_colours_stand_out_from_the_paper(theme):
    colours = PALETTES[theme]
    assert all(contrast(colour, colours.paper) >= 3 for colour in colours.colours)
    assert contrast(colours.ink, colours.paper) >= 7
    assert contrast(colours.muted, colours.paper) >= 4.5


@pytest.mark.parametrize("eye", EYES)
@pytest.mark.parametrize("theme", PALETTES)
def test_colours_stay_apart(theme, eye):
    seen = [oklab(np.clip(EYES[eye] @ linear_rgb(colour), 0, 1)) for colour in PALETTES[theme].colours]
    assert min(np.linalg.norm(a - b) for a, b in itertools.combinations(seen, 2)) > 0.08


def test_lines_differ_in_style_too():
    cycle = list(style("light")["axes.prop_cycle"])
    assert len({entry["color"] for entry in cycle}) == len({str(entry["linestyle"]) for entry in cycle}) == len(LINES)
