"""The equations on the page are the code that ran, and their numbers are the record's."""

import re

import numpy as np
import pytest
from problems import DATA, OPTIMIZERS, PROBLEMS, START, SURFACES, start_for

import nnlearn as nn
from nnlearn.compare import compare
from nnlearn.equations import Formulas, equations
from nnlearn.explain import explain, lines
from nnlearn.notation import PLAIN
from nnlearn.objectives import Rosenbrock
from nnlearn.optimizers import Optimizer, rule
from nnlearn.trace import Row

NUMBER = re.compile(r"(?<![\w\[])\d+(?:\.\d+)?(?:e[+-]?\d+)?|inf|nan")


def value(text: str) -> float:
    """What a line of numbers says: the left of its = sign, worked out as Python reads it."""
    with np.errstate(all="ignore"):
        return eval(text.split(" = ")[0], {"inf": np.float64("inf"), "nan": np.float64("nan")})


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
    names |= vars(nn.algebra)
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
        if np.ndim(line.value) == 2:
            continue
        for i, text in zip(explanation.coordinates, explanation.numbers(line, PLAIN, digits=None), strict=True):
            exact = np.atleast_1d(line.value)[i if np.ndim(line.value) else 0]
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
    trace = nn.run(nn.Momentum(0.01, 0.9), nn.objectives.Quadratic(10.0), [2.0, -1.0], steps=3)
    assert str(trace.explain(1)) == "\n".join([
        "Step 1 of Momentum(learning_rate=0.01, momentum=0.9, form='averaged') on Quadratic(curvatures=[1.0, 10.0])",
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


@rule
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


@rule
class WithALoop(Optimizer):
    def step(self, row, J):
        for _ in range(2):
            theta = row.theta
        return Row(theta=theta)


@rule
class WithAComparison(Optimizer):
    def step(self, row, J):
        theta = row.theta * (row.theta > 0)
        return Row(theta=theta)


@pytest.mark.parametrize("optimizer, code", [(WithALoop(), "for _ in range"), (WithAComparison(), "row.theta > 0")])
def test_code_that_is_no_equation_is_refused_with_the_code(optimizer, code):
    with pytest.raises(ValueError, match=f"The equations can't show .*{code}"):
        str(Formulas(optimizer))


@rule
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
        nn.Momentum(0.001, 0.9, form="classical"), nn.Nesterov(0.001, 0.9), 2, "gradient",
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
    classical = nn.run(nn.Momentum(0.001, 0.9, form="classical"), Rosenbrock(), START, steps=50)
    averaged = nn.run(nn.Momentum(0.01, 0.9, form="averaged"), Rosenbrock(), START, steps=50)
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
