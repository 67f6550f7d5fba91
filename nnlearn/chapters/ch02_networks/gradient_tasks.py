"""Task 02.4: whether a function is the gradient of another, by differences.

It stands on its own, as those in tasks.py.
"""
# mypy: allow-untyped-defs

from dataclasses import dataclass

import numpy as np

from nnlearn.checks import Array
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark


def is_right(f, g, theta):
    """The right answer: central differences, and the error as a share of the length."""
    h = 1e-5
    slopes = []
    for step in h * np.eye(len(theta)):
        rise = f(theta + step) - f(theta - step)
        slopes.append(rise / (2 * h))
    error = np.linalg.norm(g(theta) - slopes)
    if error < 0.003 * np.linalg.norm(slopes):
        return "yes"
    return "no"


@dataclass(frozen=True, repr=False)
class Waves:
    """f(theta) = scale * (height + k @ sin(rate * theta + k)), with k = [1, 2, ...]; theta has shape (d,)."""

    scale: float = 1.0
    rate: float = 3.0
    height: float = 0.0

    def __repr__(self) -> str:
        return f"{self.scale:g} * ({self.height:g} + k @ sin({self.rate:g} * theta + k)), k = [1, 2, ...]"

    def phases(self, theta: Array) -> tuple[Array, Array]:
        k = np.arange(1.0, len(theta) + 1)
        return k, self.rate * np.asarray(theta) + k

    def __call__(self, theta: Array) -> float:
        k, phases = self.phases(theta)
        return float(self.scale * (self.height + k @ np.sin(phases)))

    def gradient(self, theta: Array) -> Array:
        k, phases = self.phases(theta)
        slopes: Array = self.scale * self.rate * k * np.cos(phases)
        return slopes


@dataclass(frozen=True, repr=False)
class Bowl:
    """f(theta) = sum(curvatures * theta**2) / 2."""

    curvatures: tuple[float, ...]

    def __repr__(self) -> str:
        return f"{list(self.curvatures)} @ theta**2 / 2"

    def __call__(self, theta: Array) -> float:
        return float(np.array(self.curvatures) @ np.square(theta) / 2)

    def gradient(self, theta: Array) -> Array:
        slopes: Array = np.asarray(self.curvatures) * theta
        return slopes


def with_last(factor, slope):
    """A gradient whose last number is multiplied."""
    return np.append(slope[:-1], factor * slope[-1])


FAULTS = {  # how it is written, and what becomes of the gradient
    "none": ("{}", lambda slope: slope),
    "twice": ("2 * {}", lambda slope: 2 * slope),
    "2% too long": ("1.02 * {}", lambda slope: 1.02 * slope),
    "wrong sign": ("-{}", lambda slope: -slope),
    "first half": ("{} * [1/2, 1, ...]", lambda slope: with_last(0.5, slope[::-1])[::-1]),
    "last half": ("{} * [..., 1, 1/2]", lambda slope: with_last(0.5, slope)),
    "last sign": ("{} * [..., 1, -1]", lambda slope: with_last(-1, slope)),
    "reversed": ("{}[::-1]", lambda slope: slope[::-1]),
}


@dataclass(frozen=True, repr=False)
class Claimed:
    """What is said to be the gradient of f, with one of the FAULTS; at: the only place where it was ever computed."""

    f: Waves | Bowl
    fault: str = "none"
    at: tuple[float, ...] | None = None

    def __repr__(self) -> str:
        return FAULTS[self.fault][0].format(f"f'({'theta' if self.at is None else list(self.at)})")

    def __call__(self, theta: Array) -> Array:
        slope: Array = FAULTS[self.fault][1](self.f.gradient(np.array(theta if self.at is None else self.at)))
        return slope


def claimed(f, fault, *theta, at=None):
    """An input: a function, what is said to be its gradient, and where."""
    return f, Claimed(f, fault, at), np.array(theta)


NEAR_ITS_MINIMUM = Bowl((2.0, 1.0))
ONE_PLAYS_NO_PART = Bowl((3.0, 0.0, 1.0))
CLAIMS = (
    claimed(Waves(), "twice", 0.4, -1.1, 0.7),
    claimed(Waves(), "2% too long", 0.4, -1.1, 0.7),
    claimed(Waves(), "2% too long", -0.8),
    claimed(Waves(), "wrong sign", 0.9, 0.2),
    claimed(Waves(), "last half", 0.5, -0.4, 1.2),
    claimed(Waves(), "first half", 0.5, -0.4, 1.2),
    claimed(Waves(), "last sign", 0.5, -0.4, 1.2),
    claimed(Waves(), "reversed", 0.4, -1.1, 0.7),
    claimed(Waves(), "none", 0.4, -1.1, 0.7, at=(0.0, 0.0, 0.0)),
    claimed(Waves(), "none", 0.4, -1.1, 0.7, at=(0.4, -1.1, 0.7)),  # right there, and nowhere else
    claimed(Waves(), "none", 0.8, 0.3, at=(0.8, 0.3)),
    claimed(Waves(), "none", 0.0, 1.5, -0.3),  # h can't be a share of a number that is 0
    claimed(Waves(), "none", 0.6),
    claimed(Waves(rate=20.0), "none", 0.3, -0.6),  # bends too much for a large h
    claimed(Waves(rate=20.0), "none", 0.7),
    claimed(Waves(height=1000.0), "none", 0.4, -1.1, 0.7),  # too high for a small h
    claimed(Waves(rate=0.5, height=1000.0), "none", 0.4, -1.1),
    claimed(Waves(rate=0.1, height=1000.0), "none", 0.4, -1.1),
    claimed(Waves(height=-1000.0), "none", 1.4, 0.3),
    claimed(Waves(scale=1e-9), "none", 0.4, -1.1),
    claimed(Waves(scale=1e-9), "twice", 0.4, -1.1),
    claimed(Waves(scale=1e-9), "wrong sign", 0.8),
    claimed(Waves(scale=1e-6), "twice", 0.4, -1.1),
    claimed(Waves(scale=1e-4), "twice", 0.4, -1.1),
    claimed(Waves(scale=1e6), "none", 0.4, -1.1),
    claimed(Waves(scale=1e6), "none", -0.9, 0.1, 0.6),
    claimed(Waves(scale=1e6), "last half", 0.5, -0.4),
    claimed(NEAR_ITS_MINIMUM, "none", 1e-9, -2e-9),  # a step of one side lands on the slope beyond
    claimed(NEAR_ITS_MINIMUM, "none", 0.0025, -0.0025),
    claimed(NEAR_ITS_MINIMUM, "last half", 1e-9, -2e-9),
    claimed(NEAR_ITS_MINIMUM, "none", 2.0, -1.0),
    claimed(NEAR_ITS_MINIMUM, "twice", 2.0, -1.0),
    claimed(ONE_PLAYS_NO_PART, "none", 0.3, 1.0, -0.8),  # 0 divided by 0 is no number
    claimed(ONE_PLAYS_NO_PART, "twice", 0.3, 1.0, -0.8),
    claimed(NEAR_ITS_MINIMUM, "none", 1.0, 1e-12),  # one slope is less than what f rounds to
)


def claims(random):
    """Right and wrong ones at all scales, where no slope is nearly 0."""
    for d, scale in [(1, 1.0), (2, 1e-9), (2, 1.0), (3, 1e6), (4, 1.0), (3, 1e-4)]:
        f = Waves(scale)
        theta = random.uniform(-1.5, 1.5, d).round(2)
        while np.min(np.abs(np.cos(f.phases(theta)[1]))) < 0.2:
            theta = random.uniform(-1.5, 1.5, d).round(2)
        yield claimed(f, "none", *theta)
        yield claimed(f, random.choice(["twice", "wrong sign", "last half", "2% too long"]), *theta)


def central(h, f, theta):
    """The slope in each coordinate, from both sides."""
    return np.array([(f(theta + step) - f(theta - step)) / (2 * h) for step in h * np.eye(len(theta))])


def ahead(h, f, theta):
    """The slope in each coordinate, from the side ahead."""
    return np.array([(f(theta + step) - f(theta)) / h for step in h * np.eye(len(theta))])


def relative(slopes, g):
    """The error as a share of the length."""
    return np.linalg.norm(slopes - g) / np.linalg.norm(slopes)


def answer(good):
    """The word for what is found good."""
    return lambda f, g, theta: "yes" if good(f, g, theta) else "no"


def by(measured):
    """The right decision from slopes that are measured in another way."""
    return answer(lambda f, g, theta: relative(measured(f, theta), g(theta)) < 0.003)


def judged(good):
    """Another decision from slopes that are measured rightly."""
    return answer(lambda f, g, theta: good(central(1e-5, f, theta), g(theta)))


def not_put_back(f, g, theta):
    """Each coordinate is left where the second value was taken."""
    theta = np.array(theta, float)
    slopes = []
    for i in range(len(theta)):
        theta[i] += 1e-5
        above = f(theta)
        theta[i] -= 2e-5
        slopes.append((above - f(theta)) / 2e-5)
    return "yes" if relative(np.array(slopes), g(theta)) < 0.003 else "no"


def shares_of_theta(f, theta):
    """The slopes with steps that are a share of each coordinate."""
    steps = 1e-5 * np.asarray(theta, float)
    return np.array([
        (f(theta + each) - f(theta - each)) / (2 * step)
        for each, step in zip(np.diag(steps), steps, strict=True)
    ])  # fmt: skip


TOO_SMALL = mark("Your h is so small that f(theta + h) and f(theta - h) agree in nearly all their digits: the "
                 "difference is rounding. Take a larger one.")  # fmt: skip
TOO_LARGE = mark("Your h is so large that f bends on the way from theta - h to theta + h. Take a smaller one.")
ONE_SIDE = mark("You measure from one side. The error is then as large as h times the curvature, which is much where "
                "the gradient is small, as near a minimum. Measure ahead and behind.")  # fmt: skip
ABSOLUTE = mark("You look at the error as it is. Where the gradient is 1e-9 everything is closer than that, where it "
                "is 1e6 nothing is: compare the error with the gradient's length.")  # fmt: skip
ALLCLOSE = mark("np.allclose takes all numbers below 1e-8 for equal: a gradient of 1e-9 may then be anything. "
                "Compare lengths: np.linalg.norm of the error and of the gradient.")  # fmt: skip
AT_ZERO = mark("You check at zeros. Much is right there by chance, as where all p are 1/2: check at theta.")
ONE_COORDINATE = mark("You check one coordinate. A fault may be in any other.")
DIRECTION = mark("You compare directions alone: twice the gradient points the same way.")
LENGTH = mark("You compare lengths alone: the other way, or with two coordinates exchanged, it is as long.")
SUMMED = mark("You add the errors up before you take their size: those of different signs cancel.")
ALL_AT_ONCE = mark("You move all coordinates at once: that is one slope, in one direction. Move one at a time.")
NOT_PUT_BACK = mark("Each coordinate is left where the second value was taken, so that the next ones, and g, are asked "
                    "somewhere else. Put theta[i] back, or work on a copy.")  # fmt: skip
NO_STEP = mark("Your h is a share of theta, which is 0 where theta is: no step, and 0 divided by 0.")
EACH_ALONE = mark("You ask the same share of each coordinate. Where one slope is tiny beside the others, rounding of f "
                  "is larger than it; where it is 0, no error is smaller than a share of it, and 0 / 0 is NaN. Compare "
                  "the lengths of whole vectors.")  # fmt: skip
ANY = mark("You are content with one coordinate that fits. All have to.")
SIGNED = mark("An error may be negative, and is then smaller than any limit: take its size.")
STRICT = mark("You ask for too much: differences are never that close, they round and f bends.")
LAX = mark("You let too much pass: a gradient that is wrong by a hundredth is wrong.")
ALWAYS_NO = mark("You always say 'no'. Are both of your places the same array, so that the difference is 0? "
                 "ahead = theta makes no copy.")  # fmt: skip

IS_RIGHT = Task(
    id="02.4",
    title=mark("Is this the gradient?"),
    text=mark(
        "Write is_right(f, g, theta): whether g is the gradient of f at theta, 'yes' or 'no', by differences of f. f "
        "and g are functions of an array of shape (d,): f gives a number, g an array of shape (d,), and f is smooth. A "
        "right g is off by rounding alone, a wrong one by a hundredth of the gradient's length or more. The gradient "
        "is nowhere 0; it may be as short as 1e-9 and as long as 1e8. theta belongs to the caller, who finds it "
        "unchanged afterwards."
    ),
    asks=Question(
        points=2,
        reference=is_right,
        example=claimed(Waves(), "none", 0.4, -1.1, 0.7),
        inputs=claims,
        witnesses=CLAIMS,
        advice=mark(
            "Begin with f = lambda theta: theta @ theta, whose gradient is 2 * theta; then multiply both f and g by "
            "1e-9, and by 1e6. Does your answer stay?"
        ),
        misconceptions=(
            *(Misconception(TOO_SMALL, by(lambda f, theta, h=h: central(h, f, theta))) for h in (1e-12, 1e-14)),
            *(Misconception(TOO_LARGE, by(lambda f, theta, h=h: central(h, f, theta))) for h in (1, 0.1, 0.01)),
            *(Misconception(ONE_SIDE, by(lambda f, theta, h=h: ahead(h, f, theta))) for h in (1e-3, 1e-5)),
            *(Misconception(ABSOLUTE, judged(lambda slopes, g, e=e: np.max(abs(slopes - g)) < e))
              for e in (1e-2, 1e-4, 1e-6)),
            Misconception(ABSOLUTE, judged(lambda slopes, g: relative(slopes, g) * min(1, np.linalg.norm(g)) < 1e-4)),
            *(Misconception(ABSOLUTE, judged(lambda s, g, k=k: np.array_equal(np.round(s, k), np.round(g, k))))
              for k in (3,)),
            Misconception(ALLCLOSE, judged(np.allclose)),
            Misconception(AT_ZERO, lambda f, g, theta: is_right(f, g, 0.0 * theta)),
            *(Misconception(ONE_COORDINATE, judged(lambda slopes, g, i=i: relative(slopes[i:][:1], g[i:][:1]) < 0.003))
              for i in (0, -1)),
            Misconception(DIRECTION, judged(lambda s, g: s @ g > 0.9999 * np.linalg.norm(s) * np.linalg.norm(g))),
            Misconception(LENGTH, judged(lambda s, g: relative(np.linalg.norm(s), np.linalg.norm(g)) < 0.003)),
            Misconception(SUMMED, judged(lambda s, g: abs(np.sum(s - g)) < 0.003 * np.linalg.norm(s))),
            Misconception(ALL_AT_ONCE, by(lambda f, theta: (f(theta + 1e-5) - f(theta - 1e-5)) / 2e-5)),
            Misconception(NOT_PUT_BACK, not_put_back),
            Misconception(NO_STEP, by(shares_of_theta)),
            Misconception(EACH_ALONE, judged(lambda slopes, g: np.max(abs(slopes - g) / abs(slopes)) < 0.003)),
            Misconception(EACH_ALONE, judged(lambda slopes, g: np.all(abs(slopes - g) <= 0.003 * abs(g)))),
            Misconception(ANY, judged(lambda slopes, g: np.any(abs(slopes - g) <= 0.003 * abs(g)))),
            *(Misconception(SIGNED, judged(lambda s, g, sign=sign: np.all(sign * (s - g) < 0.003 * np.linalg.norm(s))))
              for sign in (1, -1)),
            Misconception(STRICT, judged(lambda slopes, g: relative(slopes, g) < 1e-10)),
            *(Misconception(LAX, judged(lambda slopes, g, e=e: relative(slopes, g) < e)) for e in (0.05, 0.6)),
            Misconception(ALWAYS_NO, lambda f, g, theta: "no"),
        ),
    ),
)  # fmt: skip
