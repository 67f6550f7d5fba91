"""Chapter 05 as a learner meets it, in English and in Chinese."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Every pixel is a training run: rate and momentum", "One run, step by step"]
CHINESE = ["每个像素都是一次训练，学习率与动量各不相同", "一次运行，一步步看"]
CELLS = ["momentum-map", "step-view"]


def test_the_map_of_rate_and_momentum(turn):
    page = turn("notebooks/05_momentum.ipynb")
    plane, _ = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == []

    told = plane.answer(lambda: plane.press(0.2, 0.6))  # the mark stays on the line of 0.9
    expect(told).to_contain_text("You predicted: 0.0")
    expect(told).to_contain_text("Measured: 0.0380, that is 1.9 times the limit without momentum.")
    expect(told).to_contain_text("times that.")
    plane.type("rate and momentum: horizontal", 0.0328)
    plane.type("rate and momentum: vertical", 0.67)
    expect(plane.status).to_contain_text("stays below 1e-6 from step 50 on")
    expect(plane.spoken).to_contain_text("Goal reached: kappa 100, classical: after 60")
    plane.changes(lambda: plane.root.get_by_role("combobox").select_option(label="averaged"))
    plane.type("rate and momentum: horizontal", 0.0994)
    expect(plane.spoken).to_contain_text("Goal reached: kappa 100, averaged")
    plane.changes(lambda: plane.type("condition number", 10))


def test_the_chapter_in_chinese(turn):
    page = turn("notebooks/zh/05_momentum.ipynb", theme="dark")
    plane, _ = ran(page, CHINESE, *CELLS)
    assert page.evaluate(ERRORS) == []
    expect(plane.answer(lambda: plane.press(0.2, 0.6))).to_contain_text("你的预测")
