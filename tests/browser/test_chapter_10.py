"""Chapter 10 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["Every pixel is a network", "Understood, or learned by heart?", "What does the network look at?"]


def test_the_wedge_what_is_learned_by_heart_and_the_maps(turn):
    page = turn("notebooks/10_failing.ipynb")
    wedge, by_heart, heat = ran(page, TITLES, "wedge", "by-heart", "heat")
    assert page.evaluate(ERRORS) == []

    told = wedge.answer(lambda: wedge.root.get_by_role("radio", name="about 5 times").check())
    expect(told).to_contain_text("Measured on 20 networks: 176 times (108 to 366).")
    wedge.type("hidden weights, times; and hidden layers: vertical", 8)
    wedge.type("hidden weights, times; and hidden layers: horizontal", 1.19)
    expect(wedge.spoken).to_contain_text("Goal reached: 8 layers of ReLU, momentum, not clipped")

    told = by_heart.answer(lambda: by_heart.root.get_by_role("radio", name="about a third").check())
    expect(told).to_contain_text("Measured: 100%, from step 120 on.")

    told = heat.answer(lambda: heat.root.get_by_role("radio", name="about 0.3").check())
    expect(told).to_contain_text("0.89 (0.89 to 0.91)")
    heat.type("test image: number", 25)
    expect(heat.spoken).to_contain_text("Goal reached: gradient times input, by size")
