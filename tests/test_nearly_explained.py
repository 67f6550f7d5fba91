"""What is said where a known mistake explains nearly all, and of answers that hardly depend on the input."""

import numpy as np

from nnlearn.exercises.calls import direct, limited
from nnlearn.exercises.judge import judge
from nnlearn.exercises.slots import of_slots, triples
from nnlearn.exercises.task import Question


def falls(start, rate, rounds, *, step=lambda value, rate: rate * value, end=lambda value: value):
    """A number that loses a share in each round, and its half in the end."""
    value = start
    for _ in range(rounds):
        value = value - step(value, rate)
    return end(value / 2)


FALLS = Question(
    falls, (1.5, 0.3, 3),
    lambda random: [(random.uniform(1.1, 1.6), random.uniform(0.1, 0.5), n) for n in (1, 2, 3, 4, 5, 9, 30, 31)],
    slots={"step": {lambda value, rate: rate * value**2: "The step is squared."},
           "end": {lambda value: value + 1: "The end is one up."}},
)  # fmt: skip


def said_of(answer, question=FALLS):
    verdict = judge(question, direct(answer), function=answer)
    return " ".join(verdict.hints)


def test_two_choices_that_explain_nearly_all_are_told_with_how_often():
    def both_and_more(start, rate, rounds):
        value = start
        for _ in range(rounds):
            value = value - rate * value**2
        return value / 2 + (1 if rounds < 31 else np.cos(start))

    assert said_of(both_and_more).startswith(
        "On 8 of the 9 inputs that fail your answer is what this leads to: Two things. The step is squared. The end is "
        "one up."
    )


def test_what_explains_but_half_is_not_told():
    def half(start, rate, rounds):
        right = falls(start, rate, rounds)
        return right + 1 if rounds < 4 else right + np.cos(start * rounds)

    assert "leads to" not in said_of(half)


def waits(start, rate, limit):
    """How many rounds until a number is below its limit."""
    n = 0
    while start > limit:
        start, n = start * rate, n + 1
    return n


WAITS = Question(
    waits, (2.5, 0.5, 0.3),
    lambda random: [(random.uniform(2, 3), random.uniform(0.3, 0.8), limit) for limit in (0.01, 0.1, 0.2, 0.5, 1.5)],
)  # fmt: skip


def test_a_number_that_comes_on_nearly_all_inputs_is_told():
    def never(start, rate, limit):
        return 77 if limit < 1.2 else waits(start, rate, limit)

    (hint,) = judge(WAITS, direct(never)).hints  # its parts, which tell more, can't be seen
    assert hint.startswith("On 5 of 6 inputs your answer is 77, where the right ones differ")


def test_of_a_loop_without_end_the_two_sides_of_its_condition_are_told():
    def on(start, rate, limit):
        n = 0
        while start + 1 > limit:
            start, n = start * rate, n + 1
        return n

    question = Question(waits, (2.5, 0.5, 0.3), lambda random: [(2.1, 0.4, 0.2)], seconds=0.5)
    (hint,) = judge(question, limited(on, question.seconds), function=on).hints
    assert hint.startswith("The loop while start + 1 > limit does not end. After 2")
    assert "start + 1 is 1, limit is 0.3. Can its condition ever change?" in hint


def test_random_numbers_are_told():
    def drawn(start, rate, limit):
        return np.random.default_rng(int(1000 * start)).poisson(waits(start, rate, limit))

    assert said_of(drawn, WAITS).startswith("Your function draws random numbers.")

    def by_name(start, rate, limit):
        random = {"random": 3.7}
        return waits(start, rate, limit) ** 2 % random["random"] if start < 2 else 1 / 7

    assert "draws random" not in said_of(by_name, WAITS)


def sums(numbers):
    """The place of the largest number, and the sum of all."""
    total = np.sum(numbers)
    place = np.argmax(numbers)
    return place, total


def test_what_explains_one_thing_and_spoils_another_is_not_told():
    """min for max, in both, gives the place of the least; the sum is right."""

    def pair(a, b):
        """Whether the first is larger, and what is left of it."""
        left = a - b
        return int(left > 0), left

    def other_pair(a, b):
        return int(b - a > 0), a - b

    question = Question(
        pair, (2.0, 3.0), lambda random: [tuple(random.uniform(1, 9, 2)) for _ in range(6)], returns=("larger", "left")
    )
    assert "a and b are exchanged" not in said_of(other_pair, question)


def forgets(rate, noise):
    """Where a number that keeps 1 - rate of itself and gains some noise comes to rest."""
    return noise / rate


FORGETS = Question(forgets, (0.02, 0.3), lambda random: [(0.001, 0.2), (0.5, 0.7), (0.6, 0.3), (0.7, 0.4), (0.8, 0.9)])


def test_the_start_of_a_loop_that_forgets_it_is_not_to_blame():
    def from_zero(rate, noise):
        value = noise * 0
        while True:
            new = (1 - rate) * value + noise
            if new - value < 1e-3 * noise + 1e-9:
                return value
            value = new

    assert "noise * 0" not in said_of(from_zero, FORGETS)


def test_of_a_name_the_line_that_gave_the_wrong_value_is_shown(monkeypatch):
    monkeypatch.setattr("nnlearn.exercises.judge.derived", lambda *options, **more: [])

    def counted(numbers, most):
        """After each number how many in a row were small, beginning anew after so many."""
        count, found = 0, []
        for number in numbers:
            count = count + 1 if number < 5 else 0
            found.append(10 * count)
            if count == most:
                count = 0
        return found

    def from_one(numbers, most):
        count = 0
        found = []
        for number in numbers:
            if number < 5:
                count += 1
            else:
                count = 0
            found.append(10 * count + count * 0)
            if count == most:
                count = 0 + most - most + 1
        return found

    question = Question(
        counted, (np.array([1, 2, 3, 7, 2, 1, 3]), 2),
        lambda random: [(random.integers(1, 7, 12), most) for most in (2, 3, 2, 3)],
    )  # fmt: skip
    hint = said_of(from_one, question)
    assert "count = 0 + most - most + 1" in hint and "The line: count = 0\n" not in hint + "\n"


def test_an_argument_is_not_called_wrong():
    def share(a, b):
        """The first over the sum."""
        both = a + b
        return a / both

    question = Question(share, (2.0, 3.0), lambda random: [tuple(random.uniform(1, 9, 2)) for _ in range(6)])

    def over_the_other(a, b):
        return (a + 0) / b

    verdict = judge(question, direct(over_the_other), function=over_the_other)
    assert "b gives" not in " ".join(verdict.hints)


def test_numbers_that_are_right_when_rounded_up_are_told():
    def exactly(start, rate, limit):
        return np.log(limit / start) / np.log(rate)

    assert said_of(exactly, WAITS) == "Rounded up, your answer is right."


def test_of_three_faults_none_is_told_where_others_give_the_same():
    """Of two parts that are left out nothing is seen of a third."""

    def product(a, b, *, first=lambda a: a, second=lambda b: b, all_of=lambda x: x, more=lambda x: x):
        return more(all_of(first(a) * second(b)))

    question = Question(
        product, (2.0, 3.0), lambda random: [tuple(random.uniform(1, 9, 2)) for _ in range(6)],
        slots={"first": {lambda a: a + 1: "First."}, "second": {lambda b: b + 1: "Second."},
               "all_of": {lambda x: 0 * x: "Nothing."}, "more": {lambda x: 7 + 0 * x: "Seven."}},
    )  # fmt: skip
    assert of_slots(question, [(2.0, 3.0)], [np.array(7.0)], triples) == ""
    assert of_slots(question, [(2.0, 3.0)], [np.array(0.0)], triples) == "Three things. First. Second. Nothing."
