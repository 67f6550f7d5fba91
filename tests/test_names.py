"""docs/names.md says what is so: every line of "Where the libraries differ", and that the names are the libraries'.

Whole paths are compared in ``test_peers``, in float64; here each line has what it says beyond them.
"""

import inspect
import re
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from test_peers import AFTER_CORRECTION, BEFORE_CORRECTION, METHODS

import nnlearn as nn
from experiments.rules import PAIRS
from nnlearn.interop.quiet import keras, tf
from nnlearn.networks import Dense, LeakyReLU, he, lecun
from nnlearn.objectives import Quadratic

PAGE = (Path(__file__).parents[1] / "docs" / "names.md").read_text(encoding="utf-8")


def rows_of(title):
    """The cells of the table under a heading, by the first cell of each row; without a title of the first table."""
    part = PAGE.partition(f"## {title}")[2] if title else PAGE.partition("## ")[0]
    lines = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("|")]
    head, _, *rows = ([cell.strip() for cell in line] for line in lines)
    return {row[0]: dict(zip(head[1:], row[1:], strict=True)) for row in rows}


LINES = rows_of("Where the libraries differ")


def default(function, name):
    return inspect.signature(function).parameters[name].default


def numbers(cell):
    """Those in a cell, in order."""
    return [float(number) for number in re.findall(r"(?<![\w.])\d+(?:\.\d+)?(?:e-\d+)?", cell)]


def torch():
    return pytest.importorskip("torch")


def optax():
    return pytest.importorskip("optax")


# --- Paths of one number, each by a library: gradients in, numbers out ---


def ours(rule, gradients):
    row = rule.start(np.zeros(1))
    path = []
    for t, gradient in enumerate(gradients, start=1):
        J = nn.Objective(lambda theta: theta[0], lambda theta, g=gradient: np.full(1, g))
        row = nn.Row(t=t, **vars(rule.at(t).step(row, J)))
        path.append(row.theta[0])
    return path


def in_keras(optimizer, gradients, rates=None):
    weight, path = keras.Variable(np.zeros(1), dtype="float64"), []
    for t, gradient in enumerate(gradients):
        if rates:
            optimizer.learning_rate = rates[t]
        optimizer.apply([tf.constant([gradient], "float64")], [weight])
        path.append(float(weight.numpy()[0]))
    return path


def in_torch(make, gradients, rates=None):
    weight, path = torch().zeros(1, dtype=torch().float64), []
    optimizer = make([weight])
    for t, gradient in enumerate(gradients):
        if rates:
            optimizer.param_groups[0]["lr"] = rates[t]
        weight.grad = torch().full((1,), gradient, dtype=torch().float64)
        optimizer.step()
        path.append(float(weight[0]))
    return path


def in_optax(optimizer, gradients):
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        weight, path = jax.numpy.zeros(1), []
        state = optimizer.init(weight)
        for gradient in gradients:
            change, state = optimizer.update(jax.numpy.full(1, gradient), state, weight)
            weight = weight + change
            path.append(float(weight[0]))
    return path


# --- The lines ---


def classical_momentum(line):
    rates = [0.25, 0.125]
    changed = [-0.25, -0.25 - (0.5 * 0.25 + 0.125)]  # the step keeps the rate that it was made with
    assert ours(nn.Momentum(lambda step: rates[int(step)], 0.5), [1, 1]) == changed
    assert in_keras(keras.optimizers.SGD(momentum=0.5), [1, 1], rates) == changed and line["Keras"] == "the same"
    other = [-0.25, -0.25 - 0.125 * 1.5]  # the sum of gradients takes the rate of today
    assert in_torch(lambda weights: torch().optim.SGD(weights, 1, momentum=0.5), [1, 1], rates) == other
    assert in_optax(optax().sgd(lambda count: 0.25 / (1 + count), 0.5), [1, 1]) == other


def averaged_momentum(line):
    assert ours(nn.AveragedMomentum(1, 0.75), [1]) == in_optax(optax().chain(optax().ema(0.75, debias=False)), [-1])
    assert in_torch(lambda weights: torch().optim.SGD(weights, 1, momentum=0.75, dampening=0.75), [1]) == [-1]
    assert "dampening" not in inspect.signature(keras.optimizers.SGD).parameters and line["Keras"] == "-"


def adams_epsilon(line):
    defaults = {"nnlearn": nn.Adam().epsilon, "Keras": keras.optimizers.Adam().epsilon,
                "PyTorch": default(torch().optim.Adam, "eps"), "optax": default(optax().adam, "eps")}  # fmt: skip
    assert all(numbers(line[name])[-1] == value for name, value in defaults.items())
    inside = in_optax(optax().adam(1, eps=0, eps_root=1), [1])
    np.testing.assert_allclose(inside, [-(0.5**0.5)], rtol=1e-6)
    assert in_keras(keras.optimizers.Adam(1.0, epsilon=1.0), [1])[0] == pytest.approx(
        -1 / (1 + 1 / 0.001**0.5), rel=1e-4
    )


def adagrads_epsilon(line):
    defaults = {"nnlearn": nn.AdaGrad().epsilon, "Keras": keras.optimizers.Adagrad().epsilon,
                "PyTorch": default(torch().optim.Adagrad, "eps"), "optax": default(optax().adagrad, "eps")}  # fmt: skip
    assert all(numbers(line[name])[-1] == value for name, value in defaults.items())
    after, inside = pytest.approx([-0.5], rel=1e-6), pytest.approx([-(0.5**0.5)], rel=1e-6)
    assert ours(nn.AdaGrad(1, initial_accumulator=0, epsilon=1), [1]) == after
    assert in_torch(lambda weights: torch().optim.Adagrad(weights, 1, eps=1), [1]) == after
    assert in_keras(keras.optimizers.Adagrad(1.0, initial_accumulator_value=0.0, epsilon=1.0), [1]) == inside
    assert in_optax(optax().adagrad(1, initial_accumulator_value=0, eps=1), [1]) == inside


def adagrads_beginning(line):
    name = "initial_accumulator_value"
    defaults = {"nnlearn": nn.AdaGrad().initial_accumulator,
                "Keras": keras.optimizers.Adagrad().initial_accumulator_value,
                "PyTorch": default(torch().optim.Adagrad, name), "optax": default(optax().adagrad, name)}  # fmt: skip
    assert {library: numbers(cell) for library, cell in line.items()} == {k: [v] for k, v in defaults.items()}


def rmsprops_epsilon(line):
    defaults = {"nnlearn": nn.RMSprop().epsilon, "Keras": keras.optimizers.RMSprop().epsilon,
                "PyTorch": default(torch().optim.RMSprop, "eps"), "optax": default(optax().rmsprop, "eps")}  # fmt: skip
    assert all(numbers(line[name])[-1] == value for name, value in defaults.items())
    after, inside = pytest.approx([-0.5], rel=1e-6), pytest.approx([-(0.5**0.5)], rel=1e-6)
    assert ours(nn.RMSprop(1, rho=0, epsilon=1), [1]) == after
    assert in_torch(lambda weights: torch().optim.RMSprop(weights, 1, alpha=0, eps=1), [1]) == after
    assert in_keras(keras.optimizers.RMSprop(1.0, rho=0.0, epsilon=1.0), [1]) == inside
    assert in_optax(optax().rmsprop(1, decay=0, eps=1), [1]) == inside
    assert in_optax(optax().rmsprop(1, decay=0, eps=1, eps_in_sqrt=False), [1]) == after


def rmsprops_beginning(line):
    defaults = {"nnlearn": nn.RMSprop().rho, "Keras": keras.optimizers.RMSprop().rho,
                "PyTorch": default(torch().optim.RMSprop, "alpha"),
                "optax": default(optax().rmsprop, "decay")}  # fmt: skip
    assert {library: numbers(cell) for library, cell in line.items()} == {k: [v, 0] for k, v in defaults.items()}
    first = pytest.approx([-(10**0.5)], rel=1e-6)  # over the root of a tenth of the gradient's square
    assert ours(nn.RMSprop(1, 0.9, 0), [1]) == first and default(optax().rmsprop, "initial_scale") == 0
    assert in_torch(lambda weights: torch().optim.RMSprop(weights, 1, alpha=0.9, eps=0), [1]) == first
    assert in_keras(keras.optimizers.RMSprop(1.0, rho=0.9, epsilon=0.0), [1]) == first
    assert in_optax(optax().rmsprop(1, decay=0.9, eps=0), [1]) == first


STILL = np.random.default_rng(0).uniform(0.1, 5, 200)  # gradients that stay the same


def centred_rmsprop(line):
    def gaps(path):
        """How many of the weights are NaN in the end."""
        return int(np.isnan(path[-1]).sum())

    rho, wide = 0.5, [STILL] * 100
    rule = nn.RMSprop(0.01, rho, centered=True)
    found = nn.run(rule, nn.Objective(lambda t: t @ STILL, lambda t: STILL), np.zeros(200), 100)
    v_less = found.v[-1] - found.m[-1] ** 2
    assert (v_less < 0).sum() > 10 and (found.variance[-1][v_less < 0] == 0).all() and gaps(found.theta) == 0
    weight, optimizer = (
        keras.Variable(np.zeros(200), dtype="float64"),
        keras.optimizers.RMSprop(0.01, rho, centered=True),
    )
    for gradient in wide:
        optimizer.apply([tf.constant(gradient)], [weight])
    assert not np.isnan(weight.numpy()).any()
    weights = torch().zeros(200, dtype=torch().float64)
    others = torch().optim.RMSprop([weights], 0.01, alpha=rho, centered=True)
    for gradient in wide:
        weights.grad = torch().tensor(gradient)
        others.step()
    assert gaps([weights.numpy()]) > 10 and line["PyTorch"] == "NaN"
    jax = pytest.importorskip("jax")
    with jax.enable_x64(True):
        for inside in (True, False):
            optimizer = optax().rmsprop(0.01, rho, centered=True, eps_in_sqrt=inside)
            moved, state = jax.numpy.zeros(200), optimizer.init(jax.numpy.zeros(200))
            for gradient in wide:
                change, state = optimizer.update(jax.numpy.array(gradient), state, moved)
                moved = moved + change
            assert (gaps([np.asarray(moved)]) > 10) == (not inside)


def adamws_decay(line):
    defaults = {"nnlearn": nn.AdamW().weight_decay, "Keras": keras.optimizers.AdamW().weight_decay,
                "PyTorch": default(torch().optim.AdamW, "weight_decay"),
                "optax": default(optax().adamw, "weight_decay")}  # fmt: skip
    assert {library: numbers(cell)[-1:] for library, cell in line.items()} == {k: [v] for k, v in defaults.items()}
    # Without a gradient a weight of 1 shrinks by the rate times the decay; with one, by as much: of theta before it.
    row = nn.AdamW(0.5, epsilon=1, weight_decay=0.25).start(np.ones(1))
    for gradient, step in ((0.0, 0.0), (1.0, 0.25)):
        J = nn.Objective(lambda theta: 0.0, lambda theta, g=gradient: np.full(1, g))
        after = nn.AdamW(0.5, epsilon=1, weight_decay=0.25).step(row, J).theta
        np.testing.assert_allclose(after, 1 - 0.5 * 0.25 - step, rtol=1e-15)


def amsgrads_largest(line):
    large_then_small = [1.0, 0.0]
    corrected = (1 - 0.5) / (1 - 0.5**2)  # of v = 0.5, the largest, at the second step
    chosen = [-1.0, -1 - (1 / 3) / corrected**0.5]  # m_hat is 1, then 1/3
    assert ours(nn.AMSGrad(1, 0.5, 0.5, 0), large_then_small) == pytest.approx(chosen, rel=1e-12)
    make = {"betas": (0.5, 0.5), "eps": 0, "amsgrad": True}
    assert in_torch(lambda weights: torch().optim.Adam(weights, 1, **make), large_then_small) == pytest.approx(chosen)
    assert in_keras(keras.optimizers.Adam(1.0, 0.5, 0.5, 0, amsgrad=True), large_then_small) == pytest.approx(chosen)
    first = [-1.0, -1 - 1 / 3]  # the first v, corrected, is 1: it stays the largest
    assert in_optax(optax().amsgrad(1, 0.5, 0.5, 0), large_then_small) == pytest.approx(first)
    assert line["Keras"] == line["PyTorch"] == "the same"


def nadams_first_share(line):
    paths = {name for name, method in METHODS.items() if name.startswith("nadam")}
    assert paths == {"nadam", "nadam, beta_1 soon", "nadam, beta_1 at once"}
    assert METHODS["nadam"].torch and METHODS["nadam, beta_1 soon"].keras and METHODS["nadam, beta_1 at once"].optax
    psi = nn.Nadam().momentum_decay
    assert psi == default(torch().optim.NAdam, "momentum_decay") and line["nnlearn"].endswith(f"ψ = {psi}")
    share = float(np.float32(0.96))
    found = keras.optimizers.Nadam(1.0, beta_1=0.5)
    in_keras(found, [1])
    assert float(found._u_product) == pytest.approx(0.5 * (1 - 0.5 * share), rel=1e-7)


def lions_defaults(line):
    theirs = keras.optimizers.Lion()
    assert nn.Lion().learning_rate in numbers(line["nnlearn"]) and "weight_decay" not in nn.Lion().hyperparameters
    assert theirs.weight_decay is None and line["Keras"].endswith(", none")
    assert numbers(line["Keras"]) == pytest.approx([float(theirs.learning_rate)], rel=1e-6)
    assert not hasattr(torch().optim, "Lion") and line["PyTorch"] == "-"
    assert default(optax().lion, "learning_rate") is inspect.Parameter.empty
    assert line["optax"].startswith("no default") and numbers(line["optax"]) == [default(optax().lion, "weight_decay")]


def lbfgs(line):
    first = nn.run(nn.LBFGS(), Quadratic(100.0), [3.0, 4.0], 1).move[1]
    assert np.abs(first).sum() == pytest.approx(1)
    assert default(torch().optim.LBFGS, "line_search_fn") is None
    assert default(optax().lbfgs, "linesearch") is not None
    assert not hasattr(keras.optimizers, "LBFGS") and line["Keras"] == "-"


def leaky_slopes(line):
    below, word = tf.constant([-1.0], "float64"), keras.activations.get("leaky_relu")
    layer = -float(keras.layers.LeakyReLU(dtype="float64")(below)[0])
    by_word = -float(word(below)[0])
    assert (layer, by_word) == (float(np.float32(0.3)), float(np.float32(0.2)))
    assert line["Keras"] == f'{layer:g} (layer), {by_word:g} (`"leaky_relu"`); kept in float32'
    assert numbers(line["nnlearn"]) == [LeakyReLU().negative_slope]
    assert numbers(line["PyTorch"]) == [torch().nn.LeakyReLU().negative_slope]


def clipping(line):
    """Two weights with gradients 3 and 4, to length 1: together they become 0.6 and 0.8, each by itself 1 and 1."""
    J = nn.objectives.Clipped(nn.Objective(lambda theta: theta.sum(-1), lambda theta: np.array([3.0, 4.0])), norm=1)
    together, alone = pytest.approx([0.6, 0.8], rel=1e-6), pytest.approx([1, 1])
    assert J.gradient(np.zeros(2)) == together

    def by_keras(**options):
        weights = [keras.Variable(np.zeros(1), dtype="float64") for _ in range(2)]
        gradients = [tf.constant([value], "float64") for value in (3.0, 4.0)]
        keras.optimizers.SGD(1.0, **options).apply(gradients, weights)
        return [-float(weight.numpy()[0]) for weight in weights]

    assert by_keras(global_clipnorm=1.0) == together and by_keras(clipnorm=1.0) == alone
    weights = [torch().zeros(1, dtype=torch().float64) for _ in range(2)]
    for weight, value in zip(weights, (3.0, 4.0), strict=True):
        weight.grad = torch().full((1,), value, dtype=torch().float64)
    torch().nn.utils.clip_grad_norm_(weights, 1.0)
    assert [float(weight.grad[0]) for weight in weights] == pytest.approx([3 / (5 + 1e-6), 4 / (5 + 1e-6)], rel=1e-12)
    assert numbers(line["PyTorch"]) == [1e-6]
    jax = pytest.importorskip("jax")
    clipped, _ = optax().clip_by_global_norm(1.0).update([jax.numpy.array(3.0), jax.numpy.array(4.0)], None)
    assert [float(value) for value in clipped] == together


def normal_weights(line):
    (furthest,) = numbers(line["Keras"])
    for ours_, theirs in ((he, "HeNormal"), (lecun, "LecunNormal")):
        values = np.asarray(getattr(keras.initializers, theirs)(seed=0)((300, 300)))
        assert np.abs(values).max() / values.std() == pytest.approx(furthest, abs=0.01)
        one = ours_(np.random.default_rng(0), (300, 300))
        assert np.abs(one).max() / one.std() > 4
    weight = torch().nn.init.kaiming_normal_(torch().empty(300, 300)).numpy()
    assert np.abs(weight).max() / weight.std() > 4 and weight.std() == pytest.approx((2 / 300) ** 0.5, rel=0.02)


def first_weights(line):
    assert line["nnlearn"] == f"`{Dense(3).initial.__name__}`"
    assert isinstance(keras.layers.Dense(3).kernel_initializer, keras.initializers.GlorotUniform)
    layer = torch().nn.Linear(100, 400)
    for array in (layer.weight, layer.bias):
        assert 0.97 / 10 < float(array.detach().abs().max()) <= 0.1 + 1e-8


def patience(line):
    def steps(losses, patience):
        callback = keras.callbacks.EarlyStopping("loss", patience=patience, mode="min")
        callback.set_model(SimpleNamespace(stop_training=False))
        callback.on_train_begin()
        for epoch, loss in enumerate(losses):
            callback.on_epoch_end(epoch, {"loss": loss})
            if callback.model.stop_training:
                return epoch + 1
        return None

    assert steps([3, 2, 2, 1], 0) == steps([3, 2, 2, 1], 1) == 3
    assert steps([np.nan, 2, 1, 0], 2) == 3
    with pytest.raises(ValueError, match="at least 1"):
        nn.EarlyStopping(nn.Adam(), Quadratic(2.0), patience=0)
    losses = iter([np.nan, 2, 1, 0])
    watch = nn.Objective(lambda theta: np.float64(next(losses)), lambda theta: theta)
    row = nn.run(nn.EarlyStopping(nn.GradientDescent(0.1), watch, patience=2), Quadratic(2.0), [1.0, 1.0], 4).last
    assert row.t == 4 and row.best_loss[0] == 0


def a_rate(line):
    assert ours(nn.GradientDescent(0.1), [1]) == [-0.1]
    assert in_torch(lambda weights: torch().optim.SGD(weights, 0.1), [1]) == [-0.1]
    assert in_optax(optax().sgd(0.1), [1]) == [-0.1]
    before = keras.config.floatx()
    try:
        for floatx, rate in (("float32", float(np.float32(0.1))), ("float64", 0.1)):
            keras.config.set_floatx(floatx)
            assert in_keras(keras.optimizers.SGD(0.1), [1]) == [-rate]
            first, second = in_keras(keras.optimizers.SGD(1.0, momentum=0.9), [1, 1])
            assert second - first == -(1 + float(np.float32(0.9)))
    finally:
        keras.config.set_floatx(before)


CHECKS = {
    "classical momentum (`Momentum`)": classical_momentum,
    "averaged momentum (`AveragedMomentum`)": averaged_momentum,
    "Adam's ε": adams_epsilon,
    "AdaGrad's ε": adagrads_epsilon,
    "AdaGrad begins at": adagrads_beginning,
    "RMSprop's ε": rmsprops_epsilon,
    "RMSprop's share of the past, first mean": rmsprops_beginning,
    "RMSprop, centred, where rounding leaves v below m²": centred_rmsprop,
    "AdamW's decay": adamws_decay,
    "AMSGrad takes the largest": amsgrads_largest,
    "Nadam's first share": nadams_first_share,
    "Lion's rate, weight decay": lions_defaults,
    "L-BFGS": lbfgs,
    "leaky ReLU's negative slope": leaky_slopes,
    "clipping a gradient to a length (`Clipped`)": clipping,
    "normal first weights (`he`, `lecun`)": normal_weights,
    "a dense layer's first weights, without a word": first_weights,
    "early stopping's patience (`EarlyStopping`)": patience,
    "a rate of 0.1": a_rate,
}


def test_every_line_is_tested():
    assert list(LINES) == list(CHECKS)


@pytest.mark.parametrize("name", CHECKS)
def test_a_line_is_so(name):
    CHECKS[name](LINES[name])


RULES = {  # of the lines about an update rule's steps
    "classical momentum (`Momentum`)": "Momentum",
    "averaged momentum (`AveragedMomentum`)": "AveragedMomentum",
    "Adam's ε": "Adam",
    "AdaGrad's ε": "AdaGrad",
    "RMSprop's ε": "RMSprop",
    "RMSprop, centred, where rounding leaves v below m²": "RMSprop",
    "AdamW's decay": "AdamW",
    "AMSGrad takes the largest": "AMSGrad",
    "Nadam's first share": "Nadam",
    "Lion's rate, weight decay": "Lion",
}


@pytest.mark.parametrize("library", ["Keras", "PyTorch", "optax"])
@pytest.mark.parametrize("name", RULES)
def test_each_cell_s_rule_is_run_beside_the_course_s(name, library):
    """tests/test_rules.py runs these pairs on random gradients."""
    pairs = [pair for pair in PAIRS if (pair.rule, pair.library) == (RULES[name], library)]
    assert bool(pairs) == (LINES[name][library] != "-")


def test_where_epsilon_bites_in_rmsprop():
    said = re.search(r"RMSprop's, with ρ = 0.9, is ([\d.]+) in PyTorch and ([\d.]+) in Keras", PAGE).groups()
    (keras_step,) = in_keras(keras.optimizers.RMSprop(1.0), [1e-6])
    (torch_step,) = in_torch(lambda weights: torch().optim.RMSprop(weights, 1.0, alpha=0.9), [1e-6])
    assert ours(nn.RMSprop(1), [1e-6]) == pytest.approx([torch_step], rel=1e-12)
    assert said == (f"{-torch_step:.2f}", f"{-keras_step:.3f}")


def test_where_epsilon_bites_is_what_was_measured():
    said = re.search(r"the first Adam step is ([\d.]+) of the rate in PyTorch and ([\d.]+) in Keras", PAGE).groups()
    assert said == (f"{AFTER_CORRECTION:.3f}", f"{BEFORE_CORRECTION:.3f}")


# --- Names ---

MODULES = {
    "nnlearn": ["nnlearn.optimizers", "nnlearn.row", "nnlearn.trace"],
    "Keras": ["keras.src.optimizers"],
    "PyTorch": ["torch.optim"],
    "optax": ["optax._src.alias", "optax._src.transform", "optax._src.base"],
}


def words_in(name):
    """All words of a package's code, of its modules too; the test is skipped where it isn't installed."""
    words = set()
    for path in MODULES[name]:
        module = pytest.importorskip(path)
        folder = Path(module.__file__)
        for file in folder.parent.rglob("*.py") if folder.name == "__init__.py" else [folder]:
            words |= set(re.findall(r"\w+", file.read_text(encoding="utf-8")))
    return words


@pytest.mark.parametrize("name", ["Keras", "PyTorch", "optax"])
def test_the_names_are_those_of_the_libraries(name):
    named = {word for row in rows_of("").values() for word in re.findall(r"`(\w+)`", row[name])}
    assert len(named) > 8 and named - words_in(name) == set()


def test_the_names_are_those_of_the_course():
    named = {word for cell in rows_of("") for word in re.findall(r"`(\w+)`", cell)}
    assert len(named) > 15 and named - words_in("nnlearn") == set()
