"""Batches: which examples each step sees, in which order and number; and the trace that tells them."""

import json

import numpy as np
import pytest
from problems import DATA, START, WRAPPED, small_data, start_for

import nnlearn as nn
from nnlearn import container
from nnlearn.networks import mlp
from nnlearn.objectives import Clipped, LinearRegression, LogisticRegression, Noisy, Penalised, Rosenbrock
from nnlearn.trace import Trace

N = 90
MODEL = LogisticRegression(*small_data(2))
KINDS = {
    "one": lambda **options: nn.MiniBatches(1, **options),
    "small": lambda **options: nn.MiniBatches(32, **options),
    "all": lambda **options: nn.MiniBatches(N, **options),
    "more than all": lambda **options: nn.MiniBatches(1000, **options),
    "growing": lambda **options: nn.GrowingBatches((7, 30, 64, 500), epochs=2, **options),
    "falling": lambda **options: nn.GrowingBatches([45, 10], epochs=1, **options),
    "of one size": lambda **options: nn.GrowingBatches((32,), epochs=3, **options),
}
ORDERS = ["shuffled", "drawn", "kept"]
SIZES = {  # epoch by epoch
    "one": lambda epoch: 1,
    "small": lambda epoch: 32,
    "all": lambda epoch: N,
    "more than all": lambda epoch: 1000,
    "growing": lambda epoch: (7, 7, 30, 30, 64, 64)[epoch] if epoch < 6 else 500,
    "falling": lambda epoch: 45 if epoch == 0 else 10,
    "of one size": lambda epoch: 32,
}
EPOCHS = 8


def one_by_one(kind, order, seed):
    """All batches of the first epochs, as one writes the loop down."""
    for epoch in range(EPOCHS):
        generator, size = np.random.default_rng([seed, epoch]), SIZES[kind](epoch)
        numbers = np.arange(N)
        if order != "kept":
            numbers = generator.permutation(N) if order == "shuffled" else generator.integers(N, size=N)
        for first in range(0, N, size):
            yield epoch, numbers[first : first + size]


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_batch_of_any_step_is_that_of_the_loop(kind, order):
    batches = KINDS[kind](seed=5, order=order)
    loop = list(one_by_one(kind, order, seed=5))
    for t in np.random.default_rng(0).permutation(len(loop)):  # in any order: it is a function of t
        np.testing.assert_array_equal(batches.indices(int(t) + 1, N), loop[t][1])
    for epochs in range(EPOCHS + 1):
        assert batches.steps(epochs, N) == sum(epoch < epochs for epoch, _ in loop)


@pytest.mark.parametrize("kind", KINDS)
def test_what_an_epoch_sees(kind):
    def epoch(order, number, seed=0):
        batches = KINDS[kind](seed=seed, order=order)
        steps = range(batches.steps(number, N) + 1, batches.steps(number + 1, N) + 1)
        return np.concatenate([batches.indices(t, N) for t in steps])

    assert sorted(epoch("shuffled", 1)) == sorted(epoch("shuffled", 2)) == list(range(N))
    assert not np.array_equal(epoch("shuffled", 1), epoch("shuffled", 2))
    assert not np.array_equal(epoch("shuffled", 1), epoch("shuffled", 1, seed=1))
    np.testing.assert_array_equal(epoch("kept", 3), np.arange(N))
    assert len(epoch("drawn", 1)) == N and 0 <= min(epoch("drawn", 1)) and max(epoch("drawn", 1)) < N
    assert 0.5 < len(set(epoch("drawn", 1))) / N < 0.75  # of draws with replacement, 1 - 1/e


def test_all_examples_are_drawn_alike():
    batches = nn.MiniBatches(10, order="drawn")
    counts = np.bincount(np.concatenate([batches.indices(t, 20) for t in range(1, 4001)]), minlength=20)
    np.testing.assert_allclose(counts / 2000, 1, atol=5 / 2000**0.5)


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", KINDS)
def test_a_run_resumes_bit_for_bit(kind, order):
    J = KINDS[kind](order=order).of(MODEL)
    whole = nn.run(nn.RMSprop(0.01), J, np.zeros(6), steps=40)
    rest = nn.run(nn.RMSprop(0.01), J, whole[13], steps=27)
    np.testing.assert_array_equal(rest.theta, whole.theta[13:])
    for ours, theirs in zip(rest.samples, whole.samples[13:], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_all_examples_in_their_order_are_the_objective_itself():
    whole = nn.run(nn.Adam(0.1), nn.MiniBatches(N, order="kept").of(MODEL), np.zeros(6), 20)
    np.testing.assert_array_equal(whole.theta, nn.run(nn.Adam(0.1), MODEL, np.zeros(6), 20).theta)


@pytest.mark.parametrize("kind", ["one", "falling", "all"])
def test_the_mean_of_an_epoch_s_gradients_is_the_gradient(kind):
    batches, theta = KINDS[kind](), np.linspace(-1, 1, 6)
    J = batches.of(MODEL)
    gradients = [J.at(t).gradient(theta) for t in range(1, batches.steps(1, N) + 1)]
    np.testing.assert_allclose(np.mean(gradients, axis=0), MODEL.gradient(theta), rtol=1e-12)


# --- Which samples made a step ---


@pytest.mark.parametrize("order", ORDERS)
@pytest.mark.parametrize("kind", KINDS)
def test_the_samples_of_a_row_made_its_gradient(kind, order):
    trace = nn.run(nn.Momentum(0.01), KINDS[kind](seed=2, order=order).of(MODEL), np.zeros(6), steps=25)
    assert len(trace.samples) == len(trace) and len(trace.samples[0]) == 0
    for t in range(1, 26):
        np.testing.assert_array_equal(trace.gradient[t], MODEL.take(trace.samples[t]).gradient(trace.theta[t - 1]))


def test_samples_belong_to_recorded_rows_and_tell_epochs():
    batches = nn.GrowingBatches((30, 45), epochs=1)
    thin = nn.run(nn.Adam(), batches.of(MODEL), np.zeros(6), steps=7, keep="theta", every=3)
    assert [len(samples) for samples in thin.samples] == [0, 30, 45, 45]
    for t, samples in zip(thin.t[1:], thin.samples[1:], strict=True):
        np.testing.assert_array_equal(samples, batches.indices(int(t), N))
    whole = nn.run(nn.Adam(), batches.of(MODEL), np.zeros(6), steps=7)
    epochs = np.cumsum([len(samples) for samples in whole.samples]) / N
    np.testing.assert_allclose(epochs, [0, 1 / 3, 2 / 3, 1, 1.5, 2, 2.5, 3])
    assert whole.samples is whole.samples  # worked out once


def test_samples_are_told_through_wrappers_sweeps_and_networks():
    batches = nn.MiniBatches(20, seed=3)
    inside = Clipped(batches.of(Penalised(Noisy(MODEL), l2=0.1)))
    sweep = nn.run(nn.Adam(np.array([[0.1], [0.2]])), inside, np.zeros(6), steps=4)
    network = mlp(5, 3, 2).on(*small_data(2))
    for trace in (sweep, sweep.member(1), nn.run(nn.Adam(), batches.of(network), network.initial(0), 4)):
        assert len(trace.samples) == 5
        np.testing.assert_array_equal(trace.samples[2], batches.indices(2, N))


@pytest.mark.parametrize("J", [MODEL, LinearRegression(*small_data(2)), Clipped(MODEL)], ids=repr)
def test_on_full_data_all_samples_made_each_step(J):
    trace = nn.run(nn.Adam(), J, np.zeros(6), steps=2)
    assert [len(samples) for samples in trace.samples] == [0, N, N]
    np.testing.assert_array_equal(trace.samples[1], np.arange(N))


@pytest.mark.parametrize("J", [Rosenbrock(), Clipped(Rosenbrock())], ids=repr)
def test_without_examples_there_are_no_samples(J):
    trace = nn.run(nn.Adam(), J, START, steps=2)
    with pytest.raises(AttributeError, match=r"Rosenbrock.* has no examples, so no samples make a step"):
        _ = trace.samples
    assert not hasattr(trace, "samples")


def test_samples_can_not_be_written_and_a_step_can_not_name_a_quantity_so():
    trace = nn.run(nn.Adam(), nn.MiniBatches(5).of(MODEL), np.zeros(6), steps=2)
    with pytest.raises(ValueError, match="read-only"):
        trace.samples[1][0] = 3

    class Named(nn.optimizers.Optimizer):
        def step(self, row, J):
            return nn.Row(theta=row.theta, samples=row.theta)

    with pytest.raises(ValueError, match="a quantity called samples, which every trace has already"):
        nn.run(Named(), Rosenbrock(), START, 1)


# --- Saving ---


@pytest.mark.parametrize(
    "batches", [nn.MiniBatches(9, 1, "drawn"), nn.GrowingBatches((9, 40), 3, order="kept")], ids=repr
)
def test_a_saved_trace_knows_its_batches(batches, tmp_path):
    trace = nn.run(nn.Adam(), batches.of(MODEL), np.zeros(6), steps=4)
    trace.save(tmp_path / "a.trace")
    back = Trace.load(tmp_path / "a.trace", objective=batches.of(MODEL))
    for ours, theirs in zip(back.samples, trace.samples, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for other in (nn.MiniBatches(9, 1), nn.GrowingBatches((9, 41), 3, order="kept"), nn.MiniBatches(9, 2, "drawn")):
        with pytest.raises(ValueError, match="another objective"):
            Trace.load(tmp_path / "a.trace", objective=other.of(MODEL))
    with pytest.raises(ValueError, match="loaded without its objective"):
        _ = Trace.load(tmp_path / "a.trace").samples


def test_batches_are_described_as_before_there_were_orders(tmp_path):
    J = nn.MiniBatches(32, seed=1).of(MODEL)
    nn.run(nn.Adam(), J, np.zeros(6), steps=2).save(tmp_path / "a.trace")
    header, _ = container.read(tmp_path / "a.trace", "nnlearn trace", 2)
    assert header["objective"]["batches"] == {"size": 32, "seed": 1}
    assert json.dumps(header["objective"]) == json.dumps(J.describe())


# --- What is refused ---

BAD = {
    "no order": (lambda: nn.MiniBatches(3, order="sorted"), ValueError, "order = 'sorted' is not one of 'shuffled', "),
    "a negative seed": (lambda: nn.MiniBatches(3, seed=-1), ValueError, "seed = -1 is too small"),
    "half a size": (lambda: nn.MiniBatches(2.5), TypeError, "size must be a whole number; it is 2.5"),
    "one size": (lambda: nn.GrowingBatches(16, 2), TypeError, r"after the other, such as \(16, 64, 256\); it is 16"),
    "no sizes": (lambda: nn.GrowingBatches([], 2), TypeError, r"sizes must be the sizes of the batches .* it is \[\]"),
    "sizes as text": (lambda: nn.GrowingBatches("16", 2), TypeError, "sizes must be the sizes of the batches"),
    "an array of one size": (lambda: nn.GrowingBatches(np.array(16), 2), TypeError, "sizes must be the sizes of the"),
    "an empty size": (lambda: nn.GrowingBatches([16, 0], 2), ValueError, r"sizes\[1\] = 0 is too small"),
    "a size with a fraction": (lambda: nn.GrowingBatches([16.5], 2), TypeError, r"sizes\[0\] must be a whole number"),
    "no epochs": (lambda: nn.GrowingBatches([16], 0), ValueError, "epochs = 0 is too small"),
    "steps of no number": (lambda: nn.MiniBatches(3).steps(1.5, 10), TypeError, "epochs must be a whole number"),
    "a surface": (lambda: nn.GrowingBatches([16], 1).of(Rosenbrock()), TypeError, "has no examples to draw"),
    "batches of batches": (
        lambda: nn.GrowingBatches([16], 1).of(DATA["logistic batches"]), TypeError, "is seen in batches already"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_what_can_t_be_used_is_refused(name):
    make, error, words = BAD[name]
    with pytest.raises(error, match=words):
        make()


@pytest.mark.parametrize("sizes", [np.array([4, 8]), [np.int32(4), 8], (4, 8)])
def test_sizes_come_as_any_list(sizes):
    assert nn.GrowingBatches(sizes, np.int64(2)) == nn.GrowingBatches((4, 8), 2)
    assert json.dumps(nn.GrowingBatches(sizes, np.int64(2)).described()) == '{"sizes": [4, 8], "epochs": 2, "seed": 0}'


@pytest.mark.parametrize("name", WRAPPED)
def test_batches_go_around_what_has_examples(name):
    J = WRAPPED[name]
    if hasattr(J, "batches") or not hasattr(J, "examples"):
        pytest.skip("it is in batches, or has no examples")
    trace = nn.run(nn.Adam(), nn.GrowingBatches((8, 16), 1).of(J), start_for(J), steps=3)
    assert [len(samples) for samples in trace.samples] == [0, 8, 8, 8]
