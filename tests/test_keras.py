"""as_keras: nnlearn's rules train Keras models as Keras's own optimisers do, and are saved with them."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from problems import OPTIMIZERS
from thorough import mostly_thorough

import nnlearn as nn
from nnlearn.algebra import dot, exp, log, maximum, minimum, norm, sign, sqrt
from nnlearn.interop import as_keras
from nnlearn.interop.quiet import keras, tf
from nnlearn.objectives import Objective, Rosenbrock
from nnlearn.row import Row

# What Keras itself says when it saves a model with NumPy 2.4.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")

# Keras takes hyper-parameters through float32 at some places and not at others; float32 holds these exactly,
# and DECAY's rates too, which halve at each step.
RATE, BETA_1, BETA_2 = 1 / 16, 7 / 8, 1 - 2**-10
DECAY = {"initial_learning_rate": RATE, "decay_steps": 2, "decay_rate": 0.25}


def keras_epsilon(step):
    """Keras adds 1e-7 before the bias correction (Kingma and Ba's "epsilon hat"); after it, that is this."""
    return 1e-7 / (1 - BETA_2 ** (step + 1)) ** 0.5


@pytest.fixture(autouse=True, params=["float64"])
def floatx(request):
    """Keras's default type; the layers' policy, once asked for, no longer follows it."""
    before = keras.config.floatx(), keras.config.dtype_policy()
    keras.config.set_floatx(request.param)
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_floatx(before[0])
    keras.config.set_dtype_policy(before[1])


def data():
    generator = np.random.default_rng(0)
    X = generator.normal(size=(24, 5))
    return X, np.sin(X @ generator.normal(size=(5, 2)))


def untrained(optimizer, **compile_options):
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((5,)), keras.layers.Dense(3, "tanh"), keras.layers.Dense(2)])
    model.compile(optimizer, "mse", **compile_options)
    return model


def fit(model, epochs, **options):
    model.fit(*data(), batch_size=8, epochs=epochs, shuffle=False, verbose=0, **options)
    return model


def assert_same_weights(one, other, rtol=1e-12):
    """Both make the same steps with the operations in another order; the roundings may differ."""
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=0, atol=rtol * np.abs(theirs).max())


def classical(rate, momentum=BETA_1):
    return nn.Momentum(rate, momentum)


SAME = {  # Keras's optimiser and the rule that makes its steps
    "descent": (lambda: keras.optimizers.SGD(RATE), nn.GradientDescent(RATE)),
    "classical": (lambda: keras.optimizers.SGD(RATE, BETA_1), classical(RATE)),
    "averaged": (lambda: keras.optimizers.SGD(RATE, BETA_1), nn.AveragedMomentum(RATE / (1 - BETA_1), BETA_1)),
    "adam": (
        lambda: keras.optimizers.Adam(RATE, BETA_1, BETA_2),
        nn.Adam(RATE, BETA_1, BETA_2, epsilon=keras_epsilon),
    ),
    "adagrad": (
        lambda: keras.optimizers.Adagrad(RATE, initial_accumulator_value=0.25, epsilon=0),
        nn.AdaGrad(RATE, initial_accumulator=0.25, epsilon=0),
    ),
    "rmsprop": (
        lambda: keras.optimizers.RMSprop(RATE, rho=BETA_1, epsilon=0),
        nn.RMSprop(RATE, rho=BETA_1, epsilon=0),
    ),
    "centred rmsprop": (
        lambda: keras.optimizers.RMSprop(RATE / 4, rho=BETA_2, centered=True, epsilon=0),
        nn.RMSprop(RATE / 4, rho=BETA_2, centered=True, epsilon=0),
    ),
    "adamw": (
        lambda: keras.optimizers.AdamW(RATE, 0.25, BETA_1, BETA_2),
        nn.AdamW(RATE, BETA_1, BETA_2, epsilon=keras_epsilon, weight_decay=0.25),
    ),
    "amsgrad": (
        lambda: keras.optimizers.Adam(RATE, BETA_1, BETA_2, amsgrad=True),
        nn.AMSGrad(RATE, BETA_1, BETA_2, epsilon=keras_epsilon),
    ),
    "nadam": (
        lambda: keras.optimizers.Nadam(RATE, BETA_1, BETA_2, epsilon=2**-20),
        nn.Nadam(RATE, BETA_1, BETA_2, epsilon=2**-20, momentum_decay=1),
    ),
    "lion": (  # at RATE a bias goes to and fro, back to where it began
        lambda: keras.optimizers.Lion(RATE / 4, BETA_1, BETA_2),
        nn.Lion(RATE / 4, BETA_1, BETA_2),
    ),
    "decay": (
        lambda: keras.optimizers.SGD(keras.optimizers.schedules.ExponentialDecay(**DECAY), BETA_1),
        classical(nn.ExponentialDecay(**DECAY)),
    ),
}


@pytest.mark.parametrize("name", mostly_thorough(SAME, ["averaged", "adamw", "amsgrad", "centred rmsprop", "nadam"]))
def test_fit_agrees_with_keras(name):
    theirs, rule = SAME[name]
    start = untrained(theirs()).get_weights()
    model = fit(untrained(as_keras(rule)), epochs=4)
    assert min(np.abs(a - b).max() for a, b in zip(start, model.get_weights(), strict=True)) > 0.01
    # Keras's Nadam takes 0.96 through float32
    assert_same_weights(model, fit(untrained(theirs()), epochs=4), rtol=1e-7 if name == "nadam" else 1e-12)


@pytest.mark.parametrize("floatx", ["float32"], indirect=True)
@pytest.mark.parametrize("name", mostly_thorough(SAME, ["adam", "decay"]))
def test_float32_agrees_with_keras(name, floatx):
    theirs, rule = SAME[name]
    model = fit(untrained(as_keras(rule)), epochs=4)
    assert {str(v.dtype) for v in model.optimizer.variables} <= {"int64", "float32"}
    assert_same_weights(model, fit(untrained(theirs()), epochs=4), rtol=1e-5)  # 12 steps of roundings of 6e-8


MODES = [{"jit_compile": True}, {"run_eagerly": True}, {"steps_per_execution": 3}]


@pytest.mark.parametrize("mode", MODES, ids=str)
def test_every_way_to_run_makes_the_same_steps(mode):
    rule = nn.Adam(nn.ExponentialDecay(**DECAY), epsilon=keras_epsilon)
    assert_same_weights(fit(untrained(as_keras(rule), **mode), 2), fit(untrained(as_keras(rule)), 2))


SEES_MORE = ("nesterov", "newton", "absolute newton", "lbfgs", "searching lbfgs", "bfgs")  # than the gradient at theta


@pytest.mark.parametrize("method", [name for name in OPTIMIZERS if name not in SEES_MORE])
def test_a_step_on_tensors_is_the_step_on_arrays(method):
    J, rule = Rosenbrock(), OPTIMIZERS[method]
    trace = nn.run(rule, J, [-1.2, 1.0], steps=60)
    theta, optimizer = keras.Variable(trace.theta[0]), as_keras(rule)
    for row in trace:
        np.testing.assert_allclose(theta.value, row.theta, rtol=1e-11)  # the path through the valley bends
        optimizer.apply([tf.constant(J.gradient(theta.value.numpy()))], [theta])


def test_variables_are_keras_slots_in_keras_order():
    def variables(optimizer):
        model = fit(untrained(optimizer), 1)
        return [(re.sub(r".*/(.*dense(_\d+)?_)?", "", v.path), tuple(v.shape)) for v in model.optimizer.variables]

    ours, theirs = variables(as_keras(nn.Adam())), variables(keras.optimizers.Adam())
    assert ours[:2] == [("iteration", ()), ("learning_rate", ())]
    assert [(name.replace("_momentum", "_m").replace("_velocity", "_v"), s) for name, s in theirs] == ours


def test_slots_take_each_variable_s_shape():
    shapes = [(), (4,), (2, 3), (2, 1, 2)]
    weights = [keras.Variable(np.ones(shape)) for shape in shapes]
    gradients = [np.full(shape, 0.5 + i) for i, shape in enumerate(shapes)]
    optimizer = as_keras(nn.AveragedMomentum(0.1, 0.9))
    optimizer.build(weights)
    optimizer.build(weights)  # as for Keras's own, the second time changes nothing
    assert len(optimizer.variables) == 2 + len(weights)
    optimizer.apply([tf.constant(gradient) for gradient in gradients])
    for weight, slot, gradient in zip(weights, optimizer.slots["m"], gradients, strict=True):
        np.testing.assert_allclose(slot.value, 0.1 * gradient, rtol=1e-15)
        np.testing.assert_allclose(weight.value, 1 - 0.01 * gradient, rtol=1e-15)


def test_a_norm_is_that_of_each_weight_by_itself():
    weights = [keras.Variable(np.zeros(2)), keras.Variable(np.zeros((1, 1)))]
    as_keras(nn.NormScaled(2.0, beta=0.25)).apply([tf.constant([3.0, 4.0]), tf.constant([[-6.0]])], weights)
    np.testing.assert_allclose(weights[0].value, [-6 / 7.25, -8 / 7.25], rtol=1e-15)
    np.testing.assert_allclose(weights[1].value, [[12 / 10]], rtol=1e-15)


@pytest.mark.parametrize("shape", [(), (4,), (2, 3), (2, 1, 2)])
def test_slots_begin_as_the_rule_says(shape):
    weight = keras.Variable(np.ones(shape))
    for rule, name, first in ((nn.AdaGrad(), "accumulator", np.full(shape, 0.1)), (nn.Nadam(), "mu_product", [1.0])):
        optimizer = as_keras(rule)
        optimizer.build([weight])
        (slot,) = optimizer.slots[name]
        np.testing.assert_array_equal(slot.value, first)


class Mapped(nn.optimizers.Optimizer):
    """Every function of the algebra that has a tensor's form."""

    learning_rate: float = 0.1
    state = ("past",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        past = maximum(0.5 * row.past, abs(gradient)) + minimum(gradient, 0.25) - log(1 + exp(-gradient))
        pull = dot(past, gradient) / (norm(gradient) + sqrt(norm(past)))
        theta = row.theta - self.learning_rate * (sign(gradient) + pull * past)
        return nn.Row(theta=theta, past=past, pull=pull, gradient=gradient)


def test_functions_of_the_algebra_run_on_tensors_and_show():
    J, rule = Rosenbrock(), Mapped()
    trace = nn.run(rule, J, [-1.2, 1.0], steps=5)
    theta, optimizer = keras.Variable(trace.theta[0]), as_keras(rule)
    for row in trace:
        np.testing.assert_allclose(theta.value, row.theta, rtol=1e-12)
        optimizer.apply([tf.constant(J.gradient(theta.value.numpy()))], [theta])
    shown = rule.equations._repr_markdown_()
    for part in (r"\max\left(0.5 \, u_{t-1}", r"\left|g_{t}\right|", r"\operatorname{sign}\left(g_{t}\right)",
                 r"^\top g_{t}", r"\left\lVert g_{t} \right\rVert", r"\log\left(1 + e^{-g_{t}}\right)"):  # fmt: skip
        assert part.replace("u_{t-1}", r"\mathrm{past}_{t-1}") in shown


def test_repeated_rows_of_an_embedding_are_added_up():
    rows = tf.constant([[1.0], [2.0], [3.0]], "float64")
    slices = tf.IndexedSlices(rows, indices=tf.constant([0, 2, 0]), dense_shape=tf.constant([3, 1]))
    ends = []
    for gradient in (slices, tf.constant([[4.0], [0.0], [2.0]], "float64")):
        theta, optimizer = keras.Variable(np.zeros((3, 1))), as_keras(nn.Adam(0.1))
        for _ in range(3):
            optimizer.apply([gradient], [theta])
        ends.append(theta.value.numpy())
    np.testing.assert_array_equal(*ends)


# The learning rate


def halve(epoch, rate):
    return rate / 2


CALLBACKS = {  # the callback, and how often it halves the rate in five epochs
    "scheduler": (lambda: keras.callbacks.LearningRateScheduler(halve), 5),
    "plateau": (lambda: keras.callbacks.ReduceLROnPlateau("loss", 0.5, patience=1, min_delta=100), 4),
}


@pytest.mark.parametrize("name", CALLBACKS)
def test_callbacks_change_the_learning_rate(name):
    callback, times = CALLBACKS[name]
    theirs, rule = SAME["classical"]
    model = fit(untrained(as_keras(rule)), 5, callbacks=[callback()])
    assert float(model.optimizer.learning_rate) == RATE / 2**times
    assert_same_weights(model, fit(untrained(theirs()), 5, callbacks=[callback()]))


def test_the_learning_rate_can_be_set_by_hand():
    models = [untrained(SAME["adam"][0]()), untrained(as_keras(SAME["adam"][1]))]
    for model in models:
        fit(model, 1)
        model.optimizer.learning_rate = 0.001
        fit(model, 1)
    assert_same_weights(*models)
    assert models[1].optimizer.rule.learning_rate == RATE  # the rule is as it was given


def test_a_callback_is_told_that_a_schedule_is_in_force():
    model = untrained(as_keras(SAME["decay"][1]))
    with pytest.raises(TypeError, match="learning rate is not settable"):
        fit(model, 1, callbacks=[keras.callbacks.LearningRateScheduler(halve)])


@pytest.mark.parametrize("floatx", ["float32"], indirect=True)
def test_schedules_count_steps_that_float32_can_not_hold(floatx):
    def late(step):
        return 0.25 / (1 + (step - 2**24) ** 2)  # 0.125 at the step below; 0.25 at the one before

    theta, optimizer = keras.Variable([0.0]), as_keras(nn.Momentum(late, late))
    optimizer.build([theta])
    optimizer.iterations.assign(2**24 + 1)
    optimizer.slots["velocity"][0].assign([1.0])
    optimizer.apply([tf.constant([2.0])])
    assert float(theta.value[0]) == 0.125 * 1 - 0.125 * 2


OPTIONS = [{"clipnorm": 0.01}, {"weight_decay": 0.1}, {"gradient_accumulation_steps": 2}]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_options_of_keras_work(options):
    model = fit(untrained(as_keras(SAME["adam"][1], **options)), 2)
    theirs = keras.optimizers.Adam(RATE, BETA_1, BETA_2, **options)
    assert_same_weights(model, fit(untrained(theirs), 2))


# Saving


class Signed(nn.optimizers.Optimizer):
    """A learner's own rule, with a schedule that is a function."""

    learning_rate: float = 0.01
    beta: float = 0.5
    state = ("mean",)

    def step(self, row, J):
        mean = self.beta * row.mean + (1 - self.beta) * J.gradient(row.theta)
        return nn.Row(theta=row.theta - self.learning_rate * mean / (mean**2) ** 0.5, mean=mean)


def fading(step):
    return 0.5 / (1 + step)


OWN = {"Signed": Signed, "fading": fading}
SAVED = {name: rule for name, (_, rule) in SAME.items() if name not in ("adam", "adamw", "amsgrad")} | {
    "adamw": nn.AdamW(RATE, weight_decay=0.25),
    "amsgrad": nn.AMSGrad(RATE),
    "norm-scaled": nn.NormScaled(RATE, beta=0.5),
    "adam": nn.Adam(nn.ExponentialDecay(**DECAY), beta_1=nn.ExponentialDecay(0.9, 100, 0.5)),
    "own": Signed(beta=fading),
    "keras schedule": nn.Adam(keras.optimizers.schedules.CosineDecay(RATE, 10)),
}


@pytest.mark.parametrize("name", mostly_thorough(SAVED, ["adam", "centred rmsprop", "own", "keras schedule"]))
def test_a_saved_model_trains_on_as_if_never_interrupted(name, tmp_path):
    fit(untrained(as_keras(SAVED[name], clipnorm=0.5)), 2).save(tmp_path / "model.keras")
    model = keras.saving.load_model(tmp_path / "model.keras", custom_objects=OWN)
    assert int(model.optimizer.iterations) == 6
    whole = fit(untrained(as_keras(SAVED[name], clipnorm=0.5)), 4)
    for mine, uninterrupted in zip(fit(model, 2).get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, uninterrupted)
    assert model.optimizer.get_config() == whole.optimizer.get_config() | {"name": model.optimizer.name}


@pytest.mark.parametrize(("form", "today"), [("averaged", nn.AveragedMomentum), ("classical", nn.Momentum)])
def test_a_model_saved_when_momentum_was_both_forms_is_read(form, today):
    now = as_keras(today(0.5, 0.75)).get_config()
    then = {**now, "rule": {"class": "nnlearn>Momentum", "fields": {**now["rule"]["fields"], "form": form}}}
    back = type(as_keras(today())).from_config(then).rule
    assert repr(back) == repr(today(0.5, 0.75))


def test_a_changed_learning_rate_is_saved(tmp_path):
    model = fit(untrained(as_keras(nn.Adam(0.1))), 1)
    model.optimizer.learning_rate = 0.25
    model.save(tmp_path / "model.keras")
    assert float(keras.saving.load_model(tmp_path / "model.keras").optimizer.learning_rate) == 0.25
    assert float(type(model.optimizer).from_config(model.optimizer.get_config()).learning_rate) == 0.25


def test_a_class_of_one_s_own_must_be_given(tmp_path):
    fit(untrained(as_keras(Signed())), 1).save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match=r"trained with Signed.*custom_objects=\{'Signed': Signed\}"):
        keras.saving.load_model(tmp_path / "model.keras")


def test_a_class_named_like_nnlearn_s_is_another(tmp_path):
    adam = type("Adam", (Signed,), {})
    fit(untrained(as_keras(adam())), 1).save(tmp_path / "model.keras")
    with pytest.raises(ValueError, match="trained with Adam"):
        keras.saving.load_model(tmp_path / "model.keras")
    model = keras.saving.load_model(tmp_path / "model.keras", custom_objects={"Adam": adam})
    assert type(model.optimizer.rule) is adam


def test_a_lambda_trains_but_is_not_saved(tmp_path):
    model = fit(untrained(as_keras(nn.GradientDescent(lambda step: 0.1 / (1 + step)))), 1)
    with pytest.raises(ValueError, match="A lambda can't be saved"):
        model.save(tmp_path / "model.keras")


# What can't train a Keras model is refused when it is made, not when it is fitted


class Unrated(nn.optimizers.Optimizer):
    eta: float = 0.1


class NumPyStep(nn.optimizers.Optimizer):
    learning_rate: float = 0.1

    def step(self, row, J):
        return nn.Row(theta=row.theta - self.learning_rate * np.sign(J.gradient(row.theta)))


class Backtracking(nn.optimizers.Optimizer):
    learning_rate: float = 0.1

    def step(self, row, J):
        return nn.Row(theta=row.theta - self.learning_rate * J.loss(row.theta))


class Forgetful(nn.optimizers.Optimizer):
    learning_rate: float = 0.1
    state = ("m",)

    def step(self, row, J):
        return nn.Row(theta=row.theta - self.learning_rate * row.m)


RATES = np.array([[0.1], [0.2]])
REFUSED = {
    "look-ahead": (nn.Nesterov(), ValueError, "needs the gradient at another point than theta"),
    "hessian": (nn.Newton(), ValueError, "asks the objective for its hessian"),
    "loss": (Backtracking(), ValueError, "asks the objective for its loss"),
    "sweep": (nn.Adam(RATES), ValueError, r"learning_rate is an array of shape \(2, 1\), a sweep"),
    "sweep of betas": (nn.Adam(beta_1=RATES), ValueError, "beta_1 is an array"),
    "scheduled sweep": (nn.Adam(nn.ExponentialDecay(RATES, 1, 1)), ValueError, "learning_rate is an array"),
    "no rate": (Unrated(), ValueError, "has no learning_rate"),
    "class": (nn.Adam, TypeError, "such as Adam"),
    "keras": (keras.optimizers.SGD(), TypeError, "needs an optimiser of nnlearn"),
    "branch": (nn.Adam(lambda step: 0.1 if step < 9 else 0.01), TypeError, "without an if on a number"),
    "branch in beta": (nn.Adam(beta_1=lambda step: 0.1 if step < 9 else 0.01), TypeError, "without an if"),
    "numpy": (NumPyStep(), TypeError, "can't be run on TensorFlow's tensors"),
    "state": (Forgetful(), TypeError, "This row has no m"),
    "a memory of pairs": (nn.LBFGS(), ValueError, r"moves of all weights together.*nn.run\(LBFGS\(\), network.on"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_when_made(name):
    rule, error, message = REFUSED[name]
    with pytest.raises(error, match=message):
        as_keras(rule)


# Loading


def python(code, **arguments):
    command = [sys.executable, "-c", code.format(**arguments)]
    return subprocess.run(command, capture_output=True, encoding="utf-8", cwd=Path(nn.__file__).parents[1])


def test_importing_nnlearn_loads_no_tensorflow():
    found = python("import sys, nnlearn; print({{'tensorflow', 'keras'}} & set(sys.modules))")
    assert (found.stdout, found.stderr) == ("set()\n", "")


def test_a_new_process_loads_a_model_and_tensorflow_stays_quiet(tmp_path):
    model = fit(untrained(as_keras(SAVED["adam"]), jit_compile=True), 1)
    model.save(tmp_path / "model.keras")
    found = python(
        "import numpy, nnlearn.interop; from nnlearn.interop.quiet import keras\n"
        "model = keras.saving.load_model({path!r})\n"
        "model.fit(numpy.ones((1, 5)), numpy.ones((1, 2)), verbose=0)\n"
        "print(int(model.optimizer.iterations))",
        path=str(tmp_path / "model.keras"),
    )
    assert (found.stdout, found.stderr) == ("4\n", "")


RULES_IN_16_BITS = [
    nn.Adam(0.1), nn.AdamW(0.1), nn.AMSGrad(0.1), nn.Nadam(0.1), nn.AdaGrad(0.1), nn.RMSprop(0.1), nn.NormScaled(0.1),
    nn.Momentum(0.1),
]  # fmt: skip


@pytest.mark.parametrize("kind", ["float16", "bfloat16"])
@pytest.mark.parametrize("rule", RULES_IN_16_BITS, ids=repr)
def test_a_weight_of_16_bits_is_rounded_once_a_step(rule, kind):
    gradients = np.array([[0.0, 1e-3, 2.0], [0.0, -1e-3, 0.5], [0.0, 3e-3, -1.0]])
    gradients = np.asarray(tf.cast(tf.cast(gradients, kind), "float64"))
    weight, optimizer = keras.Variable([1.0, 1.0, 1.0], dtype=kind), as_keras(rule)
    row = rule.start(np.ones(3))
    for t, gradient in enumerate(gradients, start=1):
        optimizer.apply([tf.constant(gradient, kind)], [weight])
        row = Row(t=t, **vars(rule.step(row, Objective(lambda theta: 0.0, lambda theta, g=gradient: g))))
    found = np.asarray(tf.cast(weight.value, "float64"))
    np.testing.assert_allclose(found, row.theta, atol={"float16": 2e-3, "bfloat16": 2e-2}[kind])
