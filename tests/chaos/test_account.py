"""The account of what was written and what stands in the streams."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from tests.chaos.account import Account, EndedSocket, Life, Outcome, quantile

STREAM = "fleet:events:{stream.online:0}"
LIVES = [Life("worker-1", {"s1"}), Life("worker-2", {"s2"}, killed_ms=50_000.0)]


def written(message_id: str, seq: int, sent_ms: float = 10_000.0, *, session: str = "s1", socket: int = 1) -> Any:
    return {"message_id": message_id, "seq": seq, "sent_ms": sent_ms, "session_id": session, "socket": socket}


def outcome(
    sent: Iterable[Any], streamed: Iterable[str], *, ended: dict[int, EndedSocket] | None = None, **more: Any
) -> Outcome:
    account = Account()
    account.told(sent, more.get("dropped", ()))
    for message_id in streamed:
        account.entry(STREAM, message_id, 10_001.0)
    return account.outcome(more.get("lives", LIVES), ended or {}, more.get("given_up", 0))


def test_what_was_written_and_streamed_is_well() -> None:
    found = outcome([written("a", 1), written("b", 2)], ["a", "b"])

    assert found == Outcome(
        sent=2,
        streamed=2,
        lost_live=0,
        lost_at_kill=0,
        cut=0,
        given_up=0,
        doubled=0,
        misordered=0,
        dropped_sockets=0,
        kill_windows_ms={},
        dropped={},
    )


@pytest.mark.parametrize(
    ("row", "ended", "head"),
    [
        (written("a", 1), {}, "lost_live"),
        (written("a", 1, session="nobody's"), {}, "lost_live"),
        (written("a", 1, 49_001, session="s2"), {}, "lost_at_kill"),
        (written("a", 1, 48_999, session="s2"), {}, "lost_live"),
        (written("a", 1, 10_000), {1: EndedSocket(10_999, None)}, "cut"),
        (written("a", 1, 10_000), {1: EndedSocket(10_999, None, by_client=True)}, "lost_live"),
        (written("a", 1, 10_000), {1: EndedSocket(11_001, None)}, "lost_live"),
        (written("a", 1, 10_000), {1: EndedSocket(10_999, 1000)}, "lost_live"),
        (written("a", 1, 10_000), {1: EndedSocket(10_001, 1002)}, "cut"),
    ],
    ids=[
        "of a living process",
        "of a process that nobody knows",
        "a moment before its kill",
        "a while before its kill",
        "a moment before Twitch cut its socket",
        "a moment before its process dropped its socket",
        "a while before Twitch cut its socket",
        "before a close",
        "behind a frame that nobody can read",
    ],
)
def test_what_is_missing_falls_under_one_head(row: Any, ended: dict[int, EndedSocket], head: str) -> None:
    found = outcome([row], [], ended=ended)

    heads = {name: getattr(found, name) for name in ("lost_live", "lost_at_kill", "cut")}
    assert heads == {name: int(name == head) for name in heads}


@pytest.mark.parametrize(
    ("sent_ms", "ended", "lost_live"),
    [(15_000, {1: EndedSocket(16_000, 4002)}, 0), (15_000, {}, 1), (25_000, {1: EndedSocket(26_000, 4002)}, 1)],
    ids=["while it was stopped, and its socket cut", "while it was stopped, and its socket lived", "afterwards"],
)
def test_a_stopped_process_is_excused_only_for_sockets_that_ended(
    sent_ms: float, ended: dict[int, EndedSocket], lost_live: int
) -> None:
    lives = [Life("worker-1", {"s1"}, pauses=[(12_000.0, 20_000.0)])]

    assert outcome([written("a", 1, sent_ms)], [], ended=ended, lives=lives).lost_live == lost_live


@pytest.mark.parametrize(
    ("ended", "dropped"),
    [
        ({1: EndedSocket(11_000, None, by_client=True)}, 1),
        ({1: EndedSocket(11_000, 1000, by_client=True)}, 0),
        ({1: EndedSocket(11_000, None)}, 0),
        ({2: EndedSocket(50_000, None, by_client=True)}, 0),
        ({3: EndedSocket(11_000, None, by_client=True)}, 0),
    ],
    ids=["without a close", "with a close", "by Twitch", "of a killed process", "that carried nothing"],
)
def test_a_socket_is_let_go_of_in_order(ended: dict[int, EndedSocket], dropped: int) -> None:
    sent = [written("a", 1), written("b", 2, session="s2", socket=2)]

    assert outcome(sent, ["a", "b"], ended=ended).dropped_sockets == dropped


def test_a_kill_tells_how_old_the_oldest_was_that_it_took() -> None:
    sent = [written("a", 1, 49_900, session="s2"), written("b", 2, 49_990, session="s2")]

    assert outcome(sent, []).kill_windows_ms == {"worker-2": 100.0}


def test_what_was_in_memory_while_redis_was_away_is_lost_at_its_kill_and_no_more_than_that() -> None:
    lives = [Life("worker-2", {"s2"}, killed_ms=50_000.0, in_memory=1)]
    found = outcome([written("a", 1, session="s2"), written("b", 2, session="s2")], [], lives=lives)

    assert (found.lost_live, found.lost_at_kill) == (1, 1)


def test_a_message_written_twice_is_lost_live_if_one_of_its_sockets_should_have_had_it() -> None:
    found = outcome([written("a", 1, 49_500, session="s2"), written("a", 2, 49_500)], [])

    assert (found.sent, found.lost_live, found.lost_at_kill) == (1, 1, 0)


def test_entries_too_many_are_doubles_and_so_is_what_was_never_written() -> None:
    assert outcome([written("a", 1)], ["a", "a", "b"]).doubled == 2


def test_what_stands_again_in_a_redis_that_was_emptied_is_no_double() -> None:
    account = Account()
    account.told([written("a", 1)], [])
    account.entry(STREAM, "a", 1.0)
    account.redis_was_emptied()
    account.entry(STREAM, "a", 2.0)

    found = account.outcome(LIVES, {})
    assert (found.streamed, found.doubled) == (1, 0)


def test_order_is_that_of_one_socket() -> None:
    sent = [written("a", 1), written("b", 2, socket=2), written("c", 3), written("d", 4)]

    assert outcome(sent, ["b", "a", "c", "d"]).misordered == 0
    assert outcome(sent, ["c", "a", "d", "b"]).misordered == 1


def test_what_twitch_drops_is_apart_from_what_a_fault_swallows() -> None:
    dropped = [{"message_id": str(n), "reason": reason} for n, reason in enumerate(("shard_disabled", "fault_drop"))]
    found = outcome([], [], dropped=dropped)

    assert (found.twitch_dropped, found.dropped) == (1, {"shard_disabled": 1, "fault_drop": 1})


def test_what_was_dropped_and_then_written_was_not_dropped() -> None:
    assert outcome([written("a", 1)], ["a"], dropped=[{"message_id": "a", "reason": "shard_disabled"}]).dropped == {}


def test_what_the_fleet_says_it_gave_up_is_no_live_loss_and_no_more_than_that() -> None:
    found = outcome([written("a", 1), written("b", 2)], [], given_up=1)

    assert (found.lost_live, found.given_up) == (1, 1)


def test_quantiles_are_by_nearest_rank() -> None:
    values = [float(value) for value in range(100, 0, -1)]

    assert [quantile(values, share) for share in (0.5, 0.99, 1.0)] == [50.0, 99.0, 100.0]
    assert quantile([], 0.5) is None
