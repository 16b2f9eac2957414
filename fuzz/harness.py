"""What every harness has: saved inputs that are read again, new ones made of them, and the one that fails is saved."""

from __future__ import annotations

import argparse
import faulthandler
import hashlib
import os
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from types import FrameType, ModuleType

NAMES = ("readers", "rule_sets", "patterns", "reports")
CORPUS = Path(__file__).with_name("corpus")
LONGEST_INPUT = 8192
"""In bytes."""

LONGEST_TIME = 20
"""Seconds of the processor that one input may take."""

MOST_MEMORY = 4 << 30
"""Bytes of address space that a harness may take."""


class TookTooLongError(BaseException):
    """An input took too long. No `Exception`, so that nothing on the way takes it for one of its own."""


def replay(name: str, corpus: Path = CORPUS) -> int:
    """Check the saved inputs of a harness, and say how many there are.

    Raises:
        Exception: what the check raises, with a note that names the input.
    """
    check = import_module(f"fuzz.{name}").check
    inputs = sorted((corpus / name).iterdir())
    for path in inputs:
        try:
            check(path.read_bytes())
        except Exception as error:
            error.add_note(f"This was raised for the saved input {path}")
            raise
    return len(inputs)


def new_inputs(name: str, seed: int, corpus: Path = CORPUS) -> Iterator[bytes]:
    """Inputs without end, made of the saved ones and of nothing: the same for the same seed and saved inputs."""
    module = import_module(f"fuzz.{name}")
    saved = [path.read_bytes() for path in sorted((corpus / name).iterdir())]
    for number in count():
        rng = random.Random(f"{seed}:{number}")
        if hasattr(module, "fresh") and rng.random() < 0.5:
            yield module.fresh(rng)
            continue
        given = rng.choice(saved)
        changed: bytes | None = None
        if hasattr(module, "mutated") and rng.random() < 0.5:
            changed = module.mutated(given, rng.getrandbits(32))
        yield (changed or varied(given, rng, saved, module.WORDS))[:LONGEST_INPUT]


def varied(data: bytes, rng: random.Random, saved: list[bytes], words: tuple[str, ...]) -> bytes:
    """The data changed in one to four places."""
    for _ in range(rng.randint(1, 4)):
        begin = rng.randrange(len(data) + 1)
        end = min(len(data), begin + rng.choice((0, 0, 1, 1, 2, 8, 100)))
        other = rng.choice(saved)
        at = rng.randrange(len(other) + 1)
        instead = [rng.randbytes(1), b"", data[begin:end] * 2, other[at : at + rng.randint(1, 100)]]
        instead += [rng.choice(words).encode("utf-8", "surrogatepass")] * 2 if words else []
        data = data[:begin] + rng.choice(instead) + data[end:]
    return data


def explore(name: str, seed: int, inputs: int | None, seconds: float | None) -> int:
    """Check so many new inputs, or as many as there is time for, after the saved ones. Returns how many.

    The first that fails is saved, said, and ends the process.
    """
    module = import_module(f"fuzz.{name}")
    end = None if seconds is None else time.monotonic() + seconds
    checked = replay(name)
    descriptor, current = tempfile.mkstemp(prefix=f"fuzz-{name}-")
    os.close(descriptor)
    print(f"The input at hand is kept in {current}, should it never end", flush=True)
    try:
        for number, data in enumerate(new_inputs(name, seed)):
            if number == inputs or (end is not None and time.monotonic() >= end):
                break
            Path(current).write_bytes(data)
            with saving(module, data), limited():
                module.check(data)
            checked += 1
    finally:
        Path(current).unlink()
    return checked


@contextmanager
def saving(module: ModuleType, data: bytes) -> Iterator[None]:
    """Around the check of an input: one that fails is saved, and ends the process."""
    try:
        yield
    except (Exception, TookTooLongError):
        name = module.__name__.rpartition(".")[2]
        path = CORPUS / name / f"found-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        traceback.print_exc()
        sys.exit(f"This was raised for an input that is now {path}")


@contextmanager
def limited() -> Iterator[None]:
    """Around what may take `LONGEST_TIME` of the processor: a machine with much else to do changes nothing.

    Raises:
        TookTooLongError: where it takes longer.
    """

    def end(_: int, frame: FrameType | None) -> None:
        raise TookTooLongError(f"took more than {LONGEST_TIME} seconds")

    # What is stuck in C hears no signal: a thread of its own then ends the process. It counts wall time, of which a
    # machine with other work gives little to this process.
    faulthandler.dump_traceback_later(60 + 10 * LONGEST_TIME, exit=True, file=2)
    before = signal.signal(signal.SIGPROF, end)
    signal.setitimer(signal.ITIMER_PROF, LONGEST_TIME)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def main() -> None:
    """Check inputs of one harness in a process of its own: see `fuzz`."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.harness", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--inputs", type=int)
    parser.add_argument("--seconds", type=float)
    given = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    print(f"Done {explore(given.name, given.seed, given.inputs, given.seconds):,} inputs, saved and new")


if __name__ == "__main__":
    main()
