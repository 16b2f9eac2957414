"""What is wrong with a rule set is said, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from import_validator import (
    RuleSet,
    RuleSetError,
    Validator,
    validate,
)
from import_validator.readers import READERS
from import_validator.rules import EXPLAINED, KINDS, ReadingRule
from import_validator.rules.derived import DERIVATIONS
from import_validator.rules.types import _BASIC as BASIC_TYPES
from import_validator.ruleset.parameters import _READERS as PARAMETER_TYPES
from tests.samples import VALID
from tests.users import SHIPPED

READING_RULES = [name for name, kind in EXPLAINED.items() if issubclass(kind, ReadingRule)]


FIELDS = dict.fromkeys(("id", "ids", "role", "boss", "parent", "team", "teams", "parts", "text", "type"), "any")


def broken(**tables: Any) -> dict[str, Any]:
    """A rule set in order but for the tables that are given."""
    return {"name": "own", "records": {"user": {"key": ["id"], "fields": {"id": "string"}}}, **tables}


def with_rule(**rule: Any) -> dict[str, Any]:
    return broken(records={"user": {"rules": [rule], "fields": FIELDS}})


def error_in(document: dict[str, Any]) -> str:
    """The message about a broken rule set; one that comes only when it is put to use begins with its name."""
    try:
        rule_set = RuleSet.from_dict(document)
    except RuleSetError as error:
        return str(error)
    with pytest.raises(RuleSetError, match=r"^own: ") as caught:
        Validator(rule_set)
    return str(caught.value).removeprefix("own: ")


TYPES = f"{', '.join(BASIC_TYPES)}, and 'array of' and 'object of' any of them"


def test_text_that_is_not_toml() -> None:
    with pytest.raises(RuleSetError, match=r"^not TOML: "):
        RuleSet.from_toml("[records")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = " + "[" * 3000 + "]" * 3000, "lists and tables nested too deep to be read"),
        ("a = " + "{a = " * 3000 + "1" + "}" * 3000, "lists and tables nested too deep to be read"),
        ("a = [{b = 9223372036854775808}]", "line 1: an integer is too large: integers have at most 64 bits"),
        ("a = -9223372036854775809", "line 1: an integer is too large: integers have at most 64 bits"),
        ("a = 0x" + "f" * 5000, "line 1: an integer is too large: integers have at most 64 bits"),
        ("a = " + "9" * 5000, "an integer is too large: integers have at most 64 bits"),
        (
            "[records.a]\n[name]\na = 9223372036854775807",
            "line 2: the rule set: name has to be text, not {'a': 9223372036854775807}",
        ),
    ],
)
def test_toml_that_is_beyond_what_can_be_read(text: str, message: str) -> None:
    with pytest.raises(RuleSetError) as caught:
        RuleSet.from_toml(text)
    assert str(caught.value) == message


def test_a_name_that_no_rule_set_has() -> None:
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, "chat")
    assert str(caught.value) == f"no rule set 'chat'; there are {SHIPPED}, or a path to a .toml file"


def test_a_path_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.toml"
    with pytest.raises(RuleSetError) as caught:
        validate(VALID, path)
    assert str(caught.value) == f"{path}: No such file or directory"


def test_a_file_that_is_broken_is_named(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text("bogus = 1", "utf-8")
    with pytest.raises(RuleSetError, match="the rule set: unknown bogus") as caught:
        validate(VALID, path)
    assert str(caught.value).startswith(f"{path}:1: ")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({}, "the rule set has no record types: no [records.…"),
        (
            broken(bogus=1, more=2),
            "the rule set: unknown bogus; there are columns, documentation, envelope, …",
        ),
        (broken(reader={"format": "xml"}), f"no reader 'xml'; there are {', '.join(READERS)}"),
        (broken(reader={"size": 1}), "reader: unknown size; there are format, …"),
        (broken(reader="json-array"), "reader: has to be a table"),
        (broken(reader={"max_size": {"param": "most"}}), "reader.max_size: no parameter 'most'"),
        (broken(envelope={"kind": "type"}), "envelope: unknown kind; there are …"),
        (broken(envelope={"absent": ["nil", "null"]}), "envelope.absent: nil; there are null, zero-time"),
        (broken(params={"roles": 1}), "params.roles: has to be a table"),
        (broken(params={"roles": {"type": "names"}}), "params.roles: needs a type and a default"),
        (
            broken(params={"roles": {"type": "list", "default": []}}),
            f"parameter roles: no such type 'list'; there are {', '.join(PARAMETER_TYPES)}",
        ),
        (
            broken(params={"roles": {"type": "names", "default": [1]}}),
            "parameter roles: wants a list of names, not [1]",
        ),
        (
            broken(params={"roles": {"type": "names", "default": [], "min": 1}}),
            "params.roles: unknown min; there are default, each, help, type",
        ),
        (broken(records=[]), "records: has to be a table\nthe rule set has no record types: no [records.…"),
        (broken(records={"user": []}), "records.user: has to be a table"),
        (
            broken(records={"user": {"field": {}}}),
            "records.user: unknown field; did you mean 'fields'?",
        ),
        (broken(records={"user": {"rules": {}}}), "records.user.rules: has to be a list of tables"),
        (broken(records={"user": {"rules": ["unique"]}}), "records.user.rules: has to be a list of tables"),
        (
            broken(records={"user": {"rules": [{"rule": "unique"}]}}),
            "records.user.rules[0]: unique, but user has no key",
        ),
        (
            broken(records={"user": {"fields": {"id": "text"}}}),
            f"records.user.fields.id: no such type: 'text'; there are {TYPES}",
        ),
        (
            broken(records={"user": {"fields": {"ids": "array of text"}}}),
            f"records.user.fields.ids: no such type: 'text'; there are {TYPES}",
        ),
        (
            broken(records={"user": {"fields": {"push": {"type": "object", "fields": {"on": "bool"}}}}}),
            "records.user.fields.push.fields.on: no such type: 'bool'; did you mean 'boolean'?",
        ),
        (
            broken(records={"user": {"derived": {"cid": {"derive": "hash"}}}}),
            f"records.user.derived.cid: derive has to be one of {', '.join(DERIVATIONS)}",
        ),
        (
            broken(records={"user": {"derived": {"cid": {"derive": "set-id", "id": "id"}}}}),
            "records.user.derived.cid: set-id needs set",
        ),
        (with_rule(rule="bogus"), f"records.user.rules[0]: no kind of rule 'bogus'; there are {', '.join(KINDS)}"),
        (with_rule(field="id"), f"records.user.rules[0]: no kind of rule None; there are {', '.join(KINDS)}"),
        (
            with_rule(rule="required", field="id", length=3),
            f"records.user.rules[0]: required has no length; it has {', '.join(KINDS['required'].options())}",
        ),
        (
            with_rule(rule="reserved"),
            "records.user.rules[0]: reserved needs fields",
        ),
        (
            with_rule(rule="max-length", field="id"),
            "records.user.rules[0]: max-length of id: give either bytes or characters",
        ),
        (
            with_rule(rule="max-length", field="id", bytes=1, characters=1),
            "records.user.rules[0]: max-length of id: give either bytes or characters",
        ),
        (
            with_rule(rule="pattern", field="id", pattern="["),
            "records.user.rules[0]: pattern '[': unterminated character set at position 1",
        ),
        (
            with_rule(rule="damaged-id", field="id", pattern="["),
            "records.user.rules[0]: pattern '[': unterminated character set at position 1",
        ),
        (with_rule(rule="refers-to", to="user"), "records.user.rules[0]: refers-to to user: give either field or key"),
        (
            with_rule(rule="refers-to", to="user", field="id", key=["id"]),
            "records.user.rules[0]: refers-to to user: give either field or key",
        ),
        (with_rule(rule="each", field="parts", shape="part"), "records.user.rules[0]: each of parts: no shape 'part'"),
        (
            with_rule(rule="required", field="id", severity="fatal"),
            "records.user.rules[0]: severity has to be one of error, warning, not 'fatal'",
        ),
        (
            with_rule(rule="required", field="id", stage="late"),
            "records.user.rules[0]: stage has to be one of parse, validation, reference, not 'late'",
        ),
        (
            with_rule(rule="enum", field="role", values={"param": "roles"}),
            "records.user.rules[0]: no parameter 'roles'",
        ),
        (
            with_rule(rule="enum", field="role", values={"param": ["roles"]}),
            "records.user.rules[0]: no parameter ['roles']",
        ),
        (
            with_rule(rule="required", field="id", message={"name": "{name} has no id"}),
            "records.user.rules[0]: message: several need one called otherwise, for records with none of the fields",
        ),
        (
            with_rule(rule="required", field="id", when="strict"),
            "records.user.rules[0]: when: no parameter 'strict'; there are cascade",
        ),
        (
            with_rule(rule="required", field="id", unless="lax"),
            "records.user.rules[0]: unless: no parameter 'lax'; there are cascade",
        ),
        (
            broken(records={"user": {"fields": FIELDS, "rules": [{"rule": "required", "field": "id"}] * 2}}),
            "two rules are called user.id:required; give one of them a code of its own",
        ),
        (
            with_rule(rule="refers-to-root", field="parent", to="nobody", parent="parent"),
            "records.user.rules[0]: refers-to-root: to: no record type 'nobody'; there are user\n"
            "own: records.user.rules[0]: refers-to-root: parent: no record type 'nobody'; there are user",
        ),
        (
            with_rule(rule="shares-value", field="id", of="user.teams", one="nobody.team", through=["id"]),
            "records.user.rules[0]: shares-value: one: no record type 'nobody'; there are user",
        ),
        (
            with_rule(rule="shares-value", field="id", of="user.teams", one="user.team", through=["id"]),
            "user.id:shares-value: user has no key",
        ),
        (with_rule(rule="unique", key=[]), "user:unique: a key has to have parts"),
        (
            with_rule(rule="increasing", field="id", key=[]),
            "user.id:increasing: a key has to have parts",
        ),
        (with_rule(rule="refers-to", field="boss", to="user"), "user.boss:refers-to: user has no key"),
        (
            broken(records={"user": {"fields": FIELDS, "key": ["team", "id"], "rules": [
                {"rule": "refers-to", "field": "boss", "to": "user"}]}}),
            "user.boss:refers-to: user is found by 2 parts, not by 1",
        ),
        (
            broken(records={"user": {"fields": FIELDS, "key": ["id"], "rules": [
                {"rule": "refers-to", "field": "ids", "each": True, "split": ":", "to": "user"}]}}),
            "user.ids:refers-to: user is found by 1 part, not by 2",
        ),
    ],
)  # fmt: skip
def test_a_broken_rule_set_is_an_error_that_says_what_is_wrong(document: dict[str, Any], message: str) -> None:
    beginning, cut, _ = message.partition("…")  # where what there is to choose from is still growing
    error = error_in(document)
    assert (error[: len(beginning)] if cut else error) == beginning


@pytest.mark.parametrize(
    "rule",
    [
        {"rule": "refers-to", "field": "boss", "to": "nobody"},
        {"rule": "complete", "each": "ids", "key": ["ids"], "to": "nobody"},
    ],
    ids=lambda rule: rule["rule"],
)
def test_a_reference_to_a_record_type_that_there_is_not_is_an_error(rule: dict[str, Any]) -> None:
    place = f"records.user.rules[0]: {rule['rule']}: to"
    assert error_in(with_rule(**rule)) == f"{place}: no record type 'nobody'; there are user"


def test_a_rule_of_a_shape_that_two_record_types_look_into_is_said_to_be_wrong_once() -> None:
    into_part = {"rules": [{"rule": "each", "field": "parts", "shape": "part"}], "fields": {"parts": "array of part"}}
    wrong = {"rules": [{"rule": "required", "field": {"a": 1}}], "fields": {"id": "string"}}
    document = broken(records={"one": into_part, "two": into_part}, shapes={"part": wrong})
    assert error_in(document).endswith("shapes.part.rules[0]: required: field has to be text, not {'a': 1}")


def in_place(document: dict[str, Any], message: str) -> Any:
    """A case that is called by the place in the rule set that its message names."""
    return pytest.param(document, message, id=message.partition(" has to be")[0].partition(": no ")[0])


@pytest.mark.parametrize(
    ("document", "message"),
    [
        in_place(
            broken(records={"user": {"fields": {"id": 7}}}),
            "records.user.fields.id: has to be a type or a table, not 7",
        ),
        in_place(
            broken(records={"user": {"fields": {"id": {"type": 7}}}}),
            "records.user.fields.id: the type has to be text, not 7",
        ),
        in_place(
            broken(records={"user": {"fields": {"id": {"type": ["string"]}}}}),
            "records.user.fields.id: the type has to be text, not ['string']",
        ),
        in_place(broken(records={"user": {"key": "id"}}), "records.user: key has to be a list of texts, not 'id'"),
        in_place(broken(records={"user": {"key": [7]}}), "records.user: key has to be a list of texts, not [7]"),
        in_place(broken(records={"user": {"also": "me"}}), "records.user: also has to be a list of texts, not 'me'"),
        in_place(broken(records={"user": {"plural": 7}}), "records.user: plural has to be text, not 7"),
        in_place(broken(records={"user": {"derived": {"cid": 7}}}), "records.user.derived.cid: has to be a table"),
        in_place(broken(envelope={"absent": 7}), "envelope: absent has to be a list of texts, not 7"),
        in_place(broken(envelope={"type": 7}), "envelope: type has to be text, not 7"),
        in_place(broken(order="user"), "the rule set: order has to be a list of texts, not 'user'"),
        in_place(broken(reader={"format": ["json-array"]}), "reader: format has to be text, not ['json-array']"),
        in_place(
            broken(reader={"max_size": "huge"}),
            "reader.max_size: 'huge' is no size; write a number with a unit, such as 64MB",
        ),
        in_place(
            broken(params={"a": {"type": ["names"], "default": []}}), "params.a: type has to be text, not ['names']"
        ),
        in_place(
            with_rule(rule=["required"]),
            f"records.user.rules[0]: no kind of rule ['required']; there are {', '.join(KINDS)}",
        ),
        in_place(
            with_rule(rule="required"),
            "records.user.rules[0]: required needs field",
        ),
        in_place(
            with_rule(rule="required", field="id", when=["a"]),
            "records.user.rules[0]: when: no parameter ['a']; there are cascade",
        ),
        in_place(
            with_rule(rule="required", field="id", message=7),
            "records.user.rules[0]: required: message has to be text or a table, not 7",
        ),
        in_place(
            with_rule(rule="required", field="id", hint=7),
            "records.user.rules[0]: required: hint has to be text, not 7",
        ),
        in_place(
            with_rule(rule="required", field="id", status="OK"),
            "records.user.rules[0]: required: status has to be a whole number, not 'OK'",
        ),
        in_place(
            with_rule(rule="required", field="id", status=70_000),
            "records.user.rules[0]: status of required: has to be an HTTP status, from 100 to 599, not 70000",
        ),
        in_place(
            with_rule(rule="required", field=None),
            "records.user.rules[0]: required: field has to be text, not None",
        ),
        in_place(with_rule(rule="required", field=7), "records.user.rules[0]: required: field has to be text, not 7"),
        in_place(
            with_rule(rule="reserved", fields="online"),
            "records.user.rules[0]: reserved: fields has to be a list of text, not 'online'",
        ),
        in_place(
            with_rule(rule="max-length", field="id", bytes="255"),
            "records.user.rules[0]: max-length: bytes has to be a whole number, not '255'",
        ),
        in_place(
            with_rule(rule="range", field="id", min=1.5),
            "records.user.rules[0]: range: min has to be a whole number, not 1.5",
        ),
        in_place(
            with_rule(rule="enum", field="id", values=7),
            "records.user.rules[0]: enum: values has to be a list of text, numbers or booleans or a table, not 7",
        ),
        in_place(
            with_rule(rule="refers-to", field="id", to="user", each="yes"),
            "records.user.rules[0]: refers-to: each has to be true or false, not 'yes'",
        ),
        in_place(
            with_rule(rule="max-length-by", field="text", by="type", limits={"a": "b"}, default=1),
            "records.user.rules[0]: max-length-by: limits has to be a table, not {'a': 'b'}",
        ),
        in_place(
            with_rule(rule="differ", fields=["a"]),
            "records.user.rules[0]: differ: fields has to name two fields, not 1",
        ),
        in_place(
            with_rule(rule="disjoint", fields=["a", "b", "c"]),
            "records.user.rules[0]: disjoint: fields has to name two fields, not 3",
        ),
        in_place(broken(order=["nobody"]), "order: no record type 'nobody'; there are user"),
        in_place(broken(status={"parse": "bad"}), "status: parse has to be a whole number, not 'bad'"),
        in_place(broken(status={"parse": True}), "status: parse has to be a whole number, not True"),
        in_place(
            broken(status={"parse": 0}), "status of parse: has to be an HTTP status, from 100 to 599, not 0"
        ),
        in_place(
            broken(status={"bogus": 400}), f"status: unknown bogus; there are {', '.join(sorted(READING_RULES))}"
        ),
        in_place(broken(envelope={"closed": "no"}), "envelope: closed has to be true or false, not 'no'"),
        in_place(
            broken(records={"user": {"like": "["}}),
            "records.user: like '[': unterminated character set at position 1",
        ),
        in_place(
            broken(records={"user": {"fields": {"push": {"type": "object", "fields": 7}}}}),
            "records.user.fields.push.fields: has to be a table",
        ),
        in_place(
            broken(records={"user": {"fields": {"push": {"fields": {"on": 7}}}}}),
            "records.user.fields.push.fields.on: has to be a type or a table, not 7",
        ),
        in_place(
            broken(records={"user": {"derived": {"at": {"derive": "moment", "field": 7}}}}),
            "records.user.derived.at: field has to be text, not 7",
        ),
    ],
)  # fmt: skip
def test_a_value_of_the_wrong_type_in_a_rule_set_is_an_error_too(document: dict[str, Any], message: str) -> None:
    assert error_in(document) == message
