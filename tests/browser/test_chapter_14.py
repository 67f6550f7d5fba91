"""Chapter 14 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Two currencies: parameters and operations", "What an old network still knows"]
CELLS = ["first-explorer", "reading", "deep", "transfer-wide"]


def test_the_costs_and_what_is_read_from_an_old_network(turn):
    page = turn("notebooks/14_architecture.ipynb")
    costs, reading = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == []

    told = costs.answer(lambda: costs.root.get_by_role("radio", name="about half").check())
    expect(told).to_contain_text("Counted: 5.1%. The second convolution, 22% of the parameters, has 91.9%.")
    expect(costs.status).to_contain_text("21,546 parameters, 641,664 operations for an image.")
    costs.root.get_by_role("combobox", name="image is halved").select_option(label="after the first convolution")
    expect(costs.spoken).to_contain_text("Goal reached: at most a third of the operations of the start")
    costs.type("dense units", 0)
    expect(costs.status).to_contain_text("This network was not trained.")

    told = reading.answer(lambda: reading.root.get_by_role("radio", name="by 5 to 20 points").check())
    expect(told).to_contain_text("trained 94.6%, never trained 95.1%, the bare pixels 92.9%")
    reading.root.get_by_role("combobox", name="a new last layer reads").select_option(label="the dense layer")
    expect(reading.spoken).to_contain_text("Goal reached: which of 5 to 9, ten images a class or more")
    expect(reading.status).to_contain_text("The old network: trained to tell 0 to 4.")
    table = page.locator(".jp-RenderedMarkdown table").filter(has_text="2 of 41")
    expect(table).to_have_count(1)
