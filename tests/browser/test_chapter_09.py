"""Chapter 09 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Every pixel is a training run: where Newton's method ends", "From parabola to parabola"]


def test_the_basins_and_the_jumps(turn):
    page = turn("notebooks/09_second_order.ipynb")
    basins, jumps = ran(page, TITLES, "basins", "jumps")
    assert page.evaluate(ERRORS) == []

    told = basins.answer(lambda: basins.root.get_by_role("radio", name="about 85%").check())
    expect(told).to_contain_text("64% in a minimum, 31% on a saddle, 4% on the top.")
    basins.type("start: horizontal", 0)
    basins.type("start: vertical", 0)
    expect(basins.status).to_contain_text("ends on the top, (-0.27, -0.92), loss 181.6")
    expect(basins.spoken).to_contain_text("Goal reached: no damping, H: a start from which it ends on the top")

    told = jumps.answer(lambda: jumps.root.get_by_role("radio", name="after 6 steps").check())
    expect(told).to_contain_text("Measured: never.")
    jumps.type("start: number", 1)
    expect(jumps.spoken).to_contain_text("Goal reached: root, no damping: a start from which it swings")
