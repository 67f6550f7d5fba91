"""Chapter 13 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["A photograph in few bits", "Eight bytes for a digit"]


def test_a_photograph_from_afar_and_eight_bytes(turn):
    page = turn("notebooks/13_compression.ipynb")
    afar, budget = ran(page, TITLES, "afar", "eight-bytes")
    assert page.evaluate(ERRORS) == []

    told = afar.answer(lambda: afar.type("from afar: number", 10))
    expect(told).to_contain_text("Measured: 20.1 dB")
    expect(afar.spoken).to_contain_text("Goal reached: temple, 1 bit, distance 2")
    afar.type("bits: number", 7)
    expect(afar.spoken).to_contain_text("a step of 2 grey levels")

    told = budget.answer(lambda: budget.root.get_by_role("radio", name="16 pixels of 4 bits").check())
    expect(told).to_contain_text("16 of 4 bits 94.4%")
    budget.type("bits: number", 3)
    expect(budget.spoken).to_contain_text("Goal reached: at most 6 bytes")
