"""What every output format is given, and when."""

from __future__ import annotations

import codecs
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, ClassVar

from ...model.escaping import as_ascii
from ...model.violation import Violation
from ...ruleset.plan import Plan
from ..report import Report


class Output(ABC):
    """Writes what was found in one or more files.

    Arguments:
        stream: where it is written, as text.
        files: how many files there will be.
        tmp: folder for temporary files; the system's own where None.
        samples: how many violations of each rule the user asked for; None where the user did not say.

    Attributes:
        has_report: whether anything was said of a file: where not, what was written is no report.
    """

    name: ClassVar[str]
    streams: ClassVar[bool] = False
    """Whether it wants every violation as it is found, not the sample alone."""
    cascade: ClassVar[bool] = False
    """Whether it reports as if only valid records defined keys."""

    def __init__(self, stream: IO[str], files: int, tmp: str | None = None, samples: int | None = None) -> None:
        self.stream = stream
        self.has_report = False
        self.files = files
        self.tmp = tmp
        self.samples = samples

    @contextmanager
    def file(self, name: str) -> Iterator[None]:
        """Around each file, from before it is read."""
        yield

    def violation(self, violation: Violation, plan: Plan) -> None:
        """Take a violation as it is found. Called only where the format wants that."""
        raise NotImplementedError

    def report(self, report: Report, plan: Plan) -> None:
        """Take the report of a file that was read to its end."""
        self.has_report = True
        self.write_report(report, plan)

    @abstractmethod
    def write_report(self, report: Report, plan: Plan) -> None:
        """Write the report of a file, now or in the end."""

    def failed(self, name: str, error: str) -> None:  # noqa: B027 - most formats leave it to standard error
        """Take the reason why a file could not be validated."""

    def finish(self) -> None:  # noqa: B027 - most formats have nothing left to write
        """Write what is still to be written, after the last file."""


def write_json(stream: IO[str], text: str) -> None:
    """Write JSON, which is UTF-8, as ASCII to a stream of any other encoding."""
    encoding = getattr(stream, "encoding", None)
    in_utf_8 = encoding is None or codecs.lookup(encoding).name == "utf-8"
    stream.write(text if in_utf_8 else as_ascii(text))
