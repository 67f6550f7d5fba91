"""Wrong answers to the exercises, written as a learner might write them.


WRONG: ten to each that are on no list of misconceptions. UNNOTICED: such that few inputs or only a special one betrays,
with a piece of the sentence that they get.
"""

import math

import numpy as np
import scipy.linalg
import scipy.special
from scipy.optimize import brentq


def gradient(X, y, theta, weights):
    return 2 / np.sum(weights) * X.T @ (weights * (X @ theta - y))


def walk(step):
    """descend, with another step."""

    def descend(gradient, theta, rate, steps):
        rows = [np.array(theta, float)]
        for t in range(steps):
            rows.append(step(rows, gradient(rows[-1]), rate, t, steps))
        return np.array(rows)

    return descend


def right_rows(gradient, theta, rate, steps):
    return walk(lambda rows, g, rate, t, steps: rows[-1] - rate * g)(gradient, theta, rate, steps)


def limit_of(first, second, share, count=lambda share, n: round(share * n)):
    """The size of the smallest weight that stays."""
    sizes = np.sort(np.abs(np.concatenate([first.ravel(), second.ravel()])))
    return np.append(sizes, np.inf)[count(share, len(sizes))]


def cut_kernels(stays=lambda size, limit: size >= limit, count=lambda share, n: round(share * n)):
    """one_cut, with another border or count."""

    def answer(first, second, share):
        limit = limit_of(first, second, share, count)
        return tuple(np.where(stays(np.abs(w), limit), w, 0) for w in (first, second))

    return answer


def both_penalties(w, g, rate, l1, l2):
    z = w - rate * g
    return (z - np.clip(z, -rate * l1, rate * l1)) / (1 + rate * l2)


def dead_units(k, b, f, n, led=lambda k: (k != 0).any(axis=0), said=lambda b: np.maximum(b, 0)):
    alive = led(k)
    return k[:, alive], b[alive], f[alive], n + said(b[~alive]) @ f[~alive]


def sparse_zeros(rows, columns, value, index):
    return next(
        zeros
        for zeros in range(rows * columns + 1)
        if (rows * columns - zeros) * (value + index) + (rows + 1) * index < rows * columns * value
    )


def what_was_done(
    limit=0.75,
    new=lambda share, limit: share < limit,
    lost=lambda before, after: np.any((before == 0) & (after != 0)),
    alive=lambda before, after: after != 0,
    equal=np.array_equal,
):
    """verdict, with another test."""

    def answer(before, after):
        both = (before != 0) & (after != 0)
        if equal(before, after):
            return "untouched"
        if both.any() and new(np.mean(before[both] * after[both] > 0), limit):
            return "new"
        if lost(before, after):
            return "mask lost"
        return "pruned" if equal(before[alive(before, after)], after[alive(before, after)]) else "trained on"

    return answer


def in_batches(X, y, orders, B, rate):
    theta = np.zeros(X.shape[1])
    for order in orders:
        for k in range(0, len(y), B):
            part = order[k : k + B]
            theta = theta - 2 * rate / len(part) * X[part].T @ (X[part] @ theta - y[part])
    return theta


def order_word(epochs):
    lists = [list(map(int, epoch)) for epoch in epochs]
    if any(len(set(each)) < len(each) for each in lists):
        return "drawn"
    return "kept" if all(each == sorted(each) for each in lists) else (
        "once" if all(each == lists[0] for each in lists) else "shuffled")  # fmt: skip


def arrival(batches, steps, price, width):
    time, batch = min((s * (price + math.ceil(b / width)), b) for b, s in zip(batches, steps, strict=True))
    return batch, time


def start_twice(gradient, theta, rate, steps):
    rows = [theta]
    for _ in range(steps):
        rows.append(theta)
        theta = theta - rate * gradient(theta)
    return np.array(rows)


def generated(gradient, theta, rate, steps):
    yield theta
    for _ in range(steps):
        theta = theta - rate * gradient(theta)
        yield theta


def with_momentum(rows, g, rate, t, steps):
    last = rows[-1] - rows[-2] if t else 0
    return rows[-1] - rate * g + 0.9 * last


def largest(X):
    return np.linalg.eigvalsh(X.T @ X)[-1]


def one_power_step(X):
    v = X.T @ X @ np.ones(X.shape[1])
    return len(X) * np.linalg.norm(v) / np.linalg.norm(X.T @ X @ v)


def logarithm(rate, curvature):
    return math.log(abs(1 - rate * curvature))


def momentum(theta, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient
    return theta + velocity, velocity


def nesterov(theta, velocity, gradient, rate, beta):
    return momentum(theta, velocity, gradient(theta + beta * velocity), rate, beta)


def no_return(theta, velocity, gradient, rate, beta):
    velocity = beta * velocity - rate * gradient(theta + beta * velocity)
    theta = theta + velocity


def steps_that_shrink(start, rate, steps):
    places = [start]
    for k in range(steps):
        places.append(places[-1] - rate / (k + 1) * valley_slope(places[-1]))
    return places


def valley_path(start, rate, steps):
    places = [start]
    for _ in range(steps):
        places.append(places[-1] - rate * valley_slope(places[-1]))
    return places


def valley_slope(theta):
    return theta**3 - theta + 0.2


def append_assigned(start, rate, steps):
    theta, places = start, [start]
    for _ in range(steps):
        theta = theta - rate * valley_slope(theta)
        places = places.append(theta)
    return places


def printed(start, rate, steps):
    for theta in valley_path(start, rate, steps):
        print(theta)


def overwritten(start, rate, steps):
    places = [start]
    for k in range(steps):
        places[k + 1] = places[k] - rate * valley_slope(places[k])
    return places


def pops(path):
    last, before = path.pop(), path.pop()
    if not abs(last) <= 1000:
        return "diverged"
    return "settled" if abs(last - before) < 0.01 else "cycling"


def only_if(path):
    if abs(path[-1] - path[-2]) < 0.001:
        return "settled"
    if not abs(path[-1]) <= 1000:
        return "diverged"


def word(lost, still):
    return "diverged" if lost else "settled" if still else "cycling"


def quarter(images, clockwise):
    return np.rot90(images, -1 if clockwise else 1, (1, 2))


def shifted(images, dy, dx):
    result = np.roll(images, (dy, dx), (1, 2))
    result[:, slice(0, dy) if dy >= 0 else slice(dy, None)] = 0
    result[:, :, slice(0, dx) if dx >= 0 else slice(dx, None)] = 0
    return result


def padded(images, dy, dx):
    return np.pad(images, ((0, 0), (dy, 0), (dx, 0)))[:, : images.shape[1], : images.shape[2]]


def pushed(images, dy, dx):
    result = np.zeros_like(images)
    for y in range(images.shape[1]):
        for x in range(images.shape[2]):
            result[:, y + dy, x + dx] = images[:, y, x]
    return result


def codes_and_scale(x, bits):
    scale = np.abs(x).max() / (2 ** (bits - 1) - 1)
    return np.round(x / scale), scale


def spread(x, bits):
    codes, scale, zero_point = spread_beyond(x, bits)
    return np.clip(codes, 0, 2**bits - 1), scale, zero_point


def spread_beyond(x, bits):
    low, high = min(x.min(), 0), max(x.max(), 0)
    scale = (high - low) / (2**bits - 1)
    return np.round(x / scale) + np.round(-low / scale), scale, np.round(-low / scale)


def each_scale(weights, bits):
    largest = np.abs(weights).reshape(-1, weights.shape[-1]).max(axis=0)
    return np.where(largest > 0, largest / (2 ** (bits - 1) - 1), 1)


def product(a, b, scale):
    return a @ b.astype(int) * scale


def scale_count(shape, axis):
    return 1 if axis is None else shape[axis]


def size(shape, bits, axis):
    return math.ceil(math.prod(shape) * bits / 8) + 4 * scale_count(shape, axis)


def one_half(images):
    for column in range(images.shape[2] // 2 + 1):
        images[:, :, column] = images[:, :, -1 - column]
    return images


def sliced(images, dy, dx):
    result = np.zeros(images.shape)
    result[:, dy:, dx:] = images[:, : images.shape[1] - dy, : images.shape[2] - dx]
    return result


def sliced_both_ways(images, dy, dx):
    result = np.zeros(images.shape, images.dtype)
    height, width = images.shape[1:3]
    to_y, from_y = slice(max(0, dy), height + min(0, dy)), slice(max(0, -dy), height - max(0, dy))
    to_x, from_x = slice(max(0, dx), width + min(0, dx)), slice(max(0, -dx), width - max(0, dx))
    result[:, to_y, to_x] = images[:, from_y, from_x]
    return result


def blanked_above_and_left(images, dy, dx):
    result = np.roll(images, (dy, dx), axis=(1, 2))
    result[:, :dy], result[:, :, :dx] = 0, 0
    return result


def one_end_tested(images, dy, dx):
    height, width = images.shape[1:3]
    result = np.zeros_like(images)
    for y in range(height):
        for x in range(width):
            if y - dy < height and x - dx < width:
                result[:, y, x] = images[:, y - dy, x - dx]
    return result


def into_bytes(images, dy, dx):
    return shifted(images, dy, dx).astype(np.uint8)


def from_the_smallest(x, bits):
    scale = (x.max() - x.min()) / (2**bits - 1)
    return np.round((x - x.min()) / scale), scale, np.round(-x.min() / scale)


def first_of_all(images):
    result = np.zeros_like(images)
    for k in range(len(images)):
        result[k] = np.fliplr(images[k])
        return result


def to_the_place_before(images):
    result = np.zeros_like(images)
    for column in range(images.shape[2]):
        result[:, :, column] = images[:, :, images.shape[2] - 2 - column]
    return result


def up_to_the_last(images):
    result = np.zeros_like(images)
    for column in range(images.shape[2] - 1):
        result[:, :, column] = images[:, :, -1 - column]
    return result


def row_of_pixels(images):
    n, height = images.shape[:2]
    return images.reshape(n, height, -1)[:, :, ::-1].reshape(images.shape)


def turned_in_place(images, clockwise):
    result = np.zeros_like(images)
    for k in range(len(images)):
        result[k] = np.rot90(images[k], -1 if clockwise else 1)
    return result


def one_place_off(images, clockwise):
    n, height, width = images.shape[:3]
    result = np.zeros((n, width, height, *images.shape[3:]))
    for y in range(height):
        for x in range(width):
            if clockwise:
                result[:, x, height - 2 - y] = images[:, y, x]
            else:
                result[:, width - 2 - x, y] = images[:, y, x]
    return result


def blanked_by_elif(images, dy, dx):
    result = np.roll(images, (dy, dx), axis=(1, 2))
    if dy > 0:
        result[:, :dy] = 0
    elif dy < 0:
        result[:, dy:] = 0
    elif dx > 0:
        result[:, :, :dx] = 0
    elif dx < 0:
        result[:, :, dx:] = 0
    return result


def blanked_too_little(images, dy, dx):
    result = np.roll(images, (dy, dx), axis=(1, 2))
    for axis, step in ((1, dy), (2, dx)):
        border = np.moveaxis(result, axis, 0)
        border[slice(0, step - 1) if step > 0 else slice(step + 1, None) if step < 0 else slice(0)] = 0
    return result


def picked(images, dy, dx, first=0, gap=0):
    height, width = images.shape[1:3]
    result = np.zeros_like(images)
    for y in range(height):
        for x in range(width):
            if first <= y - dy < height - gap and first <= x - dx < width - gap:
                result[:, y, x] = images[:, y - dy, x - dx]
    return result


def kept_if_too_far(images, dy, dx):
    if abs(dy) >= images.shape[1] or abs(dx) >= images.shape[2]:
        return images
    return shifted(images, dy, dx)


def guarded(weights, bits, empty):
    return np.where(empty(weights.reshape(-1, weights.shape[-1])), 1, each_scale(weights, bits))


def nine_in_ten(plain, momentum):
    won, lost = np.sum(momentum < plain), np.sum(momentum > plain)
    return "momentum" if 10 * won >= 9 * len(plain) else "plain" if 10 * lost >= 9 * len(plain) else "open"


def sign_test(wins, losses):
    ways = sum(math.comb(wins + losses, k) for k in range(min(wins, losses) + 1))
    return min(1, 2 * ways / 2 ** (wins + losses))


def centred(x, zero):
    """Codes without their zero point, in integers that hold the sums."""
    return x.astype(int) - zero


def requantized(products, bias, multiplier, zero):
    sums = products + bias
    return sums, np.clip(np.round(sums * multiplier) + zero, 0, 255)


def layer(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    return requantized(centred(x, x_zero) @ centred(w, w_zero), bias, multiplier, y_zero)


def layer_but(change):
    """The right sums, and other codes, from the steps and their zero point."""

    def answer(x, x_zero, w, w_zero, bias, multiplier, y_zero):
        sums, _ = layer(x, x_zero, w, w_zero, bias, multiplier, y_zero)
        return sums, change(np.round(sums * multiplier), y_zero)

    return answer


def layer_in(x_type, w_type, kept=np.asarray):
    """The products in other types of numbers."""

    def answer(x, x_zero, w, w_zero, bias, multiplier, y_zero):
        products = (x.astype(x_type) - x_zero) @ (w.astype(w_type) - w_zero)
        return requantized(kept(products), bias, multiplier, y_zero)

    return answer


def sums_in_floats(x, x_zero, w, w_zero, bias, multiplier, y_zero):
    sums = np.zeros((len(x), w.shape[1]))
    for i, j in np.ndindex(sums.shape):
        for k in range(len(w)):
            sums[i, j] += (int(x[i, k]) - x_zero) * (int(w[k, j]) - w_zero)
    return requantized(sums, bias, multiplier, y_zero)


def one_bit(w):
    return np.where(w < 0, -1, 1) * np.mean(np.abs(w))


def rounded_steps(gradient, w, rate, steps):
    for _ in range(steps):
        w = one_bit(w) - rate * gradient(one_bit(w))
    return w


def trained_through(gradient, w, rate, steps, seen=one_bit):
    for _ in range(steps):
        w = w - rate * gradient(seen(w))
    return w


def sigmoid(z):
    return np.exp(np.minimum(z, 0)) / (1 + np.exp(-np.abs(z)))


def log_sigmoid(z):
    return -np.logaddexp(0, -np.asarray(z))


def with_if(z):
    if z >= 0:
        return 1 / (1 + np.exp(-z)), -np.log1p(np.exp(-z))
    return np.exp(z) / (1 + np.exp(z)), z - np.log1p(np.exp(z))


def with_math(z):
    p = 1 / (1 + math.exp(-z))
    return p, math.log(p)


FOUR = ("mean cross-entropy", "summed cross-entropy", "mean squared error", "summed squared error")


def word_nearest(pull, squeeze=sigmoid):
    """which_loss: the word whose gradient is nearest; those of the squared error are made with another pull."""

    def which_loss(X, y, theta, g):
        p = squeeze(X @ theta)
        entropy, squares = X.T @ (p - y), X.T @ pull(p, y)
        found = (entropy / len(y), entropy, squares / len(y), squares)
        return FOUR[np.argmin([np.linalg.norm(each - g) for each in found])]

    return which_loss


def by_the_first_number(X, y, theta, g):
    p = sigmoid(X @ theta)
    entropy, squares = X.T @ (p - y), X.T @ (2 * (p - y) * p * (1 - p))
    found = (entropy / len(y), entropy, squares / len(y), squares)
    return FOUR[np.argmin([abs(each[0] - g[0]) for each in found])]


def slopes_of(dy, x, W, b, activation):
    y = np.tanh(x @ W + b) if activation == "tanh" else sigmoid(x @ W + b)
    dz = dy * (1 - y * y if activation == "tanh" else y * (1 - y))
    return x.T @ dz, dz.sum(axis=0), dz @ W.T


def in_place(dy, x, W, b, activation):
    y = np.tanh(x @ W + b) if activation == "tanh" else sigmoid(x @ W + b)
    dy *= 1 - y * y if activation == "tanh" else y * (1 - y)
    return x.T @ dy, dy.sum(axis=0), dy @ W.T


def each_example(dy, x, W, b, activation):
    slopes = [slopes_of(dy[i : i + 1], x[i : i + 1], W, b, activation) for i in range(len(x))]
    return np.array([dW for dW, _, _ in slopes]), np.array([db for _, db, _ in slopes]), slopes[0][2]


def differences(f, theta, h=1e-5):
    return np.array([(f(theta + step) - f(theta - step)) / (2 * h) for step in h * np.eye(len(theta))])


def close_enough(slopes, g):
    return "yes" if np.linalg.norm(slopes - g) < 1e-3 * np.linalg.norm(g) else "no"


def costs_but(conv_parameters=None, conv_products=None, dense_products=None, bias=1, pool_channels=False):
    """costs, with another formula somewhere."""

    def costs(shape, layers):
        height, width, channels = shape
        parameters = products = 0
        for layer in layers:
            size, outputs = layer.get("size"), layer.get("outputs")
            if layer["kind"] == "conv":
                weights = size * size * channels * outputs
                known = (height, width, size, channels, outputs)
                parameters += conv_parameters(*known) if conv_parameters else weights + outputs
                products += conv_products(*known) if conv_products else height * width * weights
                channels = outputs
            elif layer["kind"] == "pool":
                height, width = height // size, width // size
                channels = channels // size if pool_channels else channels
            else:
                weights = height * width * channels * outputs
                parameters += weights + bias * outputs
                products += dense_products(weights, outputs) if dense_products else weights
                height, width, channels = 1, 1, outputs
        return parameters, products

    return costs


def size_of_dense(shape, layers):
    return sum(layer["size"] * layer["outputs"] for layer in layers), 0


def word_of_chain(norms, limit=100, first=0):
    share = norms[first] / norms[-1]
    return "vanishing" if share <= 1 / limit else "exploding" if share >= limit else "healthy"


def whole_chain(norms):
    return bool(np.all(np.isfinite(norms))) and min(norms) > 0


def chain_word(norms, word):
    return word(norms) if whole_chain(norms) else "broken"


def adagrad(total):
    """The latest gradient over the root of a total."""
    return lambda g, rate, eps: -rate * g[-1] / (np.sqrt(total(g)) + eps)


def of_settings(**by_rule):
    """Each rule's two powers of c: "momentum" (-1, 0), and so on; what is not given is right."""
    right = {"momentum": (-1, 0), "norm": (-1, -2), "adagrad": (0, 1), "rmsprop": (0, 1), "keras": (0, 2)} | by_rule

    def answer(method, rate, other, c):
        first, second = right[{"norm-scaled": "norm", "rmsprop, keras": "keras"}.get(method, method)]
        return rate * c**first, other * c**second

    return answer


def adam_but(k=None, **changes):
    """Adam's step of exercise 07 with another m, v, t, step or update."""

    def answer(theta, m, v, g, made, rate, b1, b2, eps):
        t = changes.get("t", made + 1)
        m = changes.get("m", lambda: b1 * m + (1 - b1) * g)() if k is None else k(m, g, b1)
        v = b2 * v + (1 - b2) * g**2
        return theta - rate * m / (1 - b1**t) / (np.sqrt(v / (1 - b2**t)) + eps), m, v

    return answer


def which_rule(rates_of, same_in_step=True):
    """The right answer, from other rates."""

    def answer(steps, gradients):
        rates = rates_of(steps, gradients)
        roots = np.sqrt(np.cumsum(gradients**2, axis=0))
        near = lambda a, b: np.allclose(a, b, rtol=1e-3, atol=0)  # noqa: E731
        if near(rates, rates[0, 0]):
            return "descent"
        if same_in_step and near(rates, rates[:, :1]):
            return "norm-scaled"
        return "adagrad" if near(rates * roots, (rates * roots)[0]) else "rmsprop"

    return answer


def corrected_rmsprop(gradient, theta, rate, rho, epsilon, steps):
    """Corrected for the start at zero, as in Adam."""
    path, v = [theta], 0 * theta
    for t in range(1, steps + 1):
        g = gradient(theta)
        v = rho * v + (1 - rho) * g**2
        theta = theta - rate * g / (np.sqrt(v / (1 - rho**t)) + epsilon)
        path.append(theta)
    return np.array(path)


def rmsprop_loop(mean=lambda v, g, rho: rho * v + (1 - rho) * g**2, root=lambda v, eps: np.sqrt(v) + eps, skip=0):
    """The loop of RMSprop, with another mean or root, and the first places left out."""

    def answer(gradient, theta, rate, rho, epsilon, steps):
        path, v = [theta], 0 * theta
        for _ in range(steps):
            g = gradient(theta)
            v = mean(v, g, rho)
            theta = theta - rate * g / root(v, epsilon)
            path.append(theta)
        return np.array(path[skip:])

    return answer


def right_adam(theta, m, v, g, made, rate, b1, b2, eps):
    return adam_but()(theta, m, v, g, made, rate, b1, b2, eps)


def steps_to_border(v, rate, L, b1, b2):
    return np.log((rate * (1 - b1) * L / 2 / (1 + b1)) ** 2 / v) / np.log(b2)


def rule_of(one, ten):
    more, size = abs(one[1] / one[0]), abs(ten[0] / one[0])
    if size > 3:
        return "momentum" if more > 1.001 else "SGD"
    return "uncorrected" if more > 1.001 else "RMSprop" if more < 0.999 else "Adam"


def winner_of(one, other, wins=None):
    for rule in (one, other):
        if np.nanargmin(rule["tuning"]) in (0, len(rule["tuning"]) - 1):
            return "not tuned"
    a, b = (np.nan_to_num(rule["fresh"], nan=np.inf) for rule in (one, other))
    wins = wins or (lambda a, b: np.all(a < b))
    return "one" if wins(a, b) else "other" if wins(b, a) else "tie"


def widest(parameters, depth, count=None):
    """14.2, with another count."""
    count = count or (lambda width: 65 * width + (depth - 1) * width * (width + 1) + 10 * width + 10)
    return next(width for width in range(parameters + 2) if count(width + 1) > parameters)


def shrunk(layers, parameters, flops, over):
    """14.3, the two currencies compared in another way."""
    large, slow = (over(sum(layer[k] for layer in layers), most) for k, most in ((1, parameters), (2, flops)))
    if sum(layer[1] for layer in layers) <= parameters and sum(layer[2] for layer in layers) <= flops:
        return "none"
    return max(layers, key=lambda layer: layer[1 if large >= slow else 2])[0]


def paired(a, b, enough):
    """14.5, with another number of seeds."""
    won, lost = sum(x > y for x, y in zip(a, b)), sum(x < y for x, y in zip(a, b))  # noqa: B905
    return "a" if won >= enough and not lost else "b" if lost >= enough and not won else "undecided"


def headed_loss(scores, labels, first, apart=True):
    """14.6; apart: whether each head has a softmax of its own."""
    total = 0.0
    for task, part in enumerate((scores[:, :first], scores[:, first:])):
        rows = np.flatnonzero(labels[:, task] >= 0)
        compete = part if apart else scores
        total += np.logaddexp.reduce(compete[rows], axis=1).sum() - part[rows, labels[rows, task]].sum()
    return total / len(labels)


def rows_of(V, i):
    return (np.arange(len(V)) == i)[:, np.newaxis]


def told_bits(counts):
    found = counts[counts > 0]
    return float(np.sum(found * np.log2(found.sum() / found)))


def bends_not(a, b):
    return not {a, b} & {"relu", "pool"}


def fuses(a, b):
    return bends_not(a, b) and (a, b) != ("norm", "conv 3 same")


def falling(left=lambda t, T: T + 1 - t, cooling=lambda T, share: share * T, low=0.0, high=1.0):
    """linear_rate, with other steps left, another length, other ends."""
    return lambda t, T, peak, share: peak * min(max(left(t, T) / cooling(T, share), low), high)


def floors(square=lambda a, rate, sigma: rate**2 * sigma**2 / (1 - (1 - a) ** 2), loss=lambda c, s: np.sum(c * s) / 2):
    """noise_floor, with another mean square or loss."""
    return lambda rate, curvatures, sigma: loss(curvatures, square(rate * curvatures, rate, sigma))


def patient(better=lambda loss, best: loss < best, cut=lambda waited, patience: waited == patience, anew=True,
            best=min, times=lambda rate, factor: rate * factor, first=False, calm=0, after=min):  # fmt: skip
    """waited_rates, with another comparison, limit, memory or cut."""

    def answer(losses, rate, factor, patience):
        least, waited, rates = np.inf, 0, []
        for loss in losses:
            if first:
                rates.append(rate)
            waited = calm * waited if better(loss, least) else waited + 1
            least = best(least, loss)
            if cut(waited, patience):
                rate, waited, least = times(rate, factor), 0 if anew else waited, after(least, np.inf)
            if not first:
                rates.append(rate)
        return rates

    return answer


def teachers_temperature(p, q):
    return np.ptp(np.log(p)) / np.ptp(np.log(q))


def taught_slope(z, v, y, T, share):
    q, p, hard = (scipy.special.softmax(scores) for scores in (z / T, v / T, z))
    return share * T * (q - p) + (1 - share) * (hard - np.eye(len(z))[y])


def raised(z, k, share):
    """missing_bias."""
    gaps = np.delete(z, k, axis=1).max(axis=1) - z[:, k]
    return np.sort(gaps)[int(np.ceil(share * len(gaps))) - 1]


def fitted_layer(X, V):
    """Kernel and bias of least squares."""
    solved = np.linalg.pinv(np.column_stack([X, np.ones(len(X))])) @ V
    return solved[:-1], solved[-1]


def has_helped(taught, alone, least=5, share=0.8, points=0.5):
    """verdict, with other limits."""
    gains = taught - alone
    for word, sign in (("helps", 1), ("harms", -1)):
        wins, differ = np.sum(sign * gains > 0), np.sum(gains != 0)
        if differ >= least and wins >= share * differ and sign * np.median(gains) >= points:
            return word
    return "cannot tell"


def sides_exchanged(z):
    z = np.asarray(z, float)
    high, low = np.exp(z), np.exp(-z)
    p = np.where(z >= 0, high / (1 + high), 1 / (1 + low))
    return p, np.where(z >= 0, z - np.log(1 + high), -np.log(1 + low))


def word_nearest_of(made):
    """which_loss by four gradients, made of X, the cross-entropy's gradient and p."""

    def answer(X, y, theta, g):
        p = sigmoid(X @ theta)
        return FOUR[int(np.argmin([np.linalg.norm(each - g) for each in made(X, X.T @ (p - y), p)]))]

    return answer


def settled(kept=lambda hot, cold, c: (1 - cold * c) ** 2, floor=lambda rate, c: rate / (2 * (2 - rate * c)),
            bound=lambda margin, low, gap: margin * low, add=0):  # fmt: skip
    """settling, with another factor, floor or bound."""

    def answer(hot, cold, curvature, margin):
        above = gap = floor(hot, curvature) - floor(cold, curvature)
        limit, steps = bound(margin, floor(cold, curvature), gap), 0
        while above > limit and steps < 5000:
            above, steps = above * kept(hot, cold, curvature), steps + 1
        return steps + add

    return answer


def shared(rate=lambda t, T, share: min(1, (T + 1 - t) / (share * T)), added=lambda rate, v: rate**2 * v,
           kept=lambda a: (1 - a) ** 2, begun=lambda starts: starts**2, loss=lambda c, s: np.sum(c * s) / 2,
           pick=np.argmin):  # fmt: skip
    """best_share, with another rate, noise, start, loss or choice."""

    def answer(peak, shares, T, curvatures, starts, variance):
        losses = []
        for share in shares:
            squares = begun(starts)
            for t in range(1, T + 1):
                now = peak * rate(t, T, share)
                squares = kept(now * curvatures) * squares + added(now, variance)
            losses.append(loss(curvatures, squares))
        return shares[int(pick(losses))], losses[int(pick(losses))]

    return answer


def divided_with_an_axis(dy, x, W, b, activation):
    dW, db, dx = slopes_of(dy, x, W, b, activation)
    return dW / len(x), db[None] / len(x), dx


def shares_of_each_slope(f, g, theta):
    slopes = []
    for k in range(len(theta)):
        ahead, behind = theta.copy(), theta.copy()
        ahead[k] += 1e-5
        behind[k] -= 1e-5
        slopes.append((f(ahead) - f(behind)) / 2e-5)
    return "yes" if np.all(abs(slopes - g(theta)) <= 0.001 * abs(g(theta))) else "no"


def dense_at_every_place(shape, layers):
    height, width, channels = shape
    parameters = products = 0
    for layer in layers:
        if layer["kind"] == "pool":
            height, width = height // layer["size"], width // layer["size"]
            continue
        weights = layer.get("size", 1) ** 2 * channels * layer["outputs"]
        parameters, products = parameters + weights + layer["outputs"], products + weights * height * width
        channels = layer["outputs"]
    return parameters, products


def missing_from_all(epochs):
    if len(np.unique(epochs)) < epochs.shape[1]:
        return "drawn"
    if np.array_equal(epochs[0], np.arange(epochs.shape[1])):
        return "kept"
    return "once" if np.all(epochs == epochs[0]) else "shuffled"


def after_2000_steps(rate, curvature, epsilon):
    theta, mean = 1.0, 0.0
    for _ in range(2000):
        slope = curvature * theta
        mean = 0.9 * mean + 0.1 * slope**2
        theta -= rate * slope / (mean**0.5 + epsilon) if slope else 0.0
    return abs(theta)


def by_rates(steps, gradients, close=lambda a, b: np.allclose(a, b, rtol=0.001, atol=0)):
    rates = -steps / gradients
    roots = rates * np.sqrt(np.cumsum(gradients**2, axis=0))
    if close(rates, rates[0, 0]):
        return "descent"
    if close(rates[:, 0], rates[:, 1]):
        return "norm-scaled"
    return "adagrad" if close(roots, roots[0, 0]) else "rmsprop"


def by_allclose(steps, gradients):
    return by_rates(steps, gradients, lambda a, b: np.allclose(a, b, rtol=0.001))


def keras_with_the_other_beta(theta, m, v, gradient, made, rate, beta1, beta2, epsilon):
    t = made + 1
    m = beta1 * m + (1 - beta1) * gradient
    v = beta2 * v + (1 - beta1) * gradient**2
    rate = rate * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return theta - rate * m / (np.sqrt(v) + epsilon), m, v


def steps_to_burst(v, rate, L, beta1, beta2, border=None):
    """To the border, below 0 where it is past."""
    border = border or 2 * (1 + beta1) / ((1 - beta1) * L)
    return math.ceil(math.log((rate / border) ** 2 / v) / math.log(beta2))


def by_difference(one, ten):
    constant = abs(one[1] - one[0]) < 1e-3
    if ten[0] / one[0] == 10:
        return "SGD" if constant else "momentum"
    return "Adam" if constant else "uncorrected" if abs(one[1]) > abs(one[0]) else "RMSprop"


def means_of_one_tuned(one, other):
    if int(np.nanargmin(one["tuning"])) in (0, len(one["tuning"]) - 1):
        return "not tuned"
    a, b = np.nanmean(one["fresh"]), np.nanmean(other["fresh"])
    return "one" if a < b else "other" if b < a else "tie"


def one_budget_kept(layers, most_parameters, most_flops):
    large, slow = sum(each[1] for each in layers) / most_parameters, sum(each[2] for each in layers) / most_flops
    if large <= 1 or slow <= 1:
        return "none"
    return max(layers, key=lambda each: each[1 if large > slow else 2])[0]


def logistic_hessian(X, theta, l2):
    """The right one."""
    D = np.c_[np.asarray(X, float), np.ones(len(X))]
    p = 1 / (1 + np.exp(-D @ theta))
    return np.einsum("ni,n,nj->ij", D, p * (1 - p), D) / len(D) + l2 * np.diag([1.0] * (D.shape[1] - 1) + [0.0])


def newton_of(g, H, d):
    """The right steps, run by run."""
    return np.array([-np.linalg.solve(h + d * np.eye(len(h)), each) for each, h in zip(g, H, strict=True)])


def right_kind(H):
    """By the sorted eigenvalues."""
    values = np.linalg.eigvalsh(H)
    low, high = values / max(np.abs(values).max(), 1e-300) @ np.eye(len(values))[:, [0, -1]]
    if low < -1e-9 and high > 1e-9:
        return "saddle"
    return "minimum" if low > 1e-9 else "maximum" if high < -1e-9 else "open"


def edge_of(slope, curvature, farthest):
    """By SciPy's root, or farthest."""
    throws = lambda x: slope(x) / curvature(x) - 2 * x  # noqa: E731
    return brentq(throws, 1e-3, farthest, xtol=1e-13) if throws(farthest) > 0 > throws(1e-3) else farthest


def rule_for(n, d, memory, room, steps, best=min):
    """The right choice."""
    operations = {"newton": n * d * d + d**3 / 3, "lbfgs": 2 * n * d + 4 * memory * d, "descent": 2 * n * d}
    needed = {"newton": 8 * d * d, "lbfgs": 16 * memory * d, "descent": 0}
    return best((operations[name] * steps[name], name) for name in operations if needed[name] <= room)[1]


def clipped_both(kernel, bias, limit, size=None, always=False):
    """Right, but for another size, or a factor above 1."""
    size = np.sqrt(np.sum(kernel**2) + np.sum(bias**2)) if size is None else size
    factor = limit / size if size and (always or size > limit) else 1.0
    return factor * kernel, factor * bias


def coded(x, bits, low, high, rounding=lambda v: np.floor(v + 0.5), last=None):
    """Codes by 13.1, with choices."""
    last = 2**bits - 1 if last is None else last
    return np.clip(rounding((x - low) / (high - low) * last), 0, 2**bits - 1)


def packed_in(count, levels):
    """Bytes by 13.2."""
    return -(-count * (levels - 1).bit_length() // 8)


def rounded_by(before, after, step):
    """The rule by 13.3."""
    x, q = before / step, after / step
    for word, found in (("truncate", np.floor(x)), ("half up", np.floor(x + 0.5)), ("half to even", np.rint(x))):
        if (q == found).all():
            return word
    return "random"


def put_together(numbers, size, shape):
    """The image by 13.5."""
    places = np.arange(shape[0] * shape[1]).reshape(shape)
    tiles = [places[top : top + size, left : left + size] for top in range(0, shape[0], size)
             for left in range(0, shape[1], size)]  # fmt: skip
    whole = np.zeros(shape)
    whole.flat[np.concatenate([tile.ravel() for tile in tiles])] = numbers
    return whole


def bits_of(data, order="little"):
    """All bits in a row."""
    return np.unpackbits(np.asarray(data, np.uint8), bitorder=order).astype(int)


def taken_out(row, bits, count):
    """The codes of a row of bits."""
    return row[: bits * count].reshape(count, bits) @ 2 ** np.arange(bits)


def stop_of(losses, patience):
    """Right."""
    for last in range(len(losses)):
        best = int(np.argmin(losses[: last + 1]))
        if last - best >= patience:
            break
    return best, last


def diagnosed(lengths, train, test):
    """Right."""
    if not np.isfinite([*lengths, *train, *test]).all():
        return "exploding"
    if test[-1] > 1.5 * np.min(test):
        return "overfit"
    if train[-1] <= 0.95 * train[0]:
        return "none"
    return "vanishing" if lengths[0] < 0.01 * lengths[-1] else "plateau"


def true_of(measured, wrong, classes):
    """Right."""
    luck = wrong / (classes - 1)
    return (measured - luck) / (1 - wrong - luck)


def scaled_by(rows, seen, spread=np.std, **options):
    """Rows less the mean of others, over their spread; 1 where that is 0."""
    deviation = np.asarray(spread(seen, axis=0, **options), float)
    return (rows - np.mean(seen, axis=0)) / np.where(deviation == 0, 1, deviation)


def filled_with(rows, numbers):
    """The gaps of each column filled with its number."""
    return np.where(np.isnan(rows), numbers, rows)


def nine(image, middle=np.median, mode="edge"):
    """Something of the nine numbers around each pixel."""
    padded = np.pad(np.asarray(image, float), 1, mode=mode)
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3))
    return middle(windows.reshape(*image.shape, 9), axis=-1)


def whose_of(train, rows, seen, same=np.allclose):
    """Whose mean and deviation it was."""
    known = {"training": train, "all": np.concatenate([train, rows]), "own": rows}
    return next((name for name, those in known.items() if same((rows - those.mean(0)) / those.std(0), seen)), "none")


def decibels(error, peak=255):
    return 10 * np.log10(peak**2 / error)


WRONG = {
    "00.1": {
        "two steps": lambda theta, slope, rate: theta - 2 * rate * slope,
        "half a step": lambda theta, slope, rate: theta - rate * slope / 2,
        "theta twice": lambda theta, slope, rate: 2 * theta - rate * slope,
        "place and step": lambda theta, slope, rate: (theta - rate * slope, rate * slope),
        "rounded": lambda theta, slope, rate: round(theta - rate * slope, 1),
        "nothing but the slope": lambda theta, slope, rate: slope,
        "one more": lambda theta, slope, rate: theta - rate * slope + 1,
        "no return": lambda theta, slope, rate: None,
        "a text": lambda theta, slope, rate: f"{theta - rate * slope}",
        "slope squared": lambda theta, slope, rate: theta - rate * slope**2,
    },
    "00.2": {
        "a hat for the power": lambda theta: theta ^ 3 - theta + 0.2,
        "the middle twice": lambda theta: theta**3 - 2 * theta + 0.2,
        "the tilt twice": lambda theta: theta**3 - theta + 0.4,
        "a point forgotten": lambda theta: theta**3 - theta + 2,
        "measured to the left": lambda theta: (valley_slope(theta) + valley_slope(theta - 0.001)) / 2,
        "a list of the parts": lambda theta: [theta**3, -theta, 0.2],
        "at one place": lambda theta: valley_slope(1.8),
        "upside down": lambda theta: 1 / valley_slope(theta),
        "rounded": lambda theta: round(valley_slope(theta), 1),
        "a quarter": lambda theta: valley_slope(theta) / 4,
    },
    "00.3": {
        "the list lost": append_assigned,
        "printed": printed,
        "no room in the list": overwritten,
        "steps that shrink": steps_that_shrink,
        "backwards": lambda *case: valley_path(*case)[::-1],
        "rounded": lambda *case: np.round(valley_path(*case), 2),
        "lists in a list": lambda *case: [[theta] for theta in valley_path(*case)],
        "a dict": lambda *case: dict(enumerate(valley_path(*case))),
        "places and heights": lambda *case: [(theta, theta**4) for theta in valley_path(*case)],
        "half the rate": lambda start, rate, steps: valley_path(start, rate / 2, steps),
    },
    "00.4": {
        "other words": lambda path: {"settled": "converged"}.get(only_if(path), "oscillates"),
        "true or false": lambda path: abs(path[-1] - path[-2]) < 0.001,
        "a number": lambda path: path[-1],
        "one word": lambda path: "cycling",
        "the largest place": lambda path: word(not max(path) <= 1000, abs(path[-1] - path[-2]) < 0.001),
        "a million": lambda path: word(not abs(path[-1]) <= 1e6, abs(path[-1] - path[-2]) < 0.001),
        "three back": lambda path: word(not abs(path[-1]) <= 1000, abs(path[-1] - path[-3]) < 0.001),
        "no word for the rest": only_if,
        "changes the path": pops,
        "signs": lambda path: word(not abs(path[-1]) <= 1000, path[0] * path[-1] > 0),
    },
    "02.1": {
        "without the minus": lambda z: (sigmoid(-np.asarray(z)), log_sigmoid(-np.asarray(z))),
        "from behind": lambda z: (log_sigmoid(z), sigmoid(z)),
        "the sigmoid alone": sigmoid,
        "with math": with_math,
        "an if on an array": with_if,
        "the logarithm of 1 + p": lambda z: (sigmoid(z), np.log1p(sigmoid(z))),
        "tanh without the half": lambda z: ((1 + np.tanh(z)) / 2, log_sigmoid(z)),
        "the loss": lambda z: (sigmoid(z), -log_sigmoid(z)),
        "softmax": lambda z: (np.exp(z - np.max(z)) / np.sum(np.exp(z - np.max(z))), log_sigmoid(z)),
        "rounded": lambda z: (np.round(sigmoid(z), 2), np.round(log_sigmoid(z), 2)),
        "the score itself": lambda z: (sigmoid(z), z),
        "the slope": lambda z: (sigmoid(z) * (1 - sigmoid(z)), log_sigmoid(z)),
    },
    "02.2": {
        "short is squared": lambda X, y, theta, g: FOUR[2] if np.linalg.norm(g) < 0.5 else FOUR[1],
        "p for the slope": word_nearest(lambda p, y: 2 * (p - y) * p),
        "uphill": word_nearest(lambda p, y: 2 * (y - p) * p * (1 - p), lambda z: sigmoid(-z)),
        "no sigmoid": word_nearest(lambda p, y: 2 * (p - y), lambda z: z),
        "the first number": by_the_first_number,
        "other words": lambda X, y, theta, g: "mse",
        "two words": lambda X, y, theta, g: ("mean", "cross-entropy"),
        "always the same": lambda X, y, theta, g: "mean cross-entropy",
        "true or false": lambda X, y, theta, g: bool(np.linalg.norm(g) > 1),
        "a number": lambda X, y, theta, g: np.linalg.norm(g),
        "X for its transpose": lambda X, y, theta, g: FOUR[int(np.allclose(X @ (sigmoid(X @ theta) - y), g))],
        "by the mistakes": lambda X, y, theta, g: (
            FOUR[0] if np.mean((sigmoid(X @ theta) > 0.5) == y) > 0.5 else FOUR[2]
        ),
    },
    "02.3": {
        "dx first": lambda *case: (slopes_of(*case)[2], *slopes_of(*case)[:2]),
        "db as a row of a table": lambda *case: (slopes_of(*case)[0], slopes_of(*case)[1][None], slopes_of(*case)[2]),
        "db of all units": lambda *case: (slopes_of(*case)[0], slopes_of(*case)[1].sum(), slopes_of(*case)[2]),
        "uphill": lambda *case: [-part for part in slopes_of(*case)],
        "the bias forgotten": lambda dy, x, W, b, f: slopes_of(dy, x, W, 0 * b, f),
        "each example": each_example,
        "in place": in_place,
        "twice": lambda *case: [2 * part for part in slopes_of(*case)],
        "x @ dz": lambda dy, x, W, b, f: (x @ dy, *slopes_of(dy, x, W, b, f)[1:]),
        "dW alone": lambda *case: slopes_of(*case)[0],
        "times the input": lambda dy, x, W, b, f: (*slopes_of(dy, x, W, b, f)[:2], slopes_of(dy, x, W, b, f)[2] * x),
        "b scaled too": lambda dy, x, W, b, f: (
            slopes_of(dy, x, W, b, f)[0],
            b * slopes_of(dy, x, W, b, f)[1],
            slopes_of(dy, x, W, b, f)[2],
        ),
        "tanh always": lambda dy, x, W, b, f: slopes_of(dy, x, W, b, "tanh"),
        "nothing": lambda *case: None,
    },
    "02.4": {
        "true or false": lambda f, g, theta: bool(close_enough(differences(f, theta), g(theta)) == "yes"),
        "the error": lambda f, g, theta: np.linalg.norm(differences(f, theta) - g(theta)),
        "other words": lambda f, g, theta: close_enough(differences(f, theta), g(theta)).replace("yes", "right"),
        "any coordinate": lambda f, g, theta: (
            "yes" if np.any(abs(differences(f, theta) - g(theta)) < 1e-3 * abs(g(theta))) else "no"
        ),
        "the height over theta": lambda f, g, theta: close_enough(f(theta) / theta, g(theta)),
        "always yes": lambda f, g, theta: "yes",
        "goes down": lambda f, g, theta: "yes" if f(theta - 1e-3 * g(theta)) < f(theta) else "no",
        "to three digits": lambda f, g, theta: (
            "yes" if np.array_equal(differences(f, theta).round(3), g(theta).round(3)) else "no"
        ),
        "from behind": lambda f, g, theta: close_enough(
            np.array([(f(theta) - f(theta - step)) / 1e-6 for step in 1e-6 * np.eye(len(theta))]), g(theta)
        ),
        "not divided by 2": lambda f, g, theta: close_enough(2 * differences(f, theta), g(theta)),
        "at ones": lambda f, g, theta: close_enough(differences(f, 1.0 + 0 * theta), g(1.0 + 0 * theta)),
        "exchanged": lambda f, g, theta: {"yes": "no", "no": "yes"}[close_enough(differences(f, theta), g(theta))],
        "the sizes": lambda f, g, theta: close_enough(abs(differences(f, theta)), abs(g(theta))),
    },
    "02.5": {
        "from behind": lambda *case: costs_but()(*case)[::-1],
        "in bytes": lambda *case: (4 * costs_but()(*case)[0], costs_but()(*case)[1]),
        "the last layer": lambda shape, layers: costs_but()(shape, layers[-1:]),
        "filters at each place": costs_but(conv_parameters=lambda h, w, size, c, n: h * w * size**2 * c * n + n),
        "a bias for each weight": costs_but(bias=2),
        "dense layers without biases": costs_but(bias=0),
        "channels pooled": costs_but(pool_channels=True),
        "one bias for each window": costs_but(conv_parameters=lambda h, w, size, c, n: (size**2 * c + size**2) * n),
        "moved along one side": costs_but(conv_products=lambda h, w, size, c, n: h * size**2 * c * n),
        "biases multiply": costs_but(dense_products=lambda weights, outputs: weights + outputs),
        "a size for all": size_of_dense,
        "added": lambda *case: sum(costs_but()(*case)),
        "a text": lambda *case: f"{costs_but()(*case)[0]} parameters",
    },
    "02.6": {
        "other words": lambda norms: chain_word(norms, lambda norms: word_of_chain(norms).replace("healthy", "ok")),
        "true or false": lambda norms: norms[0] < norms[-1],
        "the share": lambda norms: norms[0] / norms[-1],
        "1000": lambda norms: chain_word(norms, lambda norms: word_of_chain(norms, 1000)),
        "sorted": lambda norms: chain_word(norms, lambda norms: word_of_chain(sorted(norms))),
        "from the second layer": lambda norms: chain_word(norms, lambda norms: word_of_chain(norms, first=1)),
        "one word": lambda norms: "healthy",
        "the mean": lambda norms: chain_word(norms, lambda norms: word_of_chain([np.mean(norms), norms[-1]])),
        "exchanged": lambda norms: {"vanishing": "exploding", "exploding": "vanishing"}.get(
            w := chain_word(norms, word_of_chain), w
        ),
        "negative is broken": lambda norms: "broken" if min(norms) < 0 else word_of_chain(norms),
    },
    "04.1": {
        "half the gradient": lambda X, y, orders, B, rate: in_batches(X, y, orders, B, rate / 2),
        "uphill": lambda X, y, orders, B, rate: in_batches(X, y, orders, B, -rate),
        "the first epoch": lambda X, y, orders, B, rate: in_batches(X, y, orders[:1], B, rate),
        "all at once": lambda X, y, orders, B, rate: in_batches(X, y, orders, len(y), rate),
        "one by one": lambda X, y, orders, B, rate: in_batches(X, y, orders, 1, rate),
        "the loss": lambda X, y, orders, B, rate: np.mean((X @ in_batches(X, y, orders, B, rate) - y) ** 2),
        "the last order": lambda X, y, orders, B, rate: in_batches(X, y, [orders[-1]] * len(orders), B, rate),
        "the short one first": lambda X, y, orders, B, rate: in_batches(
            X, y, [np.roll(order, len(y) % B) for order in orders], B, rate
        ),
        "every theta": lambda X, y, orders, B, rate: [
            in_batches(X, y, orders[: k + 1], B, rate) for k in range(len(orders))
        ],
        "mean of all thetas": lambda X, y, orders, B, rate: np.mean(
            [in_batches(X, y, orders[: k + 1], B, rate) for k in range(len(orders))], axis=0
        ),
    },
    "04.2": {
        "a difference": lambda rate, B, new_B, L: min(rate + (new_B - B) * rate, 1 / L),
        "squared": lambda rate, B, new_B, L: min(rate * (new_B / B) ** 2, 1 / L),
        "whole ratio": lambda rate, B, new_B, L: min(rate * (new_B // B), 1 / L),
        "L for 1/L": lambda rate, B, new_B, L: min(rate * new_B / B, L),
        "half of the scaled": lambda rate, B, new_B, L: min(rate * new_B / B / 2, 1 / L),
        "cap first": lambda rate, B, new_B, L: min(rate, 1 / L) * new_B / B,
        "only larger": lambda rate, B, new_B, L: min(rate * max(new_B / B, 1), 1 / L),
        "times B": lambda rate, B, new_B, L: min(rate * B * new_B, 1 / L),
        "the wall": lambda rate, B, new_B, L: 1 / L,
        "batch over rate": lambda rate, B, new_B, L: min(new_B / B / rate, 1 / L),
    },
    "04.3": {
        "the number of rows": lambda X: len(X),
        "without n": lambda X: 2 * np.mean(np.sum(X**2, axis=1)) / np.linalg.eigvalsh(2 * X.T @ X)[-1],
        "columns": lambda X: np.mean(np.sum(X**2, axis=0)) / np.linalg.eigvalsh(X.T @ X / len(X))[-1],
        "median length": lambda X: np.median(np.sum(X**2, axis=1)) / np.linalg.eigvalsh(X.T @ X / len(X))[-1],
        "mean curvature": lambda X: np.mean(np.sum(X**2, axis=1)) / np.mean(np.linalg.eigvalsh(X.T @ X / len(X))),
        "rounded": lambda X: float(round(np.sum(X**2) / np.linalg.norm(X, 2) ** 2)),
        "a sum": lambda X: np.sum(X**2) / np.linalg.eigvalsh(X.T @ X / len(X))[-1],
        "the norm itself": lambda X: np.sum(X**2) / np.linalg.norm(X, 2),
        "the root": lambda X: np.sqrt(np.sum(X**2)) / np.linalg.norm(X, 2),
        "minus one": lambda X: np.sum(X**2) / np.linalg.norm(X, 2) ** 2 - 1,
    },
    "04.4": {
        "the noise": lambda G: np.mean(np.sum((G - G.mean(axis=0)) ** 2, axis=1)),
        "summed noise": lambda G: np.sum((G - G.mean(axis=0)) ** 2) / np.sum(G.mean(axis=0) ** 2),
        "deviations": lambda G: np.sum(G.std(axis=0)) / np.linalg.norm(G.mean(axis=0)),
        "variance over length": lambda G: np.sum(G.var(axis=0)) / np.linalg.norm(G.mean(axis=0)),
        "mean length": lambda G: np.sum(G.var(axis=0)) / np.mean(np.sum(G**2, axis=1)),
        "rows for columns": lambda G: np.sum(G.var(axis=1)) / np.sum(G.mean(axis=1) ** 2),
        "first coordinate": lambda G: G[:, 0].var() / G[:, 0].mean() ** 2,
        "sum of the gradients": lambda G: np.sum(G.var(axis=0)) / np.sum(G.sum(axis=0) ** 2),
        "rounded up": lambda G: math.ceil(np.sum(G.var(axis=0)) / np.sum(G.mean(axis=0) ** 2)),
        "around the median": lambda G: (
            np.mean(np.sum((G - np.median(G, axis=0)) ** 2, axis=1)) / np.sum(G.mean(axis=0) ** 2)
        ),
    },
    "04.5": {
        "other words": lambda epochs: {"once": "same"}.get(order_word(epochs), order_word(epochs)),
        "true or false": lambda epochs: order_word(epochs) == "shuffled",
        "always": lambda epochs: "shuffled",
        "how many epochs": lambda epochs: len(epochs),
        "kept and once exchanged": lambda epochs: {"kept": "once", "once": "kept"}.get(
            order_word(epochs), order_word(epochs)
        ),
        "drawn and shuffled exchanged": lambda epochs: {"drawn": "shuffled", "shuffled": "drawn"}.get(
            order_word(epochs), order_word(epochs)
        ),
        "never once": lambda epochs: {"once": "shuffled"}.get(order_word(epochs), order_word(epochs)),
        "never kept": lambda epochs: {"kept": "shuffled"}.get(order_word(epochs), order_word(epochs)),
        "one epoch is not once": lambda epochs: "shuffled" if len(epochs) == 1 else order_word(epochs),
        "a list": lambda epochs: [order_word(epoch[None]) for epoch in np.asarray(epochs)],
    },
    "04.6": {
        "the batch alone": lambda *case: arrival(*case)[0],
        "time first": lambda *case: arrival(*case)[::-1],
        "time of one step": lambda batches, steps, price, width: (
            arrival(batches, steps, price, width)[0],
            price + math.ceil(arrival(batches, steps, price, width)[0] / width),
        ),
        "price once": lambda batches, steps, price, width: min(
            (price + s * math.ceil(b / width), b) for b, s in zip(batches, steps, strict=True)
        )[::-1],
        "price in examples": lambda batches, steps, price, width: arrival(
            [b + price for b in batches], steps, 0, width
        ),
        "the smallest batch": lambda batches, steps, price, width: (
            min(batches),
            arrival([min(batches)], [steps[batches.index(min(batches))]], price, width)[1],
        ),
        "the first": lambda batches, steps, price, width: arrival(batches[:1], steps[:1], price, width),
        "twice the width": lambda batches, steps, price, width: arrival(batches, steps, price, 2 * width),
        "one price more": lambda batches, steps, price, width: arrival(batches, steps, price + 1, width),
        "seconds as text": lambda *case: f"{arrival(*case)[0]} after {arrival(*case)[1]}",
    },
    "03.1": {
        "numerical gradient of the errors": lambda X, y, theta, w: np.gradient((X @ theta - y) ** 2, w),
        "only the target's part": lambda X, y, theta, w: -2 / np.sum(w) * X.T @ (w * y),
        "the factor at one part only": lambda X, y, theta, w: (2 * X.T @ (w * (X @ theta)) - X.T @ (w * y)) / np.sum(w),
        "summed up": lambda *case: gradient(*case).sum(),
        "a step": lambda *case: case[2] - 0.1 * gradient(*case),
        "times theta": lambda *case: gradient(*case) * case[2],
        "the mean of the weights": lambda *case: gradient(*case) * np.mean(case[3]),
        "the 2 twice": lambda *case: 2 * gradient(*case),
        "loss and gradient": lambda X, y, theta, w: (np.average((X @ theta - y) ** 2), gradient(X, y, theta, w)),
        "root of the sum": lambda X, y, theta, w: X.T @ (w * (X @ theta - y)) / np.sqrt(np.sum(w)),
        "the largest weight is 1": lambda X, y, theta, w: 2 / len(y) * X.T @ (w / w.max() * (X @ theta - y)),
        "weights of the features": lambda X, y, theta, w: 2 / len(y) * X.T @ (X @ theta - y) * np.mean(w),
    },
    "03.2": {
        "a generator": generated,
        "momentum": walk(with_momentum),
        "a dict": lambda *case: dict(enumerate(right_rows(*case))),
        "theta times the step": walk(lambda rows, g, rate, t, steps: rows[-1] * (1 - rate * g)),
        "rate to the power of t": walk(lambda rows, g, rate, t, steps: rows[-1] - rate ** (t + 1) * g),
        "the start twice": start_twice,
        "rows and the end": lambda *case: (right_rows(*case), right_rows(*case)[-1]),
        "rounded": lambda *case: right_rows(*case).round(2),
        "sign of the gradient": walk(lambda rows, g, rate, t, steps: rows[-1] - rate * np.sign(g)),
        "steps times too far": walk(lambda rows, g, rate, t, steps: rows[-1] - steps * rate * g),
    },
    "03.3": {
        "norm of X": lambda X: 2 / np.linalg.norm(X, 2),
        "trace, without n": lambda X: 2 / np.trace(X.T @ X),
        "the number of all entries": lambda X: X.size / largest(X),
        "squared": lambda X: (len(X) / largest(X)) ** 2,
        "n below": lambda X: 2 / (len(X) * largest(X)),
        "a root": lambda X: np.sqrt(len(X) / largest(X)),
        "a little less": lambda X: len(X) / largest(X) - 1e-3,
        "condition number": lambda X: 1 / np.linalg.cond(X),
        "one step of the power method": one_power_step,
        "rounded": lambda X: round(len(X) / largest(X), 3),
    },
    "03.4": {
        "neither abs nor ceil": lambda rate, curvature, factor: np.log(factor) / np.log(1 - rate * curvature),
        "1 over it all": lambda rate, curvature, factor: math.ceil(1 / (rate * curvature * factor)),
        "a loop that never runs": lambda rate, curvature, factor: 0,
        "a return inside the loop": lambda rate, curvature, factor: 1,
        "curvature squared": lambda rate, curvature, factor: math.ceil(
            math.log(factor) / logarithm(rate, curvature**2)
        ),
        "log of the rate": lambda rate, curvature, factor: math.ceil(math.log(factor) / math.log(rate)),
        "factor in per cent": lambda rate, curvature, factor: math.ceil(
            math.log(factor / 100) / logarithm(rate, curvature)
        ),
        "log2 above": lambda rate, curvature, factor: math.ceil(math.log2(factor) / logarithm(rate, curvature)),
        "twice as many": lambda rate, curvature, factor: 2 * math.ceil(math.log(factor) / logarithm(rate, curvature)),
        "two in reserve": lambda rate, curvature, factor: 2 + math.ceil(math.log(factor) / logarithm(rate, curvature)),
    },
    "05.1": {
        "both signs and the rate": lambda theta, v, g, rate, beta: (
            theta - rate * (beta * v + rate * g),
            beta * v + rate * g,
        ),
        "theta in the velocity": lambda theta, v, g, rate, beta: momentum(theta, v, g * theta, rate, beta),
        "the old theta": lambda theta, v, g, rate, beta: (momentum(theta, v, g, rate, beta)[0], theta),
        "corrected": lambda theta, v, g, rate, beta: (
            theta + (beta * v - rate * g) / (1 - beta),
            (beta * v - rate * g) / (1 - beta),
        ),
        "weights exchanged": lambda theta, v, g, rate, beta: (
            theta + (1 - beta) * v - beta * rate * g,
            (1 - beta) * v - beta * rate * g,
        ),
        "average, corrected": lambda theta, v, g, rate, beta: (
            theta - rate * (beta * v + (1 - beta) * g) / (1 - beta),
            beta * v + (1 - beta) * g,
        ),
        "the velocity fades twice": lambda theta, v, g, rate, beta: (
            theta + beta * (beta * v - rate * g),
            beta * v - rate * g,
        ),
        "theta fades": lambda theta, v, g, rate, beta: (beta * theta + beta * v - rate * g, beta * v - rate * g),
        "one long array": lambda *case: np.concatenate(momentum(*case)),
        "beta squared": lambda theta, v, g, rate, beta: momentum(theta, beta * v, g, rate, beta),
    },
    "05.2": {
        "gradient step added twice": lambda theta, p: (theta[2] - theta[1] + 2 * p * theta[1]) / (theta[1] - theta[0]),
        "gradient step taken off": lambda theta, p: (theta[2] - theta[1] - p * theta[1]) / (theta[1] - theta[0]),
        "velocity the other way": lambda theta, p: (theta[2] - theta[1] + p * theta[1]) / (theta[0] - theta[1]),
        "the rate forgotten": lambda theta, p: (theta[2] - theta[1] + theta[1]) / (theta[1] - theta[0]),
        "the root": lambda theta, p: math.sqrt(abs((theta[2] - theta[1] + p * theta[1]) / (theta[1] - theta[0]))),
        "1 - beta": lambda theta, p: 1 - (theta[2] - theta[1] + p * theta[1]) / (theta[1] - theta[0]),
        "the sum of the roots": lambda theta, p: (theta[2] + theta[0]) / theta[1] - 1 + p,
        "the step from the minimum": lambda theta, p: (theta[2] + p * theta[1]) / (theta[1] - theta[0]),
        "one step": lambda theta, p: theta[1] - theta[0],
        "upside down": lambda theta, p: (theta[1] - theta[0]) / (theta[2] - theta[1] + p * theta[1]),
        "all steps as an array": lambda theta, p: (np.diff(theta)[1:] + p * theta[1:-1]) / np.diff(theta)[:-1],
        "the whole run": lambda theta, p: (theta[-1] / theta[0]) ** 2,
        "0.9": lambda theta, p: 0.9,
        "product as the step": lambda theta, p: (theta[2] - theta[1] + p) / (theta[1] - theta[0]),
    },
    "05.3": {
        "the mean of two gradients": lambda theta, v, g, rate, beta: momentum(
            theta, v, (g(theta) + g(theta + beta * v)) / 2, rate, beta
        ),
        "theta and the look-ahead": lambda theta, v, g, rate, beta: (
            nesterov(theta, v, g, rate, beta)[0],
            theta + beta * v,
        ),
        "beta at everything": lambda theta, v, g, rate, beta: (
            theta + beta * (v - rate * g(theta + beta * v)),
            beta * (v - rate * g(theta + beta * v)),
        ),
        "the gradient twice": lambda theta, v, g, rate, beta: (
            nesterov(theta, v, g, rate, beta)[0] - rate * g(theta + beta * v),
            nesterov(theta, v, g, rate, beta)[1],
        ),
        "added to the gradient": lambda theta, v, g, rate, beta: momentum(theta, v, g(theta) + beta * v, rate, beta),
        "half way": lambda theta, v, g, rate, beta: momentum(theta, v, g((theta + v) / 2), rate, beta),
        "two gradients multiplied": lambda theta, v, g, rate, beta: momentum(
            theta, v, g(theta) * g(theta + beta * v), rate, beta
        ),
        "the way from the look-ahead point": lambda theta, v, g, rate, beta: (
            nesterov(theta, v, g, rate, beta)[0],
            -rate * g(theta + beta * v),
        ),
        "no return": no_return,
        "two arguments": lambda theta, v, g, rate, beta: momentum(theta, v, g(theta, beta * v), rate, beta),
    },
    "05.4": {
        "the first seed": lambda plain, momentum: "momentum" if momentum[0] < plain[0] else "plain",
        "the mean gain": lambda plain, momentum: "momentum" if np.nanmean(plain - momentum) > 0 else "plain",
        "finite medians": lambda plain, momentum: (
            "momentum" if np.median(momentum[momentum < 1e9]) < np.median(plain[plain < 1e9]) else "plain"
        ),
        "any seed": lambda plain, momentum: "momentum" if np.any(momentum < plain) else "plain",
        "wins less losses": lambda plain, momentum: ("open", "momentum", "plain")[
            int(np.sign(np.sum(momentum < plain) - np.sum(momentum > plain)))
        ],
        "never open": lambda plain, momentum: "momentum" if (momentum < plain).sum() > len(plain) / 2 else "plain",
        "always momentum": lambda plain, momentum: "momentum",
        "always open": lambda plain, momentum: "open",
        "another word": lambda plain, momentum: nine_in_ten(plain, momentum).replace("open", "undecided"),
        "the number of wins": lambda plain, momentum: (momentum < plain).sum(),
        "true or false": lambda plain, momentum: bool(np.mean(momentum < plain) >= 0.9),
        "only momentum can win": lambda plain, momentum: "momentum" if np.mean(momentum < plain) >= 0.9 else "open",
        "rounded down": lambda plain, momentum: (
            "momentum"
            if (momentum < plain).sum() >= int(0.9 * len(plain))
            else "plain"
            if (plain < momentum).sum() >= int(0.9 * len(plain))
            else "open"
        ),
        "nine of any": lambda plain, momentum: (
            "momentum" if (momentum < plain).sum() >= 9 else "plain" if (plain < momentum).sum() >= 9 else "open"
        ),
    },
    "05.5": {
        "1 + 2 beta ahead": lambda L, beta, ahead: 2 * (1 + beta) / ((1 + 2 * beta * ahead) * L),
        "ahead above": lambda L, beta, ahead: 2 * (1 + beta) * (1 + 2 * ahead) / L,
        "1 for 2": lambda L, beta, ahead: (1 + beta) / ((1 + 2 * ahead) * L),
        "L squared": lambda L, beta, ahead: 2 * (1 + beta) / ((1 + 2 * ahead) * L**2),
        "without L": lambda L, beta, ahead: 2 * (1 + beta) / (1 + 2 * ahead),
        "averaged": lambda L, beta, ahead: 2 * (1 + beta) / ((1 - beta) * (1 + 2 * ahead) * L),
        "without 1 +": lambda L, beta, ahead: 2 * (1 + beta) / (2 * ahead * L),
        "1 - ahead": lambda L, beta, ahead: 2 * (1 + beta) / ((2 - ahead) * L),
        "a root": lambda L, beta, ahead: math.sqrt(2 * (1 + beta) / ((1 + 2 * ahead) * L)),
        "squared": lambda L, beta, ahead: 2 * (1 + beta) / ((1 + ahead) ** 2 * L),
        "beta for ahead": lambda L, beta, ahead: 2 * (1 + ahead) / ((1 + 2 * beta) * L),
        "measured badly": lambda L, beta, ahead: 1.02 * 2 * (1 + beta) / ((1 + 2 * ahead) * L),
        "the best rate": lambda L, beta, ahead: (1 + math.sqrt(beta)) ** 2 / ((1 + 2 * ahead) * L),
    },
    "06.1": {
        "uphill": lambda g, rate, eps: rate * g[-1] / (np.sqrt(np.sum(g**2, axis=0)) + eps),
        "the first gradient": lambda g, rate, eps: -rate * g[0] / (np.sqrt(np.sum(g**2, axis=0)) + eps),
        "a mean of squares": adagrad(lambda g: np.mean(g**2, axis=0)),
        "no root": lambda g, rate, eps: -rate * g[-1] / (np.sum(g**2, axis=0) + eps),
        "sum, then square": adagrad(lambda g: np.sum(g, axis=0) ** 2),
        "along the coordinates": adagrad(lambda g: np.sum(g[-1] ** 2)),
        "all steps": lambda g, rate, eps: -rate * g / (np.sqrt(np.cumsum(g**2, axis=0)) + eps),
        "without the rate": lambda g, rate, eps: -g[-1] / (np.sqrt(np.sum(g**2, axis=0)) + eps),
        "without epsilon": lambda g, rate, eps: -rate * g[-1] / np.sqrt(np.sum(g**2, axis=0)),
        "the latest alone": lambda g, rate, eps: -rate * g[-1] / (np.abs(g[-1]) + eps),
        "only the sign": lambda g, rate, eps: -rate * np.sign(g[-1]),
        "the largest": lambda g, rate, eps: -rate * g[-1] / (np.max(np.abs(g), axis=0) + eps),
    },
    "06.2": {
        "rates times c": of_settings(momentum=(1, 0), norm=(1, -2)),
        "beta times c squared": of_settings(norm=(-1, 2)),
        "epsilon over c": of_settings(adagrad=(0, -1), rmsprop=(0, -1), keras=(0, -2)),
        "all divided": lambda method, rate, other, c: (rate / c, other / c),
        "all times c": lambda method, rate, other, c: (rate * c, other * c),
        "the root under the root": of_settings(keras=(0, 0.5)),
        "from behind": lambda *case: of_settings()(*case)[::-1],
        "momentum stays": of_settings(momentum=(0, 0)),
        "only AdaGrad's epsilon": of_settings(rmsprop=(0, 0), keras=(0, 0)),
        "norm-scaled as AdaGrad": of_settings(norm=(0, 1)),
        "adagrad's rate times c": of_settings(adagrad=(1, 1)),
    },
    "06.3": {
        "twice": lambda rate, curvature, epsilon: max(rate - 2 * epsilon / curvature, 0),
        "plus": lambda rate, curvature, epsilon: rate / 2 + epsilon / curvature,
        "times the curvature": lambda rate, curvature, epsilon: max(rate / 2 - epsilon * curvature, 0),
        "half of epsilon": lambda rate, curvature, epsilon: max((rate - epsilon / curvature) / 2, 0),
        "the least": lambda rate, curvature, epsilon: min(rate / 2 - epsilon / curvature, 0),
        "half where it never arrives": lambda rate, curvature, epsilon: (
            0 if epsilon > rate * curvature / 2 else rate / 2
        ),
        "a gradient": lambda rate, curvature, epsilon: max(curvature * rate / 2 - epsilon, 0),
        "a quarter": lambda rate, curvature, epsilon: max(rate / 4 - epsilon / curvature, 0),
        "a loss": lambda rate, curvature, epsilon: curvature * max(rate / 2 - epsilon / curvature, 0) ** 2 / 2,
        "always 0": lambda rate, curvature, epsilon: 0.0,
    },
    "06.4": {
        "squared": lambda rho, gap: (1 - rho**gap) / (1 - rho),
        "without the gap": lambda rho, gap: np.sqrt((1 - rho) / (1 - rho)),
        "one gap before": lambda rho, gap: np.sqrt((1 - rho ** (gap - 1)) / (1 - rho)) if gap > 1 else 1.0,
        "one gap behind": lambda rho, gap: np.sqrt((1 - rho ** (gap + 1)) / (1 - rho)),
        "a product": lambda rho, gap: np.sqrt((1 - rho * gap) ** 2 / (1 - rho)),
        "the first decay alone": lambda rho, gap: 1 / np.sqrt(1 - rho + rho**gap),
        "the gap as the sum": lambda rho, gap: gap,
        "one over 1 - rho": lambda rho, gap: 1 / (1 - rho),
        "the whole mean": lambda rho, gap: 1 / np.sqrt((1 - rho) / gap),
        "upside down": lambda rho, gap: np.sqrt((1 - rho) / (1 - rho**gap)),
    },
    "06.5": {
        "steps alone": which_rule(lambda steps, gradients: steps),
        "upside down": which_rule(lambda steps, gradients: gradients / steps),
        "products": which_rule(lambda steps, gradients: steps * gradients),
        "no norm-scaled": which_rule(lambda steps, gradients: steps / gradients, same_in_step=False),
        "signs": which_rule(lambda steps, gradients: np.sign(steps / gradients)),
        "always adagrad": lambda steps, gradients: "adagrad",
        "always rmsprop": lambda steps, gradients: "rmsprop",
        "one coordinate": lambda steps, gradients: which_rule(lambda s, g: s / g)(steps[:, :1], gradients[:, :1]),
        "sorted": which_rule(lambda steps, gradients: np.sort(np.abs(steps / gradients), axis=0)),
        "capital letters": lambda steps, gradients: which_rule(lambda s, g: s / g)(steps, gradients).upper() + "!",
        "the last two steps": lambda steps, gradients: which_rule(lambda s, g: s / g)(steps[-2:], gradients[-2:]),
    },
    "06.6": {
        "no root": rmsprop_loop(root=lambda v, eps: v + eps),
        "not squared": rmsprop_loop(mean=lambda v, g, rho: rho * v + (1 - rho) * np.abs(g)),
        "rho for 1 - rho": rmsprop_loop(mean=lambda v, g, rho: (1 - rho) * v + rho * g**2),
        "whole gradient": rmsprop_loop(mean=lambda v, g, rho: rho * v + g**2),
        "no memory": rmsprop_loop(mean=lambda v, g, rho: (1 - rho) * g**2),
        "without the start": rmsprop_loop(skip=1),
        "one norm": rmsprop_loop(mean=lambda v, g, rho: rho * v + (1 - rho) * np.sum(g**2)),
        "corrected": corrected_rmsprop,
        "last place": lambda *case: rmsprop_loop()(*case)[-1],
        "no epsilon": rmsprop_loop(root=lambda v, eps: np.sqrt(v)),
        "epsilon taken off": rmsprop_loop(root=lambda v, eps: np.sqrt(v) - eps),
    },
    "07.1": {
        "uphill": lambda theta, m, v, g, *rest: right_adam(theta, m, v, -g, *rest),
        "theta alone": lambda *case: right_adam(*case)[0],
        "from behind": lambda *case: right_adam(*case)[::-1],
        "a classical sum": adam_but(lambda m, g, b1: b1 * m + g),
        "betas exchanged": lambda th, m, v, g, made, r, b1, b2, e: right_adam(th, m, v, g, made, r, b2, b1, e),
        "the old m": lambda th, m, v, g, made, r, b1, b2, e: (
            th
            - r
            * m
            / (1 - b1 ** (made + 1))
            / (np.sqrt(right_adam(th, m, v, g, made, r, b1, b2, e)[2] / (1 - b2 ** (made + 1))) + e),
            *right_adam(th, m, v, g, made, r, b1, b2, e)[1:],
        ),
        "a step too far": lambda th, m, v, g, made, *rest: right_adam(th, m, v, g, made + 1, *rest),
        "no epsilon": lambda *case: right_adam(*case[:-1], 0.0),
        "the lengths": lambda th, m, v, g, *rest: right_adam(th, m, v, abs(g), *rest),
        "as a sign": lambda th, m, v, g, made, r, b1, b2, e: (
            th - r * np.sign(m),
            *right_adam(th, m, v, g, made, r, b1, b2, e)[1:],
        ),
        "nothing": lambda *case: None,
    },
    "07.2": {
        "both": lambda b1, b2, t: (1 - b1**t, np.sqrt(1 - b2**t)),
        "one beta": lambda b1, b2, t: (1 - b1**t) / np.sqrt(1 - b1**t),
        "from 0": lambda b1, b2, t: (1 - b1 ** (t - 1)) / np.sqrt(1 - b2 ** (t - 1)) if t > 1 else 1.0,
        "root of all": lambda b1, b2, t: np.sqrt((1 - b1**t) / (1 - b2**t)),
        "times": lambda b1, b2, t: (1 - b1**t) * np.sqrt(1 - b2**t),
        "exchanged": lambda b1, b2, t: (1 - b2**t) / np.sqrt(1 - b1**t),
        "one for the mean": lambda b1, b2, t: (1 - b1) ** t / np.sqrt((1 - b2) ** t),
        "t times": lambda b1, b2, t: t * (1 - b1) / np.sqrt(t * (1 - b2)),
        "in per cent": lambda b1, b2, t: 100 * (1 - b1**t) / np.sqrt(1 - b2**t),
        "rounded": lambda b1, b2, t: round((1 - b1**t) / np.sqrt(1 - b2**t)),
    },
    "07.3": {
        "a fraction": lambda *case: max(0.0, steps_to_border(*case)),
        "rounded down": lambda *case: max(0, int(steps_to_border(*case))),
        "negative": lambda *case: int(np.ceil(steps_to_border(*case))),
        "half as many": lambda *case: max(0, int(np.ceil(steps_to_border(*case) / 2))),
        "no rate": lambda v, rate, *rest: max(0, int(np.ceil(steps_to_border(v, 1.0, *rest)))),
        "betas exchanged": lambda v, rate, L, b1, b2: max(0, int(np.ceil(steps_to_border(v, rate, L, b2, b1 + 0.01)))),
        "the memory": lambda v, rate, L, b1, b2: int(1 / (1 - b2)),
        "v is a root": lambda v, *rest: max(0, int(np.ceil(steps_to_border(v**2, *rest)))),
        "true or false": lambda *case: bool(steps_to_border(*case) > 0),
        "without beta1": lambda v, rate, L, b1, b2: max(0, int(np.ceil(steps_to_border(v, rate, L, 0, b2)))),
        "one more": lambda *case: max(0, int(np.ceil(steps_to_border(*case)))) + 1,
    },
    "07.4": {
        "grows": lambda w, rates, decay: w * np.prod(1 + np.asarray(rates) * decay),
        "the loss": lambda w, rates, decay: w * np.prod(1 - np.asarray(rates) * decay) - w,
        "squared": lambda w, rates, decay: w * np.prod(1 - 2 * np.asarray(rates) * decay),
        "the sum of squares": lambda w, rates, decay: w * (1 - decay * np.sum(np.square(rates))),
        "one step": lambda w, rates, decay: w * (1 - (rates[0] if len(rates) else 0) * decay),
        "from behind": lambda w, rates, decay: decay * np.prod(1 - np.asarray(rates) * w),
        "no weight": lambda w, rates, decay: np.prod(1 - np.asarray(rates) * decay),
        "no rate": lambda w, rates, decay: w - decay * len(rates),
        "all of them": lambda w, rates, decay: w * np.cumprod(1 - np.asarray(rates) * decay),
        "not below 0": lambda w, rates, decay: max(0, w * np.prod(1 - np.asarray(rates) * decay)),
    },
    "07.5": {
        "other words": lambda one, ten: rule_of(one, ten).replace("uncorrected", "Adam without correction"),
        "always Adam": lambda one, ten: "Adam",
        "true or false": lambda one, ten: rule_of(one, ten) == "Adam",
        "size only": lambda one, ten: "SGD" if abs(ten[0]) > 3 * abs(one[0]) else "Adam",
        "exchanged": lambda one, ten: rule_of(ten[::-1], one[::-1]),
        "Adam grows": lambda one, ten: {"Adam": "uncorrected", "uncorrected": "Adam"}.get(w := rule_of(one, ten), w),
        "momentum first": lambda one, ten: "momentum" if abs(one[1]) > abs(one[0]) else rule_of(one, ten),
        "a number": lambda one, ten: one[1] / one[0],
        "SGD and momentum": lambda one, ten: {"SGD": "momentum", "momentum": "SGD"}.get(w := rule_of(one, ten), w),
        "with sign": lambda one, ten: rule_of(one, ten) if one[0] < 0 else "SGD",
    },
    "07.6": {
        "other words": lambda one, other: winner_of(one, other).replace("tie", "draw"),
        "exchanged": lambda one, other: winner_of(other, one),
        "always tie": lambda one, other: "tie",
        "the larger": lambda one, other: winner_of(one, other, lambda a, b: np.all(a > b)),
        "half": lambda one, other: winner_of(one, other, lambda a, b: np.mean(a < b) >= 0.5),
        "by the first": lambda one, other: winner_of(one, other, lambda a, b: a[0] < b[0]),
        "a margin": lambda one, other: winner_of(one, other, lambda a, b: np.all(a < 0.9 * b)),
        "equal counts": lambda one, other: winner_of(one, other, lambda a, b: np.all(a <= b)),
        "true or false": lambda one, other: winner_of(one, other) != "tie",
        "the last": lambda one, other: winner_of(one, other, lambda a, b: a[-1] < b[-1]),
        "no grid": lambda one, other: winner_of(one | {"tuning": [2, 1, 2]}, other | {"tuning": [2, 1, 2]}),
    },
    "16.1": {
        "beta scaled too": lambda K, b, gamma, beta, mean, variance, epsilon: (
            K * gamma / np.sqrt(variance + epsilon),
            gamma / np.sqrt(variance + epsilon) * (b - mean + beta),
        ),
        "no gamma": lambda K, b, gamma, beta, mean, variance, epsilon: (
            K / np.sqrt(variance + epsilon),
            (b - mean) / np.sqrt(variance + epsilon) + beta,
        ),
        "gamma in the bias alone": lambda K, b, gamma, beta, mean, variance, epsilon: (
            K / np.sqrt(variance + epsilon),
            gamma * (b - mean) / np.sqrt(variance + epsilon) + beta,
        ),
        "kernel as it is": lambda K, b, gamma, beta, mean, variance, epsilon: (
            K,
            gamma * (b - mean) / np.sqrt(variance + epsilon) + beta,
        ),
        "bias first": lambda K, b, gamma, beta, mean, variance, epsilon: (
            gamma * (b - mean) / np.sqrt(variance + epsilon) + beta,
            K * gamma / np.sqrt(variance + epsilon),
        ),
        "beta subtracted": lambda K, b, gamma, beta, mean, variance, epsilon: (
            K * gamma / np.sqrt(variance + epsilon),
            gamma * (b - mean) / np.sqrt(variance + epsilon) - beta,
        ),
        "times the deviation": lambda K, b, gamma, beta, mean, variance, epsilon: (
            K * gamma * np.sqrt(variance + epsilon),
            gamma * (b - mean) * np.sqrt(variance + epsilon) + beta,
        ),
        "kernel alone": lambda K, b, gamma, beta, mean, variance, epsilon: K * gamma / np.sqrt(variance + epsilon),
        "mean of K": lambda K, b, gamma, beta, mean, variance, epsilon: (
            (K - mean) * gamma / np.sqrt(variance + epsilon),
            gamma * b / np.sqrt(variance + epsilon) + beta,
        ),
        "a mean variance": lambda K, b, gamma, beta, mean, variance, epsilon: (
            K * gamma / np.sqrt(variance.mean() + epsilon),
            gamma * (b - mean) / np.sqrt(variance.mean() + epsilon) + beta,
        ),
    },
    "16.2": {
        "mean of all": lambda gradient, codes, count: np.full(count, gradient.mean()),
        "sum of all": lambda gradient, codes, count: np.full(count, gradient.sum()),
        "largest": lambda gradient, codes, count: np.array(
            [gradient[codes == c].max() if (codes == c).any() else 0 for c in range(count)]
        ),
        "downhill": lambda gradient, codes, count: -np.bincount(codes.ravel(), gradient.ravel(), count),
        "over all weights": lambda gradient, codes, count: (
            np.bincount(codes.ravel(), gradient.ravel(), count) / codes.size
        ),
        "squares": lambda gradient, codes, count: np.bincount(codes.ravel(), gradient.ravel() ** 2, count),
        "one too many": lambda gradient, codes, count: np.bincount(codes.ravel(), gradient.ravel(), count + 1),
        "codes summed": lambda gradient, codes, count: np.bincount(codes.ravel(), codes.ravel(), count),
        "first of each": lambda gradient, codes, count: np.array(
            [gradient[codes == c][0] if (codes == c).any() else 0 for c in range(count)]
        ),
        "a tenth": lambda gradient, codes, count: 0.1 * np.bincount(codes.ravel(), gradient.ravel(), count),
    },
    "16.3": {
        "product": lambda b, V, i, j: (np.delete(b, j), np.delete(np.where(rows_of(V, i), V[i] * V[j], V), j, 0)),
        "difference": lambda b, V, i, j: (np.delete(b, j), np.delete(np.where(rows_of(V, i), V[i] - V[j], V), j, 0)),
        "twice i": lambda b, V, i, j: (np.delete(b, j), np.delete(np.where(rows_of(V, i), 2 * V[i], V), j, 0)),
        "columns": lambda b, V, i, j: (np.delete(b, j), np.delete(np.where(rows_of(V, i), V[i] + V[j], V), j % 1, 1)),
        "all rows": lambda b, V, i, j: (np.delete(b, j), np.delete(V + V[j], j, 0)),
        "zeros": lambda b, V, i, j: (
            np.where(np.arange(len(b)) == j, 0, b),
            np.where(rows_of(V, j), 0, np.where(rows_of(V, i), V[i] + V[j], V)),
        ),
        "both gone": lambda b, V, i, j: (np.delete(b, [i, j]), np.delete(V, [i, j], 0)),
        "bias kept": lambda b, V, i, j: (b, np.delete(np.where(rows_of(V, i), V[i] + V[j], V), j, 0)),
        "V first": lambda b, V, i, j: (np.delete(np.where(rows_of(V, i), V[i] + V[j], V), j, 0), np.delete(b, j)),
        "i at the end": lambda b, V, i, j: (
            np.append(np.delete(b, [i, j]), b[i]),
            np.vstack([np.delete(V, [i, j], 0), V[i] + V[j]]),
        ),
    },
    "16.4": {
        "first layer": lambda shapes: (1, int(np.prod(shapes[1]))),
        "last but one": lambda shapes: (len(shapes) - 2, int(np.prod(shapes[-2]))),
        "what comes in": lambda shapes: (
            1 + int(np.argmin(np.prod(shapes, 1)[:-2])),
            int(np.prod(shapes, 1)[:-2].min()),
        ),
        "width alone": lambda shapes: (1 + int(np.argmin(shapes[1:-1, 0])), int(shapes[1:-1, 0].min())),
        "numbers alone": lambda shapes: int(np.prod(shapes, 1)[1:-1].min()),
        "bytes": lambda shapes: (1 + int(np.argmin(np.prod(shapes, 1)[1:-1])), 4 * int(np.prod(shapes, 1)[1:-1].min())),
        "exchanged": lambda shapes: (int(np.prod(shapes, 1)[1:-1].min()), 1 + int(np.argmin(np.prod(shapes, 1)[1:-1]))),
        "from behind": lambda shapes: (
            len(shapes) - 1 - 1 - int(np.argmin(np.prod(shapes, 1)[1:-1])),
            int(np.prod(shapes, 1)[1:-1].min()),
        ),
        "next layer": lambda shapes: (
            2 + int(np.argmin(np.prod(shapes, 1)[1:-1])),
            int(np.prod(shapes, 1)[1:-1].min()),
        ),
        "the middle": lambda shapes: (len(shapes) // 2, int(np.prod(shapes[len(shapes) // 2]))),
    },
    "16.5": {
        "one byte each": lambda counts: int(counts.sum()),
        "bits floored": lambda counts: int(told_bits(counts)) // 8,
        "twice": lambda counts: math.ceil(2 * told_bits(counts) / 8),
        "and a book": lambda counts: math.ceil(told_bits(counts) / 8) + 4 * len(counts),
        "kinds that come": lambda counts: math.ceil(counts.sum() * np.log2(max((counts > 0).sum(), 1)) / 8),
        "without n": lambda counts: math.ceil(told_bits(counts) / 8 / counts.sum()),
        "negative": lambda counts: -math.ceil(told_bits(counts) / 8),
        "shares of the largest": lambda counts: math.ceil(
            np.sum(counts[counts > 0] * np.log2(counts.max() / counts[counts > 0])) / 8
        ),
        "a byte more": lambda counts: math.ceil(told_bits(counts) / 8) + 1,
        "of 7": lambda counts: math.ceil(told_bits(counts) / 7),
    },
    "16.6": {
        "always": lambda a, b: "yes",
        "never": lambda a, b: "no",
        "exchanged": lambda a, b: "no" if fuses(a, b) else "yes",
        "other order": lambda a, b: "no" if (a, b) == ("conv 3 same", "norm") or not bends_not(a, b) else "yes",
        "only valid": lambda a, b: "no" if b.endswith("same") or not fuses(a, b) else "yes",
        "no relu after": lambda a, b: (
            "no" if "relu" in (a, b) or a == "pool" or (a, b) == ("norm", "conv 3 same") else "yes"
        ),
        "no norms": lambda a, b: "yes" if fuses(a, b) and "norm" not in (a, b) else "no",
        "True": lambda a, b: fuses(a, b),
        "convolutions alone": lambda a, b: "yes" if fuses(a, b) and "conv" in a + b else "no",
        "by the first": lambda a, b: "no" if a in ("relu", "pool") or (a, b) == ("norm", "conv 3 same") else "yes",
    },
    "08.1": {
        "the last step does nothing": falling(lambda t, T: T - t),
        "counted from 2": falling(lambda t, T: T + 2 - t),
        "from the first step on": falling(cooling=lambda T, share: T),
        "the other part": falling(cooling=lambda T, share: max(1 - share, 0.01) * T),
        "below zero": falling(low=-np.inf),
        "above the peak": falling(high=np.inf),
        "upwards": falling(lambda t, T: t),
        "a whole number of steps": falling(cooling=lambda T, share: max(1, int(share * T))),
        "without the peak": lambda t, T, peak, share: min(max((T + 1 - t) / (share * T), 0), 1),
        "one less to cool": falling(cooling=lambda T, share: max(share * T - 1, 0.5)),
        "at once": lambda t, T, peak, share: peak if t <= T - share * T else 0.0,
        "half a wave, to T": lambda t, T, peak, share: (
            peak * (1 + np.cos(np.pi * np.clip((t - (1 - share) * T) / (share * T), 0, 1))) / 2
        ),
    },
    "08.2": {
        "sigma not squared": floors(lambda a, rate, sigma: rate**2 * sigma / (1 - (1 - a) ** 2)),
        "the rate not squared": floors(lambda a, rate, sigma: rate * sigma**2 / (1 - (1 - a) ** 2)),
        "kept once": floors(lambda a, rate, sigma: rate**2 * sigma**2 / a),
        "small rates": floors(lambda a, rate, sigma: rate**2 * sigma**2 / (2 * a)),
        "a plus": floors(lambda a, rate, sigma: rate**2 * sigma**2 / (a * (2 + a))),
        "the square alone": floors(loss=lambda c, s: np.sum(s)),
        "half the square": floors(loss=lambda c, s: np.sum(s) / 2),
        "without the half": floors(loss=lambda c, s: np.sum(c * s)),
        "the mean direction": floors(loss=lambda c, s: np.mean(c * s) / 2),
        "the steepest alone": floors(loss=lambda c, s: np.max(c) * s[np.argmax(c)] / 2),
        "each direction": floors(loss=lambda c, s: c * s / 2),
        "small rates, and a deviation": floors(lambda a, rate, sigma: rate**2 * sigma / (2 * a)),
    },
    "08.3": {
        "against the loss before": patient(best=lambda least, loss: loss),
        "a tie is better": patient(lambda loss, best: loss <= best),
        "one late": patient(cut=lambda waited, patience: waited > patience),
        "one early": patient(cut=lambda waited, patience: waited >= patience - 1),
        "goes on cutting": patient(cut=lambda waited, patience: waited >= patience, anew=False),
        "once in a row": patient(anew=False),
        "the largest loss": patient(best=lambda least, loss: max(least, loss) if np.isfinite(least) else loss),
        "divided": patient(times=lambda rate, factor: rate / factor),
        "the rate before the look": patient(first=True),
        "the factor alone": patient(times=lambda rate, factor: factor),
        "one less": patient(times=lambda rate, factor: rate * (1 - factor)),
        "not in a row": patient(calm=1),
        "forgets the best": patient(after=max),
        "a tie, and the rate before": patient(lambda loss, best: loss <= best, first=True),
    },
    "08.4": {
        "kept once": settled(lambda hot, cold, c: abs(1 - cold * c)),
        "the hot rate": settled(lambda hot, cold, c: (1 - hot * c) ** 2),
        "small rates": settled(floor=lambda rate, c: rate / 4),
        "one too many": settled(add=1),
        "one too few": settled(add=-1),
        "of the hot floor": settled(bound=lambda margin, low, gap: margin * (low + gap)),
        "of the gap": settled(bound=lambda margin, low, gap: margin * gap),
        "above zero": settled(bound=lambda margin, low, gap: (1 + margin) * low),
        "the margin alone": settled(bound=lambda margin, low, gap: margin),
        "without the curvature": settled(lambda hot, cold, c: (1 - cold) ** 2),
        "all of it shrinks": lambda hot, cold, c, margin: int(
            np.ceil(
                np.log(hot * (2 - cold * c) / (cold * (2 - hot * c) * (1 + margin))) / -np.log((1 - cold * c) ** 2)
            ).clip(0)
        ),
        "exponential, small rates": settled(lambda hot, cold, c: np.exp(-2 * cold * c), lambda rate, c: rate / 4),
    },
    "08.5": {
        "small rates": lambda loss, c, v: 4 * loss / v,
        "a minus": lambda loss, c, v: 4 * loss / (v - 2 * loss * c),
        "without the half": lambda loss, c, v: 2 * loss / (v + loss * c),
        "the mean square": lambda loss, c, v: 2 * loss * c / (v + loss * c**2),
        "without the curvature": lambda loss, c, v: 4 * loss / (v + 2 * loss),
        "upside down": lambda loss, c, v: (v + 2 * loss * c) / (4 * loss),
        "one factor lost": lambda loss, c, v: 4 * loss / (v + loss * c),
        "the variance squared": lambda loss, c, v: 4 * loss / (v**2 + 2 * loss * c),
        "the floor of the loss": lambda loss, c, v: loss * v / (2 * (2 - loss * c)),
        "the wall": lambda loss, c, v: 2 / c,
        "up to 1 / curvature": lambda loss, c, v: np.minimum(4 * loss / (v + 2 * loss * c), 1 / c),
        "half, and small rates": lambda loss, c, v: 2 * loss / v,
    },
    "08.6": {
        "no noise": shared(added=lambda rate, v: 0.0),
        "noise unscaled": shared(added=lambda rate, v: v),
        "the rate once": shared(added=lambda rate, v: rate * v),
        "a deviation": shared(added=lambda rate, v: rate**2 * v**2),
        "kept once": shared(kept=lambda a: 1 - a),
        "starts not squared": shared(begun=lambda starts: starts),
        "the last step does nothing": shared(lambda t, T, share: min(1, (T - t) / (share * T))),
        "cools from the start": shared(lambda t, T, share: (T + 1 - t) / T),
        "the worst": shared(pick=np.argmax),
        "without the half": shared(loss=lambda c, s: np.sum(c * s)),
        "without curvature": shared(loss=lambda c, s: np.sum(s) / 2),
        "a deviation, and the mean": shared(
            added=lambda rate, v: (rate * v) ** 2, loss=lambda c, s: np.mean(c * s) / 2
        ),
        "a step late": shared(lambda t, T, share: min(1, (T + 2 - t) / (share * T))),
    },
    "09.1": {
        "of the whole penalty": lambda X, theta, l2: logistic_hessian(X, theta, l2) + l2 * np.eye(len(theta)),
        "twice the penalty": lambda X, theta, l2: logistic_hessian(X, theta, 2 * l2),
        "no intercept": lambda X, theta, l2: logistic_hessian(X, theta, l2)[:-1, :-1],
        "intercept first": lambda X, theta, l2: np.roll(logistic_hessian(X, theta, l2), 1, axis=(0, 1)),
        "no penalty": lambda X, theta, l2: logistic_hessian(X, theta, 0.0),
        "penalty over n": lambda X, theta, l2: logistic_hessian(X, theta, l2 / len(X)),
        "the gradient's product": lambda X, theta, l2: np.outer(*[(logistic_hessian(X, theta, 0) @ theta)] * 2),
        "negative": lambda X, theta, l2: -logistic_hessian(X, theta, l2),
        "tanh": lambda X, theta, l2: logistic_hessian(X, 2 * theta, l2),
        "diagonal": lambda X, theta, l2: np.diag(np.diag(logistic_hessian(X, theta, l2))),
        "one more column in front": lambda X, theta, l2: np.roll(
            logistic_hessian(X, np.roll(theta, -1), l2), 1, axis=(0, 1)
        ),
        "scores of the weights": lambda X, theta, l2: logistic_hessian(X, np.append(theta[:-1], 0), l2),
    },
    "09.2": {
        "pinv without damping": lambda g, H, d: -np.einsum("bij,bj->bi", np.linalg.pinv(np.asarray(H, float)), g),
        "plus": lambda g, H, d: -newton_of(g, H, d),
        "half": lambda g, H, d: newton_of(g, H, d) / 2,
        "first matrix for all": lambda g, H, d: newton_of(g, np.broadcast_to(H[:1], H.shape), d),
        "damped after": lambda g, H, d: newton_of(g, H, 0 * d) / (1 + d),
        "only gradients": lambda g, H, d: -np.asarray(g, float),
        "stack as a matrix": lambda g, H, d: -np.linalg.solve(H + d * np.eye(H.shape[-1]), g),
        "sizes": lambda g, H, d: np.abs(newton_of(g, H, d)),
        "damping squared": lambda g, H, d: newton_of(g, H, d**2),
        "the new place": lambda g, H, d: g + newton_of(g, H, d),
        "sizes of eigenvalues": lambda g, H, d: newton_of(
            g, np.stack([scipy.linalg.sqrtm(h @ h).real for h in np.asarray(H, float)]), d
        ),
    },
    "09.3": {
        "always a minimum": lambda H: "minimum",
        "saddle by the determinant's sign": lambda H: (
            "saddle" if np.linalg.det(H) < 0 else "minimum" if np.trace(H) > 0 else "maximum"
        ),
        "no open": lambda H: right_kind(H).replace("open", "minimum"),
        "open is a saddle": lambda H: right_kind(H).replace("open", "saddle"),
        "exchanged": lambda H: {"minimum": "maximum", "maximum": "minimum"}.get(right_kind(H), right_kind(H)),
        "any zero is open": lambda H: (
            "open"
            if np.min(np.abs(np.linalg.eigvalsh(H))) < 1e-9 * np.abs(np.linalg.eigvalsh(H)).max()
            else right_kind(H)
        ),
        "no scale": lambda H: right_kind(np.where(np.abs(H) < 1e-3, 0, H)) if np.any(H) else "open",
        "largest alone": lambda H: "minimum" if np.linalg.eigvalsh(H)[-1] > 0 else "maximum",
        "lowest alone": lambda H: "minimum" if np.linalg.eigvalsh(H)[0] > 0 else "saddle",
        "first corner": lambda H: "minimum" if H[0, 0] > 0 else "maximum",
        "two by two": lambda H: (
            "saddle"
            if np.linalg.det(H) < 0
            else "open"
            if np.linalg.det(H) == 0
            else "minimum"
            if H[0, 0] > 0
            else "maximum"
        ),
    },
    "09.4": {
        "without least": lambda H, least: max(-np.linalg.eigvalsh(H).min(), 0),
        "least on top always": lambda H, least: max(-np.linalg.eigvalsh(H).min(), 0) + least,
        "largest": lambda H, least: max(least - np.linalg.eigvalsh(H).max(), 0),
        "from the diagonal": lambda H, least: max(least - np.diag(H).min(), 0),
        "minus least": lambda H, least: max(-least - np.linalg.eigvalsh(H).min(), 0),
        "at least `least`": lambda H, least: max(least - np.linalg.eigvalsh(H).min(), least),
        "second lowest": lambda H, least: max(least - np.linalg.eigvalsh(H)[1], 0),
        "norm": lambda H, least: max(least + np.linalg.norm(H), 0),
        "twice": lambda H, least: 2 * max(least - np.linalg.eigvalsh(H).min(), 0),
        "the matrix": lambda H, least: H + max(least - np.linalg.eigvalsh(H).min(), 0) * np.eye(len(H)),
        "nothing above 0": lambda H, least: (
            0.0 if np.linalg.eigvalsh(H).min() > 0 else least - np.linalg.eigvalsh(H)[0]
        ),
        "to 0, and below": lambda H, least: (
            -np.linalg.eigvalsh(H)[0] if np.linalg.eigvalsh(H)[0] < 0 else least - np.linalg.eigvalsh(H)[0]
        ),
    },
    "09.5": {
        "no limit": lambda slope, curvature, farthest: edge_of(slope, curvature, 50.0),
        "where curvature halves": lambda slope, curvature, farthest: edge_of(
            lambda x: x, lambda x: curvature(x), farthest
        ),
        "infinite": lambda slope, curvature, farthest: np.inf,
        "half": lambda slope, curvature, farthest: edge_of(slope, curvature, farthest) / 2,
        "a coarse grid": lambda slope, curvature, farthest: round(edge_of(slope, curvature, farthest), 1),
        "the middle": lambda slope, curvature, farthest: farthest / 2,
        "negative": lambda slope, curvature, farthest: -edge_of(slope, curvature, farthest),
        "slope alone": lambda slope, curvature, farthest: edge_of(slope, lambda x: 1.0, farthest),
        "None where there is none": lambda slope, curvature, farthest: (
            None if edge_of(slope, curvature, farthest) == farthest else edge_of(slope, curvature, farthest)
        ),
        "both": lambda slope, curvature, farthest: [edge_of(slope, curvature, farthest)] * 2,
        "lands on 0": lambda slope, curvature, farthest: edge_of(lambda x: 2 * slope(x), curvature, farthest),
        "0 where there is none": lambda slope, curvature, farthest: (
            edge_of(slope, curvature, farthest) if edge_of(slope, curvature, farthest) < farthest else 0.0
        ),
    },
    "09.6": {
        "always lbfgs": lambda n, d, memory, room, steps: "lbfgs",
        "newton below 500": lambda n, d, memory, room, steps: "newton" if d < 500 else "lbfgs",
        "no d cubed, no steps": lambda n, d, memory, room, steps: rule_for(n, d, memory, room, dict.fromkeys(steps, 1)),
        "float32": lambda n, d, memory, room, steps: rule_for(n, d, memory, 2 * room, steps),
        "dearest": lambda n, d, memory, room, steps: rule_for(n, d, memory, room, steps, best=max),
        "what needs least room": lambda n, d, memory, room, steps: "descent",
        "no pairs": lambda n, d, memory, room, steps: rule_for(n, d, 0, room, steps),
        "one row of pairs": lambda n, d, memory, room, steps: rule_for(n, d, memory / 2, room, steps),
        "fewest steps that fit": lambda n, d, memory, room, steps: rule_for(
            1, 1, 0, room if 8 * d * d <= room else 0, {"newton": 1, "lbfgs": 2, "descent": 3}
        ),
        "a number": lambda n, d, memory, room, steps: 2 * n * d,
        "else descent": lambda n, d, memory, room, steps: (
            rule_for(n, d, memory, 1e18, steps)
            if rule_for(n, d, memory, 1e18, steps) == rule_for(n, d, memory, room, steps)
            else "descent"
        ),
    },
    "10.1": {
        "the depth-th root": lambda depth, ratio: ratio ** (1 / depth),
        "with the output": lambda depth, ratio: ratio ** (1 / (depth + 1)),
        "the power": lambda depth, ratio: ratio ** (depth - 1),
        "divided": lambda depth, ratio: ratio / (depth - 1),
        "divided by depth": lambda depth, ratio: ratio / depth,
        "upside down": lambda depth, ratio: ratio ** (-1 / (depth - 1)),
        "a square root": lambda depth, ratio: np.sqrt(ratio),
        "evenly": lambda depth, ratio: 1 - (1 - ratio) / (depth - 1),
        "the ratio": lambda depth, ratio: ratio,
        "the logarithm": lambda depth, ratio: np.log(ratio) / (depth - 1),
        "forth and back": lambda depth, ratio: ratio ** (1 / (2 * (depth - 1))),
        "of two fewer": lambda depth, ratio: ratio ** (1 / max(depth - 2, 1)),
    },
    "10.2": {
        "each alone": lambda k, b, limit: (
            k * min(1, limit / max(np.linalg.norm(k), 1e-9)),
            b * min(1, limit / max(np.linalg.norm(b), 1e-9)),
        ),
        "each number": lambda k, b, limit: (np.clip(k, -limit, limit), np.clip(b, -limit, limit)),
        "always": lambda k, b, limit: clipped_both(k, b, limit, always=True),
        "the square": lambda k, b, limit: clipped_both(k, b, limit, size=np.sum(k**2) + np.sum(b**2)),
        "two lengths": lambda k, b, limit: clipped_both(k, b, limit, size=np.linalg.norm(k) + np.linalg.norm(b)),
        "the kernel's length": lambda k, b, limit: clipped_both(k, b, limit, size=np.linalg.norm(k)),
        "the largest number": lambda k, b, limit: clipped_both(k, b, limit, size=max(abs(k).max(), abs(b).max())),
        "kernel alone": lambda k, b, limit: (clipped_both(k, b, limit)[0], b),
        "to length 1": lambda k, b, limit: clipped_both(k, b, 1.0) if limit else (k, b),
        "exchanged": lambda k, b, limit: clipped_both(k, b, limit)[::-1],
        "divided by the limit": lambda k, b, limit: (k / limit, b / limit),
        "negative": lambda k, b, limit: tuple(-each for each in clipped_both(k, b, limit)),
    },
    "10.3": {
        "He's": lambda n, a: np.sqrt(2 / n),
        "no bend": lambda n, a: np.sqrt(1 / n),
        "the variance": lambda n, a: 2 / ((1 + a**2) * n),
        "the slope itself": lambda n, a: np.sqrt(2 / ((1 + a) * n)),
        "both sides whole": lambda n, a: np.sqrt(1 / ((1 + a**2) * n)),
        "mean slope squared": lambda n, a: 2 / (1 + a) / np.sqrt(n),
        "minus": lambda n, a: np.sqrt(2 / ((1 - a**2) * n)) if abs(a) < 1 else np.sqrt(2 / n),
        "upside down": lambda n, a: np.sqrt((1 + a**2) * n / 2),
        "uniform": lambda n, a: np.sqrt(6 / ((1 + a**2) * n)),
        "root of the inputs alone": lambda n, a: 2 / ((1 + a**2) * np.sqrt(n)),
        "times the inputs": lambda n, a: np.sqrt(2 * n / (1 + a**2)),
        "slope on top": lambda n, a: np.sqrt((2 + a**2) / n),
    },
    "10.4": {
        "the stop twice": lambda losses, patience: (stop_of(losses, patience)[1],) * 2,
        "one too many": lambda losses, patience: stop_of(losses, patience + 1),
        "the least of all": lambda losses, patience: (int(np.argmin(losses)), stop_of(losses, patience)[1]),
        "never stops": lambda losses, patience: (int(np.argmin(losses)), len(losses) - 1),
        "exchanged": lambda losses, patience: stop_of(losses, patience)[::-1],
        "losses": lambda losses, patience: tuple(losses[each] for each in stop_of(losses, patience)),
        "counted from 1": lambda losses, patience: tuple(each + 1 for each in stop_of(losses, patience)),
        "equal is better": lambda losses, patience: stop_of(losses - 1e-9 * np.arange(len(losses)), patience),
        "the largest": lambda losses, patience: stop_of(-losses, patience),
        "one look too early": lambda losses, patience: stop_of(losses, max(patience - 1, 1)),
        "at the first rise": lambda losses, patience: stop_of(losses, 1),
        "steps in between": lambda losses, patience: (
            stop_of(losses, patience)[0],
            stop_of(losses, patience)[1] - stop_of(losses, patience)[0],
        ),
    },
    "10.5": {
        "no infinity": lambda lengths, train, test: diagnosed(*map(np.nan_to_num, (lengths, train, test))),
        "gradients first": lambda lengths, train, test: (
            "vanishing"
            if diagnosed(lengths, train, train) == "vanishing" and np.isfinite(test).all()
            else diagnosed(lengths, train, test)
        ),
        "from the first test loss": lambda lengths, train, test: diagnosed(lengths, train, test[[0, -1]]),
        "from the training loss": lambda lengths, train, test: diagnosed(lengths, train, np.append(train, test[-1])),
        "small is ill": lambda lengths, train, test: (
            "vanishing"
            if diagnosed(lengths, train, test) == "none" and lengths[0] < 0.01 * lengths[-1]
            else diagnosed(lengths, train, test)
        ),
        "last over first": lambda lengths, train, test: diagnosed(lengths[::-1], train, test),
        "the shortest": lambda lengths, train, test: diagnosed(np.append(np.min(lengths), lengths), train, test),
        "always none": lambda lengths, train, test: "none",
        "whether it is well": lambda lengths, train, test: diagnosed(lengths, train, test) == "none",
        "no plateau": lambda lengths, train, test: diagnosed(lengths, train, test).replace("plateau", "none"),
        "exchanged": lambda lengths, train, test: {"plateau": "vanishing", "vanishing": "plateau"}.get(
            diagnosed(lengths, train, test), diagnosed(lengths, train, test)
        ),
        "the least training loss": lambda lengths, train, test: diagnosed(
            lengths, np.append(train, np.min(train)), test
        ),
    },
    "10.6": {
        "no luck": lambda measured, wrong, classes: measured / (1 - wrong),
        "added": lambda measured, wrong, classes: measured + wrong,
        "the other way": lambda measured, wrong, classes: (
            measured * (1 - wrong) + (1 - measured) * wrong / (classes - 1)
        ),
        "all classes": lambda measured, wrong, classes: (measured - wrong / classes) / (1 - wrong - wrong / classes),
        "two classes": lambda measured, wrong, classes: (measured - wrong) / (1 - 2 * wrong),
        "luck below alone": lambda measured, wrong, classes: measured / (1 - wrong - wrong / (classes - 1)),
        "luck above alone": lambda measured, wrong, classes: (measured - wrong / (classes - 1)) / (1 - wrong),
        "as measured": lambda measured, wrong, classes: measured,
        "taken off": lambda measured, wrong, classes: measured - wrong,
        "in per cent": lambda measured, wrong, classes: 100 * true_of(measured, wrong, classes),
        "luck added": lambda measured, wrong, classes: (
            (measured + wrong / (classes - 1)) / (1 - wrong + wrong / (classes - 1))
        ),
        "misread": lambda measured, wrong, classes: 1 - true_of(measured, wrong, classes),
    },
    "11.1": {
        "own statistics": lambda train, rows: scaled_by(rows, rows),
        "all rows": lambda train, rows: scaled_by(rows, np.concatenate([train, rows])),
        "the variance": lambda train, rows: scaled_by(rows, train, np.var),
        "n - 1": lambda train, rows: scaled_by(rows, train, ddof=1),
        "between 0 and 1": lambda train, rows: (rows - train.min(0)) / np.maximum(np.ptp(train, 0), 1e-12),
        "only centred": lambda train, rows: rows - train.mean(0),
        "only scaled": lambda train, rows: rows / np.where(train.std(0) == 0, 1, train.std(0)),
        "the whole table": lambda train, rows: (rows - train.mean()) / train.std(),
        "around the median": lambda train, rows: scaled_by(rows + train.mean(0) - np.median(train, 0), train),
        "a small number": lambda train, rows: (rows - train.mean(0)) / (train.std(0) + 1e-6),
        "a constant column is 0": lambda train, rows: np.where(train.std(0) == 0, 0, scaled_by(rows, train)),
        "a constant column stays": lambda train, rows: np.where(train.std(0) == 0, rows, scaled_by(rows, train)),
        "own mean": lambda train, rows: (rows - rows.mean(0)) / np.where(train.std(0) == 0, 1, train.std(0)),
    },
    "11.2": {
        "means": lambda train, rows: filled_with(rows, np.nanmean(train, 0)),
        "zeros": lambda train, rows: np.nan_to_num(rows),
        "all rows": lambda train, rows: filled_with(rows, np.nanmedian(np.concatenate([train, rows]), 0)),
        "one median": lambda train, rows: filled_with(rows, np.nanmedian(train)),
        "zeros too": lambda train, rows: np.where(np.isnan(rows) | (rows == 0), np.nanmedian(train, 0), rows),
        "the largest": lambda train, rows: filled_with(rows, np.nanmax(train, 0)),
        "the first": lambda train, rows: filled_with(rows, [column[~np.isnan(column)][0] for column in train.T]),
        "complete rows": lambda train, rows: filled_with(
            rows, np.median(train[~np.isnan(train).any(1)], 0) if (~np.isnan(train).any(1)).any() else 0
        ),
        "gaps as zeros": lambda train, rows: filled_with(rows, np.median(np.nan_to_num(train), 0)),
        "the training rows": lambda train, rows: filled_with(train, np.nanmedian(train, 0)),
        "half the range": lambda train, rows: filled_with(rows, (np.nanmax(train, 0) + np.nanmin(train, 0)) / 2),
        "as they came": lambda train, rows: rows.copy(),
    },
    "11.3": {
        "the mean": lambda image: nine(image, np.mean),
        "zeros outside": lambda image: nine(image, mode="constant"),
        "mirrored": lambda image: nine(image, mode="reflect") if min(image.shape) > 1 else nine(image),
        "from the other side": lambda image: nine(image, mode="wrap"),
        "the largest": lambda image: nine(image, np.max),
        "the smallest": lambda image: nine(image, np.min),
        "the fifth from 0": lambda image: nine(image, lambda w, axis: np.sort(w, axis)[..., 5]),
        "the third": lambda image: nine(image, lambda w, axis: np.sort(w, axis)[..., 3]),
        "without itself": lambda image: nine(image, lambda w, axis: np.median(np.delete(w, 4, axis), axis)),
        "a plus": lambda image: nine(image, lambda w, axis: np.median(w[..., 1::2], axis)),
        "unsorted": lambda image: nine(image, lambda w, axis: w[..., 4]),
        "twice": lambda image: nine(nine(image)),
        "of five rows": lambda image: np.median([np.roll(image, step, 0) for step in (-1, 0, 1)], axis=0),
    },
    "11.4": {
        "not squared": lambda blur, w: np.sqrt(blur / (1 - np.sum(w) / w.size)),
        "the variance": lambda blur, w: blur / (1 - np.sum(w**2)),
        "the largest weight": lambda blur, w: np.sqrt(blur / (1 - w.max() ** 2)),
        "the blur alone": lambda blur, w: np.sqrt(blur),
        "divided by what is left": lambda blur, w: np.sqrt(blur / np.sum(w**2)),
        "plus": lambda blur, w: np.sqrt(blur / (1 + np.sum(w**2))),
        "times": lambda blur, w: np.sqrt(blur * (1 - np.sum(w**2))),
        "root of the blur": lambda blur, w: np.sqrt(blur) / (1 - np.sum(w**2)),
        "root of the sum": lambda blur, w: np.sqrt(blur / (1 - np.sqrt(np.sum(w**2)))),
        "the mean of squares": lambda blur, w: np.sqrt(blur / (1 - np.mean(w**2))),
        "twice": lambda blur, w: 2 * np.sqrt(blur / (1 - np.sum(w**2))),
        "less": lambda blur, w: np.sqrt(blur) - np.sum(w**2),
    },
    "11.5": {
        "by the mean": lambda train, rows, seen: "own" if np.allclose(seen.mean(0), 0) else whose_of(train, rows, seen),
        "never none": lambda train, rows, seen: (
            "own" if whose_of(train, rows, seen) == "none" else whose_of(train, rows, seen)
        ),
        "the first row": lambda train, rows, seen: whose_of(train, rows, seen, lambda a, b: np.allclose(a[0], b[0])),
        "the last row": lambda train, rows, seen: whose_of(train, rows, seen, lambda a, b: np.allclose(a[-1], b[-1])),
        "the means": lambda train, rows, seen: whose_of(
            train, rows, seen, lambda a, b: np.allclose(a.mean(0), b.mean(0))
        ),
        "always training": lambda train, rows, seen: "training",
        "own or training": lambda train, rows, seen: whose_of(train, rows, seen).replace("all", "none"),
        "n - 1": lambda train, rows, seen: next(
            (
                name
                for name, those in (("training", train), ("all", np.concatenate([train, rows])), ("own", rows))
                if np.allclose((rows - those.mean(0)) / those.std(0, ddof=1), seen)
            ),
            "none",
        ),
        "means of the rows": lambda train, rows, seen: (
            "training"
            if np.allclose((rows - train.mean(0)) / rows.std(0), seen)
            else whose_of(train, rows, seen).replace("training", "none")
        ),
        "exchanged": lambda train, rows, seen: {"own": "training", "training": "own"}.get(
            whose_of(train, rows, seen), whose_of(train, rows, seen)
        ),
        "a wide limit": lambda train, rows, seen: whose_of(train, rows, seen, lambda a, b: np.allclose(a, b, atol=1.5)),
    },
    "11.6": {
        "black alone": lambda x, p: decibels(p * np.mean(np.asarray(x, float) ** 2 + 1e-9)),
        "white alone": lambda x, p: decibels(p * np.mean((255.0 - x) ** 2) / 2 + 1e-9),
        "natural": lambda x, p: 10 * np.log(255**2 / (p / 2 * np.mean(x * 1.0 * x + (255.0 - x) ** 2))),
        "no half": lambda x, p: decibels(p * np.mean(x * 1.0 * x + (255.0 - x) ** 2)),
        "peak of 1": lambda x, p: decibels(p / 2 * np.mean(x * 1.0 * x + (255.0 - x) ** 2), 1),
        "20 times": lambda x, p: 2 * decibels(p / 2 * np.mean(x * 1.0 * x + (255.0 - x) ** 2)),
        "the worst": lambda x, p: decibels(p * 255**2),
        "bytes": lambda x, p: decibels(p / 2 * np.mean(x**2 + (255 - x) ** 2)),
        "of the mean": lambda x, p: decibels(p / 2 * (np.mean(x * 1.0) ** 2 + (255 - np.mean(x * 1.0)) ** 2)),
        "not squared": lambda x, p: decibels(p / 2 * 255),
        "the share squared": lambda x, p: decibels(p**2 / 2 * np.mean(x * 1.0 * x + (255.0 - x) ** 2)),
        "256": lambda x, p: decibels(p / 2 * np.mean(x * 1.0 * x + (256.0 - x) ** 2), 256),
    },
    "12.1": {
        "a negative": lambda images: -1.0 * images[:, :, ::-1],
        "every second column": lambda images: images[:, :, ::-2],
        "before and after": lambda images: (images, images[:, :, ::-1]),
        "one row for each image": lambda images: images[:, :, ::-1].reshape(len(images), -1),
        "brackets too many": lambda images: [images[:, :, ::-1]],
        "as in PyTorch": lambda images: images.flip(2),
        "printed": lambda images: print(images[:, :, ::-1]),
        "turned": lambda images: np.rot90(images, axes=(1, 2)),
        "channels first": lambda images: images[:, :, ::-1].swapaxes(1, -1),
        "columns sorted": lambda images: np.sort(images, axis=2),
    },
    "12.2": {
        "a negative": lambda images, clockwise: -1.0 * quarter(images, clockwise),
        "half a turn one way": lambda images, clockwise: np.rot90(images, 2 if clockwise else 1, (1, 2)),
        "images in reverse order": lambda images, clockwise: quarter(images, clockwise)[::-1],
        "columns and images": lambda images, clockwise: np.rot90(images, -1 if clockwise else 1, (0, 2)),
        "columns and channels": lambda images, clockwise: np.rot90(images, -1 if clockwise else 1, (1, 3)),
        "brackets too many": lambda images, clockwise: [quarter(images, clockwise)],
        "the last alone": lambda images, clockwise: quarter(images, clockwise)[-1],
        "one way only": lambda images, clockwise: quarter(images, clockwise) if clockwise else None,
        "all black": lambda images, clockwise: 0 * quarter(images, clockwise),
        "turned and mirrored": lambda images, clockwise: quarter(images, clockwise)[:, :, ::-1],
    },
    "12.3": {
        "a negative": lambda images, dy, dx: -1.0 * shifted(images, dy, dx),
        "the last alone": lambda images, dy, dx: shifted(images, dy, dx)[-1],
        "not a number": lambda images, dy, dx: np.where(shifted(images, dy, dx) == 0, np.nan, shifted(images, dy, dx)),
        "padded for positive steps": padded,
        "pushed over the edge": pushed,
        "cropped": lambda images, dy, dx: images[:, dy:, dx:],
        "padded, not cropped": lambda images, dy, dx: np.pad(
            images, [(0, 0), (abs(dy), abs(dy)), (abs(dx), abs(dx)), *[(0, 0)] * (images.ndim - 3)]
        ),
        "all black": lambda images, dy, dx: 0 * images,
        "twice as far": lambda images, dy, dx: shifted(images, 2 * dy, 2 * dx),
        "white comes in": lambda images, dy, dx: shifted(images - 255.0, dy, dx) + 255,
    },
    "12.4": {
        "the classes of one-hot labels": lambda labels, k: np.repeat(
            labels.argmax(axis=1) if labels.ndim > 1 else labels, k
        ),
        "lists in a list": lambda labels, k: np.array([[label] * k for label in labels]),
        "how many": lambda labels, k: k * len(labels),
        "all 0": lambda labels, k: 0 * np.repeat(labels, k, axis=0),
        "twice": lambda labels, k: labels + labels,
        "the first k": lambda labels, k: labels[:k],
        "exchanged": lambda labels, k: np.repeat(k, labels),
        "filled up": lambda labels, k: np.resize(labels, k * len(labels)),
        "k squared": lambda labels, k: np.repeat(labels, k * k, axis=0),
        "in reverse order": lambda labels, k: np.repeat(labels, k, axis=0)[::-1],
    },
    "12.6": {
        "up to the many": lambda wins, losses: (
            sum(math.comb(wins + losses, k) for k in range(max(wins, losses) + 1)) / 2 ** (wins + losses)
        ),
        "a normal curve": lambda wins, losses: math.erfc(
            abs(wins - losses) / math.sqrt(2 * (wins + losses)) if wins + losses else 0
        ),
        "half for each": lambda wins, losses: 0.5 ** abs(wins - losses),
        "only the lead": lambda wins, losses: 2 * 0.5 ** max(wins, losses),
        "in percent": lambda wins, losses: 100 * sign_test(wins, losses),
        "always ten": lambda wins, losses: sign_test(min(wins, losses), 10 - min(wins, losses)),
        "divided by n": lambda wins, losses: (
            2 * sum(math.comb(wins + losses, k) for k in range(min(wins, losses) + 1)) / max(wins + losses, 1)
        ),
        "a yes or no": lambda wins, losses: sign_test(wins, losses) <= 0.05,
        "one side, strictly": lambda wins, losses: (
            sum(math.comb(wins + losses, k) for k in range(min(wins, losses))) / 2 ** (wins + losses)
        ),
        "n from wins alone": lambda wins, losses: (
            2 * sum(math.comb(wins, k) for k in range(min(wins, losses) + 1)) / 2**wins
        ),
        "2n ways": lambda wins, losses: min(
            1, 2 * sum(math.comb(wins + losses, k) for k in range(min(wins, losses) + 1)) / (2 * max(wins + losses, 1))
        ),
        "from one on": lambda wins, losses: min(
            1, 2 * sum(math.comb(wins + losses, k) for k in range(1, min(wins, losses) + 1)) / 2 ** (wins + losses)
        ),
        "two numbers": lambda wins, losses: (wins / max(wins + losses, 1), losses / max(wins + losses, 1)),
        "a share": lambda wins, losses: wins / max(wins + losses, 1),
        "permutations": lambda wins, losses: min(
            1, 2 * sum(math.perm(wins + losses, k) for k in range(min(wins, losses) + 1)) / 2 ** (wins + losses)
        ),
    },
    "13.1": {
        "as many steps as codes": lambda x, bits, low, high: coded(x, bits, low, high, last=2**bits),
        "truncated": lambda x, bits, low, high: coded(x, bits, low, high, np.floor),
        "half to even": lambda x, bits, low, high: coded(x, bits, low, high, np.round),
        "half down": lambda x, bits, low, high: coded(x, bits, low, high, lambda v: np.ceil(v - 0.5)),
        "restored": lambda x, bits, low, high: low + coded(x, bits, low, high) * (high - low) / (2**bits - 1),
        "from 0": lambda x, bits, low, high: np.clip(np.floor(x / (high - low) * (2**bits - 1) + 0.5), 0, 2**bits - 1),
        "nothing is held back": lambda x, bits, low, high: np.floor((x - low) / (high - low) * (2**bits - 1) + 0.5),
        "only below": lambda x, bits, low, high: np.maximum(
            np.floor((x - low) / (high - low) * (2**bits - 1) + 0.5), 0
        ),
        "by its own ends": lambda x, bits, low, high: coded(x, bits, x.min(), x.max()),
        "from the top": lambda x, bits, low, high: 2**bits - 1 - coded(x, bits, low, high),
        "from 1": lambda x, bits, low, high: coded(x, bits, low, high) + 1,
        "high alone": lambda x, bits, low, high: np.clip(
            np.floor((x - low) / high * (2**bits - 1) + 0.5), 0, 2**bits - 1
        ),
    },
    "13.2": {
        "a byte each": lambda count, levels: count,
        "bits": lambda count, levels: count * (levels - 1).bit_length(),
        "rounded down": lambda count, levels: count * (levels - 1).bit_length() // 8,
        "not rounded": lambda count, levels: count * np.log2(levels) / 8,
        "by the entropy": lambda count, levels: int(np.ceil(count * np.log2(levels) / 8)),
        "bits of the number": lambda count, levels: -(-count * int(levels).bit_length() // 8),
        "bits down": lambda count, levels: -(-count * int(np.log2(levels)) // 8),
        "one byte more": lambda count, levels: packed_in(count, levels) + 1,
        "own bytes": lambda count, levels: count * -(-(levels - 1).bit_length() // 8),
        "levels as bits": lambda count, levels: -(-count * levels // 8),
        "bits of 4": lambda count, levels: -(-count * (levels - 1).bit_length() // 4),
    },
    "13.3": {
        "never even": lambda before, after, step: {"half to even": "random"}.get(
            rounded_by(before, after, step), rounded_by(before, after, step)
        ),
        "halves left out": lambda before, after, step: rounded_by(
            before[2 * (before % step) != step], after[2 * (before % step) != step], step
        ),
        "even first": lambda before, after, step: (
            "half to even" if (after / step == np.rint(before / step)).all() else rounded_by(before, after, step)
        ),
        "the first pair": lambda before, after, step: rounded_by(before[:1], after[:1], step),
        "near is enough": lambda before, after, step: (
            "half up" if (2 * abs(after - before) <= step).all() else rounded_by(before, after, step)
        ),
        "nothing is random": lambda before, after, step: {"random": "half up"}.get(
            rounded_by(before, after, step), rounded_by(before, after, step)
        ),
        "up": lambda before, after, step: "half up" if (after >= before).all() else rounded_by(before, after, step),
        "by the mean": lambda before, after, step: (
            "truncate" if (after - before).mean() < 0 else rounded_by(before, after, step)
        ),
        "random": lambda before, after, step: "random",
        "two words exchanged": lambda before, after, step: {"half up": "half to even", "half to even": "half up"}.get(
            rounded_by(before, after, step), rounded_by(before, after, step)
        ),
    },
    "13.4": {
        "the largest": lambda sizes: max(sizes) // 2,
        "sizes": lambda sizes: sum(sizes),
        "both sides": lambda sizes: sum(size - 1 for size in sizes),
        "one each": lambda sizes: len(sizes),
        "half a pixel": lambda sizes: sum(size / 2 for size in sizes),
        "with the middle": lambda sizes: sum(size // 2 + 1 for size in sizes),
        "a middle too many": lambda sizes: sum(size // 2 for size in sizes) + 1,
        "the last": lambda sizes: sizes[-1] // 2,
        "multiplied": lambda sizes: int(np.prod([size // 2 for size in sizes])),
        "the largest window": lambda sizes: max(sizes),
        "half of the sum": lambda sizes: sum(sizes) // 2,
    },
    "13.5": {
        "on its side": lambda numbers, size, shape: put_together(numbers, size, shape).T,
        "upside down": lambda numbers, size, shape: put_together(numbers, size, shape)[::-1],
        "reshaped": lambda numbers, size, shape: numbers.reshape(shape),
        "backwards": lambda numbers, size, shape: put_together(numbers, size, shape)[:, ::-1],
        "column by column": lambda numbers, size, shape: put_together(numbers, size, shape[::-1]).T,
        "in a row": lambda numbers, size, shape: put_together(numbers, size, shape).ravel(),
        "doubled": lambda numbers, size, shape: 2 * put_together(numbers, size, shape),
        "the last row missing": lambda numbers, size, shape: put_together(numbers, size, shape)[:-1],
        "a size too large": lambda numbers, size, shape: put_together(numbers, size + 1, shape),
        "numbers": lambda numbers, size, shape: numbers,
        "sorted": lambda numbers, size, shape: np.sort(numbers).reshape(shape),
    },
    "13.6": {
        "highest bit first": lambda data, bits, count: taken_out(bits_of(data, "big"), bits, count),
        "codes highest bit first": lambda data, bits, count: (
            bits_of(data)[: bits * count].reshape(count, bits) @ 2 ** np.arange(bits)[::-1]
        ),
        "both": lambda data, bits, count: (
            bits_of(data, "big")[: bits * count].reshape(count, bits) @ 2 ** np.arange(bits)[::-1]
        ),
        "to the end": lambda data, bits, count: taken_out(bits_of(data), bits, len(data) * 8 // bits),
        "a byte each": lambda data, bits, count: [int(byte) & (2**bits - 1) for byte in data][:count],
        "bytes": lambda data, bits, count: list(data),
        "ones counted": lambda data, bits, count: bits_of(data)[: bits * count].reshape(count, bits).sum(axis=1),
        "from the back": lambda data, bits, count: taken_out(bits_of(data), bits, count)[::-1],
        "one bit late": lambda data, bits, count: taken_out(np.roll(bits_of(data), -1), bits, count),
        "one too few": lambda data, bits, count: taken_out(bits_of(data), bits, count)[:-1],
        "bytes backwards": lambda data, bits, count: taken_out(bits_of(data[::-1]), bits, count),
    },
    "14.1": {
        "usual": lambda h, w, c, f, k: (k * k * c * f + f, 2 * h * w * k * k * c * f),
        "no twos": lambda h, w, c, f, k: (k * k * c + c * f + f, h * w * (k * k * c + c * f)),
        "two biases": lambda h, w, c, f, k: (k * k * c + c * f + f + c, 2 * h * w * (k * k * c + c * f)),
        "no bias": lambda h, w, c, f, k: (k * k * c + c * f, 2 * h * w * (k * k * c + c * f)),
        "one place": lambda h, w, c, f, k: (k * k * c + c * f + f, 2 * (k * k * c + c * f)),
        "k once": lambda h, w, c, f, k: (k * c + c * f + f, 2 * h * w * (k * c + c * f)),
        "bias costs": lambda h, w, c, f, k: (k * k * c + c * f + f, 2 * h * w * (k * k * c + c * f + f)),
        "windows alone": lambda h, w, c, f, k: (k * k * c + f, 2 * h * w * k * k * c),
        "mixing alone": lambda h, w, c, f, k: (c * f + f, 2 * h * w * c * f),
        "exchanged": lambda h, w, c, f, k: (2 * h * w * (k * k * c + c * f), k * k * c + c * f + f),
        "flops alone": lambda h, w, c, f, k: 2 * h * w * (k * k * c + c * f),
    },
    "14.2": {
        "too wide": lambda p, d: widest(p, d) + 1,
        "no biases": lambda p, d: widest(p, d, lambda w: 64 * w + (d - 1) * w * w + 10 * w),
        "depth layers": lambda p, d: widest(p, d, lambda w: 65 * w + d * w * (w + 1) + 10 * w + 10),
        "squares": lambda p, d: widest(p, d, lambda w: d * w * (w + 1) + 10 * w + 10),
        "shared out": lambda p, d: widest(p, 1) // d,
        "no output": lambda p, d: widest(p, d, lambda w: 65 * w + (d - 1) * w * (w + 1)),
        "one layer": lambda p, d: widest(p, 1),
        "strictly": lambda p, d: widest(p - 1, d),
        "at least one": lambda p, d: max(1, widest(p, d)),
        "a fraction": lambda p, d: (p - 10) / 75 if d == 1 else float(widest(p, d)) + 0.5,
    },
    "14.3": {
        "always parameters": lambda layers, p, f: max(layers, key=lambda each: each[1])[0],
        "always operations": lambda layers, p, f: max(layers, key=lambda each: each[2])[0],
        "differences": lambda layers, p, f: shrunk(layers, p, f, lambda a, b: a - b),
        "parameters first": lambda layers, p, f: shrunk(layers, p, f, lambda a, b: a > b),
        "the smallest": lambda layers, p, f: min(layers, key=lambda each: each[1])[0],
        "the first": lambda layers, p, f: layers[0][0],
        "a number": lambda layers, p, f: sum(each[1] for each in layers) / p,
        "no": lambda layers, p, f: "none",
        "sums": lambda layers, p, f: max(layers, key=lambda each: each[1] + each[2])[0],
        "shares": lambda layers, p, f: max(layers, key=lambda each: each[1] / p + each[2] / f)[0],
    },
    "14.4": {
        "by place": lambda old, fresh, layers: [
            int(name.split("/")[0] in layers and shape == fresh[name])
            for name, shape in zip(fresh, [*old.values(), *fresh.values()], strict=False)
        ],
        "all": lambda old, fresh, layers: [int(old.get(name) == shape) for name, shape in fresh.items()],
        "none": lambda old, fresh, layers: [0] * len(fresh),
        "others": lambda old, fresh, layers: [
            int(name.split("/")[0] not in layers and old.get(name) == shape) for name, shape in fresh.items()
        ],
        "no shapes": lambda old, fresh, layers: [int(name.split("/")[0] in layers and name in old) for name in fresh],
        "listed": lambda old, fresh, layers: [int(name.split("/")[0] in layers) for name in fresh],
        "kernels": lambda old, fresh, layers: [
            int(name.split("/")[0] in layers and "kernel" in name and old.get(name) == shape)
            for name, shape in fresh.items()
        ],
        "prefix": lambda old, fresh, layers: [
            int(name.startswith(tuple(layers)) and old.get(name) == shape) for name, shape in fresh.items()
        ],
        "names": lambda old, fresh, layers: [name for name in fresh if name.split("/")[0] in layers],
        "order of old": lambda old, fresh, layers: [
            int(name.split("/")[0] in layers and fresh.get(name) == shape) for name, shape in old.items()
        ],
        "how many": lambda old, fresh, layers: sum(
            name.split("/")[0] in layers and old.get(name) == shape for name, shape in fresh.items()
        ),
    },
    "14.5": {
        "means": lambda a, b: "a" if sum(a) > sum(b) else "b" if sum(b) > sum(a) else "undecided",
        "most": lambda a, b: "a" if sum(x > y for x, y in zip(a, b)) > len(a) / 2 else "b",  # noqa: B905
        "best": lambda a, b: "a" if max(a) > max(b) else "b",
        "worst": lambda a, b: "a" if min(a) > min(b) else "b",
        "no five": lambda a, b: paired(a, b, 1),
        "six": lambda a, b: paired(a, b, 6),
        "four": lambda a, b: paired(a, b, 4),
        "exchanged": lambda a, b: paired(b, a, 5),
        "ties count": lambda a, b: paired([x + 1e-9 for x in a], b, 5) if sum(a) > sum(b) else paired(a, b, 5),
        "never": lambda a, b: "undecided",
    },
    "14.6": {
        "one softmax": lambda z, y, first: headed_loss(z, y, first, apart=False),
        "sum": lambda z, y, first: headed_loss(z, y, first) * len(z),
        "half": lambda z, y, first: headed_loss(z, y, first) / 2,
        "first alone": lambda z, y, first: headed_loss(z, y * [1, 0] - [0, 1], first),
        "second alone": lambda z, y, first: headed_loss(z, y * [0, 1] - [1, 0], first),
        "unknown is last": lambda z, y, first: headed_loss(
            z, np.where(y < 0, [first - 1, z.shape[1] - first - 1], y), first
        ),
        "unknown is 0": lambda z, y, first: headed_loss(z, np.maximum(y, 0), first),
        "each known": lambda z, y, first: headed_loss(z, y, first) * len(z) / max((y >= 0).sum(), 1),
        "sign": lambda z, y, first: -headed_loss(z, y, first),
        "each example": lambda z, y, first: [headed_loss(z[i : i + 1], y[i : i + 1], first) for i in range(len(z))],
    },
    "15.1": {
        "a strict border": cut_kernels(stays=lambda size, limit: size > limit),
        "rounded down": cut_kernels(count=lambda share, n: int(share * n)),
        "one too many": cut_kernels(count=lambda share, n: round(share * n) + 1),
        "counted in the first": cut_kernels(count=lambda share, n: round(share * n / 2)),
        "a quantile": cut_kernels(count=lambda share, n: round(share * (n - 1))),
        "only the first": lambda a, b, share: (cut_kernels()(a, b, share)[0], b),
        "only the second": lambda a, b, share: (a, cut_kernels()(a, b, share)[1]),
        "exchanged": lambda a, b, share: cut_kernels()(a, b, share)[::-1],
        "sizes": lambda a, b, share: tuple(np.abs(w) for w in cut_kernels()(a, b, share)),
        "complement": lambda a, b, share: tuple(
            w - kept for w, kept in zip((a, b), cut_kernels()(a, b, share), strict=True)
        ),
        "soft": lambda a, b, share: tuple(
            np.sign(w) * np.maximum(np.abs(w) - limit_of(a, b, share), 0) for w in (a, b)
        ),
    },
    "15.2": {
        "one-based rows": lambda n, h, w, f, p: np.arange((h // p) * (w // p)) * f + n + 1,
        "columns first": lambda n, h, w, f, p: np.arange((h // p) * (w // p)) + n * f,
        "stride of the filters less one": lambda n, h, w, f, p: np.arange((h // p) * (w // p)) * (f - 1) + n,
        "one side pooled": lambda n, h, w, f, p: np.arange((h // p) * w) * f + n,
        "overlapping pool": lambda n, h, w, f, p: np.arange((h - p + 1) * (w - p + 1)) * f + n,
        "how many": lambda n, h, w, f, p: (h // p) * (w // p),
        "the first row": lambda n, h, w, f, p: n,
        "falling": lambda n, h, w, f, p: (np.arange((h // p) * (w // p)) * f + n)[::-1],
        "all rows": lambda n, h, w, f, p: np.arange((h // p) * (w // p) * f),
        "up to the last": lambda n, h, w, f, p: np.arange((h // p) * (w // p) - 1) * f + n,
        "by rows of the image": lambda n, h, w, f, p: np.arange(h // p) * f * (w // p) + n,
    },
    "15.3": {
        "uphill": lambda w, g, rate, l1, l2: both_penalties(w, -g, rate, l1, l2),
        "no gradient": lambda w, g, rate, l1, l2: both_penalties(w, 0 * g, rate, l1, l2),
        "l1 alone": lambda w, g, rate, l1, l2: both_penalties(w, g, rate, l1, 0),
        "l2 alone": lambda w, g, rate, l1, l2: both_penalties(w, g, rate, 0, l2),
        "exchanged": lambda w, g, rate, l1, l2: both_penalties(w, g, rate, l2, l1),
        "twice l2": lambda w, g, rate, l1, l2: both_penalties(w, g, rate, l1, 2 * l2),
        "half l2": lambda w, g, rate, l1, l2: both_penalties(w, g, rate, l1, l2 / 2),
        "l2 without the rate": lambda w, g, rate, l1, l2: both_penalties(w, g, rate, l1, l2 / rate),
        "sizes": lambda w, g, rate, l1, l2: np.abs(both_penalties(w, g, rate, l1, l2)),
        "hard": lambda w, g, rate, l1, l2: (
            np.where(np.abs(w - rate * g) > rate * l1, w - rate * g, 0) / (1 + rate * l2)
        ),
        "never below 0": lambda w, g, rate, l1, l2: np.maximum(w - rate * g - rate * l1, 0) / (1 + rate * l2),
        "sign of the weight": lambda w, g, rate, l1, l2: (
            np.sign(w) * np.maximum(np.abs(w - rate * g) - rate * l1, 0) / (1 + rate * l2)
        ),
    },
    "15.4": {
        "by rows": lambda k, b, f, n: dead_units(k, b, f, n, led=lambda k: (k != 0).any(axis=1)[: k.shape[1]]),
        "the living ones": lambda k, b, f, n: dead_units(k, b, f, n, led=lambda k: ~(k != 0).any(axis=0)),
        "bias of all": lambda k, b, f, n: (*dead_units(k, b, f, n)[:3], n + np.maximum(b, 0) @ f),
        "taken off": lambda k, b, f, n: (*dead_units(k, b, f, n)[:3], 2 * n - dead_units(k, b, f, n)[3]),
        "without weights": lambda k, b, f, n: dead_units(k, b, f, n, said=lambda b: np.ones_like(b)),
        "tanh": lambda k, b, f, n: dead_units(k, b, f, n, said=np.tanh),
        "sigmoid": lambda k, b, f, n: dead_units(k, b, f, n, said=lambda b: 1 / (1 + np.exp(-b))),
        "the rest forgotten": lambda k, b, f, n: (*dead_units(k, b, f, n)[:3], dead_units(k, b, f, n)[3] - n),
        "three arrays": lambda k, b, f, n: dead_units(k, b, f, n)[:3],
        "all biases kept": lambda k, b, f, n: (dead_units(k, b, f, n)[0], b, *dead_units(k, b, f, n)[2:]),
        "only positive": lambda k, b, f, n: dead_units(k, b, f, n, led=lambda k: (k > 0).any(axis=0)),
    },
    "15.5": {
        "bits": lambda r, c, v, i: sparse_zeros(r, c, 8 * v, i),
        "indices free": lambda r, c, v, i: sparse_zeros(r, c, v, 0),
        "half": lambda r, c, v, i: r * c // 2,
        "fixed to 4 bytes": lambda r, c, v, i: sparse_zeros(r, c, 4, 4),
        "one end more": lambda r, c, v, i: sparse_zeros(r + 1, c, v, i) - c,
        "rounded": lambda r, c, v, i: r * c - round((r * c * v - (r + 1) * i) / (v + i)),
        "one survivor fewer": lambda r, c, v, i: sparse_zeros(r, c, v, i) + 1,
        "values exchanged": lambda r, c, v, i: sparse_zeros(r, c, i, v),
        "bytes saved": lambda r, c, v, i: r * c * v - (r + 1) * i,
        "starts of values": lambda r, c, v, i: r * c - (r * c * v - (r + 1) * v - 1) // (v + i),
        "per row": lambda r, c, v, i: r * (c - (c * v - i - 1) // (v + i)),
    },
    "15.6": {
        "always trained on": lambda before, after: "trained on",
        "two thirds": what_was_done(limit=2 / 3),
        "not more than": what_was_done(new=lambda share, limit: share <= limit),
        "any zero": what_was_done(lost=lambda before, after: np.any(after == 0)),
        "a zero came": what_was_done(lost=lambda before, after: np.any((before != 0) & (after == 0))),
        "exchanged": lambda before, after: what_was_done()(after, before),
        "close is equal": what_was_done(equal=lambda a, b: np.allclose(a, b, atol=0.2)),
        "pruned in all": what_was_done(alive=lambda before, after: np.ones(len(after), bool)),
        "never untouched": lambda before, after: what_was_done()(before, after).replace("untouched", "pruned"),
        "sizes": lambda before, after: what_was_done()(np.abs(before), np.abs(after)),
        "capitals": lambda before, after: what_was_done()(before, after).upper() + ".",
    },
    "17.1": {
        "the scale alone": lambda x, bits: codes_and_scale(x, bits)[1],
        "a dict": lambda x, bits: dict(zip(("codes", "scale"), codes_and_scale(x, bits), strict=True)),
        "the other order": lambda x, bits: codes_and_scale(x, bits)[::-1],
        "by the spread": lambda x, bits: (np.round(x / x.std()), x.std()),
        "a little more": lambda x, bits: (codes_and_scale(x, bits)[0], codes_and_scale(x, bits)[1] + 0.01),
        "a scale for each column": lambda x, bits: (
            np.round(x / np.abs(x).max(axis=0) * (2 ** (bits - 1) - 1)),
            np.abs(x).max(axis=0) / (2 ** (bits - 1) - 1),
        ),
        "the scale rounded": lambda x, bits: (
            codes_and_scale(x, bits)[0],
            round(float(codes_and_scale(x, bits)[1]), 2),
        ),
        "codes of opposite sign": lambda x, bits: (-codes_and_scale(x, bits)[0], codes_and_scale(x, bits)[1]),
        "max of lists": lambda x, bits: (x, max(abs(x)) / max(x, 0)),
        "half the scale": lambda x, bits: (2 * codes_and_scale(x, bits)[0], codes_and_scale(x, bits)[1] / 2),
    },
    "17.2": {
        "two things": lambda x, bits: spread(x, bits)[:2],
        "from behind": lambda x, bits: spread(x, bits)[::-1],
        "the range itself": lambda x, bits: (spread(x, bits)[0], np.ptp(x), spread(x, bits)[2]),
        "always 128": lambda x, bits: (*spread(x, bits)[:2], 128),
        "around 0": lambda x, bits: (
            np.round(x / (2 * np.abs(x).max()) * (2**bits - 1)),
            2 * np.abs(x).max() / (2**bits - 1),
            0,
        ),
        "one more": lambda x, bits: (spread(x, bits)[0] + 1, *spread(x, bits)[1:]),
        "the scale alone": lambda x, bits: spread(x, bits)[1],
        "nothing": lambda x, bits: None,
        "the codes from behind": lambda x, bits: (2**bits - 1 - spread(x, bits)[0], *spread(x, bits)[1:]),
        "the scale squared": lambda x, bits: (spread(x, bits)[0], spread(x, bits)[1] ** 2, spread(x, bits)[2]),
    },
    "17.3": {
        "an axis kept": lambda weights, bits: each_scale(weights, bits)[None],
        "upside down": lambda weights, bits: 1 / each_scale(weights, bits),
        "in reverse order": lambda weights, bits: each_scale(weights, bits)[::-1],
        "an if on an array": lambda weights, bits: 1 if each_scale(weights, bits) == 0 else each_scale(weights, bits),
        "rounded": lambda weights, bits: each_scale(weights, bits).round(2),
        "not a number": lambda weights, bits: np.where(
            each_scale(weights, bits) == 1, np.nan, each_scale(weights, bits)
        ),
        "twice": lambda weights, bits: 2 * each_scale(weights, bits),
        "the first weight": lambda weights, bits: weights.ravel()[0],
        "the scales and the bits": lambda weights, bits: (each_scale(weights, bits), bits),
        "the smallest": lambda weights, bits: np.abs(weights).reshape(-1, weights.shape[-1]).min(axis=0),
    },
    "17.4": {
        "minus": lambda x, z, w, v, b, m, y: requantized(-centred(x, z) @ centred(w, v), b, m, y),
        "transposed": lambda *case: [part.T for part in layer(*case)],
        "added up": lambda *case: [part.sum() for part in layer(*case)],
        "the zero points of x and y exchanged": lambda x, z, w, v, b, m, y: layer(x, y, w, v, b, m, z),
        "a relu behind": layer_but(lambda steps, zero: np.clip(steps + zero, zero, 255)),
        "no codes but steps": layer_but(lambda steps, zero: steps),
        "the wrong way": layer_but(lambda steps, zero: np.clip(zero - steps, 0, 255)),
        "one code fewer": layer_but(lambda steps, zero: np.clip(steps + zero, 0, 254)),
        "the codes alone": lambda *case: layer(*case)[1],
        "codes before sums": lambda *case: layer(*case)[::-1],
        "a text": lambda *case: str(layer(*case)),
    },
    "17.5": {
        "truth values": lambda x: (x >= 0, np.abs(x).mean()),
        "the other order": lambda x: (np.abs(x).mean(), np.where(x < 0, -1, 1)),
        "the scale alone": lambda x: np.abs(x).mean(),
        "twice": lambda x: (np.where(x < 0, -1, 1), 2 * np.abs(x).mean()),
        "searched too coarsely": lambda x: (np.where(x < 0, -1, 1), round(float(np.abs(x).mean()), 1)),
        "x over its size": lambda x: (x / abs(x), np.abs(x).mean()),
        "half of the largest": lambda x: (np.where(x < 0, -1, 1), np.abs(x).max() / 2),
        "the variance": lambda x: (np.where(x < 0, -1, 1), np.var(x)),
        "two scales": lambda x: (np.where(x < 0, -1, 1), [x[x > 0].mean(), x[x < 0].mean()]),
        "nothing": lambda x: None,
    },
    "17.6": {
        "zero points too": lambda shape, bits, axis: size(shape, bits, axis) + scale_count(shape, axis),
        "in kilobytes": lambda shape, bits, axis: size(shape, bits, axis) / 1024,
        "a text": lambda shape, bits, axis: f"{size(shape, bits, axis)} bytes",
        "a header": lambda shape, bits, axis: size(shape, bits, axis) + 16,
        "the scales taken off": lambda shape, bits, axis: size(shape, bits, axis) - 8 * scale_count(shape, axis),
        "the scales alone": lambda shape, bits, axis: 4 * scale_count(shape, axis),
        "how many times smaller": lambda shape, bits, axis: 4 * math.prod(shape) / size(shape, bits, axis),
        "None as an index": lambda shape, bits, axis: size(shape, bits, 0) + 4 * shape[axis],
        "four bits to a byte": lambda shape, bits, axis: math.ceil(math.prod(shape) * bits / 4) + 8,
        "a power of 2": lambda shape, bits, axis: math.prod(shape) * 2**bits // 8 + 4 * scale_count(shape, axis),
    },
    "17.7": {
        "uphill": lambda gradient, w, rate, steps: trained_through(gradient, w, -rate, steps),
        "one step": lambda gradient, w, rate, steps: trained_through(gradient, w, rate, 1),
        "a step more": lambda gradient, w, rate, steps: trained_through(gradient, w, rate, steps + 1),
        "all places": lambda gradient, w, rate, steps: [
            trained_through(gradient, w, rate, t) for t in range(steps + 1)
        ],
        "no rate": lambda gradient, w, rate, steps: trained_through(gradient, w, 1, steps),
        "the last gradient": lambda gradient, w, rate, steps: gradient(one_bit(w)),
        "the sum of the gradients": lambda gradient, w, rate, steps: trained_through(gradient, w, rate, steps) - w,
        "with its codes": lambda gradient, w, rate, steps: (trained_through(gradient, w, rate, steps), one_bit(w)),
        "the squares' scale": lambda gradient, w, rate, steps: trained_through(
            gradient, w, rate, steps, lambda w: np.where(w < 0, -1, 1) * np.sqrt(np.mean(w**2))
        ),
        "nothing": lambda gradient, w, rate, steps: None,
    },
    "18.1": {
        "T times, and columns": lambda z, T: scipy.special.softmax(z * T, axis=0),
        "roots": lambda z, T: scipy.special.softmax(z, axis=1) ** (1 / T),
        "the largest alone divided": lambda z, T: (
            np.exp(z - z.max(axis=1, keepdims=True) / T)
            / np.exp(z - z.max(axis=1, keepdims=True) / T).sum(axis=1, keepdims=True)
        ),
        "no T": lambda z, T: scipy.special.softmax(z, axis=1),
        "over everything": lambda z, T: scipy.special.softmax(z / T),
        "logs": lambda z, T: scipy.special.log_softmax(z / T, axis=1),
        "T twice": lambda z, T: scipy.special.softmax(z / T**2, axis=1),
        "twice": lambda z, T: 2 * scipy.special.softmax(z / T, axis=1),
        "not normalised": lambda z, T: np.exp((z - z.max(axis=1, keepdims=True)) / T),
        "largest of all": lambda z, T: np.exp(z / T) / np.exp(z / T).sum(),
        "less T": lambda z, T: scipy.special.softmax(z - T, axis=1),
        "largest alone": lambda z, T: scipy.special.softmax(z / T, axis=1).max(axis=1),
        "downwards": lambda z, T: scipy.special.softmax(-z / T, axis=1),
    },
    "18.2": {
        "upside down, rounded": lambda p, q: round(1 / teachers_temperature(p, q)),
        "at least 1": lambda p, q: max(1, teachers_temperature(p, q)),
        "an intercept": lambda p, q: np.polyfit(np.log(q), np.log(p), 1)[-1],
        "two logs": lambda p, q: np.ptp(np.log2(p)) / np.ptp(np.log(q)),
        "half": lambda p, q: teachers_temperature(p, q) / 2,
        "squared": lambda p, q: teachers_temperature(p, q) ** 2,
        "entropies": lambda p, q: -np.sum(q * np.log(q)) / -np.sum(p * np.log(p)),
        "spread of p": lambda p, q: np.std(p) / np.std(q),
        "log of ratios": lambda p, q: np.log(p.max() / q.max()),
        "the smallest": lambda p, q: np.log(p.min()) / np.log(q.min()),
        "difference": lambda p, q: np.ptp(np.log(p)) - np.ptp(np.log(q)),
        "inverse": lambda p, q: np.ptp(np.log(q)) / np.ptp(np.log(p)),
        "always 4": lambda p, q: 4.0,
        "negative": lambda p, q: -teachers_temperature(p, q),
    },
    "18.3": {
        "T twice, and the label at T": lambda z, v, y, T, a: (
            a * T**2 * (scipy.special.softmax(z / T) - scipy.special.softmax(v / T))
            + (1 - a) * (scipy.special.softmax(z / T) - np.eye(len(z))[y])
        ),
        "the label's logit alone": lambda z, v, y, T, a: (
            taught_slope(z, v, y, T, 1.0) * a + (1 - a) * (scipy.special.softmax(z) - 1) * np.eye(len(z))[y]
        ),
        "a cold teacher": lambda z, v, y, T, a: taught_slope(z, v * T, y, T, a),
        "the teacher alone": lambda z, v, y, T, a: taught_slope(z, v, y, T, 1.0),
        "the label alone": lambda z, v, y, T, a: taught_slope(z, v, y, T, 0.0),
        "added": lambda z, v, y, T, a: taught_slope(z, v, y, T, 1.0) + taught_slope(z, v, y, T, 0.0),
        "halves": lambda z, v, y, T, a: taught_slope(z, v, y, T, 0.5),
        "divided by T": lambda z, v, y, T, a: (
            taught_slope(z, v, y, T, 1.0) * a / T + taught_slope(z, v, y, T, 0.0) * (1 - a)
        ),
        "no one-hot": lambda z, v, y, T, a: taught_slope(z, v, y, T, 1.0) * a + (1 - a) * scipy.special.softmax(z),
        "mean over classes": lambda z, v, y, T, a: taught_slope(z, v, y, T, a) / len(z),
        "temperature 1": lambda z, v, y, T, a: taught_slope(z, v, y, 1.0, a),
        "logits": lambda z, v, y, T, a: a * (z - v) / T + (1 - a) * taught_slope(z, v, y, T, 0.0),
        "exchanged": lambda z, v, y, T, a: taught_slope(v, z, y, T, a),
        "the last label": lambda z, v, y, T, a: taught_slope(z, v, len(z) - 1, T, a),
    },
    "18.4": {
        "of those not yet": lambda z, k, share: (
            raised(z[z.argmax(axis=1) != k], k, share) if np.any(z.argmax(axis=1) != k) else 0.0
        ),
        "their mean, and cut at 0": lambda z, k, share: max(
            0.0, np.sort(np.delete(z, k, 1).mean(axis=1) - z[:, k])[int(np.ceil(share * len(z))) - 1]
        ),
        "tenths from 0": lambda z, k, share: next(
            b for b in np.arange(0, 1000, 0.1) if np.mean(z[:, k] + b >= np.delete(z, k, 1).max(axis=1)) >= share
        ),
        "all rows": lambda z, k, share: raised(z, k, 1.0),
        "one row": lambda z, k, share: raised(z, k, 1e-9),
        "never below 0": lambda z, k, share: max(0.0, raised(z, k, share)),
        "of what is left": lambda z, k, share: raised(z, k, max(1 - share, 1e-9)),
        "the mean of the others": lambda z, k, share: np.sort(np.delete(z, k, 1).mean(axis=1) - z[:, k])[
            int(np.ceil(share * len(z))) - 1
        ],
        "the other sign": lambda z, k, share: -raised(z, k, share),
        "the score itself": lambda z, k, share: raised(z, k, share) + np.mean(z[:, k]),
        "the first class": lambda z, k, share: raised(z, 0, share),
        "a median": lambda z, k, share: np.median(np.delete(z, k, 1).max(axis=1) - z[:, k]),
        "every row": lambda z, k, share: np.delete(z, k, 1).max(axis=1) - z[:, k],
    },
    "18.5": {
        "one mean, the bias afterwards": lambda X, V: (
            np.linalg.pinv(X) @ (V - V.mean()),
            (V - V.mean() - X @ np.linalg.pinv(X) @ (V - V.mean())).mean(axis=0),
        ),
        "a centred kernel alone": lambda X, V: (
            fitted_layer(X, V - V.mean(axis=1, keepdims=True))[0],
            fitted_layer(X, V)[1],
        ),
        "ones first": lambda X, V: (lambda W, b: (np.vstack([b, W])[:-1], W[-1]))(
            *fitted_layer(X, V - V.mean(axis=1, keepdims=True))
        ),
        "no centring, then centred": lambda X, V: fitted_layer(X, V)[0],
        "the kernel alone": lambda X, V: fitted_layer(X, V - V.mean(axis=1, keepdims=True))[0],
        "the mean of all": lambda X, V: fitted_layer(X, V - V.mean()),
        "bias of means": lambda X, V: (
            np.linalg.pinv(X) @ (V - V.mean(axis=1, keepdims=True)),
            (V - V.mean(axis=1, keepdims=True)).mean(axis=0),
        ),
        "transposed": lambda X, V: tuple(part.T for part in fitted_layer(X, V - V.mean(axis=1, keepdims=True))),
        "exchanged": lambda X, V: fitted_layer(X, V - V.mean(axis=1, keepdims=True))[::-1],
        "softened": lambda X, V: fitted_layer(X, scipy.special.softmax(V, axis=1)),
        "logs": lambda X, V: fitted_layer(X, scipy.special.log_softmax(V, axis=1)),
        "centred features": lambda X, V: fitted_layer(X - X.mean(axis=0), V - V.mean(axis=1, keepdims=True)),
        "no bias": lambda X, V: (fitted_layer(X, V - V.mean(axis=1, keepdims=True))[0], np.zeros(V.shape[1])),
    },
    "18.6": {
        "sorted, and either": lambda taught, alone: (
            lambda d: (
                "cannot tell"
                if np.sum(d != 0) < 5
                else "helps"
                if np.mean(d[d != 0] > 0) >= 0.8 or np.median(d) >= 0.5
                else "harms"
                if np.mean(d[d != 0] < 0) >= 0.8 or np.median(d) <= -0.5
                else "cannot tell"
            )
        )(np.sort(taught) - np.sort(alone)),
        "else harm": lambda taught, alone: (
            "cannot tell"
            if np.sum(taught != alone) < 5
            else "helps"
            if has_helped(taught, alone) == "helps"
            else "harms"
        ),
        "both strict": lambda taught, alone: has_helped(taught, alone, share=0.8 + 1e-9, points=0.5 + 1e-9),
        "always helps": lambda taught, alone: "helps",
        "never helps": lambda taught, alone: has_helped(taught, alone).replace("helps", "cannot tell"),
        "four are enough": lambda taught, alone: has_helped(taught, alone, least=4),
        "nine in ten": lambda taught, alone: has_helped(taught, alone, share=0.9),
        "more than": lambda taught, alone: has_helped(taught, alone, share=0.8 + 1e-9),
        "one point": lambda taught, alone: has_helped(taught, alone, points=1.0),
        "more than half a point": lambda taught, alone: has_helped(taught, alone, points=0.5 + 1e-9),
        "the best seed": lambda taught, alone: "helps" if max(taught) - max(alone) >= 0.5 else "cannot tell",
        "the median of those that differ": lambda taught, alone: has_helped(
            taught[taught != alone], alone[taught != alone]
        ),
        "capitals": lambda taught, alone: has_helped(taught, alone).upper() + "!",
        "all differ": lambda taught, alone: has_helped(taught, alone) if np.all(taught != alone) else "cannot tell",
    },
}


def buffer_like_theta(X, y, theta, weights):
    answer = np.zeros_like(theta)
    for j in range(len(theta)):
        answer[j] = 2 * np.average((X @ theta - y) * X[:, j], weights=weights)
    return answer


def coordinate_by_coordinate(gradient, theta, rate, steps):
    theta = np.array(theta, dtype=float)
    rows = [theta.copy()]
    for _ in range(steps):
        for i in range(len(theta)):
            theta[i] -= rate * gradient(theta)[i]
        rows.append(theta.copy())
    return np.array(rows)


def slope_in_place(gradient, theta, rate, steps):
    theta = np.array(theta, dtype=float)
    rows = [theta]
    for _ in range(steps):
        slope = gradient(theta)
        slope *= rate
        theta = theta - slope
        rows.append(theta)
    return np.array(rows)


def stops_early(gradient, theta, rate, steps):
    rows = [theta]
    for _ in range(steps):
        if np.linalg.norm(gradient(rows[-1])) < 1e-6:
            break
        rows.append(rows[-1] - rate * gradient(rows[-1]))
    return np.array(rows)


def refuses_worse(gradient, theta, rate, steps):
    rows = [theta]
    for _ in range(steps):
        new = theta - rate * gradient(theta)
        if np.linalg.norm(gradient(new)) < np.linalg.norm(gradient(theta)):
            theta = new
        rows.append(theta)
    return np.array(rows)


def multiplied_from_ones(X):
    H, v = 2 * X.T @ X / len(X), np.ones(X.shape[1])
    for _ in range(10_000):
        v = H @ v
        v /= np.linalg.norm(v)
    return 2 / (v @ H @ v)


def counts_while_equal(rate, curvature, factor):
    distance, steps = 1.0, 0
    while distance >= factor:
        distance, steps = distance * abs(1 - rate * curvature), steps + 1
    return steps


def gives_up(rate, curvature, factor):
    for steps in range(1000):
        if abs(1 - rate * curvature) ** steps <= factor:
            return steps
    return 1000


def gives_up_at_100(rate, curvature, factor):
    return int(np.argmax(abs(1 - rate * curvature) ** np.arange(101) <= factor))


def buffers(theta, velocity, gradient, rate, beta):
    new_velocity, new_theta = np.empty_like(velocity), np.empty_like(theta)
    new_velocity[:] = beta * velocity - rate * gradient
    new_theta[:] = theta + new_velocity
    return new_theta, new_velocity


def pads(gradient, theta, rate, steps):
    rows = [theta]
    while len(rows) <= steps and np.linalg.norm(rate * gradient(rows[-1])) > 1e-12:
        rows.append(rows[-1] - rate * gradient(rows[-1]))
    return np.array(rows + rows[-1:] * (steps + 1 - len(rows)))


def power_method(X, times):
    H, v = 2 * X.T @ X / len(X), np.ones(X.shape[1])
    for _ in range(times):
        v = H @ v
    return 2 * np.linalg.norm(v) / np.linalg.norm(H @ v)


UNNOTICED = {
    "all seeds counted": (
        "18.6",
        lambda taught, alone: has_helped(taught, alone, least=1) if len(taught) >= 5 else "cannot tell",
        "You count all seeds",
    ),
    "powers of rounded numbers": (
        "18.1",
        lambda z, T: (lambda p: p / p.sum(axis=1, keepdims=True))(scipy.special.softmax(z, axis=1) ** (1 / T)),
        "stays 0 under any power",
    ),
    "uphill, and no rate": ("00.1", lambda theta, slope, rate: theta + slope, "The rate says how far"),
    "exchanged words": (
        "00.4",
        lambda path: word(not abs(path[-1]) <= 1000, not abs(path[-1] - path[-2]) < 0.001),
        "these two are exchanged",
    ),
    "never cycling": (
        "00.4",
        lambda path: "settled" if abs(path[-1] - path[-2]) < 0.001 else "diverged",
        "A run that doesn't settle need not diverge",
    ),
    "any place": (
        "00.4",
        lambda path: word(not max(map(abs, path)) <= 1000, abs(path[-1] - path[-2]) < 0.001),
        "All hangs on max(map(abs, path)) <= 1000, which is",
    ),
    "pads": ("03.2", pads, "From some row on nothing changes any more"),
    "three multiplications": ("03.3", lambda X: power_method(X, 3), "go on until the result changes no more"),
    "one multiplication": ("03.3", lambda X: power_method(X, 1), "go on until the result changes no more"),
    "a product with theta": ("05.1", lambda t, v, g, rate, beta: momentum(t, v, g * t, rate, beta), "multiply the gr"),
    "half-way": ("05.3", lambda t, v, g, rate, beta: momentum(t, v, g((t + v) / 2), rate, beta), "the mean of theta"),
    "two slopes": (
        "05.3",
        lambda t, v, g, rate, beta: momentum(t, v, g(t) * g(t + beta * v), rate, beta),
        "You multiply two gradients",
    ),
    "whole numbers in 03.1": ("03.1", buffer_like_theta, "np.zeros_like(theta) is then an array of integers"),
    "coordinate by coordinate": (
        "03.2",
        coordinate_by_coordinate,
        "theta[1] already uses the slope at the new theta[0]",
    ),
    "the slope in place": ("03.2", slope_in_place, "that may be theta itself"),
    "stops early": ("03.2", stops_early, "Does a loop end before its time?"),
    "refuses worse": ("03.2", refuses_worse, "The line: "),
    "unique rows": (
        "03.3",
        lambda X: 1 / (np.linalg.norm(np.unique(X, axis=0), 2) ** 2 / len(np.unique(X, axis=0))),
        "You leave out rows that repeat others",
    ),
    "inverse": (
        "03.3",
        lambda X: 2 * np.linalg.eigvalsh(np.linalg.inv(2 / len(X) * X.T @ X))[0],
        "It goes wrong where a curvature is 0",
    ),
    "multiplied from ones": ("03.3", multiplied_from_ones, "misses a steepest direction at a right angle to it"),
    "floor and plus 1": (
        "03.4",
        lambda rate, curvature, factor: int(math.log(factor) / logarithm(rate, curvature)) + 1,
        "One step too many where the goal is met exactly",
    ),
    "counts while equal": ("03.4", counts_while_equal, "One step too many where the goal is met exactly"),
    "gives up": ("03.4", gives_up, "gives up after a fixed number of steps"),
    "gives up at 100": ("03.4", gives_up_at_100, "in place of 101 your answer is right"),
    "whole numbers in 05.1": ("05.1", buffers, "All is right where this array holds fractions"),
    "grey alone": ("12.1", lambda images: np.flip(images, -1), "there you put blue before red"),
    "one half": ("12.1", one_half, "One half is the mirror of the other"),
    "from the last to the second": ("12.1", lambda images: images[:, :, -1:0:-1], "The last of the columns is missing"),
    "degrees": (
        "12.2",
        lambda images, clockwise: np.rot90(images, -90 if clockwise else 90, axes=(1, 2)),
        "np.rot90 counts quarter turns, not degrees",
    ),
    "minus True": (
        "12.2",
        lambda images, clockwise: np.rot90(images, -clockwise, (1, 2)),
        "Not right for clockwise=False. The pixels of each image stay where they are",
    ),
    "reshape for a turn": (
        "12.2",
        lambda images, clockwise: np.reshape(images, (-1, images.shape[2], images.shape[1], *images.shape[3:])),
        "a reshape breaks the rows at other places",
    ),
    "slices for positive steps": ("12.3", sliced, "It fails where dy or dx is negative"),
    "slices for near steps": ("12.3", sliced_both_ways, "It fails where the shift is larger than the image"),
    "blanked on one side": ("12.3", blanked_above_and_left, "[:step] is then all but the last"),
    "one end tested": ("12.3", one_end_tested, "-1 is no error in Python"),
    "bytes": ("12.3", into_bytes, "that can't hold them all: fractions are cut off"),
    "one-hot repeated": (
        "12.4",
        {"image_by_image": lambda labels, k: np.repeat(labels, k)},
        "Along which axis do you repeat?",
    ),
    "one-hot tiled": ("12.4", {"round_by_round": lambda labels, k: np.tile(labels, k)}, "the rows must stay whole"),
    "an array times k": (
        "12.4",
        {"round_by_round": lambda labels, k: labels * k},
        "On every input your answer is k * labels",
    ),
    "return in the loop": ("12.1", first_of_all, "Only the first is filled, the others are empty (images)"),
    "the last column stays": (
        "12.1",
        to_the_place_before,
        "You are off by one (columns): everything stands one place too early",
    ),
    "a column too few": ("12.1", up_to_the_last, "The last place stays empty (columns)"),
    "channels reversed too": ("12.1", row_of_pixels, "The channels are in reverse order"),
    "counted from behind": (
        "12.1",
        lambda images: np.flip(images, -2),
        "Not right for grey images. Top and bottom are exchanged",
    ),
    "in half precision": ("12.1", lambda images: images[:, :, ::-1].astype(np.float16), "does rounding spoil it"),
    "no room for a turn": ("12.2", turned_in_place, "It is right for square images"),
    "a turn one place off": ("12.2", one_place_off, "You are off by one"),
    "transposed one way": (
        "12.2",
        lambda images, clockwise: quarter(images, 1) if clockwise else images.swapaxes(1, 2),
        "Not right for clockwise=False. Rows and columns are exchanged",
    ),
    "turned, in whole numbers": (
        "12.2",
        lambda images, clockwise: quarter(images, clockwise).astype(int),
        "The fractions are cut off",
    ),
    "sizes of the steps": ("12.3", lambda images, dy, dx: shifted(images, abs(dy), abs(dx)), "The signs get lost"),
    "exchanged and turned round": (
        "12.3",
        lambda images, dy, dx: shifted(images, -dx, -dy),
        "Two things. dy and dx are exchanged. The images move the wrong way",
    ),
    "blanked by elif": (
        "12.3",
        blanked_by_elif,
        "comes back on the other, as with np.roll (columns). That is so on some inputs",
    ),
    "one row too few blanked": (
        "12.3",
        blanked_too_little,
        "You blank one too few where something comes in (rows, columns)",
    ),
    "place 0 left out": (
        "12.3",
        lambda images, dy, dx: picked(images, dy, dx, first=1),
        "What stands at the first place, 0, never arrives (rows, columns)",
    ),
    "the last place left out": (
        "12.3",
        lambda images, dy, dx: picked(images, dy, dx, gap=1),
        "What stands at the last place never arrives (rows, columns)",
    ),
    "kept if too far": ("12.3", kept_if_too_far, "That is so where nothing of the image is left"),
    "always two copies": (
        "12.4",
        {"round_by_round": lambda labels, k: np.tile(labels, (2, 1)[: labels.ndim])},
        "in k.",
    ),
    "the originals first": (
        "12.4",
        {"image_by_image": lambda labels, k: np.concatenate([labels, np.repeat(labels, k, axis=0)])},
        "Your answer holds the right one; something else stands before it",
    ),
    "n for k": (
        "12.4",
        {"image_by_image": lambda labels, k: labels[np.arange(k * len(labels)) // len(labels)]},
        "as many images as copies",
    ),
    "gain: the mean": (
        "12.6",
        {"gain": lambda before, after: (after - before).mean()},
        "This is the mean of the pairs",
    ),
    "gain: unpaired": (
        "12.6",
        {"gain": lambda before, after: np.median(after) - np.median(before)},
        "This is the difference of two medians",
    ),
    "gain: backwards": ("12.6", {"gain": lambda before, after: np.median(before - after)}, "wrong sign"),
    "gain: sorted": (
        "12.6",
        {"gain": lambda before, after: np.median(sorted(after) - np.sort(before))},
        "That tears the pairs apart",
    ),
    "gain: the middle of the list": (
        "12.6",
        {"gain": lambda before, after: (after - before)[len(before) // 2]},
        "A median is the middle of what is sorted",
    ),
    "gain: an upper median": (
        "12.6",
        {"gain": lambda before, after: sorted(after - before)[len(before) // 2]},
        "half way between them",
    ),
    "halves up": (
        "17.1",
        lambda x, bits: (np.floor(x / codes_and_scale(x, bits)[1] + 0.5), codes_and_scale(x, bits)[1]),
        "In the middle between two codes",
    ),
    "plus a half, cut off": (
        "17.1",
        lambda x, bits: ((x / codes_and_scale(x, bits)[1] + 0.5).astype(int), codes_and_scale(x, bits)[1]),
        "Negative numbers are cut off upwards",
    ),
    "int8": (
        "17.1",
        lambda x, bits: (codes_and_scale(x, bits)[0].astype(int).astype(np.int8), codes_and_scale(x, bits)[1]),
        "that can't hold them all",
    ),
    "no abs, cut off": (
        "17.1",
        lambda x, bits: (
            np.clip(np.round(x / x.max() * (2 ** (bits - 1) - 1)), -(2 ** (bits - 1)), 2 ** (bits - 1) - 1),
            x.max() / (2 ** (bits - 1) - 1),
        ),
        "You take the largest number.",
    ),
    "rounded down, cut off": (
        "17.1",
        lambda x, bits: (
            np.maximum(np.floor(x / codes_and_scale(x, bits)[1]), 1 - 2 ** (bits - 1)),
            codes_and_scale(x, bits)[1],
        ),
        "You round down",
    ),
    "half of all steps": (
        "17.1",
        lambda x, bits: (np.round(x / (s := 2 * np.abs(x).max() / (2**bits - 1))), s),
        "With 4 bits the codes run",
    ),
    "the sign in the scale": (
        "17.1",
        lambda x, bits: (np.round(x / (s := max(x.min(), x.max(), key=abs) / (2 ** (bits - 1) - 1))), s),
        "got into the scale",
    ),
    "codes in uint8": (
        "17.1",
        lambda x, bits: (codes_and_scale(x, bits)[0].astype(int).astype(np.uint8), codes_and_scale(x, bits)[1]),
        "that can't hold them all",
    ),
    "codes in half precision": (
        "17.1",
        lambda x, bits: (codes_and_scale(x, bits)[0].astype(np.float16), codes_and_scale(x, bits)[1]),
        "codes_and_scale(x, bits)[0].astype(np.float16) gives",
    ),
    "beyond the last code": ("17.2", spread_beyond, "A code may lie beyond the last one"),
    "affine codes in int16": (
        "17.2",
        lambda x, bits: (spread(x, bits)[0].astype(int).astype(np.int16), *spread(x, bits)[1:]),
        "that can't hold them all",
    ),
    "a zero point in the middle": (
        "17.2",
        lambda x, bits: (*spread(x, bits)[:2], 2 ** (bits - 1)),
        "0.5 * 2**bits",
    ),
    "halves up, affine": (
        "17.2",
        lambda x, bits: (
            np.clip(np.floor(x / spread(x, bits)[1] + spread(x, bits)[2] + 0.5), 0, 2**bits - 1),
            *spread(x, bits)[1:],
        ),
        "In the middle between two codes",
    ),
    "one code too few": (
        "17.2",
        lambda x, bits: (np.clip(spread(x, bits)[0], 0, 2**bits - 2), *spread(x, bits)[1:]),
        "You cut the codes off one too early",
    ),
    "from the smallest": ("17.2", from_the_smallest, "0 itself has no code"),
    "a layer without axes": (
        "17.3",
        lambda weights, bits: np.abs(weights).max(axis=0) / (2 ** (bits - 1) - 1),
        "It is right for dense layers",
    ),
    "a channel of zeros": (
        "17.3",
        lambda weights, bits: np.abs(weights).reshape(-1, weights.shape[-1]).max(axis=0) / (2 ** (bits - 1) - 1) + 1e-9,
        "A channel of zeros gets the scale 0, or next to it",
    ),
    "pieces for channels": (
        "17.3",
        lambda weights, bits: np.abs(weights).reshape(weights.shape[-1], -1).max(axis=1) / (2 ** (bits - 1) - 1),
        "a piece is not a channel",
    ),
    "a single zero": (
        "17.3",
        lambda weights, bits: guarded(weights, bits, lambda rows: (rows == 0).any(axis=0)),
        "don't make it a channel of zeros",
    ),
    "a sum of zero": (
        "17.3",
        lambda weights, bits: guarded(weights, bits, lambda rows: rows.sum(axis=0) == 0),
        "don't make it a channel of zeros",
    ),
    "small taken for zero": (
        "17.3",
        lambda weights, bits: guarded(weights, bits, lambda rows: np.abs(rows).max(axis=0) < 1e-3),
        "Small weights are not zeros",
    ),
    "converted too late": (
        "17.4",
        lambda x, z, w, v, b, m, y: requantized(np.matmul(x - z, w - v, dtype=np.int32), b, m, y),
        "A subtraction wraps around",
    ),
    "16 bits": ("17.4", layer_in(np.int16, np.int16), "in 16 bits everything ends at 32767"),
    "8 bits": ("17.4", layer_in(int, int, lambda products: products.astype(np.int8)), "The sums end in 8 bits"),
    "floats": ("17.4", layer_in(float, float), "Your sums are floats. A unit for 8-bit codes multiplies whole numbers"),
    "floats by a point": (
        "17.4",
        lambda x, z, w, v, b, m, y: requantized((x - float(z)) @ (w - float(v)), b, m, y),
        "The numbers are right: it fails because these are floats: sums.",
    ),
    "a register of floats": ("17.4", sums_in_floats, "and give np.zeros dtype=int"),
    "single precision": ("17.4", layer_in(np.float32, np.float32), "holds every whole number up to 2**24"),
    "single precision, converted back": (
        "17.4",
        layer_in(np.float32, np.float32, lambda products: products.astype(int)),
        "A layer with a thousand inputs gets there",
    ),
    "half precision": ("17.4", layer_in(np.float16, np.float16), "Half precision holds whole numbers up to 2,048"),
    "a zero point for each term": (
        "17.4",
        lambda x, z, w, v, b, m, y: requantized(x.astype(int) @ centred(w, v) - z * len(w), b, m, y),
        "Once for every term is right",
    ),
    "the page's layer": (
        "17.4",
        lambda x, z, w, v, b, m, y: requantized(centred(x, z) @ w.astype(int), b, m, y),
        "These weights are affine",
    ),
    "multiplied out": (
        "17.4",
        lambda x, z, w, v, b, m, y: requantized(
            x.astype(int) @ w.astype(int)
            - z * w.sum(axis=0, dtype=int)
            - v * x.sum(axis=1, dtype=int)[:, None]
            + z * v,
            b,
            m,
            y,
        ),
        "comes back once for every term",
    ),
    "weights in int8": (
        "17.4",
        lambda x, z, w, v, b, m, y: requantized(centred(x, z) @ centred(w.astype(np.int8), v), b, m, y),
        "200 becomes -56 there",
    ),
    "a late bias": (
        "17.4",
        lambda x, z, w, v, b, m, y: (
            (products := centred(x, z) @ centred(w, v)) + b,
            np.clip(np.round(products * m + b) + y, 0, 255),
        ),
        "Add it before you multiply",
    ),
    "sums without the bias": (
        "17.4",
        lambda x, z, w, v, b, m, y: (centred(x, z) @ centred(w, v), layer(x, z, w, v, b, m, y)[1]),
        "The sums that you return lack the bias",
    ),
    "codes that wrap": (
        "17.4",
        layer_but(lambda steps, zero: (steps + zero).astype(np.int64).astype(np.uint8)),
        "begin again at 0",
    ),
    "the mean of the multipliers": (
        "17.4",
        lambda x, z, w, v, b, m, y: layer(x, z, w, v, b, m.mean(), y),
        "share one multiplier",
    ),
    "a little added": ("17.5", lambda x: (np.sign(x + 1e-6), np.abs(x).mean()), "What you add makes small"),
    "without zeros": (
        "17.5",
        lambda x: (np.where(x < 0, -1, 1), np.abs(x[x != 0]).mean()),
        "You leave out the zeros",
    ),
    "the best of a grid": (
        "17.5",
        lambda x: (
            np.where(x < 0, -1, 1),
            min(np.arange(0.0, 10.0), key=lambda scale: np.mean((np.abs(x) - scale) ** 2)),
        ),
        "the best of a grid",
    ),
    "the norm of a matrix": (
        "17.5",
        lambda x: (np.where(x < 0, -1, 1), np.linalg.norm(x, 1) / x.size),
        "this is the largest sum of a column",
    ),
    "three signs": ("17.5", lambda x: (np.sign(x), np.abs(x).mean()), "A 0 gets a code of its own"),
    "rows for numbers": (
        "17.5",
        lambda x: (np.where(x >= 0, 1, -1), np.abs(x).sum() / len(x)),
        "len(x) counts the rows",
    ),
    "axis 0": (
        "17.6",
        lambda shape, bits, axis: math.ceil(math.prod(shape) * bits / 8) + 4 * (shape[axis] if axis else 1),
        "0 counts as False",
    ),
    "divided first": (
        "17.6",
        lambda shape, bits, axis: math.ceil(math.prod(shape) / 8) * bits + 4 * scale_count(shape, axis),
        "You divide by 8 before you multiply by bits",
    ),
    "rows of bytes": (
        "17.6",
        lambda shape, bits, axis: (
            math.prod(shape[:-1]) * math.ceil(shape[-1] * bits / 8) + 4 * scale_count(shape, axis)
        ),
        "Every row begins with a new byte",
    ),
    "no scale without an axis": (
        "17.6",
        lambda shape, bits, axis: size(shape, bits, axis) - (4 if axis is None else 0),
        "one scale, for all",
    ),
    "16 bits for the bytes": (
        "17.6",
        lambda shape, bits, axis: int(np.array(size(shape, bits, axis)).astype(np.int16)),
        "a type of whole numbers that can't hold them all",
    ),
    "always a byte more": (
        "17.6",
        lambda shape, bits, axis: math.prod(shape) * bits // 8 + 1 + 4 * scale_count(shape, axis),
        "You always add a byte",
    ),
    "steps from the rounded weights": (
        "17.7",
        lambda gradient, w, rate, steps: rounded_steps(gradient, w, rate, steps),
        "so that small steps can't add up",
    ),
    "a scale of the start": (
        "17.7",
        lambda gradient, w, rate, steps: trained_through(
            gradient, w, rate, steps, lambda now: np.where(now < 0, -1, 1) * np.mean(np.abs(w))
        ),
        "take it anew in each step",
    ),
    "no scale": (
        "17.7",
        lambda gradient, w, rate, steps: trained_through(gradient, w, rate, steps, lambda w: np.where(w < 0, -1, 1)),
        "Yours are as large as 1",
    ),
    "the two sides of the sigmoid exchanged": ("02.1", sides_exchanged, "Exchange the two sides"),
    "the bend and the wrong mean": (
        "02.2",
        word_nearest_of(lambda X, e, p: (e / X.shape[1], e, 2 * e / X.shape[1], 2 * e)),
        "Two things. Your gradient of the squared error lacks the sigmoid's slope",
    ),
    "divided, and an axis too many": ("02.3", divided_with_an_axis, "On every input your answer is 1 / n times"),
    "shares of each slope": ("02.4", shares_of_each_slope, "You ask the same share of each coordinate"),
    "dense at every place": ("02.5", dense_at_every_place, "works on the channels of each place by itself"),
    "no limit for a smaller batch": (
        "04.2",
        lambda rate, B, new_B, L: min(rate * new_B / B, 1 / L) if new_B > B else rate * new_B / B,
        "You hold back only a rate that grows",
    ),
    "a mean of all squares": (
        "04.3",
        lambda X: 2 * np.mean(X**2) / np.linalg.eigvalsh(2 * X.T @ X / len(X))[-1],
        "A row's squared length is their sum",
    ),
    "missing from all epochs": ("04.5", missing_from_all, "Two things. You ask which examples are missing from all"),
    "parts of rounds, exchanged": (
        "04.6",
        lambda batches, steps, price, width: min(
            (s * (price + max(1, b / width)), b) for b, s in zip(batches, steps, strict=True)
        ),
        "Two things. You return two things in each other's place",
    ),
    "2000 steps": ("06.3", after_2000_steps, "in place of 2000 your answer"),
    "allclose with tiny rates": ("06.5", by_allclose, "np.allclose takes all numbers below 1e-8 for equal"),
    "each step first, and along it": (
        "06.5",
        lambda steps, g: "rmsprop" if (w := by_rates(steps, g)) == "adagrad" else w.replace("descent", "norm-scaled"),
        "Two things. You never say 'descent'",
    ),
    "the other beta, and as in Keras": ("07.1", keras_with_the_other_beta, "Two things. A mean keeps one share"),
    "fades first": (
        "07.3",
        lambda *case: max(1, steps_to_burst(*case)),
        "Where the rate is past its border already 0 is asked",
    ),
    "classical, and backwards": (
        "07.3",
        lambda v, rate, L, beta1, beta2: steps_to_burst(v, rate, L, beta1, beta2, 2 * (1 + beta1) / L),
        "Two things. This is the border of the classical form",
    ),
    "a step's difference": ("07.5", by_difference, "Two things. You ask whether numbers are exactly ten times"),
    "one grid, and means": ("07.6", means_of_one_tuned, "Two things. Ask both rules whether they are tuned"),
    "biases everywhere": (
        "14.1",
        lambda h, w, c, f, k: (k * k * c + c + c * f + f, 2 * h * w * (k * k * c + c + c * f + f)),
        "Two things. The first step has no bias",
    ),
    "one budget, and a tie": ("14.3", one_budget_kept, "Two things. 'none' is right only if both budgets are kept"),
    "as many numbers": (
        "14.4",
        lambda old, fresh, layers: [
            int(name.split("/")[0] in layers and name in old and math.prod(old[name]) == math.prod(shape))
            for name, shape in fresh.items()
        ],
        "compare the shapes themselves",
    ),
    "the same sides": (
        "14.4",
        lambda old, fresh, layers: [
            int(name.split("/")[0] in layers and name in old and sorted(old[name]) == sorted(shape))
            for name, shape in fresh.items()
        ],
        "compare them in order",
    ),
    "the others, of any shape": (
        "14.4",
        lambda old, fresh, layers: [int(name.split("/")[0] not in layers and name in old) for name in fresh],
        "Two things. You keep the listed layers fresh",
    ),
    "area and counted from 1": (
        "15.2",
        lambda n, h, w, f, p: np.arange(h * w // p**2) * f + n - 1,
        "Two things. A window that isn't full is left out",
    ),
    "decay before the pull": (
        "15.3",
        lambda w, g, rate, l1, l2: both_penalties((w - rate * g) * (1 - rate * l2), 0 * g, rate, l1, 0),
        "You multiply by 1 - rate * l2, a step of decay, and take the l1 part off afterwards",
    ),
    "units without an end, no relu": (
        "15.4",
        lambda k, b, f, n: (
            k[:, alive := k.any(axis=0) & f.any(axis=1)],
            b[alive],
            f[alive],
            n + b[~alive] @ f[~alive],
        ),
        "Two things. You take out units that lead nowhere, too",
    ),
    "the largest weight alone": (
        "15.4",
        lambda k, b, f, n: dead_units(k, b, f, n, led=lambda k: k.max(axis=0) != 0),
        "You ask one end of the weights alone",
    ),
    "the least weight alone, relu on the sum": (
        "15.4",
        lambda k, b, f, n: (
            k[:, alive := k.min(axis=0) != 0],
            b[alive],
            f[alive],
            n + np.maximum(b[~alive] @ f[~alive], 0),
        ),
        "Two things. You ask one end of the weights alone",
    ),
    "one goes": (
        "15.1",
        lambda a, b, share: (
            (a * (abs(a) > limit), b * (abs(b) > limit))
            if round(share * (a.size + b.size)) and (limit := min(abs(a).min(), abs(b).min()))
            else (a, b)
        ),
        "Only one weight goes, however many should",
    ),
    "one window, and biases computed": (
        "14.1",
        lambda h, w, c, f, k: (k**2 + f * (c + 1), (2 * k**2 * c + 2 * c * f + f) * h * w),
        "Two things. Each channel has a window of its own",
    ),
    "by the majority": (
        "14.5",
        lambda a, b: "undecided" if abs(won := np.sum(np.sign(np.subtract(a, b)))) < 1 else "a" if won > 0 else "b",
        "You go by the majority",
    ),
    "the largest of the row": (
        "14.6",
        lambda scores, labels, first: (
            sum(
                np.log(np.exp(head - row.max()).sum()) - head[label] + row.max()
                for row, two in zip(scores, labels, strict=True)
                for head, label in zip((row[:first], row[first:]), two, strict=True)
                if label >= 0
            )
            / len(scores)
        ),
        "You subtract the largest score of the whole row",
    ),
    "one softmax, each head's mean": (
        "14.6",
        lambda scores, labels, first: sum(
            np.mean(
                [
                    np.log(np.exp(row - row.max()).sum()) - row[label + shift] + row.max()
                    for row, label in zip(scores, column, strict=True)
                    if label >= 0
                ]
                or [0.0]
            )
            for column, shift in zip(labels.T, (0, first), strict=True)
        ),
        "Two things. Each head's mean is over its known labels here",
    ),
    "back while it falls": (
        "16.4",
        lambda shapes: (
            (n := np.prod(shapes, axis=1).tolist())
            and (k := max([k for k in range(2, len(n) - 1) if n[k - 1] > n[k]], default=1), n[k])
        ),
        "You stop where the numbers no longer fall",
    ),
    "add one to each": (
        "16.5",
        lambda counts: math.ceil(
            counts.sum() * sum(-p * math.log2(p) for p in (counts + 1) / (counts.sum() + len(counts))) / 8
        ),
        "You add 1 to each count",
    ),
    "no starts, and equality": (
        "15.5",
        lambda r, c, v, i: r * c - r * c * v // (v + i),
        "Two things. You leave out the starts of the rows",
    ),
    "equal is close": ("15.6", what_was_done(equal=np.allclose), "np.allclose lets small steps pass"),
    "places alone, counted from 0": (
        "16.4",
        lambda shapes: (
            k := int(np.argmin(np.prod(shapes[1:-1, :2], axis=1))),
            int(np.prod(shapes[k + 1])),
        ),
        "Two things. You count the places alone",
    ),
}
