"""Chapter 07 as a learner meets it."""

import re

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Every pixel is a training run: rate and memory", "Adam's first steps"]
CELLS = ["first-explorer", "first-steps", "race", "reddi", "bug-sum-run"]


def test_the_film_and_the_first_steps(turn):
    page = turn("notebooks/07_adam.ipynb")
    film, steps = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == []

    told = film.answer(lambda: film.root.get_by_role("radio", name="about the same").check())
    expect(told).to_contain_text("Measured: 5.1, as large as near the start.")
    expect(film.status).to_have_text(re.compile(r"whose last frame is step 3,340, \d+% is below 1e-6\.$"))
    film.root.get_by_role("combobox", name="rule").select_option(label="AMSGrad")
    expect(film.spoken).to_contain_text("Goal reached: rate 0.5 (within 2%)")
    film.root.get_by_role("combobox", name="rule").select_option(label="Adam")
    film.type("rate and memory: horizontal", 0.1)
    expect(film.spoken).to_contain_text("Goal reached: memory 1,000")

    told = steps.answer(lambda: steps.root.get_by_role("radio", name="a tenth of the rate").check())
    expect(told).to_contain_text("Measured: 3.16 times the rate, and 6.57 times at step 12.")
    steps.type(re.compile("memory of v"), 100)
    expect(steps.spoken).to_contain_text("Goal reached: beta1 0.9: a memory with which")
    table = page.locator(".jp-RenderedMarkdown table").filter(has_text="0.135 (0.063–1.987)")
    expect(table).to_have_count(1)
