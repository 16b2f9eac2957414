"""The elements of a JSON array one by one: where each begins, and what each holds."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from .json_text import WHITESPACE, ElementScanner, ReadResult, read_value, too_long

SEPARATORS = WHITESPACE + b","
_LONGEST_TOKEN = 8
_NOT_WHITESPACE = re.compile(rb"[^ \t\n\r]")
_raw_elements = msgspec.json.Decoder(list[msgspec.Raw])


def offsets_of_elements(data: bytes) -> list[int]:
    """Where each element begins that stands in the data, with the commas between them."""
    try:
        elements = _raw_elements.decode(b"[" + data.rstrip(SEPARATORS) + b"]")
    except (msgspec.DecodeError, RecursionError):
        return [start for start, _ in spans_of(data)]
    offsets = []
    end = 0
    for element in elements:
        while data[end] in SEPARATORS:
            end += 1
        offsets.append(end)
        end += len(memoryview(element))
    return offsets


def spans_of(data: bytes) -> Iterator[tuple[int, int]]:
    """Where the elements in `data` lie, found by scanner: for data that the parsers refuse."""
    buffer = bytearray(data.rstrip(SEPARATORS) + b"]")
    scanner = ElementScanner()
    begin = 0
    while begin < len(buffer):
        match = _NOT_WHITESPACE.search(buffer, begin)
        end = scanner.find_end(buffer)
        if match is None or end is None:  # pragma: no cover - data comes from a batch, whose elements end
            return
        yield match.start(), end
        begin = end + 1


def read_element(data: bytes, max_record: int) -> ReadResult:
    """An element, or as much of it as is longer than records may be: malformed up to there, or too long."""
    begin = len(data) - len(data.lstrip(WHITESPACE))
    if len(data) - begin <= max_record:
        result = read_value(data)
        return result._replace(at=len(data)) if result.is_malformed and begin == len(data) else result
    result = read_value(data[begin : begin + max_record + 1])
    cut_off = result.at is None or result.at > max_record - _LONGEST_TOKEN or "nterminated" in result.message
    if result.is_malformed and not cut_off:
        return result._replace(at=begin + (result.at or 0))
    return too_long(max_record)
