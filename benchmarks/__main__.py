"""Writes files, measures the command on them, and prints a table: `python -m benchmarks --help`."""

from __future__ import annotations

import argparse
import datetime
import fnmatch
import sys
import tempfile
from pathlib import Path

from benchmarks.cases import WAYS, Scale, cases
from benchmarks.machine import description
from benchmarks.measuring import BenchmarkError, measure
from benchmarks.table import markdown, rows
from import_validator.units import counted, parse_size

RESULTS = Path(__file__).with_name("results.md")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--scale", default="300MB", help="size of the largest files: 30MB, 300MB or 3GB")
    parser.add_argument("--runs", type=int, default=3, help="how often each case is run; the table has medians")
    parser.add_argument("--only", default="", help="run only the cases with this in their names; * stands for anything")
    parser.add_argument("--folder", type=Path, help="where the files are written; the system's temporary folder if not")
    parser.add_argument(
        "--output", type=Path, help="where the table is written to; results.md beside this, without --only"
    )
    arguments = parser.parse_args()
    chosen = [
        case
        for case in cases(Scale.of(parse_size(arguments.scale)))
        if fnmatch.fnmatch(case.name.lower(), f"*{arguments.only.lower()}*")
    ]
    if not chosen:
        sys.exit(f"no case is called {arguments.only!r}")
    try:
        if arguments.folder:
            arguments.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=arguments.folder, prefix="benchmarks-") as folder:
            measured = measure(chosen, arguments.runs, Path(folder), lambda text: print(text, file=sys.stderr))
    except BenchmarkError as error:
        sys.exit(f"benchmarks: {error}")
    text = page(markdown(rows(measured)), arguments.runs)
    print(text, end="")
    output = arguments.output or (None if arguments.only else RESULTS)
    if output is not None:
        output.write_text(text, "utf-8")


def page(table: str, runs: int) -> str:
    """The table, with what one has to know to read it."""
    return f"""# Benchmarks

{description()}
{datetime.date.today()}; made by `make bench`. Compare the ratios, not the seconds.

Seconds are wall time of whole processes, the median of {counted(runs, "run")} that took turns with those of all other
rows; the memory is the peak of the largest process in any of them. The floor of a file is `orjson.loads` over chunks of
it of 128 KiB, cut at record boundaries, with the garbage collector off; where that has no row, the floor is that of the
first file for as many bytes. Without `--memory`, the command has its default. However the command was run over a file
({", ".join(f"`{way}`" for way in WAYS)}), its report was the same.

{table}"""


if __name__ == "__main__":
    main()
