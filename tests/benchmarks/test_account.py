"""The account of a benchmark: each message is delivered, lost, at a process's end or dropped, and nothing is hidden."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from account import Account, Delivery, End, settle

FAULT_AT, TRAFFIC_END = 100.0, 110.0


def wrote(message_id: str, at: float = 105.0, session: str = "s", channel: str = "1") -> dict[str, Any]:
    return {"message_id": message_id, "session_id": session, "broadcaster_id": channel, "sent_ms": at * 1000}


def dropped(message_id: str, channel: str = "1") -> dict[str, Any]:
    return {"message_id": message_id, "broadcaster_id": channel, "reason": "shard_disabled"}


def account(
    sent: list[dict[str, Any]], drops: list[dict[str, Any]], delivered: list[str], end: End | None = None
) -> Account:
    deliveries = [Delivery(message_id, TRAFFIC_END - 1) for message_id in delivered]
    return settle(sent, drops, deliveries, fault_at=FAULT_AT, traffic_end=TRAFFIC_END, end=end)


NOTHING = Account(made=0, delivered=0, lost=0, at_end=0, dropped=0, doubled=0, pause_seconds=9.0)


def test_what_was_written_and_never_delivered_is_lost() -> None:
    assert account([wrote("a"), wrote("b")], [], ["a"]) == replace(NOTHING, made=2, delivered=1, lost=1)


def test_what_was_written_to_no_socket_is_dropped() -> None:
    assert account([wrote("a")], [dropped("b")], ["a"]) == replace(NOTHING, made=2, delivered=1, dropped=1)


def test_a_message_that_was_dropped_and_came_through_after_all_is_delivered() -> None:
    assert account([wrote("a")], [dropped("a")], ["a"]) == replace(NOTHING, made=1, delivered=1)


def test_a_message_written_twice_and_delivered_once_is_as_it_should_be() -> None:
    assert account([wrote("a"), wrote("a")], [], ["a"]) == replace(NOTHING, made=1, delivered=1)


def test_each_delivery_too_many_is_doubled() -> None:
    assert account([wrote("a")], [], ["a", "a", "a"]) == replace(NOTHING, made=1, delivered=1, doubled=2)


def test_a_delivery_of_what_was_never_made_is_one_too_many() -> None:
    assert account([wrote("a")], [], ["a", "x"]) == replace(NOTHING, made=1, delivered=1, doubled=1)


def test_what_a_process_had_when_it_ended_by_itself_is_lost_and_what_came_later_is_not() -> None:
    sent = [wrote("a", 104.0), wrote("b", 104.9), wrote("c", 105.1)]
    assert account(sent, [], ["a"], End(105.0)) == replace(NOTHING, made=3, delivered=1, lost=1, at_end=1)


def test_a_killed_process_takes_with_it_what_its_own_sessions_had_read_in_its_last_second() -> None:
    sent = [wrote("a", 103.9), wrote("b", 104.1), wrote("c", 104.1, session="another")]
    end = End(105.0, killed=True, sessions=frozenset({"s"}))
    assert account(sent, [dropped("d")], ["d"], end) == replace(NOTHING, made=4, delivered=1, lost=2, at_end=1)


def test_what_was_written_to_a_living_socket_too_is_not_excused_by_a_kill() -> None:
    sent = [wrote("a", 104.5), wrote("a", 104.6, session="another"), wrote("b")]
    end = End(105.0, killed=True, sessions=frozenset({"s"}))
    assert account(sent, [], ["b"], end).lost == 1


@pytest.mark.parametrize(
    ("delivered_at", "pause_seconds"),
    [
        ([99.0, 101.0, 105.0, 109.0], 4.0),
        ([103.0, 104.0, 107.0, 109.5], 3.0),  # from the fault to the first
        ([99.0, 101.0, 107.0], inf),  # it did not go on
        ([99.0, 111.0], inf),  # too late: nothing was made any more
        ([], inf),
    ],
)
def test_a_pause_is_a_channels_longest_time_without_a_delivery_since_the_fault(
    delivered_at: list[float], pause_seconds: float
) -> None:
    ids = [str(number) for number in range(max(1, len(delivered_at)))]
    deliveries = [Delivery(each, at) for each, at in zip(ids, delivered_at, strict=False)]
    settled = settle([wrote(each) for each in ids], [], deliveries, fault_at=FAULT_AT, traffic_end=TRAFFIC_END)
    assert settled.pause_seconds == pause_seconds


def test_the_channel_that_pauses_longest_counts() -> None:
    steady = [Delivery("a", at) for at in (101.0, 103.0, 105.0, 107.0, 109.0)]
    paused = [Delivery("b", at) for at in (101.0, 108.5)]
    sent = [wrote("a"), wrote("b", channel="2")]
    settled = settle(sent, [], steady + paused, fault_at=FAULT_AT, traffic_end=TRAFFIC_END)
    assert settled.pause_seconds == 7.5
