"""Wrong answers to the tasks of chapter 05 that were written by somebody who had not seen its lists."""

import numpy as np
import pytest
from scipy.stats import binomtest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load


def beta(theta, product):
    return load("05.2").asks.reference(theta, product)


def nearest_in_grid(theta, product):
    def left_over(beta):
        return abs(theta[2] - theta[1] - beta * (theta[1] - theta[0]) + product * theta[1])

    return min(np.arange(0, 1, 0.01), key=left_over)


BETAS = [
    (lambda theta, product: round(float(beta(theta, product)), 2), "You round. Give all digits."),
    (nearest_in_grid, "You round. Give all digits."),
    (lambda theta, product: 1 - beta(theta, product), "Your answer is 1 minus the right one."),
    (
        lambda theta, product: (np.diff(theta)[1:] + product * theta[1:-1]) / np.diff(theta)[:-1],
        "holds the right one several times",
    ),
]


def decided(enough, wins=np.less):
    """A verdict pair by pair, from the wins of either side and the number of seeds."""

    def answer(plain, momentum):
        won, lost = np.sum(wins(momentum, plain)), np.sum(wins(plain, momentum))
        n = len(plain)
        return "momentum" if enough(won, lost, n) else "plain" if enough(lost, won, n) else "open"

    return answer


def equal_to_momentum(plain, momentum):
    if np.mean(plain < momentum) >= 0.9:
        return "plain"
    return "momentum" if np.mean(momentum <= plain) >= 0.9 else "open"


def equal_to_plain(plain, momentum):
    if np.mean(momentum < plain) >= 0.9:
        return "momentum"
    return "plain" if np.mean(plain <= momentum) >= 0.9 else "open"


def middle_gain(plain, momentum):
    gain = np.median(np.nan_to_num(plain - momentum))
    return "momentum" if gain > 0 else "plain" if gain < 0 else "open"


VERDICTS = [
    (lambda plain, momentum: "momentum", "You say 'momentum' on every input."),
    (lambda plain, momentum: "momentum" if np.mean(momentum < plain) >= 0.9 else "open", "You never say 'plain'."),
    (equal_to_momentum, "You count equal steps as a win."),
    (equal_to_plain, "You count equal steps as a win."),
    (decided(lambda won, lost, n: won >= int(0.9 * n)), "You round nine tenths of the seeds down"),
    (decided(lambda won, lost, n: won >= round(0.9 * n)), "You round nine tenths of the seeds down"),
    (decided(lambda won, lost, n: won >= n - 1), "You let one seed fail"),
    (decided(lambda won, lost, n: won >= 9), "You ask for nine wins"),
    (decided(lambda won, lost, n: won - lost >= 0.9 * n), "You take the losses off the wins"),
    (
        decided(lambda won, lost, n: won > lost and binomtest(int(won), int(won + lost)).pvalue <= 0.05),
        "You ask how often chance would do it",
    ),
    (middle_gain, "You decide by the median gain"),
]
AHEAD = [
    (lambda L, beta, ahead: (1 - beta) / (ahead * L), "a real root reaches -1"),
    (lambda L, beta, ahead: min(2 * (1 + beta) / (1 + 2 * ahead), (1 - beta) / ahead) / L, "a real root reaches -1"),
    (lambda L, beta, ahead: 2 * (1 + beta) / (1 + 2 * beta * ahead) / L, "You look ahead by beta * ahead"),
]
STALE = [
    (lambda L, beta: (1 - np.sqrt(beta)) ** 2 / L, "There the ball of the chapter begins to swing"),
    (lambda L, beta: 2 * (1 + beta) / (1 + 2 * beta) / L, "the border of Nesterov's method"),
    (
        lambda L, beta: min(2 * (1 + beta) / (1 - 2 * beta) if beta < 0.5 else np.inf, (1 - beta) / beta) / L,
        "The theta before lies a whole velocity back",
    ),
]
HELD_OUT = [
    *(("05.2", "", *pair) for pair in BETAS),
    *(("05.4", "", *pair) for pair in VERDICTS),
    *(("05.5", "ahead", *pair) for pair in AHEAD),
    *(("05.5", "stale", *pair) for pair in STALE),
]


@pytest.mark.parametrize("task_id, name, answer, sentence", HELD_OUT)
def test_an_answer_of_somebody_who_saw_no_list_is_explained(task_id, name, answer, sentence):
    for seed in (0, "ada"):
        verdict = judge(load(task_id).questions[name], direct(answer), seed)
        assert not verdict.right and len(verdict.hints) == 1 and sentence in verdict.hints[0], verdict.hints


def test_a_border_is_measured_in_thousands_of_steps_not_in_hundreds():
    assert all("thousands of steps" in question.advice for question in load("05.5").asks.values())
    L, beta = 4.0, 0.9
    rate = 1.005 * load("05.5").asks["stale"].reference(L, beta)  # half a per cent beyond
    places = [1.0, 1.0]
    for _ in range(20_000):
        places.append(places[-1] + beta * (places[-1] - places[-2]) - rate * L * places[-2])
    swings = np.abs(places)
    assert swings[800:900].max() < 1.5 * swings[:100].max()
    assert swings[-100:].max() > 50 * swings[:100].max()
