"""What cleaning gains and costs: filters, gaps, scales, leaks. Makes measured.json, beside this.

``python -m nnlearn.chapters.ch11_cleaning.experiment`` (3 minutes of one core; with OMP_NUM_THREADS=1, as the matrices
are small). With names of tables behind it, only these are measured anew.

All data are real; noise and gaps are made, as only then what was there before is known. What is compared meets the same
noise, the same gaps and the same rows.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nnlearn.chapters.ch11_cleaning import filtering, gaps, whose_rows
from nnlearn.data import storing
from nnlearn.processor import processor, versions

COMMAND = "python -m nnlearn.chapters.ch11_cleaning.experiment"
FILE = Path(__file__).with_name("measured.json")
COLUMNS = {
    "noisy, cleaned": "filters: decibels (PSNR) before and after the filter, of each draw of the noise",
    "root of blur": "border: of the filter's own mean squared error on the clean square, in grey levels of 255",
    "predicted, found": "border: from which deviation of Gaussian noise, in grey levels, the filter helps: by the "
    "formula; measured, of each draw",
    "accuracy": "share of the test digits that is read: of each network all draws. leaks: of each split",
    "decibels": "digits: PSNR of all test digits, the median draw",
    "missing": "gaps: the share of all entries that is taken away",
    "error": "gaps: of what is filled in, root mean square, in deviations of the column, of each split",
    "score": "gaps: of the model on the test rows, R2 or the share that is right, of each split; null without a model",
    "complete": "gaps: the share of the training rows without a gap, of each split",
    "found, cleared": "own: the share of the malignant tumours that is found, of the benign that is called benign, of "
    "each split",
    "right": "own: the share of all test rows that is right",
    "looked": "leaks: at which rows, before the split into training and test, or after it",
}
MEASURES: dict[str, Callable[[], list[dict[str, Any]]]] = {
    "filters": filtering.filters, "border": filtering.border, "digits": filtering.digits, "taught": filtering.taught,
    "gaps": gaps.gaps, "own": whose_rows.own, "leaks": whose_rows.leaks,
}  # fmt: skip


def text(found: dict[str, list[Any]]) -> str:
    """The file."""
    settings = {
        "draws": [*filtering.DRAWS], "networks": [*filtering.NETWORKS], "splits": [*whose_rows.SPLITS],
        "gap_splits": [*gaps.SPLITS], "processor": str(processor()),
        "versions": versions("numpy", "scikit-learn", "tensorflow", "keras"),
    }  # fmt: skip
    return storing.text(COMMAND, COLUMNS, settings, **found)


if __name__ == "__main__":
    storing.measure(FILE, MEASURES, text, sys.argv[1:])
