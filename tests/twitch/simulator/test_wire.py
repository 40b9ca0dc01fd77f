"""Ids, timestamps and frames."""

from datetime import datetime
from uuid import UUID

import orjson
import pytest

from twitch.simulator.wire import CLOSE_CODES, Numbering, envelope, message_frame, timestamp


def test_ids_are_distinct_uuids_that_follow_from_seed_and_number() -> None:
    ids = [Numbering(1, "message").uuid(number) for number in range(10_000)]

    assert len(set(ids)) == 10_000
    assert {UUID(one).version for one in ids} == {4}
    assert ids == [Numbering(1, "message").uuid(number) for number in range(10_000)]


def test_kinds_and_seeds_do_not_share_ids() -> None:
    made = {
        Numbering(seed, kind).uuid(number) for seed in (1, 2) for kind in ("message", "frame") for number in range(1000)
    }

    assert len(made) == 4000


def test_session_ids_are_opaque_words_of_28_letters() -> None:
    made = {Numbering(1, "session").session_id(number) for number in range(1000)}

    assert len(made) == 1000
    assert {len(one) for one in made} == {28}


@pytest.mark.parametrize("unix_seconds", [0.0, 1_700_000_000.0, 1_700_000_000.999999, 1_700_000_059.5])
def test_timestamps_have_nine_digits_and_mean_that_moment(unix_seconds: float) -> None:
    text = timestamp(unix_seconds)
    seconds, _, fraction = text.rstrip("Z").partition(".")

    assert len(fraction) == 9
    parsed = datetime.fromisoformat(f"{seconds}+00:00").timestamp() + int(fraction) / 1e9
    assert parsed == pytest.approx(unix_seconds, abs=1e-6)


def test_a_notification_is_put_together_from_parts_that_are_json_only_as_a_whole() -> None:
    tail = envelope("stream.online", "1", {"id": "s"}, "event")
    frame = message_frame(b"notification", "m", 0.0, tail, b'{"n":1}')

    assert orjson.loads(frame) == {
        "metadata": {
            "message_id": "m",
            "message_type": "notification",
            "message_timestamp": "1970-01-01T00:00:00.000000000Z",
            "subscription_type": "stream.online",
            "subscription_version": "1",
        },
        "payload": {"subscription": {"id": "s"}, "event": {"n": 1}},
    }


def test_a_revocation_has_no_event() -> None:
    frame = message_frame(b"revocation", "m", 0.0, envelope("stream.online", "1", {"id": "s"}, None), None)

    assert orjson.loads(frame)["payload"] == {"subscription": {"id": "s"}}


def test_close_codes_are_those_of_the_page() -> None:
    assert sorted(CLOSE_CODES) == list(range(4000, 4008))
