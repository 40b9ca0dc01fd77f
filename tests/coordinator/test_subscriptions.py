"""Keeping the desired subscriptions existing at Twitch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import pytest

from coordinator import subscription_plan, subscriptions
from coordinator.subscription_table import Table
from coordinator.subscriptions import keep_subscriptions, note_revocations, own_subscription
from coordinator.term import Deposed, Term
from fleet import metrics
from fleet.desired import REFUSED, Desired, RequestedBy, decode
from fleet.streams import StreamEntry
from twitch.errors import BadRequest
from twitch.eventsub.types import SubscriptionRequest
from twitch.ids import ConduitId

ONLINE = SubscriptionRequest("stream.online", "1", {"broadcaster_user_id": "7"})


async def records(term: Term) -> dict[str, Desired]:
    raw: Any = await term.redis.hgetall(term.keys.subscriptions)  # type: ignore[misc] # typed for both clients
    return {key.decode(): decode(value) for key, value in raw.items()}


@asynccontextmanager
async def kept(term: Term) -> AsyncIterator[Table]:
    table = Table(term)
    task = asyncio.create_task(keep_subscriptions(table))
    async with asyncio.timeout(10):
        await table.listed.wait()
    try:
        yield table
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(10):
        while not await condition():
            await asyncio.sleep(0.01)


@pytest.fixture
def term(hosting_term: Term) -> Term:
    return hosting_term


async def test_the_fleet_wants_to_hear_of_disabled_shards(term: Term, listed: Any) -> None:
    async with kept(term):
        await until(lambda: _has(listed, "conduit.shard.disabled"))
    (own,) = (await records(term)).values()
    assert term.conduit is not None
    assert own.condition == {"client_id": "client", "conduit_id": term.conduit.id}
    assert (own.requested_by, own.status) == ("fleet", "enabled")


async def _has(listed: Any, name: str) -> bool:
    return name in await listed()


async def test_what_is_on_our_conduit_and_unknown_is_adopted(term: Term, listed: Any) -> None:
    assert term.conduit is not None
    transport = {"method": "conduit", "conduit_id": term.conduit.id}
    found, _ = await term.twitch.application.create_eventsub_subscription(
        "stream.online", "1", transport, {"broadcaster_user_id": "7"}
    )
    async with kept(term) as table:
        record = table.desired["stream.online|1|broadcaster_user_id=7"]
    assert (record.requested_by, record.id) == (RequestedBy.ADOPTED, found.id)
    assert "stream.online 7" in await listed()


async def test_a_wish_is_recorded_created_and_answered_from_the_record_the_next_time(term: Term, listed: Any) -> None:
    async with kept(term) as table:
        record = await table.want(ONLINE, RequestedBy.APP)
        again = await table.want(ONLINE, RequestedBy.APP)
    assert again is record
    assert (await records(term))[record.key] == record
    assert (await listed())["stream.online 7"].id == record.id


async def test_a_wish_for_what_exists_already_takes_its_id(term: Term) -> None:
    table = Table(term)
    first = await table.want(ONLINE, RequestedBy.APP)
    assert not table.listed.is_set()
    again = await table.want(ONLINE, RequestedBy.APP)
    assert again.id == first.id
    assert again.status == "enabled"


async def test_a_refusal_is_raised_and_recorded(term: Term) -> None:
    table = Table(term)
    with pytest.raises(BadRequest):
        await table.want(SubscriptionRequest("no.such.type", "1", {"broadcaster_user_id": "7"}), RequestedBy.APP)
    (record,) = (await records(term)).values()
    assert (record.status, record.error_status, record.id) == (REFUSED, 400, "")
    assert record.error


async def test_what_twitch_has_lost_is_created_again(term: Term, listed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = Desired(
        type="stream.online", version="1", condition={"broadcaster_user_id": "7"}, status="enabled", id="gone"
    )
    await Table(term).write([gone])
    async with kept(term):
        await until(lambda: _has(listed, "stream.online 7"))
        await until(lambda: _status_is(term, gone.key, "enabled"))
    assert (await records(term))[gone.key].id != "gone"


async def _status_is(term: Term, key: str, status: str) -> bool:
    return (await records(term))[key].status == status


async def test_a_revocation_marks_its_record_and_what_can_not_heal_is_left(term: Term, listed: Any) -> None:
    table = Table(term)
    record = await table.want(ONLINE, RequestedBy.APP)
    await note_revocations(table, [revocation(record, "user_removed")])
    assert (await records(term))[record.key].status == "user_removed"


async def test_a_revocation_that_can_heal_is_created_again_at_once(term: Term, listed: Any) -> None:
    table = Table(term)
    record = await table.want(ONLINE, RequestedBy.APP)
    await term.twitch.application.delete_eventsub_subscription(record.id)
    await note_revocations(table, [revocation(record, "notification_failures_exceeded")])
    fresh = (await records(term))[record.key]
    assert fresh.status == "enabled"
    assert fresh.id != record.id


async def test_revocations_are_heard_from_their_stream(term: Term) -> None:
    async with kept(term) as table:
        record = await table.want(ONLINE, RequestedBy.APP)
        entry = revocation(record, "version_removed")

        async def marked() -> bool:
            # Again and again: the reader begins at the end of the stream, whenever that is.
            await term.redis.xadd(term.keys.revocations, entry.fields())  # type: ignore[arg-type] # dict is invariant
            return await _status_is(term, record.key, "version_removed")

        await until(marked)


def revocation(record: Desired, status: str) -> StreamEntry:
    payload = {"subscription": {"id": record.id, "type": record.type, "version": record.version, "status": status}}
    return StreamEntry(
        stream="r",
        id="1-0",
        timestamp="2026-01-01T00:00:00Z",
        type=record.type,
        version="1",
        payload=msgspec.json.encode(payload),
    )


async def test_what_is_ended_while_the_table_is_compared_stays_ended(
    term: Term, listed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twitch's listing is of before, and what is made of it too."""
    table = Table(term)
    ended = await table.want(ONLINE, RequestedBy.APP)
    revoked = SubscriptionRequest("stream.offline", "1", {"broadcaster_user_id": "7"})
    due = await table.want(revoked, RequestedBy.APP)
    await term.twitch.application.delete_eventsub_subscription(due.id)
    loop = asyncio.get_running_loop()

    def diff_meanwhile(*args: Any, **options: Any) -> Any:
        plan = subscription_plan.diff(*args, **options)
        asyncio.run_coroutine_threadsafe(table.drop([ended.key, due.key]), loop).result(10)
        return plan

    # Nothing is known of the one any more, as where Redis lost it; the other is missing at Twitch.
    await table.drop([ended.key])
    monkeypatch.setattr(subscriptions, "diff", diff_meanwhile)
    assert term.conduit is not None
    await subscriptions._compare(table, term.conduit.id)
    assert not {ended.key, due.key} & (await records(term)).keys()
    assert "stream.offline 7" not in await listed()


async def test_a_new_conduit_gets_every_subscription(term: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "BLOCK_SECONDS", 0.05)
    async with kept(term) as table:
        await table.want(ONLINE, RequestedBy.APP)
        fresh = await term.twitch.application.create_conduit(1)
        assert term.conduit is not None
        await term.twitch.application.delete_conduit(term.conduit.id)
        term.conduit = type(term.conduit)(ConduitId(fresh.id), 1, created_by_us=True)

        async def moved() -> bool:
            found = await term.twitch.application.get_eventsub_subscriptions(conduit_id=fresh.id)
            return {each.type for each in found} == {"stream.online", "conduit.shard.disabled"}

        await until(moved)
        own = own_subscription("client", fresh.id)
        assert [key for key in await records(term) if key.startswith("conduit.shard")] == [own.key]


async def test_records_that_a_fail_over_lost_are_written_again(term: Term, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subscriptions, "BLOCK_SECONDS", 0.05)
    async with kept(term) as table:
        record = await table.want(ONLINE, RequestedBy.APP)
        await term.redis.hdel(term.keys.subscriptions, record.key)  # type: ignore[misc] # typed for both clients
        term.counted(term.written - 1, known=term.written)

        async def there() -> bool:
            return (await records(term)).get(record.key) == record

        await until(there)


async def test_a_deposed_leader_writes_nothing(term: Term) -> None:
    await term.redis.set(term.keys.leader, "another")
    with pytest.raises(Deposed):
        await Table(term).want(ONLINE, RequestedBy.APP)
    assert await records(term) == {}


async def test_statuses_are_counted(term: Term) -> None:
    metrics.SUBSCRIPTIONS.clear()
    table = Table(term)
    await table.want(ONLINE, RequestedBy.APP)
    with pytest.raises(BadRequest):
        await table.want(SubscriptionRequest("no.such.type", "1", {}), RequestedBy.APP)
    shown = {
        sample.labels["status"]: sample.value for family in metrics.SUBSCRIPTIONS.collect() for sample in family.samples
    }
    assert {status: value for status, value in shown.items() if value} == {"enabled": 1, "refused": 1}
