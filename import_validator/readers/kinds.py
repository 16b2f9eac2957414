"""What the beginning of a file looks like, to say so of a file that is not what it should be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .json_text import BOM, WHITESPACE, read_value

HEAD_SIZE = 64 * 1024
"""How many bytes of a file are looked at to tell what it is."""

JSON_LINES = "JSON Lines"
JSON_ARRAY = "a JSON array"
ONE_OBJECT = "one JSON object"
TRANSIT = "Transit"
TABLE = "a table (CSV)"
WORKBOOK = "a workbook (.xlsx), or another ZIP archive"

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0"

_MAGIC = {
    ZIP: WORKBOOK,
    OLE: "a workbook (.xls)",
    b"%PDF": "a PDF document",
    b"\xff\xfe": "UTF-16 text",
    b"\xfe\xff": "UTF-16 text",
}
_TRANSIT_ARRAY = re.compile(rb'\[[ \t\n\r]*(?:\[[ \t\n\r]*"\^ "|"~#[^"]*"[ \t\n\r]*,|\{[ \t\n\r]*"~[:#$])')
"""An array whose first value is a map or a tagged value, as Transit writes it; no JSON of records begins so."""
_HTML = re.compile(rb"<(?:!doctype\s+html|html)\b", re.IGNORECASE)
_XML = re.compile(rb"<[?!a-z]", re.IGNORECASE)
_DELIMITER = re.compile(rb"[,;\t]")
_BRACKET = re.compile(rb"[][{}]")


def kind_of(head: bytes) -> str:
    """What the beginning of a file looks like, in words; empty where it looks like nothing that is known.

    Arguments:
        head: the first bytes of the file, decompressed; no more than `HEAD_SIZE` of them are looked at.
    """
    head = head[:HEAD_SIZE]
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    text = head.removeprefix(BOM).lstrip(WHITESPACE)
    if b"\0" in text[:64]:
        return "binary data"
    if text.startswith(b"<"):
        return "an HTML page" if _HTML.match(text) else "an XML document" if _XML.match(text) else ""
    lines = _whole_lines(text, is_all=len(head) < HEAD_SIZE)
    if text.startswith(b"["):
        return _kind_of_array(text, lines)
    if text.startswith(b"{"):
        return _kind_of_objects(lines)
    return TABLE if _is_table(text) else ""


def _is_table(text: bytes) -> bool:
    """Whether the first two lines have the same delimiter in them, and the first no brackets."""
    lines = [line for line in text.splitlines() if line.strip()][:2]
    shared = set.intersection(*(set(_DELIMITER.findall(line.strip())) for line in lines)) if len(lines) > 1 else None
    return bool(shared) and not _BRACKET.search(lines[0])


def _whole_lines(text: bytes, *, is_all: bool) -> list[bytes]:
    """The lines that are not blank, without one that may go on after the beginning of the file."""
    lines = text.split(b"\n")
    if not is_all:
        lines.pop()
    return [line.strip(WHITESPACE) for line in lines if line.strip(WHITESPACE)]


def _kind_of_array(text: bytes, lines: Sequence[bytes]) -> str:
    if _TRANSIT_ARRAY.match(text):
        return TRANSIT
    if len(lines) > 1 and _is_value(lines[0]) and _is_value(lines[1]):
        return JSON_LINES  # although its first line is no object
    return JSON_ARRAY


def _kind_of_objects(lines: Sequence[bytes]) -> str:
    if len(lines) > 1 and lines[0] == b"{" and not lines[1].startswith(b"{"):
        return "a JSON object over several lines"
    if not lines or not _is_value(lines[0]):
        return ""
    return JSON_LINES if len(lines) > 1 else ONE_OBJECT


def _is_value(line: bytes) -> bool:
    return not read_value(line).is_malformed
