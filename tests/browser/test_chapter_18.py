"""Chapter 18 as a learner meets it."""

import re

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["What a student reads that it never saw", "What temperature does"]
CELLS = ["student", "temperature"]


def test_the_student_that_never_saw_a_three_and_what_temperature_does(turn):
    page = turn("notebooks/18_distillation.ipynb")
    student, temperature = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == []

    told = student.answer(lambda: student.root.get_by_role("radio", name="none, it never saw one").check())
    expect(told).to_contain_text("Measured: 97% (the median of ten students")
    expect(student.status).to_contain_text("the median student reads 96.7% of the threes")
    student.root.get_by_role("combobox", name=re.compile("temperature")).select_option(label="2")
    expect(student.spoken).to_contain_text("Goal reached: all but the threes, 16 units")

    told = temperature.answer(lambda: temperature.root.get_by_role("radio", name="about an eighth").check())
    expect(told).to_contain_text("Measured on 1,347 images: 5.2%")
    temperature.type(re.compile("^temperature"), 6)
    expect(temperature.spoken).to_contain_text("Goal reached: without T²")
