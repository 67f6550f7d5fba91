"""Chapter 17 as a learner meets it."""

from explorer_page import ERRORS, ran
from playwright.sync_api import expect

TITLES = ["How many bits does a weight need?", "Bits where they matter", "The network you can see"]
CELLS = ["bits", "layer-bits", "five-networks", "straight-through", "train-one-bit", "signs"]


def test_bits_layers_and_signs(turn):
    page = turn("notebooks/17_quantisation.ipynb")
    bits, layers, signs = ran(page, TITLES, *CELLS)
    assert page.evaluate(ERRORS) == []

    told = bits.answer(bits.root.get_by_role("radio", name="4 bits").check)
    expect(told).to_contain_text("You predicted: 4 bits. Measured: 4 bits are enough.")
    expect(told).to_contain_text("2 bits 14.9%")
    expect(bits.status).to_contain_text("Bits: 4; accuracy 98.0%, 11,104 bytes")
    bits.changes(lambda: bits.type("bits: number", 2))
    expect(bits.status).to_contain_text("Bits: 2; accuracy 14.9%")
    bits.root.get_by_role("combobox", name="scheme").select_option(label="affine")
    expect(bits.status).to_contain_text("accuracy 74.2%")
    bits.root.get_by_role("combobox", name="range").select_option(label="least error")
    expect(bits.status).to_contain_text("accuracy 84.0%")
    expect(bits.spoken).to_contain_text("Goal reached: 2 bits, no outlier")

    for layer, count in [("first convolution", 4), ("second convolution", 3), ("dense layer", 3), ("output layer", 3)]:
        layers.type(layer, count)
    expect(layers.status).to_contain_text("in 8,784 bytes")
    expect(layers.spoken).to_contain_text("Goal reached: at most 9,400 bytes")

    expect(signs.status).to_contain_text(
        "Epoch 0: of 21,456 signs (3,058 bytes in all) training has changed 0, that is 0.0%."
    )
    signs.changes(lambda: signs.type("epoch", 1))
    expect(signs.status).to_contain_text("Epoch 1: of 21,456 signs")
    expect(signs.status).not_to_contain_text("changed 0")
    signs.changes(lambda: signs.type("flipped", 10))
    expect(signs.status).to_contain_text("10% are flipped")
