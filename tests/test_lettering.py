"""Words in figures: in the learner's language where a font can write them, else English with a legend; never boxes."""

import logging

import matplotlib
import pytest
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

import nnlearn as nn
from nnlearn import lettering, plots
from nnlearn.chapters.ch05_momentum import MomentumMap, figures
from nnlearn.language import say
from nnlearn.palette import style

CHINESE = "\u4e00", "\u9fff"
STEP, LOSS = "步", "损失"
MEANINGS = {"step": STEP, "loss": LOSS}


def has_chinese(text):
    return any(CHINESE[0] <= each <= CHINESE[1] for each in text)


def texts(figure):
    return [text.get_text() for text in figure.findobj(matplotlib.text.Text)]


@pytest.fixture
def chinese(monkeypatch):
    """A Chinese learner; the translations of two words stand in for the catalogue."""
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    known = lettering.translated
    monkeypatch.setattr(lettering, "translated", lambda text, name: MEANINGS.get(text) or known(text, name))


@pytest.fixture
def with_font(monkeypatch):
    """As if a font of this machine, DejaVu Sans Mono, had Chinese characters."""
    monkeypatch.setenv("NNLEARN_FONT", "DejaVu Sans Mono")
    known = lettering.characters("DejaVu Sans Mono") | {ord(each) for each in lettering.SAMPLE + STEP + LOSS}
    real = lettering.characters
    monkeypatch.setattr(lettering, "characters", lambda name: known if name == "DejaVu Sans Mono" else real(name))
    lettering.first_of.cache_clear()
    yield
    lettering.first_of.cache_clear()


def test_in_english_nothing_changes(monkeypatch):
    monkeypatch.setenv("NNLEARN_LANG", "en")
    assert lettering.word("{steps} steps", steps=3) == "3 steps"
    assert lettering.families() == ["sans-serif"] == style()["font.family"]
    figure, axes = plots.new_figure("A figure with a word.")
    axes.set_xlabel("step")
    lettering.dress(figure)
    assert axes.get_xlabel() == "step" and lettering.legend(figure) == ""


def test_without_a_font_words_stay_english_and_a_legend_maps_them(chinese):
    figure, axes = plots.new_figure("A figure with two words.")
    axes.set(xlabel="step", ylabel="loss", title="J")
    lettering.dress(figure)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("step", "loss")
    meant = lettering.legend(figure)
    assert f"step = {STEP}" in meant and f"loss = {LOSS}" in meant and "J" not in meant


def test_with_a_font_words_are_translated_and_no_legend_is_needed(chinese, with_font):
    figure, axes = plots.new_figure("A figure with two words.")
    axes.set(xlabel="step", ylabel="loss")
    lettering.dress(figure)
    assert (axes.get_xlabel(), axes.get_ylabel()) == (STEP, LOSS)
    assert lettering.legend(figure) == ""
    assert style()["font.family"] == lettering.families() == ["sans-serif", "DejaVu Sans Mono"]


def test_a_text_added_outside_the_style_gets_the_font_too(chinese, with_font):
    figure = Figure()
    label = figure.subplots().text(0, 0, STEP)
    lettering.dress(figure)
    assert label.get_fontfamily() == ["sans-serif", "DejaVu Sans Mono"]


def test_a_text_of_two_lines_is_translated(chinese, with_font, monkeypatch):
    monkeypatch.setitem(MEANINGS, "step,\nloss", f"{STEP}，\n{LOSS}")
    assert lettering.written("step,\nloss") == f"{STEP}，\n{LOSS}"
    monkeypatch.setenv("NNLEARN_FONT", "none")
    figure, axes = plots.new_figure("A figure with a long label.")
    axes.set_ylabel("step,\nloss")
    assert f"step, loss = {STEP}，{LOSS}" in lettering.legend(figure)


def test_a_translation_with_a_character_that_no_font_has_stays_english(chinese, with_font, monkeypatch):
    monkeypatch.setitem(MEANINGS, "step", "歩")  # not among those of the font
    assert lettering.written("step") == "step"


def test_a_text_with_fields_is_translated_where_it_is_put_together(chinese, with_font, monkeypatch):
    chinese_too = say("{steps} steps", steps=3)
    assert STEP in chinese_too and lettering.word("{steps} steps", steps=3) == chinese_too
    monkeypatch.setenv("NNLEARN_FONT", "none")
    figure, axes = plots.new_figure("A figure with a number.")
    axes.set_title(lettering.word("{steps} steps", steps=3))
    assert axes.get_title() == "3 steps" and f"3 steps = {chinese_too}" in lettering.legend(figure)


def test_names_at_ticks_are_translated(chinese, with_font):
    figure, axes = plots.new_figure("Two bars.")
    axes.barh(["step", "theta"], [1, 2])
    axes.set_xticks([0, 1], ["loss", "1"])
    lettering.dress(figure)
    FigureCanvasAgg(figure)
    names = [[text.get_text() for text in axis.get_ticklabels()] for axis in (axes.xaxis, axes.yaxis)]
    assert names == [[LOSS, "1"], [STEP, "theta"]]


def test_without_a_font_the_legend_has_the_names_at_ticks_too(chinese):
    figure, axes = plots.new_figure("Two bars.")
    axes.barh(["step", "theta"], [1, 2])
    assert f"step = {STEP}" in lettering.legend(figure) and "theta" not in lettering.legend(figure)


def test_a_name_of_code_stays_as_it_is(chinese, with_font, monkeypatch):
    figure, axes = plots.new_figure("A figure with a name of code.")
    axes.set_ylabel("step", gid=lettering.CODE)
    lettering.dress(figure)
    assert axes.get_ylabel() == "step" and lettering.legend(figure) == ""
    monkeypatch.setenv("NNLEARN_FONT", "none")
    assert lettering.legend(figure) == ""


def test_beside_mathematics_nothing_is_translated_that_its_font_lacks(chinese, with_font, monkeypatch):
    monkeypatch.setitem(MEANINGS, r"step $\theta$", rf"{STEP} $\theta$")
    monkeypatch.setitem(MEANINGS, r"loss $\theta$", f"{LOSS} θ")
    assert lettering.written(r"step $\theta$") == r"step $\theta$"
    assert lettering.written(r"loss $\theta$") == f"{LOSS} θ"


def test_the_legend_has_each_label_in_one_line_without_dollars(chinese, monkeypatch):
    monkeypatch.setitem(MEANINGS, "loss\n$J(\\theta)$", LOSS)
    figure, axes = plots.new_figure("A figure with a long label.")
    axes.set_ylabel("loss\n$J(\\theta)$")
    assert f"loss J(theta) = {LOSS}" in lettering.legend(figure)


def test_an_alternative_text_is_translated_too(chinese, monkeypatch):
    monkeypatch.setitem(MEANINGS, "A falling line.", "一条下降的线。")
    assert plots.new_figure("A falling line.")[0].alt == "一条下降的线。"


@pytest.mark.parametrize(
    ("installed", "chosen"),
    [
        ([], ""),
        (["DejaVu Sans"], ""),
        (["SimHei", "PingFang SC"], "PingFang SC"),  # in the order of the list
        (["Microsoft YaHei", "Unknown"], "Microsoft YaHei"),
    ],
)
def test_the_first_font_of_the_list_that_is_installed_is_taken(monkeypatch, installed, chosen):
    class Entry:
        def __init__(self, name):
            self.name = name

    monkeypatch.delenv("NNLEARN_FONT")
    monkeypatch.setattr(lettering.fontManager, "ttflist", [Entry(name) for name in installed])
    monkeypatch.setattr(lettering, "characters", lambda name: frozenset(map(ord, lettering.SAMPLE)))
    lettering.first_of.cache_clear()
    assert lettering.font() == chosen
    lettering.first_of.cache_clear()


def test_a_font_that_is_named_but_has_no_such_characters_is_not_taken(monkeypatch):
    monkeypatch.setenv("NNLEARN_FONT", "DejaVu Sans Mono")
    lettering.first_of.cache_clear()
    assert lettering.font() == ""


def test_none_stands_for_no_font(monkeypatch):
    monkeypatch.setenv("NNLEARN_FONT", "none")
    monkeypatch.setattr(lettering, "first_of", lambda names: names[0])
    assert lettering.font() == ""


def test_a_font_without_a_bold_face_is_no_matter_for_a_message(chinese, with_font):
    logger = logging.getLogger("matplotlib.font_manager")
    message = "findfont: Failed to find font weight bold for {}, now using 400."
    kept = [
        bool(logger.filter(logging.makeLogRecord({"msg": text})))
        for text in (message.format("DejaVu Sans Mono"), message.format("Other"), "findfont: DejaVu Sans Mono is gone.")
    ]
    assert kept == [False, True, True]


def shown(figure):
    """What a cell shows: the pictures' texts, and what is printed."""
    from IPython.utils.capture import capture_output

    shell = InteractiveShell.instance()
    try:
        with capture_output() as captured:
            shell.displayhook(figure)
    finally:
        InteractiveShell.clear_instance()
    return captured


def test_a_cell_prints_the_legend_below_the_figure(chinese):
    figure, axes = plots.new_figure("A figure with a word.")
    axes.set_xlabel("step")
    captured = shown(figure)
    assert f"step = {STEP}" in captured.stdout
    assert captured.outputs[0].data["text/plain"] == "A figure with a word."
    assert captured.outputs[0].data["image/png"]


def test_in_english_a_figure_is_a_value_like_any_other(monkeypatch):
    monkeypatch.setenv("NNLEARN_LANG", "en")
    figure, _ = plots.new_figure("A figure.")
    with pytest.raises(NotImplementedError):
        figure._ipython_display_()


FIGURES = {
    "roots": figures.creep_swing_flip,
    "knife edge": figures.knife_edge,
    "noise": figures.noisy_bowl,
    "tuning": lambda: figures.tuning(nn.data.measured("05")),
}


@pytest.mark.parametrize("name", FIGURES)
def test_no_figure_of_chapter_05_shows_a_box(monkeypatch, name):
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    figure = FIGURES[name]()
    assert figure._repr_png_()  # matplotlib warns of a glyph that is missing, and warnings are errors
    assert not any(map(has_chinese, texts(figure)))
    assert has_chinese(figure.alt)
    words = {part for text in texts(figure) for part in text.split() if len(part) > 3 and part.isalpha()}
    assert words and all(part in lettering.legend(figure) for part in words), words


def test_the_map_shows_a_legend_in_chinese_alone(monkeypatch):
    monkeypatch.setattr("nnlearn.explorers.training_map.RESOLUTIONS", (3,))
    monkeypatch.setenv("NNLEARN_LANG", "zh")
    explorer = MomentumMap()
    assert "learning rate = 学习率" in explorer._shown["panel"]
    assert not any(map(has_chinese, texts(explorer.map_axes.figure)))
    monkeypatch.setenv("NNLEARN_LANG", "en")
    explorer = MomentumMap()
    assert "learning rate" not in explorer._shown["panel"]
