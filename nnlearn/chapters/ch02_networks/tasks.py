"""The tasks of chapter 02: a sigmoid that doesn't overflow, and a layer backwards. The others are beside this file.

Each task stands on its own: the right answer, fixed and random inputs, and the mistakes that need a why. All others (a
sign, a factor, a sum along the other axis) are derived from the right answer's source.
"""
# mypy: allow-untyped-defs

import numpy as np
from scipy.special import log_softmax, softmax

from nnlearn.chapters.ch02_networks.cost_tasks import COSTS
from nnlearn.chapters.ch02_networks.gradient_tasks import IS_RIGHT
from nnlearn.chapters.ch02_networks.loss_tasks import WHICH_LOSS
from nnlearn.chapters.ch02_networks.verdict_tasks import DIAGNOSE
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 02.1 ------------------------------------------------------------------------------------------------------------


def as_it_is(right, *rest):
    """What is right."""
    return right


def stable_sigmoid(z, *, said=as_it_is, logarithm=as_it_is):
    """The right answer: no power of e is ever larger than 1."""
    small = np.exp(-np.abs(z))
    p = np.where(z >= 0, 1, small) / (1 + small)
    log_p = np.minimum(z, 0) - np.log1p(small)
    p = said(p, z)
    return p, logarithm(log_p, p, z)


FIXED_SCORES = (
    (1000.0,), (-1000.0,), (-720.0,), (720.0,), (-40.0,), (40.0,), (-27.0,), (-16.0,), (0.0,), (0.3,),
    (np.array([-1000.0, 0.5, 1000.0]),),
    (np.array([1000.0, 2.5]),),
    (np.array([[-800.0, 3.0], [0.25, 900.0], [-0.75, -35.0]]),),
    (np.array([3, -2, 0, 1]),), (np.array([-1, 2]),), (-3,),
    (np.array([-95.0, -2.5, 95.0], np.float32),), (np.array([100.0, -100.0], np.float32),),
)  # fmt: skip


def scores(random):
    """Moderate and large ones, alone and in arrays of one and of two axes."""
    for spread in (3.0, 5.0, 200.0, 1500.0):
        yield (round(random.normal(scale=spread), 2),)
        yield (random.normal(scale=spread, size=4).round(2),)
        yield (random.normal(scale=spread, size=(2, 3)).round(2),)
    yield (random.integers(-9, 10, 5),)


def of_plain_powers(z):
    """The code of the task: e**z divided by 1 + e**z."""
    e = np.exp(z)
    p = e / (1 + e)
    return p, np.log(p)


def branch_for_all(z):
    """One of the two forms for all scores, by their mean."""
    e = np.exp(z)
    return (stable_sigmoid(z)[0] if np.mean(z) < 0 else e / (1 + e)), stable_sigmoid(z)[1]


def on_wrong_sides(z):
    """The logarithm in the form that is good below 0 where z is above it, and the other way round."""
    return np.where(z >= 0, z - np.log(1 + np.exp(z)), -np.log(1 + np.exp(-z)))


WRONG_SIDES = mark("The power of z stands where z is 0 or more, and that of -z where it is below: each grows there, "
                   "and overflows. Exchange the two sides, so that no exponent is above 0.")  # fmt: skip
NOT_A_NUMBER = mark("For a large score you divide infinity by infinity, which is not a number (NaN). np.where computes "
                    "both of its choices everywhere, but shows only one: is each where it stays finite?")  # fmt: skip
BOTH = mark("Two things. For a large score infinity is divided by infinity: NaN. For a low one p is 0, and the "
            "logarithm of 0 is minus infinity: p has forgotten how low the score was, z has not.")  # fmt: skip
FORGOTTEN = mark("For a low score p is 0, and then it has forgotten how low: its logarithm is minus "
                 "infinity. Compute log_p from z.")  # fmt: skip
OVERFLOWS = mark("Inside your logarithm a power of e overflows where the score is low: it must have a sign "
                 "that makes it small there.")  # fmt: skip
OVERFLOWS_ABOVE = mark("Inside your logarithm a power of e overflows where the score is large: it must "
                       "have a sign that makes it small there.")  # fmt: skip
CLIPPED = mark("You clip the scores. Nothing overflows any more, but beyond the limit all scores give the same log_p, "
               "and a mistake there has no slope. There is a form that needs no limit.")  # fmt: skip
HIDDEN = mark("You put a number where the logarithm was infinite. What belongs there can be computed, from z.")
EPSILON = mark("You keep p away from 0 with a small number. So log_p stops there: at a score of -40 it is -40, not "
               "the logarithm of your number. Compute it from z.")  # fmt: skip
WHOLE = mark("Where z holds whole numbers, np.zeros_like(z), np.empty_like(z) and z.copy() take no fractions. Make an "
             "array of floats.")  # fmt: skip
TOGETHER = mark("You compare the scores with each other, as softmax does. Each is a question of its own here: its "
                "p depends on it alone.")  # fmt: skip
LIMITS_ALONE = mark("log_p is nearly z far below 0, and nearly 0 far above. You give these limits "
                    "everywhere; between them a logarithm has to be added.")  # fmt: skip
DOUBLED = mark("Your p is the sigmoid of twice the score: does tanh get half of it?")
BOTH_FALL = mark("Your log_p falls on both sides of 0. For a large score p is nearly 1, and its logarithm "
                 "nearly 0.")  # fmt: skip
OTHER_LOGARITHM = mark("log_p is the logarithm of 1 - p: that of the other label.")
NOT_NATURAL = mark("The loss takes the natural logarithm, np.log.")
OTHER_LABEL = mark("p falls where z grows: this is 1 - p, that of the other label. See the sign in the exponent.")
THRESHOLD = mark("You say 1 or 0. p is a probability: only far from 0 it comes close to them.")
ONE_FOR_ALL = mark("One score decides for all of them which form is taken. Each needs its own: np.where.")

LIMITS, EPSILONS = (10, 20, 30, 50, 100, 500, 700, 709), (1e-7, 1e-8, 1e-10, 1e-12, 1e-15)
TINY = (1e-9, 1e-16, 1e-20, 1e-30, 1e-100, 1e-300)  # as the least p they give the same

SIGMOID = Task(
    id="02.1",
    title=mark("A sigmoid that doesn't overflow"),
    text=mark(
        "Write stable_sigmoid(z), which returns two things, p and log_p: the sigmoid of each score in z, and its "
        "natural logarithm, of which the cross-entropy is made. z is a number or an array of any shape, of floats or "
        "whole numbers. The scores may be as far from 0 as 1000 or -1000: no answer is infinite or NaN, and both are "
        "right to five digits. What is within 1e-12 of 0 counts as 0."
    ),
    asks=Question(
        points=2,
        reference=stable_sigmoid,
        returns=("p", "log_p"),
        example=(np.array([1.2, -0.7, 3.1]),),
        inputs=scores,
        witnesses=FIXED_SCORES,
        advice=mark("At z = 0, p is 0.5 and log_p -0.693147. At z = -1000, p is 0 to all digits, and log_p -1000."),
        misconceptions=(
            Misconception(BOTH, of_plain_powers),
            Misconception(NOT_A_NUMBER, lambda z: (of_plain_powers(z)[0], stable_sigmoid(z)[1])),
            *(Misconception(CLIPPED, lambda z, k=k: stable_sigmoid(np.clip(z, -k, k))) for k in LIMITS[:2]),
            *(
                Misconception(
                    WRONG_SIDES, lambda z, floats=floats: (of_plain_powers(floats(z))[0], on_wrong_sides(floats(z)))
                )
                for floats in (np.asarray, np.float64)
            ),
            *(
                Misconception(WRONG_SIDES, lambda z, log_of=log_of: (of_plain_powers(z)[0], log_of(z)))
                for log_of in (lambda z: -np.log(1 + np.exp(-np.asarray(z))), lambda z: z - np.log(1 + np.exp(z)))
            ),
            *(Misconception(TOGETHER, lambda z, k=k: (softmax(z, k), log_softmax(z, k))) for k in (None, -1)),
            Misconception(WHOLE, lambda z: tuple(part.astype(np.asarray(z).dtype) for part in stable_sigmoid(z))),
            Misconception(DOUBLED, lambda z: stable_sigmoid(2 * np.asarray(z))),
            Misconception(ONE_FOR_ALL, branch_for_all),
        ),
        slots={
            "said": {
                lambda p, z: (1 + np.tanh(np.asarray(z, float) / 2)) / 2: "",  # is 0 at -40 already
                lambda p, z: (1 + np.tanh(np.asarray(z, float))) / 2: DOUBLED,
                lambda p, z: np.asarray(p).astype(np.asarray(z).dtype): WHOLE,
                lambda p, z: np.where(z >= 0, 1, 0): THRESHOLD,
                lambda p, z: 1 - p: OTHER_LABEL,
            },
            "logarithm": {
                lambda log_p, p, z: np.log(p): FORGOTTEN,
                lambda log_p, p, z: -np.log(1 + np.exp(-z)): OVERFLOWS,
                lambda log_p, p, z: z - np.log(1 + np.exp(z)): OVERFLOWS_ABOVE,
                **{lambda log_p, p, z, k=k: np.log(p + k): EPSILON for k in (*EPSILONS, *TINY)},
                **{lambda log_p, p, z, k=k: np.log(np.maximum(p, k)): EPSILON for k in EPSILONS},
                **{lambda log_p, p, z, k=k: stable_sigmoid(np.clip(z, -k, k))[1]: CLIPPED for k in LIMITS},
                lambda log_p, p, z: np.nan_to_num(np.log(p)): HIDDEN,
                lambda log_p, p, z: np.where(p > 0, np.log(p), 0): HIDDEN,
                lambda log_p, p, z: on_wrong_sides(np.asarray(z)): WRONG_SIDES,
                lambda log_p, p, z: stable_sigmoid(-z)[1]: OTHER_LOGARITHM,
                **{lambda log_p, p, z, k=k: log_p / np.log(k): NOT_NATURAL for k in (2, 10)},
                lambda log_p, p, z: np.minimum(z, 0): LIMITS_ALONE,
                lambda log_p, p, z: stable_sigmoid(-np.abs(z))[1]: BOTH_FALL,
            },
        },
    ),
)

# --- 02.3 ------------------------------------------------------------------------------------------------------------


def backward(dy, x, W, b, activation):
    """The right answer: first through the activation, then through the sum."""
    z = x @ W + b
    if activation == "tanh":
        y = np.tanh(z)
        slope = 1 - y**2
    else:
        y = 1 / (1 + np.exp(-z))
        slope = y * (1 - y)
    dz = dy * slope
    dW = x.T @ dz
    db = np.sum(dz, axis=0)
    dx = dz @ W.T
    return dW, db, dx


def layer(random, n, d, k, activation):
    """A layer of k units on n examples of d features, and a slope from behind it."""
    dy, x, W, b = (random.normal(size=shape).round(1) + 0.05 for shape in ((n, k), (n, d), (d, k), (k,)))
    return dy, x, W, b, activation


FIXED = np.random.default_rng(2)
FIXED_LAYERS = (
    layer(FIXED, 4, 3, 2, "tanh"),
    layer(FIXED, 3, 3, 3, "sigmoid"),  # no shape tells a matrix from its transpose
    layer(FIXED, 3, 3, 3, "tanh"),
    layer(FIXED, 1, 2, 3, "sigmoid"),
    layer(FIXED, 5, 1, 1, "tanh"),
)


def layers(random):
    """One example and one unit are among them, and as many examples as features and units."""
    for n, d, k in [(1, 1, 1), (1, 3, 2), (2, 2, 2), (3, 2, 1), (5, 3, 4), (6, 4, 4)]:
        for activation in ("sigmoid", "tanh"):
            yield layer(random, n, d, k, activation)


def through(way):
    """The three slopes from dz, which is found in another way: from dy, the score, the value and the activation."""

    def answer(dy, x, W, b, activation):
        z = x @ W + b
        dz = way(dy, z, value(z, activation), activation)
        return x.T @ dz, np.sum(dz, axis=0), dz @ W.T

    return answer


def value(z, activation):
    """What the activation gives."""
    return np.tanh(z) if activation == "tanh" else 1 / (1 + np.exp(-z))


def slope_of(y, activation):
    """The activation's slope where its value is y."""
    return 1 - y**2 if activation == "tanh" else y * (1 - y)


def handed_on(dW, db, dx):
    """The three slopes, where one of them is made in another way; each way gets dy, dz, x and W."""

    def answer(dy, x, W, b, activation):
        dz = dy * slope_of(value(x @ W + b, activation), activation)
        return dW(dy, dz, x, W), db(dy, dz, x, W), dx(dy, dz, x, W)

    return answer


def right_dW(dy, dz, x, W):
    """A row for each feature."""
    return x.T @ dz


def right_db(dy, dz, x, W):
    """Added up over the examples."""
    return np.sum(dz, axis=0)


def right_dx(dy, dz, x, W):
    """From all units back to each feature."""
    return dz @ W.T


def bent_at_x(again):
    """dx is multiplied by a slope at x: once more, or in place of that at the score."""

    def answer(dy, x, W, b, activation):
        dW, db, dx = backward(dy, x, W, b, activation)
        return dW, db, (dx if again else dy @ W.T) * slope_of(x, activation)

    return answer


TWO_FAULTS = mark("Two things. db is averaged over the examples, where the product for dW adds up. And what is handed "
                  "on as dx has not come through the activation.")  # fmt: skip
NO_SLOPE = mark("The activation's slope is missing: dy is the loss's slope behind the activation. What arrives before "
                "it, at the score, is dy times that slope.")  # fmt: skip
VALUE_AS_SCORE = mark("You take the slope at the value, as if it were the score: the activation is applied twice. Its "
                      "slope belongs to the score z, and can be written with the value there.")  # fmt: skip
SCORE_AS_VALUE = mark("You put the score into the formula that wants the value: the activation has to be applied "
                      "first.")  # fmt: skip
ONE_SLOPE = mark("You take one slope for both activations. Sigmoid and tanh have a formula each.")
TANH_SLOPE = mark("With the sigmoid all is right. The slope of tanh falls on both sides of 0, where its value "
                  "is near -1 or 1: something is squared.")  # fmt: skip
SIGMOID_SLOPE = mark("With tanh all is right. The slope of the sigmoid is small at both ends: where its value is "
                     "nearly 0, and where it is nearly 1.")  # fmt: skip
EXCHANGED = mark("Sigmoid and tanh, or their slopes, stand in each other's place.")
OTHER = {"sigmoid": "tanh", "tanh": "sigmoid"}
VALUE_FOR_SLOPE = mark("You multiply by the activation's value. It is its slope that says how the loss changes.")
AVERAGED = mark("db is averaged over the examples. The mean, if there is one, is in dy already: add up, as the product "
                "for dW does.")  # fmt: skip
DIVIDED = mark("You divide by the number of examples. The mean, if there is one, is in dy already.")
OLD_HANDED_ON = mark("dW and db are right. What you hand on as dx is made of dy: it has to come through the "
                     "activation first, like the others.")  # fmt: skip
OLD_WEIGHTS = mark("db and dx are right. dW is made of dy: W too lies before the activation.")
OLD_BIAS = mark("dW and dx are right. db is made of dy: the bias too lies before the activation.")
OTHER_AXIS = mark("dW and dx are right. db has a number for each unit: add up over the examples, which are the rows.")
BENT_AT_X = mark("dW and db are right. Between x and the score lies W alone: the activation comes behind it, and its "
                 "slope is in dz.")  # fmt: skip
ONLY_HANDED_ON = mark("dx is right. dW and db are made of dy: they too lie before the activation.")
SQUARE_W = mark("dx is right only where W is square, if at all: each feature collects from all units, so W must be "
                "turned over.")  # fmt: skip
NOT_BY_W = mark("dx stops at the score. x comes in there times W, and so does its slope.")
TRANSPOSED = mark("dW is the transpose of the right one. It has the shape of W: a row for each feature.")
NEW_W = mark("This is a step: W less its slope. The slope itself is asked for.")

BACKWARD = Task(
    id="02.3",
    title=mark("One layer backwards"),
    text=mark(
        "Write backward(dy, x, W, b, activation) for the layer y = f(x @ W + b), f the sigmoid or tanh: activation is "
        "'sigmoid' or 'tanh'. x has shape (n, d), W (d, k), b (k,); dy, shape (n, k), is the slope of a loss in y. "
        "Return dW, db, dx, the slopes of the same loss in W, b and x, each of the shape of what it belongs to."
    ),
    asks=Question(
        points=2,
        reference=backward,
        returns=("dW", "db", "dx"),
        example=layer(FIXED, 4, 3, 2, "sigmoid"),
        inputs=layers,
        witnesses=FIXED_LAYERS,
        advice=mark(
            "Take one example, one feature and one unit: x = [[2]], W = [[0]], b = [0], dy = [[1]]. With the sigmoid, "
            "dW is [[0.5]], db [0.25] and dx [[0]]; with tanh 2, 1 and 0."
        ),
        made_of=lambda dy, x, W, b, activation: {"n": len(x), "d": len(W), "k": len(b)},
        misconceptions=(
            Misconception(NO_SLOPE, through(lambda dy, z, y, f: dy)),
            Misconception(VALUE_AS_SCORE, through(lambda dy, z, y, f: dy * slope_of(value(y, f), f))),
            Misconception(SCORE_AS_VALUE, through(lambda dy, z, y, f: dy * slope_of(z, f))),
            *(Misconception(ONE_SLOPE, through(lambda dy, z, y, f, one=one: dy * slope_of(y, one)))
              for one in ("sigmoid", "tanh")),
            *(Misconception(ONE_SLOPE, through(lambda dy, z, y, f, one=one: dy * slope_of(value(z, one), one)))
              for one in ("sigmoid", "tanh")),
            Misconception(TANH_SLOPE, through(lambda dy, z, y, f: dy * (1 - y if f == "tanh" else slope_of(y, f)))),
            *(Misconception(SIGMOID_SLOPE, through(lambda dy, z, y, f, of=of:
                                                   dy * (slope_of(y, f) if f == "tanh" else of(y))))
              for of in (lambda y: y + y**2, lambda y: 1 - y)),
            Misconception(EXCHANGED, through(lambda dy, z, y, f: dy * slope_of(y, OTHER[f]))),
            Misconception(EXCHANGED, lambda dy, x, W, b, f: backward(dy, x, W, b, OTHER[f])),
            Misconception(VALUE_FOR_SLOPE, through(lambda dy, z, y, f: dy * y)),
            Misconception(DIVIDED, through(lambda dy, z, y, f: dy * slope_of(y, f) / len(dy))),
            Misconception(DIVIDED, handed_on(lambda dy, dz, x, W: x.T @ dz / len(x),
                                             lambda dy, dz, x, W: np.mean(dz, axis=0), right_dx)),
            Misconception(TWO_FAULTS, handed_on(right_dW, lambda dy, dz, x, W: np.mean(dz, axis=0),
                                                lambda dy, dz, x, W: dy @ W.T)),
            Misconception(AVERAGED, handed_on(right_dW, lambda dy, dz, x, W: np.mean(dz, axis=0), right_dx)),
            Misconception(OLD_HANDED_ON, handed_on(right_dW, right_db, lambda dy, dz, x, W: dy @ W.T)),
            Misconception(OLD_WEIGHTS, handed_on(lambda dy, dz, x, W: x.T @ dy, right_db, right_dx)),
            Misconception(OLD_BIAS, handed_on(right_dW, lambda dy, *rest: np.sum(dy, axis=0), right_dx)),
            Misconception(OTHER_AXIS, handed_on(right_dW, lambda dy, dz, x, W: np.sum(dz, axis=1), right_dx)),
            *(Misconception(BENT_AT_X, bent_at_x(again)) for again in (True, False)),
            Misconception(ONLY_HANDED_ON, handed_on(lambda dy, dz, x, W: x.T @ dy, lambda dy, *rest: dy.sum(axis=0),
                                                    right_dx)),
            Misconception(SQUARE_W, handed_on(right_dW, right_db, lambda dy, dz, x, W: dz @ W)),
            Misconception(NOT_BY_W, handed_on(right_dW, right_db, lambda dy, dz, x, W: dz)),
            Misconception(TRANSPOSED, handed_on(lambda dy, dz, x, W: dz.T @ x, right_db, right_dx)),
            Misconception(NEW_W, handed_on(lambda dy, dz, x, W: W - x.T @ dz, right_db, right_dx)),
        ),
    ),
)  # fmt: skip

TASKS = (SIGMOID, WHICH_LOSS, BACKWARD, IS_RIGHT, COSTS, DIAGNOSE)
