"""What is imported, and what is changed around, when the library or the command starts."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import import_validator
from import_validator.command.commands import command
from tests.corpus import CORPUS

SEED_EXAMPLE = CORPUS / "stream-chat" / "valid" / "seed-example.json"
THREADS = "OPENBLAS_NUM_THREADS"


def said(code: str, *arguments: str | Path, **environment: str) -> str:
    """What Python code in a process of its own says on standard error."""
    env = {name: value for name, value in os.environ.items() if name != THREADS} | environment
    run = [sys.executable, "-c", f"import os, sys\n{code}", *map(str, arguments)]
    return subprocess.run(run, capture_output=True, text=True, timeout=50, check=False, env=env).stderr


def of_command(asked: str) -> str:
    """Code that runs the command, and says the value of an expression."""
    begin = "from import_validator.command.main import main\ntry: main(sys.argv[1:])\n"
    return f"{begin}finally: print({asked}, file=sys.stderr)"


@pytest.mark.parametrize("name", import_validator.__all__)
def test_every_public_name_is_there(name: str) -> None:
    assert getattr(import_validator, name) is not None
    assert name in dir(import_validator)


def test_another_name_is_not_there() -> None:
    with pytest.raises(AttributeError, match=r"^module 'import_validator' has no attribute 'validat'$"):
        import_validator.validat  # noqa: B018 - the access is the test


def test_the_package_by_itself_imports_nothing_large() -> None:
    assert said("import import_validator\nprint('numpy' in sys.modules, file=sys.stderr)") == "False\n"


HOST = (
    "dict(os.environ), os.getcwd(), gc.isenabled(), gc.get_freeze_count(), gc.get_threshold(), "
    "[signal.getsignal(each) for each in signal.valid_signals()], signal.pthread_sigmask(signal.SIG_BLOCK, []), "
    "locale.setlocale(locale.LC_ALL), sys.getrecursionlimit(), sys.excepthook, sys.unraisablehook, "
    "[(stream, stream.encoding, stream.errors) for stream in (sys.stdin, sys.stdout, sys.stderr)], "
    "threading.active_count()"
)


@pytest.mark.skipif(sys.platform == "win32", reason="asks what POSIX has")
@pytest.mark.parametrize("jobs", [1, 2])
def test_the_library_changes_nothing_of_its_host(jobs: int, tmp_path: Path) -> None:
    large = tmp_path / "large.json"
    users = (b'{"type": "user", "item": {"id": "u%d", "name": "%s"}}' % (n, b"x" * 500) for n in range(18_000))
    large.write_bytes(b"[" + b",".join(users) + b"]")
    code = (
        f"import gc, locale, signal, threading\ndef host(): return {HOST}\nbefore = host()\n"
        f"import import_validator\nimport_validator.validate(sys.argv[1], jobs={jobs}, memory='64KB')\n"
        "print(host() == before, file=sys.stderr)"
    )
    assert said(code, large) == "True\n"


@pytest.mark.parametrize(("environment", "threads"), [({}, "1"), ({THREADS: "2"}, "2")])
def test_the_command_has_numpy_start_no_threads_unless_told_to(environment: dict[str, str], threads: str) -> None:
    asked = of_command(f"os.environ['{THREADS}']")
    assert said(asked, "validate", SEED_EXAMPLE, **environment) == f"{threads}\n"


@pytest.mark.parametrize("arguments", [["--version"], ["validate", "--bogus"], ["validate", SEED_EXAMPLE]])
def test_every_command_sets_the_threads_before_numpy_is_there(arguments: list[str | Path]) -> None:
    code = (
        "class Watch:\n"
        "    def find_spec(self, name, path, target=None):\n"
        f"        if name == 'numpy' and os.environ.get('{THREADS}') != '1': print('too late', file=sys.stderr)\n"
        f"sys.meta_path.insert(0, Watch())\n{of_command('1')}"
    )
    assert "too late" not in said(code, *arguments)


def test_the_version_needs_no_part_of_the_engine() -> None:
    asked = of_command("[each for each in ('numpy', 'import_validator.rules') if each in sys.modules]")
    assert said(asked, "--version") == "[]\n"


def test_a_plain_run_does_not_load_what_only_some_runs_need(tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('[{"type": "user", "item": {"id": ""}}]')
    asked = of_command("[each for each in ('dateutil', 'rich') if each in sys.modules]")
    assert said(asked, "validate", broken) == "[]\n"


def test_every_command_is_found_by_its_name() -> None:
    with command.make_context("import-validator", [], resilient_parsing=True) as context:
        names = command.list_commands(context)
        assert {name: found.name for name in names if (found := command.get_command(context, name))} == {
            name: name for name in names
        }
