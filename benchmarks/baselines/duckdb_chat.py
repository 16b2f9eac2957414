"""Most of the checks of `stream-chat` in SQL, by DuckDB on one thread: counts alone, no places and no messages."""

import sys

import duckdb

FIELDS = (
    *(
        "id",
        "type",
        "role",
        "name",
        "user",
        "user_id",
        "channel_type",
        "channel_id",
        "created_by",
        "message_id",
        "text",
    ),
    *("push_provider_type", "created_at"),
)
CHECKS = (
    # Fields that have to be there, and what they have to look like.
    """SELECT count(*) FROM records WHERE
        (type IN ('user', 'channel', 'message', 'device')
            AND NOT regexp_full_match(coalesce(item.id, ''), '[@\\w:-]{1,255}'))
        OR (type = 'channel' AND coalesce(item.type, '') = '')
        OR (type IN ('member', 'device', 'reaction') AND coalesce(item.user_id, '') = '')
        OR (type = 'message' AND coalesce(item."user", '') = '')
        OR (type = 'device' AND item.push_provider_type NOT IN ('firebase', 'apn', 'huawei', 'xiaomi'))
        OR length(item.text) > 20000
        OR (item.created_at IS NOT NULL AND try_cast(item.created_at AS TIMESTAMPTZ) IS NULL)""",
    # Keys that stand twice.
    """SELECT count(*) FROM (SELECT 1 FROM records WHERE type IN ('user', 'message', 'device')
        GROUP BY type, item.id HAVING count(*) > 1)""",
    """SELECT count(*) FROM (SELECT 1 FROM records WHERE type = 'channel'
        GROUP BY item.type, item.id HAVING count(*) > 1)""",
    """SELECT count(*) FROM (SELECT 1 FROM records WHERE type = 'member'
        GROUP BY item.channel_type, item.channel_id, item.user_id HAVING count(*) > 1)""",
    """SELECT count(*) FROM (SELECT 1 FROM records WHERE type = 'reaction'
        GROUP BY item.message_id, item.type, item.user_id HAVING count(*) > 1)""",
    # References that lead to nothing.
    *(
        f"""SELECT count(*) FROM records AS r WHERE r.type = '{of}'
            AND NOT EXISTS (SELECT 1 FROM records AS u WHERE u.type = 'user' AND u.item.id = r.item."{field}")"""
        for of, field in (
            *(("channel", "created_by"), ("member", "user_id"), ("message", "user")),
            *(("reaction", "user_id"), ("device", "user_id")),
        )
    ),
    *(
        f"""SELECT count(*) FROM records AS r WHERE r.type = '{of}' AND NOT EXISTS (SELECT 1 FROM records AS c
            WHERE c.type = 'channel' AND c.item.type = r.item.channel_type AND c.item.id = r.item.channel_id)"""
        for of in ("member", "message")
    ),
    """SELECT count(*) FROM records AS r WHERE r.type = 'reaction'
        AND NOT EXISTS (SELECT 1 FROM records AS m WHERE m.type = 'message' AND m.item.id = r.item.message_id)""",
)

connection = duckdb.connect()
connection.execute("SET threads = 1")
item = ", ".join(f'"{field}" VARCHAR' for field in FIELDS)
connection.execute(
    f"""CREATE TABLE records AS SELECT * FROM read_json(?, format = 'auto', maximum_object_size = 104857600,
        columns = {{'type': 'VARCHAR', 'item': 'STRUCT({item})'}})""",
    [sys.argv[1]],
)
found = [connection.execute(check).fetchall()[0][0] for check in CHECKS]
sys.exit(f"found {found}" if any(found) else 0)
