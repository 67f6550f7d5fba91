"""docs/agreement.md is what its script says, and what it says comes out again."""

import inspect
import platform
import re

import numpy as np
import pytest

import nnlearn as nn
from experiments import agreement
from experiments.agreement import ALONE, FILE, LIBRARIES, OTHERWISE, RULES, TABLES, Agreement, Comparison, measure
from nnlearn import compression, models, networks, optimizers
from nnlearn.data import augment, clean, compress
from nnlearn.models import straight_through

PAGE = FILE.read_text(encoding="utf-8")
ALL = [comparison for comparisons in TABLES.values() for comparison in comparisons]
NETWORKS = ["forward", "Conv2D", "MaxPool2D", "straight_through", "train_quantized", "to_litert", "run_litert"]


def stored_rows():
    """The cells of the page, by the title of their table."""
    rows = {}
    for title, lines in re.findall(r"^## (.*)\n\n((?:\|.*\n)+)", PAGE, re.MULTILINE):
        rows[title] = [line.strip("|\n").split("|") for line in lines.splitlines()[2:]]
    return {title: [[cell.strip() for cell in row] for row in rows[title]] for title in TABLES}


ROWS = stored_rows()
STORED = [row for rows in ROWS.values() for row in rows]


def name(comparison):
    return f"{comparison.functions}, {comparison.library}"


def again(comparison, cases):
    """What comes out now; the test is skipped without the library."""
    try:
        return measure(comparison, cases)
    except ModuleNotFoundError as error:
        if error.name.partition(".")[0] in LIBRARIES.values():
            pytest.skip(f"{error.name} is not installed")
        raise


def some(cases):
    """Three of them, always the same."""
    chosen = np.random.default_rng(0).permutation(len(cases))[:3]
    return [cases[i] for i in chosen]


# --- The page -----------------------------------------------------------------------------------------


def test_the_page_is_the_scripts():
    system, versions = re.search(r"made this page, on (.*),\nwith (.*)\.\n", PAGE).groups()
    assert agreement.page(ROWS, system, versions) == PAGE
    assert re.findall(r"([\w-]+) [\d.]+", versions) == [*LIBRARIES]


def test_its_rows_are_those_of_the_comparisons():
    assert [row[:3] for row in STORED] == [comparison.cells() for comparison in ALL]


@pytest.mark.parametrize("comparison, row", [*zip(ALL, STORED, strict=True)], ids=[*map(name, ALL)])
def test_a_row_is_within_its_limit_and_says_why(comparison, row):
    largest, same, why = row[3:]
    assert same == "yes" or re.fullmatch(r"no, [\d.]+ % differ", same)
    if same == "yes":
        assert (largest, why) == ("0", "")
    else:
        number, _, unit = largest.partition(" ")
        assert 0 < float(number) <= comparison.at_most
        assert (unit, why) == (comparison.unit, comparison.why)
    assert bool(comparison.why) == (comparison.at_most > 0)


def test_what_means_something_else_differs():
    for row in ROWS["The same words for something else"]:
        assert row[4].startswith("no")


def test_no_function_is_missing():
    public = [(module, each) for module in (augment, clean, compress, compression) for each in module.__all__]
    functions = {each for module, each in public if inspect.isfunction(getattr(module, each))}
    steps = {step.__name__ for step in augment.Step.__subclasses__() if step.__module__.startswith("nnlearn.data.")}
    named = {each for names in (*ALONE, *(one.functions for one in ALL)) for each in names.split(", ")}
    update_rules = set(optimizers.__all__) - {"Optimizer"}
    assert functions | steps | set(NETWORKS) | update_rules <= named
    owners = (augment, clean, compress, compression, compression.Quantized, models, networks, optimizers, nn,
              nn.schedules, straight_through)  # fmt: skip
    assert [each for each in named if not any(hasattr(owner, each) for owner in owners)] == []


def test_the_readme_leads_to_the_page():
    readme = (FILE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert "(docs/agreement.md)" in readme


# --- Measuring ----------------------------------------------------------------------------------------


ELSEWHERE = [*OTHERWISE, *RULES]  # the rules in tests/test_rules.py, on other draws


@pytest.mark.parametrize("comparison", [one for one in ALL if one not in ELSEWHERE], ids=name)
def test_some_cases_agree_again(comparison):
    if comparison.library == "SciPy" and comparison.at_most == 0 and platform.machine() not in ("x86_64", "AMD64"):
        pytest.skip("elsewhere compilers may fuse a multiplication with an addition")
    assert again(comparison, some(comparison.all_cases())).largest <= comparison.at_most


@pytest.mark.parametrize("comparison", OTHERWISE, ids=name)
def test_what_means_something_else_still_does(comparison):
    assert 0 < again(comparison, comparison.all_cases()).largest <= comparison.at_most


def compared(ours, theirs):
    cases = {"factors": [1, 2], "types": ["one"]}
    return Comparison("f", "NumPy", "`g`", "unit", 0, cases, lambda factor, _: (factor * ours, factor * theirs), "so")


def test_the_largest_difference_and_the_share_are_of_all_cases():
    comparison = compared(np.array([1.0, -2, 0, 5]), np.array([1.0, -2, -0.0, 2]))
    assert measure(comparison, comparison.all_cases()) == Agreement(6, 0.25)
    assert agreement.row(comparison, Agreement(6, 0.25)) == [
        "`f`", "NumPy: `g`", "2 = 2 factors; one", "6 unit", "no, 25 % differ", "so",
    ]  # fmt: skip
    assert agreement.row(comparison, Agreement(0, 0))[3:] == ["0", "yes", ""]


@pytest.mark.parametrize("theirs", [np.zeros(3), np.zeros(2, np.float32), np.zeros(2, int)])
def test_sides_of_another_shape_or_type_are_refused(theirs):
    comparison = compared(np.zeros(2), theirs)
    with pytest.raises(TypeError, match=r"`f` NumPy: `g` .*: the sides of \(1, 'one'\) are float64 \(2,\) and "):
        measure(comparison, comparison.all_cases())
