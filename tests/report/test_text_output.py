"""The text report, as people read it."""

from __future__ import annotations

import textwrap
from pathlib import Path

from tests.command import check
from tests.command.broken import BROKEN, FileMaker, lines_of, user
from tests.samples import VALID


def test_text_says_that_a_file_is_valid_and_what_is_in_it(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    assert check(path).page == textwrap.dedent(
        f"""\
        {path}: valid
        rule set stream-chat; 41 bytes in … seconds

        records  total  valid
        users        1      1
        """
    )


def test_text_shows_a_table_of_rules_and_samples_of_each(file: FileMaker) -> None:
    path = file("broken.json", BROKEN)
    outcome = check(path)
    assert [line.rstrip() for line in outcome.page.splitlines()] == [
        f"{path}: not valid, 3 errors",
        "rule set stream-chat; 184 bytes in … seconds",
        "",
        "records   total  valid",
        "users         2      0",
        "channels      1      0",
        "",
        "rule                                 count",
        "user.id:required              error      1",
        "user:reserved                 error      1",
        "channel.created_by:refers-to  error      1",
        "",
        "user.id:required",
        f"  {path}:3: validation error: user.id required",
        '    record 1, byte 59, at /id, value ""',
        '    give "id" a value',
        "",
        "user:reserved",
        f"  {path}:2: validation error: user.online is a reserved field",
        "    record 0, byte 2, at /online, value true",
        '    remove "online", or rename it',
        "",
        "channel.created_by:refers-to",
        f'  {path}:4: reference error: channel.created_by "john" doesn\'t exist (channel "messaging:HQ")',
        '    record 2, byte 97, at /created_by, value "john"',
        "    add the user to the file, or correct the reference",
        "",
        "more about a rule: import-validator explain required",
        f"{path}: not valid, 3 errors",
    ]


def test_text_shows_three_of_each_rule_and_counts_the_rest(file: FileMaker) -> None:
    path = file("broken.json", lines_of(*(user(f"u{n}", pk=n) for n in range(1234))))
    out = check(path).out
    assert out.count("validation error: user.pk is a reserved field") == 3
    assert "  … and 1,231 more\n" in out
    assert f"{path}: not valid, 1,234 errors\n" in out


def test_text_shows_markup_in_values_as_it_stands(file: FileMaker) -> None:
    path = file("[bold]broken.json", lines_of(user("[red]a[/red]", online="[bold]yes[/]")))
    out = check(path).out
    assert f"{path}: not valid" in out
    assert 'value "[red]a[/red]"' in out
    assert 'value "[bold]yes[/]"' in out


def test_text_keeps_control_characters_off_the_terminal(file: FileMaker) -> None:
    path = file("broken.json", lines_of(user("\x1b[31mred\r\n", role="\x1b[2J")))
    assert "\x1b" not in check(path).out


def test_text_holds_no_colours_where_it_goes_to_a_file(file: FileMaker, tmp_path: Path) -> None:
    output = tmp_path / "report.txt"
    check(file("broken.json", BROKEN), "-o", output)
    assert "\x1b" not in output.read_text("utf-8")


def test_text_leaves_no_empty_line_for_a_violation_of_the_file_as_a_whole(file: FileMaker) -> None:
    path = file("valid.json", VALID)
    out = check(path, "--param", "max_size=10").out
    assert (
        "file-size\n"
        f"  {path}: validation error: the file has 41 bytes; at most 10 bytes are taken\n"
        "    split the file\n"
        "\n"
        "more about a rule: import-validator explain file-size\n"
        f"{path}: not valid, 1 error\n"
    ) in out


def test_text_of_several_files_is_one_page_each(file: FileMaker) -> None:
    first, second = file("first.json", VALID), file("second.json", VALID)
    page = check(first, second).page
    about = "rule set stream-chat; 41 bytes in … seconds\n\nrecords  total  valid\nusers        1      1\n"
    assert page == f"{first}: valid\n{about}\n{second}: valid\n{about}"
