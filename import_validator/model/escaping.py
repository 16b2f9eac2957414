"""What of a text is shown as an escape: to people, in encodings that cannot hold it, and in JSON."""

from __future__ import annotations

import json
import re

_SURROGATE = re.compile("[\ud800-\udfff]")
_NOT_ASCII = re.compile("[^\\x00-\\x7f]")


def printable(text: str) -> str:
    """The text with everything that is not shown as itself written as an escape, in one line.

    Control characters (C0, DEL, C1), line and paragraph separators, bidirectional controls and other invisible
    characters become escapes as JSON has them, such as `\\u001b` and `\\n`; bytes of a file name that are not UTF-8
    become `\\xff`. Every text for a person goes through here, so that no content of a file can move the cursor,
    colour the terminal or forge a line. What is printable already stays as it is.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escape(each) for each in text)


def encodable(text: str) -> str:
    """The text with what UTF-8 cannot hold, such as bytes of a file name that are not UTF-8, written as escapes."""
    return _SURROGATE.sub(lambda found: _escape(found.group()), text)


def as_ascii(text: str) -> str:
    """The text with all that is not ASCII written as escapes; JSON stays the same JSON."""
    return text if text.isascii() else _NOT_ASCII.sub(lambda found: _escape(found.group()), text)


def _escape(character: str) -> str:
    if "\udc80" <= character <= "\udcff":  # a byte that Python could not decode; see PEP 383
        return f"\\x{ord(character) - 0xDC00:02x}"
    return json.dumps(character)[1:-1]
