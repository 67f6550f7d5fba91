"""The stored measurements of augmentation are what their script says and measures, and what chapter 12 says of them."""

import json
from functools import partial

import numpy as np
import pytest

from nnlearn.chapters.ch12_augmentation import experiment
from nnlearn.chapters.ch12_augmentation.tomorrow import AS_IT_COMES, CARD, WAYS
from nnlearn.data import datasets

TABLE = json.loads(experiment.FILE.read_text(encoding="utf-8"))
TABLES = {name: TABLE[name] for name in experiment.TABLES}
MEASURED = [row for name in ("gain", "capacity", "writers") for row in TABLES[name]]
BOTH = ("CNN", "MLP 64")
ONE_IMAGE = 0.03  # of the about 45 test images of a digit


def rows(table, **keys):
    """The rows of a table with these entries."""
    return [row for row in TABLES[table] if all(row[name] == value for name, value in keys.items())]


def only(table, **keys):
    (row,) = rows(table, **keys)
    return row


def gains(table="gain", **keys):
    """The median gains of all rows with these entries that are augmented."""
    return [row["gain"]["median"] for row in rows(table, **keys) if row["gain"]]


# --- augmentation.json ----------------------------------------------------------------------------


def test_the_file_is_the_scripts():
    assert experiment.FILE.read_text(encoding="utf-8") == experiment.text(TABLES)
    names = {name for table in TABLES.values() for row in table for name in row}
    described = {name for names in TABLE["columns"] for name in names.split(", ")}
    assert {"accuracies", "training", "gain", "gained", "shifted", "share"} <= described <= names


def test_every_cell_is_there():
    cells = [(row["network"], row["per_class"], row["augmentation"]) for row in TABLES["gain"]]
    assert cells == [(n, k, a) for n in BOTH for k in (10, 30, 100) for a in experiment.AUGMENTATIONS]
    sizes = {name: len(table) for name, table in TABLES.items()}
    assert sizes == {"gain": 48, "capacity": 24, "robustness": 48, "writers": 6, "pooling": 18, "borders": 12,
                     "tomorrow": 10, "photographs": 28, "turned": 26, "changed": 30}  # fmt: skip


@pytest.mark.parametrize("table", ["gain", "capacity", "robustness", "writers"])
def test_the_summaries_are_of_the_accuracies(table):
    without = None
    for row in TABLES[table]:
        accuracies = np.array(row["shifted" if table == "robustness" else "accuracies"])
        assert len(accuracies) == len(experiment.SEEDS) >= 5
        assert row["median"] == pytest.approx(np.median(accuracies), abs=1e-4)
        assert (row["min"], row["max"]) == (min(accuracies), max(accuracies))
        if row["augmentation"] == "none":
            without = accuracies
            assert row["gain"] is row["gained"] is None
        else:
            each = 100 * (accuracies - without)
            expected = np.median(each), min(each), max(each)
            np.testing.assert_allclose([row["gain"][name] for name in ("median", "min", "max")], expected, atol=0.07)
            assert row["gained"] == np.sum(each > 0.05)


def test_what_two_tables_show_is_the_same():
    for row in rows("capacity", network="MLP 64", steps=experiment.STEPS):
        keys = {name: row[name] for name in ("network", "per_class", "augmentation")}
        assert row["accuracies"] == only("gain", **keys)["accuracies"]
    for row in rows("writers", split="random"):
        same = only("gain", network="CNN", per_class=100, augmentation=row["augmentation"])
        assert row["accuracies"] == same["accuracies"]


# --- measured again -------------------------------------------------------------------------------


@pytest.mark.thorough
def test_a_cell_comes_out_the_same():
    for augmentation, tolerance in (("none", 0.02), ("shift 1", 0.03)):
        case = experiment.Case("MLP 64", 10, augmentation)
        stored = only("gain", network="MLP 64", per_class=10, augmentation=augmentation)
        np.testing.assert_allclose(experiment.results(case, "test"), stored["accuracies"], atol=tolerance)
        shifted = only("robustness", network="MLP 64", per_class=10, augmentation=augmentation)
        np.testing.assert_allclose(experiment.results(case, "shifted"), shifted["shifted"], atol=2 * tolerance)


@pytest.mark.thorough
def test_a_run_of_the_convolutional_network_comes_out_the_same():
    stored = only("gain", network="CNN", per_class=10, augmentation="none")
    result = experiment.run(experiment.Case("CNN", 10), seed=0)
    assert result.test == pytest.approx(stored["accuracies"][0], abs=0.02)
    assert result.training == pytest.approx(stored["training"], abs=0.01)


@pytest.mark.parametrize("table", ["turned", "changed"])
def test_the_stored_network_still_says_the_same(table):
    for row, again in zip(TABLES[table], experiment.TABLES[table](), strict=True):
        assert row.keys() == again.keys()
        assert {**row, **again} == pytest.approx(row, abs=ONE_IMAGE)


# --- what the chapter says ------------------------------------------------------------------------


def test_shifts_help_the_convolutional_network_with_few_images_and_harm_the_narrow_one():
    few, most = (only("gain", network="CNN", per_class=k, augmentation="shift 1") for k in (10, 100))
    assert few["gain"]["median"] > 3 and few["gained"] == len(experiment.SEEDS)
    assert abs(most["gain"]["median"]) < 0.5
    for row in rows("gain", network="MLP 64", augmentation="shift 1"):
        assert row["gain"]["median"] < -1.5 and row["gained"] <= 1


def test_a_sharp_border_costs_what_a_soft_one_does_not():
    assert max(gains(augmentation="rotate 15, constant")) < -1.5
    assert min(gains(augmentation="rotate 15, grid-constant")) > -0.5


def test_the_fewer_images_the_more_augmentation_gains():
    few, more, most = (gains(network="CNN", per_class=k, augmentation="shift 1")[0] for k in (10, 30, 100))
    assert few > 3 > more > most
    few, more, most = (gains(network="MLP 64", per_class=k, augmentation="shift 1")[0] for k in (10, 30, 100))
    assert few > more > most


@pytest.mark.parametrize("augmentation", ["horizontal flip", "vertical flip", "half turn", "rotate 180, grid-constant"])
def test_what_makes_other_digits_harms_both(augmentation):
    assert max(gains(augmentation=augmentation)) < 0
    assert all(row["gained"] <= 1 for row in rows("gain", augmentation=augmentation))


def test_turning_all_the_way_round_harms_most():
    for network in BOTH:
        for per_class in experiment.PER_CLASS:
            worst = min(rows("gain", network=network, per_class=per_class), key=lambda row: row["median"])
            assert worst["augmentation"] == "rotate 180, grid-constant"


def test_capacity_pays():
    for per_class in (10, 100):
        widths = gains("capacity", per_class=per_class, steps=experiment.STEPS)
        assert widths == sorted(widths) and widths[0] < 0
    best = only("capacity", network="MLP 1024", per_class=100, steps=experiment.LONGER, augmentation="shift 1")
    assert best["gain"]["median"] > 0.4 and best["gained"] >= 7


def test_time_pays_where_training_was_not_at_its_end():
    short, long = gains("capacity", network="MLP 64", per_class=100, augmentation="shift 1")
    assert short < -4 and -3 < long < -1
    few, longer = gains("capacity", network="MLP 64", per_class=10, augmentation="shift 1")
    assert abs(few - longer) < 0.5
    without, with_shifts = rows("capacity", network="MLP 64", per_class=100, steps=experiment.STEPS)
    assert without["training"] > 0.99 and with_shifts["training"] < 0.94
    assert rows("capacity", network="MLP 64", per_class=10, steps=experiment.LONGER)[1]["training"] == 1


def test_robustness():
    for per_class in (10, 30, 100):
        without, with_shifts, *others = rows("robustness", network="CNN", per_class=per_class)
        assert without["max"] < 0.6 and with_shifts["min"] > 0.85
        assert with_shifts["gained"] == len(experiment.SEEDS)
        assert max(row["median"] for row in others) < 0.55


def test_unseen_writers_are_harder():
    for augmentation in ("none", "shift 1", "rotate 15, grid-constant"):
        seen, unseen = rows("writers", augmentation=augmentation)
        assert unseen["median"] < seen["median"]


def test_a_six_turned_far_enough_is_a_nine():
    turned = {row["degrees"]: row for row in TABLES["turned"]}
    assert turned[15]["six"] > 0.9 and turned[180]["nine"] > 0.8
    assert max(turned[degrees]["nine"] for degrees in range(0, 121, 15)) < 0.1
    upside_down = {row["digit"]: row for row in rows("changed", change="half turn")}
    assert upside_down[6]["label"] == 9 and upside_down[0]["kept"] > 0.9


def test_without_places_a_pixel_costs_less():
    flat, pooled = (only("pooling", network=name, test="shifted") for name in ("CNN", "CNN, global pooling"))
    assert flat["max"] < 0.5 < 0.6 < pooled["min"]
    here, pooled_here = (only("pooling", network=name, test="as they are") for name in ("CNN", "CNN, global pooling"))
    assert pooled_here["median"] > here["median"]
    same = only("robustness", network="CNN", per_class=10, augmentation="none")
    assert flat["median"] == pytest.approx(same["median"], abs=0.01)


def test_keras_s_defaults_contradict_the_chapter_and_the_card_does_not():
    default, card = (only("tomorrow", **way._asdict(), test="shifted") for way in (AS_IT_COMES, CARD))
    assert default["max"] < 0.8 < card["min"]
    own = only("robustness", network="CNN", per_class=10, augmentation="shift 1")
    assert card["median"] == pytest.approx(own["median"], abs=0.02)


def test_of_keras_s_settings_the_fill_matters_most():
    def gain(way):
        stored = (only("tomorrow", **each._asdict(), test="shifted")["accuracies"] for each in (way, AS_IT_COMES))
        each = np.rint(450 * np.subtract(*stored)) / 4.5  # points; accuracies are stored with four digits
        return np.median(each), np.sum(each > 0), np.sum(each < 0)

    told = {name: AS_IT_COMES._replace(**{name: value}) for name, value in CARD._asdict().items()}
    assert WAYS == [AS_IT_COMES, *told.values(), CARD]
    fill, interpolation, factor = (gain(told[name]) for name in ("fill_mode", "interpolation", "factor"))
    assert round(fill[0]) == 16 and fill[1:] == (10, 0)
    assert round(interpolation[0]) == 4 and interpolation[1:] == (10, 0)
    assert abs(factor[0]) < 1 and factor[1:] == (6, 3)  # luck does that in more than half of all cases
    together = gain(CARD)
    assert round(together[0]) == 23 and together[1] == 10


def test_a_run_with_the_card_comes_out_the_same():
    result = experiment.run_with(partial(experiment.shifted_by_keras, CARD), seed=0)
    stored = only("tomorrow", **CARD._asdict(), test="shifted")
    assert result.shifted == pytest.approx(stored["accuracies"][0], abs=0.03)


def test_named_tables_alone_are_measured_again(monkeypatch, tmp_path):
    monkeypatch.setattr(experiment, "FILE", tmp_path / "measured.json")
    monkeypatch.setitem(experiment.TABLES, "turned", lambda: [{"fill": "none"}])
    monkeypatch.setattr(experiment, "single_thread", lambda: None)
    experiment.main(["turned"])
    with pytest.raises(ValueError, match="There is no table photos; there are gain"):
        experiment.main(["photos"])
    written = json.loads(experiment.FILE.read_text(encoding="utf-8"))
    assert written["turned"] == [{"fill": "none"}]
    assert written["gain"] == TABLE["gain"]


# --- how it is measured ---------------------------------------------------------------------------


@pytest.mark.parametrize("split", ["random", "writer"])
def test_fewer_examples_are_the_first_of_more(split):
    data = datasets.digits(split, seed=3)
    few, few_labels = experiment.examples(data, 10, seed=3)
    more, more_labels = experiment.examples(data, 30, seed=3)
    assert np.bincount(few_labels).tolist() == [10] * 10
    for label in range(10):
        np.testing.assert_array_equal(few[few_labels == label], more[more_labels == label][:10])
    train, test = ({image.tobytes() for image in experiment.pictures(X)} for X in (data.X_train, data.X_test))
    taken = {image.tobytes() for image in more}
    assert len(taken) == 300 and taken <= train and not taken & test
    others, _ = experiment.examples(data, 10, seed=4)
    assert not np.array_equal(few, others)


def test_every_epoch_sees_each_image_once_and_changed_anew():
    n = 2 * experiment.BATCH
    images = np.arange(n, dtype=np.float32)[:, np.newaxis, np.newaxis] + np.zeros((n, 8, 8), np.float32)
    labels = np.arange(n) % 10
    plain, plain_labels = experiment.seen(images, labels, (), 4, seed=5)
    changed, changed_labels = experiment.seen(images, labels, experiment.AUGMENTATIONS["shift 1"], 4, seed=5)
    assert plain.shape == (4, experiment.BATCH, 8, 8)
    which = plain[..., 4, 4].astype(int)  # pixel (4, 4) stays in the image, whatever the shift
    np.testing.assert_array_equal(changed[..., 4, 4], which)  # the same batches
    for epoch in (which[:2], which[2:]):
        assert sorted(epoch.ravel()) == list(range(n))
    np.testing.assert_array_equal(plain_labels, which % 10)
    np.testing.assert_array_equal(changed_labels, plain_labels)
    inside = (changed > 0).reshape(2, n, 8, 8)
    first, second = (inside[epoch][np.argsort(which[2 * epoch :][:2].ravel())] for epoch in (0, 1))
    moved = (first != second).any(axis=(1, 2))
    assert 0.75 < moved.mean() < 1  # eight in nine


def test_half_turn():
    images = np.random.default_rng(0).random((400, 8, 8))
    (step,) = experiment.AUGMENTATIONS["half turn"]
    changed = experiment.Pipeline(step, seed=1)(images)
    turned = (changed == images[:, ::-1, ::-1]).all(axis=(1, 2))
    assert 0.4 < turned.mean() < 0.6
    np.testing.assert_array_equal(changed[~turned], images[~turned])


def test_runs_leave_no_traces():
    data = datasets.digits()
    images, labels = experiment.examples(data, 10, seed=0)
    batches = experiment.seen(images, labels, (), 20, seed=0)
    trainer = experiment.trainer("MLP 64")
    first = trainer.train(*batches, 0).get_weights()
    other = trainer.train(*batches, 1).get_weights()
    again = trainer.train(*batches, 0).get_weights()
    for before, between, after in zip(first, other, again, strict=True):
        np.testing.assert_allclose(before, after, atol=1e-6)
        assert not np.allclose(before, between, atol=1e-3)


def test_gains_are_taken_seed_by_seed(monkeypatch):
    def run(case, seed):
        gain = 0.01 * (seed - 2) if case.augmentation == "shift 1" else 0
        return experiment.Result(0.5 + 0.02 * (-1) ** seed + gain, 1.0, 0.5)

    monkeypatch.setattr(experiment, "run", run)
    row = experiment.row(experiment.Case("CNN", 10, "shift 1"))
    assert row["gain"] == {"median": 2.5, "min": -2.0, "max": 7.0}
    assert row["gained"] == 7
    assert experiment.row(experiment.Case("CNN", 10))["gain"] is None
