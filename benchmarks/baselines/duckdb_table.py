"""The checks of `entries.toml` in SQL, by DuckDB on one thread: counts alone, no places and no messages."""

import sys

import duckdb

from benchmarks.entries import FIELDS, STATUSES

TYPES = {"string": "VARCHAR", "integer": "BIGINT", "date": "DATE"}
CHECKS = (
    f"""SELECT count(*) FROM entries WHERE "Entry" IS NULL OR length("Entry") > 20 OR length("Name") > 80
        OR "Email" IS NULL OR NOT regexp_full_match("Email", '[^@ ,;:<>()"]+@[^@ ,;:<>()"]+\\.[^@ ,;:<>()"]+')
        OR "Status" NOT IN {STATUSES} OR length("Notes") > 500""",
    'SELECT count(*) FROM (SELECT 1 FROM entries GROUP BY "Entry" HAVING count(*) > 1)',
    """SELECT count(*) FROM entries AS e WHERE e."Parent" IS NOT NULL
        AND NOT EXISTS (SELECT 1 FROM entries AS p WHERE p."Entry" = e."Parent")""",
)

columns = {name.capitalize(): TYPES[kind] for name, kind in FIELDS.items()}
connection = duckdb.connect()
connection.execute("SET threads = 1")
connection.execute(
    f"CREATE TABLE entries AS SELECT * FROM read_csv(?, header = true, columns = {columns})", [sys.argv[1]]
)
found = [connection.execute(check).fetchall()[0][0] for check in CHECKS]
sys.exit(f"found {found}" if any(found) else 0)
