"""Task 02.5: the parameters and the multiplications of a network.

It stands on its own, as those in tasks.py.
"""
# mypy: allow-untyped-defs

from typing import Any

from nnlearn.exercises.task import Misconception, Question, Task
from nnlearn.language import mark


def kernel_weights(size, channels, outputs):
    """A square for each channel that comes in and each that goes out."""
    return size**2 * channels * outputs


def matrix_weights(height, width, channels, outputs):
    """Every unit sees every number."""
    return height * width * channels * outputs


def at_each_place(height, width, size, weights):
    """The multiplications of a kernel that is moved over a picture."""
    return height * width * weights


def on_the_picture(length, size):
    """How often a weight of a window that moves along one side lies on the picture, not on its padding."""
    return sum(0 <= place + offset - size // 2 < length for place in range(length) for offset in range(size))


def without_the_padding(height, width, size, weights):
    """What multiplies a padded 0 isn't counted."""
    return on_the_picture(height, size) * on_the_picture(width, size) * weights // size**2


def one_each(kind, outputs, channels):
    """A bias for each filter or unit."""
    return outputs


def costs(
    shape, layers, *,
    sides=lambda shape: shape, kernel=kernel_weights, matrix=matrix_weights, biases=one_each,
    moved=at_each_place, counted=lambda weights, outputs, kind: weights, framed=lambda length, size: length,
    pooled=lambda length, size, axis: length // size, compared=lambda numbers: 0,
    passed_on=lambda channels, outputs: outputs, pooling=lambda size, channels: 0, left=lambda length: 1,
):  # fmt: skip
    """The right answer: a kernel is multiplied at every place, a matrix once."""
    height, width, channels = sides(shape)
    parameters = 0
    multiplications = 0
    for layer in layers:
        if layer["kind"] == "conv":
            height = framed(height, layer["size"])
            width = framed(width, layer["size"])
            weights = kernel(layer["size"], channels, layer["outputs"])
            parameters = parameters + weights + biases(layer["kind"], layer["outputs"], channels)
            multiplications = multiplications + moved(
                height, width, layer["size"], counted(weights, layer["outputs"], layer["kind"])
            )
            channels = passed_on(channels, layer["outputs"])
        elif layer["kind"] == "pool":
            height = pooled(height, layer["size"], 0)
            width = pooled(width, layer["size"], 1)
            parameters = parameters + pooling(layer["size"], channels)
            multiplications = multiplications + compared(height * width * channels * layer["size"] ** 2)
        else:
            weights = matrix(height, width, channels, layer["outputs"])
            parameters = parameters + weights + biases(layer["kind"], layer["outputs"], channels)
            multiplications = multiplications + counted(weights, layer["outputs"], layer["kind"])
            height = left(height)
            width = left(width)
            channels = layer["outputs"]
    return parameters, multiplications


def by_places(shape, layers):
    """The picture as one row of places, which pooling divides by its window's."""
    return costs(
        (shape[0] * shape[1], 1, shape[2]), layers, pooled=lambda length, size, axis: max(1, length // size**2)
    )


def biases_once(*case):
    """Each bias counts as one multiplication, and is not moved over the picture."""
    parameters, multiplications = costs(*case)
    return parameters, multiplications + parameters - costs(*case, biases=lambda *of: 0)[0]


def conv(size, outputs):
    """A convolution with square windows."""
    return {"kind": "conv", "size": size, "outputs": outputs}


def pool(size):
    """A pooling."""
    return {"kind": "pool", "size": size}


def dense(outputs):
    """A layer whose units see all."""
    return {"kind": "dense", "outputs": outputs}


def at_every_place(shape, layers):
    """A dense layer is a convolution whose windows are one place wide."""
    return costs(shape, [conv(1, each["outputs"]) if each["kind"] == "dense" else each for each in layers])


NETWORKS: tuple[Any, ...] = (
    ((8, 8, 1), [dense(10)]),
    ((5, 7, 3), [conv(3, 4)]),
    ((7, 11, 2), [conv(3, 5), pool(2), conv(5, 3), pool(3), dense(4)]),
    ((1, 1, 6), [dense(5), dense(3)]),
    ((4, 6, 2), [dense(5), dense(3)]),
    ((6, 4, 1), [pool(2), dense(7), dense(4)]),
    ((9, 10, 3), [pool(4), dense(2)]),
    ((10, 7, 4), [pool(3), conv(1, 7)]),
    ((12, 13, 3), [conv(1, 2), conv(3, 5), dense(2)]),
    ((6, 5, 2), []),
)


def networks(random):
    """From one dense layer to a small convolutional network; sides that a window divides, and others."""
    for convolutions, matrices in [(0, 1), (1, 0), (0, 2), (1, 1), (2, 1), (2, 2)]:
        layers = []
        for _ in range(convolutions):
            layers += [
                conv(int(random.choice([1, 3, 5])), int(random.integers(2, 9))),
                pool(int(random.integers(2, 4))),
            ]
        layers += [dense(int(random.integers(2, 12))) for _ in range(matrices)]
        yield tuple(map(int, random.integers([10, 10, 1], [17, 17, 4]))), layers


CHANNELS_IN = mark("You forget the channels that come in: each filter has a square of weights for every one of them.")
CHANNELS_OUT = mark("You forget the channels that go out: each of them has a filter of its own.")
ALWAYS_3 = mark("Your filters are always 3 x 3. Their 'size' may be another.")
ONE_SIDE = mark("A window of size 3 has nine places, not three.")
NO_PLACES = mark("A dense layer sees every number that arrives: each channel at each place, not each channel once.")
NO_CHANNELS = mark("A dense layer sees every number that arrives: each place in each channel, not each place once.")
EACH_PLACE = mark("Your dense layer works on the channels of each place by itself. Here it sees all numbers that "
                  "arrive at once, and what it gives is no picture any more.")  # fmt: skip
SQUARE = mark("You take one side for both. Height and width of a picture may differ.")
CHANNELS_FIRST = mark("The shape is height, width and channels, in this order. You take the channels first.")
NO_FILTER_BIAS = mark("The biases of the filters are forgotten: every channel that goes out has one.")
NO_UNIT_BIAS = mark("The biases of the dense layers are forgotten: every unit has one.")
NO_BIAS = mark("The biases are forgotten: every unit, and every channel that goes out, has one.")
ONE_BIAS = mark("You count one bias a layer. Every unit, and every channel that goes out, has its own.")
ONCE = mark("You let each weight of a filter multiply once. A filter is moved over the picture, and multiplies at "
            "every place.")  # fmt: skip
SHRUNK = mark("Your pictures lose their border at each convolution. These are padded, and stay as large as they were.")
WIDENED = mark("You count the padding as a part of the picture. What comes out is as large as what came in.")
NOT_SHRUNK = mark("Pooling by 2 leaves half of the rows and of the columns. Yours leaves all.")
STEP_ONE = mark("Your window of the pooling moves on by one place. Here each window lies beside the one before.")
ROUNDED_UP = mark("A window that hangs over the edge is left out: the division rounds down.")
NOT_WHOLE = mark("A part of a row or column is carried on. At each pooling the division rounds down, to whole windows.")
AREA = mark("You round the number of places. Rows and columns are rounded down each for itself: 5 x 5 leaves 2 x 2.")
HALVED = mark("Your pooling always halves. Its window may be 3 or 4 places wide.")
OLD_CHANNELS = mark(
    "The next layer gets as many channels as the convolution has outputs. You go on with the old number."
)
ALL_CHANNELS = mark("A filter adds up over the channels that come in. You let the number of channels multiply.")
STILL_A_PICTURE = mark("After a dense layer there is no picture any more: what goes on is as many numbers as it has "
                       "outputs.")  # fmt: skip
POOLING = mark("Pooling has no weights: it takes the largest number of a window, and learns nothing.")
SAME = mark("You give one number twice. Where a weight is used at many places, there are more multiplications than "
            "parameters; and a bias is added.")  # fmt: skip
ADDITIONS = mark("You count the additions as well, as FLOPs do. Multiplications alone are asked for.")
COMPARED = mark("You count the pooling's places among the multiplications. It compares, and multiplies nothing.")
BIAS_MULTIPLIES = mark("You count the biases among the multiplications. They are added.")

COSTS = Task(
    id="02.5",
    title=mark("What a network costs"),
    text=mark(
        "Write costs(shape, layers), which returns two whole numbers for one picture, parameters and multiplications. "
        "shape is the picture's height, width and channels; layers is a list of dicts with a 'kind'. 'conv' has "
        "'outputs' filters, each with a square window of side 'size' for every channel that comes in, and a bias; the "
        "picture is padded, so that height and width stay, and at the padded border every weight counts as a "
        "multiplication too. 'pool' takes the largest of each square window of side 'size'; the windows lie side by "
        "side, and what doesn't fill one is left out. 'dense' has 'outputs' units with biases, which see all numbers "
        "that arrive."
    ),
    asks=Question(
        points=2,
        reference=costs,
        returns=("parameters", "multiplications"),
        example=((6, 9, 2), [conv(3, 5), pool(2), dense(7)]),
        inputs=networks,
        witnesses=NETWORKS,
        advice=mark(
            "On a 4 x 4 picture with one channel, 3 x 3 filters with 2 outputs have 20 parameters and 288 "
            "multiplications; pooling by 2 costs none, and 3 units after it have 27 and 24."
        ),
        slots={
            "sides": {
                lambda shape: (shape[0], shape[0], shape[2]): SQUARE,
                lambda shape: (shape[1], shape[1], shape[2]): SQUARE,
                lambda shape: (shape[1], shape[2], shape[0]): CHANNELS_FIRST,
            },
            "kernel": {
                lambda size, channels, outputs: 9 * channels * outputs: ALWAYS_3,
                lambda size, channels, outputs: size**2 * outputs: CHANNELS_IN,
                lambda size, channels, outputs: size**2 * channels: CHANNELS_OUT,
                lambda size, channels, outputs: size * channels * outputs: ONE_SIDE,
            },
            "matrix": {
                lambda height, width, channels, outputs: channels * outputs: NO_PLACES,
                lambda height, width, channels, outputs: height * width * outputs: NO_CHANNELS,
            },
            "biases": {
                lambda kind, outputs, channels: 0: NO_BIAS,
                lambda kind, outputs, channels: 1: ONE_BIAS,
                lambda kind, outputs, channels: outputs * (kind == "dense"): NO_FILTER_BIAS,
                lambda kind, outputs, channels: outputs * (kind == "conv"): NO_UNIT_BIAS,
                lambda kind, outputs, channels: outputs * (channels if kind == "conv" else 1): mark(
                    "You give a filter a bias for each channel that comes in. It has one, however many these are."
                ),
            },
            "counted": {
                lambda weights, outputs, kind: weights + outputs: BIAS_MULTIPLIES,
                **{
                    lambda weights, outputs, kind, only=only: weights + outputs * (kind == only): BIAS_MULTIPLIES
                    for only in ("conv", "dense")
                },
            },
            "compared": {lambda numbers: numbers: COMPARED},
            "moved": {
                lambda height, width, size, weights: weights: ONCE,
                without_the_padding: mark(
                    "You leave out what multiplies a 0 of the padding. At the border every weight counts, too."
                ),
            },
            "framed": {
                lambda length, size: length - size + 1: SHRUNK,
                lambda length, size: length + size - 1: WIDENED,
            },
            "pooled": {
                lambda length, size, axis: length: NOT_SHRUNK,
                lambda length, size, axis: length - size + 1: STEP_ONE,
                lambda length, size, axis: -(-length // size): ROUNDED_UP,
                lambda length, size, axis: length // 2: HALVED,
                lambda length, size, axis: length / size: NOT_WHOLE,
                lambda length, size, axis: round(length / size): mark(
                    "You round to the nearest. What doesn't fill a window is left out: the division rounds down."
                ),
                **{
                    lambda length, size, axis, only=only: length // size if axis == only else length: mark(
                        "Your pooling divides one side of the picture. A square window divides rows and columns."
                    )
                    for only in (0, 1)
                },
            },
            "passed_on": {
                lambda channels, outputs: channels: OLD_CHANNELS,
                lambda channels, outputs: channels * outputs: ALL_CHANNELS,
                lambda channels, outputs: channels + outputs: mark(
                    "You add the outputs to the channels that came in. They come in their place."
                ),
            },
            "left": {lambda length: length: STILL_A_PICTURE},
            "pooling": {
                lambda size, channels: size**2 * channels: POOLING,
                lambda size, channels: size**2 * channels + channels: POOLING,
            },
        },
        misconceptions=(
            Misconception(ADDITIONS, lambda *case: (costs(*case)[0], 2 * costs(*case)[1])),
            Misconception(SAME, lambda *case: (costs(*case)[0],) * 2),
            Misconception(SAME, lambda *case: (costs(*case)[1],) * 2),
            Misconception(
                NOT_WHOLE, lambda *case: tuple(map(int, costs(*case, pooled=lambda n, size, axis: n / size)))
            ),
            Misconception(AREA, by_places),
            Misconception(EACH_PLACE, at_every_place),
            Misconception(BIAS_MULTIPLIES, biases_once),
        ),
    ),
)
