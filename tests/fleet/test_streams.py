"""The public contract from the reader's side."""

from __future__ import annotations

from typing import Any

import pytest

from fleet.keys import Keys
from fleet.streams import REVOCATIONS, GroupReader, StreamEntry, type_of
from twitch.errors import DecodeError
from twitch.eventsub import StreamOnlineEvent


@pytest.fixture
def reader(redis: Any, keys: Keys) -> Any:
    def make(consumer: str = "one", *, types: tuple[str, ...] = ("stream.online",), idle_ms: int = 0) -> GroupReader:
        return GroupReader(redis, keys, "tests", consumer, lambda type_: type_ in types, idle_ms=idle_ms)

    return make


class TestEntry:
    def test_an_entry_has_the_contracts_fields_and_ignores_others(self, make_entry: Any) -> None:
        written = {name: str(value).encode() for name, value in make_entry("m1").fields().items() if name != "payload"}
        fields = {name.encode(): value for name, value in written.items()}
        fields |= {b"payload": b"{}", b"a_field_of_tomorrow": b"1"}
        decoded = StreamEntry.decode("s", "5-0", fields)
        assert (decoded.message_id, decoded.type, decoded.broadcaster_id) == ("m1", "stream.online", "7")
        assert (decoded.payload, decoded.late, decoded.v) == (b"{}", False, "1")

    def test_late_is_there_only_where_it_is_true(self, make_entry: Any) -> None:
        assert "late" not in make_entry().fields()
        assert make_entry(late=True).fields()["late"] == "1"

    def test_fields_that_are_missing_or_no_numbers_break_nothing(self) -> None:
        for received in (b"soon", b"-1", b"9" * 30, b"9" * 5000):
            decoded = StreamEntry.decode("s", "5-0", {b"received_ms": received})
            assert (decoded.received_ms, decoded.message_id, decoded.payload) == (0, "", b"")

    def test_it_becomes_a_typed_event_with_the_messages_metadata(self, make_entry: Any) -> None:
        event = make_entry("m1", "7").event()
        assert isinstance(event.event, StreamOnlineEvent)
        assert (event.id, event.event.broadcaster.id, event.metadata.subscription_type) == ("m1", "7", "stream.online")
        assert event.metadata.message_timestamp.year == 2026

    @pytest.mark.parametrize(
        "changes", [{"payload": b""}, {"payload": b"\xff"}, {"payload": b"{}"}, {"timestamp": "?"}, {"v": "2"}]
    )
    def test_what_does_not_fit_is_a_decode_error(self, make_entry: Any, changes: Any) -> None:
        with pytest.raises(DecodeError):
            make_entry(**changes).event()

    def test_a_revocation_says_which_subscription_and_why(self, make_entry: Any) -> None:
        payload = b'{"subscription":{"id":"s1","type":"channel.follow","version":"2","status":"authorization_revoked"}}'
        subscription, metadata = make_entry("m9", payload=payload).revocation()
        assert (subscription.id, subscription.status, metadata.message_type) == (
            "s1",
            "authorization_revoked",
            "revocation",
        )


class TestNames:
    def test_a_streams_name_gives_its_type(self, keys: Keys) -> None:
        assert type_of(keys, keys.stream("channel.chat.message", 3)) == "channel.chat.message"
        assert type_of(keys, keys.revocations) == REVOCATIONS

    @pytest.mark.parametrize("other", ["x", "fleet:events:dead", "fleet:events:{stream.online}", "fleet:events:{a:b}"])
    def test_other_keys_are_no_streams(self, keys: Keys, other: Any) -> None:
        with pytest.raises(ValueError, match="is no event stream"):
            type_of(keys, other)


class TestGroup:
    async def test_a_group_begins_at_the_first_entry_of_a_stream_it_had_not_seen(
        self, reader: Any, stream: Any
    ) -> None:
        await stream.add("m1")
        one = reader()
        assert await one.new(10, None) == []
        assert len(await one.refresh()) == 1
        assert [entry.message_id for entry in await one.new(10, None)] == ["m1"]

    async def test_types_that_nobody_wants_are_not_joined(self, reader: Any, stream: Any) -> None:
        await stream.add("m1", type="channel.raid")
        assert await reader().refresh() == []

    async def test_each_entry_goes_to_one_consumer(self, reader: Any, stream: Any) -> None:
        one, two = reader("one"), reader("two")
        for number in range(4):
            await stream.add(f"m{number}")
        await one.refresh()
        await two.refresh()
        first, second = await one.new(2, None), await two.new(10, None)
        assert [entry.message_id for entry in first + second] == ["m0", "m1", "m2", "m3"]

    async def test_what_was_not_acknowledged_stays_its_own_until_a_peer_claims_it(
        self, reader: Any, stream: Any
    ) -> None:
        one, two = reader("one"), reader("two")
        await stream.add("m1")
        await stream.add("m2")
        await one.refresh()
        await two.refresh()
        given = await one.new(10, None)
        await one.ack(given[:1])
        assert [entry.message_id for entry in await one.own(10)] == ["m2"]
        assert [entry.message_id for entry in await two.claim(10)] == ["m2"]
        assert await one.own(10) == []

    async def test_entries_trimmed_while_they_were_held_are_let_go(self, reader: Any, stream: Any, redis: Any) -> None:
        one = reader()
        await stream.add("m1")
        await one.refresh()
        await one.new(10, None)
        (name,) = one.streams
        await redis.xtrim(name, maxlen=0, approximate=False)
        assert await one.own(10) == []
        assert (await redis.xpending(name, "tests"))["pending"] == 0

    async def test_a_redis_that_lost_the_group_is_joined_anew(self, reader: Any, stream: Any, redis: Any) -> None:
        one = reader()
        await stream.add("m1")
        await one.refresh()
        (name,) = one.streams
        await redis.xgroup_destroy(name, "tests")
        assert await one.new(10, None) == []
        await one.refresh()
        assert [entry.message_id for entry in await one.new(10, None)] == ["m1"]

    async def test_a_consumer_that_owes_nothing_leaves_and_one_that_owes_stays_to_be_claimed_from(
        self, reader: Any, stream: Any, redis: Any
    ) -> None:
        one, two = reader("one"), reader("two")
        await stream.add("m1")
        for each in (one, two):
            await each.refresh()
        await one.new(10, None)
        await two.new(10, None)
        await one.leave()
        await two.leave()
        (name,) = one.streams
        assert [row["name"] for row in await redis.xinfo_consumers(name, "tests")] == [b"one"]
