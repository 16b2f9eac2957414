"""Looks for inputs that fail, guided by coverage with atheris: a process of its own, since libFuzzer ends it."""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import ModuleType

from fuzz.harness import CORPUS, LONGEST_INPUT, LONGEST_TIME, NAMES


def main() -> None:
    """Look for inputs that fail: see `fuzz`."""
    parser = argparse.ArgumentParser(prog="python -m fuzz.guided", description=__doc__)
    parser.add_argument("name", choices=NAMES)
    parser.add_argument("seed", type=int)
    parser.add_argument("seconds", type=int)
    parser.add_argument("folder", type=Path, help="an empty folder for temporary files")
    parser.add_argument("--grow", action="store_true")
    fuzz(**vars(parser.parse_args()))


def fuzz(name: str, seed: int, seconds: int, folder: Path, *, grow: bool) -> None:
    """Look for inputs that fail, from the saved ones on; the first one found is saved with them, and ends the process.

    Arguments:
        name: the harness.
        seed: what chance is begun from.
        seconds: how long.
        folder: an empty folder for temporary files.
        grow: whether inputs that reach new code are saved, too.
    """
    import atheris  # noqa: PLC0415 - not there for every Python

    with atheris.instrument_imports(include=["import_validator"]):
        module = import_module(f"fuzz.{name}")
    saved, words, grown = CORPUS / name, folder / "words", folder / "grown"
    words.write_text("".join(f"{_quoted(word)}\n" for word in module.WORDS), "utf-8")
    grown.mkdir()

    def check(data: bytes) -> None:
        try:
            module.check(data)
        except Exception:
            path = saved / f"found-{hashlib.sha256(data).hexdigest()[:12]}"
            path.write_bytes(data)
            traceback.print_exc()
            print(f"This was raised for an input that is now {path}", file=sys.stderr, flush=True)
            os._exit(1)  # left to itself, libFuzzer is now and then ended by its own timer before it has said anything

    options = [
        f"-max_total_time={seconds}",
        f"-seed={seed % (1 << 32)}",
        f"-max_len={LONGEST_INPUT}",
        f"-timeout={LONGEST_TIME}",
        f"-dict={words}",
        f"-artifact_prefix={saved}/found-",
        "-verbosity=1",
    ]
    folders = [saved] if grow else [grown, saved]
    atheris.Setup([sys.argv[0], *options, *map(str, folders)], check, **_mutator(module))
    atheris.Fuzz()


def _mutator(module: ModuleType) -> dict[str, Callable[[bytes, int, int], bytes]]:
    """How inputs are changed: as the module does, where it knows how, and by libFuzzer, half of the time each."""
    import atheris  # noqa: PLC0415 - not there for every Python

    if not hasattr(module, "mutated"):
        return {}

    def mutated(data: bytes, longest: int, seed: int) -> bytes:
        changed: bytes | None = module.mutated(data, seed) if random.Random(seed).random() < 0.5 else None
        if changed is None or len(changed) > longest:
            changed = atheris.Mutate(data, longest)
        return changed

    return {"custom_mutator": mutated}


def _quoted(word: str) -> str:
    """A word as libFuzzer's dictionaries have it."""
    data = word.encode("latin-1" if all(ord(each) < 256 for each in word) else "utf-8")
    return '"' + "".join(chr(byte) if _is_plain(byte) else f"\\x{byte:02X}" for byte in data) + '"'


def _is_plain(byte: int) -> bool:
    return 0x20 <= byte < 0x7F and byte not in b'"\\'


if __name__ == "__main__":
    main()
