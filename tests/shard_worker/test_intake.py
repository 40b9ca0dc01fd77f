"""From a notification to a row: what the stream entry says beside the payload."""

from __future__ import annotations

import sys
import time
import tracemalloc
from datetime import UTC, datetime

import msgspec
import pytest
from prometheus_client import REGISTRY

from fleet.keys import Keys, partition
from shard_worker.backlog import ROW_BYTES
from shard_worker.intake import TYPES_MAX, Intake, text
from twitch.eventsub.outcomes import Notification, Revocation
from twitch.ids import MessageId

KEYS = Keys("ns")


def payload(**condition: str) -> bytes:
    subscription = {"id": "sub-1", "status": "enabled", "condition": condition}
    return msgspec.json.encode({"subscription": subscription, "event": {"any": ["thing"]}})


def notification(
    body: bytes = payload(broadcaster_user_id="42"), *, type_: str = "stream.online", timestamp: str = ""
) -> Notification:
    return Notification(MessageId("m1"), type_, "1", timestamp or ago(0), body)


def ago(seconds: float) -> str:
    """Twitch's text for a moment so many seconds ago, with its nanoseconds."""
    moment = datetime.fromtimestamp(time.time() - seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f") + "789Z"


def intake(**partitions: int) -> Intake:
    return Intake(KEYS, partitions, clock=lambda: 77.0)


def metric(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_a_row_says_what_the_contract_wants() -> None:
    event = notification()
    before = int(time.time() * 1000)
    waiting = intake().row(event, "3")
    row = waiting.row
    assert before <= row.received_ms <= time.time() * 1000
    assert row._replace(received_ms=0) == (
        "ns:events:{stream.online:0}",
        *("m1", "stream.online", "1", event.timestamp, "42", "sub-1", "3", 0),
        *(event.payload.decode(), 0),
    )
    assert waiting.received_at == 77.0
    assert waiting.size == sys.getsizeof(row.payload) + ROW_BYTES


@pytest.mark.parametrize(
    "words", [b"word" * 300, "größer".encode() * 150, "\N{ROLLING ON THE FLOOR LAUGHING}".encode() * 300, b"\xff" * 1200],
    ids=["ASCII", "Latin-1", "emoji", "no UTF-8"],
)  # fmt: skip
def test_the_bound_of_memory_is_one_of_memory(words: bytes) -> None:
    """What rows are counted as is what they take, and not much more."""
    it, rows = intake(), []
    tracemalloc.start()
    try:
        for number in range(2000):
            event = notification()
            payload = event.payload.replace(b'"thing"', b'"%06d%s"' % (number, words))
            texts = (f"{number:036d}", f"channel.chat.{number:07d}", f"{event.timestamp}"[:-1] + "Z")
            rows.append(it.row(Notification(MessageId(texts[0]), texts[1], "1", texts[2], payload), f"{number}"))
        it.delays.clear()
        it.counts.clear()
        used, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0.7 * sum(row.size for row in rows) < used < sum(row.size for row in rows)


@pytest.mark.parametrize(
    ("condition", "broadcaster"),
    [
        ({"broadcaster_user_id": "1", "moderator_user_id": "2"}, "1"),
        ({"to_broadcaster_user_id": "1"}, "1"),
        ({"from_broadcaster_user_id": "1"}, "1"),
        ({"from_broadcaster_user_id": "", "to_broadcaster_user_id": "1"}, "1"),
        ({"user_id": "1"}, ""),
        ({}, ""),
    ],
    ids=[
        "most types",
        "a raid to them",
        "a raid from them",
        "an empty side of a raid",
        "a user's type",
        "no condition",
    ],
)
def test_the_broadcaster_is_the_one_subscribed(condition: dict[str, str], broadcaster: str) -> None:
    assert intake().row(notification(payload(**condition)), "0").row.broadcaster_id == broadcaster


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"garbage",
        b"{}",
        b'{"subscription":7}',
        b'{"subscription":{"id":7}}',
        b'{"subscription":{"id":"x","condition":{"broadcaster_user_id":42}}}',
        b'{"subscription":\xff}',
    ],
)
def test_a_payload_that_cannot_be_read_goes_on_as_it_is(body: bytes) -> None:
    row = intake().row(notification(body), "0").row
    assert (row.broadcaster_id, row.subscription_id) == ("", "")
    assert row.payload == text(body)


def test_nesting_that_the_session_could_read_and_this_can_not_goes_on_as_it_is() -> None:
    """How deep a decoder goes depends on how deep its caller stands, and this one stands deeper."""
    for depth in range(500, 1100):
        body = b'{"subscription":{"id":"s","more":%s%s}}' % (b"[" * depth, b"]" * depth)
        row = intake().row(notification(body), "0").row
        assert row.subscription_id in {"s", ""}
        assert row.payload == text(body)


def test_names_of_streams_are_kept_for_so_many_types_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shard_worker.intake.STREAMS_MAX", 3)
    it = intake()
    for number in [*range(10), *range(10)]:
        row = it.row(notification(type_=f"invented-{number}"), "0").row
        assert row.stream == KEYS.stream(f"invented-{number}", 0)
    assert len(it._streams) == 3


def test_text_is_the_payload_byte_for_byte() -> None:
    for body in (b"", b"plain", "é😀".encode(), b"\xff\xfe", b"\xed\xa0\x80", b"x" * 70_000):
        packed = msgspec.msgpack.encode(text(body))
        assert packed.endswith(body)
        assert packed[0] & 0xE0 == 0xA0 or packed[0] in {0xD9, 0xDA, 0xDB}, "MessagePack text, not bytes"


def test_a_broadcasters_events_share_a_partition() -> None:
    rows = intake(chat=8)
    for broadcaster in ("1", "22", "333"):
        stream = rows.row(notification(payload(broadcaster_user_id=broadcaster), type_="chat"), "0").row.stream
        assert stream == KEYS.stream("chat", partition(broadcaster, 8))


def test_partitions_only_grow() -> None:
    rows = intake(chat=4)
    rows.grow({"chat": 2, "follow": 3})
    assert rows.partitions == {"chat": 4, "follow": 3}
    rows.grow({"chat": 16})
    assert rows.partitions == {"chat": 16, "follow": 3}


@pytest.mark.parametrize(
    ("timestamp", "late"),
    [(0, 0), (540, 0), (601, 1), (-5, 0), ("", 0), ("garbage", 0), ("2026-13-41T99:99:99Z", 0)],
    ids=["now", "not yet", "ten minutes", "a clock ahead", "none", "garbage", "no such day"],
)
def test_late_is_what_twitchs_replay_guard_would_refuse(timestamp: str | float, late: int) -> None:
    timestamp = timestamp if isinstance(timestamp, str) else ago(timestamp)
    event = Notification(MessageId("m1"), "t", "1", timestamp, payload())
    assert intake().row(event, "0").row.late == late


def test_whole_seconds_are_read_too() -> None:
    rows = intake()
    rows.row(notification(timestamp="2020-01-01T00:00:00Z"), "0")
    rows.row(notification(timestamp="2020-01-01T00:00:00.5Z"), "0")
    assert rows.delays[0] - rows.delays[1] == pytest.approx(0.5, abs=0.2)


def test_a_revocation_goes_to_the_stream_of_revocations() -> None:
    body = b'{"subscription":{"id":"s","status":"authorization_revoked","condition":{"broadcaster_user_id":"42"}}}'
    row = intake().row(Revocation(MessageId("r1"), "stream.online", "1", ago(0), body), "0").row
    assert (row.stream, row.broadcaster_id, row.subscription_id) == (KEYS.revocations, "42", "s")


class TestMetrics:
    def test_what_passed_is_shown_once(self) -> None:
        rows = intake()
        before = metric("eventsub_notifications_total", type="stream.online")
        counted = metric("eventsub_twitch_to_socket_seconds_count")
        rows.row(notification(), "0")
        rows.row(notification(timestamp=ago(3600)), "0")
        late = metric("fleet_late_events_total")
        for _ in range(2):
            rows.show()
            assert metric("eventsub_notifications_total", type="stream.online") == before + 2
            assert metric("eventsub_twitch_to_socket_seconds_count") == counted + 2
            assert metric("fleet_late_events_total") == late + 1

    def test_revocations_are_counted_by_status_and_unknown_ones_together(self) -> None:
        rows = intake()
        before = {status: metric("eventsub_revocations_total", status=status) for status in ("user_removed", "other")}
        for status in ("user_removed", "made_up_1", "made_up_2"):
            body = msgspec.json.encode({"subscription": {"id": "s", "status": status}})
            rows.row(Revocation(MessageId("r"), "t", "1", "", body), "0")
        rows.show()
        assert metric("eventsub_revocations_total", status="user_removed") == before["user_removed"] + 1
        assert metric("eventsub_revocations_total", status="other") == before["other"] + 2
        assert REGISTRY.get_sample_value("eventsub_revocations_total", {"status": "made_up_1"}) is None

    def test_a_peer_that_invents_types_does_not_grow_the_page(self) -> None:
        rows = intake()
        rows.row(notification(type_="known"), "0")
        rows.show()
        for number in range(TYPES_MAX + 50):
            rows.row(notification(type_=f"invented-{number}"), "0")
        rows.row(notification(type_="known"), "0")
        rows.show()
        types = {
            sample.labels["type"]
            for family in REGISTRY.collect()
            for sample in family.samples
            if sample.name == "eventsub_notifications_total" and sample.labels["type"].startswith("invented-")
        }
        assert len(types) <= TYPES_MAX
        assert metric("eventsub_notifications_total", type="known") == 2

    def test_partitions_are_no_types(self) -> None:
        """A type of many partitions is one label, and takes no other's place."""
        rows = intake(chat=2 * TYPES_MAX)
        for number in range(4 * TYPES_MAX):
            rows.row(notification(payload(broadcaster_user_id=str(number)), type_="chat"), "0")
        rows.show()
        assert metric("eventsub_notifications_total", type="chat") == 4 * TYPES_MAX


@pytest.mark.parametrize("fraction", ["nan", "9e999", "-9e999", ".5e3", "+1"])
def test_a_time_that_is_no_time_spoils_no_metric(fraction: str) -> None:
    it = intake()
    it.row(notification(timestamp=f"2020-01-01T00:00:00{fraction}Z"), "0")
    assert it.delays == [0.0]
