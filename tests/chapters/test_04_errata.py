"""The errors of the sources on the ground of chapter 04, each run; and the numbers that the chapter's text tells."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch04_minibatches import experiment
from nnlearn.chapters.ch04_minibatches.figures import parts_of_the_limit
from nnlearn.chapters.ch04_minibatches.map import SIZES
from nnlearn.chapters.ch04_minibatches.patients import largest_safe_rate, patients
from nnlearn.networks import mlp
from nnlearn.syllabus import errata


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("04").rows if row["id"] == name)


@pytest.fixture(scope="module")
def digits():
    return nn.data.datasets.digits()


@pytest.fixture(scope="module")
def J(digits):
    return mlp(64, 64, 10).on(digits.X_train, digits.y_train)


@pytest.fixture(scope="module")
def stored():
    return nn.data.measured("04")


def ended(J, rate, batch, steps, seed=0, order="shuffled", start=None):
    batches = nn.MiniBatches(batch, seed, order)
    start = J.start if start is None else start
    return nn.run(nn.GradientDescent(rate), batches.of(J), start, steps, keep=["theta"], every=steps).theta[-1]


def test_c14(digits, J):
    """A sum over B examples is B times their mean: so is the step."""
    assert shows("C14") == "rate 0.1, digits, 5 epochs: right 95% with batches of 4, 10% with batches of 64"
    for batch, right in ((4, 0.95), (64, 0.10)):
        steps = nn.MiniBatches(batch).steps(5, 1347)
        theta = ended(J, 0.1 * batch, batch, steps, start=J.initial(0))
        assert J.accuracy(theta, digits.X_test, digits.y_test) == pytest.approx(right, abs=0.02)
    averaged = ended(J, 0.1, 64, nn.MiniBatches(64).steps(5, 1347), start=J.initial(0))
    assert J.accuracy(averaged, digits.X_test, digits.y_test) > 0.87


def test_c15(J):
    assert shows("C15") == "mean |g| 5.6, 20, 123, 1142 for batches of 1, 10, 100, 1000"
    theta, found = J.initial(0), []
    for batch in (1, 10, 100, 1000):
        part = [J.take(nn.MiniBatches(batch, seed).indices(1, 1347)).gradient(theta) for seed in range(20)]
        found.append(batch * np.mean(np.linalg.norm(part, axis=1)))
    assert found == pytest.approx([5.6, 20.5, 123, 1142], rel=0.02)
    mended = np.array(found) / [1, 10, 100, 1000]
    assert mended[0] < 6 and mended[-1] == pytest.approx(np.linalg.norm(J.gradient(theta)), rel=0.02)


def test_c19():
    J = patients()
    assert shows("C19") == "the same thetas, to the last digits"
    plain = nn.run(nn.GradientDescent(0.1), J, J.start, 50).theta
    batch = nn.run(nn.GradientDescent(0.1), nn.MiniBatches(J.examples, order="kept").of(J), J.start, 50).theta
    np.testing.assert_array_equal(plain, batch)


def test_m01():
    """The formula is the same, the gradient is another: that of the examples seen."""
    J = patients()
    assert (
        shows("M01")
        == "at rate 0.1 plain descent ends 0.6% above the least loss after 20 steps, one patient a step bursts"
    )
    least = J.loss(J.solution())
    assert J.loss(ended(J, 0.1, 331, 20)) / least - 1 == pytest.approx(0.006, abs=0.001)
    assert not J.loss(ended(J, 0.1, 1, 3310)) < 1e20


def test_m18():
    J = patients()
    assert shows("M18") == "10 epochs are 10 steps, and each sees all 331 patients"
    trace = nn.run(nn.GradientDescent(0.1), nn.MiniBatches(331).of(J), J.start, nn.MiniBatches(331).steps(10, 331))
    assert len(trace.samples) - 1 == 10
    assert all(sorted(samples) == list(range(331)) for samples in trace.samples[1:])


def test_k09(stored):
    """Larger is faster by steps, smaller by epochs; and plain SGD changes no batch."""
    assert shows("K09") == "epochs to the target 4.2, 19, 173, steps 5670, 204, 173 with batches of 1, 128, all"
    rows = {row["batch"]: row for row in stored["epochs"]}
    assert [rows[batch]["median"] for batch in (1, 128, None)] == pytest.approx([4.2, 18.6, 173], rel=0.02)
    assert [rows[batch]["steps"] for batch in (1, 128, None)] == [5670, 204, 173]


def test_k13():
    """Batch descent is the first, its sampling the second; second order is a matter of curvature."""
    J = patients()
    assert shows("K13") == "batches of all examples make plain descent; one step of Newton's method arrives"
    np.testing.assert_allclose(ended(J, 0.1, 331, 30), nn.run(nn.GradientDescent(0.1), J, J.start, 30).theta[-1])
    np.testing.assert_allclose(nn.run(nn.Newton(), J, J.start, 1).theta[-1], J.solution(), rtol=1e-8)


# --- What the text tells ---


def test_the_two_parts_are_within_a_tenth_of_the_exact_limit():
    ratios = [parts_of_the_limit(size) / largest_safe_rate(size) for size in SIZES]
    assert 0.9 < min(ratios) and max(ratios) < 1.01


def test_batches_up_to_16_are_alike_in_epochs_and_from_128_on_steps_hardly_fall(stored):
    rows = {row["batch"]: row for row in stored["epochs"]}
    small = [rows[batch] for batch in (1, 2, 4, 8, 16)]
    assert max(row["min"] for row in small) < min(row["max"] for row in small)  # told: their ranges overlap
    assert 38 < rows[None]["median"] / rows[4]["median"] < 43  # told: about forty times
    assert rows[None]["steps"] / rows[128]["steps"] == pytest.approx(5 / 6, abs=0.03)  # told: save a sixth


def test_the_noise_falls_as_theory_says_and_the_signal_falls_faster(stored):
    rows = stored["noise"]
    for row in rows:
        if row["when"] == "before training":
            np.testing.assert_allclose(row["noise"], row["predicted"], rtol=0.1)
        else:
            assert 0.5 < np.median(np.divide(row["noise"], row["predicted"])) < 2
    scales = {row["when"]: np.median(row["scale"]) for row in rows}
    assert scales["after 20 epochs"] > 4 * scales["before training"]


def test_of_the_plans_neither_pays_on_the_digits_and_both_end_alike(stored):
    constant, grows, falls = (row for row in stored["plans"])
    assert max(constant["loss"]) < min(grows["loss"] + falls["loss"])
    np.testing.assert_allclose(grows["loss"], falls["loss"], rtol=0.1)
    assert grows["steps"] < falls["steps"] / 2


def test_a_network_of_the_digits_has_nothing_to_hover_on(digits, J):
    theta = ended(J, 0.5, 16, nn.MiniBatches(16).steps(30, 1347), start=J.initial(0))
    assert J.accuracy(theta, digits.X_train, digits.y_train) == 1  # told: it fits every digit


def test_the_stored_numbers_are_what_the_experiment_measures(J, stored):
    row = next(row for row in stored["epochs"] if row["batch"] == 8)
    found = experiment.needed(J, 8, np.array([[row["rate"]]]), experiment.FRESH_SEEDS[0])
    assert found[0] == pytest.approx(row["fresh"][0], rel=0.1)  # another processor rounds otherwise
    noise = next(row for row in stored["noise"] if row["batch"] == 16 and row["when"] == "before training")
    seed = experiment.FRESH_SEEDS[0]
    assert experiment.noise(J, J.initial(seed), 16, seed) == pytest.approx(noise["noise"][0], rel=1e-3)
    assert experiment.grid(0.15).tolist() == row["rates"]


def test_no_grid_ends_at_its_winner(stored):
    for row in stored["epochs"]:
        assert row["rates"][0] < row["rate"] < row["rates"][-1]


def test_the_parts_of_a_plan():
    schedule = experiment.InParts((10, 14, 20), (0.4, 0.2, 0.1))
    assert [schedule(step) for step in (0, 9, 10, 13, 14, 19)] == [0.4, 0.4, 0.2, 0.2, 0.1, 0.1]


def test_sorted_examples_leave_the_last_classes(digits):
    order = np.argsort(digits.y_train, kind="stable")
    J = mlp(64, 64, 10).on(digits.X_train[order], digits.y_train[order])
    steps = nn.MiniBatches(32).steps(10, 1347)
    right = {kind: J.accuracy(ended(J, 0.5, 32, steps, 0, kind, J.initial(0)), digits.X_test, digits.y_test)
             for kind in ("kept", "shuffled")}  # fmt: skip
    assert right["kept"] < 0.3 and right["shuffled"] > 0.93


def test_a_short_last_batch_costs():
    J = patients()
    least = J.loss(J.solution())
    ends = {size: np.median([J.loss(ended(J, 0.05, size, nn.MiniBatches(size).steps(10, 331), seed)) / least - 1
                             for seed in range(9)]) for size in (64, 67)}  # fmt: skip
    assert ends[64] > 2 * ends[67]
