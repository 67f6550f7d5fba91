"""The record of chapter 18: its files are as large as it says, and NumPy alone reads the digits with them."""

import json
import subprocess
import sys

import nbformat
import numpy as np
import pytest

from experiments import record
from nnlearn.data import datasets, storing
from nnlearn.models import digits_cnn, load_network
from tools.environment import ROOT

TABLE = json.loads(record.FILE.read_text(encoding="utf-8"))
POINTS = {row["name"]: row for row in TABLE["points"]}
FLOAT32_BYTES = 86_184
NOTEBOOK = nbformat.read(ROOT / "notebooks/18_distillation.ipynb", as_version=4)
TOLD = next(cell.source for cell in NOTEBOOK.cells if cell.id == "record-finding")
SAID = (ROOT / "README.md").read_text(encoding="utf-8")

ALONE = """
import json, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in ("tensorflow", "keras", "sklearn", "scipy", "torch", "jax"):
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Blocker())
import numpy as np
from nnlearn.models import accuracy, load_network

found = {}
for split in range(5):
    X, y = np.load(f"X_{split}.npy"), np.load(f"y_{split}.npy")
    for name in sys.argv[2:]:
        network = load_network(f"{sys.argv[1]}/{name}_{split}.network")
        for kind, rows in (("accuracies", np.full(len(X), True)), ("apart", np.load(f"apart_{split}.npy"))):
            found.setdefault(name, {}).setdefault(kind, []).append(round(accuracy(network, X[rows], y[rows]), 4))
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def read_alone(tmp_path_factory):
    """The accuracies of all files, computed in a process that has nothing but NumPy."""
    folder = tmp_path_factory.mktemp("images")
    for split in record.SPLITS:
        data = datasets.digits(seed=split)
        np.save(folder / f"X_{split}.npy", data.X_test)
        np.save(folder / f"y_{split}.npy", data.y_test)
        np.save(folder / f"apart_{split}.npy", record.apart(split))
    command = [sys.executable, "-c", ALONE, str(record.FOLDER), *POINTS]
    path = str(record.FOLDER.parents[3])
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": path}, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_file_is_the_scripts():
    tables = {name: TABLE[name] for name in ("float32", "points")}
    text = storing.text(record.COMMAND, record.COLUMNS, TABLE["settings"], **tables)
    assert record.FILE.read_text(encoding="utf-8") == text
    assert [*POINTS] == [*record.EARLIER, *record.POINTS]
    assert sum(path.stat().st_size for path in record.FOLDER.iterdir()) < 60_000


@pytest.mark.parametrize("name", POINTS)
def test_each_file_is_as_large_and_as_good_as_it_says(name, read_alone):
    row = POINTS[name]
    files = [record.FOLDER / f"{name}_{split}.network" for split in record.SPLITS]
    assert [path.stat().st_size for path in files] == row["bytes"]
    assert read_alone[name] == {kind: row[kind] for kind in ("accuracies", "apart")}
    for path, not_zero in zip(files, row["not_zero"], strict=True):
        weights = load_network(path)[1].weights
        assert sum(map(np.count_nonzero, weights.values())) == not_zero


def test_a_fortieth_of_the_bytes_costs_at_most_a_point():
    row = POINTS["cnn"]
    (float32,) = TABLE["float32"]
    lost = np.subtract(float32["accuracies"], row["accuracies"])
    assert max(row["bytes"]) <= FLOAT32_BYTES / 40 and np.median(lost) <= 0.01
    for split in record.SPLITS:
        leaves = load_network(record.FOLDER / f"cnn_{split}.network")[0].leaves.declared.values()
        assert [leaf.shape for leaf in leaves] == [leaf.shape for leaf in digits_cnn().leaves.declared.values()]
        assert 4 * sum(np.prod(leaf.shape) for leaf in leaves) == FLOAT32_BYTES


@pytest.mark.parametrize("limit", [500, 350])
def test_so_few_bytes_read_97_5_percent(limit):
    row = POINTS[f"small_{limit}"]
    assert max(row["bytes"]) <= limit and np.median(row["accuracies"]) >= 0.975 <= np.median(row["apart"])
    low, middle, high = (f"{100 * f(row['accuracies']):.1f}" for f in (np.min, np.median, np.max))
    least, size, most = (f"{f(row['bytes']):.0f}" for f in (np.min, np.median, np.max))
    assert f"| {size} ({least} to {most}) | {middle}% ({low} to {high}) |" in SAID


def test_what_judged_a_setting_is_left_out_of_apart():
    """Compared by what is in the images, and not by their places."""
    judges = {image.tobytes() for split in record.CHOSEN_ON for image in record.images_of(split, judge=True)[2]}
    counts = []
    for split in record.SPLITS:
        tests = record.images_of(split, judge=False)[2]
        mask = record.apart(split)
        assert [image.tobytes() not in judges for image in tests] == mask.tolist()
        counts.append(int(mask.sum()))
    assert counts == TABLE["float32"][0]["apart_images"]
    assert f"{450 - max(counts)} to {450 - min(counts)}" in TOLD and f"{450 - max(counts)} to" in SAID


def test_what_is_told_of_the_record():
    small, smaller, cnn = (POINTS[name] for name in ("small_500", "small_350", "cnn"))
    (whole,) = TABLE["float32"]
    median = {name: 100 * np.median(row["accuracies"]) for name, row in (("cnn", cnn), ("whole", whole))}
    paired = 100 * np.median(np.subtract(whole["accuracies"], cnn["accuracies"]))
    assert f"cost {median['whole'] - median['cnn']:.1f} points (paired by split {paired:.1f})" in TOLD
    for row in (small, smaller):
        assert f"{np.median(row['bytes']):.0f} bytes read {np.median(row['accuracies']):.1%}" in TOLD
    first, *others, last = (f"{100 * np.median(row['apart']):.1f}" for row in (whole, cnn, small, smaller))
    assert f"On the others: {', '.join(others)} and {last}%, float32 {first}%" in TOLD
    assert f"{', '.join((first, *others))} and {last}%" in SAID
