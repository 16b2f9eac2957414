"""Validates whole sources, of any kind and size."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypedDict, Unpack

from .model.violation import Violation
from .report.report import Report
from .run.existing import ExistingKeys
from .source.source import Source, SourceLike, open_source
from .validator import Rules, Validator


class Options(TypedDict, total=False):
    """The keyword options of `validate` and `iter_violations`. `Validator` says what each means."""

    memory: int | str
    samples: int
    tmp: str | os.PathLike[str] | None
    cascade: bool
    references: bool
    severity: Mapping[str, str] | None
    strict: bool
    existing: Mapping[str, ExistingKeys] | None
    max_record: int | str | None
    reader: Mapping[str, str] | None


def validate(
    source: SourceLike,
    rules: Rules = None,
    params: Mapping[str, Any] | None = None,
    *,
    jobs: int = 1,
    progress: Callable[[Source], None] | None = None,
    **options: Unpack[Options],
) -> Report:
    """Validate a whole file.

    Arguments:
        source: a path, a binary file object, bytes, or an iterable of bytes; compressed with gzip or zstd or not.
        rules: see `Validator`.
        params: see `Validator`.
        jobs: how many threads the compiled lane works on, where it is there and knows the format.
        progress: called after each piece, with the source, whose `bytes_read` says how much was read.
        options: `memory`, `samples`, `tmp`, `cascade`, `references`, `severity`, `strict`, `existing`,
            `max_record`, `reader`, as for `Validator`.

    Raises:
        SourceError: where the source cannot be read.
        RuleSetError: where the rule set or a parameter is broken, or none is recognised.
    """
    opened = open_source(source)
    try:
        with _validator_for(opened, rules, params, options) as validator:
            for _ in validator.read(opened, jobs, progress):
                pass
            return validator.report
    finally:
        opened.close()


def iter_violations(
    source: SourceLike,
    rules: Rules = None,
    params: Mapping[str, Any] | None = None,
    *,
    jobs: int = 1,
    **options: Unpack[Options],
) -> Iterator[Violation]:
    """Give every violation in a file as it is found.

    Violations of single records come first, in file order; then those that concern keys, in file order. There is no
    report, so nothing says what could not be checked in time (`Report.unchecked`), nor what was left out
    (`Report.notes`): use `Validator` with `stream=True` for both.

    Arguments and errors are those of `validate`.
    """
    opened = open_source(source)
    try:
        with _validator_for(opened, rules, params, {**options, "stream": True}) as validator:
            yield from validator.read(opened, jobs)
    finally:
        opened.close()


def _validator_for(
    source: Source, rules: Rules, params: Mapping[str, Any] | None, options: Mapping[str, Any]
) -> Validator:
    again = (lambda: source.read_again(options.get("tmp"))) if source.can_read_again else None
    return Validator(rules, params, source_name=source.name, read_again=again, **options)
