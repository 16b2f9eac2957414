"""Looks for inputs that the package cannot take: `make fuzz SEED=1 INPUTS=100`, `make fuzz SEED=random SECONDS=600`."""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
from collections import deque
from importlib.util import find_spec
from pathlib import Path

from fuzz.harness import NAMES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which harnesses; all where none: {', '.join(NAMES)}")
    parser.add_argument("--seed", default="1", metavar="N|random", help="what chance is begun from")
    parser.add_argument("--inputs", type=int, help="how many new inputs each makes: the same ones for the same seed")
    parser.add_argument("--seconds", type=int, help="how long each makes inputs, guided by coverage if it can be")
    parser.add_argument("--grow", action="store_true", help="save inputs that reach new code, besides those that fail")
    given = parser.parse_args()
    if given.inputs is None and given.seconds is None:
        parser.error("say how long: --inputs N or --seconds N")
    seed = random.SystemRandom().getrandbits(32) if given.seed == "random" else int(given.seed)
    print(f"seed {seed}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        commands = {
            name: _command(name, seed, given.inputs, given.seconds, Path(folder), grow=given.grow)
            for name in given.names or NAMES
        }
        failed = _failing(commands, Path(folder))
    if failed:
        sys.exit(f"{' and '.join(failed)}: see above")


def _command(name: str, seed: int, inputs: int | None, seconds: int | None, folder: Path, *, grow: bool) -> list[str]:
    """The command that runs one harness."""
    if inputs is not None:
        return [sys.executable, "-m", "fuzz.harness", name, "--seed", str(seed), "--inputs", str(inputs)]
    if find_spec("atheris") is None:
        return [sys.executable, "-m", "fuzz.harness", name, "--seed", str(seed), "--seconds", str(seconds)]
    own = folder / name
    own.mkdir()
    command = [sys.executable, "-m", "fuzz.guided", name, str(seed), str(seconds), str(own)]
    return [*command, "--grow"] if grow else command


def _failing(commands: dict[str, list[str]], folder: Path) -> list[str]:
    """Run harnesses, as many at a time as there are processors, and give the names of those that found something."""
    waiting, failing = deque(commands.items()), []
    running: deque[tuple[str, Path, subprocess.Popen[bytes]]] = deque()
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            name, command = waiting.popleft()
            said = folder / f"{name}.log"
            with said.open("wb") as stream:
                # Sets of text would be in another order in each process, and a failure hard to see again.
                environment = {**os.environ, "PYTHONHASHSEED": "0"}
                running.append((name, said, subprocess.Popen(command, stdout=stream, stderr=stream, env=environment)))
        name, said, process = running.popleft()
        status = process.wait()
        lines = said.read_text("utf-8", "replace").splitlines()
        done = [line for line in lines if line.startswith("Done ")]
        if status == 0 and done:
            print(f"{name}: {done[-1].removeprefix('Done ')}, nothing found", flush=True)
        else:
            failing.append(name)
            print("\n".join(lines[-60:]), file=sys.stderr, flush=True)
    return failing


if __name__ == "__main__":
    main()
