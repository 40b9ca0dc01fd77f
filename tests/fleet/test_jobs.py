"""arq jobs that carry events."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.jobs import Batch, Work, deserialize, encode, job_id, plan_jobs
from fleet.keys import Keys
from fleet.streams import StreamEntry


@pytest.mark.parametrize("payload", [b'{"a":"\\u00e9"}', "é\n".encode(), b"\xff\x00", b""])
def test_a_job_carries_the_payload_byte_for_byte(make_entry: Any, payload: Any) -> None:
    work = Work(make_entry(payload=payload, late=True), tries=2, hops=3, unhandled_since_ms=5)
    job = deserialize(encode([work], 1))
    assert job["a"] == (Batch((work,)),)
    assert (job["f"], job["k"], job["t"]) == ("handle", {}, None)


def test_a_jobs_repr_shows_no_payload(make_entry: Any) -> None:
    assert repr(Batch((Work(make_entry()),))) == "Batch()"
    assert "login7" not in repr(Work(make_entry()))


def test_foreign_bytes_are_refused() -> None:
    with pytest.raises(ValueError):
        deserialize(b"\x80\x04pickle")


def test_the_same_work_has_the_same_name_and_another_try_another(make_entry: Any) -> None:
    keys, work = Keys("ns"), Work(make_entry(stream="ns:events:{stream.online:0}", entry_id="5-1"))
    assert job_id(keys, "alerts", [work]) == "ns:alerts:stream.online:0:5-1:0"
    assert job_id(keys, "alerts", [work.again(tries=1)]) == "ns:alerts:stream.online:0:5-1:1"
    assert job_id(keys, "alerts", [Work(make_entry(stream=keys.revocations))]) == "ns:alerts:revocations:1-0:0"


def entries_of(broadcasters: list[int]) -> list[StreamEntry]:
    return [
        StreamEntry(stream="s", id=f"{number}-0", broadcaster_id=str(broadcaster), message_id=f"m{number}")
        for number, broadcaster in enumerate(broadcasters)
    ]


def test_few_events_are_one_job_each() -> None:
    jobs = plan_jobs(entries_of([1, 2, 3]), busy=False, batch_max=200)
    assert [len(job) for job in jobs] == [1, 1, 1]


def test_a_backlog_is_as_few_batches_as_can_be() -> None:
    assert [len(job) for job in plan_jobs(entries_of([1, 2, 3] * 5), busy=True, batch_max=200)] == [15]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=60), st.booleans(), st.integers(1, 20))
def test_every_event_is_in_one_job_and_a_broadcasters_events_are_in_order(
    broadcasters: Any, busy: Any, batch_max: Any
) -> None:
    entries = entries_of(broadcasters)
    jobs = plan_jobs(entries, busy=busy, batch_max=batch_max)
    assert sorted(work.entry.id for job in jobs for work in job) == sorted(entry.id for entry in entries)
    assert all(1 <= len(job) <= batch_max for job in jobs)
    for broadcaster in set(broadcasters):
        order = [int(w.entry.id[:-2]) for job in jobs for w in job if w.entry.broadcaster_id == str(broadcaster)]
        assert order == sorted(order)
