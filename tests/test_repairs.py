"""What is said of the learner's own function: a slip that is undone, a number of the wrong size, where a NaN begins."""

from dataclasses import replace

import numpy as np
import pytest

from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load
from nnlearn.exercises.task import Misconception, Question


def decayed(start, share, rounds):
    """What is left, and what has been lost on the way."""
    lost = 0.0
    for k in range(rounds):
        lost = lost + share * start / (k + 2)
    return lost / (1 - share ** (rounds + 1))


def numbers(random):
    for rounds in (1, 2, 3, 7):
        yield round(random.uniform(1, 3), 2), round(random.uniform(0.1, 0.8), 2), rounds


DECAYED = Question(decayed, (2.4, 0.3, 3), numbers)


def band(value, low, high):
    """Where a number lies."""
    if value < low or value > 400:
        return "outside"
    return "low" if value <= high else "High"


def places(random):
    for low, high in ((1.0, 20.0), (-1.0, 50.0), (3.0, 70.0)):
        yield from ((value, low, high) for value in (low - 0.5, low, (low + high) / 2, high, high + 5, 300.0, 500.0))


BAND = Question(band, (1.5, 1.0, 20.0), places)


def without_brackets(start, share, rounds):
    lost = 0.0
    for k in range(rounds):
        lost += share * start / (k + 2)
    return lost / (1 - share**rounds + 1)


def overwritten(start, share, rounds):
    lost = 0.0
    for k in range(rounds):
        lost = share * start / (k + 2)
    return lost / (1 - share ** (rounds + 1))


def within(value, low, high):
    if value <= low or value > 400:
        return "outside"
    return "low" if value <= high else "High"


def inner(value, low, high):
    """A number within a band doubled, one beside it turned over."""
    return 2 * value if value > low and value < high else -value


INNER = Question(inner, (1.5, 1.0, 20.0), places)


def joined(value, low, high):
    return 2 * value if value > low or value < high else -value


def cut_off(start, share, rounds):
    lost = 0.0
    for k in range(rounds):
        lost += share * start / (k + 2)
    return max(lost / (1 - share ** (rounds + 1)), 1.0)


def times_for_power(start, share, rounds):
    lost = 0.0
    for k in range(rounds):
        lost += share * start / (k + 2)
    return lost / (1 - share * (rounds + 1))


def too_soon(value, low, high):
    if value < low or value > 200:
        return "outside"
    return "low" if value <= high else "High"


def rounded(value, low, high):
    if np.ceil(value) < low or value > 400:
        return "outside"
    return "low" if value <= high else "High"


def unforeseen(question, answer):
    """The hints to a wrong answer, where the mistakes that can be derived from the right one are not known."""
    verdict = judge(question, direct(answer), function=answer)
    assert not verdict.right
    return verdict.hints


@pytest.fixture(autouse=True)
def nothing_is_derived(monkeypatch):
    monkeypatch.setattr("nnlearn.exercises.judge.derived", lambda *options, **more: [])


@pytest.mark.parametrize(
    ("question", "answer", "sentence"),
    [
        (DECAYED, without_brackets, "Brackets are missing. Python reads 1 - share ** rounds + 1 as "
                                    "(1 - (share ** rounds)) + 1."),
        (DECAYED, overwritten, "A loop overwrites lost in each round. All is right where it adds up."),
        (DECAYED, cut_off, "All is right without this: max(lost / (1 - share ** (rounds + 1)), 1.0). What does it "
                           "change that was right?"),
        (DECAYED, times_for_power, "** takes a power, * multiplies. All is right with the other one in "
                                   "share * (rounds + 1)."),
        (BAND, within, "All is right but the edge: what is value <= low where both sides are equal?"),
        (INNER, joined, "All is right but for one word: is it or in value > low or value < high?"),
        (BAND, rounded, "All is right without a rounding on the way: np.ceil(value)"),
        (BAND, too_soon, "All hangs on a number: 200 is too small. The line: if value < low or value > 200:"),
    ],
)  # fmt: skip
def test_a_slip_is_named(question, answer, sentence):
    assert unforeseen(question, answer) == (sentence,)


def plain(number):
    return number


def from_around(top):
    def lost_of(start, share, rounds):
        lost = 0.0
        for k in range(rounds):
            lost += plain(share * start) / (k + 2)
        return lost / (top - share**rounds + top)

    return lost_of


def test_a_function_may_use_what_stands_around_it_and_a_helper():
    assert "Brackets are missing" in unforeseen(DECAYED, from_around(1))[0]


def test_a_division_that_drops_the_fraction_is_named():
    def halves(start, share, rounds):
        lost = 0.0
        for k in range(rounds):
            lost = lost + share * (start // (k + 2))
        return lost / (1 - share ** (rounds + 1))

    assert unforeseen(DECAYED, halves) == (
        "// divides and rounds down: in start // (k + 2) the fraction is needed, which / keeps.",
    )


@pytest.mark.parametrize("kind", ["2", "ord=2"])
def test_the_norm_of_a_matrix_with_a_2_is_another_one(kind):
    def length(kernel):
        return np.sqrt(np.sum(kernel**2)) + 3

    def by_place(kernel):
        return np.linalg.norm(kernel, 2) + 3

    def by_name(kernel):
        return np.linalg.norm(kernel, ord=2) + 3

    question = Question(length, (np.array([[1.0, 2.0], [0.5, 3.0]]),), lambda random: [(random.normal(size=(3, 2)),)])
    assert unforeseen(question, by_place if kind == "2" else by_name) == (
        f"np.linalg.norm(kernel, {kind}) of a matrix is its largest singular value, not the root of the sum of its "
        "squares.",
    )


def test_the_same_brackets_may_be_missing_twice():
    def adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        m_hat, v_hat = m / (1 - beta1**made + 1), v / (1 - beta2**made + 1)
        return theta - rate * m_hat / (np.sqrt(v_hat) + epsilon), m, v

    (hint,) = unforeseen(replace(load("07.1").asks, slots={}, misconceptions=()), adam_step)
    assert hint.startswith("Brackets are missing, in 2 places alike. Python reads 1 - beta1 ** made + 1 as")


def test_where_what_is_no_number_begins():
    def adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        m_hat, v_hat = m / (1 - beta1 * (made + 1)), v / (1 - beta2 * (made + 1))
        size = np.sqrt(v_hat)
        return theta - rate * m_hat / (size + epsilon), m, v

    (hint,) = unforeseen(replace(load("07.1").asks, slots={}, misconceptions=()), adam_step)
    assert hint.startswith("It begins with np.sqrt(v_hat), which gives [nan, nan] on the input below. v_hat is [-0.4")


def of_rates(weight, rates):
    return weight * np.prod(rates)


RATES = Question(
    of_rates, (2.0, np.array([0.5, 0.25])),
    lambda random: ((random.uniform(1, 2), random.uniform(0.2, 0.9, n)) for n in (0, 0, 1, 2, 3, 4, 5)),
    misconceptions=(Misconception("One rate stands for all.", lambda w, rates: w * np.mean(rates) ** len(rates)),),
)  # fmt: skip


def test_a_hint_on_answers_shows_an_answer_and_says_that_elsewhere_there_is_none():
    verdict = judge(RATES, direct(lambda w, rates: w * (sum(rates) / len(rates)) ** len(rates)))
    assert verdict.hints == ("One rate stands for all.",)
    assert verdict.failure.problem == ""
    assert verdict.notes[0].startswith("Besides, on some inputs it gives no answer. It raised ZeroDivisionError")


def test_words_are_shown_as_they_were_written():
    def shouting(value, low, high):
        return {"outside": "OUTSIDE", "low": "High", "High": "Low"}[band(value, low, high)]

    verdict = judge(BAND, direct(shouting))
    assert verdict.hints == ("You exchange 'High' and 'low'. All else is right.",)
    assert judge(BAND, direct(lambda *case: band(*case).upper())).right


def test_a_word_that_is_left_over_tells_that_a_condition_asks_too_much():
    def left_over(value, low, high):
        return "none" if value >= 300.0 else band(value, low, high)

    (hint,) = judge(BAND, direct(left_over)).hints
    assert hint.startswith("Where your function says 'none', which is none of the answers to choose from")


def test_a_limit_is_not_filled_with_what_another_input_needs():
    def whodunit(one, ten):
        growth = abs(one[1] / one[0])
        if growth > 1.3:
            return "momentum"
        if growth != 1:
            return "uncorrected" if growth > 1 else "RMSprop"
        return "SGD" if abs(ten[0]) > 2 * abs(one[0]) else "Adam"

    assert unforeseen(load("07.5").asks, whodunit) == ("All hangs on a number: 1.3 is too small. The line: "
                                                       "if growth > 1.3:",)  # fmt: skip


def test_a_part_that_calls_the_learners_own_function_is_not_said_to_be_all_that_is_wrong():
    def adam_step(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
        t = made + 1.5

        def corrected(mean, beta):
            return mean / (1 - beta**t)

        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * gradient**2
        return theta - rate * corrected(m, beta1) / np.sqrt(corrected(v, beta2) + 2 * epsilon), m, v

    assert not unforeseen(load("07.1").asks, adam_step)[0].startswith("All is right but one part")


def test_a_mistake_that_gives_every_wrong_word_is_told_though_it_would_give_another_more():
    def never_outside(value, low, high):
        return "low" if value <= high else "High"

    def seldom_outside(value, low, high):
        return "outside" if value < low < 0 else never_outside(value, low, high)

    question = replace(BAND, misconceptions=(Misconception("You never say 'outside'.", never_outside),))
    assert judge(question, direct(seldom_outside)).hints == ("Where it fails: You never say 'outside'.",)
    assert "Where it fails" not in judge(BAND, direct(seldom_outside)).hints[0]
