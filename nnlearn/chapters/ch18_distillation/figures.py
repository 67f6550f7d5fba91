"""The figures of chapter 18 that are no explorers: threes that were never shown, and the record."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.ticker import NullFormatter

from nnlearn import plots
from nnlearn.chapters.ch18_distillation.tables import row_of
from nnlearn.language import listed, mark, say
from nnlearn.lettering import word
from nnlearn.plots import Figure

TEMPERATURES = (1, 2, 4, 8, 16)
WHOLE_BYTES = 4 * 21_546  # of the network of chapter 17 in float32


def threes(stored: Mapping[str, Any]) -> Figure:
    """The median of ten students and their range, for each width."""
    alt = say("Share of the test's threes read against temperature, three lines with ranges, for students of 8, 16 and "
              "32 hidden units that saw no 3. At temperature 1 the medians are 0, 28 and 64, at 4 they are 61, 96 and "
              "96: the wider the student, the earlier it rises.")  # fmt: skip
    figure, axes = plots.new_figure(alt, width=6, height=3.2)
    for number, (hidden, style) in enumerate(((8, "o:"), (16, "s--"), (32, "^-"))):
        rows = [row_of(stored, "recall", shown="no 3", hidden=hidden, temperature=T)["threes"] for T in TEMPERATURES]
        low, middle, high = (100 * np.array([row[part] for row in rows]) for part in ("min", "median", "max"))
        x = np.array(TEMPERATURES) * 1.06 ** (number - 1)
        axes.errorbar(x, middle, [middle - low, high - middle], fmt=style, capsize=3,
                      label=word("{hidden} hidden units", hidden=hidden))  # fmt: skip
    axes.set(xscale="log", xticks=TEMPERATURES, xlabel=mark("temperature"), ylim=(-3, 103),
             ylabel=mark("threes read (%)"))  # fmt: skip
    axes.set_xticklabels([str(T) for T in TEMPERATURES])
    axes.minorticks_off()
    axes.legend()
    return figure


def record(recorded: Mapping[str, Any]) -> Figure:
    """The record: bytes of a file against what it reads, medians and ranges of five splits."""
    points = sorted(recorded["points"], key=lambda row: float(np.median(row["bytes"])))
    told = [say("{size:,.0f} bytes read {share:.1%}", size=np.median(row["bytes"]), share=np.median(row["accuracies"]))
            for row in points]  # fmt: skip
    alt = say("Test images read against the bytes of the network's file, on a logarithmic axis, medians and ranges of "
              "five splits: {points}. Two dashed lines meet at 500 bytes and 97.5%; a dotted line stands at a fortieth "
              "of the network of chapter 17.", points=listed(told))  # fmt: skip
    figure, axes = plots.new_figure(alt, width=6.5, height=3.4)
    low, middle, high = (100 * np.quantile([row["accuracies"] for row in points], q, axis=1) for q in (0, 0.5, 1))
    axes.errorbar([float(np.median(row["bytes"])) for row in points], middle, [middle - low, high - middle], fmt="o",
                  capsize=3)  # fmt: skip
    axes.plot([500, 500], [axes.get_ylim()[0], 97.5], "--", linewidth=1.2)
    axes.axhline(97.5, linestyle="--", linewidth=1)
    axes.axvline(WHOLE_BYTES / 40, linestyle=":", linewidth=1.2)
    axes.set_xscale("log")
    axes.set_xticks([300, 500, 1000, 2000], ["300", "500", "1,000", "2,000"])
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.set(xlim=(290, 2600), xlabel=mark("bytes of the file"), ylabel=mark("test images read (%)"))
    return figure
