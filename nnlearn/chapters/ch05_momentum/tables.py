"""The tables of chapter 05: borders held against runs, steps to the goal, and what was measured on real data."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from nnlearn.chapters.ch05_momentum.explorers import START, L, method, ravine
from nnlearn.chapters.ch05_momentum.figures import of_network
from nnlearn.language import mark, say
from nnlearn.tables import Table
from nnlearn.theory import SMALL, best_pair, border, limit, root_sizes, small_from
from nnlearn.trace import Trace, run

MU = 1.0
TARGETS = {"1e-6": SMALL, "5e-7": SMALL / 2}  # of the loss: half a target can change the order
FORMS = {"classical": mark("classical"), "averaged": mark("averaged"), "nesterov": mark("Nesterov")}
METHODS = {"descent": mark("plain descent"), "momentum": mark("momentum {beta}"), "Adam": mark("Adam")}
PROBLEMS = {
    "network": mark("network, digits"),
    "softmax regression": mark("softmax regression, digits"),
    "logistic regression": mark("logistic regression, tumours"),
    "Rosenbrock": mark("Rosenbrock's valley"),
    "Beale": mark("Beale's surface"),
}


def falls(form: str, rate: float, beta: float, steps: int = 4000) -> bool:
    """Whether the loss of the ravine is lower after so many steps than at the start."""
    loss = run(method(form, rate, beta), ravine(L / MU), START, steps, keep=["theta"], every=steps).loss
    return bool(loss[-1] < loss[0])


def borders() -> Table:
    """Each form half a per cent below and above its border."""
    rows = []
    for form, name in FORMS.items():
        for beta in (0.5, 0.9):
            edge = border(form, L, beta)
            ends = [say("falls") if falls(form, share * edge, beta) else say("grows") for share in (0.995, 1.005)]
            rows.append([say(name), f"{beta}", f"{edge:.4f}", f"{edge / limit(L):.2f}", *ends])
    head = [say("form"), "β", say("border"), say("times 2/L"), say("at 0.5% less the loss"), say("at 0.5% more")]
    return Table(head, rows)


def steps_needed() -> Table:
    """Steps until the loss of the ravine stays below a target, and what a step leaves in the long run: the larger root.

    Plain descent, momentum 0.9 and Nesterov are the quickest to 1e-6 of a grid: rates in steps of 0.0001, Nesterov's
    momentum of 0.0025.
    """
    rate, beta = best_pair(L, MU)
    settings = (
        (say("plain descent"), "classical", 0.0197, 0.0),
        (say("momentum 0.9"), "classical", 0.0029, 0.9),
        (say("theory's pair"), "classical", rate, beta),
        (say("the same, rounded"), "classical", 0.0331, 0.669),
        (say("a little to the left"), "classical", 0.0328, 0.67),
        (say("Nesterov"), "nesterov", 0.0129, 0.8125),
    )
    rows = []
    for name, form, rate, beta in settings:
        loss = run(method(form, rate, beta), ravine(L / MU), START, 600).loss
        steps = [f"{small_from(loss, target)}" for target in TARGETS.values()]
        left = max(float(root_sizes(form, rate * curvature, beta)[0]) for curvature in (MU, L))
        rows.append([name, f"{rate:.7g}", f"{beta:.7g}", f"{left:.4f}", *steps])  # typed again they give the same
    steps = [say("steps to {target}", target=target) for target in TARGETS]
    return Table([say("method"), say("rate"), "β", say("larger root"), *steps], rows)


def named(method: str) -> str:
    """A method of the stored table, in words."""
    kind, _, beta = method.partition(" ")
    return say(METHODS[kind], beta=beta)


def spread(row: Mapping[str, Any]) -> str:
    """The median of a row, and from where to where its five runs went."""
    low, high = (say("never") if value is None else f"{value:g}" for value in (row["min"], row["max"]))
    return f"{row['median']:g} ({low}–{high})"


def tuned(stored: Mapping[str, Any]) -> Table:
    """What each method needed on the network with its best rate."""
    rows = []
    for row in of_network(stored):
        batch = row["batch"]
        unit = say("epochs, batches of {batch}", batch=batch) if batch else say("steps, all data")
        rows.append([named(row["method"]), spread(row), unit, f"{row['rate']:g}", f"{row['effective_rate']:g}"])
    return Table([say("method"), say("needed"), "", say("rate"), say("rate / (1 - β)")], rows)


def again(trace: Trace, row: Mapping[str, Any]) -> str:
    """A run that was made here beside the stored one from the same seed."""
    return say("Made here, first fresh seed: {steps} steps; stored: {stored:g}.",
               steps=trace.t[-1], stored=row["fresh"][0])  # fmt: skip


def wins(one: Mapping[str, Any], other: Mapping[str, Any]) -> int:
    """From how many of the fresh seeds the one was quicker, each pair from the same start."""
    quick, slow = (np.array([np.inf if each is None else each for each in row["fresh"]]) for row in (one, other))
    return int(np.sum(quick < slow))


def verdicts(stored: Mapping[str, Any]) -> Table:
    """Momentum against Adam on five problems: better is what is quicker from all five seeds."""
    rows = []
    for problem, name in PROBLEMS.items():
        found = {row["method"]: row for row in stored["rows"] if row["problem"] == problem and not row["batch"]}
        momentum, adam = found["momentum 0.9"], found["Adam"]
        won, lost = wins(momentum, adam), wins(adam, momentum)
        verdict = say("momentum") if won == 5 else say("Adam") if lost == 5 else say("open")
        rule = say("Adam") if momentum["convex"] else say("momentum")
        rows.append([say(name), say("convex") if momentum["convex"] else say("not convex"),
                     *(spread(found[each]) for each in ("descent", "momentum 0.9", "Adam")),
                     say("{won} to {lost}", won=won, lost=lost), verdict, rule])  # fmt: skip
    head = [say("problem"), say("shape"), *(named(each) for each in ("descent", "momentum 0.9", "Adam")),
            say("quicker seeds, momentum to Adam"), say("verdict"), say("the rule says")]  # fmt: skip
    return Table(head, rows)
