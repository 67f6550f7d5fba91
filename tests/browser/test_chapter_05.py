"""Chapter 05 as a learner meets it, in English and in Chinese."""

from explorer_page import ERRORS, View, opened, until

TITLES = ["Every pixel is a training run: rate and momentum", "One run, step by step"]
CHINESE = ["每个像素都是一次训练，学习率与动量各不相同", "一次运行，一步步看"]


def test_the_map_of_rate_and_momentum(open_notebook, run_all):
    page = opened(open_notebook, run_all, "notebooks/05_momentum.ipynb", TITLES)
    assert page.evaluate(ERRORS) == []

    plane = View(page, TITLES[0])
    told = plane.answer(lambda: plane.click(0.2, 0.6))  # the mark stays on the line of 0.9
    assert told.startswith("You predicted: 0.0")
    assert "Measured: 0.0380, that is 1.9 times the limit without momentum." in told and "times that." in told
    plane.type("rate and momentum: horizontal", 0.0328)
    plane.type("rate and momentum: vertical", 0.67)
    until(page, lambda: "stays below 1e-6 from step 50 on" in plane.status)
    until(page, lambda: "Goal reached: kappa 100, classical: after 60" in plane.heard())
    plane.changes(lambda: plane.root.get_by_role("combobox").select_option(label="averaged"))
    plane.type("rate and momentum: horizontal", 0.0994)
    until(page, lambda: "Goal reached: kappa 100, averaged" in plane.heard())
    plane.changes(lambda: plane.type("condition number", 10))


def test_the_chapter_in_chinese(open_notebook, run_all):
    page = opened(open_notebook, run_all, "notebooks/zh/05_momentum.ipynb", CHINESE, theme="dark")
    assert page.evaluate(ERRORS) == []
    plane = View(page, CHINESE[0])
    assert plane.answer(lambda: plane.click(0.2, 0.6)).startswith("你的预测")
