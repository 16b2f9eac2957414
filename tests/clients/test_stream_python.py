"""What the public Python client of Stream feeds sends, unmodified, passes."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Callable
from typing import Any

import orjson
import pytest

from import_validator import Report, validate
from tests.clients.recorder import Call, recorded_calls

stream = pytest.importorskip("stream", reason="stream-python is not installed: see requirements-dev.txt")

ACTIVITY_ID = "65bca63a-7d61-48e8-be9d-c6665a008196"
TIME = datetime.datetime(2018, 7, 8, 14, 9, 36)
ACTIVITY = {"actor": "user:1", "verb": "pin", "object": "place:42"}
STORED = {**ACTIVITY, "foreign_id": "pin:1", "time": TIME}
TARGETS = ["user:2", "user:3"]

Send = Callable[[Any], object]
SENT: dict[str, list[Send]] = {
    "Feed.add_activity": [
        lambda client: client.feed("user", "1").add_activity(ACTIVITY),
        lambda client: client.feed("user", "1").add_activity({**STORED, "to": TARGETS, "extra": {"a": None}}),
    ],
    "Feed.add_activities": [
        lambda client: client.feed("user", "1").add_activities([ACTIVITY, {**STORED, "to": TARGETS}])
    ],
    "Feed.follow": [
        lambda client: client.feed("user", "1").follow("flat", "3"),
        lambda client: client.feed("user", "1").follow("flat", "3", activity_copy_limit=0),
    ],
    "Feed.update_activity_to_targets": [
        lambda client: client.feed("user", "1").update_activity_to_targets("pin:1", TIME, new_targets=TARGETS),
        lambda client: client.feed("user", "1").update_activity_to_targets(
            "pin:1", TIME, added_targets=TARGETS, removed_targets=["user:4"]
        ),
    ],
    "StreamClient.add_to_many": [lambda client: client.add_to_many(ACTIVITY, TARGETS)],
    "StreamClient.follow_many": [
        lambda client: client.follow_many([{"source": "flat:1", "target": "user:2"}]),
        lambda client: client.follow_many([{"source": "flat:1", "target": "user:2"}], activity_copy_limit=10),
    ],
    "StreamClient.unfollow_many": [
        lambda client: client.unfollow_many([{"source": "flat:1", "target": "user:2", "keep_history": True}])
    ],
    "StreamClient.update_activities": [lambda client: client.update_activities([STORED, STORED])],
    "StreamClient.update_activity": [lambda client: client.update_activity(STORED)],
    "StreamClient.activity_partial_update": [
        lambda client: client.activity_partial_update(id=ACTIVITY_ID, set={"a.b": 1}),
        lambda client: client.activity_partial_update(foreign_id="pin:1", time=TIME, unset=["a.b"]),
    ],
    "StreamClient.activities_partial_update": [
        lambda client: client.activities_partial_update([{"id": ACTIVITY_ID, "set": {"a": 1}, "unset": ["b"]}])
    ],
    "Reactions.add": [
        lambda client: client.reactions.add("like", ACTIVITY_ID, "ann"),
        lambda client: client.reactions.add("like", ACTIVITY_ID, "ann", data={"a": 1}, target_feeds=TARGETS),
    ],
    "Reactions.add_child": [lambda client: client.reactions.add_child("like", ACTIVITY_ID, "ann")],
    "Reactions.update": [
        lambda client: client.reactions.update(ACTIVITY_ID, data={"a": 1}),
        lambda client: client.reactions.update(ACTIVITY_ID, target_feeds=TARGETS),
    ],
    "Reactions.restore": [lambda client: client.reactions.restore(ACTIVITY_ID)],
    "Collections.add": [
        lambda client: client.collections.add("food", {"a": 1}),
        lambda client: client.collections.add("my-food", {"a": 1}, id="tea", user_id="ann"),
    ],
    "Collections.upsert": [
        lambda client: client.collections.upsert("my-food", [{"id": "tea", "a": 1}, {"id": "coffee"}]),
        lambda client: client.collections.upsert("food", {"id": "tea"}),
    ],
    "Collections.update": [lambda client: client.collections.update("my-food", "tea", data={"a": 1})],
    "Users.add": [
        lambda client: client.users.add("ann"),
        lambda client: client.users.add("bob", {"a": 1}, get_or_create=True),
    ],
    "Users.update": [lambda client: client.users.update("ann", {"a": 1})],
}
"""Calls of each public method of the client that sends a body to the REST API."""

OF_OTHER_SERVICES = {
    "StreamClient.track_engagements", "StreamClient.track_impressions", "Personalization.post",
}  # fmt: skip
WITHOUT_BODY = {"delete", "delete_many", "remove_activity", "unfollow"}
"""Methods that send DELETE, whose body is always empty."""
SHORTCUTS = {"StreamClient.post", "StreamClient.put"}


def calls_of(sends: list[Send]) -> list[Call]:
    with recorded_calls() as (address, calls):
        client = stream.connect("key", "a secret of at least thirty-two bytes", "1", base_url=address)
        for send in sends:
            send(client)
        return calls


def as_lines(calls: list[Call]) -> bytes:
    """The calls as the rule set wants them: one a line."""
    return b"\n".join(
        orjson.dumps({"endpoint": each.path.split("/v1.0/")[1], "method": each.method, "body": orjson.loads(each.body)})
        for each in calls
    )


def report_of(sends: list[Send], **params: Any) -> Report:
    return validate(as_lines(calls_of(sends)), "stream-feeds-api", params)


@pytest.mark.parametrize("method", SENT)
def test_what_a_method_of_the_client_sends_is_valid(method: str) -> None:
    report = report_of(SENT[method])
    assert report.violations == ()
    assert [(count.total, count.valid) for count in report.records.values() if count.total] == [
        (len(SENT[method]), len(SENT[method]))
    ]


def test_every_method_of_the_client_that_sends_a_body_is_tried() -> None:
    parts = (
        stream.feed.Feed, stream.client.StreamClient, stream.reactions.Reactions, stream.collections.Collections,
        stream.users.Users, stream.personalization.Personalization,
    )  # fmt: skip
    sending = {
        f"{part.__name__}.{name}"
        for part in parts
        for name, method in vars(part).items()
        if not name.startswith("_") and inspect.isfunction(method) and _sends(inspect.getsource(method))
    }
    assert sending - OF_OTHER_SERVICES - SHORTCUTS == set(SENT)


def _sends(source: str) -> bool:
    return any(word in source for word in (".post(", ".put(", "self.update_activities(", "self.activities_partial"))


def test_what_all_methods_send_is_valid_as_one_file() -> None:
    assert report_of([send for sends in SENT.values() for send in sends]).violations == ()


def test_null_for_the_user_passes_where_the_token_says_the_user() -> None:
    assert report_of(SENT["Collections.add"][:1], client_side_auth=True).violations == ()


@pytest.mark.parametrize(
    ("send", "expected"),
    [
        (lambda client: client.users.update("ann"), ("user PUT.data:required", "/data")),
        (lambda client: client.reactions.update(ACTIVITY_ID), ("reaction PUT.data:required", "/data")),
        (lambda client: client.collections.update("food", "tea"), ("collections/NAME/ID PUT.data:required", "/data")),
        (lambda client: client.collections.upsert("x", {"a": 1}), ("collections/entry.id:required", "/data/x/0/id")),
        (lambda client: client.follow_many([]), ("follow_many.body:type", "")),
        (lambda client: client.activities_partial_update(), ("activity.changes:count", "/changes")),
    ],
)  # fmt: skip
def test_calls_that_leave_out_what_the_api_requires_are_reported(send: Send, expected: tuple[str, str]) -> None:
    assert [(each.rule, each.path) for each in report_of([send]).violations] == [expected]
