"""Distillation: softened answers, the loss and its slope beside PyTorch's, SciPy's and differences, and the loop."""

import numpy as np
import pytest
import scipy.special
import scipy.stats

import nnlearn as nn
from nnlearn.compression import Distillation, Lesson, distil, soft_loss, soft_slope, soften
from nnlearn.networks import Dense, Network, ReLU, SoftmaxCrossEntropy, mlp

RANDOM = np.random.default_rng(0)
N, K = 12, 5
X, TEACHER, STUDENT = RANDOM.normal(size=(N, 4)), 4 * RANDOM.normal(size=(N, K)), 3 * RANDOM.normal(size=(N, K))
LABELS = RANDOM.integers(0, K, N)
SOME = np.where(np.arange(N) % 3, LABELS, -1)
TEMPERATURES = (0.5, 1, 2, 8, 40, 10_000)


def student(seed=0):
    network = mlp(4, 6, K, activation=ReLU)
    return network, network.initial(seed)


# --- Softened answers ---


@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize("kind, near", [(np.float64, 1e-14), (np.float32, 1e-6)])
def test_soften_is_the_softmax_of_logits_over_t(T, kind, near):
    found = soften(TEACHER.astype(kind), T)
    assert found.dtype == kind
    np.testing.assert_allclose(found, scipy.special.softmax(TEACHER / T, axis=1), rtol=100 * near, atol=near)
    np.testing.assert_array_equal(found.argmax(axis=1), TEACHER.argmax(axis=1))


def test_soften_does_not_overflow_and_forgets_what_is_added_to_all():
    np.testing.assert_array_equal(soften([1000.0, 0.0]), [1, 0])
    np.testing.assert_allclose(soften([1e300, 1e300 * (1 - 1e-16)], 0.001).sum(), 1)
    np.testing.assert_allclose(soften(TEACHER + 7.5, 3), soften(TEACHER, 3), rtol=1e-12)
    assert np.ptp(soften(TEACHER, 10_000)) < 1e-3


# --- The loss and its slope ---


@pytest.mark.parametrize("T", TEMPERATURES)
def test_the_soft_loss_is_t_squared_times_scipys_divergence(T):
    p, q = soften(TEACHER, T), soften(STUDENT, T)
    np.testing.assert_allclose(soft_loss(STUDENT, TEACHER, T), T**2 * scipy.stats.entropy(p, q, axis=1),
                               rtol=1e-9, atol=T**2 * 1e-14)  # fmt: skip


@pytest.mark.parametrize("T", (0.5, 1, 4, 20))
@pytest.mark.parametrize("share", (0, 0.3, 1))
def test_the_slope_is_that_of_the_loss(T, share):
    network, theta = student()
    J = network.on(X, Lesson(TEACHER, SOME), Distillation(T, share))
    step = 1e-6
    slopes = [(J.loss(theta + step * e) - J.loss(theta - step * e)) / (2 * step) for e in np.eye(theta.size)]
    np.testing.assert_allclose(J.gradient(theta), slopes, rtol=1e-5, atol=1e-8)


def test_it_is_0_where_both_answer_alike_and_never_below():
    for T in TEMPERATURES:
        np.testing.assert_allclose(soft_loss(TEACHER + 3, TEACHER, T), 0, atol=1e-6)
        np.testing.assert_allclose(soft_slope(TEACHER + 3, TEACHER, T), 0, atol=1e-8)
        assert (soft_loss(STUDENT, TEACHER, T) > 0).all()


@pytest.mark.parametrize("T", TEMPERATURES)
def test_float32_is_computed_with_in_float64(T):
    """T^2 times a difference of logarithms in float32 would leave no digit at T 10,000, or be below 0."""
    single, double = ([z.astype(np.float32).astype(kind) for z in (STUDENT, TEACHER)] for kind in (np.float32, float))
    for function in (soft_loss, soft_slope):
        found = function(*single, T)
        assert found.dtype == np.float64
        np.testing.assert_array_equal(found, function(*double, T))
    lesson = Lesson(single[1])
    loss = Distillation(T)
    found = loss.losses(single[0], loss.targets(lesson, N, (K,)))
    np.testing.assert_array_equal(found, soft_loss(*double, T))


@pytest.mark.parametrize("T", TEMPERATURES)
@pytest.mark.parametrize("step", (1e-3, 1e-6, 1e-9))
def test_of_answers_nearly_alike_the_loss_is_half_their_variance_and_never_below_0(T, step):
    """KL of p and p moved by s in the logits is, to the second order, half the variance of s / T under p."""
    p, near = soften(TEACHER, T), TEACHER + step * STUDENT
    moved = near - TEACHER  # as rounded
    variance = np.sum(p * (moved - np.sum(p * moved, axis=1, keepdims=True)) ** 2, axis=1)
    found = soft_loss(near, TEACHER, T)
    assert (found >= 0).all()
    np.testing.assert_allclose(found, variance / 2, rtol=0.02, atol=1e-27 * T**2)


def test_at_a_high_temperature_the_slope_is_the_centred_difference_of_logits_over_k():
    def centred(z):
        return z - z.mean(axis=1, keepdims=True)

    expected = (centred(STUDENT) - centred(TEACHER)) / K
    for T, near in ((10, 1), (100, 0.1), (10_000, 1e-3)):
        assert np.abs(soft_slope(STUDENT, TEACHER, T) - expected).max() < near


def test_without_the_factor_the_slope_falls_with_the_square_of_the_temperature():
    sizes = [np.abs(soft_slope(STUDENT, TEACHER, T) / T**2).mean() for T in (20, 40)]
    assert sizes[0] / sizes[1] == pytest.approx(4, rel=0.1)
    assert np.abs(soft_slope(STUDENT, TEACHER, 40)).mean() == pytest.approx(
        np.abs(soft_slope(STUDENT, TEACHER, 20)).mean(), rel=0.1
    )


def test_a_share_of_0_is_cross_entropy_and_a_share_mixes():
    network, theta = student()
    plain = network.on(X, LABELS)
    J = {share: network.on(X, Lesson(TEACHER, LABELS), Distillation(3, share)) for share in (0, 0.25, 1)}
    np.testing.assert_allclose(J[0].losses(theta), plain.losses(theta), rtol=1e-12)
    np.testing.assert_allclose(J[0].gradient(theta), plain.gradient(theta), rtol=1e-12)
    for method in ("losses", "gradient"):
        mixed, soft, hard = (getattr(J[share], method)(theta) for share in (0.25, 1, 0))
        np.testing.assert_allclose(mixed, 0.25 * soft + 0.75 * hard, rtol=1e-10, atol=1e-15)


def test_an_example_without_label_has_the_teachers_part_alone():
    network, theta = student()
    some = network.on(X, Lesson(TEACHER, SOME), Distillation(3, 0.4)).losses(theta)
    soft = network.on(X, Lesson(TEACHER), Distillation(3, 1)).losses(theta)
    hard = network.on(X, LABELS).losses(theta)
    np.testing.assert_allclose(some, 0.4 * soft + 0.6 * np.where(SOME < 0, 0, hard), rtol=1e-12)
    alone = network.on(X, Lesson(TEACHER), Distillation(3, 0))
    assert alone.loss(theta) == 0 and not alone.gradient(theta).any()


def test_a_sweep_of_students_is_the_loop():
    network, _ = student()
    thetas = np.stack([network.initial(seed) for seed in range(3)])
    J = network.on(X, Lesson(TEACHER, SOME), Distillation(6, 0.7))
    for method in ("loss", "gradient", "losses"):
        found = getattr(J, method)(thetas)
        np.testing.assert_allclose(found, [getattr(J, method)(theta) for theta in thetas], rtol=1e-12, atol=1e-15)
    z = np.stack([STUDENT, STUDENT + 1])
    np.testing.assert_allclose(soft_loss(z, TEACHER, 2)[1], soft_loss(STUDENT, TEACHER, 2))


# --- PyTorch ---


@pytest.mark.parametrize("T", (1, 2.5, 8, 30))
@pytest.mark.parametrize("log_target", (True, False))
def test_pytorchs_loss_and_gradient_are_the_same(T, log_target):
    torch = pytest.importorskip("torch")
    z = torch.tensor(STUDENT, requires_grad=True)
    taught = torch.log_softmax(torch.tensor(TEACHER) / T, dim=1)
    loss = torch.nn.KLDivLoss(reduction="batchmean", log_target=log_target)
    found = T**2 * loss(torch.log_softmax(z / T, dim=1), taught if log_target else taught.exp())
    found.backward()
    assert soft_loss(STUDENT, TEACHER, T).mean() == pytest.approx(found.item(), rel=1e-12)
    np.testing.assert_allclose(soft_slope(STUDENT, TEACHER, T) / N, z.grad, rtol=1e-9, atol=1e-15)


def test_half_precision_of_pytorch_is_refused():
    torch = pytest.importorskip("torch")
    with pytest.raises(TypeError, match="float16"):
        soften(torch.tensor(TEACHER).half())


def test_pytorchs_default_divides_by_the_classes_too():
    torch = pytest.importorskip("torch")
    q, p = (torch.tensor(np.log(soften(z, 2))) for z in (STUDENT, TEACHER))
    with pytest.warns(UserWarning, match="batchmean"):
        mean = 4 * torch.nn.KLDivLoss(log_target=True)(q, p).item()
    assert soft_loss(STUDENT, TEACHER, 2).mean() == pytest.approx(K * mean)


# --- The loop ---


def test_a_student_becomes_like_its_teacher_without_a_label():
    teacher, learner = mlp(4, 20, K, activation=ReLU), mlp(4, 12, K, activation=ReLU)
    theta = teacher.initial(5) * 3
    many = RANDOM.normal(size=(400, 4))
    lesson = Lesson(teacher.forward(theta, many))
    trace = distil(learner, many, lesson, epochs=60, optimizer=nn.Adam(0.01), keep=["theta"], every=70)
    assert trace.loss[-1] < 0.03 * trace.loss[0]
    others = RANDOM.normal(size=(400, 4))
    same = trace.objective.predict(trace.theta[-1], others) == teacher.forward(theta, others).argmax(axis=1)
    assert same.mean() > 0.85
    assert trace.objective.accuracy(trace.theta[-1], many, lesson.logits.argmax(axis=1)) > 0.85


def test_the_loop_is_run_and_a_step_can_be_opened_and_branched():
    network, _ = student()
    lesson, rule = Lesson(TEACHER, SOME), nn.Adam(0.01)
    trace = distil(network, X, lesson, 5, 0.6, epochs=3, batch=5, optimizer=rule, seed=4)
    J = nn.MiniBatches(5, 4).of(network.on(X, lesson, Distillation(5, 0.6)))
    np.testing.assert_array_equal(trace.theta, nn.run(rule, J, network.initial(4), 9).theta)
    assert len(trace) == 10 and [len(each) for each in trace.samples[1:4]] == [5, 5, 2]
    np.testing.assert_array_equal(trace.branch(4).theta[-1], trace.theta[-1])
    assert "m_hat" in str(trace.explain(3, coordinates=[0]))
    opened = trace.objective.objective.open(trace.theta[2])
    expected = Distillation(5, 0.6).slope(opened.activations["output"], trace.objective.objective.targets)
    np.testing.assert_allclose(opened.slopes["output"] * N, expected)


def test_a_run_of_distillation_is_saved_and_read_again(tmp_path):
    network, _ = student()
    trace = distil(network, X, Lesson(TEACHER, SOME), epochs=2)
    trace.save(tmp_path / "run")
    again = nn.Trace.load(tmp_path / "run", trace.optimizer, trace.objective)
    np.testing.assert_array_equal(again.theta, trace.theta)
    other = distil(network, X, Lesson(STUDENT, SOME), epochs=2)
    with pytest.raises(ValueError):
        nn.Trace.load(tmp_path / "run", trace.optimizer, other.objective)


def test_a_lesson_is_a_copy_and_says_what_it_is():
    logits = TEACHER.copy()
    lesson = Lesson(logits, SOME)
    logits[:] = 0
    assert lesson.logits.any() and len(lesson) == N
    for array in (lesson.logits, lesson.labels):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0
    assert repr(lesson) == "Lesson(12 examples, 5 classes, 8 labelled)"
    assert repr(Distillation(8, 0.5)) == "Distillation(8, share=0.5)"


# --- What can't be ---


def on(y, loss=None):
    return student()[0].on(X, y, loss or Distillation())


NAN = np.where(np.eye(N, K) > 0, np.nan, TEACHER)
PROBABILITIES = scipy.special.softmax(TEACHER, axis=1)


@pytest.mark.parametrize(
    "call, error, message",
    [
        *[(lambda f=f: f(PROBABILITIES), ValueError, "logits look like probabilities: .* before the softmax")
          for f in (soften, Lesson)],
        (lambda: soften(PROBABILITIES.astype(np.float32)), ValueError, "look like probabilities"),
        (lambda: soften(PROBABILITIES[0]), ValueError, "look like probabilities"),
        (lambda: soften(np.eye(K)), ValueError, "look like probabilities"),
        (lambda: soft_loss(PROBABILITIES, TEACHER), ValueError, "student look like probabilities"),
        (lambda: soft_slope(STUDENT, PROBABILITIES), ValueError, "teacher look like probabilities"),
        *[(lambda f=f: f(NAN), ValueError, "must be finite; 5 of its 60") for f in (soften, Lesson)],
        (lambda: soft_loss(STUDENT, np.inf * TEACHER), ValueError, "teacher must be finite"),
        (lambda: soften(np.ma.masked_less(TEACHER, 0)), TypeError, "masked array"),
        (lambda: Lesson(np.ma.masked_less(TEACHER, 0)), TypeError, "masked array"),
        (lambda: soften(TEACHER.astype(np.float16)), TypeError, "float16"),
        (lambda: Lesson(TEACHER.astype(np.float16)), TypeError, "float16"),
        (lambda: soften([*TEACHER[0].astype(np.float16)]), TypeError, "float16"),
        (lambda: Lesson([*TEACHER.astype(np.float16)]), TypeError, "float16"),
        (lambda: soften(PROBABILITIES.astype(np.float16).astype(float)), ValueError, "look like probabilities"),
        (lambda: soften(PROBABILITIES.round(2)), ValueError, "look like probabilities"),
        (lambda: Lesson(np.round(256 * PROBABILITIES) / 256), ValueError, "look like probabilities"),
        (lambda: distil(student()[0], X, Lesson(TEACHER), share=0), ValueError, "nothing would be learned"),
        (lambda: soften(TEACHER > 0), TypeError, "holds bool"),
        (lambda: soften("logits"), TypeError, "logits must hold real numbers"),
        (lambda: soften(3.0), ValueError, "2 classes or more"),
        (lambda: soften([[3.0], [4.0]]), ValueError, r"2 classes or more .* \(2, 1\)"),
        *[(lambda T=T: soften(TEACHER, T), ValueError, rf"temperature = {T:g} is not in \[0.001, 10000\]")
          for T in (0, -2, 1e5, np.nan, np.inf)],
        *[(lambda T=T: Distillation(T), TypeError, "temperature must") for T in (True, "4", None, [1, 2], 1j)],
        *[(lambda s=s: Distillation(4, s), ValueError, r"share = .* is not in \[0, 1\]") for s in (-0.1, 1.5, np.nan)],
        (lambda: Distillation(4, True), TypeError, "share must hold real numbers"),
        (lambda: Lesson(TEACHER[0]), ValueError, r"\(n, classes\).* \(5,\)"),
        (lambda: Lesson(TEACHER[:0]), ValueError, "with n at least 1"),
        (lambda: Lesson(TEACHER[np.newaxis]), ValueError, r"\(1, 12, 5\)"),
        (lambda: Lesson(TEACHER, LABELS[:, np.newaxis]), ValueError, r"y.ravel\(\)"),
        (lambda: Lesson(TEACHER, SOME[:, np.newaxis]), ValueError, r"y.ravel\(\)"),
        (lambda: Lesson(TEACHER, np.eye(K)[LABELS]), ValueError, "One-hot"),
        (lambda: Lesson(TEACHER, LABELS[:-1]), ValueError, "11 entries and X has 12"),
        (lambda: Lesson(TEACHER, LABELS + 0.5), ValueError, "whole numbers from 0"),
        (lambda: Lesson(TEACHER, SOME - 1), ValueError, "whole numbers from 0"),
        (lambda: Lesson(TEACHER, SOME + K), ValueError, "labels from 0 to 4"),
        (lambda: Lesson(TEACHER, LABELS > 2), TypeError, "bool"),
        (lambda: Lesson(TEACHER, ["a"] * N), TypeError, "Words become labels"),
        (lambda: Lesson(TEACHER, np.ma.masked_equal(SOME, -1)), TypeError, "masked array"),
        (lambda: Lesson(TEACHER, np.where(SOME < 0, np.nan, SOME)), ValueError, "finite"),
        (lambda: on(LABELS), TypeError, "y must be a Lesson"),
        (lambda: on((TEACHER, LABELS)), TypeError, "y must be a Lesson"),
        (lambda: on(Lesson(TEACHER[:-1])), ValueError, r"\(11, 5\); the student needs \(12, 5\)"),
        (lambda: on(Lesson(TEACHER[:, :-1])), ValueError, r"\(12, 4\); the student needs \(12, 5\)"),
        (lambda: on(Lesson(TEACHER), SoftmaxCrossEntropy()), TypeError, "y must hold"),
        (lambda: Network((4,), [Dense(1)]).on(X, Lesson(TEACHER), Distillation()), ValueError, "2 classes or more"),
        (lambda: soft_loss(STUDENT, TEACHER[:, :-1]), ValueError, r"\(12, 4\); the student needs \(12, 5\)"),
        (lambda: soft_loss(STUDENT, TEACHER[:1]), ValueError, r"\(1, 5\); the student needs"),
        (lambda: soft_loss(STUDENT[0], TEACHER), ValueError, r"\(12, 5\); the student needs \(5,\)"),
        (lambda: distil("student", X, Lesson(TEACHER)), TypeError, "must be a Network; it is of type str"),
        (lambda: distil(student()[0], X, Lesson(TEACHER), epochs=-1), ValueError, "epochs = -1"),
        (lambda: distil(student()[0], X, Lesson(TEACHER), batch=0), ValueError, "size = 0"),
        (lambda: distil(student()[0], X, Lesson(TEACHER), optimizer="adam"), TypeError, "optimizer must be"),
        (lambda: distil(student()[0], X, LABELS), TypeError, "y must be a Lesson"),
        (lambda: distil(student()[0], X[:, :2], Lesson(TEACHER)), ValueError, "X has shape"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
