"""A rule that could never find anything, or always would, is refused with its line; all problems are said at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from import_validator import Problem, RuleSet, RuleSetError, Validator
from import_validator.ruleset.compiler import compile_plan
from tests.corpus import ROOT


def problems_in(text: str) -> tuple[Problem, ...]:
    """What is wrong with a rule set, once it is put to use."""
    with pytest.raises(RuleSetError) as caught:
        Validator(RuleSet.from_toml(text))
    return caught.value.problems


def user(*rules: str, more: str = "") -> str:
    """A rule set of users; its first rule is on line 7."""
    listed = "".join(f"    {{ {rule} }},\n" for rule in rules)
    return f"""name = "own"
[records.user]
key = ["id"]
fields = {{ id = "string", name = "string", age = "integer", tags = "array of string", data = "object", \
at = "timestamp", on = "boolean", ids = "array of integer", extra = "any" }}
derived = {{ set = {{ derive = "set-id", id = "", set = "tags" }} }}
rules = [
{listed}]
[records.team]
key = ["number"]
fields = {{ number = "integer", label = "string", members = "array of string" }}
{more}
"""


WHERE = "records.user.rules[0]: "
HINT = 'declare it in records.user.fields, as "any" where its type does not matter'

REFUSED = {
    'rule = "required", field = "nmae"': "required: field: records.user has no field 'nmae'; did you mean 'name'?",
    'rule = "required", field = "xyzzy"': f"required: field: records.user has no field 'xyzzy'; {HINT}",
    'rule = "required", field = "data.name"': f"required: field: records.user has no field 'data.name'; {HINT}",
    'rule = "pattern", field = "age", pattern = "x"':
        "pattern: field: it looks at strings, and records.user.age is declared as an integer: "
        "it could never find anything",
    'rule = "pattern", field = "tags", pattern = "x"':
        "pattern: field: it looks at strings, and records.user.tags is declared as an array of strings: "
        "it could never find anything; use each = true for the items of a list",
    'rule = "pattern", field = "ids", pattern = "x", each = true':
        "pattern: field: it looks at arrays of strings, and records.user.ids is declared as an array of integers: "
        "it could never find anything",
    'rule = "count", field = "name", max = 3':
        "count: field: it looks at arrays or objects, and records.user.name is declared as a string: "
        "it could never find anything",
    'rule = "range", field = "on", max = 3':
        "range: field: it looks at numbers, and records.user.on is declared as a boolean: it could never find anything",
    'rule = "range", field = "age", min = 5, max = 3': "range: min 5 is above max 3",
    'rule = "range", field = "age"': "range: finds nothing without min or max",
    'rule = "count", field = "tags", min = 5, max = 3': "count: min 5 is above max 3",
    'rule = "count", field = "tags", max = -1': "count: nothing has fewer than 0 items",
    'rule = "max-length", field = "name", bytes = -1': "max-length: no text is shorter than 0",
    'rule = "enum", field = "age", values = ["1"]':
        "enum: values: age is declared as an integer, and can never be '1'",
    'rule = "enum", field = "name", values = []': "enum: no value is allowed: every one would be refused",
    'rule = "requires", field = "on", equals = "yes", needs = ["name"]':
        "requires: equals: on is declared as a boolean, and can never be 'yes'",
    'rule = "conflicts", field = "name", other = "age", values = ["old"]':
        "conflicts: values: age is declared as an integer, and can never be 'old'",
    'rule = "only-where", field = "name", other = "on", values = [1]':
        "only-where: values: on is declared as a boolean, and can never be 1",
    'rule = "exactly-one-of", fields = ["name", "nam"]':
        "exactly-one-of: fields: records.user has no field 'nam'; did you mean 'name'?",
    'rule = "reserved", fields = []': "reserved: there is no field that is reserved: it finds nothing",
    'rule = "unique", key = ["id", "nane"], field = "id"':
        "unique: key: records.user has no field 'nane'; did you mean 'name'?",
    'rule = "unique", key = ["tags"]':
        "unique: key: it looks at strings or numbers or booleans, and records.user.tags is declared as "
        "an array of strings: it could never find anything",
    'rule = "refers-to", field = "name", to = "tema"': "refers-to: to: no record type 'tema'; did you mean 'team'?",
    'rule = "refers-to", field = "name", to = "team"':
        "refers-to: field: name is declared as a string, and records.team.number as an integer: "
        "they can never be the same",
    'rule = "refers-to", field = "name", to = "team", by = ["labell"]':
        "refers-to: by: records.team has no field 'labell'; did you mean 'label'?",
    'rule = "listed-in", field = "id", through = ["age"], list = "team.member"':
        "listed-in: list: records.team has no field 'member'; did you mean 'members'?",
    'rule = "listed-in", field = "id", through = ["age"], list = "team.label"':
        "listed-in: list: it looks at arrays, and records.team.label is declared as a string: "
        "it could never find anything",
    'rule = "shares-value", field = "id", through = ["age"], of = "user.tags", one = "teams.label"':
        "shares-value: one: no record type 'teams'; did you mean 'team'?",
    'rule = "same-type", field = "name", within = ["id"]':
        "same-type: field: it looks at objects, and records.user.name is declared as a string: "
        "it could never find anything",
    'rule = "requird", field = "name"': "no kind of rule 'requird'; did you mean 'required'?",
    'rule = "required", feild = "name"': "required has no feild; did you mean 'field'?",
    'rule = "max-length", field = "name", bytes = { param = "most" }': "no parameter 'most'",
    'rule = "required", field = "name", when = "strict"': "when: no parameter 'strict'; there are cascade",
    'rule = "each", field = "data", shape = "part"': "each of data: no shape 'part'",
}  # fmt: skip


@pytest.mark.parametrize("rule", REFUSED)
def test_a_rule_that_cannot_be_right_is_refused_with_its_line(rule: str) -> None:
    [problem] = problems_in(user(rule))
    assert (problem.message, problem.line) == (f"{WHERE}{REFUSED[rule]}", 7)


@pytest.mark.parametrize(
    "rule",
    [
        'rule = "pattern", field = "extra", pattern = "x"',
        'rule = "count", field = "extra", max = 3',
        'rule = "enum", field = "extra", values = ["a"]',
        'rule = "pattern", field = "at", pattern = "x"',
        'rule = "count", field = "data", max = 3',
        'rule = "unique", key = ["set"], field = "tags"',
        'rule = "reserved", fields = ["whatever"]',
        'rule = "refers-to", field = "age", to = "team"',
        'rule = "refers-to", field = "ids", each = true, to = "team"',
        'rule = "refers-to", field = "extra", to = "team"',
    ],
)
def test_a_rule_that_can_find_something_is_taken(rule: str) -> None:
    assert len(compile_plan(RuleSet.from_toml(user(rule))).records) == 2


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ('[records.a]\nkey = ["idd"]\nfields.id = "string"\n',
         "records.a: key: records.a has no field 'idd'; did you mean 'id'?", 2),
        ('[records.a]\nkey = ["id"]\nkey_absent = { di = "" }\nfields.id = "string"\n',
         "records.a.key_absent: 'di' is no part of the key; there are id", 3),
        ('[records.a]\nfields.id = "strng"\n',
         "records.a.fields.id: no such type: 'strng'; did you mean 'string'?", 2),
        ('[records.a.fields]\nid = "string"\nn = { type = "integer", defualt = 1 }\n',
         "records.a.fields.n: unknown defualt; did you mean 'default'?", 3),
        ('[records.a.fields]\nn = { type = "integer", default = "1" }\n',
         "records.a.fields.n: the default '1' is not an integer", 2),
        ('[records.a.fields]\nid = "string"\n[records.a.derived]\ncid = { derive = "set-id", id = "id", set = "id" }\n',
         "records.a.derived.cid: set: it looks at arrays, and records.a.id is declared as a string: "
         "it could never find anything", 4),
        ('[records.a]\nwrap = "number"\n', "records.a: wrap: records.a has no field 'number'; declare it in "
         'records.a.fields, as "any" where its type does not matter', 2),
        ('[envelope]\nrecord = "usr"\n[records.user]\n',
         "envelope.record: no record type 'usr'; did you mean 'user'?", 2),
        ('[records.user]\n[lines.usr]\n', "lines.usr: no record type 'usr'; did you mean 'user'?", 2),
        ('[records.a]\n[records.b]\nalso = ["a"]\n', "records.b: also: 'a' is what records of type a are called", 3),
        ('[reader]\nformat = "jsonlines"\n[records.a]\n', "no reader 'jsonlines'; did you mean 'json-lines'?", 2),
        ('[records.a]\nfields.t = "any"\nrules = [{ rule = "enum", field = "t", values = [\n  "a",\n  1979-05-27] }]\n',
         'a date or time is written as text here: "1979-05-27"', 5),
        ('[records.a]\nfields.n = "any"\n\nrules = [{ rule = "requires", field = "n", needs = ["n"], equals = nan }]\n',
         "nan is no number that an import file can have", 4),
        ('[params.p]\ntype = "names"\ndefault = []\n[records.a]\nfields.n = "any"\n'
         'rules = [{ rule = "required", field = "n", when = "p" }]\n',
         "records.a.rules[0]: when: 'p' is no switch; there are cascade", 6),
        ('[records.a]\nfields.n = "any"\nrules = [\n  { rule = "required", field = "n" },\n'
         '  { rule = "reserved", fields = ["n"] },\n]\n',
         "records.a: 'n' is required, and reserved: every record would be wrong", 3),
        ('[reader]\nformat = "table"\n[columns.n]\ntype = "integer"\nvalues = ["1", "two"]\n',
         "columns.n: values: 'two' is not a whole number, so no cell can have it", 5),
        ('[reader]\nformat = "table"\n[columns.n]\npattern = "["\n',
         "columns.n: pattern '[': unterminated character set at position 1", 3),
    ],
)  # fmt: skip
def test_whatever_else_is_wrong_has_a_line_too(text: str, message: str, line: int) -> None:
    found = problems_in(text)
    assert [(each.message, each.line) for each in found[:1]] == [(message, line)]


WRONG = """\
name = "own"
tilte = "Ours"
[reader]
format = "json-lines"
max_sise = "1MB"

[records.user]
key = ["id"]
rules = [
    { rule = "required", field = "ids" },
    { rule = "enum", field = "id", values = [
        "a",
        7,
    ] },
    { rule = "range", field = "age", min = 9, max = 3 },
]
[records.user.fields]
id = "string"
age = "number"
[shapes.part]
rules = [{ rule = "unique", key = ["a"] }]
"""
ALL = """\
{0}:2: the rule set: unknown tilte; did you mean 'title'?
{0}:5: reader: unknown max_sise; did you mean 'max_size'?
{0}:10: records.user.rules[0]: required: field: records.user has no field 'ids'; did you mean 'id'?
{0}:13: records.user.rules[1]: enum: values: id is declared as a string, and can never be 7
{0}:15: records.user.rules[2]: range: min 9 is above max 3
{0}:21: shapes.part.rules[0]: unique: key: shapes.part has no field 'a'; declare it in shapes.part.fields, \
as "any" where its type does not matter
{0}:21: shapes.part: unique looks at records, not at parts of them"""


def test_all_problems_are_said_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "own.toml"
    path.write_text(WRONG, "utf-8")
    with pytest.raises(RuleSetError) as caught:
        RuleSet.load(path)
    assert str(caught.value) == ALL.format(path)
    assert caught.value.problems[4] == Problem(
        ("records", "user", "rules", 2, "min"), "records.user.rules[2]: range: min 9 is above max 3", 15
    )


def test_after_a_hundred_problems_the_rest_is_not_looked_for() -> None:
    rules = ", ".join(f'{{ rule = "nothing{number}" }}' for number in range(5_000))
    found = problems_in(f"[records.a]\nrules = [{rules}]\n")
    assert len(found) == 101
    assert found[-1] == Problem((), "these are 100 problems; the rest was not looked at")


@pytest.mark.parametrize(
    "path",
    [
        *sorted((ROOT / "rules").glob("*.toml")),
        ROOT / "examples" / "mattermost-bulk.toml",
        ROOT / "benchmarks" / "entries.toml",
    ],
    ids=lambda path: path.stem,
)
def test_the_rule_sets_that_come_with_the_package_pass(path: Path) -> None:
    assert len(compile_plan(RuleSet.load(path)).records) > 0
