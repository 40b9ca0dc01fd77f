"""Redis keys: families are rights, and the streams' names are a public contract."""

from __future__ import annotations

from zlib import crc32

import pytest

from fleet.keys import Keys, partition

KEYS = Keys("ns")

FAMILIES = {
    "ctl": [
        KEYS.incarnation,
        KEYS.leader,
        KEYS.epoch,
        KEYS.conduit,
        KEYS.shards,
        KEYS.pace,
        KEYS.written,
        KEYS.subscriptions,
        KEYS.users,
        KEYS.ready,
        KEYS.assigned("w"),
        KEYS.ctl_wake,
    ],
    "rep": [
        KEYS.workers,
        KEYS.alive("w"),
        KEYS.report("w"),
        KEYS.rep_wake,
        KEYS.handlers,
        KEYS.handler_alive("h"),
        KEYS.groups,
    ],
    "events": [KEYS.streams, KEYS.partitions, KEYS.revocations, KEYS.dead_letters, KEYS.stream("t", 0)],
    "data": [KEYS.dedup, KEYS.flushed("life")],
    "vault": [KEYS.user("1"), KEYS.seen_pairs, KEYS.barrier],
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_one_pattern(family: str) -> None:
    assert all(key.startswith(f"ns:{family}:") for key in FAMILIES[family])


def test_no_two_keys_are_one() -> None:
    every = [key for family in FAMILIES.values() for key in family]
    assert len(set(every)) == len(every)


def test_the_public_names_are_what_the_contract_says() -> None:
    keys = Keys("fleet")
    assert keys.stream("stream.online", 0) == "fleet:events:{stream.online:0}"
    assert keys.streams == "fleet:events:streams"
    assert keys.partitions == "fleet:events:partitions"
    assert keys.revocations == "fleet:events:revocations"


def test_arqs_queue_carries_the_namespace() -> None:
    assert KEYS.queue == "arq:queue:ns"


def test_a_partition_is_the_crc32_of_the_broadcaster() -> None:
    assert partition("12345", 8) == crc32(b"12345") % 8 == 4
    assert partition("", 8) == 0


def test_of_one_partition_there_is_nothing_to_choose() -> None:
    assert partition("12345", 1) == partition("12345", 0) == 0


def test_broadcasters_are_spread() -> None:
    assert {partition(str(broadcaster), 8) for broadcaster in range(100)} == set(range(8))
