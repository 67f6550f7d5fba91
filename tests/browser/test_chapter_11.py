"""Chapter 11 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["What does a filter take away?", "Whose mean?"]


def test_the_sieve_and_the_clinic(turn):
    page = turn("notebooks/11_cleaning.ipynb")
    sieve, clinic = ran(page, TITLES, "sieve", "clinic")
    assert page.evaluate(ERRORS) == []

    told = sieve.answer(lambda: sieve.root.get_by_role("radio", name="98%, as before").check())
    expect(told).to_contain_text("Measured on four networks: 78.2% (75.8 to 81.6).")
    expect(sieve.status).to_contain_text("of the filtered ones.")
    sieve.root.get_by_role("combobox", name="picture").select_option(label="flower")
    sieve.root.get_by_role("combobox", name="filter").select_option(label="median of a plus")
    expect(sieve.spoken).to_contain_text("Goal reached: flower, 5% black or white")

    told = clinic.answer(lambda: clinic.root.get_by_role("radio", name="about 90%").check())
    expect(told).to_contain_text("Measured on 20 splits: 43% (40 to 47).")
    clinic.type("malignant among those sent: number", 0)
    expect(clinic.spoken).to_contain_text("Goal reached: own statistics: more than a third")
