"""An explorer on a page of JupyterLab: what a hand can do with it, and what eyes and ears are given."""

ALL_RUN = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code').every(cell => cell.model.executionCount)"""
CORNER = """image => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = 1;
    const context = canvas.getContext('2d');
    context.drawImage(image, 0, 0, 1, 1, 0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .flatMap(cell => cell.model.outputs.toJSON().filter(o => o.output_type === 'error').map(o => o.ename))"""


def opened(open_notebook, run_all, chapter, titles, **theme):
    """The page of a chapter, all of whose cells have run and whose explorers are there."""
    page = open_notebook(chapter, **theme)
    run_all(page)
    page.wait_for_function(ALL_RUN, timeout=600_000)
    until(page, lambda: page.locator(".nnlearn-explorer").count() == len(titles))
    return page


def until(page, condition, seconds=120):
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

    def press(self, across, down):
        """Clicks in the first panel that can be pressed, in shares of its width and height."""
        area = self.root.locator(".area").first
        area.scroll_into_view_if_needed()
        box = area.bounding_box()
        self.page.mouse.click(box["x"] + box["width"] * across, box["y"] + box["height"] * down)

    def heard(self):
        """What a screen reader is given."""
        return self.root.aria_snapshot()

    def answer(self, choose):
        """Answers the prediction: the commit button waits for it, then the controls come."""
        commit = self.root.locator(".commit")
        assert commit.is_disabled() and not self.root.locator(".controls").is_visible()
        choose()
        until(self.page, commit.is_enabled)
        commit.click()
        until(self.page, self.root.locator(".controls").is_visible)
        return self.root.locator(".told p").inner_text()
