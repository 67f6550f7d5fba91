"""Chapter 08 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Every pixel is a training run: how hot, and how long to cool"]


def test_hot_and_late(turn):
    page = turn("notebooks/08_schedules.ipynb")
    (cooling,) = ran(page, TITLES, "first-explorer")
    assert page.evaluate(ERRORS) == []

    told = cooling.answer(lambda: cooling.root.get_by_role("radio", name="about two thirds").check())
    expect(told).to_contain_text("Computed: 0.0095, 1.5 times as much.")
    expect(cooling.status).to_contain_text("Peak rate 0.30, the last 100% cool: 0.0095")
    cooling.type("peak rate (power of ten) and share of steps that cool: vertical", 0.75)
    cooling.type("peak rate (power of ten) and share of steps that cool: horizontal", -0.28)
    expect(cooling.spoken).to_contain_text("Goal reached: the same: below 0.0030")
