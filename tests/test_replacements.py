"""The part of a learner's function that is to blame: found by giving it other values, or by a small change of it."""

import math
from functools import partial

import numpy as np
import pytest

from nnlearn.exercises import trying
from nnlearn.exercises.calls import direct
from nnlearn.exercises.judge import judge
from nnlearn.exercises.loader import load
from nnlearn.exercises.opened import opened, opened_reference
from nnlearn.exercises.replacements import of_one_part, of_two_parts, search_of
from nnlearn.exercises.task import Question
from nnlearn.exercises.turned import of_turned_conditions, turned


def spread(table):
    """Of rows the mean squared distance from their mean, over the squared length of it."""
    mean = np.mean(table, axis=0)
    away = np.sum((table - mean) ** 2, axis=1)
    return np.mean(away) / np.sum(mean**2)


def tables(random):
    """Rows of two and three numbers, whose mean isn't 0."""
    for n, d in ((4, 2), (6, 3), (3, 2), (7, 3), (5, 2)):
        yield (random.uniform(1, 4, (n, d)).round(2),)


SPREAD = Question(spread, (np.array([[1.0, 2.0], [4.0, 1.0], [2.5, 0.5]]),), tables)


def fading(start, share, rounds):
    """A number that loses a share in each round, and half of its excess over 1."""
    value = start
    for _ in range(rounds):
        lost = share * value
        value = value - lost - 0.5 * max(value - 1, 0)
    return value


def numbers(random):
    """Numbers above and below 1, and no round at all."""
    for rounds in (0, 1, 2, 3, 5, 8):
        yield round(random.uniform(0.2, 3), 2), round(random.uniform(0.05, 0.4), 2), rounds


FADING = Question(fading, (2.4, 0.3, 3), numbers)


def kind(value, low, high):
    """Where a number lies."""
    if value < low:
        return "below"
    if value <= high:
        return "within"
    return "above"


def places(random):
    """Numbers on both sides of each limit, and on them."""
    for low, high in ((1.0, 2.0), (-1.0, 0.5), (3.0, 7.0)):
        yield from ((value, low, high) for value in (low - 0.5, low, (low + high) / 2, high, high + 0.5))


KIND = Question(kind, (1.5, 1.0, 2.0), places)


def hint(question, answer):
    """What a wrong answer gets."""
    verdict = judge(question, direct(answer), function=answer)
    assert not verdict.right
    return " / ".join(verdict.hints)


def round_median(table):
    away = np.sum((table - np.median(table, axis=0)) ** 2, axis=1)
    return np.mean(away) / np.sum(np.mean(table, axis=0) ** 2)


def trimmed(table):
    center = table.mean(axis=0)
    return np.sort(np.linalg.norm(table - center, axis=1) ** 2)[1:-1].mean() / (center @ center)


def helper(table):
    return np.sqrt(np.sum(np.median(table, 0) ** 2))


def through_a_helper(table):
    return np.var(table, axis=0).sum() / helper(table) ** 2


def losing_more(start, share, rounds):
    value = start
    for k in range(rounds):
        value = value - share * value * (1 + 0.1 * k) - 0.5 * max(value - 1, 0)
    return value


def in_a_list(start, share, rounds):
    values = [start]
    while len(values) <= rounds:
        values.append(values[-1] - share * values[-1] - 0.5 * max(values[-1] - 1.25, 0))
    return values[-1]


def strict(value, low, high):
    if value < low:
        return "below"
    return "within" if value < (low + high) / 1.5 else "above"


MEDIAN = "All is right but one part. np.median(table, axis=0) gives [2.5, 1. ] on the input below, where [2.5"
TABLE = [
    (SPREAD, round_median, (MEDIAN, "The line: away = np.sum((table - np.median(table, axis=0)) ** 2, axis=1)")),
    (SPREAD, trimmed, ("but one part. np.sort(np.linalg.norm(table - center, axis=1) ** 2)[1:-1].mean() gives",)),
    (SPREAD, through_a_helper, ("np.sum(np.median(table, 0) ** 2)", "The line: return np.sqrt(")),
    (SPREAD, lambda table: np.var(table, axis=0).sum() / np.abs(table.mean(0)).sum() ** 2,
     ("but one part. np.abs(table.mean(0)).sum() ** 2 gives",)),
    (FADING, losing_more, ("goes wrong where it gives", "share * value * (1 + 0.1 * k)")),
    (FADING, in_a_list, ("max(values[-1] - 1.25, 0)",)),
    (KIND, strict, ("All hangs on value < (low + high) / 1.5, which is", "So it is on every input that fails.")),
]  # fmt: skip


@pytest.mark.parametrize(("question", "answer", "pieces"), TABLE, ids=lambda each: getattr(each, "__name__", ""))
def test_the_part_to_blame_is_named_with_its_line(question, answer, pieces):
    told = hint(question, answer)
    for piece in pieces:
        assert piece in told


def test_of_two_parts_both_are_named():
    def both(table):
        middle = np.median(table, axis=0)
        return np.mean(np.sum((table - middle) ** 2, axis=1)) / np.sum(np.abs(table.mean(axis=0))) ** 3

    told = of_two_parts(search_of(*asked(SPREAD, both), both))
    assert told.startswith("All is right but two parts. ")
    assert "np.median(table, axis=0) gives" in told
    assert "np.sum(np.abs(table.mean(axis=0))) ** 3 gives" in told
    assert len(told.splitlines()) == 3  # a line of code on each of its own


# --- Answers that are several things, and two faults that show on different inputs ---


def step(weight, slope, mean, beta):
    """A new mean of slopes, the step that it makes, and the weight after it."""
    new_mean = beta * mean + (1 - beta) * slope
    length = new_mean / (1 + np.abs(new_mean))
    return weight - length, new_mean


def slopes(random):
    """Any numbers."""
    for n in (1, 2, 3, 2):
        yield (*(random.normal(size=n).round(2) for _ in range(3)), round(random.uniform(0.2, 0.9), 2))


STEP = Question(step, (np.array([1.0]), np.array([0.5]), np.array([0.2]), 0.75), slopes, returns=("weight", "new mean"))


ROOT = (
    "But for one part it is right. np.sqrt(1 + moved**4) gives [1.002855] on the input below, where [1.275] is needed."
)


def two_faults(weight, slope, mean, beta):
    kept = beta**2 * mean + (1 - beta) * slope + 0.01 * weight
    moved = beta * mean + (1 - beta) * slope
    return weight - moved / np.sqrt(1 + moved**4), kept


def a_fault_and_one_elsewhere(weight, slope, mean, beta):
    moved = beta * mean + (1 - beta) * slope
    return weight - moved / np.sqrt(1 + moved**4), moved * len(moved) ** 2


def test_of_several_things_each_has_its_own_part_to_blame():
    first, line, second, _ = hint(STEP, two_faults).splitlines()
    assert first == f"Not right: weight. {ROOT}"
    assert line == "    The line: return weight - moved / np.sqrt(1 + moved**4), kept"
    assert second.startswith("Not right: new mean. But for two parts it is right. beta**2 * mean + (1 - beta) * slope")


def test_the_input_that_is_shown_has_all_things_wrong_that_are_wrong_anywhere():
    line = "    The line: return weight - moved / np.sqrt(1 + moved**4), moved * len(moved) ** 2"
    assert hint(STEP, a_fault_and_one_elsewhere).splitlines() == [
        "Not right: weight. But for one part it is right. np.sqrt(1 + moved**4) gives [1.001658, 1.15437 ] on the "
        "input below, where [1.24 , 1.7594] is needed.",
        line,
        "Not right: new mean. But for one part it is right. len(moved) ** 2 gives 4 on the input below, where 1 is "
        "needed.",
        line,
    ]


def test_a_change_may_leave_fewer_things():
    def unpacked(weight, slope, mean, beta):
        moved = beta * mean + (1 - beta) * slope
        both = [weight - moved / np.sqrt(1 + moved**4), moved + 0.01 * weight]
        return tuple(both[k] for k in range(1 + (len(weight) == np.size(mean))))

    assert "np.sqrt(1 + moved**4) gives" in hint(STEP, unpacked)


def test_nothing_is_said_of_a_thing_that_is_right_on_the_input_that_is_shown():
    def wrong_elsewhere(weight, slope, mean, beta):
        right = step(weight, slope, mean, beta)
        if len(weight) == 1:
            return right[0], right[1] + np.sort(mean)
        moved = beta * mean + (1 - beta) * slope
        return weight - moved / np.sqrt(1 + moved**4), right[1]

    assert "np.sqrt" not in hint(STEP, wrong_elsewhere)


def grade(points, most, late):
    """Two limits and a delay: one of four words."""
    if late > 2:
        return "late"
    if points >= most:
        return "full"
    return "half" if points >= most / 2 else "none"


def grades(random):
    """Both sides of each limit, and on it."""
    for most in (8, 10, 20):
        for late in (0, 2, 3):
            yield from ((points, most, late) for points in (0, most // 2 - 1, most // 2, most - 1, most, most + 1))


def late_too_soon_and_half_too_late(points, most, late):
    if late >= 2:
        return "late"
    if points >= most:
        return "full"
    if points - 1 >= most / 2:
        return "half"
    return "none"


def test_of_two_conditions_each_is_to_blame_where_the_other_is_not():
    question = Question(grade, (7, 10, 0), grades)
    told = of_one_part(search_of(*worded(question, late_too_soon_and_half_too_late), late_too_soon_and_half_too_late))
    conditions = {"late >= 2": ("True", "False"), "points - 1 >= most / 2": ("False", "True")}
    for part, (value, other) in conditions.items():
        assert f"{part}, which is {value}" in told
        assert f"were it {other}, your answer would be right there." in told or f"were it {other}, they would" in told
        assert f"The line: if {part}:" in told


def ranked(points, most, late):
    """As grade, from another side: a wrong order of two numbers, and half a limit."""
    if late > 2:
        return "late"
    if points >= most:
        return "full"
    return "half" if points % 2 == 0 else "none"


def half_by_parity_and_late_by_most(points, most, late):
    """Both conditions are right or wrong by chance, one way and the other."""
    if late > (2 if most > 8 else 0) or late == 3 and points > most:
        return "late"
    if points >= most:
        return "full"
    return "half" if points % 2 == 0 else "none"


def turned_either_way(answer):
    question = Question(grade, (7, 10, 0), grades)
    return of_turned_conditions(search_of(*worded(question, answer), answer))


def test_a_condition_may_be_wrong_one_way_and_the_other():
    told = turned_either_way(ranked)
    assert told.startswith("All hangs on points % 2 == 0, or on what you answer behind it")
    assert 'The line: return "half" if points % 2 == 0 else "none"' in told


def test_two_conditions_may_be_wrong_either_way():
    told = turned_either_way(half_by_parity_and_late_by_most)
    assert told.startswith("All hangs on two conditions, or on what you answer behind them")


def test_right_conditions_are_not_to_blame_either_way():
    def words_exchanged(points, most, late):
        if late > 2:
            return "late"
        if points >= most:
            return "full"
        return "none" if points >= most / 2 else "half"

    assert turned_either_way(words_exchanged) == ""


def one_point_too_soon(points, most, late):
    """With a right condition, which would mend it if it were another."""
    if late > 2:
        return "late"
    if points >= most / 2 and points >= most - 1:
        return "full"
    return "half" if points >= most / 2 else "none"


def in_time_twice(points, most, late):
    """With a condition that has a name and is asked twice, the other way round than in the right answer."""
    in_time = late <= 2
    if in_time and points >= most - 1:
        return "full"
    if in_time:
        return "half" if points >= most / 2 else "none"
    return "late"


def test_a_condition_of_the_right_answer_is_not_to_blame():
    question = Question(grade, (7, 8, 0), grades)
    told = of_one_part(search_of(*worded(question, one_point_too_soon), one_point_too_soon))
    assert told.startswith("All hangs on points >= most - 1, which is True")


def test_a_name_of_a_condition_is_turned_in_all_its_uses():
    question = Question(grade, (7, 8, 0), grades)
    told = turned(search_of(*worded(question, in_time_twice), in_time_twice))
    assert told.startswith("All hangs on points >= most - 1, which is True")


def test_of_a_part_that_takes_off_too_much_what_is_needed_is_named():
    def of_the_variance(inputs, slope):
        mean_square = (1 + slope**2) / 2
        mean = (1 - slope) / np.sqrt(2 * np.pi)
        return 1 / np.sqrt(inputs * (mean_square - mean**2))

    told = hint(load("10.3").asks, of_the_variance)
    assert "What is needed there is mean_square alone, which goes into it." in told and "Look first" not in told


def test_the_numbers_of_arguments_in_one_list_are_right():
    def size(kernel, bias):
        total = np.sum(kernel**2) + np.sum(bias**2)
        return np.sqrt(total) + 1

    def arrays(random):
        for n in (2, 3, 5):
            yield random.normal(size=(2, n)).round(2), random.normal(size=n).round(2)

    def of_a_mean(kernel, bias):
        flat = np.concatenate([kernel.ravel(), bias])
        return np.sqrt(np.mean(flat**2)) + 1

    question = Question(size, (np.array([[0.5, 1.0]]), np.array([2.0, -1.5])), arrays)
    told = of_one_part(search_of(*asked(question, of_a_mean), of_a_mean))
    assert "np.mean(flat**2)" in told and "Look first" not in told


def test_truths_that_change_nothing_are_not_blamed():
    def useless(kernel, bias):
        """The summed biases of units without weights."""
        dead = np.all(kernel == 0, axis=0)
        return np.sum(bias[dead])

    def units(random):
        for n in (3, 4, 5):
            kernel = random.normal(size=(2, n)).round(1) * (np.arange(n) % 2)
            yield kernel, random.uniform(-1, 1, n).round(1)

    def too_many(kernel, bias):
        dead = np.all(kernel == 0, axis=0) | (bias > 5)
        return np.sum(np.abs(bias)[dead])

    question = Question(useless, (np.array([[0.0, 1.0, 0.0]]), np.array([-0.5, 2.0, 1.5])), units)
    for told in (of_one_part, of_two_parts):
        assert "bias > 5" not in told(search_of(*asked(question, too_many), too_many)).split("The line")[0]


def test_a_part_that_stands_twice_in_its_line_is_marked():
    def drawn_without_replacement(table):
        n, s = len(table), spread(table)
        return n * s / (n - 1 + s)

    told = of_one_part(search_of(*asked(SPREAD, drawn_without_replacement), drawn_without_replacement))
    assert told.endswith("The line: return n * s / (n - 1 + »s«)")
    told = of_one_part(search_of(*asked(SPREAD, round_median), round_median))
    assert "»" not in told


def asked(question, answer):
    """The inputs, one that fails first, right and learner's answers."""
    cases = question.cases(0)
    right, got = ([np.asarray(each(*case), float) for case in cases] for each in (question.reference, answer))
    order = sorted(range(len(cases)), key=lambda k: bool(np.allclose(right[k], got[k])))
    return question, *([column[k] for k in order] for column in (cases, right, got))


# --- The first wrong part on the way of the values ---


def sums_of_parts(values, order, size):
    """A number that halves before each part of the values, taken in an order, is added: the last part may be short."""
    total = 0.0
    for first in range(0, len(order), size):
        part = order[first : first + size]
        total = total / 2 + np.mean(values[part])
    return total


def ordered(random):
    """Parts that fill the order, and that leave a short one."""
    for n, size in ((7, 3), (6, 3), (5, 2), (10, 4), (7, 5)):
        yield random.normal(size=n).round(2), random.permutation(n), size


SUMS = Question(sums_of_parts, (np.array([1.0, 4.0, 2.0, 8.0, 3.0, 5.0, 9.0]), np.arange(7)[::-1], 3), ordered)


def in_equal_parts(values, order, size):
    total = 0.0
    for part in np.array_split(order, math.ceil(len(order) / size)):
        total = total / 2 + np.mean(values[part])
    return total


def of_a_wrong_name_twice(table):
    center = np.median(table, axis=0)
    away = np.sum((table - center) ** 2, axis=1)
    return np.mean(away) / np.sum(center**2)


def through_a_column_of_ones(table):
    wider = np.column_stack([np.ones(len(table)), 2 * table])
    return np.mean(np.linalg.norm(wider - wider.mean(axis=0), axis=1)) ** 2 / np.sum(np.mean(table, axis=0) ** 2)


def test_a_name_is_blamed_in_all_its_uses_with_the_line_that_gives_it():
    told = hint(SUMS, in_equal_parts)
    assert "part first goes wrong where it gives" in told
    assert told.endswith("The line: for part in np.array_split(order, math.ceil(len(order) / size)):")
    assert hint(SPREAD, of_a_wrong_name_twice).endswith("The line: center = np.median(table, axis=0)")


def test_what_goes_into_a_wrong_part_comes_first():
    told, *lines = hint(SPREAD, through_a_column_of_ones).splitlines()
    assert told.endswith("Look first whether wider is what it should be; if so, the part itself is wrong.")
    assert lines[0] == "    The line: wider = np.column_stack([np.ones(len(table)), 2 * table])"


def cheapest(prices, counts):
    """The lowest sum: each price, and a root more, as often as it is paid."""
    return min([(price + math.sqrt(price)) * count for price, count in zip(prices, counts, strict=True)])


def priced(random):
    """Lists that are in no order."""
    for n in (2, 3, 4, 5):
        yield random.integers(1, 50, n).tolist(), random.integers(1, 9, n).tolist()


def sorted_first(prices, counts):
    best = math.inf
    for price, count in sorted(zip(prices, counts, strict=True)):
        each = price + math.log(price)
        best = min(best, each * count)
    return best


def test_a_loop_may_go_through_a_list_in_another_order():
    told = hint(Question(cheapest, ([30, 7, 12], [2, 9, 4]), priced), sorted_first)
    assert "math.log(price) first goes wrong" in told and told.endswith("each = price + math.log(price)")


# --- What is not said ---


def compares_with_a_limit(start, share, rounds):
    """Only whether the number in the condition is small matters: any would do."""
    return fading(start, share, rounds) if rounds > 4 or start < 1 else start


def of_the_type_of_its_input(table):
    """Its empty array only lends its type: whole numbers cut what is put into it."""
    mean = np.zeros_like(table[0], dtype=int)
    mean[:] = table.mean(axis=0)
    return np.mean(np.sum((table - table.mean(axis=0)) ** 2, axis=1)) / np.sum(np.square(mean))


def yes_or_no(value, low, high):
    """Where there are two words, the last condition always decides."""
    return "yes" if low <= value <= high else "no"


def other_yes_or_no(value, low, high):
    return "yes" if low < value < high else "no"


def test_a_part_for_which_any_value_would_do_is_not_blamed():
    told = of_one_part(search_of(*asked(FADING, compares_with_a_limit), compares_with_a_limit))
    assert told.startswith("All hangs on rounds > 4, which is False on the input below")
    told = of_one_part(search_of(*asked(SPREAD, of_the_type_of_its_input), of_the_type_of_its_input))
    assert "zeros_like" not in told.split("The line")[0]


def test_the_only_condition_of_a_yes_or_no_is_not_blamed():
    question = Question(yes_or_no, (1.5, 1.0, 2.0), places)
    assert "All hangs" not in hint(question, other_yes_or_no)


def test_an_argument_beside_itself_is_no_mending():
    def grew(before, after):
        """Whether all, some or none of the numbers grew."""
        more = after > before
        return "all" if np.all(more) else "some" if np.any(more) else "none"

    def never_none(before, after):
        more = after > before
        return "all" if np.all(more) else "some" if np.any(after >= before - 10) else "none"

    def pairs(random):
        for shift in (-1.0, 0.0, 1.0, 2.0):
            before = random.normal(size=4).round(2)
            yield before, before + shift
            yield before, before + shift * np.array([1, -1, 1, -1])

    question = Question(grew, (np.array([1.0, 2.0]), np.array([1.5, 1.0])), pairs)
    search = search_of(*worded(question, never_none), never_none)
    assert search.needed and not any(len(others[0]) == 1 and np.array_equal(others[0][0], search.trying.cases[0][place])
                                     for others in search.needed for place in (0, 1))  # fmt: skip


def worded(question, answer):
    """As asked, of answers in words."""
    cases = question.cases(0)
    right, got = ([each(*case) for case in cases] for each in (question.reference, answer))
    order = sorted(range(len(cases)), key=lambda k: right[k] == got[k])
    return question, *([column[k] for k in order] for column in (cases, right, got))


def test_branches_that_are_exchanged_are_told():
    def turned_round(start, share, rounds):
        value = start
        for _ in range(rounds):
            value = value - share * value - 0.5 * max(value - 1, 0)
        return start if rounds > 0 else value

    def exchanged(start, share, rounds):
        return share if start > 1 else start

    def right(start, share, rounds):
        return start if start > 1 else share

    question = Question(right, (2.4, 0.3, 3), numbers)
    told = of_one_part(search_of(*asked(question, exchanged), exchanged))
    assert told.startswith("The two branches of start > 1 are exchanged. All else is right.")
    assert hint(FADING, turned_round)


def through_a_wrong_name(table):
    center = np.mean(table, axis=0) + 0.5 * table[0]
    return np.mean(np.sum((table - table.mean(axis=0)) ** 2, axis=1)) / np.sum(np.abs(center) ** 2.1)


def test_where_what_goes_into_a_part_may_be_wrong_it_says_so():
    told = of_one_part(search_of(*asked(SPREAD, through_a_wrong_name), through_a_wrong_name))
    assert told.startswith("The fault lies in one part, or in what goes into it. All else is right. ")


# --- What is opened does what it did ---


def closed(factor):
    """A function that holds a name of the one around it."""

    def inner(value, low, high):
        return factor * value if value > low else high

    return inner


def many_things(value, low, high):
    """Whatever Python has: unpacking, slices, keywords, f-strings, a nested function, an own error caught."""
    first, *rest = [value, low, high]
    table = {"a": first, **{"b": rest[-1]}}

    def nested(number, /, *, power=2):
        return number**power

    try:
        {}["missing"]
    except KeyError as error:
        text = f"{error!s:>12} {first:.{2}f}"
    total = sum(nested(number) for number in rest if number == number) + len(text[::2].strip())
    array = np.arange(6.0).reshape(2, 3)
    array[1, :-1] += first
    array[:, 0] *= -1 if not first else 1
    with np.errstate(all="ignore"):
        total += array.sum() if (n := array.shape[1]) > 2 else n
    for k, (a, b) in enumerate(zip(rest, rest[1:], strict=False)):
        total += a * b**k
    return total + table["a"] - (lambda x: x / 2)(table["b"])


@pytest.mark.parametrize(
    "function",
    [many_things, closed(3.0), kind, lambda value, low, high: math.hypot(value, low) if high > low else -high],
    ids=["many things", "enclosed", "words", "lambda"],
)
def test_an_opened_function_gives_what_the_function_gives(function):
    for case in KIND.cases(1):
        answer, kept = opened(function)(None, *case)
        assert answer == function(*case)
        assert kept


def test_all_right_answers_of_the_course_can_be_opened():
    for task_id in ("00.3", "03.1", "04.1", "04.4", "05.3", "06.6", "07.1", "12.2", "17.1"):
        question = load(task_id).asks
        for case in question.cases(0)[:3]:
            answer, _ = opened_reference(question.reference)(None, *case)
            np.testing.assert_equal(answer, question.reference(*case))


@pytest.mark.parametrize("function", [np.sum, partial(kind, 1.0), "text".upper, type("Call", (), {"__call__": kind})()])
def test_what_has_no_source_is_left_closed(function):
    assert opened(function) is None


# --- What learners write is hostile ---


def test_what_can_not_be_defined_anew_is_left_closed():
    gone = 0.1

    def counts(table):
        nonlocal gone
        gone += 1
        return spread(table) + gone

    space = {"np": np}
    exec("def annotated(table: 'np.ndarray', limit=missing): pass", space | {"missing": 1}, space)
    assert opened(counts) is None
    assert opened(space["annotated"]) is None


def test_an_array_of_truths_can_be_to_blame():
    def places_above(table):
        above = table > np.mean(table, axis=0)
        return np.sum(np.flatnonzero(above))

    def above_the_median(table):
        above = table > np.median(table)
        return np.sum(np.flatnonzero(above))

    def tall(random):
        for n in (4, 5, 7, 6):
            yield (random.uniform(1, 4, (n, 2)).round(2),)

    question = Question(places_above, (np.arange(8.0).reshape(4, 2) ** 2 + 1,), tall)
    told = of_one_part(search_of(*asked(question, above_the_median), above_the_median))
    assert "One number of table > np.median(table) is" in told


def random_answer(table):
    return np.random.default_rng().uniform() * spread(table)


def endless_if_changed(start, share, rounds):
    value, left = start, rounds
    while left > 0:
        left -= 1
        value -= share * value + 0.5 * max(value, 0)
    return value


def changes_its_input(table):
    table -= table.mean(axis=0) + 1
    return float(np.sum(table))


def deep(start, share, rounds):
    return start if rounds == 0 else deep(start * (1 - share), share, rounds - 1)


@pytest.mark.parametrize(
    ("question", "answer"),
    [(SPREAD, random_answer), (SPREAD, changes_its_input), (FADING, endless_if_changed), (FADING, deep)],
    ids=lambda each: getattr(each, "__name__", ""),
)
def test_no_answer_breaks_the_search(question, answer):
    verdict = judge(question, direct(answer), function=answer)
    assert not verdict.right


def test_the_search_ends_when_its_time_is_up(monkeypatch):
    monkeypatch.setattr(trying, "SECONDS", 0.0)
    assert of_one_part(search_of(*asked(SPREAD, round_median), round_median)) == ""
