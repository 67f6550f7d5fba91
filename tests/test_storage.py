"""Saved traces: what was written comes back, and nothing else is accepted."""

import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from problems import DATA, OPTIMIZERS, START, SURFACES, start_for
from test_explain import WithoutMomentum

import nnlearn as nn
from nnlearn import container, stop
from nnlearn.compression import save
from nnlearn.objectives import LogisticRegression, Rosenbrock
from nnlearn.trace import Trace


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a run 运行.trace"


def rewritten(path, **changes):
    """The file with another header, and a checksum that is right again."""
    header, data = container.read(path, "nnlearn trace", 2)
    container.write(path, header | changes, [data])


def in_the_first_format(trace, path, **changes):
    """The trace as nnlearn 0.1 saved it, with changes of the header."""
    trace.save(path)
    header, data = container.read(path, "nnlearn trace", 2)
    arrays = dict(container.arrays(header.pop("arrays"), data))
    with path.open("wb") as file:
        np.savez(file, header=np.array(json.dumps({**header, "version": 1, **changes})), **arrays)


@pytest.mark.parametrize("method", OPTIMIZERS)
def test_a_trace_comes_back_and_goes_on(method, path):
    trace = nn.run(OPTIMIZERS[method], Rosenbrock(), START, steps=10, stop=stop.LossBelow(1e-9))
    trace.save(path)
    back = Trace.load(path)
    assert repr(back) == repr(trace)
    for name, column in trace.columns.items():
        np.testing.assert_array_equal(getattr(back, name), column)
    np.testing.assert_array_equal(back.loss, trace.loss)
    assert str(back.explain(7)) == str(trace.explain(7))
    further = nn.run(back.optimizer, back.objective, back.last, steps=5)
    np.testing.assert_array_equal(further.theta, nn.run(trace.optimizer, Rosenbrock(), trace.last, steps=5).theta)


@pytest.mark.parametrize(("form", "today"), [("averaged", nn.AveragedMomentum), ("classical", nn.Momentum)])
def test_a_trace_of_the_time_when_momentum_was_both_forms_is_read(form, today, path):
    trace = nn.run(today(0.02, 0.8), Rosenbrock(), START, steps=4)
    fields = {"learning_rate": 0.02, "momentum": 0.8, "form": form}
    in_the_first_format(trace, path, optimizer={"class": "Momentum", "fields": fields})
    for back in (Trace.load(path), Trace.load(path, optimizer=today(0.02, 0.8))):
        assert repr(back) == repr(trace)
        assert str(back.explain(3)) == str(trace.explain(3))
    with pytest.raises(ValueError, match="another optimiser"):
        Trace.load(path, optimizer=nn.Nesterov(0.02, 0.8))


def test_a_row_of_another_memory_is_refused():
    row = nn.run(nn.LBFGS(memory=5), Rosenbrock(), START, steps=3).last
    with pytest.raises(ValueError, match=r"pairs has shape \(5, 2, 2\); LBFGS\(.*\) needs \(3, 2, 2\)"):
        nn.run(nn.LBFGS(memory=3), Rosenbrock(), row, steps=1)


def test_a_sweep_that_diverged_in_part_comes_back(path):
    sweep = nn.run(nn.GradientDescent(np.array([[1e-3], [0.5]])), Rosenbrock(), START, steps=30)
    sweep.save(path)
    back = Trace.load(path)
    assert [str(s) for s in back.stopped] == [str(s) for s in sweep.stopped]
    np.testing.assert_array_equal(back.member(1).theta, sweep.member(1).theta)


@pytest.mark.parametrize("problem", DATA)
def test_an_objective_on_data_is_given_back_and_checked(problem, path):
    J = DATA[problem]
    trace = nn.run(nn.Adam(0.1), J, start_for(J), steps=4)
    trace.save(path)
    assert str(Trace.load(path, objective=J).explain(4)) == str(trace.explain(4))
    other = LogisticRegression(np.ones((4, 5)) * [[1], [2], [3], [4]], [0, 1, 0, 1])
    with pytest.raises(ValueError, match="made on another objective"):
        Trace.load(path, objective=other)
    alone = Trace.load(path)
    np.testing.assert_array_equal(alone.theta, trace.theta)
    with pytest.raises(ValueError, match="loaded without its objective"):
        _ = alone.loss


def test_a_learner_s_own_optimiser_is_given_back(path):
    trace = nn.run(WithoutMomentum(0.1), Rosenbrock(), START, steps=4)
    trace.save(path)
    with pytest.raises(ValueError, match="WithoutMomentum, which nnlearn does not have: give"):
        Trace.load(path)
    with pytest.raises(ValueError, match="made with another optimiser"):
        Trace.load(path, optimizer=WithoutMomentum(0.2))
    assert str(Trace.load(path, optimizer=WithoutMomentum(0.1)).explain(2)) == str(trace.explain(2))


def test_a_run_on_a_learner_s_own_functions_comes_back(path):
    J = nn.Objective(lambda theta: theta @ theta, lambda theta: 2 * theta, name="bowl")
    trace = nn.run(nn.GradientDescent(lambda step: 0.1 / (1 + step)), J, [1.0], steps=3)
    trace.save(path)
    back = Trace.load(path, optimizer=trace.optimizer, objective=J)
    np.testing.assert_array_equal(back.loss, trace.loss)


def damaged(path, how):
    trace = nn.run(nn.Adam(), SURFACES["beale"], START, steps=2)
    trace.save(path)
    data = path.read_bytes()
    if how == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif how == "empty":
        path.write_bytes(b"")
    elif how == "text":
        path.write_text("theta, loss", encoding="utf-8")
    elif how == "one bit":
        path.write_bytes(data[:-200] + bytes([data[-200] ^ 1]) + data[-199:])
    elif how == "a compressed model":
        save(path, {"theta": np.zeros(3, np.float32)})
    elif how == "no arrays":
        rewritten(path, arrays=[])
    elif how == "another type":
        rewritten(path, arrays=[{"name": "t", "shape": [3], "type": "object"}])
    elif how == "another npz":
        with path.open("wb") as file:
            np.savez(file, theta=np.zeros(3))
    elif how == "pickle":
        with path.open("wb") as file:
            np.savez(file, header=np.array({"format": "nnlearn trace"}, dtype=object))
    elif how == "half a first format":
        in_the_first_format(trace, path)
        path.write_bytes(path.read_bytes()[:300])
    elif how == "no optimiser":
        in_the_first_format(trace, path, optimizer={})


DAMAGED = {
    "cut": "damaged or cut short", "empty": "is not a file of saved arrays", "text": "is not a file of saved arrays",
    "one bit": "damaged or cut short", "a compressed model": "it says that it is 'nnlearn arrays'",
    "no arrays": "does not describe what it holds", "another type": "the type 'object'",
    "another npz": "does not describe what it holds", "pickle": "does not describe what it holds",
    "half a first format": "does not describe what it holds", "no optimiser": "does not describe what it holds",
}  # fmt: skip


@pytest.mark.parametrize("how", DAMAGED)
def test_a_damaged_file_gives_a_clear_error(how, path):
    damaged(path, how)
    with pytest.raises(ValueError, match=DAMAGED[how]) as caught:
        Trace.load(path)
    assert str(path) in str(caught.value)


def test_a_trace_of_the_first_format_is_read(path):
    trace = nn.run(nn.Adam(0.1), Rosenbrock(), START, steps=5)
    in_the_first_format(trace, path)
    assert repr(Trace.load(path)) == repr(trace)
    np.testing.assert_array_equal(Trace.load(path).m_hat, trace.m_hat)


def test_a_newer_format_says_to_update(path):
    nn.run(nn.Adam(), Rosenbrock(), START, steps=2).save(path)
    rewritten(path, version=99)
    with pytest.raises(ValueError, match="format version 99; this nnlearn reads up to 2"):
        Trace.load(path)


class Adam(nn.Adam):
    """A learner's own, of the same name."""


class Bowl(Rosenbrock):
    """Likewise."""


def test_a_learner_s_class_is_never_taken_for_nnlearn_s(path):
    nn.run(Adam(0.1), Rosenbrock(), START, steps=2).save(path)
    with pytest.raises(ValueError, match="test_storage.Adam, which nnlearn does not have"):
        Trace.load(path)
    Bowl.__name__ = Bowl.__qualname__ = "Rosenbrock"
    nn.run(nn.Adam(0.1), Bowl(), START, steps=2).save(path)
    with pytest.raises(ValueError, match="loaded without its objective"):
        _ = Trace.load(path).loss


@pytest.mark.parametrize("name", ["__init__", "__class__", "base", "BaseObjective", "os.system", "MiniBatches"])
def test_a_file_can_name_no_class_but_those_of_traces(name, path):
    nn.run(nn.Adam(), Rosenbrock(), START, steps=2).save(path)
    header, _ = container.read(path, "nnlearn trace", 2)
    for part in ("optimizer", "objective"):
        rewritten(path, **{**header, part: {"class": name, "fields": {}, "parameters": {}}})
        with pytest.raises(ValueError, match="which nnlearn does not have|loaded without its objective"):
            _ = Trace.load(path).loss


def test_a_failed_save_leaves_the_old_file(path, monkeypatch):
    trace = nn.run(nn.Adam(), Rosenbrock(), START, steps=2)
    trace.save(path)
    monkeypatch.setattr(container, "little", lambda n: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        trace.save(path)
    assert len(Trace.load(path)) == 3


@stop.dataclass(frozen=True)
class FarAway(stop.StopRule):
    """A learner's own stop rule."""

    def __call__(self, previous, row, J):
        return np.abs(row.theta).max(axis=-1) > 1.6


def test_a_trace_with_a_learner_s_stop_rule_comes_back(path):
    trace = nn.run(nn.GradientDescent(0.002), Rosenbrock(), START, steps=9, stop=FarAway())
    trace.save(path)
    assert Trace.load(path).stopped.step == trace.stopped.step
    assert str(Trace.load(path).stopped).startswith("The run stopped at step")


@pytest.mark.parametrize(
    "changes",
    [
        {"rules": None},
        {"rules": []},
        {"rules": [3, 4]},
        {"rules": [{"class": "NotFinite", "fields": {}}, {"class": "LossBelow", "fields": {}}]},
        {"optimizer": {"class": [1]}},
        {"optimizer": {"class": "Adam", "fields": 3}},
        {"optimizer": {"class": "Adam", "fields": {"rate": 1}}},
        {"objective": {"class": "Rosenbrock"}},
        {"objective": {"class": "Rosenbrock", "parameters": {"height": 1}}},
        {"objective": {"class": "Clipped", "parameters": {}}},
    ],
    ids=str,
)
def test_a_forged_description_is_damage(changes, path):
    nn.run(nn.Adam(0.1), Rosenbrock(), START, 4, stop=stop.LossBelow(1e9)).save(path)
    rewritten(path, **changes)
    with pytest.raises(container.Foreign, match="its header does not describe what it holds"):
        Trace.load(path)


def test_writers_at_once_do_not_mix(path):
    traces = [nn.run(nn.Adam(0.1), Rosenbrock(), [float(i), 1.0], 300) for i in range(4)]

    def write(trace):
        for _ in range(15):
            trace.save(path)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, traces))
    assert Trace.load(path).theta[0, 0] in range(4)
    assert list(path.parent.iterdir()) == [path]


def test_a_write_that_fails_leaves_nothing_behind(path):
    def parts():
        yield b"half"
        raise OSError("the disk is full")

    nn.run(nn.Adam(0.1), Rosenbrock(), START, 4).save(path)
    with pytest.raises(OSError, match="full"):
        container.write(path, {"format": "x", "version": 1}, parts())
    assert list(path.parent.iterdir()) == [path] and len(Trace.load(path)) == 5
