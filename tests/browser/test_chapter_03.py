"""Chapter 03 as a learner meets it: moved by keyboard and mouse, heard by a screen reader."""

import re

from explorer_page import CORNER, ERRORS, place, ran, until
from playwright.sync_api import expect

from tools.lab import change_theme

CELLS = ["first-explorer", "bowl", "step-view", "start-plane", "condition-table", "directions"]
TITLES = [
    "One parabola, one rate",
    "Gradient descent in a bowl",
    "One run, step by step",
    "Every pixel is a training run: which starts survive?",
    "Where the gap lies",
]


def test_the_explorers_answer(turn):
    page = turn("notebooks/03_gradient_descent.ipynb")
    parabola, bowl, steps, plane, gap = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == []

    expect(parabola.root).to_contain_text("step 66")
    told = parabola.answer(parabola.root.get_by_role("radio", name="66: the same").check)
    expect(told).to_have_text("You predicted: 66: the same. Measured: 66 steps.")
    expect(parabola.spoken).to_contain_text("You predicted: 66")
    parabola.changes(lambda: parabola.slider("learning rate").press("ArrowRight"))

    bowl.changes(lambda: bowl.press(0.35, 0.3))
    bowl.button("Reset").click()
    expect(bowl.status).to_contain_text("step 100 is 7.01e-05")
    slider = bowl.slider("learning rate")

    def drag():
        page.mouse.move(*place(slider, 0.5, 0.5))
        page.mouse.down()
        for step in range(1, 10):
            page.mouse.move(*place(slider, 0.5 + 0.015 * step, 0.5))
        page.mouse.up()

    bowl.changes(drag)
    bowl.type("learning rate", 0.176)
    expect(bowl.status).to_contain_text("from step 38 on")
    expect(bowl.root.get_by_role("listitem").filter(has_text=re.compile("reached$"))).not_to_have_count(0)

    steps.changes(lambda: steps.slider("step").press("End"))
    expect(steps.status).to_contain_text("Step 40")
    expect(steps.root).to_contain_text("Step 40 of GradientDescent")
    assert steps.root.locator("math").count() > 3  # came with the text above

    plane.changes(lambda: plane.type("learning rate", 0.5))
    expect(plane.status).to_contain_text("41% left the finite numbers")
    expect(plane.root.locator(".picture")).to_have_attribute("aria-busy", "false")
    plane.changes(lambda: plane.press(0.97, 0.03))  # a corner, where runs diverge
    for field in plane.root.get_by_role("spinbutton").all():
        expect(field).not_to_have_value("2.2")

    expect(gap.status).to_contain_text("Within 1% from step 14 on.")
    gap.changes(lambda: gap.type("split of the data", 6))
    expect(gap.status).to_contain_text("Within 1% from step 91 on.")
    expect(gap.root.get_by_role("listitem").filter(has_text=re.compile("reached$"))).not_to_have_count(0)
    gap.changes(lambda: gap.slider("learning rate times L").press("ArrowRight"))

    change_theme(page, "dark")
    until(page, lambda: max(parabola.picture.evaluate(CORNER)) < 60)  # red, green and blue
