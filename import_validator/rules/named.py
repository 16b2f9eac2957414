"""Rules about the keys of an object that another field names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from .base import Fields, Finding, RecordRule


@dataclass(frozen=True, kw_only=True)
class NamedKeys(RecordRule):
    """An object must have the keys that another field names.

    ## What it checks
    The object has every key that `names` lists, and none of them is null.

    ## Why it matters
    These keys tell the rows of a table apart; a row without them cannot be stored.

    ## Example
    `"key_names": ["id"], "data": {"status": "new"}`

    ## How to mend it
    Add the key to the data, or take it out of the list.

    Attributes:
        field: the field with the object.
        names: the field with the list of keys.
    """

    kind: ClassVar[str] = "named-keys"
    default_message: ClassVar[str] = '{subject}.{field} lacks its key "{value}"'
    default_hint: ClassVar[str] = 'add "{value}" to {field}, or take it out of {names}'

    field: str
    names: str

    def check(self, fields: Fields) -> Iterator[Finding]:
        data, names = fields.get(self.field), fields.get(self.names)
        if isinstance(data, dict) and isinstance(names, list):
            for name in dict.fromkeys(each for each in names if isinstance(each, str)):
                if data.get(name) is None:
                    yield Finding((self.field, name), name)


@dataclass(frozen=True, kw_only=True)
class NamedKeyLength(RecordRule):
    """A key that is text must not be longer than the target system can hold.

    ## What it checks
    Where the object's value of a key that `names` lists is a string, it has at most `characters` characters.

    ## Why it matters
    Longer keys are refused.

    ## Example
    `"key_names": ["url"]`, and a URL of 400 characters.

    ## How to mend it
    Use a shorter key, such as a hash of the long one.

    Attributes:
        field: the field with the object.
        names: the field with the list of keys.
        characters: the limit.
    """

    kind: ClassVar[str] = "named-key-length"
    default_message: ClassVar[str] = "{subject}.{field}.{key} max length exceeded ({limit})"
    default_hint: ClassVar[str] = "shorten it to {limit} characters; it has {length}"

    field: str
    names: str
    characters: int

    def check(self, fields: Fields) -> Iterator[Finding]:
        data, names = fields.get(self.field), fields.get(self.names)
        if not isinstance(data, dict) or not isinstance(names, list):
            return
        for name in dict.fromkeys(each for each in names if isinstance(each, str)):
            value = data.get(name)
            if isinstance(value, str) and len(value) > self.characters:
                details = {"key": name, "limit": str(self.characters), "length": str(len(value))}
                yield Finding((self.field, name), value, details)
