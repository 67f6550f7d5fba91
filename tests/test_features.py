"""What explorers can do besides being moved: a line of code, a pinned run, a closer look, the width of the page."""

import inspect
import re
from urllib.parse import parse_qsl

import nbformat
import numpy as np
import pytest
from explorer_moves import of_the_course, positions
from matplotlib.figure import Figure
from thorough import mostly_thorough
from traitlets import TraitError

import nnlearn as nn
from nnlearn.chapters.ch03_gradient_descent.explorers import Bowl, StartPlane
from nnlearn.chapters.ch05_momentum.explorers import MomentumMap
from nnlearn.chapters.ch08_schedules import Cooling
from nnlearn.chapters.ch17_quantisation.signs import Signs
from nnlearn.explorers import Choice, Explorer, Linear, Point, Result, Switch, Whole, training_map
from nnlearn.explorers.coordinates import coordinates
from nnlearn.explorers.panels import WIDTH, panels
from nnlearn.explorers.picture import Picture
from nnlearn.explorers.step_view import step_view
from nnlearn.explorers.training_map import TrainingMap
from nnlearn.language import mark
from nnlearn.objectives import Rosenbrock
from tools.environment import ROOT


class Slope(Explorer):
    """y = slope x: quick, and every one of its lines can be pinned."""

    title = mark("A slope")
    slope = Linear(-2, 2, start=1, step=0.1, label=mark("slope"))
    steps = Whole(1, 9, start=3, label=mark("steps"), plays=True)
    at = Point((0, 1), (0, 1), start=(0.5, 0.5), label=mark("at"))

    def figure(self):
        figure, (axes, self.other) = self.panels(300, 2)
        axes.set(xlim=(0, 10), ylim=(-20, 20))
        self.other.set(xlim=(1, 100), ylim=(-1, 1), xscale="log")
        (self.line,) = axes.plot([], [], animated=True)
        self.ghosts(self.line)
        return figure

    def compute(self):
        x = np.arange(self.steps + 1.0)
        return Result(x=x, y=self.slope * x)

    def draw(self, result):
        self.line.set_data(result.x, result.y)

    def says(self, result):
        return f"It ends at {result.y[-1]:g}."


# --- One line of code ---


def trace():
    return nn.run(nn.Momentum(0.001), Rosenbrock(), [-1.5, 2.0], 30)


def test_the_line_holds_what_differs_from_the_start_alone():
    assert Slope().code == "Slope()"
    assert Slope(slope=0.3, at=(0.25, 0.5)).code == "Slope(slope=0.3, at=(0.25, 0.5))"
    explorer = Slope(slope=0.3)
    explorer.reset()
    assert explorer.code == "Slope()"


@pytest.mark.parametrize("cls", [cls for cls in of_the_course() if cls is not Signs], ids=lambda cls: cls.__name__)
def test_the_line_typed_in_a_cell_gives_the_same_explorer(monkeypatch, cls):
    monkeypatch.setattr(
        cls, "refresh", lambda self: setattr(self, "_computed", self.values)
    )  # values alone matter here
    explorer = cls()
    assert explorer.code == f"{cls.__name__}()"
    for last in (0, -1):
        for name, control in explorer.controls().items():
            explorer.set(**{name: positions(control)[last]})
        assert eval(explorer.code, {cls.__name__: cls}).values == explorer.values


def test_the_line_of_a_step_view_names_the_run():
    run = trace()
    view = step_view(run, step=7, change="velocity[1]", by=0.25)
    assert view.code == "step_view(trace, step=7, change='velocity[1]', by=0.25)"
    assert eval(view.code, {"step_view": step_view, "trace": run}).values == view.values
    assert step_view(run, run).code == "step_view(trace, beside)"


def test_the_line_goes_to_the_page_with_every_move():
    explorer = Slope()
    assert explorer._shown["code"] == "Slope()" and explorer._page["name"] == "Slope"
    explorer.slope = -1.5
    assert explorer._shown["code"] == "Slope(slope=-1.5)"


# --- A pinned run ---


def ghost(explorer):
    """The data of the one grey line."""
    (pair,) = explorer._ghosts._pairs
    return pair[1].get_xydata().tolist()


def test_a_pinned_run_stays_while_the_explorer_moves_on():
    explorer = Slope(slope=2)
    before, plain = explorer.line.get_xydata().tolist(), explorer._shown["picture"]
    assert explorer._shown["pins"] and explorer._shown["pinned"] is None and ghost(explorer) == []
    explorer.pin()
    assert explorer.result.pinned.y.tolist() == [0, 2, 4, 6] and explorer.result.pinned.pinned is None
    explorer.slope = -1
    assert ghost(explorer) == before and explorer.line.get_ydata().tolist() == [0, -1, -2, -3]
    assert explorer._shown["pinned"] == ("Slope(slope=2.0)", "It ends at 6.")
    explorer.look("dark", 1.0, 400)  # another figure
    assert ghost(explorer) == before and explorer.line.get_ydata().tolist() == [0, -1, -2, -3]
    explorer.look("light", 1.5)
    explorer.slope = 2
    assert explorer._shown["picture"] != plain or ghost(explorer) == before  # it lies behind the line
    explorer.unpin()
    assert ghost(explorer) == [] and explorer._shown["pinned"] is None and explorer._shown["picture"] == plain


def test_a_second_pin_takes_the_place_of_the_first():
    explorer = Slope()
    explorer.pin()
    explorer.steps = 5
    explorer.pin()
    assert len(ghost(explorer)) == 6 and explorer._shown["pinned"][0] == "Slope(steps=5)"


def test_the_page_pins_and_unpins():
    explorer = Slope()
    explorer._handle({"view": "one", "serial": 1, "pin": True})
    assert explorer._shown["pinned"][0] == "Slope()" and explorer._shown["answers"] == ("one", 1)
    explorer._handle({"view": "one", "serial": 2, "unpin": True})
    assert explorer._shown["pinned"] is None


def test_a_bowl_shows_both_runs_though_their_axes_differ():
    explorer = Bowl(steps=40)
    explorer.pin()
    explorer.set(steps=20, learning_rate=0.1)
    assert explorer.error is None
    (path, loss) = explorer._ghosts._pairs
    assert len(path[1].get_xdata()) == len(loss[1].get_xdata()) == 41 and len(explorer.loss.get_xdata()) == 21
    assert explorer.axes_loss.get_xlim() == (0, 20)


def test_every_explorer_of_runs_can_be_compared():
    without = {cls.__name__ for cls in of_the_course() if "self.ghosts(" not in inspect.getsource(cls.figure)}
    assert without == {
        "Costs",
        "Cut",
        "Dial",
        "EightBytes",
        "FromAfar",
        "Heat",
        "LayerBits",
        "LayerShares",
        "Pulls",
        "Reading",
        "Sieve",
        "Signs",
        "Student",
        "Temperature",
        "Units",
    }  # pictures, bars, marks on curves that stand still


# --- A closer look at a map ---


class Plain(TrainingMap):
    """A map that says what it shows; nothing is run."""

    title = mark("Plain")
    pixel = Point((0.0, 8.0), (0.0, 4.0), start=(2.0, 2.0), label=mark("pixel"), axes="map")
    seen = ()

    def extent(self):
        return 0.0, 8.0, 0.0, 4.0

    def key(self):
        return "one"

    def figure(self):
        figure = Figure()
        self.draw_map(figure.subplots())
        return figure

    def sweep(self, resolution):
        self.seen = (*self.seen, (resolution, self.shown()))
        return None, None

    def summary(self, ends, J):
        return Result(image=np.zeros((2, 2, 3)))

    def runs(self, x, y):
        return nn.GradientDescent(0.1), Rosenbrock(), np.concatenate([x, y], axis=-1)

    map_steps = 2


def test_a_zoom_shows_half_around_the_pixel_computed_anew():
    explorer = Plain()
    assert explorer.view == () and explorer.result.extent == (0, 8, 0, 4)
    explorer.zoom_in()
    assert explorer.view == (0, 4, 1, 3) == explorer.result.extent  # as near the middle as the edge allows
    assert explorer.seen[-1] == (300, (0, 4, 1, 3)) and explorer.map_axes.get_xlim() == (0, 4)
    explorer.zoom_in()
    assert explorer.view == (1, 3, 1.5, 2.5)
    computed = len(explorer.seen)
    explorer.pixel = (1.25, 2.25)
    assert explorer.view == (1, 3, 1.5, 2.5) and len(explorer.seen) == computed  # a move within it computes no map
    explorer.zoom_out()
    assert explorer.view == (0, 4, 1.25, 3.25)
    explorer.zoom_out()
    assert explorer.view == () and explorer.result.extent == (0, 8, 0, 4)


def test_a_zoom_ends_where_numbers_are_told_apart_no_more():
    explorer = Plain()
    for _ in range(40):
        explorer.zoom_in()
    left, right, bottom, top = explorer.view
    assert 1e-6 <= (right - left) / 8 < 3e-6 and left < 2 < right and bottom < 2 < top and explorer.error is None
    view = explorer.code
    assert eval(view, {"Plain": Plain}).result.extent == explorer.view


def test_a_zoom_is_undone_by_reset_and_refused_where_it_is_none():
    explorer = Plain(view=(1, 2, 1, 2))
    explorer.reset()
    assert explorer.view == ()
    for value in ((2, 1, 0, 1), (0, 1, 1, 1), (0, 1, 0), 3, (0, 1, 0, np.nan)):
        with pytest.raises(TraitError, match="left, right, bottom, top"):
            explorer.view = value


def test_the_page_zooms_a_map_of_the_course():
    explorer = StartPlane(learning_rate=0.5)
    explorer._handle({"view": "one", "serial": 1, "zoom_in": True})
    explorer.finish()
    assert explorer.result.extent == explorer.view != () and "to" in explorer.alternative_text()
    whole = StartPlane(learning_rate=0.5).result.map.settled
    column, row = (int(np.interp(at, (-3.2, 3.2), (0, 299))) for at in (explorer.view[0], explorer.view[2]))
    assert explorer.result.map.settled[0, 0] == whole[row, column] or whole[row : row + 2, column : column + 2].any()


def test_while_a_prediction_waits_the_whole_map_is_shown():
    explorer = MomentumMap(view=(0.01, 0.02, 0.1, 0.2))
    assert explorer.asking and explorer.result.extent == explorer.extent()
    explorer.predict((0.03, 0.9))
    assert explorer.result.extent == (0.01, 0.02, 0.1, 0.2)


# --- What the step of a map says ---


@pytest.mark.parametrize("cls", [StartPlane, MomentumMap])
def test_the_step_of_a_map_is_told(cls):
    explorer = cls()
    if explorer.asking:
        assert "At its step" not in explorer.status
        explorer.predict((0.03, 0.9))
    before = explorer.status
    explorer.step = 4
    assert explorer.status != before
    place, loss = explorer.result.run.theta[4], explorer.result.run.loss[4]
    assert explorer.status.endswith(f"At its step 4 theta is ({place[0]:.4g}, {place[1]:.4g}), the loss {loss:.3g}.")


# --- Play, and what needs another control ---


def test_steps_can_be_played_everywhere():
    names = {"step", "steps", "epoch"}
    for cls in of_the_course():
        for name, control in cls.controls().items():
            if name in names and isinstance(control, Whole):
                plays = control.page()["plays"]
                anew = issubclass(cls, TrainingMap | Cooling) and name == "steps"  # each would compute a new map
                assert plays or anew, (cls, name)
    assert step_view(trace()).controls()["step"].page()["plays"]


def test_by_waits_for_what_is_changed():
    assert step_view(trace()).controls()["by"].page()["needs"] == "change"
    assert Linear(0, 1, start=0, step=0.1, label="x").page()["needs"] == ""


# --- Panels for the width of the page ---


@pytest.mark.parametrize(
    ("width", "count", "options", "rows"),
    [(900, 2, {}, [2]), (520, 2, {}, [2]), (480, 2, {}, [1, 1]), (900, 4, {"narrowest": 170}, [4]),
     (600, 4, {"narrowest": 170}, [2, 2]), (320, 4, {"narrowest": 170}, [1, 1, 1, 1]),
     (600, 3, {"narrowest": 215}, [2, 1]), (900, 1, {}, [1])],
)  # fmt: skip
def test_panels_stand_side_by_side_where_there_is_room(width, count, options, rows):
    figure, axes = panels(width, 400, count, **options)
    picture = Picture(figure)
    picture.pixels()
    assert picture.size[0] == width and len(axes) == count
    tops = [round(picture.box(panel)[0][1], 2) for panel in axes]
    assert [tops.count(top) for top in dict.fromkeys(tops)] == rows
    assert (picture.size[1] == 400) == (width == WIDTH and rows == [count])


def test_a_number_at_the_end_of_an_axis_is_not_cut_when_the_axis_changes():
    explorer = Bowl(steps=480)  # its last number, 400, stands inside
    explorer.look("light", 1.0, 640)
    explorer.steps = 100
    (last,) = (tick.label1 for tick in explorer.axes_loss.xaxis.get_major_ticks() if tick.get_loc() == 100)
    assert last.get_text() and last.get_window_extent().x1 <= 640


def test_a_picture_is_as_wide_as_the_page_asks():
    explorer = Slope()
    assert explorer._shown["size"] == (WIDTH, 300)
    explorer._handle({"view": "one", "serial": 1, "look": {"theme": "dark", "pixel_ratio": 1.0, "width": 400}})
    assert explorer._shown["size"][0] == 400 and explorer._shown["size"][1] > 300
    explorer.stored_picture()
    assert explorer._shown["size"][0] == 400  # what is stored has the usual width, and the page keeps its own


@pytest.mark.parametrize("cls", [cls for cls in of_the_course() if cls is not Signs], ids=lambda cls: cls.__name__)
@pytest.mark.parametrize("width", mostly_thorough([900, 560, 340], [340]))
def test_no_picture_is_wider_than_the_page(monkeypatch, cls, width):
    monkeypatch.setattr(training_map, "RESOLUTIONS", (30,))  # what is on the map plays no part
    monkeypatch.setattr("nnlearn.explorers.explorer.WIDTH", width)  # as it would be drawn anew for this page
    monkeypatch.setattr("nnlearn.explorers.explorer.STORED_PIXEL_RATIO", 1.0)
    explorer = cls()
    assert explorer.error is None and explorer._frame.size[0] == width
    pixels = explorer._picture.pixels()[..., :3]
    ink = (np.abs(pixels.astype(int) - 255) > 90).any(axis=-1)
    assert not ink[:, -1].any() and not ink[:, 0].any()  # nothing is cut at an edge


# --- Coordinates under the pointer ---


def test_the_page_knows_what_lies_where():
    explorer = Slope()
    left, right = explorer._shown["panels"]
    assert left["ends"] == [[0, 10], [-20, 20]] and left["log"] == [False, False]
    assert right["ends"] == [[1, 100], [-1, 1]] and right["log"] == [True, False]
    axes = explorer._picture.figure.axes[0]
    assert left["box"] == explorer._picture.box(axes)
    assert left["box"][1][0] < right["box"][0][0]


def test_panels_without_numbers_have_no_coordinates():
    figure, (image, names, plain) = panels(900, 300, 3)
    image.set(xticks=[], yticks=[])
    names.set(xticks=[0, 1], xticklabels=["a", "b"])
    figure.colorbar(plain.imshow(np.zeros((2, 2))), ax=plain)
    assert len(coordinates(Picture(figure))) == 1


# --- Links in a notebook's text ---

LINK = re.compile(r"\]\(#(\w+)\?([^)\s]+)\)")
NOTEBOOKS = sorted(ROOT.glob("notebooks/**/*.ipynb"))


def meant(control, text):
    """What the page makes of a value in a link (prose.js)."""
    match control:
        case Choice():
            return text
        case Switch():
            return text == "True"
        case Point():
            return [float(number) for number in text.split(",")]
        case _:
            return float(text)


def test_links_in_the_text_set_what_there_is():
    classes = {cls.__name__: cls for cls in of_the_course()}
    found = [link for file in NOTEBOOKS for cell in nbformat.read(file, 4).cells if cell.cell_type == "markdown"
             for link in LINK.findall(cell.source)]  # fmt: skip
    for name, query in found:
        controls = classes[name].controls()
        for setting, text in parse_qsl(query, strict_parsing=True):
            controls[setting].checked(setting, meant(controls[setting], text))
    assert len(found) >= 10
