"""Chapter 03 as a learner meets it: run in JupyterLab, moved by keyboard and mouse, heard by a screen reader."""

CHAPTER = "notebooks/03_gradient_descent.ipynb"
TITLES = [
    "One parabola, one rate",
    "Gradient descent in a bowl",
    "One run, step by step",
    "Every pixel is a training run: which starts survive?",
]
ALL_RUN = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code').every(cell => cell.model.executionCount)"""
CORNER = """image => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""


def until(page, condition, seconds=20):
    for _ in range(int(seconds * 50)):
        if condition():
            return
        page.wait_for_timeout(20)
    assert condition()


class View:
    """One explorer of the page."""

    def __init__(self, page, title):
        self.page = page
        self.root = page.locator(".nnlearn-explorer").filter(has_text=title)
        self.root.evaluate("element => element.scrollIntoView({block: 'center'})")
        self.picture = self.root.locator(".picture img")
        self.picture.wait_for()
        page.wait_for_timeout(500)

    @property
    def status(self):
        return self.root.locator(".status").first.inner_text()

    @property
    def source(self):
        return self.picture.get_attribute("src")

    def slider(self, name):
        return self.root.get_by_role("slider", name=name, exact=True)

    def settle(self):
        """Waits until the picture has stood still: the last of a drag's movements may come after the hand's."""
        shown = None
        while shown != (shown := self.source):
            self.page.wait_for_timeout(600)

    def type(self, name, value):
        self.settle()
        field = self.root.get_by_role("spinbutton", name=name)
        field.fill(str(value))
        field.press("Enter")

    def changes(self, move):
        """Makes a move and waits until picture and alternative text have followed it."""
        before = self.source, self.picture.get_attribute("alt")
        move()
        until(self.page, lambda: self.source != before[0] and self.picture.get_attribute("alt") != before[1])

    def click(self, across, down):
        """Clicks in the picture, in shares of its width and height."""
        self.picture.scroll_into_view_if_needed()
        box = self.picture.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)

    def heard(self):
        """What a screen reader is given."""
        return self.root.aria_snapshot()


def test_the_chapter_runs_and_its_explorers_answer(open_notebook, run_all):
    page = open_notebook(CHAPTER)
    run_all(page)
    page.wait_for_function(ALL_RUN, timeout=60_000)
    errors = page.evaluate("""() => window.jupyterapp.shell.currentWidget.content.widgets
        .filter(cell => cell.model.type === 'code')
        .flatMap(cell => cell.model.outputs.toJSON().filter(o => o.output_type === 'error').map(o => o.ename))""")
    assert errors == ["UFuncTypeError", "ValueError"]  # the two that are the lesson
    until(page, lambda: page.locator(".nnlearn-explorer").count() == len(TITLES))

    parabola = View(page, TITLES[0])
    assert 'slider "learning rate"' in parabola.heard() and "step 66" in parabola.heard()
    parabola.slider("learning rate").focus()
    parabola.changes(lambda: page.keyboard.press("ArrowRight"))
    parabola.type("learning rate", 1.9)
    until(page, lambda: "Choose your prediction first" in parabola.status)
    parabola.root.get_by_role("combobox").select_option(label="66: the same")
    until(page, lambda: "step 66" in parabola.status and "You predicted: 66" in parabola.status)
    until(page, lambda: "You predicted: 66" in parabola.heard())

    bowl = View(page, TITLES[1])
    bowl.changes(lambda: bowl.click(0.35, 0.3))
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
    plane.changes(lambda: plane.click(0.46, 0.07))  # a corner, where runs diverge
    chosen = plane.root.get_by_role("spinbutton").all()
    assert "2.2" not in [field.input_value() for field in chosen]


def test_the_chapter_in_the_dark(open_notebook, run_all):
    page = open_notebook(CHAPTER, theme="dark")
    run_all(page)
    parabola = View(page, TITLES[0])
    until(page, lambda: max(parabola.picture.evaluate(CORNER)) < 60)  # red, green and blue
