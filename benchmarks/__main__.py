"""``python -m benchmarks [names] [--rounds N] [--json path]``: everything, or what is named."""

import argparse
from pathlib import Path

from benchmarks.peers import NotInstalled, one_thread

one_thread()  # before NumPy is imported

from benchmarks import digits, explorers, report, surface  # noqa: E402

BENCHMARKS = {
    benchmark.__name__: benchmark
    for benchmark in (
        surface.adam_torch, surface.adam_keras, digits.digits_torch, digits.digits_keras,
        surface.sweep, surface.recording,
        explorers.training_map, explorers.explorer, explorers.interact,
    )
}  # fmt: skip


def main() -> None:
    """Runs the benchmarks, a line of the table as soon as it is known, and says what was compared."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(BENCHMARKS)}")
    parser.add_argument("--rounds", type=int, default=7, help="how often the sides take turns (7)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write all numbers there")
    options = parser.parse_args()
    names = options.names or list(BENCHMARKS)
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark is called {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")

    print(", ".join(f"{name} {text}" for name, text in report.surroundings().items()), end="\n\n")
    print(report.line(report.HEAD), flush=True)
    results = []
    for name in names:
        try:
            for result in BENCHMARKS[name](options.rounds):
                results.append(result)
                print(report.line(report.cells(result)), flush=True)
        except NotInstalled as reason:
            print(f"{name}: skipped, {reason}", flush=True)
    print("\nWhat is compared. All sides in one thread; medians and extremes of rounds in which the sides take turns.")
    print("By processor time; the column wall has the same by the clock on the wall.\n")
    for name in names:
        print(report.paragraph(name, BENCHMARKS[name].__doc__))
    for result in results:
        if result.note:
            print(report.paragraph(result.name, result.note))
    if options.json:
        report.write_json(options.json, results)


if __name__ == "__main__":
    main()
