"""A reader that has most records judged without parsing them, and reads the others as the format's own reader does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from .base import Before, Cells, Opening, Reader, ValuesReader
from .batch import Batch, Cursor, Problem, Rereader
from .judged import Judge, Judged, Vouched
from .kinds import HEAD_SIZE

if TYPE_CHECKING:
    from concurrent.futures import ThreadPoolExecutor

ROUND = 256 * 1024
"""So many bytes are judged at a time where somebody feeds them, who waits about a millisecond for it."""

LARGE_ROUND = 512 * 1024
"""So many by each thread that has a file to itself: to begin and end with them should take little of the time. Twice as
many are no faster, and take 20 MB more with two threads; half as many are a tenth slower."""


class _Round(NamedTuple):
    """A text that is judged, or was.

    Attributes:
        text: the text.
        start: where it begins in the file.
        before: what stands before it.
        judged: what the judge says.
        ends: whether the judge cannot go on after it: more bytes do not help, or there are more than a record may have.
    """

    text: bytes
    start: Cursor
    before: Before
    judged: Judged
    ends: bool


class VouchingReader(Reader):
    """Reads a file by a judge, as far as that knows what is there.

    What the judge refuses, value by value, is parsed. Where it cannot go on, the format's own reader does: at the
    closing bracket, at what is no JSON, at a record that is longer than records may be. If the reader gets past that,
    the judge goes on after it.

    Arguments:
        reader: the format's own reader, which was fed nothing.
        judge: what vouches for records.
        threads: how many threads judge; 0 where what is fed is judged as it comes. It can be changed before anything is
            fed.
    """

    def __init__(self, reader: ValuesReader, judge: Judge, threads: int = 0) -> None:
        super().__init__(max_record=reader.max_record, setup=reader.setup)
        self._reader = reader
        self._judge = judge
        self.threads = threads
        self._pool: ThreadPoolExecutor | None = None
        self._under_way: tuple[bytes, Callable[[], Judged]] | None = None
        self._rest: ValuesReader | None = None
        self._begun = False
        # What was not judged yet, but for what is under way: it begins at `_cursor`, or after what is.
        self._buffer = bytearray()
        self._wanted = HEAD_SIZE
        self._cursor = Cursor()
        self._before = Before.NOTHING
        self._values = 0

    @property
    def rereader(self) -> Rereader:
        return self._reader.rereader

    @property
    def cells(self) -> Cells | None:
        return self._reader.cells

    @property
    def is_over(self) -> bool:
        return self._rest is not None and self._rest.is_over

    def drop(self) -> None:
        if self._pool is not None:
            self._pool.shutdown()
            self._pool = None

    def feed(self, data: bytes) -> Iterator[Batch]:
        if self._rest is not None:
            yield from self._rest.feed(data)
            self._take_back(self._rest)
            return
        with memoryview(data) as view:
            for begin in range(0, len(data), LARGE_ROUND):
                self._buffer += view[begin : begin + LARGE_ROUND]
                while self._rest is None and self._buffer and len(self._buffer) >= self._wanted:
                    yield from self._go_on(is_last=False)
                if self._rest is not None:
                    yield from self._rest.feed(bytes(view[begin + LARGE_ROUND :]))
                    return

    def close(self) -> Iterator[Batch]:
        while self._rest is None:
            yield from self._go_on(is_last=True)
            if not self._buffer and self._under_way is None:
                break
        if self._rest is not None:
            yield from self._rest.close()

    @staticmethod
    def first_values(head: bytes) -> list[Any] | None:
        raise NotImplementedError("files are recognised by the format's own reader")

    def _go_on(self, *, is_last: bool) -> Iterator[Batch]:
        """Have what is there judged, and give what was."""
        if not self._begun:
            opening = self._begin()
            if opening is None:
                # What it saw of the file is forgotten: it is fed all of it now.
                self._reader = type(self._reader)(max_record=self.max_record, setup=self.setup)
                yield from self._hand_over_to(self._reader)
                return
            yield from opening.batches
        done = self._done()
        if done is None or (not done.ends and (is_last or len(self._buffer) >= self._wanted)):
            self._have_judged(is_last=is_last)
        if done is not None:
            yield from self._given(done)
        if self._rest is None and (self.threads <= 1 or is_last) and (done := self._done()) is not None:
            yield from self._given(done)
        paused = done is not None and done.judged.paused
        if self._rest is None and is_last and not paused and (self._buffer or not self._values):
            yield from self._hand_over()

    def _begin(self) -> Opening | None:
        """Go past what stands before the first value; None where the format's own reader has to say what is there."""
        self._begun = True
        opening = self._reader.opening(bytes(self._buffer[:HEAD_SIZE]))
        if opening is not None:
            del self._buffer[: opening.end.offset]
            self._cursor = opening.end
            if opening.table is not None:
                self._judge.set_table(opening.table)
        return opening

    def _have_judged(self, *, is_last: bool) -> None:
        """Begin with what is in the buffer; by several threads it is judged while others work."""
        text = bytes(self._buffer)
        self._buffer.clear()
        judge = partial(
            self._judge.judge,
            text,
            layout=self._reader.layout,
            after_value=self._before is Before.VALUE,
            is_last=is_last,
            threads=max(self.threads, 1),
        )
        if self.threads > 1 and not is_last:
            if self._pool is None:
                from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 - most runs need none

                self._pool = ThreadPoolExecutor(1)
            self._under_way = text, self._pool.submit(judge).result
        else:
            self._under_way = text, judge

    def _done(self) -> _Round | None:
        """What was under way, when it is done: the reader then stands where the judge stopped."""
        if self._under_way is None:
            return None
        (text, judge), self._under_way = self._under_way, None
        judged = judge()
        rest = len(text) - judged.consumed
        ends = judged.stuck or (rest > self.max_record and not judged.paused)
        done = _Round(text, self._cursor, self._before, judged, ends)
        if self._reader.layout == "array":
            self._cursor = self._cursor.advanced(text, 0, judged.consumed, judged.lines)
            self._before = Before.VALUE if judged.values else self._before
        else:
            self._cursor = Cursor(self._cursor.offset + judged.consumed, self._cursor.line + judged.lines)
        self._values += judged.values
        self._buffer[:0] = memoryview(text)[judged.consumed :]
        # What is not whole yet is looked at again when there is twice as much: a long record costs no more than that.
        size = self.threads * LARGE_ROUND or ROUND
        self._wanted = 0 if judged.paused else max(size, min(2 * rest, self.max_record + 1))
        return done

    def _given(self, done: _Round) -> Iterator[Batch]:
        """The records of a round; then the format's own reader goes on, if it has to."""
        batch = self._batch(done)
        if batch is None:
            self._go_back(done)
        elif done.judged.values:
            yield batch
        if batch is None or done.ends:
            yield from self._hand_over()

    def _batch(self, done: _Round) -> Batch | None:
        """The records of a round; None where nothing after one of its values can be read."""
        text, judged = done.text, done.judged
        texts = [text[each.begin : each.end] for each in judged.refused]
        read = (self._reader.read_together(texts) if texts else ([], [])) or self._one_by_one(done)
        if read is None:
            return None
        values, problems = read
        sizes = [
            0 if each.entries is not None else self._judge.records_in(value)
            for each, value in zip(judged.refused, values, strict=True)
        ]
        vouched = Vouched(judged, values, sizes)
        index = self._values - judged.values
        return Batch(vouched, memoryview(text)[: judged.consumed], index, done.start, problems)

    def _one_by_one(self, done: _Round) -> tuple[list[Any], list[Problem]] | None:
        """The values of a round that are refused; None where nothing after one of them can be read."""
        values: list[Any] = []
        problems: list[Problem] = []
        for number, each in enumerate(done.judged.refused):
            place = Cursor(done.start.offset + each.begin, done.start.line + each.lines)
            read = self._reader.read_alone(done.text, each.begin, each.end, place, number)
            if read is None:
                return None
            values.append(read[0])
            problems += read[1]
        return values, problems

    def _go_back(self, done: _Round) -> None:
        """Stand at the beginning of a round again, as if nothing of it, and of what follows, had been judged."""
        following = bytes(self._buffer)
        if self._under_way is not None:
            later, judge = self._under_way
            self._under_way = None
            judge()
            following = later + following
        following = following[len(done.text) - done.judged.consumed :]
        self._buffer = bytearray(done.text + following)
        self._cursor, self._before = done.start, done.before
        self._values -= done.judged.values

    def _hand_over(self) -> Iterator[Batch]:
        """Have the format's own reader go on from here."""
        yield from self._hand_over_to(self._reader.resumed_after(self._cursor, self._values, self._before))

    def _hand_over_to(self, reader: ValuesReader) -> Iterator[Batch]:
        self._rest = reader
        data = bytes(self._buffer)
        self._buffer.clear()
        yield from reader.feed(data)

    def _take_back(self, rest: ValuesReader) -> None:
        """Go on by the judge, where the format's own reader got past what that did not know."""
        if rest.cursor.offset > self._cursor.offset and (unread := rest.give_back()) is not None:
            data, self._cursor, self._values, self._before = unread
            self._buffer = bytearray(data)
            self._wanted = 0
            self._rest = None
