"""Chapter 15 as a learner meets it."""

import re

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = [
    "What can go?",
    "Where it hurts",
    "Every pixel is a training run: which penalty makes zeros",
    "Whole units go",
]
CELLS = ["prune", "strength", "layer-shares", "shrink", "units"]


def test_what_can_go_and_which_penalty_makes_zeros(turn):
    page = turn("notebooks/15_pruning.ipynb")
    prune, layers, shrink, units = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == []

    told = prune.answer(lambda: prune.root.get_by_role("radio", name="the smallest half").check())
    expect(told).to_contain_text("Measured: the random tenth. Without it the network reads 89.8%")
    prune.type(re.compile("share that goes"), 0.8)
    expect(prune.spoken).to_contain_text("Goal reached: 80% gone, and still above 90%")

    told = layers.answer(lambda: layers.root.get_by_role("radio", name="of each layer").check())
    expect(told).to_contain_text("Measured: 57.1% with the smallest of each layer gone, 93.8%")

    told = shrink.answer(lambda: shrink.root.get_by_role("radio", name="10 is enough").check())
    expect(told).to_contain_text("None. The weight comes to rest at 0.333")
    shrink.root.get_by_role("combobox", name="penalty").select_option(label="proximal L1")
    expect(shrink.status).to_contain_text("After 60 steps the weight is exactly 0.")

    units.type(re.compile("dense: neurons that stay"), 24)
    expect(units.spoken).to_contain_text("Goal reached: 8 of the 32 neurons gone, above 96.5%")
