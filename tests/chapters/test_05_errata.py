"""The errors of the sources on the ground of chapter 05, each run."""

import numpy as np
import pytest

import nnlearn as nn
from nnlearn.syllabus import errata

SQUARE = nn.Objective(lambda theta: np.sum(theta**2, axis=-1), lambda theta: 2 * theta, name="square")


def shows(name):
    """What running the fault shows, by the table."""
    return next(row["shows"] for row in errata("05").rows if row["id"] == name)


def end(optimizer, start=1.0, steps=100):
    return nn.run(optimizer, SQUARE, [start], steps)


def test_the_other_forms_rate_is_ten_times_off():
    plain, averaged, classical = (
        end(optimizer).theta[-1, 0]
        for optimizer in (
            nn.GradientDescent(0.01), nn.AveragedMomentum(0.01, 0.9), nn.Momentum(0.01, 0.9)
        )
    )  # fmt: skip
    assert [plain, averaged, classical] == pytest.approx([0.133, 0.102, 0.0042], rel=0.01)

    right = end(nn.AveragedMomentum(0.01 / (1 - 0.9), 0.9)).theta[-1, 0]
    assert right == pytest.approx(classical, rel=1e-12)


class Product(nn.AveragedMomentum):
    """The formula of 004§3.2: the gradient times the velocity before the update."""

    def step(self, row, J):
        gradient = J.gradient(row.theta)
        theta = row.theta - self.learning_rate * gradient * row.m
        m = self.momentum * row.m + (1 - self.momentum) * gradient
        return nn.Row(theta=theta, gradient=gradient, m=m)


def test_m09():
    wrong = Product(0.01, 0.9)
    assert shows("M09") == "stalls at 0.0236 from +1, minus infinity from -1 in 66 steps"
    assert end(wrong, 1.0, 1000).theta[-1, 0] == pytest.approx(0.0236, abs=5e-5)
    left = end(wrong, -1.0, 1000)
    assert left.theta[-1, 0] == -np.inf and left.t[-1] == 66

    right = nn.AveragedMomentum(0.01, 0.9)
    assert np.abs([end(right, start, 1000).theta[-1, 0] for start in (1.0, -1.0)]).max() < 1e-6
    assert nn.compare(end(wrong), end(right)).step == 1


def test_k15():
    """The claim: momentum for non-convex losses, adaptive rates for convex ones; the stored experiment decides."""
    rows = {
        (row["problem"], row["convex"], row["method"]): row["median"]
        for row in nn.data.measured("05")["rows"]
        if row["batch"] is None
    }
    problems = {key[:2] for key in rows}
    claim_holds = {
        problem: rows[problem, convex, "Adam" if convex else "momentum 0.9"]
        < rows[problem, convex, "momentum 0.9" if convex else "Adam"]
        for problem, convex in problems
    }
    assert len(claim_holds) == 5 and {convex for _, convex in problems} == {True, False}
    assert not all(claim_holds.values())
