"""Run by the Python that has `stitchclient`: pushes records, read from standard input, with the unmodified client.

Standard input is JSON: the `url`, the `options` of the client, `dates`, whether each record gets a date, and either
`records`, or `rows` and `width` for so many records of so many characters.
"""

import collections
import collections.abc
import datetime
import json
import sys

# The Transit library in the client, of 2016, looks for these where Python before 3.10 had them. Its files stay as
# they are.
for name in collections.abc.__all__:
    if not hasattr(collections, name):
        setattr(collections, name, getattr(collections.abc, name))

from stitchclient.client import Client  # noqa: E402 - needs the names above

order = json.load(sys.stdin)
records = order.get("records") or [
    {"action": "upsert", "sequence": number, "data": {"id": number, "text": "x" * order["width"]}}
    for number in range(order["rows"])
]
with Client(4231, "token", override_stitch_url=order["url"], **order["options"]) as client:
    for record in records:
        if order.get("dates"):
            record["data"]["at_time"] = datetime.datetime(2018, 7, 8, 14, 9, 36, tzinfo=datetime.UTC)
        client.push(record)
