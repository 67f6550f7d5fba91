"""Chapter 04 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Every pixel is a training run: batch and rate", "Round the bottom"]


def test_the_map_of_batches_and_the_path_round_the_bottom(turn):
    page = turn("notebooks/04_minibatches.ipynb")
    plane, hover = ran(page, TITLES, "first-explorer", "hover")
    assert page.evaluate(ERRORS) == []

    told = plane.answer(lambda: plane.root.get_by_role("radio", name="about 4.4").check())
    expect(told).to_contain_text("You predicted: about 4.4. By theory: 0.236, that is 3.6 times 0.066.")
    expect(plane.status).to_contain_text("Batch 67, rate 0.2: a gap of 9.10% after 50 steps.")  # it opens there
    plane.type("batch and rate: vertical", 0.06)
    expect(plane.spoken).to_contain_text("Goal reached: 10 epochs, batch 67")
    plane.changes(lambda: plane.root.get_by_role("combobox", name="budget").select_option(label="300 steps"))
    expect(plane.status).to_contain_text("after 300 steps.")
    page.get_by_text("What there is to notice", exact=True).click()
    plane.changes(lambda: page.get_by_role("link", name="300 steps", exact=True).click())
    expect(plane.spoken).to_contain_text("Goal reached: 300 steps: a gap below 0.1%")
    plane.root.get_by_role("combobox", name="twice the rate of 34: you say").select_option(label="impossible")
    expect(plane.spoken).to_contain_text("Goal reached: a batch larger than 34")

    told = hover.answer(lambda: hover.root.get_by_role("radio", name="always").check())
    expect(told).to_contain_text("You predicted: always. Measured, the last 500 of 2,000 steps")
    expect(hover.status).to_contain_text("the gap is 3.52% on average. Theory, at small rates: 4.00%.")
    hover.changes(lambda: hover.type("errors (1: as measured): number", 0))
    expect(hover.spoken).to_contain_text("Goal reached: one patient a step, rate 0.02 throughout")
    page.get_by_text("The goals, and more to notice", exact=True).click()
    hover.changes(lambda: page.get_by_role("link", name="16 at 0.08", exact=True).click())
    expect(hover.spoken).to_contain_text("Goal reached: errors 1, batch 16")
    hover.changes(lambda: page.get_by_role("link", name="four times the batch", exact=True).click())
    expect(hover.spoken).to_contain_text("Goal reached: errors 1, rate 0.02 from the start")
