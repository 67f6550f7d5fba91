"""The equations on the page are the code that ran, and their numbers are the record's."""

import re
from typing import Any

import numpy as np
import pytest
from problems import DATA, OPTIMIZERS, PROBLEMS, START, SURFACES, start_for

import nnlearn as nn
from nnlearn.algebra import ATOM, FUNCTIONS, written
from nnlearn.difference import compare
from nnlearn.equations import Formulas, equations
from nnlearn.explanation import explain, lines
from nnlearn.notation import PLAIN
from nnlearn.objectives import Rosenbrock
from nnlearn.optimizers import Optimizer
from nnlearn.row import Row

NUMBER = re.compile(r"(?<![\w\[])\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf|nan")


def value(text: str) -> float:
    """What a line of numbers says: the left of its = sign, worked out as Python reads it."""
    names = {name: writing.function for name, writing in FUNCTIONS.items()}
    with np.errstate(all="ignore"):
        return eval(text.split(" = ")[0], names | {"inf": np.float64("inf"), "nan": np.float64("nan")})


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_the_equations_evaluated_on_the_exact_row_are_the_record(method, problem):
    optimizer, J = OPTIMIZERS[method], PROBLEMS[problem]
    trace = nn.run(optimizer, J, start_for(J), steps=12)
    for k in (1, 7, 12):
        shown = {line.equation.name: line.value for line in trace.explain(k).lines}
        assert set(trace.columns) <= set(shown)
        for name, column in trace.columns.items():
            np.testing.assert_array_equal(shown[name], column[k], err_msg=name)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_the_plain_equations_read_by_python_are_the_record(method, problem):
    """The text is run as a program of its own: brackets, signs and order of the rendering must be right."""
    optimizer, J = OPTIMIZERS[method], PROBLEMS[problem]
    trace, k = nn.run(optimizer, J, start_for(J), steps=9), 9
    names = {f"previous_{name}": value for name, value in vars(trace.before(k)).items()}
    names |= optimizer.at(k).hyperparameters | {"J": J.at(k), "t": k, "step": k - 1}
    for schedule in optimizer.hyperparameters.values():
        names |= vars(schedule) if isinstance(schedule, nn.schedules.Schedule) else {}
    names |= {name: writing.function for name, writing in FUNCTIONS.items()}
    exec(str(Formulas(optimizer)), names)
    for name, column in trace.columns.items():
        np.testing.assert_array_equal(names[name], column[k], err_msg=name)


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_the_numbers_of_each_coordinate_work_out_to_the_record(method, problem):
    optimizer, J = OPTIMIZERS[method], PROBLEMS[problem]
    trace, k = nn.run(optimizer, J, start_for(J), steps=9), 5
    explanation = trace.explain(k)
    for line in explanation.shown():
        if np.ndim(line.value) > 1:
            continue
        for i, text in zip(explanation.coordinates, explanation.numbers(line, PLAIN, digits=None), strict=True):
            entries = np.atleast_1d(line.value)
            exact = entries[i if len(entries) > 1 else 0]
            assert value(text) == pytest.approx(exact, rel=1e-14), text
            assert float(text.split(" = ")[-1]) == exact


@pytest.mark.parametrize("problem", PROBLEMS)
@pytest.mark.parametrize("method", OPTIMIZERS)
def test_each_number_shown_is_its_value_rightly_rounded(method, problem):
    optimizer, J = OPTIMIZERS[method], PROBLEMS[problem]
    explanation = nn.run(optimizer, J, start_for(J), steps=9).explain(6)
    for line in explanation.shown():
        rounded, exact = explanation.numbers(line, PLAIN), explanation.numbers(line, PLAIN, digits=None)
        for short, full in zip(rounded, exact, strict=True):
            short_numbers, full_numbers = NUMBER.findall(short), NUMBER.findall(full)
            assert len(short_numbers) == len(full_numbers) > 0
            for shown, true in zip(short_numbers, full_numbers, strict=True):
                assert shown in (true, f"{float(true):.4g}")


LATEX = {
    "proximal l1": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"z_{t} = \theta_{t-1} - \eta \, g_{t}",
        r"\theta_{t} = \operatorname{sign}\left(z_{t}\right) \, "
        r"\max\left(\left|z_{t}\right| - \eta \, \lambda, 0\right)",
    ],
    "gradient descent": [r"g_{t} = \nabla J(\theta_{t-1})", r"\theta_{t} = \theta_{t-1} - \eta \, g_{t}"],
    "averaged momentum": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"m_{t} = \beta \, m_{t-1} + \left(1 - \beta\right) \, g_{t}",
        r"\theta_{t} = \theta_{t-1} - \eta \, m_{t}",
    ],
    "classical momentum": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"u_{t} = \beta \, u_{t-1} - \eta \, g_{t}",
        r"\theta_{t} = \theta_{t-1} + u_{t}",
    ],
    "nesterov": [
        r"g_{t} = \nabla J(\theta_{t-1} + \beta \, u_{t-1})",
        r"u_{t} = \beta \, u_{t-1} - \eta \, g_{t}",
        r"\theta_{t} = \theta_{t-1} + u_{t}",
    ],
    "adam": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"m_{t} = \beta_1 \, m_{t-1} + \left(1 - \beta_1\right) \, g_{t}",
        r"v_{t} = \beta_2 \, v_{t-1} + \left(1 - \beta_2\right) \, g_{t}^{2}",
        r"\hat{m}_{t} = \frac{m_{t}}{1 - \beta_1^{t}}",
        r"\hat{v}_{t} = \frac{v_{t}}{1 - \beta_2^{t}}",
        r"\theta_{t} = \theta_{t-1} - \frac{\eta \, \hat{m}_{t}}{\sqrt{\hat{v}_{t}} + \epsilon}",
    ],
    "norm-scaled": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"\alpha_{t} = \frac{\eta}{1 + \beta \, \left\lVert g_{t} \right\rVert^{2}}",
        r"\theta_{t} = \theta_{t-1} - \alpha_{t} \, g_{t}",
    ],
    "adagrad": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"G_{t} = G_{t-1} + g_{t}^{2}",
        r"\theta_{t} = \theta_{t-1} - \frac{\eta \, g_{t}}{\sqrt{G_{t}} + \epsilon}",
    ],
    "rmsprop": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"v_{t} = \rho \, v_{t-1} + \left(1 - \rho\right) \, g_{t}^{2}",
        r"\theta_{t} = \theta_{t-1} - \frac{\eta \, g_{t}}{\sqrt{v_{t}} + \epsilon}",
    ],
    "centred rmsprop": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"v_{t} = \rho \, v_{t-1} + \left(1 - \rho\right) \, g_{t}^{2}",
        r"m_{t} = \rho \, m_{t-1} + \left(1 - \rho\right) \, g_{t}",
        r"\sigma^2_{t} = \max\left(v_{t} - m_{t}^{2}, 0\right)",
        r"\theta_{t} = \theta_{t-1} - \frac{\eta \, g_{t}}{\sqrt{\sigma^2_{t}} + \epsilon}",
    ],
    "adamw": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"m_{t} = \beta_1 \, m_{t-1} + \left(1 - \beta_1\right) \, g_{t}",
        r"v_{t} = \beta_2 \, v_{t-1} + \left(1 - \beta_2\right) \, g_{t}^{2}",
        r"\hat{m}_{t} = \frac{m_{t}}{1 - \beta_1^{t}}",
        r"\hat{v}_{t} = \frac{v_{t}}{1 - \beta_2^{t}}",
        r"\theta_{t} = \theta_{t-1} - \eta \, \left(\frac{\hat{m}_{t}}{\sqrt{\hat{v}_{t}} + \epsilon}"
        r" + \lambda \, \theta_{t-1}\right)",
    ],
    "amsgrad": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"m_{t} = \beta_1 \, m_{t-1} + \left(1 - \beta_1\right) \, g_{t}",
        r"v_{t} = \beta_2 \, v_{t-1} + \left(1 - \beta_2\right) \, g_{t}^{2}",
        r"v^{\max}_{t} = \max\left(v^{\max}_{t-1}, v_{t}\right)",
        r"\hat{m}_{t} = \frac{m_{t}}{1 - \beta_1^{t}}",
        r"\hat{v}_{t} = \frac{v^{\max}_{t}}{1 - \beta_2^{t}}",
        r"\theta_{t} = \theta_{t-1} - \frac{\eta \, \hat{m}_{t}}{\sqrt{\hat{v}_{t}} + \epsilon}",
    ],
    "nadam": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"m_{t} = \beta_1 \, m_{t-1} + \left(1 - \beta_1\right) \, g_{t}",
        r"v_{t} = \beta_2 \, v_{t-1} + \left(1 - \beta_2\right) \, g_{t}^{2}",
        r"\mu_{t} = \beta_1 \, \left(1 - \frac{0.96^{t \, \psi}}{2}\right)",
        r"\mu^+_{t} = \beta_1 \, \left(1 - \frac{0.96^{\left(t + 1\right) \, \psi}}{2}\right)",
        r"\Pi_{t} = \Pi_{t-1} \, \mu_{t}",
        r"\hat{m}_{t} = \frac{\mu^+_{t} \, m_{t}}{1 - \Pi_{t} \, \mu^+_{t}}"
        r" + \frac{\left(1 - \mu_{t}\right) \, g_{t}}{1 - \Pi_{t}}",
        r"\hat{v}_{t} = \frac{v_{t}}{1 - \beta_2^{t}}",
        r"\theta_{t} = \theta_{t-1} - \frac{\eta \, \hat{m}_{t}}{\sqrt{\hat{v}_{t}} + \epsilon}",
    ],
    "lbfgs": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"y_{t} = g_{t} - g_{t-1}",
        r"P_{t} = P_{t-1} \oplus \left(s_{t-1}, y_{t}\right)",
        r"d_{t} = \tilde{H}^{-1}\left(P_{t}\right) g_{t}",
        r"s_{t} = -\eta \, d_{t}",
        r"\theta_{t} = \theta_{t-1} + s_{t}",
    ],
    "lion": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"c_{t} = \beta_1 \, m_{t-1} + \left(1 - \beta_1\right) \, g_{t}",
        r"\theta_{t} = \theta_{t-1} - \eta \, \operatorname{sign}\left(c_{t}\right)",
        r"m_{t} = \beta_2 \, m_{t-1} + \left(1 - \beta_2\right) \, g_{t}",
    ],
    "newton": [
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"H_{t} = \nabla^2 J(\theta_{t-1})",
        r"d_{t} = \left(H_{t} + \delta I\right)^{-1} g_{t}",
        r"\theta_{t} = \theta_{t-1} - \eta \, d_{t}",
    ],
    "scheduled": [
        r"\eta_{t} = \eta_0 \, \gamma^{\frac{(t-1)}{T}}",
        r"g_{t} = \nabla J(\theta_{t-1})",
        r"\theta_{t} = \theta_{t-1} - \eta_{t} \, g_{t}",
    ],
}


@pytest.mark.parametrize("method", LATEX)
def test_the_equations_in_latex(method):
    shown = Formulas(OPTIMIZERS[method])._repr_markdown_()
    assert shown.count(r"\\") == len(LATEX[method]) - 1
    for equation in LATEX[method]:
        assert equation.replace(" = ", " &= ", 1) in shown


def test_a_step_with_its_numbers():
    trace = nn.run(nn.AveragedMomentum(0.01, 0.9), nn.objectives.Quadratic(10.0), [2.0, -1.0], steps=3)
    assert str(trace.explain(1)) == "\n".join([
        "Step 1 of AveragedMomentum(learning_rate=0.01, momentum=0.9) on Quadratic(curvatures=[1.0, 10.0])",
        "gradient = J.gradient(previous_theta)",
        "    theta[0]: 2",
        "    theta[1]: -10",
        "m = momentum * previous_m + (1 - momentum) * gradient",
        "    theta[0]: 0.9 * 0 + (1 - 0.9) * 2 = 0.2",
        "    theta[1]: 0.9 * 0 + (1 - 0.9) * (-10) = -1",
        "theta = previous_theta - learning_rate * m",
        "    theta[0]: 2 - 0.01 * 0.2 = 1.998",
        "    theta[1]: -1 - 0.01 * (-1) = -0.99",
    ])  # fmt: skip
    cells = trace.explain(1).table()
    assert cells[0] == ["", r"\theta[0]", r"\theta[1]"]
    assert cells[2][2] == r"0.9 \cdot 0 + \left(1 - 0.9\right) \cdot \left(-10\right) = -1"


def test_the_look_ahead_point_is_a_line_of_its_own():
    trace = nn.run(nn.Nesterov(0.001, 0.9), Rosenbrock(), START, steps=3)
    text = str(trace.explain(3))
    assert "previous_theta + momentum * previous_velocity\n    theta[0]: " in text


def test_of_many_coordinates_the_reader_picks():
    trace = nn.run(nn.GradientDescent(0.1), DATA["softmax"], start_for(DATA["softmax"]), steps=2)
    assert trace.explain(2).coordinates == (0, 1, 2)
    assert "theta[17]: " in str(trace.explain(2, coordinates=[4, 17]))
    with pytest.raises(IndexError, match="coordinates 0 to 17; coordinates = .18. asks"):
        trace.explain(2, coordinates=[18])


def test_of_a_sweep_one_member_is_explained():
    rates = np.array([0.001, 0.002])
    sweep = nn.run(nn.Adam(rates[:, None]), Rosenbrock(), START, steps=5)
    alone = nn.run(nn.Adam(0.002), Rosenbrock(), START, steps=5)
    assert str(sweep.explain(4, member=1)) == str(alone.explain(4))
    with pytest.raises(IndexError, match=r"sweep of shape \(2,\): give member="):
        sweep.explain(4)


def test_a_thinned_record_is_explained_exactly():
    thin = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=20, every=7)
    full = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=20)
    assert str(thin.explain(13)) == str(full.explain(13))


def test_a_diverged_step_can_be_opened():
    trace = nn.run(nn.GradientDescent(0.5), Rosenbrock(), START, steps=100)
    assert "inf" in str(trace.explain(trace.stopped.step))
    assert r"\infty" in trace.explain(trace.stopped.step)._repr_markdown_()


@pytest.mark.parametrize("k", [0, 4, -1])
def test_a_step_that_is_not_there_is_refused(k):
    with pytest.raises(IndexError, match="give a step from 1 to 3"):
        nn.run(nn.Adam(), Rosenbrock(), START, steps=3).explain(k)


class Unusual(Optimizer):
    learning_rate: float = 0.1
    deep: bool = True

    def step(self, row, J):
        """A docstring is no equation."""
        if self.deep:
            a = -(row.theta - 1) / (2 * self.learning_rate) / 3
        else:
            a = row.theta
        b = a - (a - (a + 1)) * -(2**3)
        theta = (b**2 - (-b) ** 3) / (b * (b / 4)) - 1e-7 * -b
        return Row(theta=theta, a=a, b=b)


def test_brackets_signs_and_powers_survive():
    trace = nn.run(Unusual(), Rosenbrock(), START, steps=1)
    (a, b, theta) = str(Formulas(Unusual())).splitlines()
    assert a == "a = -(previous_theta - 1) / (2 * learning_rate) / 3"
    names = {"previous_theta": START, "learning_rate": 0.1}
    exec("\n".join([a, b, theta]), names)
    np.testing.assert_array_equal(names["theta"], trace.theta[1])
    assert str(Formulas(Unusual(deep=False))).splitlines()[0] == "a = previous_theta"
    for line in explain(trace, 1).lines:
        for i, text in enumerate(explain(trace, 1).numbers(line, PLAIN, digits=None)):
            assert value(text) == pytest.approx(line.value[i], rel=1e-14)


class WithALoop(Optimizer):
    def step(self, row, J):
        for _ in range(2):
            theta = row.theta
        return Row(theta=theta)


class WithAComparison(Optimizer):
    def step(self, row, J):
        theta = row.theta * (row.theta > 0)
        return Row(theta=theta)


class Unknown(Optimizer):
    def step(self, row, J):
        theta = row.theta - 0.1 * np.cumsum(row.theta)
        return Row(theta=theta)


@pytest.mark.parametrize(
    "optimizer, code",
    [(WithALoop(), "for _ in range"), (WithAComparison(), "row.theta > 0"), (Unknown(), r"np.cumsum\(row.theta\)")],
)
def test_code_that_is_no_equation_is_refused_with_the_code(optimizer, code):
    with pytest.raises(ValueError, match=f"The equations can't show .*{code}"):
        str(Formulas(optimizer))


class WithoutMomentum(nn.Adam):
    """Adam as one of the sources prints it: m is computed and never used."""

    def step(self, row, J):
        t = row.t + 1
        gradient = J.gradient(row.theta)
        m = self.beta_1 * row.m + (1 - self.beta_1) * gradient
        v = self.beta_2 * row.v + (1 - self.beta_2) * gradient**2
        m_hat = m / (1 - self.beta_1**t)
        v_hat = v / (1 - self.beta_2**t)
        theta = row.theta - self.learning_rate * gradient / (v_hat**0.5 + self.epsilon)
        return Row(theta=theta, gradient=gradient, m=m, v=v, m_hat=m_hat, v_hat=v_hat)


PARTINGS = {
    "m unused": (nn.Adam(0.1), WithoutMomentum(0.1), 2, "theta", "m_hat", "gradient"),
    "epsilon": (nn.Adam(0.1), nn.Adam(0.1, epsilon=0.1), 1, "theta", "epsilon", "epsilon"),
    "rate": (nn.GradientDescent(0.001), nn.GradientDescent(0.002), 1, "theta", "learning_rate", "learning_rate"),
    "look-ahead": (
        nn.Momentum(0.001, 0.9), nn.Nesterov(0.001, 0.9), 2, "gradient",
        "previous_theta", "previous_theta + momentum * previous_velocity",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PARTINGS)
def test_two_rules_part_at_a_step_an_equation_and_a_term(name):
    a, b, step, equation, term_a, term_b = PARTINGS[name]
    runs = [nn.run(optimizer, Rosenbrock(), START, steps=10) for optimizer in (a, b)]
    found = compare(*runs)
    assert (found.step, found.line_a.equation.name) == (step, equation)
    assert f">>{term_a}<<" in str(found) and f">>{term_b}<<" in str(found)
    assert found._repr_markdown_().count(r"\underline") == 2


def test_the_same_rule_written_otherwise_does_not_part():
    classical = nn.run(nn.Momentum(0.001, 0.9), Rosenbrock(), START, steps=50)
    averaged = nn.run(nn.AveragedMomentum(0.01, 0.9), Rosenbrock(), START, steps=50)
    assert compare(classical, averaged) is None
    assert compare(classical, classical) is None


def test_a_branch_parts_at_the_changed_number():
    trace = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=10)
    found = compare(trace, trace.branch(5, v=[1.0, 1.0]))
    assert found.step == 6 and ">>previous_v<<" in str(found)


def test_sweeps_are_compared_by_member():
    sweep = nn.run(nn.Adam(np.array([[0.1], [0.2]])), Rosenbrock(), START, steps=5)
    with pytest.raises(ValueError, match=r"sweep of shape \(2,\)"):
        compare(sweep, sweep)
    assert compare(sweep.member(0), sweep.member(1)).step == 1


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_every_equation_of_every_optimiser_has_a_symbol(method):
    for equation in equations(OPTIMIZERS[method]):
        assert r"\mathrm" not in Formulas(OPTIMIZERS[method])._repr_markdown_(), equation.name


def test_lines_are_evaluated_in_the_order_of_the_code():
    trace = nn.run(nn.Adam(0.1), SURFACES["rosenbrock"], START, steps=2)
    assert [line.equation.name for line in lines(trace, 2, trace.before(2))] == [
        "gradient", "m", "v", "m_hat", "v_hat", "theta"
    ]  # fmt: skip


class InTheCall(Optimizer):
    learning_rate: float = 0.1

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        return Row(theta=row.theta - self.learning_rate * gradient, gradient=gradient)


def test_a_quantity_worked_out_in_the_return_is_shown():
    a, b = (nn.run(InTheCall(rate), Rosenbrock(), START, 4) for rate in (0.001, 0.002))
    assert "theta = previous_theta - learning_rate * gradient" in str(a.explain(2))
    assert "learning_rate is 0.001" in str(compare(a, b))


class WrongCount(Optimizer):
    def step(self, row, J):
        t = row.t
        theta = row.theta * 0.5**t
        return Row(theta=theta)


class NamedStep(Optimizer):
    def step(self, row, J):
        step = 0.1 * J.gradient(row.theta)
        return Row(theta=row.theta - step)


class Twice(Optimizer):
    def step(self, row, J):
        gradient = J.gradient(row.theta)
        gradient = gradient * 0.5
        return Row(theta=row.theta - 0.1 * gradient)


class Written(Optimizer):
    step = lambda self, row, J: Row(theta=row.theta)  # noqa: E731


def sign(x):
    """Not the sign that the page would show."""
    return np.where(x > 0, 1.0, -1.0)


class OwnSign(Optimizer):
    def step(self, row, J):
        theta = row.theta - 0.1 * sign(J.gradient(row.theta))
        return Row(theta=theta)


@pytest.mark.parametrize(
    "optimizer, words",
    [
        (WrongCount(), "t = row.t"), (NamedStep(), "step = 0.1"), (Twice(), "two meanings"),
        (Written(), "can't be read"), (OwnSign(), "sign: it is not the function of nnlearn.algebra"),
    ],
)  # fmt: skip
def test_what_would_be_shown_wrongly_is_refused(optimizer, words):
    trace = nn.run(optimizer, Rosenbrock(), START, 2)
    with pytest.raises(ValueError, match=words):
        trace.explain(2)


@nn.algebra.written(r"{}_{{+}}", nn.algebra.POWER, (nn.algebra.ATOM,), elementwise=True)
def positive_part(x):
    """A learner's own function, with its notation."""
    return np.maximum(x, 0)


class OwnFunctions(Optimizer):
    learning_rate: float = 0.1

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        direction = positive_part(gradient - 1) - np.maximum(-gradient, 0.5) * np.abs(gradient)
        theta = row.theta - self.learning_rate * direction
        return Row(theta=theta, gradient=gradient, direction=direction)


def test_a_function_declared_with_its_notation_shows_with_its_numbers():
    explanation = nn.run(OwnFunctions(), nn.objectives.Quadratic(curvatures=[1, 1]), [3.0, -2.0], 1).explain(1)
    assert r"\left(g_{t} - 1\right)_{+} - \max\left(-g_{t}, 0.5\right) \, \left|g_{t}\right|" in (
        explanation._repr_markdown_()
    )
    assert "positive_part(3 - 1) - maximum(-3, 0.5) * abs(3) = 0.5" in str(explanation)
    assert "positive_part(-2 - 1) - maximum(-(-2), 0.5) * abs(-2) = -4" in str(explanation)


def test_a_name_has_one_notation():
    def own(x):
        return x

    own.__name__ = "solve"
    with pytest.raises(ValueError, match="a function called solve already, in nnlearn.algebra"):
        nn.algebra.written("{}")(own)


class Switched(Optimizer):
    momentum: Any = 0.9
    state = ("m",)

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        if self.momentum > 0.5:
            m = self.momentum * row.m + gradient
        else:
            m = gradient
        theta = row.theta - 0.001 * m
        return Row(theta=theta, m=m)


def test_a_branch_on_a_scheduled_hyper_parameter_is_that_of_the_step():
    trace = nn.run(Switched(lambda step: 0.9 if step < 3 else 0.0), Rosenbrock(), START, 6)
    assert "m = momentum * previous_m" in str(trace.explain(3)) and "m = gradient" in str(trace.explain(4))


class Cosine(nn.schedules.Schedule):
    most: float = 0.01

    def __call__(self, step):
        return self.most * 2.0**-step


class Misnamed(nn.schedules.Schedule):
    def __call__(self, t):
        return 0.1 / (1 + t)


def test_a_learner_s_schedule_is_shown_as_it_runs():
    trace = nn.run(nn.GradientDescent(Cosine()), Rosenbrock(), START, 4)
    assert "learning_rate = most * 2**(-step)" in str(trace.explain(3)).replace("2.0", "2")
    with pytest.raises(ValueError, match=r"write def __call__\(self, step\)"):
        nn.run(nn.GradientDescent(Misnamed()), Rosenbrock(), [0.1, 0.1], 2).explain(1)


def test_code_changed_after_the_run_is_found():
    trace = nn.run(InTheCall(0.001), Rosenbrock(), START, 3)
    trace.optimizer = InTheCall(0.002)
    with pytest.raises(ValueError, match="do not give the recorded theta: run again"):
        trace.explain(2)


def test_scheduled_betas_have_one_index():
    shown = Formulas(nn.Adam(0.1, beta_1=lambda step: 0.9))._repr_markdown_()
    assert r"\beta_{1,t}" in shown and r"\beta_1_" not in shown


def test_numbers_side_by_side_keep_their_dot():
    class Constants(Optimizer):
        def step(self, row, J):
            theta = row.theta * 2 * 10**3 * (4 / 5) - J.gradient(row.theta) ** 2
            return Row(theta=theta)

    shown = Formulas(Constants())._repr_markdown_()
    assert (
        r"\theta_{t-1} \cdot 2 \cdot 10^{3} \cdot \frac{4}{5}" in shown
        and r"\left(\nabla J(\theta_{t-1})\right)^{2}" in shown
    )


def test_runs_with_nothing_in_common_can_t_be_compared():
    a = nn.run(nn.Adam(0.1), Rosenbrock(), START, 20)
    for b in (a.branch(15), nn.run(nn.Adam(0.1), Rosenbrock(), START, 20, keep=["m"])):
        other = nn.run(nn.Adam(0.1), Rosenbrock(), START, 5)
        with pytest.raises(ValueError, match="nothing to compare"):
            compare(b, other)


def test_roundings_are_no_difference_in_a_long_run():
    runs = [nn.run(method, Rosenbrock(), START, 3000)
            for method in (nn.Momentum(0.001, 0.9), nn.AveragedMomentum(0.01, 0.9))]  # fmt: skip
    assert compare(*runs) is None


def test_of_a_memory_the_newest_pair_is_shown_whole():
    trace = nn.run(nn.LBFGS(0.5, memory=3), Rosenbrock(), START, 5)
    move, change = trace[4].move[1], trace[5].change[1]
    assert f"theta[1]: (..., {move:.4g}, {change:.4g})" in str(trace.explain(5))
    alone = nn.run(nn.LBFGS(0.5, memory=1), Rosenbrock(), START, 5).explain(1)
    assert "theta[1]: (0, 0)" in str(alone)


@pytest.mark.parametrize(
    "template, needs",
    [(r"f({})", None), (r"f({}, {}, {})", None), (r"\sqrt{", None), (r"f({x}, {y})", None), (r"f({}, {})", (ATOM,))],
)
def test_a_template_has_a_place_for_each_argument(template, needs):
    with pytest.raises(ValueError, match="The arguments of mixed are 2: its template needs as many {}"):

        @written(template, needs=needs)
        def mixed(x, y):
            return x + y


def test_written_is_told_how():
    with pytest.raises(TypeError, match="written needs a template"):

        @written
        def told(x):
            return x

    with pytest.raises(ValueError, match="A function without a name"):
        written("f({})")(lambda x: x)


@written(r"\operatorname{{mix}}\left({}, {}, {}, {}\right)")
def mix(a, b, c, d, share=0.25):
    return share * (a + b + c + d)


class Mixed(Optimizer):
    def step(self, row, J):
        gradient = J.gradient(row.theta)
        theta = row.theta - mix(gradient, 1, 2, 3)
        return Row(theta=theta, gradient=gradient)


class MixedAsIt(Optimizer):
    def step(self, row, J):
        gradient = J.gradient(row.theta)
        theta = row.theta - mix(gradient, 1, 2, 3, 0.5)
        return Row(theta=theta, gradient=gradient)


def test_no_argument_of_a_function_is_lost():
    assert r"\operatorname{mix}\left(g_{t}, 1, 2, 3\right)" in Formulas(Mixed())._repr_markdown_()
    with pytest.raises(ValueError, match=r"can't show mix\(gradient, 1, 2, 3, 0.5\)"):
        Formulas(MixedAsIt())._repr_markdown_()
