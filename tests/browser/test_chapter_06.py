"""Chapter 06 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = [
    "Every pixel is a training run: the angle of the valley, and the rate",
    "Every pixel is a training run: where epsilon bites",
]


def test_the_turned_ravine_and_epsilon(turn):
    page = turn("notebooks/06_adaptive.ipynb")
    ravine, epsilon = ran(page, TITLES, "turn", "epsilon")
    assert page.evaluate(ERRORS) == []

    told = ravine.answer(lambda: ravine.root.get_by_role("radio", name="about 50").check())
    expect(told).to_contain_text("Measured: 535 steps, at rate 1.23.")
    expect(ravine.status).to_contain_text("the best of 461 rates, 1.23, takes 535.")
    ravine.type("angle, and the rate's power of ten: horizontal", 8.5)
    expect(ravine.spoken).to_contain_text("Goal reached: kappa 100, AdaGrad: up to which")
    field = ravine.root.get_by_role("spinbutton", name="epsilon (AdaGrad, RMSprop): number")
    expect(field).to_have_attribute("aria-valuemin", "0.0000000001")  # an exponent is no number there
    expect(field).to_have_attribute("aria-valuenow", "0.00000001")

    told = epsilon.answer(lambda: epsilon.root.get_by_role("radio", name="about 0.7").check())
    expect(told).to_contain_text("Measured: 0.998.")
    epsilon.type("powers of ten: the loss's scale and epsilon: vertical", -14)
    expect(epsilon.spoken).to_contain_text("Goal reached: inside, scale 1e-6")
