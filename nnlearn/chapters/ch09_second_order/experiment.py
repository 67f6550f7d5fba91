"""Steps and seconds of Newton's method, L-BFGS and plain descent. Makes measured.json, beside this file.

``python -m nnlearn.chapters.ch09_second_order.experiment`` (about two minutes; with OMP_NUM_THREADS=1: otherwise the
times of large matrices are those of several threads).

All losses are logistic regressions on real data. "Arrives" is a loss within 1e-6 of the lowest: of the one at which
Newton's method, with a search along each line, has a gradient below 1e-12.
"""

import time
from pathlib import Path
from typing import Any

import numpy as np
import scipy.optimize

import nnlearn as nn
from nnlearn.checks import Array
from nnlearn.data import datasets, storing
from nnlearn.networks import mlp
from nnlearn.objectives import LogisticRegression, Rosenbrock, SoftmaxRegression
from nnlearn.objectives.base import BaseObjective
from nnlearn.optimizers import Optimizer
from nnlearn.processor import processor, versions
from nnlearn.row import Row

COMMAND = "python -m nnlearn.chapters.ch09_second_order.experiment"
COLUMNS = {
    "kind": "settle: Newton's steps from zeros to a gradient of at most 1e-10, cancer data. arrive: steps to within "
    "1e-6 of the lowest loss. far: starts drawn from the normal distribution. apart: no penalty, all training examples "
    "on the right side. cost: processor seconds to arrive, against the number of features. scipy: to the same loss",
    "method": "newton is undamped; searched, newton with a line search; lbfgs and bfgs search along each line; descent "
    "is plain, its rate 1 / L, L the largest curvature of the bound on the Hessian",
    "l2": "the penalty",
    "steps": "of each split or start; null: not within the limit",
    "seconds": "processor time of each repetition",
    "d": "parameters",
}
FILE = Path(__file__).with_name("measured.json")

SPLITS, STARTS, REPETITIONS = range(5), range(10), 3
GAP, SETTLED = 1e-6, 1e-10
LIMITS = {"newton": 100, "searched": 100, "lbfgs": 2000, "bfgs": 2000, "descent": 100_000}  # steps
PATIENCE = 5.0  # seconds, in the table of costs
FEATURES = (25, 50, 100, 200, 400, 800, 1600)
COST_L2, COST_SEED = 0.001, 0


def cancer(seed: int, l2: float) -> LogisticRegression:
    """The loss on a split's training data, standardised."""
    data = datasets.breast_cancer(seed=seed)
    return LogisticRegression(data.X_train, data.y_train, l2=l2)


def even_or_odd(features: int) -> LogisticRegression:
    """Digits: is it even? On so many random features max(0, w.x + b), standardised."""
    data, random = datasets.digits(seed=COST_SEED), np.random.default_rng(COST_SEED)
    raw = np.maximum(0, data.X_train @ random.normal(size=(64, features)) / 4 + random.normal(size=features))
    X = (raw - raw.mean(axis=0)) / np.maximum(raw.std(axis=0), 1e-3)
    return LogisticRegression(X, data.y_train % 2, l2=COST_L2)


def largest_curvature(J: LogisticRegression) -> float:
    """A bound on the Hessian's eigenvalues: p (1 - p) is at most 1/4."""
    return float(np.linalg.eigvalsh(J.design.T @ J.design / (4 * J.examples)).max() + J.decay.max())


def methods(J: LogisticRegression) -> dict[str, Optimizer]:
    """The rules by name."""
    return {"newton": nn.Newton(), "searched": nn.Newton(line_search=True), "lbfgs": nn.LBFGS(line_search=True),
            "bfgs": nn.BFGS(), "descent": nn.GradientDescent(1 / largest_curvature(J))}  # fmt: skip


def lowest(J: BaseObjective, start: Array) -> float:
    """The lowest loss."""
    settled = nn.stop.GradientBelow(1e-12)
    return float(nn.run(nn.Newton(line_search=True), J, start, 100, stop=settled, keep=["theta"]).loss[-1])


def steps_until(rule: Optimizer, J: BaseObjective, start: Array, loss: float, limit: int) -> int | None:
    """How many steps until the loss is at most so low; None if it isn't within the limit, or the run leaves."""
    below = nn.stop.LossBelow(loss)
    trace = nn.run(rule, J, start, limit, stop=below, keep=["theta"], every=limit)
    return int(trace.t[-1]) if trace.stopped is not None and trace.stopped.rule == below else None


def settle(l2: float) -> dict[str, Any]:
    """Newton's steps until the gradient is at most 1e-10."""
    found = [nn.run(nn.Newton(), cancer(seed, l2), np.zeros(31), 100, stop=nn.stop.GradientBelow(SETTLED)).t[-1] - 1
             for seed in SPLITS]  # fmt: skip
    return {"kind": "settle", "method": "newton", "l2": l2, "steps": [int(steps) for steps in found]}


def arrive(name: str, l2: float) -> dict[str, Any]:
    """Steps to within 1e-6 of the lowest loss."""
    found = []
    for seed in SPLITS:
        J = cancer(seed, l2)
        found.append(steps_until(methods(J)[name], J, np.zeros(31), lowest(J, np.zeros(31)) + GAP, LIMITS[name]))
    return {"kind": "arrive", "method": name, "l2": l2, "steps": found}


def far(name: str, l2: float) -> dict[str, Any]:
    """The same from starts far away, on one split."""
    J, found = cancer(0, l2), []
    least = lowest(J, np.zeros(31)) + GAP
    for seed in STARTS:
        start = np.random.default_rng(seed).normal(size=31)
        found.append(steps_until(methods(J)[name], J, start, least, LIMITS[name]))
    return {"kind": "far", "method": name, "l2": l2, "steps": found}


def apart() -> dict[str, Any]:
    """Without a penalty: what 25 steps of Newton's method do, and what the examples that were held back say."""
    rows: dict[str, list[float]] = {"loss": [], "size": [], "test": [], "test_penalised": [], "train": []}
    for seed in SPLITS:
        data, J, mild = datasets.breast_cancer(seed=seed), cancer(seed, 0.0), cancer(seed, 0.01)
        theta = nn.run(nn.Newton(), J, np.zeros(31), 25, keep=["theta"]).last.theta
        kept = nn.run(nn.Newton(), mild, np.zeros(31), 25, keep=["theta"]).last.theta
        rows["loss"].append(float(f"{J.loss(theta):.3g}"))
        rows["size"].append(round(float(np.linalg.norm(theta)), 1))
        rows["train"].append(float(J.accuracy(theta, data.X_train, data.y_train)))
        rows["test"].append(round(float(J.accuracy(theta, data.X_test, data.y_test)), 4))
        rows["test_penalised"].append(round(float(mild.accuracy(kept, data.X_test, data.y_test)), 4))
    return {"kind": "apart", "method": "newton", "l2": 0.0, **rows}


def cost(name: str, features: int) -> dict[str, Any]:
    """Processor seconds until it arrives; null where it took longer than the patience."""
    J = even_or_odd(features)
    start, rule = np.zeros(J.dimension), methods(J)[name]
    least, seconds, steps = lowest(J, np.zeros(J.dimension)) + GAP, [], None
    for _ in range(REPETITIONS):
        began = time.process_time()
        steps = timed_steps(rule, J, start, least, began)
        seconds.append(round(time.process_time() - began, 4) if steps is not None else None)
        if steps is None:
            break
    return {"kind": "cost", "method": name, "l2": COST_L2, "d": J.dimension, "steps": steps, "seconds": seconds}


def timed_steps(rule: Optimizer, J: BaseObjective, start: Array, loss: float, began: float) -> int | None:
    """As ``steps_until``, until the patience is over. It looks at the loss after each step; of descent, each 20th."""
    often = 20 if isinstance(rule, nn.GradientDescent) else 1
    row: Row
    for row in nn.rows(rule, J, rule.start(start)):
        if row.t % often == 0 and J.loss(row.theta) <= loss:
            return int(row.t)
        if time.process_time() - began > PATIENCE:
            return None
    return None


PROBLEMS: dict[str, Any] = {
    "rosenbrock": lambda: (Rosenbrock(), np.array([-1.2, 1.0])),
    "cancer": lambda: (cancer(0, 0.001), np.zeros(31)),
    "softmax, digits": lambda: softmax(),
    "network, digits": lambda: network(),
}
PEERS = {"newton": "Newton-CG", "bfgs": "BFGS", "lbfgs": "L-BFGS-B"}


def softmax() -> tuple[BaseObjective, Array]:
    """Softmax regression on the digits: 650 parameters."""
    data = datasets.digits(seed=0)
    J = SoftmaxRegression(data.X_train, data.y_train, l2=0.001)
    return J, np.zeros(J.dimension)


def network() -> tuple[BaseObjective, Array]:
    """A network on the digits: 2,410 parameters."""
    data = datasets.digits(seed=0)
    J = mlp(64, 32, 10).on(data.X_train, data.y_train, l2=0.001)
    return J, J.initial(0)


def beside_scipy(problem: str, name: str) -> dict[str, Any]:
    """Steps to 1e-6 above the lower end of both, ours and SciPy's, and where each ends."""
    J, start = PROBLEMS[problem]()
    most = 100 if problem == "network, digits" else 400
    rule = {"newton": nn.Newton(line_search=True), "bfgs": nn.BFGS(), "lbfgs": nn.LBFGS(line_search=True)}[name]
    path = [start]
    scipy.optimize.minimize(
        J.loss, start, jac=J.gradient, hess=J.hessian if name == "newton" else None, method=PEERS[name],
        callback=lambda x: path.append(np.array(x)), tol=1e-10, options={"maxiter": most},
    )  # fmt: skip
    ours = nn.run(rule, J, start, most, keep=["theta"], stop=nn.stop.GradientBelow(1e-10)).loss
    theirs = np.asarray(J.loss(np.array(path)))
    least = min(ours.min(), theirs.min()) + (0.01 if problem == "network, digits" else GAP)
    arrives = [int(np.argmax(losses <= least)) if (losses <= least).any() else None for losses in (ours, theirs)]
    return {"kind": "scipy", "problem": problem, "d": len(start), "method": name, "peer": PEERS[name],
            "steps": arrives[0], "peer_steps": arrives[1], "loss": float(f"{ours[-1]:.10g}"),
            "peer_loss": float(f"{theirs[-1]:.10g}")}  # fmt: skip


def measured() -> list[dict[str, Any]]:
    """Every row."""
    found = [settle(l2) for l2 in (0.1, 0.01, 0.001)]
    found += [arrive(name, 0.001) for name in ("newton", "lbfgs", "descent")]
    found += [far(name, 0.001) for name in ("newton", "searched", "lbfgs")]
    found.append(apart())
    found += [
        beside_scipy(problem, name)
        for problem in PROBLEMS
        for name in PEERS
        if not (problem == "network, digits" and name != "lbfgs") and (problem, name) != ("softmax, digits", "bfgs")
    ]
    for features in FEATURES:
        found += [cost(name, features) for name in ("newton", "lbfgs", "descent")]
    return found


def text(found: list[dict[str, Any]], made_on: dict[str, Any]) -> str:
    """The file. made_on: the processor and the versions."""
    settings = {"gap": GAP, "settled": SETTLED, "patience_seconds": PATIENCE, "examples": 1347, **made_on}
    return storing.text(COMMAND, COLUMNS, settings, rows=found)


def main() -> None:
    """Measures every row, prints it, and writes the file."""
    found = measured()
    for row in found:
        print(row, flush=True)
    made_on = {"processor": str(processor()), "versions": versions("numpy", "scipy", "scikit-learn")}
    FILE.write_text(text(found, made_on), encoding="utf-8")


if __name__ == "__main__":
    main()
