"""Looks for inputs that the package cannot take, with all harnesses at the same time: `make fuzz SECONDS=30`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from fuzz.harness import NAMES, replay


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which harnesses; all where none: {', '.join(NAMES)}")
    parser.add_argument("--seconds", type=int, default=30, help="how long each looks for inputs that fail")
    parser.add_argument("--grow", action="store_true", help="save inputs that reach new code, besides those that fail")
    arguments = parser.parse_args()
    names = arguments.names or list(NAMES)
    if find_spec("atheris") is None:
        print("atheris is not installed: nothing new is tried, and nothing is guided by coverage.")
        for name in names:
            print(f"{name}: {replay(name)} saved inputs were read again, and pass")
        return
    options = ["--grow"] if arguments.grow else []
    with tempfile.TemporaryDirectory() as folder:
        failed = _failing(names, arguments.seconds, options, Path(folder))
    if failed:
        sys.exit(f"{' and '.join(failed)}: see above")


def _failing(names: list[str], seconds: int, options: list[str], folder: Path) -> list[str]:
    """Run harnesses at the same time, and give the names of those that found something."""
    running = []
    for name in names:
        own = folder / name
        own.mkdir()
        command = [sys.executable, "-m", "fuzz.harness", name, str(seconds), str(own), *options]
        said = (folder / f"{name}.log").open("w+", encoding="utf-8", errors="replace")
        running.append((name, said, subprocess.Popen(command, stdout=said, stderr=said)))
    failing = []
    for name, said, process in running:
        status = process.wait()
        said.seek(0)
        lines = said.read().splitlines()
        said.close()
        done = [line for line in lines if line.startswith("Done ")]
        if status == 0 and done:
            print(f"{name}: {done[-1].removeprefix('Done ')}, nothing found")
        else:
            failing.append(name)
            print("\n".join(lines[-60:]), file=sys.stderr)
    return failing


if __name__ == "__main__":
    main()
