"""Weights that share their values."""

import numpy as np
import pytest
from scipy.cluster.vq import kmeans2
from sklearn.cluster import KMeans

import nnlearn as nn
from nnlearn.compression import Shared, decode, least_bits, share, shared_gradient, unpack
from nnlearn.models import SharedWeights, compare_models, share_weights, trained

RNG = np.random.default_rng(0)
KERNELS = {name: array for name, array in trained().items() if name.endswith("kernel")}
ARRAYS = {
    **KERNELS,
    "bell": RNG.normal(size=(40, 7)).astype(np.float32),
    "two heaps": np.concatenate([RNG.normal(-3, 0.1, 50), RNG.normal(5, 2, 300)]),
}
STARTS = ("even", "quantile", "random")


@pytest.mark.parametrize("values", [2, 5, 16])
@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", ARRAYS)
def test_each_value_is_the_mean_of_its_numbers_and_each_number_has_the_nearest(name, start, values):
    x = ARRAYS[name].astype(np.float64)
    shared = share(x, values, start)
    assert shared.shape == x.shape and len(shared.book) <= values and (np.diff(shared.book) > 0).all()
    means = np.bincount(shared.codes.ravel(), weights=x.ravel()) / shared.counts
    np.testing.assert_allclose(shared.book, means, rtol=1e-5, atol=1e-6)
    apart = np.abs(x[..., np.newaxis] - shared.book.astype(np.float64))
    np.testing.assert_array_equal(np.take_along_axis(apart, shared.codes[..., np.newaxis], -1)[..., 0], apart.min(-1))


@pytest.mark.parametrize("start", ["even", "quantile"])
@pytest.mark.parametrize("name", ["conv1/kernel", "output/kernel", "bell"])
def test_scipy_and_the_other_algorithm_of_scikit_learn_end_at_the_same_values(name, start):
    column = ARRAYS[name].reshape(-1, 1).astype(np.float64)
    places = np.linspace(column.min(), column.max(), 6) if start == "even" else \
        np.quantile(column, (np.arange(6) + 0.5) / 6)  # fmt: skip
    first = places[:, np.newaxis]
    ours = share(ARRAYS[name], 6, start).book
    theirs, _ = kmeans2(column, first, iter=500, minit="matrix")
    elkan = KMeans(6, init=first, n_init=1, algorithm="elkan", tol=0, max_iter=500).fit(column)
    np.testing.assert_allclose(np.sort(theirs.ravel()), ours, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(np.sort(elkan.cluster_centers_.ravel()), ours, rtol=1e-5, atol=1e-6)


def test_k_means_lessens_the_error_of_its_start():
    for name, x in ARRAYS.items():
        left, moved = (np.square(x - share(x, 4, "even", moves).dequantize()).sum() for moves in (False, True))
        assert moved < left, name
    np.testing.assert_allclose(share([0, 1, 2.2, 9], 2, "even", moves=False).book, [0, 9])


def test_fewer_numbers_than_values_are_kept_as_they_are():
    x = np.array([[0.5, -1, 0.5], [0.5, 2, 2]], np.float32)
    shared = share(x, 8)
    np.testing.assert_array_equal(shared.dequantize(), x)
    assert shared.book.tolist() == [-1, 0.5, 2] and shared.bits == 2 and shared.nbytes == 2 + 12
    one = share(np.full((3, 2), 0.25), 8)
    assert one.bits == 0 and one.packed == b"" and one.nbytes == one.smallest == 4 and one.bound == 4


def test_holes_stay_holes_and_take_no_part():
    x = KERNELS["dense/kernel"].copy()
    x[np.abs(x) < np.quantile(np.abs(x), 0.6)] = 0
    shared = share(x, 16, holes=True)
    assert len(shared.book) == 17
    np.testing.assert_array_equal(shared.dequantize() == 0, x == 0)
    alone = share(x[x != 0], 16)
    np.testing.assert_array_equal(shared.book[shared.book != 0], alone.book)
    np.testing.assert_array_equal(shared.dequantize()[x != 0], alone.dequantize())
    assert share(np.zeros((2, 3)), 4, holes=True).book.tolist() == [0]
    np.testing.assert_array_equal(share([0.0, -1, 1, 3], 9, holes=True).dequantize(), [0, -1, 1, 3])
    assert share([3.0, 1.0, 2.0], 2, holes=True).book.tolist() == share([3.0, 1.0, 2.0], 2).book.tolist()
    np.testing.assert_array_equal(share([0.0, -5.0, 1.0], 1, holes=True).dequantize(), [0, -2, -2])


@pytest.mark.parametrize("name", ARRAYS)
def test_the_bytes_are_those_of_codes_and_book(name):
    shared = share(ARRAYS[name], 6)
    assert shared.nbytes == len(shared.packed) + 4 * 6 == -(-3 * shared.codes.size // 8) + 24
    np.testing.assert_array_equal(unpack(shared.packed, 3, shared.codes.size), shared.codes.ravel())
    np.testing.assert_array_equal(decode(shared.coded, 6, shared.codes.size), shared.codes.ravel())
    assert shared.smallest == 24 + min(len(shared.coded), len(shared.packed)) >= shared.bound - 1
    assert shared.bound == 24 + least_bits(shared.counts) / 8


def test_the_gradient_of_a_shared_value_is_that_of_the_loss_in_it():
    """By central differences through a network whose kernel is a book looked up."""
    data = nn.data.digits()
    network = nn.models.digits_mlp(6)
    weights = {name: array.astype(np.float64) for name, array in network.begin(0).items()}
    J = network.on(data.X_train[:50], data.y_train[:50])
    shared = share(weights["hidden/kernel"], 5)
    book = shared.book.astype(np.float64)

    def loss(book):
        return J.loss(network.pack({**weights, "hidden/kernel": book[shared.codes]}))

    slopes = J.unpack(J.gradient(network.pack({**weights, "hidden/kernel": book[shared.codes]})))
    found = shared_gradient(slopes["hidden/kernel"], shared.codes, 5)
    step = 1e-5 * np.eye(5)
    differences = [(loss(book + each) - loss(book - each)) / 2e-5 for each in step]
    np.testing.assert_allclose(found, differences, rtol=1e-6, atol=1e-9)
    assert shared_gradient([1.0], [1], 3).tolist() == [0, 1, 0]


def test_the_random_start_depends_on_its_seed_alone():
    books = [share(ARRAYS["bell"], 5, "random", moves=False, seed=seed).book for seed in (0, 0, 1)]
    np.testing.assert_array_equal(books[0], books[1])
    assert not np.array_equal(books[0], books[2])
    assert np.isin(books[0], ARRAYS["bell"]).all()


def test_many_equal_numbers_leave_the_others_their_values():
    """The quantiles of them all would be one value."""
    shared = share(np.r_[np.zeros(95), 1, 2, 3, 4, 5], 4)
    assert len(shared.book) == 4 and np.abs(shared.dequantize()[95:] - [1, 2, 3, 4, 5]).max() <= 1


def test_what_float32_holds_as_0_is_a_hole():
    shared = share([0, 1e-300, 1], 4, holes=True)
    assert shared.book.tolist() == [0, 1] and shared.codes.tolist() == [0, 0, 1]


def test_any_whole_number_is_a_seed():
    assert len(share(np.arange(9), 2, "random", seed=2**40).book) == 2


def test_a_network_with_few_values():
    data = nn.data.digits()
    weights = trained()
    shared = share_weights(weights, 8)
    assert isinstance(shared, SharedWeights) and shared.nbytes == 8534
    assert shared.bound <= shared.smallest + 1 <= 8100
    assert all(len(np.unique(shared.weights[name])) == 8 for name in KERNELS)
    for name in weights.keys() - KERNELS.keys():
        assert shared.weights[name] is weights[name]
    table = compare_models({"all": weights, "8": shared}, data.X_test, data.y_test, rounds=0)
    assert table["8"].accuracy > table["all"].accuracy - 0.02
    assert "Shared(8 values, shape (512, 32): 6,176 bytes)" in repr(shared)
    few = share_weights(weights, 8, per_layer_values={"dense": 2})
    assert len(few.arrays["dense/kernel"].book) == 2 and len(few.arrays["conv2/kernel"].book) == 8


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: share([]), ValueError, r"x must hold at least one number; it has shape \(0,\)"),
        (lambda: share([1, np.nan]), ValueError, "x must be finite; 1 of its 2"),
        (lambda: share([1e39, 1, 2, 3], 2), ValueError, r"x holds 1e\+39, which float32 can't"),
        (lambda: shared_gradient([1, 2], [[0], [0, 1]], 2), TypeError, "codes must be an array of integers with rows"),
        (lambda: share(["a"]), TypeError, "x must hold real numbers"),
        (lambda: share(np.ma.array([1.0, 2.0], mask=[0, 1])), TypeError, "x is a masked array"),
        (lambda: share([1], 0), ValueError, "values = 0 is too small"),
        (lambda: share([1], 2.5), TypeError, "values must be a whole number"),
        (lambda: share([1], 65_537), ValueError, "values = 65537 is too large: it must be at most 65536"),
        (lambda: share([1], 65_536, holes=True), ValueError, "at most 65535"),
        (lambda: share([1], 2, "linear"), ValueError, "start = 'linear' is not one of 'even', 'quantile', 'random'"),
        (lambda: share([1], 2, moves=1), TypeError, "moves must be True or False"),
        (lambda: share([1], 2, holes="no"), TypeError, "holes must be True or False"),
        (lambda: share([1], 2, seed=-1), ValueError, "seed = -1"),
        (lambda: Shared(np.array([0, 2]), np.zeros(2, np.float32)), ValueError, "codes must be from 0 to 1"),
        (lambda: Shared(np.array([0.0]), np.zeros(2, np.float32)), TypeError, "codes must hold integers"),
        (lambda: Shared(np.array([0]), np.zeros(2)), TypeError, "book must hold float32; it holds float64"),
        (lambda: Shared(np.array([0]), np.zeros((2, 1), np.float32)), ValueError, r"one row; it has shape \(2, 1\)"),
        (lambda: Shared(np.array([0]), np.array([np.inf], np.float32)), ValueError, "book must hold finite numbers"),
        (lambda: shared_gradient([1, 2], [0], 1), ValueError, r"codes has shape \(1,\); it needs \(2,\)"),
        (lambda: shared_gradient([1], [1], 1), ValueError, "codes must be from 0 to 0"),
        (lambda: shared_gradient([1], [0.5], 1), TypeError, "codes must hold integers"),
        (lambda: shared_gradient([1], np.ma.array([0], mask=[1]), 1), TypeError, "codes is a masked array"),
        (lambda: share_weights(trained(), per_layer_values={"conv3": 4}), ValueError,
         "per_layer_values names 'conv3'; the layers are conv1, conv2, dense, output"),
        (lambda: share_weights([1]), TypeError, "A Keras model or a dict of its weights is needed"),
    ],
)  # fmt: skip
def test_what_cannot_be_shared_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_arrays_cannot_be_written_to():
    shared = share([1.0, 2.0, 4.0], 2)
    for array in (shared.codes, shared.book):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
