"""The truth: pages, the bound of the ring, and ids that come back as they went in."""

import pytest

from twitch.simulator.instructions import Message
from twitch.simulator.truth import Truth
from twitch.simulator.wire import Numbering

Ids = tuple[Numbering, Numbering]


@pytest.fixture
def ids() -> Ids:
    return Numbering(7, "message"), Numbering(7, "session")


def message(ids: Ids, number: int, broadcaster_id: str = "1", kind: str = "notification") -> Message:
    return Message(number, ids[0].uuid(number), kind, "stream.online", broadcaster_id, None, b"")


def test_is_read_on_from_where_one_was(ids: Ids) -> None:
    truth = Truth(*ids, rows_max=100)
    for number in range(1, 8):
        truth.sent(message(ids, number), 1.0, socket=3, shard=0, session=5, retry=False)
    first = truth.read(0, 5)
    second = truth.read(first["next"], 5)

    assert ([row["seq"] for row in first["sent"]], first["more"]) == ([1, 2, 3, 4, 5], True)
    assert ([row["seq"] for row in second["sent"]], second["more"]) == ([6, 7], False)
    assert truth.read(second["next"], 5)["next"] == second["next"] == 7


def test_a_row_gives_back_what_was_booked(ids: Ids) -> None:
    truth = Truth(*ids, rows_max=100)
    one = message(ids, 123_456_789)
    truth.sent(one, 1_700_000_000.1234, socket=3, shard=2, session=5, retry=True)

    assert truth.read(0, 1)["sent"] == [
        {
            "seq": 1,
            "message_id": one.message_id,
            "type": "stream.online",
            "broadcaster_id": "1",
            "shard": "2",
            "redelivery": False,
            "session_id": ids[1].session_id(5),
            "socket": 3,
            "sent_ms": 1_700_000_000_123.4,
            "retry": True,
        }
    ]


@pytest.mark.parametrize("broadcaster_id", ["1", "0", "", "007", "9" * 18, "9" * 30, "abc", "1²"])
def test_any_broadcaster_id_comes_back(ids: Ids, broadcaster_id: str) -> None:
    truth = Truth(*ids, rows_max=100)
    truth.sent(message(ids, 1, broadcaster_id), 1.0, socket=1, shard=0, session=1, retry=False)

    assert truth.read(0, 1)["sent"][0]["broadcaster_id"] == broadcaster_id


def test_keeps_at_least_what_it_promised_and_not_much_more(ids: Ids) -> None:
    truth = Truth(*ids, rows_max=20_000)
    one = message(ids, 1)
    for _ in range(100_000):
        truth.sent(one, 1.0, socket=1, shard=0, session=1, retry=False)
    page = truth.read(0, 1)

    assert page["sent"][0]["seq"] == page["missed"] + 1
    assert 20_000 <= 100_000 - page["missed"] <= 20_000 + 3 * 8192
    assert truth.read(100_000, 10)["next"] == 100_000


def test_a_redelivery_is_a_row_but_no_further_message(ids: Ids) -> None:
    truth = Truth(*ids, rows_max=100)
    one = message(ids, 1)
    for _ in range(3):
        truth.sent(one, 1.0, socket=1, shard=0, session=1, retry=False)

    assert (truth.totals.sent, truth.totals.sent_distinct, truth.by_type) == (3, 1, {"stream.online": 1})


def test_what_was_written_once_does_not_count_as_dropped(ids: Ids) -> None:
    truth = Truth(*ids, rows_max=100)
    one = message(ids, 1)
    truth.sent(one, 1.0, socket=1, shard=0, session=1, retry=False)
    truth.dropped(one, 2.0, 0, "fault_drop")

    assert (truth.totals.dropped, truth.read(0, 10)["dropped"][0]["redelivery"]) == (0, True)


def test_revocations_are_shown_to_those_who_ask(ids: Ids) -> None:
    truth = Truth(*ids, rows_max=100)
    truth.sent(message(ids, 1, kind="revocation"), 1.0, socket=1, shard=0, session=1, retry=False)

    assert truth.read(0, 10)["sent"] == []
    assert truth.read(0, 10, revocations=True)["sent"][0]["kind"] == "revocation"
    assert (truth.totals.sent, truth.totals.revocations) == (0, 1)
