"""The two tasks of chapter 15 about whole units: the rows of a filter in the next layer, and units that died."""
# mypy: allow-untyped-defs

import numpy as np

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark

# --- 15.2 ------------------------------------------------------------------------------------------------------------


def rows_of_filter(number, height, width, filters, pool, *, left=lambda pixels, h, w, p: pixels, first=lambda n: n):
    """The right answer: the channels of a pixel stand side by side, so a filter comes again after all of them."""
    down = height // pool
    right = width // pool
    pixels = np.arange(left(down * right, height, width, pool))
    return pixels * filters + first(number)


def images(random):
    """Images that aren't square, pools that leave a border, the first filter and the last."""
    for pool, filters in [(1, 3), (2, 5), (3, 4), (2, 7)]:
        height, width = int(random.integers(6, 14)), int(random.integers(6, 14))
        yield int(random.integers(0, filters)), height, width, filters, pool
        yield filters - 1, width + 1, height, filters, pool


ROWS_OF_FILTER = Task(
    id="15.2", title=mark("The rows of a filter"),
    text=mark("A convolution with some filters gives images of height times width (pixels row by row, the filters of a "
              "pixel side by side). They are pooled (the largest of each pool x pool pixels; what fills no window is "
              "left out) and flattened. Write rows_of_filter(number, height, width, filters, pool): the rows of the "
              "next dense layer's kernel that the filter of this number (from 0) leads to, in rising order."),
    asks=Question(
        points=2, reference=rows_of_filter, example=(2, 7, 4, 5, 2), inputs=images,
        witnesses=((0, 4, 6, 3, 1), (1, 4, 6, 3, 1), (2, 9, 5, 4, 3), (3, 6, 5, 4, 2), (1, 3, 8, 2, 2)),
        made_of=lambda *case: dict(zip(("number", "height", "width", "filters", "pool"), case, strict=True)),
        advice=mark("4 x 4 pixels, pool 2, 3 filters: 12 rows. Filter 0 leads to rows 0, 3, 6, 9. How many rows lie "
                    "between two of the same filter?"),
        misconceptions=(
            Misconception(mark("You take a block of rows, as if each filter's image stood by itself. Here a pixel's "
                               "filters stand side by side."),
                          lambda n, h, w, f, p: n * (h // p) * (w // p) + np.arange((h // p) * (w // p))),
            Misconception(mark("Those are places before the pool. After it the pixels are counted anew, from 0."),
                          lambda n, h, w, f, p: np.add.outer(np.arange(h // p) * w, np.arange(w // p)).ravel() * p * f
                          + n),
            Misconception(mark("These are the rows, but not in rising order. How do the pixels follow each other?"),
                          lambda n, h, w, f, p: rows_of_filter(n, h, w, f, p).reshape(h // p, w // p).T.ravel()),
            Misconception(mark("You give as many rows as filters, a whole image apart: it is the other way round."),
                          lambda n, h, w, f, p: np.arange(f) * (h // p) * (w // p) + n),
        ),
        slots={
            "left": {
                lambda n, h, w, p: h * w: mark("You forget the pool: after it an image has fewer pixels."),
                lambda n, h, w, p: h * w // p:
                    mark("A pool shortens both sides: it leaves one of pool * pool pixels, not one of pool."),
                lambda n, h, w, p: h * (w // p): mark("You divide the width alone. A pool shortens both sides."),
                lambda n, h, w, p: h // p * w: mark("You divide the height alone. A pool shortens both sides."),
                lambda n, h, w, p: h * w // p**2:
                    mark("A window that isn't full is left out. Divide and round down each side before you multiply."),
                lambda n, h, w, p: -(h // -p) * -(w // -p):
                    mark("You round sides up. What fills no window is left out."),
                lambda n, h, w, p: (h - p + 1) * (w - p + 1): mark("Your windows overlap. Here they lie side by side."),
            },
            "first": {lambda n: n - 1: mark("Filters are counted from 0 here.")},
        },
    ),
)  # fmt: skip

# --- 15.4 ------------------------------------------------------------------------------------------------------------


def without_dead(kernel, bias, following, next_bias, *,
                 led=lambda kernel, bias, following: np.any(kernel != 0, axis=0),
                 said=lambda bias, following: np.maximum(bias, 0) @ following):  # fmt: skip
    """The right answer: what a dead unit says is the same for all examples, and goes into the next bias."""
    alive = led(kernel, bias, following)
    constant = said(bias[~alive], following[~alive])
    return kernel[:, alive], bias[alive], following[alive], next_bias + constant


def layers(random):
    """Dead units with biases above 0 and below, inputs that lead nowhere, units whose weights cancel; none dead."""
    for inputs, units, outputs, dead in [(3, 5, 2, (1, 3)), (4, 6, 3, (0, 2, 5)), (5, 3, 4, ()), (2, 4, 5, (3,))]:
        kernel = random.normal(size=(inputs, units)).round(3)
        kernel[:, list(dead)] = 0
        kernel[0, : units // 2] = 0
        bias = random.uniform(0.2, 1, units) * np.where(np.arange(units) % 2, 1, -1)
        yield kernel, bias.round(3), random.normal(size=(units, outputs)).round(3), random.normal(size=outputs).round(3)


ONE_END = mark("You ask one end of the weights alone. A unit whose largest weight is 0, or whose least, may have "
               "others, and lives.")  # fmt: skip
CANCEL = np.array([[1.0, 0.0, -2.0, 0.0], [-1.0, 0.0, 0.5, 0.0], [0.0, 0.0, 0.0, 0.0]])
WITHOUT_DEAD = Task(
    id="15.4", title=mark("Units that died"),
    text=mark("A dense layer with relu, kernel (inputs, units) and bias (units,), is followed by a dense layer, "
              "following (units, outputs) and next_bias (outputs,). After pruning all weights into some units are 0. "
              "Write without_dead(kernel, bias, following, next_bias): return the four arrays without these units; the "
              "network must give the same outputs as before, for every input."),
    asks=Question(
        points=2, reference=without_dead, returns=("kernel", "bias", "following", "next_bias"), inputs=layers,
        example=(np.array([[0.7, 0.0, -0.2, 0.0], [0.0, 0.0, 1.1, 0.0], [-0.4, 0.0, 0.9, 0.0]]),
                 np.array([0.3, 0.8, -0.5, -0.6]), np.array([[1.2, -0.7], [0.4, 2.0], [-1.5, 0.6], [3.0, 0.9]]),
                 np.array([0.1, -0.2])),
        witnesses=(
            (CANCEL, np.array([0.5, 0.3, -0.2, 0.9]), np.arange(8.0).reshape(4, 2) - 3, np.array([1.0, 2.0])),
            (CANCEL, np.array([0.5, -0.3, 0.2, -0.9]), np.arange(8.0).reshape(4, 2) - 2.5, np.array([1.0, 2.0])),
            (np.array([[0.0, 2.0, -1.0]]), np.array([0.7, 0.1, -0.3]), np.array([[1.5], [-2.0], [0.4]]), np.ones(1)),
            (CANCEL, np.array([0.0, 0.4, 0.0, 0.0]), np.eye(4, 3, -1) * 5, np.array([1.0, 2.0, 0.0])),
            (np.array([[-0.5, 0.0, 0.0], [0.0, 0.0, 0.8]]), np.array([0.6, 0.9, 0.4]), np.array([[2.0], [3.0], [-1.0]]),
             np.ones(1)),
        ),
        made_of=lambda *case: dict(zip(("kernel", "bias", "following", "next_bias"), case, strict=True)),
        advice=mark("A unit without inputs, bias 2, weight 3 to the output: what does it add to the output, whatever "
                    "comes in? And with bias -2?"),
        slots={
            "led": {
                lambda k, b, f: k.sum(axis=0) != 0: mark("Weights that cancel, 1 and -1, add up to 0, and the unit "
                                                         "lives. Ask each weight."),
                **dict.fromkeys((lambda k, b, f: k.max(axis=0) != 0, lambda k, b, f: k.min(axis=0) != 0,
                                 lambda k, b, f: k.max(axis=0) > 0), ONE_END),
                lambda k, b, f: np.all(k != 0, axis=0): mark("You take out every unit with a zero among its weights. "
                                                             "Dead is one whose weights are all 0."),
                lambda k, b, f: f.any(axis=1): mark("You ask what leads *out* of a unit. What leads into a dead one?"),
                lambda k, b, f: k.any(axis=0) & f.any(axis=1): mark("You take out units that lead nowhere, too. Asked "
                                                                    "are those into which nothing leads."),
                lambda k, b, f: k.any(axis=0) | (b > 0): mark("A bias above 0 doesn't keep a unit alive."),
                lambda k, b, f: k.any(axis=0) | (b != 0): mark("A bias doesn't keep a unit alive."),
            },
            "said": {
                lambda bias, f: bias @ f: mark("The relu stands between: a unit with a bias below 0 says nothing."),
                lambda bias, f: np.abs(bias) @ f: mark("The relu doesn't turn signs: a unit with a bias below 0 says "
                                                       "nothing."),
                lambda bias, f: np.maximum(bias @ f, 0): mark("The relu is each unit's own: it comes before the "
                                                              "weights out, not after them."),
                lambda bias, f: 0: mark("A dead unit isn't silent: where its bias is above 0 it says the same for "
                                        "every input. Where does that belong when it is gone?"),
                lambda bias, f: np.maximum(bias, 0).sum(): mark("What a dead unit says goes through its own weights to "
                                                                "each output. You add one number to all."),
            },
        },
        misconceptions=(
            Misconception(mark("You leave the dead units' rows in the following kernel: it doesn't fit any more."),
                          lambda k, b, f, n: (*without_dead(k, b, f, n)[:2], f, without_dead(k, b, f, n)[3])),
            Misconception(mark("You add what all units say of an input of zeros. Only a dead one says that always."),
                          lambda k, b, f, n: (*without_dead(k, b, f, n)[:3], n + np.maximum(b, 0) @ f)),
            Misconception(mark("You put zeros instead of taking out. The layer is meant to become smaller."),
                          lambda k, b, f, n: (k, b * k.any(0), f * k.any(0)[:, None], without_dead(k, b, f, n)[3])),
        ),
    ),
)  # fmt: skip
