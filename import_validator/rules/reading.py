"""The rules that every file of a format is held to before its records' own rules are asked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from ..model.violation import Severity, Stage
from .base import ReadingRule
from .breaking import Damage, FileBench
from .kind import kind_of_rule


class Parse(ReadingRule):
    """The file must be what its format says: JSON, from the first byte to the last.

    ## What it checks
    The file can be read as its format to its end. Everything before the mistake is validated and reported;
    nothing after it is guessed at.

    ## Why it matters
    The target system cannot read the file beyond that place either.

    ## Example
    `[{"type": "user", "item": {"id": "ann"}}` and then the end of the file: the array is not closed.

    ## How to mend it
    Look at the line, column and byte offset that the violation gives. Files cut short by a full disk or an
    interrupted download end in the middle of a record; files put together by hand lack a comma.
    """

    kind: ClassVar[str] = "parse"
    default_hint: ClassVar[str] = "{advice}"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        if file.columns:
            yield Damage(file.replaced(b'"not closed'), in_mark=True)
            return
        for text in (b"oops", b"'single'", b"True", b"undefined"):
            yield Damage(text)


class Encoding(ReadingRule):
    """Text must be Unicode.

    ## What it checks
    The bytes are UTF-8, and no string holds half a surrogate pair (an escape `\\ud800`–`\\udfff` without
    its other half).

    ## Why it matters
    Such text cannot be stored; it is refused, or replaced by question marks.

    ## Example
    `"caf\\udce9"`, which programs leave behind that read Latin-1 as if it were UTF-8.

    ## How to mend it
    Write the file again with its text decoded as what it was. An emoji that was cut in half by shortening
    text to a length loses its other half.
    """

    kind: ClassVar[str] = "encoding"
    default_hint: ClassVar[str] = "decode the text as what it is, and write it as UTF-8"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        if file.columns:
            for text in (b"\xff", b"caf\xe9", b"\x00"):
                yield Damage(file.replaced(text), typed=True, in_mark=True)
            return
        for text in (b'"\\ud800"', b'"\xff"', b'"caf\xe9"', b'"\\udc00\\ud800"', b'"\xed\xa0\x80"'):
            yield Damage(file.replaced(text), typed=True)


class Number(ReadingRule):
    """Numbers must fit a double.

    ## What it checks
    No number is larger than a 64 bit floating point number can be (about 1.8 × 10³⁰⁸).

    ## Why it matters
    JSON sets no limit, the programs that read it do.

    ## Example
    An integer of a thousand digits, or `1e400`.

    ## How to mend it
    Write such a number as a string.
    """

    kind: ClassVar[str] = "number"
    default_hint: ClassVar[str] = "write the number as a string"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        for text in (b"1e400", b"-1e999", b"9" * 5000):
            yield Damage(file.replaced(text), typed=True)


class Nesting(ReadingRule):
    """Arrays and objects must not be nested without end.

    ## What it checks
    A record has at most about a thousand levels of arrays and objects in each other.

    ## Why it matters
    Programs that read JSON give up at some depth, or crash.

    ## Example
    A hundred thousand `[` in a row.

    ## How to mend it
    Look for a loop in the program that writes the file.
    """

    kind: ClassVar[str] = "nesting"
    default_hint: ClassVar[str] = "flatten the record"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        yield Damage(file.replaced(b"[" * 3000 + b"]" * 3000))


@kind_of_rule
class DuplicateName(ReadingRule):
    """A name must not stand twice in one object.

    ## What it checks
    No object of a record, nor what the record is wrapped in, has two members of the same name, however the name is
    written: `"id"` and `"\\u0069d"` are the same. For Transit, names are compared as they are decoded. Each object and
    each name makes one violation. Everything else is checked with the last of the values.

    ## Why it matters
    JSON allows it and does not say what it means: some programs read the first value, most the last, some refuse the
    file. Nobody knows which of them the target system reads. So it is a warning; `--severity duplicate-name=error`
    makes it an error, `off` does without the check.

    ## Example
    `{"type": "user", "item": {"id": "a b", "id": "ann"}}`

    ## How to mend it
    Keep the member that is meant. Programs that put JSON together as text, instead of with a library, write a field
    twice where it comes from two places.
    """

    kind: ClassVar[str] = "duplicate-name"
    default_hint: ClassVar[str] = "keep one of them; nobody knows which one the importer reads"
    can_be_off: ClassVar[bool] = True

    severity: Severity = Severity.WARNING

    def damages(self, file: FileBench) -> Iterator[Damage]:
        name, mark = file.encode(file.mark_field), file.encode(file.mark)
        yield Damage(file.replaced(b"%b,%b:%b" % (mark, name, mark)), typed=True, in_mark=True)
        yield Damage(file.replaced(b"1,%b: [],%b:%b" % (name, name, mark)), typed=True, in_mark=True)
        if file.is_custom:
            for text in (b'{"a":1,"a":1}', b'{"":[{"x":{}}],"":{}}', b'{"\\u0061":":","b":"\\":","a":null}'):
                path = "/" if b'""' in text else "/a"
                yield Damage(file.replaced(text), typed=True, in_mark=True, path=path)
        if named := file.envelope.type:
            member = b"%b:%b," % (file.encode(named), file.encode(file.value[named]))
            path = f"/{named}" if file.envelope.entries or not file.envelope.fields else ""
            yield Damage(file.encode(file.value).replace(b"{", b"{" + member, 1), typed=True, path=path)


class RecordSize(ReadingRule):
    """A record must not be longer than can be read at once.

    ## What it checks
    A record has at most as many bytes as `--max-record` says, 16 MB by default. A longer one is passed over;
    the records after it are read.

    ## Why it matters
    Memory use would have no bound, here and in the target system.

    ## Example
    A message with a 100 MB picture in its text.

    ## How to mend it
    Put large content elsewhere and refer to it. Where records are right to be that long, raise the limit.
    """

    kind: ClassVar[str] = "record-size"
    default_hint: ClassVar[str] = "shorten the record, or raise --max-record"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        limit = 2 * max(map(len, file.texts)) + 1000
        yield Damage(file.replaced(b'"' + b"x" * 2 * limit + b'"'), options={"max_record": limit})


class FileSize(ReadingRule):
    """A file must not be larger than the target system takes.

    ## What it checks
    The file, decompressed, has at most as many bytes as the rule set's reader says.

    ## Why it matters
    The upload would be refused.

    ## Example
    A 400 MB file for an import that takes 300 MB.

    ## How to mend it
    Split the file, or ask the system's maker for a higher limit and give it as a parameter.
    """

    kind: ClassVar[str] = "file-size"
    default_stage: ClassVar[Stage] = Stage.VALIDATION
    default_hint: ClassVar[str] = "split the file"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        if parameter := file.parameter("max_size"):
            yield Damage(None, options={"params": {parameter: file.size() - 1}}, of_file=True)


class BodySize(ReadingRule):
    """A request body must not be larger than the target system takes.

    ## What it checks
    Each body has at most as many bytes as the rule set's reader says.

    ## Why it matters
    The request is refused as a whole, with status 413.

    ## Example
    A body of 5 MB for an API that takes 4 MB.

    ## How to mend it
    Send the records in several requests.
    """

    kind: ClassVar[str] = "body-size"
    default_stage: ClassVar[Stage] = Stage.VALIDATION
    default_hint: ClassVar[str] = "send the records in several requests"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        if parameter := file.parameter("max_body"):
            yield Damage(None, options={"params": {parameter: file.body_size() - 1}}, of_body=True)


class BodyRecords(ReadingRule):
    """A request body must not have more records than the target system takes.

    ## What it checks
    Each body has at most as many records as the rule set's reader says.

    ## Why it matters
    The request is refused as a whole.

    ## Example
    A body of 25,000 records for an API that takes 20,000.

    ## How to mend it
    Send the records in several requests.
    """

    kind: ClassVar[str] = "body-records"
    default_stage: ClassVar[Stage] = Stage.VALIDATION
    default_hint: ClassVar[str] = "send the records in several requests"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        if file.fill():
            parameter = file.parameter("max_body")
            params = {"params": {parameter: file.body_size()}} if parameter else {}
            yield Damage(None, options=params, of_body=True)


class RecordType(ReadingRule):
    """A record must be of a type that the format has.

    ## What it checks
    The record is an object and says its type, and the format knows that type.

    ## Why it matters
    Nobody can say what else the record should hold to.

    ## Example
    `{"type": "bogus", "item": {}}`

    ## How to mend it
    Correct the type, or leave the record out.
    """

    kind: ClassVar[str] = "record-type"
    default_message: ClassVar[str] = 'invalid item type "{value}"'
    default_hint: ClassVar[str] = "{meant}use one of: {known}"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        if file.envelope.type:
            for named in ("bogus", f"{file.value[file.envelope.type]}s ", "", 7, None):
                yield Damage(file.encode({**file.value, file.envelope.type: named}))


class Envelope(ReadingRule):
    """A record must be wrapped as the format has it.

    ## What it checks
    The record is an object with the keys of the format's envelope: one for the type, one for the fields.

    ## Why it matters
    Without it, the target system does not find the fields.

    ## Example
    `{"type": "user", "id": "ann"}` where `{"type": "user", "item": {"id": "ann"}}` is wanted.

    ## How to mend it
    Move the fields into the object that the format names.
    """

    kind: ClassVar[str] = "envelope"
    default_hint: ClassVar[str] = "write the record as {pattern}"

    def damages(self, file: FileBench) -> Iterator[Damage]:
        yield Damage(file.encode(7))
        fields_key = file.envelope.fields_key(file.value)
        if fields_key and not file.envelope.entries:
            left = {name: each for name, each in file.value.items() if name != fields_key}
            yield Damage(file.encode(left), typed=True)
        if file.envelope.closed:
            yield Damage(file.encode({**file.value, "id": "x"}), typed=True)


READING_RULES: tuple[type[ReadingRule], ...] = (
    Parse, Encoding, Number, Nesting, DuplicateName, RecordSize, FileSize, BodySize, BodyRecords, RecordType, Envelope,
)  # fmt: skip
