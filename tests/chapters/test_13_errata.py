"""The errors of the sources on the ground of chapter 13, each run; and the numbers that the chapter's text tells."""

import zlib

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch13_compression import tables
from nnlearn.chapters.ch13_compression.experiment import FILE, read, text
from nnlearn.chapters.ch13_compression.photograph import coded, from_afar, square
from nnlearn.data import clean
from nnlearn.data.compress import (
    RULES,
    binarize,
    join,
    quantize_data,
    sizes,
    split_space,
)
from nnlearn.syllabus import errata

STORED = nn.data.measured("13")
GREY = np.arange(2, 11)


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("13").rows if row["id"] == name)


def row(table, **values):
    """The one row of a stored table that has these values."""
    (found,) = (each for each in STORED[table] if all(each[name] == value for name, value in values.items()))
    return found


def told(found):
    """Median and range in per cent."""
    return f"{100 * found['median']:.1f} [{100 * found['min']:.1f}-{100 * found['max']:.1f}]"


# --- The sources ---


def coarse():
    """The source's quantisation, in our own words: half, round, twice."""
    return np.round(GREY / 2) * 2


def test_c09():
    """Neither truncated nor in even bins; a rule with a name gives even bins."""
    assert coarse().astype(int).tolist() == [2, 4, 4, 4, 6, 8, 8, 8, 10]
    assert "[2 4 4 4 6 8 8 8 10]" in shows("C09")
    assert coarse().tolist() != (GREY // 2 * 2).tolist()
    named = {rule: quantize_data(GREY, 3, rule, 2, 16).codes.tolist() for rule in ("truncate", "half up")}
    assert named == {"truncate": [0, 0, 1, 1, 2, 2, 3, 3, 4], "half up": [0, 1, 1, 2, 2, 3, 3, 4, 4]}
    assert quantize_data(GREY, 3, "half to even", 0, 14).restored().tolist() == coarse().tolist()


def test_c10():
    """As many bytes as before; packed codes take four."""
    assert GREY.astype(np.int64).nbytes == coarse().nbytes == 72 and coarse().dtype == np.float64
    assert shows("C10").startswith("72 bytes before and after, now float64")
    assert len(quantize_data(GREY, 3, "half up", 2, 16).packed) == 4


def test_k07():
    """Tiles hold as many bytes as the whole, and more with an overlap."""
    photo = square("china")
    tiles = split_space(photo, 64)
    assert (len(tiles), tiles.nbytes) == (16, 65_536) and photo.nbytes == 65_536
    assert shows("K07").startswith("65,536 bytes before and after") and split_space(photo, 64, 1).nbytes > 65_536


# --- What the text tells ---


@pytest.mark.parametrize(("rule", "error"), [("truncate", "87.8"), ("half up", "27.4"), ("random", "51.4")])
def test_the_errors_of_four_bits(rule, error):
    off = coded("china", 4, rule).restored() - square("china").astype(float)
    assert f"{np.mean(off**2):.1f}" == error


def test_the_three_formulas():
    """Of remainders that are all equally likely; s odd."""
    s = 17
    r = np.arange(s)
    assert np.mean(r**2) == (s - 1) * (2 * s - 1) / 6 == 88
    assert np.mean((r - s * (2 * r > s)) ** 2) == (s * s - 1) / 12 == 24
    assert np.mean(r * (s - r)) == (s * s - 1) / 6 == 48
    middle = coded("china", 4, "truncate").restored(middle=True) - square("china").astype(float)
    assert f"{np.mean(middle**2):.1f}" == "20.7"


def test_noise_falls_as_the_weights_say():
    error = coded("china", 1, "random").restored() - square("china").astype(float)
    for sigma in (1, 2, 4):
        left = np.mean(from_afar(error, sigma) ** 2) / np.mean(error**2)
        assert left == pytest.approx(1 / (4 * np.pi * sigma**2), rel=0.07)
    blurred = from_afar(square("china"), 2)
    assert f"{clean.psnr(from_afar(coded('china', 1, 'random').restored(), 2), blurred, 255):.1f}" == "25.0"
    assert f"{clean.psnr(blurred, square('china'), 255):.1f}" == "21.7"


def test_from_afar_errors_fall_to_two_fifths_a_fiftieth_a_thousandth():
    photo = square("china").astype(float)
    left = {}
    for rule in RULES:
        error = coded("china", 4, rule).restored() - photo
        left[rule] = np.mean(from_afar(error, 2) ** 2) / np.mean(error**2)
    assert left["half up"] == pytest.approx(0.4, abs=0.01) and left["random"] == pytest.approx(1 / 50, rel=0.05)
    assert left["diffusion"] < 1.1e-3 and left["truncate"] > 0.8


def test_what_a_network_reads_in_one_bit():
    data, network = nn.data.digits(scaled=False), nn.models.trained()
    images = data.X_test.reshape(-1, 8, 8)

    def accuracy(codes):
        return nn.models.accuracy(network, codes.restored() / 16, data.y_test)

    one = {rule: accuracy(quantize_data(images, 1, rule, 0, 16)) for rule in RULES}
    assert 100 * (one["half up"] - one["random"]) > 7 and 100 * (one["half up"] - one["truncate"]) > 36
    draws = [accuracy(quantize_data(images, 1, "random", 0, 16, seed)) for seed in range(5)]
    assert f"{min(draws):.0%}, {max(draws):.0%}" == "81%, 87%" and one["half up"] - max(draws) > 0.065
    for bits in (2, 3):
        assert all(accuracy(quantize_data(images, bits, rule, 0, 16)) > 0.98 - 0.03 for rule in RULES)
    assert f"{accuracy(binarize(images, 4, 0, 16)):.0%}" == "94%"


def test_eight_bytes():
    assert told(row("budget", pixels="rows", bits=2)) == "97.1 [96.4-97.6]"
    assert told(row("budget", pixels="64", bits=1)) == "96.2 [95.6-97.1]"
    assert told(row("budget", pixels="16", bits=4)).startswith("94.4")
    assert told(row("budget", pixels="columns", bits=2)).startswith("94.2")
    assert told(row("budget", pixels="64", bits=5)).startswith("99.1")
    assert told(row("budget", pixels="16", bits=3)).startswith("94.0")
    assert told(row("budget", pixels="64", bits=2)).startswith("98.7")
    assert (
        f"{100 * (row('budget', pixels='64', bits=5)['median'] - row('budget', pixels='64', bits=2)['median']):.1f}"
        == "0.4"
    )


def test_a_cell_of_the_budget_is_measured_again():
    assert read("16", 4, 0) == pytest.approx(row("budget", pixels="16", bits=4)["accuracies"][0], abs=0.01)


def test_halves_together_come_near_the_whole():
    whole = row("halves", features="whole")["median"]
    for name in ("upper and lower", "even and odd"):
        assert 0 < 100 * (whole - row("halves", features=name)["median"]) <= 1.15
    assert row("halves", features="even")["median"] > row("halves", features="lower")["median"] + 0.05
    assert tables.halves(STORED).rows[0] == ["all 64 pixels", "96.7 [96.2–97.1]"]


def test_packing_first_makes_the_zip_larger():
    X = tables.every_digit()
    found = sizes(quantize_data(X, 5, low=0, high=31))
    assert found.packed < found.whole_bytes and found.zipped_packed > found.zipped
    four = sizes(quantize_data(X, 4, low=0, high=16))
    assert four.zipped_packed < four.zipped  # two codes are a byte
    assert X.nbytes == 920_064 and abs(len(zlib.compress(X.tobytes(), 9)) - 67_913) < 700
    _, counts = np.unique(X, return_counts=True)
    share = counts / counts.sum()
    assert f"{-(share * np.log2(share)).sum():.2f}" == "2.98" and len(counts) == 17 and 0.45 < share[0] < 0.55
    assert [len(each) for each in tables.size_table().rows] == [6] * 5
    assert sizes(quantize_data(X, 3, low=0, high=16)).zipped < sizes(quantize_data(X, 3, low=0, high=16)).entropy


def test_tiles_through_a_filter():
    photo = square("china")
    for function, wrong in ((lambda x: clean.median_filter(x, 3), [1407, 0, 0]),
                            (lambda x: clean.mean_filter(x, 5), [3075, 1485, 0])):  # fmt: skip
        found = [
            int(np.sum(join(split_space(photo, 64, overlap).each(function)) != function(photo)))
            for overlap in (0, 1, 2)
        ]
        assert found == wrong


def test_what_is_written():
    assert text({"budget": []}).startswith('{\n "made_by": "python -m nnlearn.chapters.ch13_compression.experiment"')
    assert FILE.is_file()
