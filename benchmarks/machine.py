"""What a table of figures has to say about the machine and the versions."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = (
    "import-validator",
    "import-validator-native",
    "orjson",
    "numpy",
    "jsonschema-rs",
    "msgspec",
    "xxhash",
    "ijson",
    "duckdb",
    "fastjsonschema",
    "frictionless",
)


def description() -> str:
    """The machine, the system, and the versions, in two sentences."""
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    return (
        f"{os.cpu_count()} cores of {_processor()}, {_memory()}{platform.system()} {platform.release()}. "
        f"{platform.python_implementation()} {platform.python_version()}, {versions}."
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        lines = []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return models[0] if models else platform.processor() or platform.machine()


def _memory() -> str:
    try:
        size = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return ""
    return f"{size / 2**30:.0f} GB of memory, "


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "(not installed)"
