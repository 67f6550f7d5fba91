"""Chapter 03 as a learner meets it: run in JupyterLab, moved by keyboard and mouse, heard by a screen reader."""

from explorer_page import CORNER, ERRORS, View, opened, until

from tools.lab import change_theme

CHAPTER = "notebooks/03_gradient_descent.ipynb"
TITLES = [
    "One parabola, one rate",
    "Gradient descent in a bowl",
    "One run, step by step",
    "Every pixel is a training run: which starts survive?",
    "Where the gap lies",
]


def test_the_chapter_runs_and_its_explorers_answer(open_notebook, run_all):
    page = opened(open_notebook, run_all, CHAPTER, TITLES)
    assert page.evaluate(ERRORS) == ["UFuncTypeError", "ValueError"]  # the two that are the lesson

    parabola = View(page, TITLES[0])
    assert "step 66" in parabola.heard()
    told = parabola.answer(parabola.root.get_by_role("radio", name="66: the same").check)
    assert told == "You predicted: 66: the same. Measured: 66 steps."
    until(page, lambda: "You predicted: 66" in parabola.heard() and 'slider "learning rate"' in parabola.heard())
    parabola.slider("learning rate").focus()
    parabola.changes(lambda: page.keyboard.press("ArrowRight"))

    bowl = View(page, TITLES[1])
    bowl.changes(lambda: bowl.press(0.35, 0.3))
    bowl.root.get_by_role("button", name="Reset").click()
    until(page, lambda: "step 100 is 7.01e-05" in bowl.status)
    slider = bowl.slider("learning rate")
    width, height = (slider.bounding_box()[side] for side in ("width", "height"))

    def drag():
        slider.hover(position={"x": width * 0.5, "y": height / 2})
        page.mouse.down()
        for step in range(1, 10):
            slider.hover(position={"x": width * (0.5 + 0.015 * step), "y": height / 2})
        page.mouse.up()

    bowl.changes(drag)
    bowl.type("learning rate", 0.176)
    until(page, lambda: "from step 38 on" in bowl.status)
    until(page, lambda: "Goal reached: kappa 10" in bowl.heard() or "reached" in bowl.root.inner_text())

    steps = View(page, TITLES[2])
    steps.slider("step").focus()
    steps.changes(lambda: page.keyboard.press("End"))
    assert "Step 40" in steps.status and "Step 40 of GradientDescent" in steps.root.inner_text()
    assert steps.root.locator("math").count() > 3

    plane = View(page, TITLES[3])
    plane.changes(lambda: plane.type("learning rate", 0.5))
    until(page, lambda: "41% left the finite numbers" in plane.status)
    until(page, lambda: plane.root.get_attribute("aria-busy") != "true")
    plane.changes(lambda: plane.press(0.97, 0.03))  # a corner, where runs diverge
    chosen = plane.root.get_by_role("spinbutton").all()
    assert "2.2" not in [field.input_value() for field in chosen]

    gap = View(page, TITLES[4])
    assert "Within 1% from step 14 on." in gap.status
    gap.changes(lambda: gap.type("split of the data", 6))
    until(page, lambda: "Within 1% from step 91 on." in gap.status)
    until(page, lambda: "Goal reached: at rate 1/L" in gap.heard() or "reached" in gap.root.inner_text())
    gap.slider("learning rate times L").focus()
    gap.changes(lambda: page.keyboard.press("ArrowRight"))

    change_theme(page, "dark")
    until(page, lambda: max(parabola.picture.evaluate(CORNER)) < 60)  # red, green and blue
