"""What experiments stored, and its tables."""

import json

import pytest

import nnlearn as nn
from nnlearn.data import storing
from nnlearn.data.measured import Measured

STORED = Measured(
    made_by="python -m a.chapter.experiment",
    times=[
        {"who": "ann", "round": 1, "median": 0.5, "spread": {"min": 0.25}},
        {"who": "bob", "round": 1, "median": 0.75, "spread": {"min": 0.5}},
        {"who": "ann", "round": 2, "median": 1.0, "spread": {"min": 1.0}},
    ],
)


def test_a_table_is_laid_out_in_two_directions():
    table = STORED.table("times", rows="round {round}", columns="{who}", show="{median:.0%} [{spread[min]:.2f}]")
    assert table.head == ["", "ann", "bob"]
    assert table.rows == [["round 1", "50% [0.25]", "75% [0.50]"], ["round 2", "100% [1.00]", ""]]
    assert table._repr_markdown_().splitlines()[:3] == ["|  | ann | bob |", "| --- | ---: | ---: |",
                                                        "| round 1 | 50% [0.25] | 75% [0.50] |"]  # fmt: skip
    assert repr(table).splitlines() == [
        "                 ann         bob",
        "round 1   50% [0.25]  75% [0.50]",
        "round 2  100% [1.00]            ",
    ]


def test_only_some_rows():
    table = STORED.table("times", rows="{who}", columns="{round}", show="{median}", who=["bob"], round=range(3))
    assert (table.head, table.rows) == (["", "1"], [["bob", "0.75"]])


@pytest.mark.parametrize(
    ("name", "asked", "message"),
    [
        ("spaces", {}, "There is no table 'spaces'; there are times."),
        ("made_by", {}, "There is no table 'made_by'; there are times."),
        ("times", {"show": "{mean}"}, "has no entry 'mean'; it has who, round, median, spread."),
        ("times", {"rows": "{mean}"}, "has no entry 'mean'"),
        ("times", {"seed": [1]}, "has no entry 'seed'"),
        ("times", {"who": ["eve"]}, "No row of table 'times' has these values."),
    ],
)
def test_what_is_not_there_is_refused(name, asked, message):
    with pytest.raises(ValueError, match="[Tt]able") as error:
        STORED.table(name, **{"rows": "{who}", "columns": "{round}", "show": "{median}"} | asked)
    assert message in str(error.value)


def test_experiments_are_found_by_chapter():
    assert nn.data.measured("12")["made_by"] == "python -m nnlearn.chapters.ch12_augmentation.experiment"
    there_are = "04, 05, 06, 07, 08, 09, 10, 11, 12, 13, 14, 15, 16, 17, 18"
    with pytest.raises(ValueError, match=f"Nothing is stored of 'luck'; there are {there_are}"):
        nn.data.measured("luck")


def test_an_experiment_measures_what_is_asked_for_and_keeps_the_rest(tmp_path, capsys):
    file, asked = tmp_path / "measured.json", []

    def rows(name):
        return lambda: asked.append(name) or [{"row": len(asked)}]

    def text(tables):
        return storing.text("python -m x", {"row": "its number"}, {}, **tables)

    measures = {name: rows(name) for name in ("first", "second")}
    storing.measure(file, measures, text)
    storing.measure(file, measures, text, ["second"])
    stored = json.loads(file.read_text(encoding="utf-8"))
    assert asked == ["first", "second", "second"]
    assert (stored["first"], stored["second"]) == ([{"row": 1}], [{"row": 3}])
    assert capsys.readouterr().out.count("second (") == 2
