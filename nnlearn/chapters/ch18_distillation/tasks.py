"""The tasks of chapter 18; the two that decide or solve are beside this file."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.chapters.ch18_distillation.decision_tasks import LAST_LAYER, VERDICT
from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 18.1 ------------------------------------------------------------------------------------------------------------


def soften(logits, T):
    """The right answer: every row by itself, its largest number taken off before the powers."""
    divided = logits / T
    largest = divided.max(axis=1, keepdims=True)
    powers = np.exp(divided - largest)
    return powers / powers.sum(axis=1, keepdims=True)


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
        ),
        made_of=lambda logits, T: {"logits": logits, "T": T},
        advice=mark("[[5, 1, 0]] at T 4: exp of 1.25, 0.25 and 0, each over their sum: about 0.60, 0.22, 0.17. Adding "
                    "one number to a whole row changes nothing: which number keeps exp from overflowing?"),
        misconceptions=(
            Misconception(mark("You take the softmax of the softmax. Temperature divides the logits, the scores before "
                               "any softmax."), lambda z, T: soften(soften(z, 1.0), T)),
            Misconception(mark("You divide the probabilities by T and make them sum to 1 again: that gives them back "
                               "as they were. T belongs inside the exponent."), lambda z, T: soften(z, 1.0)),
            Misconception(mark("You multiply by T: that sharpens. A higher temperature is meant to soften."),
                          lambda z, T: soften(z, 1 / T)),
            Misconception(mark("exp of a large number overflows: inf / inf is nan. Take the row's largest number off "
                               "before."), lambda z, T: np.exp(z / T) / np.exp(z / T).sum(axis=1, keepdims=True)),
            Misconception(mark("Your columns sum to 1. An image is a row."), lambda z, T: soften(z.T, T).T),
        ),
    ),
)  # fmt: skip

# --- 18.2 ------------------------------------------------------------------------------------------------------------


def temperature_of(p, q):
    """The right answer: what divides the logits divides every difference of logarithms."""
    most = np.argmax(p)
    least = np.argmin(p)
    apart = np.log(p[most]) - np.log(p[least])
    softer = np.log(q[most]) - np.log(q[least])
    return apart / softer


def two_answers(random):
    """Answers of 2 to 10 classes, softened and sharpened."""
    for classes, T in [(2, 3.0), (3, 0.5), (10, 8.0), (5, 1.0), (4, 20.0), (6, 2.5)]:
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
            (np.array(p), soften(np.log([p]), T)[0]) for p, T in [((0.6, 0.3, 0.1), 2.0), ((0.05, 0.95), 0.5)]
        ),
        made_of=lambda p, q: {"p": p, "q": q, "log(p)": np.log(p), "log(q)": np.log(q)},
        advice=mark("p = [0.8, 0.2] has the ratio 4 : 1, and q = [2/3, 1/3] has 2 : 1. 2 is the square root of 4: T is "
                    "2. What do ratios become when you take logarithms?"),
        misconceptions=(
            Misconception(mark("That is 1 / T: which of the two answers is the softer one?"),
                          lambda p, q: 1 / temperature_of(p, q)),
            Misconception(mark("The largest probability doesn't shrink like 1 / T: all of them share the sum 1."),
                          lambda p, q: p.max() / q.max()),
            Misconception(mark("A logarithm of a probability is the logit less a number that the row has in common, "
                               "another one at each temperature. Differences of two logarithms are rid of it."),
                          lambda p, q: np.log(p.max()) / np.log(q.max())),
            Misconception(mark("A logarithm of a probability is the logit less a number that the row has in common, "
                               "another one at each temperature. Differences of two logarithms are rid of it."),
                          lambda p, q: np.mean(np.log(p) / np.log(q))),
            Misconception(mark("You compare differences of probabilities. T divides the logits: look at logarithms."),
                          lambda p, q: np.ptp(p) / np.ptp(q)),
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


def student_gradient(student, teacher, label, T, share):
    """The right answer: T (q - p) of the softened part, q - one-hot at temperature 1 of the other."""
    p = probabilities(teacher, T)
    q = probabilities(student, T)
    hard = probabilities(student, 1.0)
    right = np.eye(len(student))[label]
    from_teacher = T * (q - p)
    from_label = hard - right
    return share * from_teacher + (1 - share) * from_label


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
        misconceptions=(
            Misconception(mark("T**2 is forgotten: the derivative of student / T leaves 1 / T, and the factor T**2 of "
                               "the loss makes T of it. Without it the teacher is hardly heard."),
                          lambda z, v, y, T, a: (student_gradient(z, v, y, T, 1.0) * a / T**2
                                                 + student_gradient(z, v, y, T, 0.0) * (1 - a))),
            Misconception(mark("That is T**2 (q - p). The derivative of student / T in student is 1 / T, by the chain "
                               "rule: one T is left."),
                          lambda z, v, y, T, a: (student_gradient(z, v, y, T, 1.0) * a * T
                                                 + student_gradient(z, v, y, T, 0.0) * (1 - a))),
            Misconception(mark("You have softened one side alone. Teacher and student are compared at the same "
                               "temperature."),
                          lambda z, v, y, T, a: (a * T * (probabilities(z, 1.0) - probabilities(v, T))
                                                 + student_gradient(z, v, y, T, 0.0) * (1 - a))),
            Misconception(mark("You have softened the label's part, too. It is taken at temperature 1."),
                          lambda z, v, y, T, a: (student_gradient(z, v, y, T, 1.0) * a
                                                 + (probabilities(z, T) - np.eye(len(z))[y]) * (1 - a))),
            Misconception(mark("share is the teacher's. You gave it to the label."),
                          lambda z, v, y, T, a: student_gradient(z, v, y, T, 1 - a)),
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


def missing_bias(logits, k, share):
    """The right answer: of what each row lacks, in order, that of the last row that is needed."""
    gaps = gaps_of(logits, k)
    needed = int(np.ceil(share * len(gaps)))
    return np.sort(gaps)[needed - 1]


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
        ),
        made_of=lambda logits, k, share: {"logits": logits, "share": share},
        advice=mark("Logits [[4, 1], [2, 1.5], [3, 0]], k = 1: the rows lack 3, 0.5 and 3. With share 1/3 one row is "
                    "enough: 0.5. How many rows does a share of a half need, and what does the last of them lack?"),
        misconceptions=(
            Misconception(mark("A quantile lies between two rows. Count how many rows are needed: what the last of "
                               "them lacks is the answer."),
                          lambda z, k, share: np.quantile(gaps_of(z, k), share)),
            Misconception(mark("You round the number of rows down: then fewer than the share may say k."),
                          lambda z, k, share: missing_bias(z, k, max(1, int(share * len(z))) / len(z))),
            Misconception(mark("One row too many: place m of a list in order is its row m + 1."),
                          lambda z, k, share: np.sort([*gaps_of(z, k), np.inf])[int(np.ceil(share * len(z)))]),
            Misconception(mark("The largest score of a row may be that of k itself: then nothing is lacking. Compare "
                               "with the largest of the *others*."),
                          lambda z, k, share: np.sort(z.max(axis=1) - z[:, k])[int(np.ceil(share * len(z))) - 1]),
            Misconception(mark("You begin with the rows that lack most. Those that lack least say k first."),
                          lambda z, k, share: np.sort(gaps_of(z, k))[::-1][int(np.ceil(share * len(z))) - 1]),
            Misconception(mark("That is what is missing on average. A share of the rows is asked for."),
                          lambda z, k, share: np.mean(gaps_of(z, k))),
        ),
    ),
)  # fmt: skip

TASKS = (SOFTEN, TEMPERATURE_OF, STUDENT_GRADIENT, MISSING_BIAS, LAST_LAYER, VERDICT)
