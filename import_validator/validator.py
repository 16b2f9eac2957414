"""The incremental core: bytes in as they arrive, violations and a report out."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from .errors import ImportValidatorError
from .model.escaping import encodable
from .model.violation import Violation
from .report.report import Report
from .ruleset.plan import Choices, Plan
from .ruleset.plans import take_plan
from .ruleset.recognition import HEAD_SIZE, LARGEST_HEAD, SeveralFitError, recognise
from .ruleset.rule_set import RuleSet
from .run.existing import ExistingKeys, existing_facts
from .run.run import Run
from .source.source import ReadAgain, Source, Spool
from .units import parse_size

Rules = str | os.PathLike[str] | RuleSet | None


class Validator:
    """Validates a file that is fed to it in pieces. One thread may use it at a time.

    After an exception the file is given up: there is no report, and nothing more can be fed.

    Arguments:
        rules: the name of a rule set, the path of a `.toml` file, or a `RuleSet`. Where None, the rule set is
            recognised from the first 64 KiB.
        params: values of the rule set's parameters, by name.
        memory: budget for what is remembered of keys and the work on it, in bytes or as text such as `64MB`.
            What does not fit goes to unnamed temporary files.
        samples: how many violations of each rule the report holds.
        tmp: folder for temporary files; the system's own where None.
        cascade: whether only valid records define keys, so that what refers to a broken record is reported, too.
        references: whether checks across records are made at all.
        severity: `error`, `warning` or `off`, by a rule's code or name.
        strict: whether warnings count as errors.
        existing: keys that the target app has already, by record type: strings, numbers, or paths of files with a key
            on each line, of tables with the key's columns, or of earlier import files of the same format. A key of
            several parts is their text joined by `:`, or a tuple of them.
        max_record: the longest record that is read, in bytes or as text; the rule set's own limit, or 16 MB, if None.
        reader: for tables, how the file is read: `sheet`, `delimiter` and `encoding`.
        source_name: what to call the file in the report.
        stream: whether `feed`, `finish` and `read` give every violation, in words.
        read_again: access to the bytes once they have been fed. Where None, they are kept in a temporary file.

    Raises:
        RuleSetError: where the rule set, a parameter or an existing key cannot be used.
        ImportValidatorError: where a size, or the number of samples, is not one.
    """

    def __init__(
        self,
        rules: Rules = None,
        params: Mapping[str, Any] | None = None,
        *,
        memory: int | str = "64MB",
        samples: int = 20,
        tmp: str | os.PathLike[str] | None = None,
        cascade: bool = False,
        references: bool = True,
        severity: Mapping[str, str] | None = None,
        strict: bool = False,
        existing: Mapping[str, ExistingKeys] | None = None,
        max_record: int | str | None = None,
        reader: Mapping[str, str] | None = None,
        source_name: str = "(fed)",
        stream: bool = False,
        read_again: Callable[[], ReadAgain] | None = None,
    ) -> None:
        self._started = time.perf_counter()
        self._params = dict(params or {})
        self._memory = _size("memory", memory)
        self._samples = _samples(samples)
        self._tmp = tmp
        self._choices = Choices(
            cascade=cascade, references=references, severity=severity or {}, strict=strict, reader=reader or {}
        )
        self._existing = dict(existing or {})
        self._max_record = None if max_record is None else _size("max_record", max_record)
        self._stream = stream
        self._source_name = encodable(source_name)  # so that the report can be written as JSON
        self._read_again = read_again
        self._spool: Spool | None = None
        self._content_again: ReadAgain | None = None
        self._why = ""
        self._head = bytearray()
        self._head_size = HEAD_SIZE
        self._bytes = 0
        self._closed = False
        self._finished = False
        self._at_work = threading.Lock()
        self._given_up = ""
        self._threads = 0
        self._run: Run | None = None
        if rules is not None:
            self._begin(rules if isinstance(rules, RuleSet) else RuleSet.load(rules))
        if read_again is None:
            self._content_again = self._spool = Spool(tmp)

    @property
    def plan(self) -> Plan:
        """The rule set, compiled for this run.

        Raises:
            ImportValidatorError: while too little has been fed to recognise the rule set.
        """
        if self._run is None:
            raise ImportValidatorError("the rule set is not recognised yet: feed more of the file, or close")
        return self._run.plan

    @property
    def report(self) -> Report:
        """The report.

        Raises:
            ImportValidatorError: where the file is not finished, or was given up.
        """
        if self._run is None or not self._finished or self._given_up:
            unfinished = "the file was given up" if self._closed else "the file is not finished: call close() first"
            raise ImportValidatorError(f"there is no report: {self._given_up or unfinished}")
        return self._run.report(self._source_name, self._why, self._bytes, time.perf_counter() - self._started)

    def feed(self, chunk: bytes) -> list[Violation]:
        """Take in the next bytes of the file.

        Returns:
            The violations in the records that are complete with these bytes; empty unless `stream` was asked for.

        Raises:
            RecognitionError: where no rule set, or more than one, fits the file's beginning.
            ImportValidatorError: where the file is finished.
        """
        if self._closed and not self._at_work.locked():
            finished = "the file is finished: nothing can be fed to it after close()"
            raise ImportValidatorError(f"nothing more can be fed: {self._given_up}" if self._given_up else finished)
        with self._alone():
            return self._feed(chunk)

    def _feed(self, chunk: bytes) -> list[Violation]:
        self._bytes += len(chunk)
        if self._spool is not None:
            self._spool.write(chunk)
        if self._run is None:
            self._head += chunk
            run = self._recognised()
            return run.feed(self._take_head()) if run is not None else []
        return self._run.feed(bytes(chunk))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Work that no other thread may come into. An error, or another thread, gives the file up.

        A second thread must not close what the first one uses: it only leaves word, and the first one gives up when
        it is done, since what the second one wanted to feed is missing.
        """
        if not self._at_work.acquire(blocking=False):
            self._given_up = "the file was given up (two threads used the validator at the same time; use one)"
            raise ImportValidatorError(self._given_up)
        try:
            yield
            if self._given_up:
                raise ImportValidatorError(self._given_up)
        except BaseException as error:
            if isinstance(error, Exception):
                self._given_up = self._given_up or f"the file was given up ({type(error).__name__}: {error})"
            self.abort()
            raise
        finally:
            self._at_work.release()

    def read(self, source: Source, jobs: int, progress: Callable[[Source], None] | None = None) -> Iterator[Violation]:
        """Validate a whole source, and finish. Call it before anything is fed.

        Arguments:
            source: the source.
            jobs: how many threads the compiled lane works on, where it is there and knows the format.
            progress: called after each piece, with the source, whose `bytes_read` says how much was read.

        Yields:
            Every violation, in words, if `stream` was asked for.

        Raises:
            SourceError: where the source cannot be read, or was changed before all of it was checked.
            RecognitionError: where no rule set, or more than one, fits the file's beginning.
        """
        with self._alone():
            try:
                yield from self._read(source, jobs, progress)
            except Exception:
                source.check_unchanged()  # which is then what is to be said
                raise
            source.check_unchanged()

    def _read(self, source: Source, jobs: int, progress: Callable[[Source], None] | None) -> Iterator[Violation]:
        self._threads = max(jobs, 1)
        if self._run is not None:
            self._run.use(self._threads)
        for piece in source.chunks():
            yield from self._feed(piece)
            if progress is not None:
                progress(source)
            if self._run is not None and self._run.stop_if_over(source):
                break
        yield from self._finish()

    def finish(self) -> Iterator[Violation]:
        """End the file, and check its keys.

        Yields:
            The violations that are found now, if `stream` was asked for.
        """
        if self._closed and not self._at_work.locked():
            return
        with self._alone():
            yield from self._finish()

    def _finish(self) -> Iterator[Violation]:
        self._closed = True
        try:
            run = self._recognised(is_all=True)
            assert run is not None
            if self._head:
                yield from run.feed(self._take_head())
            yield from run.finish(self._bytes, self._content)
            self._finished = True
        finally:
            self.abort()

    def close(self) -> Report:
        """End the file, and return the report. Temporary files are then gone.

        Raises:
            RecognitionError: where no rule set, or more than one, fits the file's beginning.
        """
        for _ in self.finish():
            pass
        return self.report

    def abort(self) -> None:
        """Stop, and drop everything that was kept. There is no report unless the file was finished."""
        self._closed = True
        if self._content_again is not None:
            self._content_again.close()
        if self._run is not None:
            self._run.drop()

    def __enter__(self) -> Validator:
        return self

    def __exit__(self, *exception: object) -> None:
        self.abort()

    def _begin(self, rule_set: RuleSet) -> Run:
        plan = take_plan(rule_set, self._params, self._choices)
        max_record = self._max_record or plan.max_record
        self._run = Run(plan, self._memory, self._samples, self._tmp, max_record, stream=self._stream)
        self._run.use(self._threads)
        try:
            for record_type, keys in self._existing.items():
                for rows in existing_facts(plan, record_type, keys, max_record, self._tmp):
                    self._run.know(record_type, rows)
        except BaseException:
            self._run.drop()
            raise
        return self._run

    def _recognised(self, *, is_all: bool = False) -> Run | None:
        """The run of the rule set that fits what was fed; None where more has to be fed to tell.

        Invariant: what is looked at has one of a few sizes, or is all there is, so that the answer does not depend on
        how the file is cut into chunks.

        Arguments:
            is_all: whether nothing more will be fed.
        """
        while self._run is None and (is_all or len(self._head) >= self._head_size):
            try:
                rule_set, self._why = recognise(bytes(self._head[: self._head_size]))
            except SeveralFitError:
                if self._head_size >= min(LARGEST_HEAD, len(self._head) if is_all else LARGEST_HEAD):
                    raise
                self._head_size *= 4
            else:
                self._begin(rule_set)
        return self._run

    def _take_head(self) -> bytes:
        head, self._head = bytes(self._head), bytearray()
        return head

    def _content(self) -> ReadAgain:
        if self._content_again is None:
            assert self._read_again is not None
            self._content_again = self._read_again()
        return self._content_again


def _samples(samples: int) -> int:
    if not isinstance(samples, int) or isinstance(samples, bool) or samples < 0:
        raise ImportValidatorError(f"samples: {samples!r} is no number of violations; write 0 or more")
    return samples


def _size(name: str, size: int | str) -> int:
    try:
        return parse_size(size)
    except ValueError as error:
        raise ImportValidatorError(f"{name}: {error}") from error
