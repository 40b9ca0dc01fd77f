"""The count: what was sent against what stands in the streams, whichever of the two is read first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.demo import tally as tally_module
from fleet.demo.tally import Account, Kill, Tally

CHAT = "channel.chat.message"


def sent(
    message_id: str, *, session: str = "session-a", sent_ms: float = 10_000.0, redelivery: bool = False
) -> dict[str, Any]:
    return {"message_id": message_id, "session_id": session, "sent_ms": sent_ms, "redelivery": redelivery}


def dropped(message_id: str, *, redelivery: bool = False) -> dict[str, Any]:
    return {"message_id": message_id, "redelivery": redelivery}


@given(st.permutations([("sent", n) for n in range(6)] + [("entry", n) for n in range(6)]))
def test_in_whatever_order_the_lists_are_read_nothing_is_lost_or_too_many(steps: list[tuple[str, int]]) -> None:
    tally = Tally()
    for kind, number in steps:
        if kind == "sent":
            tally.told([sent(f"m{number}")], [])
        else:
            tally.entry(f"m{number}", CHAT)

    assert (tally.sent, tally.streamed, tally.waiting, tally.duplicated) == (6, 6, 0, 0)
    assert tally.missing([]) == (0, 0)


def test_a_message_sent_and_in_no_stream_is_lost() -> None:
    tally = Tally()
    tally.told([sent("m1"), sent("m2")], [])
    tally.entry("m2", CHAT)

    assert tally.missing([]) == (1, 0)
    assert tally.waiting == 1


def test_a_message_id_that_stands_in_the_streams_twice_is_duplicated() -> None:
    tally = Tally()
    tally.told([sent("m1")], [])
    tally.entry("m1", CHAT)
    tally.entry("m1", CHAT)

    assert (tally.streamed, tally.duplicated) == (2, 1)
    assert tally.missing([]) == (0, 0)


def test_a_repeat_is_seen_before_the_simulator_tells_of_the_message() -> None:
    tally = Tally()
    tally.entry("m1", CHAT)
    tally.entry("m1", CHAT)
    tally.told([sent("m1")], [])

    assert (tally.streamed, tally.duplicated) == (2, 1)


def test_an_entry_for_which_nothing_was_written_is_too_many() -> None:
    tally = Tally()
    tally.told([sent("m1")], [])
    tally.entry("m1", CHAT)
    tally.entry("invented", CHAT)

    assert tally.duplicated == 1


def test_a_message_that_twitch_delivers_twice_is_sent_once() -> None:
    tally = Tally()
    tally.told([sent("m1"), sent("m1", redelivery=True)], [])
    tally.entry("m1", CHAT)

    assert (tally.sent, tally.waiting, tally.duplicated) == (1, 0, 0)


def test_what_was_written_to_no_socket_is_counted_apart() -> None:
    tally = Tally()
    tally.told([sent("m1")], [dropped("m2"), dropped("m1", redelivery=True)])

    assert (tally.sent, tally.dropped) == (1, 1)


def test_entries_are_counted_by_type() -> None:
    tally = Tally()
    for number, type_ in enumerate([CHAT, "stream.online", CHAT]):
        tally.entry(f"m{number}", type_)

    assert tally.types == {CHAT: 2, "stream.online": 1}


def test_a_kill_explains_only_its_own_sessions_and_its_last_second() -> None:
    tally = Tally()
    tally.told(
        [
            sent("just before", sent_ms=9_500),
            sent("at the end of the second", sent_ms=9_000),
            sent("in the moment after", sent_ms=10_004),
            sent("too long before", sent_ms=8_999),
            sent("to another worker", session="session-b", sent_ms=9_900),
        ],
        [],
    )

    assert tally.missing([Kill(frozenset({"session-a"}), at_ms=10_000)]) == (2, 3)


def test_memory_is_bounded_and_a_repeat_outside_the_window_is_still_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally_module, "RECENT_MAX", 10)
    tally = Tally()
    for number in range(100):
        tally.told([sent(f"m{number}")], [])
        tally.entry(f"m{number}", CHAT)
    tally.entry("m0", CHAT)

    assert len(tally._recent) == len(tally._recent_order) == 10
    assert tally.duplicated == 1


GOOD = Account(sent=10, streamed=10, handled=3, lost=0, duplicated=0, twitch_dropped=2, to_handle=3)


def test_the_last_line_has_fixed_names_in_a_fixed_order() -> None:
    assert GOOD.line == "demo: sent=10 streamed=10 handled=3 lost=0 duplicated=0 twitch_dropped=2"


def test_what_a_kill_took_is_told_only_where_somebody_was_killed() -> None:
    assert replace(GOOD, lost_at_kill=0).line.endswith(" twitch_dropped=2 lost_at_kill=0")


def test_what_twitch_drops_and_what_a_kill_takes_is_no_complaint() -> None:
    assert replace(GOOD, twitch_dropped=50, lost_at_kill=4).complaint == ""


def test_events_lost_doubled_unhandled_or_never_sent_are_complaints() -> None:
    assert replace(GOOD, lost=1).complaint == "1 events were written to a live socket and are in no stream"
    assert replace(GOOD, duplicated=2).complaint == "2 stream entries are too many"
    assert replace(GOOD, handled=1).complaint == "2 of 3 events were not handled"
    assert replace(GOOD, sent=0).complaint == "nothing was sent"
    assert replace(GOOD, unsettled="jobs: 2").complaint == "the handlers are not done: jobs: 2"
