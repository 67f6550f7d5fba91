"""Wrong answers to chapter 17's layer and training, by somebody who had not seen their lists; what inputs promise."""

import numpy as np
import pytest

from nnlearn.chapters.ch17_quantisation import inputs
from nnlearn.chapters.ch17_quantisation.integer_tasks import INTEGER_LAYER
from nnlearn.chapters.ch17_quantisation.training_tasks import STRAIGHT_THROUGH, binary
from nnlearn.exercises.answers import shown
from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge


def signs(w):
    return np.where(w < 0, -1, 1)


def trained(seen=binary, step=lambda w, slope: slope, moved=lambda w: w, ended=lambda first, w, slope: False):
    """A training with another thing that the loss sees, another step, or another end."""

    def answer(gradient, w, rate, steps):
        first = w
        for _ in range(steps):
            slope = gradient(seen(w))
            if ended(first, w, slope):
                break
            w = moved(w - rate * step(w, slope))
        return w

    return answer


def seen_last(gradient, w, rate, steps):
    for _ in range(steps):
        seen = binary(w)
        w = w - rate * gradient(seen)
    return seen if steps else binary(w)


WRONG = [
    (trained(lambda w: signs(w) * np.abs(w).sum()), "You take the sum of the magnitudes."),
    (trained(lambda w: signs(w) * np.median(np.abs(w))), "You take the median of the magnitudes."),
    (trained(lambda w: signs(w) * np.abs(w).max()), "You take the largest magnitude."),
    (trained(lambda w: signs(w) * np.abs(w.mean())), "In the mean of w signs cancel."),
    (trained(lambda w: signs(w) * np.abs(w).mean(axis=0)), "Here all of w shares one."),
    (trained(lambda w: signs(w) * np.abs(w).mean(axis=-1, keepdims=True)), "Here all of w shares one."),
    (trained(lambda w: np.where(w <= 0, -1, 1) * np.abs(w).mean()), "A weight that is 0 gets the sign -1."),
    (trained(lambda w: -binary(w) + 0.0), "The signs are exchanged."),
    (trained(step=lambda w, slope: slope * signs(w)), "Straight through it goes as it is."),
    (trained(step=lambda w, slope: slope * np.abs(w).mean()), "Straight through it goes as it is."),
    (trained(step=lambda w, slope: slope * binary(w)), "Straight through it goes as it is."),
    (trained(step=lambda w, slope: slope / w.size), "Only the scale is a mean."),
    (trained(moved=lambda w: np.clip(w, -1, 1)), "here nothing stops them"),
    (seen_last, "These are the weights that the loss saw last."),
    (trained(ended=lambda first, w, slope: np.abs(slope).max() < 0.01), "what fewer steps give"),
    (trained(ended=lambda first, w, slope: np.abs(slope).max() < 1e-6), "what fewer steps give"),
    (trained(ended=lambda first, w, slope: (signs(w) != signs(first)).any()), "what fewer steps give"),
    (lambda gradient, w, rate, steps: trained()(gradient, w, rate, steps + 2), "what more steps give"),
]


@pytest.mark.parametrize("answer, sentence", WRONG)
def test_a_training_on_no_list_is_explained(answer, sentence):
    for seed in (0, "ada"):
        verdict = judge(STRAIGHT_THROUGH.asks, direct(answer), seed)
        assert not verdict.right and len(verdict.hints) == 1 and sentence in verdict.hints[0], verdict.hints


@pytest.mark.parametrize("seed", [*range(20), "ada"])
def test_no_sign_hangs_on_the_last_digits_so_float32_and_any_order_of_the_sums_pass(seed):
    for gradient, w, rate, steps in STRAIGHT_THROUGH.asks.cases(seed):
        assert inputs.near_zero(gradient, w, rate, steps) > inputs.NEAR_ZERO
    single = trained(lambda w: binary(np.float32(w)), lambda w, slope: np.float32(slope))
    verdict = judge(
        STRAIGHT_THROUGH.asks, direct(lambda gradient, w, *rest: single(gradient, np.float32(w), *rest)), seed
    )
    assert verdict.right


@pytest.mark.parametrize("gradient", [inputs.TRAINED[0], *(case[0] for case in inputs.TRAININGS)])
def test_a_gradient_is_shown_as_code_that_can_be_run(gradient):
    w = np.ones_like(np.asarray(gradient(0.0)))
    np.testing.assert_array_equal(eval(shown(gradient), {"np": np})(w), gradient(w))


@pytest.mark.parametrize("codes, sentence", [
    (lambda steps, y_zero: np.clip(np.round(steps + y_zero), 0, 255), "You round after y_zero is added."),
    (lambda steps, y_zero: np.clip(np.round(steps) + y_zero, 0, 256), "The last code is 255"),
])  # fmt: skip
def test_codes_of_a_layer_that_are_nearly_right_are_told_apart(codes, sentence):
    def layer(x, x_zero, w, w_zero, bias, multiplier, y_zero):
        sums = (x.astype(int) - x_zero) @ (w.astype(int) - w_zero) + bias
        return sums, codes(sums * multiplier, y_zero)

    for seed in (0, "ada"):
        verdict = judge(INTEGER_LAYER.asks, direct(layer), seed)
        assert not verdict.right and len(verdict.hints) == 1 and sentence in verdict.hints[0], verdict.hints
