"""How an import of a table has to be handed over, by how many entries it has."""

from __future__ import annotations

MOST_IN_TEMPORARY_FILE = 50_000
"""Entries of a file that is uploaded as a temporary one. Larger ones go to a directory."""

MINUTES_OF_TEMPORARY_FILE = 60
"""How long such a file lives."""

MOST_WITH_EVENT_HANDLERS = 1_000
"""Entries of a file for which event handlers can run."""


def import_plan(entries: int, limit: int | None = None) -> list[str]:
    """What a number of entries means for their import, in sentences.

    Arguments:
        limit: the most entries a file is to have; None where nothing is said of it.
    """
    number = f"{entries:,} {'entry' if entries == 1 else 'entries'}"
    limits = f"at most {MOST_IN_TEMPORARY_FILE:,} and lives for {MINUTES_OF_TEMPORARY_FILE} minutes"
    temporary = f"a temporary file, which has {limits}"
    if entries > MOST_IN_TEMPORARY_FILE:
        said = [f"{number}: upload the file to a directory; it is too large for {temporary}"]
    else:
        said = [f"{number}: can be uploaded as {temporary}"]
    handlers = f"event handlers run for at most {MOST_WITH_EVENT_HANDLERS:,} entries a file"
    if entries > MOST_WITH_EVENT_HANDLERS:
        said.append(f"{handlers}: for them, make it {_files(entries, MOST_WITH_EVENT_HANDLERS)}")
    else:
        said.append(f"{handlers}: they can run")
    if limit is not None:
        said.append(f"with at most {limit:,} entries a file: {_files(entries, limit)}")
    return said


def _files(entries: int, most: int) -> str:
    files = max(-(-entries // most), 1)
    return f"{files:,} {'file' if files == 1 else 'files'}"
