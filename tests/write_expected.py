"""Writes beside a corpus file what is reported for it: `python -m tests.write_expected FILE…`. To be judged."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from tests.corpus import cases, essence


def main(paths: list[str]) -> None:
    wanted = {Path(path).resolve() for path in paths}
    for case in cases():
        if case.path.resolve() in wanted:
            document = {**case.expected, "report": essence(case.validate())}
            text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
            case.path.with_name(case.path.name + ".expected.json").write_bytes(text)


if __name__ == "__main__":
    main(sys.argv[1:])
