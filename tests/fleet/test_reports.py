"""The two documents that cross Redis between the planes; during a rolling deploy builds read each other's."""

from __future__ import annotations

import msgspec
import pytest

from fleet.reports import VERSION, Orders, Report, ReportedSession, encode, read_orders, read_report
from twitch.ids import SessionId

S1 = SessionId("s1")
REPORT = Report(incarnation="life", active=True, capacity=9, sessions=(ReportedSession(S1, 3, 5, 7),), rate=1.5)
ORDERS = Orders(open={3: 5, 4: 6}, bound={S1: (3, 4)})


def test_they_arrive_as_they_were_sent() -> None:
    assert read_report(encode(REPORT)) == REPORT
    assert read_orders(encode(ORDERS)) == ORDERS
    assert REPORT.version == ORDERS.version == VERSION


def test_the_same_state_is_the_same_text() -> None:
    """Both sides compare texts to see whether anything changed."""
    assert encode(REPORT) == encode(read_report(encode(REPORT)))
    assert encode(ORDERS) == encode(read_orders(encode(ORDERS)))


def test_the_layout_on_the_wire() -> None:
    assert msgspec.json.decode(encode(REPORT)) == {
        "version": 1,
        "incarnation": "life",
        "active": True,
        "capacity": 9,
        "sessions": [["s1", 3, 5, 7]],
        "rate": 1.5,
    }
    assert msgspec.json.decode(encode(ORDERS)) == {"version": 1, "open": {"3": 5, "4": 6}, "bound": {"s1": [3, 4]}}


def test_a_later_builds_fields_are_passed_over() -> None:
    later = msgspec.json.encode({**msgspec.json.decode(encode(REPORT)), "zone": "eu", "version": 2})
    assert read_report(later).sessions == REPORT.sessions
    assert read_orders(b'{"version":2,"open":{"3":5},"zone":"eu"}') == Orders(version=2, open={3: 5})


GARBAGE = [b"", b"garbage", b"[]", b'{"x":"\\ud800"}', b'{"x":' + b"[" * 100_000]


@pytest.mark.parametrize("raw", [*GARBAGE, b'{"version":1}', b'{"open":{"x":1}}', b'{"incarnation":"\xff"}'])
def test_what_cannot_be_read_is_one_error(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_report(raw)


@pytest.mark.parametrize("rate", ["-1", "1e10", "1e999"])
def test_a_rate_that_no_worker_has_is_not_reckoned_with(rate: str) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_report(encode(REPORT).replace(b'"rate":1.5', f'"rate":{rate}'.encode()))


@pytest.mark.parametrize("raw", [*GARBAGE, b'{"open":{"x":1}}', b'{"open":[1]}', b'{"bound":{"\xff":[1]}}'])
def test_nor_orders(raw: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        read_orders(raw)


@pytest.mark.parametrize("number", [-1, 2**53, 10**30, 1.5])
@pytest.mark.parametrize("place", ["capacity", "shard", "epoch", "serial"])
def test_numbers_are_bounded(place: str, number: float) -> None:
    """An epoch beyond every bound, once reported, would be the next one's base for ever."""
    document = msgspec.json.decode(encode(REPORT))
    if place == "capacity":
        document["capacity"] = number
    else:
        document["sessions"][0][("shard", "epoch", "serial").index(place) + 1] = number
    with pytest.raises(msgspec.ValidationError):
        read_report(msgspec.json.encode(document))


@pytest.mark.parametrize("session", ["", "x" * 513])
def test_a_session_has_an_id_that_can_be_one(session: str) -> None:
    document = msgspec.json.decode(encode(REPORT))
    document["sessions"][0][0] = session
    with pytest.raises(msgspec.ValidationError):
        read_report(msgspec.json.encode(document))
