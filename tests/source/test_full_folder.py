"""Where the folder for temporary files is full, the error names it and `--tmp`, not the input."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.command import UNWATCHED, command_line

pytestmark = [
    pytest.mark.unwatched,
    pytest.mark.skipif(sys.platform == "win32", reason="a limit on the size of files stands for a full disk"),
]


@pytest.mark.parametrize("options", [["--jobs", "1"], ["--jobs", "2"], ["--format", "stream-cli", "--jobs", "1"]])
@pytest.mark.parametrize("script", ['exec "$@"', 'cat {path} | exec "$@"'], ids=["file", "pipe"])
def test_a_full_folder_is_named_with_the_option(tmp_path: Path, script: str, options: list[str]) -> None:
    path, folder = tmp_path / "large.json", tmp_path / "temporary"
    folder.mkdir()
    text = b"x" * 500
    users = (
        b'{"type": "user", "item": {"id": "u%d", "online": 1, "user_mutes": ["y%d"], "x": "%s"}}' % (n, n, text)
        for n in range(18_000)
    )
    path.write_bytes(b"[" + b",\n".join(users) + b"]")
    given = path if "cat" not in script else "-"
    words = command_line("validate", given, "--rules", "stream-chat", "--memory", "64KB", "--tmp", folder, *options)
    limited = f"{UNWATCHED}ulimit -f 200; {script.format(path=path)}"
    done = subprocess.run(["sh", "-c", limited, "sh", *words], capture_output=True, timeout=50, check=False)
    said = (
        f"import-validator: no more can be written to temporary files in {folder}: File too large; "
        "make room there, or name another folder with --tmp\n"
    )
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", said)
    assert list(folder.iterdir()) == []
