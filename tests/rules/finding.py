"""A rule set of one record type, and what is found in records of it."""

from __future__ import annotations

import json
import tomllib
from typing import Any

from import_validator import RuleSet, validate
from tests.strategies import in_pieces

Found = tuple[str, int | None, str, str]

Record = dict[str, Any] | tuple[str, Any]


def thing(*rules: str, fields: str = "", more: str = "") -> str:
    """A rule set of one record type, as TOML."""
    listed = ",\n    ".join(f"{{ {rule} }}" for rule in rules)
    return f'name = "own"\n{more}\n[records.thing]\nrules = [\n    {listed}\n]\n[records.thing.fields]\n{fields}\n'


FIELDS_OF = ("field", "fields", "other", "parts", "needs", "names", "within", "key", "through", "of", "by")
"""The options that name fields of the record itself, for most kinds."""


def rule_set_of(text: str) -> RuleSet:
    """The rule set that the text describes, in which fields that it does not declare are declared as `any`."""
    document = tomllib.loads(text)
    for kind in ("records", "shapes", "lines"):
        for table in document.get(kind, {}).values():
            derived = table.get("derived", {})
            named = [
                each.get(option, ()) for each in (*table.get("rules", ()), *derived.values()) for option in FIELDS_OF
            ]
            listed = [[each] if isinstance(each, str) else each for each in (*named, table.get("key", ()))]
            names = [name for names in listed for name in names if "." not in name and name not in derived]
            table["fields"] = dict.fromkeys(names, "any") | table.get("fields", {})
    return RuleSet.from_dict(document)


def file_of(*records: Record) -> bytes:
    """A file of these records; of those of type `thing`, the fields are enough."""
    typed = [each if isinstance(each, tuple) else ("thing", each) for each in records]
    return json.dumps([{"type": name, "item": fields} for name, fields in typed]).encode()


def find(rules: str, *records: Record, **options: Any) -> list[Found]:
    """What is found in the records: the same in memory, spilled, and in pieces."""
    rule_set, data = rule_set_of(rules), file_of(*records)
    options = {"samples": 100_000, **options}
    reports = [
        validate(data, rule_set, **options),
        validate(data, rule_set, **options, memory=1),
        validate(in_pieces(data, 997), rule_set, **options),
    ]
    found = [[(each.rule, each.index, each.path, each.message) for each in report.violations] for report in reports]
    assert found[1:] == found[:1] * 2
    assert [report.records for report in reports[1:]] == [reports[0].records] * 2
    return found[0]


def invalid(rule: str, index: int, path: str, message: str) -> Found:
    return (rule, index, path, f"validation error: {message}")


def dangling(rule: str, index: int, path: str, message: str) -> Found:
    return (rule, index, path, f"reference error: {message}")
