"""The straight way reads what Twitch documents, and reads it exactly as the patient way does."""

import itertools
import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch.errors import DecodeError
from twitch.eventsub import ChannelChatMessageEvent, ChannelFollowEvent, Event
from twitch.eventsub import event as event_module
from twitch.eventsub.types import BY_TYPE_AND_VERSION, EVENT_TYPES, EventType
from twitch.models import ConduitShardUpdate, Subscription
from twitch.records import read_record
from twitch.simulator.examples import MAKERS, Body, Scene, turns
from twitch.simulator.people import person_of_id
from twitch.straight import UNUSUAL, reader

FOLLOW = b'{"user_id":"42","user_login":"fan","user_name":"Fan","broadcaster_user_id":"1","followed_at":"2026-01-01T00:00:00Z"}'
ODD: tuple[Any, ...] = (None, "", "null", "5", "x", 5, -1, 1.0, True, [], {}, [None], {"id": "1"})


def examples(row: EventType) -> Iterator[dict[str, Any]]:
    """Every variant of a type's event."""
    condition = dict.fromkeys(row.condition.keys, "123") | {"broadcaster_user_id": "123"}
    maker = MAKERS[row.type, row.version]
    numbers = itertools.count(1)
    for turn in range(turns(row.type, row.version)):
        body = Body(maker(Scene("123", condition, turn, person_of_id)))
        yield json.loads(body.fill(1e9, lambda: f"id-{next(numbers)}", lambda: next(numbers)))


def taken(row: EventType, event: Any) -> Any:
    """The event by the straight way; None where it's left to the patient one."""
    read = reader(row.model)
    try:
        return None if read is None else read(msgspec.Raw(json.dumps(event)))
    except UNUSUAL:
        return None


@pytest.mark.parametrize("row", EVENT_TYPES, ids=lambda row: f"{row.type}-{row.version}")
def test_every_documented_event_goes_straight(row: EventType) -> None:
    for event in examples(row):
        assert taken(row, event) == read_record(event, row.model)


def inner(value: Any) -> dict[Any, Any]:
    """The values in an object or a list, by key or index."""
    return value if isinstance(value, dict) else dict(enumerate(value)) if isinstance(value, list) else {}


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Where there's a value in an object, at any depth."""
    for key, one in inner(value).items():
        yield (*path, key)
        yield from places(one, (*path, key))


@given(st.sampled_from(EVENT_TYPES), st.data())
def test_what_goes_straight_is_read_as_patience_would(row: EventType, data: st.DataObject) -> None:
    event = data.draw(st.sampled_from(list(examples(row))))
    for path in data.draw(st.lists(st.sampled_from(list(places(event))), min_size=1, max_size=3)):
        holder = event
        for key in path[:-1]:
            holder = inner(holder).get(key)
        if path[-1] not in inner(holder):
            continue  # it went with an earlier change
        if isinstance(holder, dict) and data.draw(st.booleans()):
            del holder[path[-1]]
        else:
            holder[path[-1]] = data.draw(st.sampled_from(ODD))
    straight = taken(row, event)
    if straight is not None:
        assert straight == read_record(event, row.model)
        assert straight.raw == event


def test_raw_is_decoded_when_asked_for() -> None:
    read = reader(ChannelFollowEvent)
    assert read is not None
    follow = read(msgspec.Raw(FOLLOW))
    assert follow.raw == json.loads(FOLLOW)
    assert follow.raw is follow.raw
    assert follow == read(msgspec.Raw(FOLLOW))
    assert msgspec.structs.replace(follow, followed_at=follow.followed_at) == follow


def test_a_model_that_holds_records_has_no_straight_way() -> None:
    assert reader(ConduitShardUpdate) is None


def payload(event: bytes, **subscription: Any) -> bytes:
    row = BY_TYPE_AND_VERSION["channel.follow", "2"]
    told = {"id": "s", "type": row.type, "version": row.version, "condition": {"broadcaster_user_id": "1"}}
    return b'{"subscription":%s,"event":%s}' % (json.dumps(told | subscription).encode(), event)


def test_a_subscription_is_read_once_and_again_when_it_changes() -> None:
    first, again = Event.from_payload(payload(FOLLOW)), Event.from_payload(payload(FOLLOW))
    assert first.subscription is again.subscription
    assert Event.from_payload(payload(FOLLOW, cost=1)).subscription.cost == 1
    assert first.subscription == read_record(first.subscription.raw, Subscription)


def test_the_subscriptions_that_are_remembered_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(event_module, "SUBSCRIPTIONS_MAX", 3)
    monkeypatch.setattr(event_module, "_subscriptions", {})
    for number in range(10):
        assert Event.from_payload(payload(FOLLOW, id=f"s{number}")).subscription.id == f"s{number}"
    assert len(event_module._subscriptions) == 3


def test_bytes_and_object_become_equal_events() -> None:
    straight, patient = Event.from_payload(payload(FOLLOW)), Event.from_payload(json.loads(payload(FOLLOW)))
    assert (straight.event, straight.subscription) == (patient.event, patient.subscription)
    assert straight.raw == patient.raw == straight.event.raw
    assert straight.as_raw().event == patient.raw


def test_what_is_no_utf8_is_refused_though_nothing_reads_it() -> None:
    with pytest.raises(DecodeError):
        Event.from_payload(payload(FOLLOW[:-1] + b',"new":"\xff"}'))


def test_numbers_in_quotes_are_unusual_and_read_patiently() -> None:
    row = BY_TYPE_AND_VERSION["channel.chat.message", "1"]
    event = next(examples(row)) | {"cheer": {"bits": "100"}}
    assert taken(row, event) is None
    patient = read_record(event, row.model)
    assert isinstance(patient, ChannelChatMessageEvent)
    assert patient.cheer is not None
    assert patient.cheer.bits == 100
