"""The record of chapter 18: its files are as large as it says, and NumPy alone reads the digits with them."""

import json
import subprocess
import sys

import numpy as np
import pytest

from experiments import record
from nnlearn.data import datasets, storing
from nnlearn.models import digits_cnn, load_network

TABLE = json.loads(record.FILE.read_text(encoding="utf-8"))
POINTS = {row["name"]: row for row in TABLE["points"]}
FLOAT32_BYTES = 86_184

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
        found.setdefault(name, []).append(round(accuracy(network, X, y), 4))
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
    command = [sys.executable, "-c", ALONE, str(record.FOLDER), *POINTS]
    path = str(record.FOLDER.parents[3])
    done = subprocess.run(command, cwd=folder, env={"PYTHONPATH": path}, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_file_is_the_scripts():
    tables = {name: TABLE[name] for name in ("float32", "points")}
    text = storing.text(record.COMMAND, record.COLUMNS, TABLE["settings"], **tables)
    assert record.FILE.read_text(encoding="utf-8") == text
    assert [*POINTS] == [*record.POINTS]
    assert sum(path.stat().st_size for path in record.FOLDER.iterdir()) < 60_000


@pytest.mark.parametrize("name", POINTS)
def test_each_file_is_as_large_and_as_good_as_it_says(name, read_alone):
    row = POINTS[name]
    files = [record.FOLDER / f"{name}_{split}.network" for split in record.SPLITS]
    assert [path.stat().st_size for path in files] == row["bytes"]
    assert read_alone[name] == row["accuracies"]
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
