"""An explorer on a page of JupyterLab: what a hand can do with it, and what eyes and ears are given.

What a page is to show is asked with Playwright's ``expect``, which waits for it: between a hand's move and what follows
from it lie JupyterLab, its server and a kernel. An ``assert`` is for what has come to rest.
"""

import re

import nbformat
from playwright.sync_api import expect

from tools.lab import VIEWPORT, act, change_theme, run_all, run_cells

LIMIT = 120_000  # ms: only what hangs takes longer, also where much else runs
expect.set_options(timeout=LIMIT)

CORNER = """image => {
    const canvas = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d");
    canvas.drawImage(image, 0, 0, 1, 1, 0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
}"""
DRAWN = "image => image.naturalWidth === Number(image.getAttribute('width'))"
FITS = "image => image.naturalWidth === image.clientWidth"
ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets
    .filter(cell => cell.model.type === 'code')
    .flatMap(cell => cell.model.outputs.toJSON().filter(o => o.output_type === 'error').map(o => o.ename))"""
EXECUTE = "code => { window.jupyterapp.shell.currentWidget.sessionContext.session.kernel.requestExecute({code}); }"
RECORD = """card => {
    const [status, spoken, picture] = [".status", "p.spoken", ".picture"].map(part => card.querySelector(part));
    window.recorded = [];
    new MutationObserver(() => recorded.push([status.textContent, spoken.textContent, picture.ariaBusy === "true"]))
        .observe(status, {childList: true, characterData: true, subtree: true});
}"""
REPLACE = """async cells => {
    const { commands, shell } = window.jupyterapp;
    const notebook = shell.currentWidget.content;
    const model = notebook.model.sharedModel;
    notebook.activeCellIndex = 0;
    model.deleteCellRange(1, model.cells.length);
    model.insertCells(1, cells);
    notebook.activeCellIndex = 1;
    await commands.execute("notebook:run-all-below");
}"""


def until(page, condition):
    """Waits for a condition that ``expect`` can't say; the page goes on meanwhile."""
    for _ in range(LIMIT // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    assert condition()


def write(lab, name, *cells):
    """A notebook of these cells below the lab's root: its name."""
    kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
    notebook = nbformat.v4.new_notebook(metadata=kernel)
    notebook.cells = [nbformat.v4.new_code_cell(cell) for cell in cells]
    nbformat.write(notebook, lab.root / name)
    return name


def execute(page, code):
    """Sends code to the kernel of the page's notebook, in no cell, and waits for nothing."""
    page.evaluate(EXECUTE, code)


class Desk:
    """A page with a notebook whose first cell defines explorers; it shows them one after the other.

    To open a page of JupyterLab and to start a kernel costs ten processor seconds, to show an explorer half of one.
    """

    def __init__(self, page):
        self.page = page
        run_all(page)
        page.evaluate("() => window.jupyterapp.shell.collapseLeft()")

    def show(self, *cells, text="", theme="light", width=VIEWPORT["width"], height=VIEWPORT["height"], **media):
        """The views of the explorers that these cells show, in place of what was there, with a text below."""
        page = self.page
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(reduced_motion=media.get("reduced_motion", "no-preference"))
        change_theme(page, theme)
        made = [{"cell_type": "code", "source": cell, "metadata": {}, "outputs": []} for cell in cells]
        texts = [{"cell_type": "markdown", "source": text, "metadata": {}}] if text else []
        act(page, REPLACE, made + texts)
        return shown(page, len(cells))


def shown(page, count=1):
    """The views of the explorers on a page: one, or so many."""
    expect(page.locator(".nnlearn-explorer")).to_have_count(count)
    views = [View(page, root) for root in page.locator(".nnlearn-explorer").all()]
    return views[0] if count == 1 else views


def ran(page, titles, *cells):
    """The views of the explorers with these titles, when a notebook's cells have run: all, or those with these ids."""
    if cells:
        run_cells(page, *cells)
    else:
        run_all(page)
    expect(page.locator(".nnlearn-explorer")).to_have_count(len(titles))
    return [View(page, page.locator(".nnlearn-explorer").filter(has_text=title)) for title in titles]


class View:
    """One explorer of the page, drawn for the screen."""

    def __init__(self, page, root):
        self.page, self.root = page, root
        self.picture = root.locator(".picture img")
        self.status = root.locator(".status")  # seen; in brief silent while something moves
        self.spoken = root.get_by_role("status")  # heard, when the hand rests
        self.alert = root.get_by_role("alert")
        self.note = root.locator(":scope > .note")  # a question has one of its own
        self.line = root.locator(".line")
        self.told = root.locator(".told p")
        self.commit = root.locator(".commit")
        self.area = root.locator(".area").first
        self.is_drawn()

    def is_drawn(self, how=DRAWN):
        """Waits until the picture is drawn for this screen; FITS: for its place, too, neither shrunk nor blurred."""
        expect(self.picture).to_have_attribute("src", re.compile("^blob:"))
        self.page.wait_for_function(how, arg=self.picture.element_handle(), timeout=LIMIT)

    def slider(self, name):
        return self.root.get_by_role("slider", name=name, exact=True)

    def button(self, name):
        return self.root.get_by_role("button", name=name, exact=True)

    def value(self, name):
        return float(self.slider(name).get_attribute("aria-valuetext"))

    def record(self):
        """Notes from now on, whenever the status changes: what is seen, what was heard last, if more will follow."""
        self.root.evaluate(RECORD)

    def recorded(self):
        """What was noted. A page shows some things for too short a time to be asked about them."""
        return [tuple(each) for each in self.page.evaluate("() => window.recorded")]

    def scroll(self):
        self.root.evaluate("element => element.scrollIntoView()")
        return self

    def press(self, across, down):
        """Presses in the first panel that can be pressed, in shares of its width and height."""
        self.area.scroll_into_view_if_needed()
        self.page.mouse.click(*place(self.area, across, down))

    def type(self, name, value):
        field = self.root.get_by_role("spinbutton", name=name)
        field.fill(str(value))
        field.press("Enter")

    def changes(self, move):
        """Makes a move and waits until picture and alternative text have followed it."""
        before = {name: self.picture.get_attribute(name) for name in ("src", "alt")}
        move()
        for name, value in before.items():
            expect(self.picture).not_to_have_attribute(name, value)

    def answer(self, choose):
        """Answers the prediction: the commit button waits for it, then the controls come."""
        controls = self.root.locator(".controls")
        expect(self.commit).to_be_disabled()
        expect(controls).to_be_hidden()
        choose()
        expect(self.commit).to_be_enabled()
        self.commit.click()
        expect(controls).to_be_visible()
        return self.told


def place(locator, across, down):
    """A point of the page, in shares of an element's width and height."""
    box = locator.bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]
