"""Which subscriptions follow from what is desired and what Twitch lists."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from coordinator.subscription_plan import HOUR_MS, diff, is_due
from fleet.desired import MISSING, PENDING, REFUSED, Desired, RequestedBy, decode, encode, key_of
from twitch.errors import Forbidden
from twitch.models import Subscription, SubscriptionStatus

NOW_MS = 1_800_000_000_000


def desired(broadcaster: str = "1", **changes: Any) -> Desired:
    fields: dict[str, Any] = {
        "type": "stream.online",
        "version": "1",
        "condition": {"broadcaster_user_id": broadcaster},
    }
    return Desired(**fields | {"status": "enabled", "id": f"id-{broadcaster}", "updated_ms": 1} | changes)


def listed(broadcaster: str = "1", **changes: Any) -> Subscription:
    fields: dict[str, Any] = {"id": f"id-{broadcaster}", "type": "stream.online", "version": "1"}
    return Subscription(**fields | {"condition": {"broadcaster_user_id": broadcaster}} | changes)


def compare(records: list[Desired], subscriptions: list[Subscription]) -> Any:
    table = {record.key: record for record in records}
    return diff(table, subscriptions, NOW_MS)


def test_what_is_as_it_shall_be_needs_nothing() -> None:
    plan = compare([desired()], [listed()])
    assert (plan.creations, plan.changes, plan.adoptions) == ((), (), ())


def test_empty_values_of_a_condition_are_none() -> None:
    """Twitch echoes optional keys as "": that must not make two of one."""
    raid = desired(type="channel.raid", condition={"to_broadcaster_user_id": "1"})
    condition = {"to_broadcaster_user_id": "1", "from_broadcaster_user_id": ""}
    assert compare([raid], [listed(type="channel.raid", condition=condition)]).adoptions == ()


def test_what_is_missing_at_twitch_is_created_again() -> None:
    plan = compare([desired()], [])
    assert [(record.status, record.id) for record in plan.changes] == [(MISSING, "")]
    assert plan.creations == plan.changes


def test_what_was_asked_for_and_never_created_is_created() -> None:
    assert compare([desired(status=PENDING, id="")], []).creations == (desired(status=PENDING, id=""),)


def test_what_is_listed_and_unknown_is_adopted_never_deleted() -> None:
    (record,) = compare([], [listed("9")]).adoptions
    assert (record.requested_by, record.id, record.status) == (RequestedBy.ADOPTED, "id-9", "enabled")


def test_what_is_dead_and_unknown_is_left_alone() -> None:
    assert compare([], [listed("9", status=SubscriptionStatus.USER_REMOVED)]).adoptions == ()


def test_a_live_one_counts_where_a_dead_one_is_listed_too() -> None:
    dead = listed(id="old", status=SubscriptionStatus.AUTHORIZATION_REVOKED)
    assert compare([desired()], [dead, listed()]).changes == ()
    assert compare([desired()], [listed(), dead]).changes == ()


def test_a_new_id_is_noted() -> None:
    (record,) = compare([desired()], [listed(id="another")]).changes
    assert record.id == "another"


def test_a_record_that_was_written_during_the_listing_is_left_alone() -> None:
    record = desired()
    plan = diff({record.key: record}, [], NOW_MS, fresh={record.key})
    assert (plan.creations, plan.changes) == ((), ())


def test_what_was_dropped_during_the_listing_is_not_adopted() -> None:
    """The listing began before it was deleted."""
    assert diff({}, [listed()], NOW_MS, fresh={desired().key}).adoptions == ()


def test_a_clock_that_was_set_back_holds_nothing_up() -> None:
    (record,) = compare([desired(updated_ms=NOW_MS + HOUR_MS)], []).creations
    assert (record.status, record.updated_ms) == (MISSING, NOW_MS)


@pytest.mark.parametrize(
    ("status", "age_ms", "due"),
    [
        ("enabled", HOUR_MS * 10, False),
        (PENDING, 0, True),
        (MISSING, 0, True),
        ("notification_failures_exceeded", 0, True),
        (REFUSED, HOUR_MS - 1, False),
        (REFUSED, HOUR_MS, True),
        ("authorization_revoked", HOUR_MS * 1000, False),
        ("user_removed", HOUR_MS * 1000, False),
        ("a_word_of_tomorrow", 0, False),
        ("a_word_of_tomorrow", HOUR_MS, True),
        (PENDING, -HOUR_MS, True),
        (REFUSED, -1, True),
    ],
)
def test_what_can_heal_is_tried_again_in_its_time(status: str, age_ms: int, due: bool) -> None:
    assert is_due(desired(status=status, updated_ms=NOW_MS - age_ms), NOW_MS) is due


def test_a_record_survives_redis_and_ignores_fields_of_tomorrow() -> None:
    record = desired(error="no", error_status=403)
    assert decode(encode(record)) == record
    assert decode(msgspec.json.encode(msgspec.to_builtins(record) | {"tomorrow": 1})) == record


def test_a_refusal_is_raised_again_as_it_was_met() -> None:
    error = desired(status=REFUSED, error="no scope", error_status=403).as_error()
    assert isinstance(error, Forbidden)
    assert error.message == "no scope"


def test_a_key_does_not_depend_on_the_order_of_a_condition() -> None:
    assert key_of("t", "1", {"b": "2", "a": "1", "c": ""}) == key_of("t", "1", {"a": "1", "b": "2"}) == "t|1|a=1,b=2"
