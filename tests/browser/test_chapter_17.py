"""Chapter 17 as a learner meets it."""

from explorer_page import ERRORS, View, opened, until

TITLES = ["How many bits does a weight need?", "Bits where they matter", "The network you can see"]


def test_bits_layers_and_signs(open_notebook, run_all):
    page = opened(open_notebook, run_all, "notebooks/17_quantisation.ipynb", TITLES)
    assert page.evaluate(ERRORS) == []

    bits = View(page, TITLES[0])
    told = bits.answer(lambda: bits.root.get_by_role("radio", name="4 bits").check())
    assert told.startswith("You predicted: 4 bits. Measured: 4 bits are enough.") and "2 bits 14.9%" in told
    until(page, lambda: bits.status.startswith("Bits: 4; accuracy 98.0%, 11,104 bytes"))
    bits.changes(lambda: bits.type("bits: number", 2))
    until(page, lambda: "Bits: 2; accuracy 14.9%" in bits.status)
    bits.root.get_by_role("combobox", name="scheme").select_option(label="affine")
    until(page, lambda: "accuracy 74.2%" in bits.status)
    bits.root.get_by_role("combobox", name="range").select_option(label="least error")
    until(page, lambda: "accuracy 84.0%" in bits.status)
    until(page, lambda: "Goal reached: 2 bits, no outlier" in bits.heard())

    layers = View(page, TITLES[1])
    for layer, count in [("first convolution", 4), ("second convolution", 3), ("dense layer", 3), ("output layer", 3)]:
        layers.type(layer, count)
    until(page, lambda: "in 8,784 bytes" in layers.status)
    until(page, lambda: "Goal reached: at most 9,400 bytes" in layers.heard())

    signs = View(page, TITLES[2])
    assert "Epoch 0: of 21,456 signs (3,058 bytes in all) training has changed 0, that is 0.0%." in signs.status
    signs.changes(lambda: signs.type("epoch", 1))
    until(page, lambda: "Epoch 1: of 21,456 signs" in signs.status and "changed 0" not in signs.status)
    signs.changes(lambda: signs.type("flipped", 10))
    until(page, lambda: "10% are flipped" in signs.status)
