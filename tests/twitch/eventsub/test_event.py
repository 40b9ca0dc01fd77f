"""Payloads become typed events; what Twitch adds is no error, and what doesn't fit is one error of one kind."""

import contextlib
import gc
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from twitch.errors import DecodeError
from twitch.eventsub import (
    ChannelChatMessageEvent,
    ChannelRaidEvent,
    ConduitShardDisabledEvent,
    DropEntitlementGrantEvent,
    Event,
    FragmentType,
    Metadata,
    StreamOnlineEvent,
    StreamType,
)
from twitch.eventsub.event import read_revocation
from twitch.eventsub.types import EVENT_TYPES
from twitch.models import SubscriptionTransport
from twitch.records import User

BROADCASTER = {
    "broadcaster_user_id": "1337",
    "broadcaster_user_login": "cool_user",
    "broadcaster_user_name": "Cool_User",
}
FAN = {"user_id": "42", "user_login": "fan", "user_name": "Fan"}


def payload(event_type: str, version: str, event: Any, **more: Any) -> dict[str, Any]:
    subscription = {
        "id": "s1",
        "status": "enabled",
        "type": event_type,
        "version": version,
        "cost": 0,
        "condition": {"broadcaster_user_id": "1337"},
        "transport": {"method": "conduit", "conduit_id": "c1"},
        "created_at": "2026-10-11T10:11:12.634234626Z",
    }
    return {"subscription": subscription, "event": event, **more}


ONLINE = payload(
    "stream.online", "1", {"id": "9", **BROADCASTER, "type": "live", "started_at": "2026-10-11T10:11:12.999999123Z"}
)

CHAT = payload(
    "channel.chat.message",
    "1",
    {
        **BROADCASTER,
        **{f"chatter_{key}": value for key, value in FAN.items()},
        "message_id": "chat-1",
        "message": {
            "text": "Hi @Cool_User Kappa",
            "fragments": [
                {"type": "text", "text": "Hi ", "cheermote": None, "emote": None, "mention": None},
                {
                    "type": "mention",
                    "text": "@Cool_User",
                    "mention": {"user_id": "1337", "user_login": "cool_user", "user_name": "Cool_User"},
                },
                {"type": "emote", "text": "Kappa", "emote": {"id": "25", "emote_set_id": "0", "format": ["static"]}},
            ],
        },
        "message_type": "text",
        "badges": [{"set_id": "subscriber", "id": "12", "info": "16"}],
        "cheer": None,
        "color": "#00FF7F",
        "reply": {
            "parent_message_id": "chat-0",
            "parent_message_body": "hello",
            "parent_user_id": "7",
            "parent_user_login": "old",
            "parent_user_name": "Old",
        },
        "source_broadcaster_user_id": None,
        "source_badges": None,
        "something_new": {"deep": [1, 2, 3]},
    },
)


def test_users_are_nested_and_times_aware() -> None:
    event = Event.from_payload(ONLINE)
    online = event.event
    assert isinstance(online, StreamOnlineEvent)
    assert online.broadcaster == User(id="1337", login="cool_user", name="Cool_User")
    assert online.broadcaster_user is online.broadcaster
    assert online.started_at == datetime(2026, 10, 11, 10, 11, 12, 999999, tzinfo=UTC)
    assert online.type is StreamType.LIVE
    assert event.subscription.broadcaster_id == "1337"
    assert event.subscription.transport.conduit_id == "c1"


def test_raw_is_what_twitch_sent() -> None:
    event = Event.from_payload(json.dumps(ONLINE).encode())
    assert event.raw == event.event.raw == ONLINE["event"]
    assert event.subscription.raw == ONLINE["subscription"]


def test_a_chat_message_is_typed_to_its_pieces() -> None:
    chat = Event.from_payload(CHAT).event
    assert isinstance(chat, ChannelChatMessageEvent)
    assert (chat.chatter.name, chat.chatter_user.login) == ("Fan", "fan")
    assert [fragment.type for fragment in chat.message.fragments] == ["text", "mention", "emote"]
    text, mention, emote = chat.message.fragments
    assert (text.text, text.mention) == ("Hi ", None)
    assert mention.mention is not None
    assert (mention.mention.id, mention.mention.name) == ("1337", "Cool_User")
    assert emote.emote is not None
    assert (emote.type, emote.emote.id) == (FragmentType.EMOTE, "25")
    assert chat.reply is not None
    assert chat.reply.parent_user.login == "old"
    assert (chat.source_broadcaster, chat.source_badges, chat.cheer) == (None, None, None)
    assert chat.raw["something_new"] == {"deep": [1, 2, 3]}


def test_a_raid_has_two_channels() -> None:
    raid = Event.from_payload(
        payload(
            "channel.raid",
            "1",
            {
                **{f"from_{key}": value for key, value in BROADCASTER.items()},
                "to_broadcaster_user_id": "42",
                "to_broadcaster_user_login": "fan",
                "to_broadcaster_user_name": "Fan",
                "viewers": "9001",
            },
        )
    ).event
    assert isinstance(raid, ChannelRaidEvent)
    assert (raid.from_broadcaster.name, raid.to_broadcaster.login, raid.viewers) == ("Cool_User", "fan", 9001)


def test_an_anonymous_cheer_has_no_user() -> None:
    nobody = dict.fromkeys(FAN)
    event = {**BROADCASTER, **nobody, "is_anonymous": True, "message": "pogchamp", "bits": 1000}
    cheer = Event.from_payload(payload("channel.cheer", "1", event)).event
    assert (cheer.user, cheer.bits) == (None, 1000)


def test_a_revoked_authorisation_may_name_nobody() -> None:
    event = {"client_id": "id", "user_id": "42", "user_login": None, "user_name": None}
    revoked = Event.from_payload(payload("user.authorization.revoke", "1", event)).event
    assert (revoked.user_id, revoked.user_login, revoked.user_name) == ("42", None, None)


def test_words_that_are_new_are_kept() -> None:
    event = {
        "conduit_id": "c",
        "shard_id": "4",
        "status": "websocket_fell_asleep",
        "transport": {"method": "websocket"},
    }
    disabled = Event.from_payload(payload("conduit.shard.disabled", "1", event)).event
    assert isinstance(disabled, ConduitShardDisabledEvent)
    assert disabled.status == "websocket_fell_asleep"


@pytest.mark.parametrize(("event_type", "version"), [("channel.new_thing", "1"), ("stream.online", "2")])
def test_an_unknown_type_or_version_is_its_json(event_type: str, version: str) -> None:
    event = Event.from_payload(payload(event_type, version, {"a": 1}))
    assert event.is_raw
    assert event.event == {"a": 1}


def test_batched_events_stay_together() -> None:
    content = {**payload("some.batch", "1", None), "events": [{"id": "1", "data": {}}]}
    del content["event"]
    assert Event.from_payload(content).event == [{"id": "1", "data": {}}]


def test_a_batch_can_be_had_one_by_one_under_the_events_own_ids() -> None:
    data = {**FAN, "entitlement_id": "e", "benefit_id": "b", "created_at": "2026-10-11T10:11:12Z"}
    content = {
        **payload("drop.entitlement.grant", "1", None),
        "events": [{"id": each_id, "data": data} for each_id in "xy"],
    }
    del content["event"]
    metadata = Metadata.of("m1", timestamp="2026-10-11T10:11:12.6Z", type="drop.entitlement.grant", version="1")
    batch = Event.from_payload(content, metadata=metadata)

    for each, kind in ((batch.each(), DropEntitlementGrantEvent), (batch.as_raw().each(), dict)):
        assert [(part.id, part.type, type(part.event)) for part in each] == [
            (each_id, "drop.entitlement.grant", kind) for each_id in "xy"
        ]
        assert each[1].metadata.message_timestamp == batch.metadata.message_timestamp
        assert each[1].raw == content["events"][1]


def test_a_single_event_is_its_own_only_part() -> None:
    event = Event.from_payload(ONLINE)
    assert event.each() == (event,)
    assert event.each()[0] is event


def test_a_field_less_is_an_error_only_where_it_is_needed() -> None:
    event = {key: value for key, value in ONLINE["event"].items() if key != "type"}
    assert Event.from_payload(payload("stream.online", "1", event)).event.type is StreamType.LIVE
    with pytest.raises(DecodeError, match="started_at") as caught:
        Event.from_payload(payload("stream.online", "1", BROADCASTER | {"id": "9"}))
    assert (caught.value.type, caught.value.version) == ("stream.online", "1")


def test_what_does_not_decode_can_still_be_had_raw() -> None:
    event = Event.from_payload(payload("stream.online", "1", {"odd": True}), raw=True)
    assert (event.is_raw, event.event) == (True, {"odd": True})


@pytest.mark.parametrize("as_bytes", [True, False])
@pytest.mark.parametrize(
    ("odd", "kept"),
    [
        ({"version": 1, "id": 4}, {"version": "1", "id": "4"}),
        ({"condition": {"broadcaster_user_id": 1337, "user_id": None}}, {"condition": {"broadcaster_user_id": "1337"}}),
        ({"condition": ["1337"]}, {"condition": {}}),
        ({"created_at": "yesterday", "cost": "2"}, {"created_at": None, "cost": 2}),
        ({"transport": "conduit", "cost": 0.5, "status": 7}, {"transport": SubscriptionTransport(), "cost": 0}),
        ({"id": None, "type": None, "version": {}}, {"id": "", "type": "stream.online", "version": "1"}),
    ],
)
def test_an_odd_field_of_the_subscription_costs_no_event(
    odd: dict[str, Any], kept: dict[str, Any], *, as_bytes: bool
) -> None:
    content = {**ONLINE, "subscription": {**ONLINE["subscription"], **odd}}
    metadata = Metadata.of("m1", timestamp="2026-10-11T10:11:12.6Z", type="stream.online", version="1")
    event = Event.from_payload(json.dumps(content).encode() if as_bytes else content, metadata=metadata)
    assert isinstance(event.event, StreamOnlineEvent)
    assert {name: getattr(event.subscription, name) for name in kept} == kept
    assert event.subscription.raw == content["subscription"]


@pytest.mark.parametrize(
    "odd",
    [
        b"",
        b"null",
        b"[]",
        b"{",
        b"{}",
        b'{"subscription": {}}',
        b'{"subscription": 1, "event": {}}',
        b"\xff",
        b"[" * 10000,
    ],
)
def test_what_is_no_payload_is_a_decode_error(odd: bytes) -> None:
    with pytest.raises(DecodeError):
        Event.from_payload(odd)
    with pytest.raises(DecodeError):
        read_revocation(odd)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.sampled_from(EVENT_TYPES), st.dictionaries(st.sampled_from(list(CHAT["event"])), JSON) | JSON)
def test_whatever_comes_is_an_event_or_a_decode_error(row: Any, event: Any) -> None:
    with contextlib.suppress(DecodeError):
        Event.from_payload(payload(row.type, row.version, event))


def test_two_deliveries_of_a_message_are_equal() -> None:
    metadata = Metadata.of("m1", timestamp="2026-10-11T10:11:12.6Z", type="stream.online", version="1")
    first, again = Event.from_payload(ONLINE, metadata=metadata), Event.from_payload(ONLINE, metadata=metadata)
    assert first == again
    assert {first, again} == {first}
    assert first.id == first.metadata.message_id == "m1"
    assert Event.from_payload(ONLINE) != Event.from_payload(ONLINE)


def test_a_timestamp_that_is_none_is_a_decode_error() -> None:
    with pytest.raises(DecodeError, match="message_timestamp"):
        Metadata.of("m1", timestamp="yesterday", type="stream.online", version="1")


def test_a_revocation_is_the_subscription_and_why() -> None:
    content = payload("stream.online", "1", None)
    content["subscription"]["status"] = "authorization_revoked"
    assert read_revocation(content).status == "authorization_revoked"


def test_a_subscription_counts_as_true_whatever_became_of_it() -> None:
    for status in ("enabled", "authorization_revoked"):
        ended = payload("stream.online", "1", None)
        ended["subscription"]["status"] = status
        assert bool(read_revocation(ended)) is True


def test_an_event_costs_the_garbage_collector_nothing() -> None:
    read = Event.from_payload(json.dumps(ONLINE).encode())
    assert not any(map(gc.is_tracked, (read, read.event, read.event.broadcaster, read.subscription, read.metadata)))
