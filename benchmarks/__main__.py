"""Measures everything, or what is named."""

import argparse
from pathlib import Path

from benchmarks.peers import NotInstalled, one_thread

one_thread()  # before anything imports NumPy

from benchmarks import (  # noqa: E402
    augment,
    browser,
    clean,
    compress,
    curvature,
    digits,
    explorers,
    maps,
    quantize,
    race,
    report,
    surface,
)  # fmt: skip

BENCHMARKS = {
    benchmark.__name__: benchmark
    for benchmark in (
        surface.adam_torch, surface.adam_keras, surface.rules_torch, surface.rules_keras, digits.digits_torch,
        digits.digits_keras, digits.network_torch, race.race_keras, curvature.lbfgs_scipy, maps.saliency_keras,
        surface.sweep, surface.recording, explorers.training_map, explorers.explorer, explorers.bits,
        explorers.batches, explorers.adam, explorers.cooling, explorers.newton, explorers.pruning, explorers.smaller,
        explorers.interact, browser.browser,
        quantize.quantize_torch, quantize.quantized_file,
        augment.rotation, augment.rotation_skimage, augment.pad_and_crop,
        clean.filters, clean.tables,
        compress.bits_of_data, compress.data_file,
    )
}  # fmt: skip


def main() -> None:
    """Runs the benchmarks, prints each result when it is there, and at last what was compared."""
    options = command_line()
    versions = ", ".join(f"{name} {text}" for name, text in report.surroundings().items())
    print(report.paragraph("Measured with", versions), report.paragraph("How", report.CLOCKS), "", sep="\n")
    print(report.line(report.HEAD), flush=True)
    results, told = [], []
    for name in options.names or BENCHMARKS:
        try:
            for result in BENCHMARKS[name](options.rounds):
                results.append(result)
                print(report.line(report.cells(result)), flush=True)
            told.append(name)
        except NotInstalled as reason:
            print(f"{name} is skipped: {reason}.", flush=True)
    print()
    for name in told:
        print(report.paragraph(name, BENCHMARKS[name].__doc__ or ""))
    for result in results:
        if result.note:
            print(report.paragraph(result.name, result.note))
    if options.json:
        report.write_json(options.json, results)


def command_line() -> argparse.Namespace:
    """The options; exits with a word about what can't be used."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    known = ", ".join(BENCHMARKS)
    parser.add_argument("names", nargs="*", help=f"some of: {known}")
    parser.add_argument("--rounds", type=int, default=7, help="how often the sides take turns (7)")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write the numbers of every round there")
    options = parser.parse_args()
    unknown = set(options.names) - set(BENCHMARKS)
    if unknown:
        parser.error(f"there is no benchmark {unknown.pop()!r}; there are {known}")
    if options.rounds < 1:
        parser.error("--rounds must be at least 1")
    if options.json and not options.json.parent.is_dir():
        parser.error(f"there is no folder {options.json.parent}")
    return options


if __name__ == "__main__":
    main()
