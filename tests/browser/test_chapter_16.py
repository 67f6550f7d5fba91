"""Chapter 16 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Take a layer out", "How many different weights does a layer need?", "Where to cut a network"]


def test_layers_values_and_a_cut(turn):
    page = turn("notebooks/16_trimming.ipynb")
    layers, values, cut = ran(page, TITLES, "first-explorer", "values", "cut")
    assert page.evaluate(ERRORS) == []

    told = layers.answer(lambda: layers.root.get_by_role("radio", name="about a sixth less in both").check())
    expect(told).to_contain_text("Measured, medians of five networks each: the chain falls from 96.7%")
    layers.root.get_by_role("checkbox", name="layer 2 out").uncheck()
    layers.root.get_by_role("checkbox", name="layer 4 out").check()
    expect(layers.spoken).to_contain_text("Goal reached: with shortcuts: the layer that costs least")

    told = values.answer(lambda: values.root.get_by_role("radio", name="about 60").check())
    expect(told).to_contain_text("8 values 97.3%")
    values.type("values a layer: number", 8)
    expect(values.status).to_contain_text("8 values a layer: 8,534 of 86,184 bytes packed")

    cut.root.get_by_role("combobox", name="cut after").select_option("dense layer")
    expect(cut.status).to_contain_text("32 numbers cross for each image")
