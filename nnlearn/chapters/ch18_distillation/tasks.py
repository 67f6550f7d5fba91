"""The tasks of chapter 18; the two that decide or solve are beside this file."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch18_distillation.decision_tasks import LAST_LAYER, VERDICT
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 18.1 ------------------------------------------------------------------------------------------------------------


def soften(logits, T, *, heat=np.divide, largest=np.max, axis=1, total=np.sum):
    """The right answer: every row by itself, its largest number taken off before the powers."""
    divided = heat(logits, T)
    most = largest(divided, axis=axis, keepdims=True)
    powers = np.exp(divided - most)
    return powers / total(powers, axis=axis, keepdims=True)


def powered(z, T):
    """Probabilities to the power of 1 / T, as they come."""
    return soften(z, 1.0) ** (1 / T)


def less(z, off, of=1.0):
    """A softmax that takes something else off the logits."""
    powers = np.exp(z / of - off)
    return powers / powers.sum(axis=1, keepdims=True)


def log_soften(z, T):
    """Logarithms that don't underflow."""
    divided = z / T - (z / T).max(axis=1, keepdims=True)
    return divided - np.log(np.exp(divided).sum(axis=1, keepdims=True))


COLUMNS = mark("Your columns sum to 1. An image is a row.")
CUT_OFF = mark(
    "You cut large logits off: those beyond the limit become alike. Take the row's largest number off instead."
)
NO_LIMIT = mark(
    "What you take off leaves numbers above 0, which may be large: exp overflows. Take the row's largest off."
)
NO_T = mark(
    "T changes nothing in your answer. To divide the probabilities by T and make them sum to 1 again gives them back "
    "as they were; so does dividing what you take off each row alone. T divides each logit, before exp."
)


def rows_of_logits(random):
    """As many rows as classes, too; one row; large and negative logits; T below 1, 1 and above."""
    for n, classes, size, T in [(4, 4, 3, 2.0), (1, 5, 4, 0.5), (3, 6, 2, 1.0), (5, 3, 300, 20.0), (2, 10, 8, 8.0)]:
        yield random.normal(size=(n, classes)) * size, T


SOFTEN = Task(
    id="18.1", title=mark("Softened answers that don't overflow"),
    text=mark("Write soften(logits, T): logits of shape (n, K), T above 0. Return each row's probabilities at "
              "temperature T, shape (n, K). It must work for logits of 3,000 as well."),
    asks=Question(
        points=1, reference=soften, inputs=rows_of_logits,
        example=(np.array([[5.0, 1.0, 0.0], [-2.0, 3.0, 1.5]]), 4.0),
        witnesses=(
            (np.array([[3000.0, 2998.0, 0.0], [1.0, 2.0, 3.0]]), 2.0),
            (np.array([[-3000.0, -2998.0], [3.0, 2.5]]), 1.0),
            (np.array([[3000.0, 2990.0, 0.0], [0.5, 0.2, 0.1]]), 1.0),
            (np.array([[0.5, 0.1, -0.3]]), 0.5),
            (np.array([[3000.0, 0.0, 1500.0], [1.0, 2.0, 3.5]]), 1000.0),
        ),
        made_of=lambda logits, T: {"logits": logits, "T": T},
        advice=mark("[[5, 1, 0]] at T 4: exp of 1.25, 0.25 and 0, each over their sum: about 0.60, 0.22, 0.17. Adding "
                    "one number to a whole row changes nothing: which number keeps exp from overflowing?"),
        slots={
            "heat": {
                np.multiply: mark("You multiply by T: that sharpens. A higher temperature is meant to soften."),
                lambda z, T: z: NO_T,
                lambda z, T: soften(z, 1.0) / T: mark("You take the softmax of the softmax. Temperature divides the "
                                                      "logits, the scores before any softmax."),
            },
            "largest": {
                lambda z, **_: 0.0: mark("exp of a large number overflows: inf / inf is nan. Take the row's largest "
                                         "number off before."),
                np.mean: NO_LIMIT, np.min: NO_LIMIT,
                lambda z, **_: z.max(): mark("You take the largest number of the whole array off: in a row far below "
                                             "it all powers are 0, and 0 / 0 is nan. Take each row's own largest "
                                             "off."),
            },
            "axis": {0: COLUMNS, None: mark("All your numbers together sum to 1. Each row's must.")},
            "total": {
                lambda powers, **_: 1.0: mark("Your rows don't sum to 1. Divide the powers by their row's sum."),
            },
        },
        misconceptions=(
            Misconception(mark("You divide the probabilities by T: they no longer sum to 1. T divides the logits, "
                               "before exp."), lambda z, T: soften(z, 1.0) / T),
            Misconception(mark("A power of 1 / T of the probabilities no longer sums to 1: divide by the new sum. And "
                               "what was rounded to 0 stays 0: divide the logits by T rather."), powered),
            Misconception(mark("What softmax has rounded to 0 at temperature 1 stays 0 under any power. Divide the "
                               "logits by T, before exp."),
                          lambda z, T: powered(z, T) / powered(z, T).sum(axis=1, keepdims=True)),
            Misconception(NO_T, lambda z, T: less(z, z.max(axis=1, keepdims=True) / T)),
            Misconception(mark("You divide the logits by T, "
                               "but not the number that you "
                               "take off each row: where it "
                               "is large all powers are 0."), lambda z, T: less(z, z.max(axis=1, keepdims=True), T)),
            Misconception(mark("You return logarithms of the probabilities, as log_softmax does. Asked are the "
                               "probabilities."), log_soften),
            Misconception(COLUMNS, lambda z, T: soften(z, T, total=lambda powers, **_: powers.sum(axis=0))),
            Misconception(CUT_OFF, lambda z, T: less(np.clip(z / T, -700, 700), 0.0)),
        ),
    ),
)  # fmt: skip

# --- 18.2 ------------------------------------------------------------------------------------------------------------


def temperature_of(p, q, *, seen=np.log, quotient=np.divide, given=np.asarray):
    """The right answer: what divides the logits divides every difference of logarithms."""
    most = np.argmax(p)
    least = np.argmin(p)
    apart = seen(p[most]) - seen(p[least])
    softer = seen(q[most]) - seen(q[least])
    return given(quotient(apart, softer))


def line(x, y):
    """Slope and intercept of the line of least squares."""
    return np.polyfit(x, y, 1)


def entropy(p):
    """In nats."""
    return -np.sum(p * np.log(p))


IN_COMMON = mark(
    "A logarithm of a probability is the logit less a number that the row has in common, another one at "
    "each temperature. Differences of two logarithms are rid of it."
)
ORIGIN = mark(
    "You fit a line through the origin. Logarithms of p and q differ by a number that a whole row has in "
    "common, too: let the line have an intercept, or take differences of logarithms."
)
INTERCEPT = mark("That is the line's intercept. T is a slope, which np.polyfit gives first.")
ENTROPIES = mark(
    "T isn't a quotient of entropies. It divides the logits, so differences of two logarithms: compare "
    "these in p and in q."
)
UNPAIRED = mark(
    "You put p in order and leave q as it is: numbers of different classes meet. Order both alike, or neither."
)


def two_answers(random):
    """Answers of 2 to 10 classes, softened and sharpened; neither T nor 1 / T halfway between two whole numbers."""
    for classes, T in [(2, 3.0), (3, 0.45), (10, 8.0), (5, 1.0), (4, 20.0), (6, 2.6)]:
        z = random.normal(size=(1, classes)) * 3
        yield soften(z, 1.0)[0], soften(z, T)[0]


TEMPERATURE_OF = Task(
    id="18.2", title=mark("Infer the temperature"),
    text=mark("Write temperature_of(p, q): two answers of one teacher on one image, shape (K,), no two numbers of p "
              "alike. p is at temperature 1, q at T. Return T. You don't see the logits."),
    asks=Question(
        points=2, reference=temperature_of, inputs=two_answers,
        example=(np.array([0.9, 0.08, 0.02]), soften(np.log([[0.9, 0.08, 0.02]]), 4.0)[0]),
        witnesses=tuple(
            (np.array(p), soften(np.log([p]), T)[0])
            for p, T in [((0.6, 0.3, 0.1), 1.7), ((0.05, 0.95), 0.45), ((0.15, 0.4, 0.1, 0.35), 1.6)]
        ),
        made_of=lambda p, q: {"p": p, "q": q, "log(p)": np.log(p), "log(q)": np.log(q)},
        advice=mark("p = [0.8, 0.2] has the ratio 4 : 1, and q = [2/3, 1/3] has 2 : 1. 2 is the square root of 4: T is "
                    "2. What do ratios become when you take logarithms?"),
        slots={
            "seen": {np.copy: mark("You compare differences of probabilities. T divides the logits: look at "
                                   "logarithms.")},
            "quotient": {
                lambda apart, softer: softer / apart: mark("That is 1 / T: which of the two answers is the softer "
                                                           "one?"),
                np.subtract: mark("T divides what is apart in p: ask for a quotient, not for a difference."),
            },
            "given": {
                lambda T: max(T, 1.0): mark("You raise T to 1. It may lie below 1: then q is surer than p."),
                np.round: mark("You round to a whole number. Give all digits."),
                np.trunc: mark("You cut T to a whole number. Give all digits."),
            },
        },
        misconceptions=(
            Misconception(mark("The largest probability doesn't shrink like 1 / T: all of them share the sum 1."),
                          lambda p, q: p.max() / q.max()),
            Misconception(IN_COMMON, lambda p, q: np.log(p.max()) / np.log(q.max())),
            Misconception(IN_COMMON, lambda p, q: np.log(p[0]) / np.log(q[0])),
            Misconception(IN_COMMON, lambda p, q: np.mean(np.log(p) / np.log(q))),
            Misconception(IN_COMMON, lambda p, q: np.sum(np.log(p)) / np.sum(np.log(q))),
            Misconception(ORIGIN, lambda p, q: np.log(q) @ np.log(p) / (np.log(q) @ np.log(q))),
            Misconception(ORIGIN, lambda p, q: np.log(p) @ np.log(p) / (np.log(p) @ np.log(q))),
            Misconception(mark("Log odds are logits for two classes alone. Take differences of two logarithms."),
                          lambda p, q: np.ptp(np.log(p / (1 - p))) / np.ptp(np.log(q / (1 - q)))),
            Misconception(INTERCEPT, lambda p, q: line(np.log(q), np.log(p))[1]),
            Misconception(INTERCEPT, lambda p, q: line(np.log(p), np.log(q))[1]),
            Misconception(ENTROPIES, lambda p, q: entropy(q) / entropy(p)),
            Misconception(ENTROPIES, lambda p, q: entropy(p) / entropy(q)),
            Misconception(UNPAIRED, lambda p, q: np.diff(np.log(np.sort(p)[::-1]))[0] / np.diff(np.log(q))[0]),
            Misconception(UNPAIRED, lambda p, q: np.diff(np.log(np.sort(p)))[0] / np.diff(np.log(q))[0]),
            Misconception(UNPAIRED, lambda p, q: np.log(p.max() / p.min()) / np.log(q[0] / q[-1])),
            Misconception(UNPAIRED, lambda p, q: np.log(p.max() / p.min()) / np.log(q[-1] / q[0])),
            Misconception(mark("You compare ratios of probabilities. The ratio at T is the T-th root of that at 1."),
                          lambda p, q: (p.max() / p.min()) / (q.max() / q.min())),
        ),
    ),
)  # fmt: skip

# --- 18.3 ------------------------------------------------------------------------------------------------------------


def probabilities(logits, T):
    """Of one image, with small logits."""
    powers = np.exp(logits / T)
    return powers / powers.sum()


def once(T):
    """What is left of T**2."""
    return T


def at_one(student, T):
    """The label's part isn't softened."""
    return probabilities(student, 1.0)


def student_gradient(
    student,
    teacher,
    label,
    T,
    share,
    *,
    told=probabilities,
    said=probabilities,
    plain=at_one,
    factor=once,
    apart=np.subtract,
    pull=np.subtract,
    weight=np.asarray,
):
    """The right answer: T (q - p) of the softened part, q - one-hot at temperature 1 of the other."""
    p = told(teacher, T)
    q = said(student, T)
    hard = plain(student, T)
    right = np.eye(len(student))[label]
    from_teacher = factor(T) * apart(q, p)
    from_label = pull(hard, right)
    part = weight(share)
    return part * from_teacher + (1 - part) * from_label


def lessons(random):
    """Both parts, one alone; T 1 and above."""
    for classes, T, share in [(3, 2.0, 0.5), (5, 8.0, 0.3), (4, 1.0, 0.7), (10, 4.0, 1.0), (6, 3.0, 0.0)]:
        student, teacher = random.normal(size=(2, classes)) * 2
        yield student, teacher, int(random.integers(classes)), T, share


STUDENT_GRADIENT = Task(
    id="18.3", title=mark("Mend a student's gradient"),
    text=mark("Write student_gradient(student, teacher, label, T, share): logits of one image, shape (K,), and its "
              "label. The loss is share * T**2 * (sum of p * log(p / q)) + (1 - share) * (-log of the label's "
              "probability); p and q are teacher's and student's probabilities at temperature T, the label's part is "
              "at temperature 1. Return the slope in each of the student's logits."),
    asks=Question(
        points=2, reference=student_gradient, inputs=lessons,
        example=(np.array([1.0, -0.5, 0.2]), np.array([2.0, 0.3, -1.0]), 0, 4.0, 0.6),
        witnesses=(
            (np.array([0.5, 2.0, -1.0, 0.1]), np.array([3.0, 0.0, 1.0, -1.0]), 2, 2.0, 0.25),
            (np.array([0.5, 2.0]), np.array([-1.0, 1.7]), 1, 8.0, 1.0),
            (np.array([0.5, 2.0, 0.9]), np.array([-1.0, 0.5, 0.2]), 1, 5.0, 0.0),
        ),
        made_of=lambda student, teacher, label, T, share: {
            "student": student, "teacher": teacher, "T": T, "share": share, "(1 - share)": 1 - share,
        },
        advice=mark("share 1, T 2, two classes, student [0, 0], teacher [2, 0]: q = [0.5, 0.5], p about [0.73, 0.27]: "
                    "slopes about [-0.46, 0.46]. What does T**2 become when the derivative of student / T comes on "
                    "top?"),
        slots={
            "told": {
                lambda v, T: probabilities(v, 1.0): mark("The teacher's probabilities are at temperature 1 in your "
                                                         "answer. Both sides are compared at T."),
                lambda v, T: v: mark("The teacher gives logits. Make probabilities of them, at temperature T."),
                lambda v, T: v / T: mark("You divide the teacher's logits by T, but take no softmax."),
                lambda v, T: np.eye(len(v))[v.argmax()]: mark("You take the teacher's digit alone. Its probabilities "
                                                              "at T are asked for."),
            },
            "said": {lambda z, T: probabilities(z, 1.0): mark("The student's probabilities beside the teacher's are at "
                                                              "temperature 1 in your answer. Both are taken at T.")},
            "plain": {probabilities: mark("You have softened the label's part, too. It is taken at temperature 1.")},
            "factor": {
                lambda T: T**2: mark("That is T**2 (q - p). The derivative of student / T in student is 1 / T, by the "
                                     "chain rule: one T is left."),
                lambda T: 1 / T: mark("T**2 is forgotten: the derivative of student / T leaves 1 / T, and the factor "
                                      "T**2 of the loss makes T of it. Without it the teacher is hardly heard."),
                lambda T: 1.0: mark("The teacher's part has no factor. T**2 times the chain rule's 1 / T is T."),
            },
            "apart": {
                lambda q, p: p - q: mark("The teacher's part has the wrong sign: a slope is the student's less the "
                                         "teacher's."),
                lambda q, p: (q - p) / len(p): mark("You take the mean over the classes, PyTorch's default. The loss "
                                                    "adds them up."),
            },
            "pull": {
                lambda hard, right: (hard - right) * right: mark("The label's part reaches the label's logit alone. "
                                                                 "Raising another logit lowers the label's "
                                                                 "probability: its slope there is that class's "
                                                                 "probability."),
                lambda hard, right: hard: mark("In the label's part 1 is to be taken off at the label."),
            },
            "weight": {lambda share: 1 - share: mark("share is the teacher's. You gave it to the label.")},
        },
        misconceptions=(
            Misconception(mark("That is the direction downhill. The slope is asked for: student less teacher."),
                          lambda *case: -student_gradient(*case)),
        ),
    ),
)  # fmt: skip

# --- 18.4 ------------------------------------------------------------------------------------------------------------


def gaps_of(logits, k):
    """What logit k lacks in each row; below 0 where it is the largest."""
    others = np.delete(logits, k, axis=1)
    return others.max(axis=1) - logits[:, k]


def rivals(logits, k):
    """The largest score of the others in each row."""
    return np.delete(logits, k, axis=1).max(axis=1)


def missing_bias(
    logits, k, share, *, rival=rivals, apart=np.subtract, asked=np.asarray, rounding=np.ceil, order=np.sort
):
    """The right answer: of what each row lacks, in order, that of the last row that is needed."""
    gaps = asked(apart(rival(logits, k), logits[:, k]))
    needed = int(rounding(share * len(gaps)))
    return order(gaps)[needed - 1]


def not_yet(gaps):
    """Of the rows that don't say k."""
    return gaps[gaps > 0] if np.any(gaps > 0) else np.zeros(1)


def searched(z, k, share, step):
    """Upwards from 0, step by step."""
    added, gaps = 0.0, gaps_of(z, k)
    while np.mean(gaps <= added) < share:
        added += step
    return added


NEVER_BELOW = mark(
    "Your number is never below 0. It may be: where k is named too often already. Compare with the "
    "largest of the *others*, not of all, and cut nothing off at 0."
)
ROWS_DOWN = mark("You round the number of rows down: then fewer than the share may say k.")
NEAREST_ROWS = mark("You round the number of rows to the nearest. At least the share must say k: round up.")
IN_STEPS = mark(
    "You search upwards from 0 in steps. The number may lie below 0, and between two steps: it is what "
    "one of the rows lacks, exactly."
)


def scores(random):
    """Shares that are a whole number of rows and not; a bias that must be below 0; the first class and the last."""
    for n, classes, k, share, low in [(10, 4, 3, 0.25, 3), (8, 3, 0, 0.5, 2), (7, 5, 2, 1.0, 4), (12, 10, 9, 0.1, 5),
                                      (6, 3, 1, 0.5, -4)]:  # fmt: skip
        logits = random.normal(size=(n, classes)) * 2
        logits[:, k] -= low
        yield logits.round(3), k, share


MISSING_BIAS = Task(
    id="18.4", title=mark("Raise the score that was never asked for"),
    text=mark("A student has learned to give digit k too low a score. Write missing_bias(logits, k, share): logits "
              "of shape (n, K) on images without labels, share above 0 and at most 1. Return the least number (it may "
              "be below 0) that, added to logit k of every image, makes it at least as large as all others in at least "
              "share * n of the images."),
    asks=Question(
        points=2, reference=missing_bias, inputs=scores,
        example=(np.array([[4.0, 1.0, 0.5], [2.0, 3.5, 1.1], [0.3, 1.0, 0.9], [5.0, 0.0, -2.2]]), 2, 0.5),
        witnesses=(
            (np.array([[4.0, 1.0], [2.0, 3.5], [0.3, 1.0], [5.0, 0.2]]), 0, 0.3),
            (np.array([[0.3, 4.0, 9.0], [2.0, 3.5, 8.0], [0.3, 1.0, 7.5]]), 2, 0.6),
            (np.array([[4.0, 1.0, 0.5], [2.0, 3.5, 1.1], [0.3, 1.0, 0.9]]), 1, 1.0),
            (np.array([[4.01234, 1.2, 0.5], [2.0, 3.3, 1.1], [0.3, 1.4, 0.2], [5.0, -1.0, 0.4]]), 2, 0.7),
            (np.array([[1.3, 0.2, 0.5], [2.0, 3.3, 1.7], [0.9, 1.4, 0.2], [0.1, 4.4, 0.7]]), 1, 0.1),
        ),
        made_of=lambda logits, k, share: {"logits": logits, "share": share},
        advice=mark("Logits [[4, 1], [2, 1.5], [3, 0]], k = 1: the rows lack 3, 0.5 and 3. With share 1/3 one row is "
                    "enough: 0.5. How many rows does a share of a half need, and what does the last of them lack?"),
        slots={
            "rival": {
                lambda z, k: z.max(axis=1): NEVER_BELOW,
                lambda z, k: np.delete(z, k, axis=1).mean(axis=1): mark(
                    "You compare with the mean of the others. Their largest must be reached."),
                lambda z, k: np.maximum(np.delete(z, k, axis=1).mean(axis=1), z[:, k]): mark(
                    "You compare with the mean of the others, whose largest must be reached. And your number is never "
                    "below 0, as it may be."),
            },
            "apart": {lambda other, own: own - other: mark("You take the difference the other way round: a row "
                                                           "lacks what the largest other score is above k's.")},
            "asked": {not_yet: mark("You take the share of the rows that don't say k yet. It is of all n: those "
                                    "that say k already count.")},
            "rounding": {
                np.floor: ROWS_DOWN, lambda rows: max(1, np.floor(rows)): ROWS_DOWN,
                np.round: NEAREST_ROWS, lambda rows: max(1, np.round(rows)): NEAREST_ROWS,
            },
            "order": {lambda gaps: np.sort(gaps)[::-1]: mark("You begin with the rows that lack most. Those that lack "
                                                             "least say k first.")},
        },
        misconceptions=(
            Misconception(mark("One row too many: place m of a list in order is its row m + 1."),
                          lambda z, k, share: np.sort([*gaps_of(z, k), np.inf])[int(np.ceil(share * len(z)))]),
            Misconception(mark("One row too many: place m of a list in order is its row m + 1."),
                          lambda z, k, share: np.sort([*gaps_of(z, k), gaps_of(z, k).max()])[
                              int(np.ceil(share * len(z)))]),
            Misconception(mark("A quantile lies between two rows. Count how many rows are needed: what the last of "
                               "them lacks is the answer."),
                          lambda z, k, share: np.quantile(gaps_of(z, k), share)),
            *(Misconception(IN_STEPS, lambda z, k, share, step=step: searched(z, k, share, step))
              for step in (0.1, 0.01, 0.001)),
            Misconception(mark("That is what is missing on average. A share of the rows is asked for."),
                          lambda z, k, share: np.mean(gaps_of(z, k))),
        ),
    ),
)  # fmt: skip

TASKS = (SOFTEN, TEMPERATURE_OF, STUDENT_GRADIENT, MISSING_BIAS, LAST_LAYER, VERDICT)
