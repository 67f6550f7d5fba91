"""The pictures and tables of chapter 05, and the numbers that its prose takes from them."""

import re
from dataclasses import replace

import nbformat
import numpy as np
import pytest

import nnlearn as nn
from nnlearn.chapters.ch05_momentum import experiment, figures, ravine, tables
from nnlearn.chapters.ch05_momentum.explorers import LOWEST, START, WIDTH, method, thought_behind
from nnlearn.theory import PROOF, SMALL, best_pair, border, root_sizes, small_from
from tools.environment import ROOT

STORED = nn.data.measured("05")
NOTEBOOK = nbformat.read(ROOT / "notebooks/05_momentum.ipynb", as_version=4)
PROSE = {cell.id: cell.source for cell in NOTEBOOK.cells}


# --- Roots ---


@pytest.mark.parametrize("beta", [0.0, 0.2, 0.67, 0.9])
@pytest.mark.parametrize("product", [0.01, 0.3, 1.0, 2.0, 3.31, 5.0])
def test_the_roots_are_those_of_the_recursion(product, beta):
    recursions = {
        "classical": [1, -(1 + beta - product), beta],
        "averaged": [1, -(1 + beta - (1 - beta) * product), beta],
        "nesterov": [1, -(1 + beta) * (1 - product), beta * (1 - product)],
    }
    for form, polynomial in recursions.items():
        sizes = np.sort(np.abs(np.roots(polynomial)))[::-1]
        np.testing.assert_allclose(root_sizes(form, product, beta), np.resize([*sizes, 0.0][:2], 2), atol=1e-7)


@pytest.mark.parametrize("form", ["classical", "averaged", "nesterov"])
def test_at_the_border_the_larger_root_is_one(form):
    for beta in (0.0, 0.5, 0.9):
        larger, smaller = root_sizes(form, 100 * border(form, 100, beta), beta)
        assert larger == pytest.approx(1)
        assert smaller <= larger


def test_the_product_of_the_roots_is_beta():
    product = np.linspace(0, 3, 500)
    larger, smaller = root_sizes("classical", product, 0.6)
    np.testing.assert_allclose(larger * smaller, 0.6, rtol=1e-9)


def test_a_run_shrinks_by_its_larger_root():
    for rate, beta in ((0.02, 0.3), (0.0331, 0.669), (0.001, 0.5)):
        theta = np.abs(nn.run(nn.Momentum(rate, beta), ravine(100), START, 1200).theta)
        left = max(root_sizes("classical", rate * curvature, beta)[0] for curvature in (1, 100))
        share = (theta[1200].max() / theta[800].max()) ** (1 / 400)
        assert share == pytest.approx(left, abs=2e-3)


# --- The knife edge, the table of steps ---


def cells_of(table):
    head, rows = table.cells()
    return [dict(zip(head, row, strict=True)) for row in rows]


def test_the_table_of_steps():
    rows = cells_of(tables.steps_needed())
    assert [int(row["steps to 1e-6"]) for row in rows] == [365, 165, 69, 94, 50, 55]
    assert [int(row["steps to 5e-7"]) for row in rows] == [383, 175, 71, 97, 58, 74]
    roots = [float(row["larger root"]) for row in rows]
    assert roots[2:5] == pytest.approx([9 / 11, 0.8855, 0.8289], abs=1e-4)
    assert "50 beat theory's 69 with a *larger* root" in PROSE["noise"] and roots[4] > roots[2]
    assert "25 steps are lost" in PROSE["noise"]


def test_the_printed_pairs_give_what_the_table_prints():
    for row in cells_of(tables.steps_needed()):
        form = "nesterov" if row["method"] == "Nesterov" else "classical"
        rate, beta = float(row["rate"]), float(row["β"])
        left = max(float(root_sizes(form, rate * curvature, beta)[0]) for curvature in (1, 100))
        assert f"{left:.4f}" == row["larger root"]
        assert small_from(nn.run(method(form, rate, beta), ravine(100), START, 600).loss) == int(row["steps to 1e-6"])


def test_the_figure_and_the_table_have_different_momentum_at_0_0331():
    found = [small_from(nn.run(nn.Momentum(0.0331, beta), ravine(100), START, 400).loss) for beta in (0.669, 0.67)]
    assert found == [94, 83]
    assert "0.0331: table 94, β 0.669; figure 83, β 0.67" in PROSE["noise"]


def test_a_little_left_of_the_tip_is_quicker_at_each_target():
    left, tip = (
        nn.run(nn.Momentum(*pair), ravine(100), START, 400).loss for pair in ((0.0328, 0.67), best_pair(100, 1))
    )
    for target in 10.0 ** -np.arange(3, 16):
        assert small_from(left, target) < small_from(tip, target)
    assert "costs more than the root saves, at each target down to 1e-15" in PROSE["noise"]


@pytest.mark.parametrize(
    ("form", "rate", "beta", "arrives"), [("classical", 0.0328, 0.67, 50), ("nesterov", 0.0129, 0.8125, 55)]
)
def test_the_swing_after_the_arrival_peaks_just_below_the_target(form, rate, beta, arrives):
    loss = nn.run(method(form, rate, beta), ravine(100), START, 100).loss
    later = loss[arrives + 2 :]
    assert loss[arrives] < SMALL and 0.6 * SMALL < later.max() < 0.85 * SMALL
    assert "after step 50, and Nesterov's 55, the next swing peaks just below 1e-6" in PROSE["noise"].replace(
        "After", "after"
    )


def test_the_quickest_of_a_grid():
    def quickest(form, beta, rates):
        loss = nn.run(method(form, rates[:, np.newaxis], beta), ravine(100), START, 600).loss
        return min(np.inf if steps is None else steps for steps in map(small_from, loss.T))

    rates = np.round(np.arange(0.001, 0.02, 0.0001), 4)
    assert quickest("classical", 0.0, rates) == 365 and quickest("classical", 0.9, rates) == 165
    assert min(quickest("nesterov", beta, rates[100:140]) for beta in np.arange(0.78, 0.84, 0.0025)) == 55


def test_how_many_steps_divide_the_distance_by_e():
    root, plain = np.sqrt(best_pair(100, 1)[1]), 99 / 101  # of plain descent with 2 / (L + mu)
    assert -1 / np.log([root, plain]) == pytest.approx([np.sqrt(100) / 2, 100 / 2], rel=0.01)
    assert r"$\sqrt\kappa/2$ steps divide the distance by $e$; plain descent needs $\kappa/2$" in PROSE["border-theory"]


def test_the_swing_just_below_the_border():
    swing = np.abs(nn.run(nn.Momentum(0.0379, 0.9), ravine(100), START, 200).theta[:, 1])
    assert swing.max() == pytest.approx(10.5, abs=0.05) and swing[-1] < 1e-3
    assert "the swing first grows to 10.5" in PROSE["first-answer"]


def test_a_factor_t_makes_the_double_root_slow():
    """theta_t = (1 + c t) z^t in the steep direction: without the factor it would be there many steps earlier."""
    z, rate = -9 / 11, 4 / 121
    path = nn.run(nn.Momentum(rate, 81 / 121), nn.objectives.Quadratic(curvatures=[100]), [1.0], 100).theta[:, 0]
    c = path[1] / z - 1
    t = np.arange(101)
    np.testing.assert_allclose(path, (1 + c * t) * z**t, atol=1e-9)
    assert small_from(50 * z ** (2 * t)) < 50 < small_from(50 * path**2)


def test_every_border_of_the_table_is_one():
    assert {(row["at 0.5% less the loss"], row["at 0.5% more"]) for row in cells_of(tables.borders())} == {
        ("falls", "grows")
    }


# --- Noise ---


@pytest.mark.parametrize(("rate", "beta"), [(0.01, 0.0), (0.0033, 0.67), (0.0328, 0.67)])
def test_the_expected_loss_is_the_mean_of_noisy_runs(rate, beta):
    seeds = np.arange(300)[:, np.newaxis]
    noisy = nn.objectives.Noisy(ravine(100), scale=1.0, seed=seeds)
    loss = nn.run(nn.Momentum(rate, beta), noisy, np.tile(START, (300, 1)), 40, keep=["theta"]).loss
    expected = figures.expected_loss(rate, beta, 1.0, 40)
    error = loss.std(axis=1) / np.sqrt(300)
    assert np.all(np.abs(loss.mean(axis=1) - expected) <= 5 * error + 1e-12)


def test_without_noise_the_expected_loss_is_that_of_the_run():
    loss = nn.run(nn.Momentum(0.0328, 0.67), ravine(100), START, 60).loss
    np.testing.assert_allclose(figures.expected_loss(0.0328, 0.67, 0.0, 60), loss, rtol=1e-9)


def first_below(loss, target=0.02):
    return int(np.argmax(loss < target)) if np.any(loss < target) else None


def test_noise_takes_the_gain_away():
    fast = [first_below(figures.expected_loss(*pair, 1.0, 2000)) for pair in ((0.0197, 0.0), (0.0328, 0.67))]
    slow = [first_below(figures.expected_loss(*pair, 1.0, 2000)) for pair in ((0.01, 0.0), (0.0033, 0.67))]
    quiet = [first_below(figures.expected_loss(*pair, 0.0, 2000)) for pair in ((0.0197, 0.0), (0.0328, 0.67))]
    assert fast == [None, None]
    assert slow[0] == pytest.approx(slow[1], rel=0.05)
    assert quiet[0] > 3 * quiet[1]
    assert 0.0033 / (1 - 0.67) == pytest.approx(0.01)


def floor(rate, beta):
    return figures.expected_loss(rate, beta, 1.0, 20_000)[-1]


def test_the_floors():
    text = PROSE["real-question"]
    found = [floor(*pair) for pair in ((0.01, 0.0), (0.0197, 0.0), (0.0033, 0.67))]
    assert found == pytest.approx([0.0075, 0.33, 0.0053], rel=0.015)
    assert "0.0075 at rate 0.01, 0.33 at 0.0197" in text and "floors 0.0075 and 0.0053" in text
    small = [floor(0.001, 0.0), floor(0.002, 0.0), floor(0.00033, 0.67)]  # far from the border: proportional
    assert small == pytest.approx(small[0] * np.array([1, 2, 1]), rel=0.05)


# --- What the prose says ---


@pytest.fixture(scope="module")
def arrivals():
    """Rate, momentum and the losses from 60 and from 100 steps on, on a grid much finer than the map."""
    rate, beta = np.meshgrid(np.linspace(LOWEST, WIDTH["classical"], 420), np.linspace(0, 0.99, 496))
    optimizer = nn.Momentum(rate[..., np.newaxis], beta[..., np.newaxis])
    small = {}
    with np.errstate(all="ignore"):
        for row in nn.rows(optimizer, ravine(100), optimizer.start(np.tile(START, (*rate.shape, 1)))):
            for steps in (60, 100):
                if steps <= row.t <= steps + PROOF:
                    here = ravine(100).loss(row.theta) < SMALL
                    small[steps] = small.get(steps, True) & here
            if row.t == 100 + PROOF:
                break
    return rate, beta, small


def test_what_arrives_within_100_and_60_steps(arrivals):
    rate, beta, small = arrivals
    text = PROSE["try-answer"]
    low, high = map(float, re.search(r"between (\d\.\d+) and (\d\.\d+)", text).groups())
    assert (beta[small[100]].min(), beta[small[100]].max()) == pytest.approx((low, high), abs=0.006)
    assert small[100].mean() == pytest.approx(0.1, abs=0.005)  # "a tenth of the map"
    numbers = map(float, re.search(r"momentum (\S+) to (\S+), rate (\S+) to (\d\.\d+)", text).groups())
    ends = [each(values[small[60]]) for values in (beta, rate) for each in (np.min, np.max)]
    assert (np.abs(np.subtract(ends, list(numbers))) <= [0.006, 0.006, 0.0006, 0.0006]).all(), ends


def test_the_share_of_the_map_is_that_of_the_map_that_the_status_tells():
    assert f"a tenth of the map (up to rate {WIDTH['classical']})" in PROSE["try-answer"]


def stored_row(method, batch):
    rows = (row for row in STORED["rows"] if row["problem"] == "network")
    return next(row for row in rows if (row["method"], row["batch"]) == (method, batch))


def test_what_is_told_of_the_network():
    text, names = PROSE["real-finding"], ("descent", "momentum 0.5", "momentum 0.9", "momentum 0.95")
    plain, *rest = [stored_row(name, None) for name in names]
    times = [row["effective_rate"] / plain["effective_rate"] for row in rest[1:]]
    assert times == pytest.approx([7, 14], abs=0.3)
    assert "for 0.9 sevenfold, for 0.95 fourteenfold" in text
    more_steps = rest[-1]["median"]
    plain, half, nine, more = [stored_row(name, 32) for name in names]
    assert nine["max"] < plain["min"] < min(half["max"], more["max"])  # the ranges of 0.5 and 0.95 overlap
    assert [nine["median"], plain["median"]] == pytest.approx([4.8, 7.0], abs=0.05)
    tuned = [min(each for each in row["tuning"] if each is not None) for row in (more, nine)]
    assert tuned == pytest.approx([4.7, 6.1], abs=0.05) and nine["median"] < more["median"]
    few = [stored_row(name, 4) for name in names]
    assert all(4 < row["median"] < 5 and 4 < min(filter(None, row["tuning"])) < 5 for row in few)
    assert "all need 4 to 5 epochs at their best rates" in text
    assert 1 - 0.95**more_steps == pytest.approx(0.72, abs=0.005) and "25 steps build up 72%" in text
    grid = STORED["rows"][0]["rates"]
    assert grid[1] / grid[0] == pytest.approx(1.12, abs=0.01)


def test_plain_descent_does_not_survive_the_rates_that_momentum_allows():
    digits = nn.data.datasets.digits()
    network = nn.networks.mlp(64, 64, 10).on(digits.X_train, digits.y_train)
    rates = [[stored_row(f"momentum {beta}", None)["effective_rate"]] for beta in (0.9, 0.95)]
    for seed in (5, 6):
        trace = nn.run(
            nn.GradientDescent(np.array(rates)), network, network.initial(seed), 100, keep=["theta"], every=100
        )
        assert np.all(~(trace.loss[-1] < trace.loss[0]))


def test_momentum_gains_nothing_on_the_tumours():
    problem = next(each for each in experiment.problems() if each.name == "logistic regression")
    half = replace(problem, lowest_rates={0.5: 0.6})
    rates, _, best = experiment.tune(half, 0.5)
    needed = np.median(experiment.fresh(half, experiment.optimizer(0.5, rates[best])))
    row = {each["method"]: each for each in STORED["rows"] if each["problem"] == "logistic regression"}
    assert (
        needed == pytest.approx(34, abs=1) and row["descent"]["max"] < row["Adam"]["min"] < row["momentum 0.9"]["min"]
    )
    assert row["descent"]["median"] < needed
    assert rates[best] / 0.5 < row["descent"]["rate"] and row["momentum 0.9"]["effective_rate"] < row["descent"]["rate"]
    assert "plain descent was quickest" in PROSE["bug-claim-finding"]


def braking(rate, beta, steps):
    """The share of the steps whose gradient step points against the velocity."""
    trace = nn.run(nn.Momentum(rate, beta), ravine(100), START, steps)
    return np.mean((trace.velocity[1:-1] * -rate * trace.gradient[2:]).sum(axis=-1) < 0)


def test_near_the_border_gradient_steps_brake_and_far_from_it_half_of_them():
    assert braking(0.0379, 0.9, 100) > 0.98
    assert braking(0.0029, 0.9, 100) == pytest.approx(0.54, abs=0.01)


def test_the_verdicts_follow_their_criterion():
    rows = cells_of(tables.verdicts(STORED))
    assert [row["verdict"] for row in rows] == ["momentum", "momentum", "Adam", "Adam", "open"]
    for row in rows:
        won, lost = map(int, row["quicker seeds, momentum to Adam"].split(" to "))
        assert {(5, 0): "momentum", (0, 5): "Adam"}.get((won, lost), "open") == row["verdict"]
    held = sum(row["verdict"] == row["the rule says"] for row in rows)
    assert held == 2 and "held in two of five" in PROSE["bug-claim-finding"]


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (0.002, "0.053 times that. A steady push"),
        (0.012, "0.32 times that. What keeps rolling"),
        (0.02, "0.53 times that. That is the limit of plain descent"),
        (0.03, "0.79 times that. Larger, as you said: the gradient step"),
        (0.037, "You are within 5%."),
        (0.076, "2 times that. Larger, as you said, but"),
    ],
)
def test_a_prediction_is_answered_by_its_number(rate, words):
    assert words in thought_behind((rate, 0.9))


def test_the_chapter_is_short_and_folds_its_errata():
    from tools.hygiene import number_of_words

    assert sum(number_of_words(cell.source) for cell in NOTEBOOK.cells if cell.cell_type == "markdown") <= 1800
    folded = [cell.id for cell in NOTEBOOK.cells if cell.metadata.get("jp-MarkdownHeadingCollapsed")]
    assert folded == ["library", "clinic"]
    assert "A good place to stop" in PROSE["noise"]


def test_the_card_for_pytorch_gives_what_it_says():
    torch = pytest.importorskip("torch", exc_type=ImportError)
    code = re.search(r"```python\n(.*?)```", PROSE["pytorch"], re.DOTALL)[1]
    assert len(code.strip().splitlines()) <= 10
    digits = nn.data.datasets.digits()
    for text, loss in ((code, 0.02), (code.replace("lr=1.0, momentum=0.9", "lr=1.4, momentum=0.0"), 0.2)):
        names = {"torch": torch, "digits": digits}
        torch.manual_seed(0)
        exec(text, names)
        assert names["loss"].item() == pytest.approx(loss, rel=0.35)
