"""The shard count changes at a Twitch that fails in the middle of it: a leader's control loop, workers, and the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import Any

import aiohttp
import pytest
from redis.asyncio import Redis

from coordinator.admin import snapshot
from coordinator.control import Control
from coordinator.term import Conduit, Term
from coordinator.wanted_count import set_by_hand
from fleet.keys import Keys
from fleet.scripts import Scripts
from shard_worker.worker import Worker
from twitch.eventsub.sockets import open_http
from twitch.ids import ConduitId
from twitch.simulator import Simulator

COUNTS, SHARDS = "PATCH /helix/eventsub/conduits", "PATCH /helix/eventsub/conduits/shards"


async def nothing_named() -> str:
    return ""


class Fleet:
    """One leader's control loop and workers, all in this process."""

    def __init__(self, term: Term, sim: Simulator, http: aiohttp.ClientSession) -> None:
        self.term, self.sim, self._http = term, sim, http
        self.keys = Keys(term.settings.namespace)
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def lead(self) -> None:
        self._run("leader", Control(self.term, nothing_named).run())

    def work(self, name: str, capacity: int = 100) -> None:
        settings = replace(self.term.settings, worker_capacity=capacity)
        self._run(name, Worker(settings, self.term.redis, self.term.redis, self._http, name, name).run())

    async def kill(self, name: str) -> None:
        """Its sockets are dropped, and nobody is told."""
        task = self._tasks.pop(name)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    async def end(self) -> None:
        for name, task in list(self._tasks.items()):
            assert not task.done(), f"{name} has ended: {task.exception() if not task.cancelled() else 'cancelled'}"
            await self.kill(name)

    def _run(self, name: str, running: Any) -> None:
        self._tasks[name] = asyncio.create_task(running, name=name)

    # -- what is wanted, and what there is

    async def want(self, count: int) -> None:
        await set_by_hand(self.term.redis, self.keys, count, 1)

    async def conduit(self) -> dict[str, Any]:
        """As the admin API shows it; {} before there is one."""
        shown: dict[str, Any] = (await snapshot(self.term.redis, self.term.scripts, self.keys))["conduit"] or {}
        return shown

    async def resized(self, count: int) -> bool:
        shown = await self.conduit()
        settled = shown.get("shard_count") == shown.get("wanted") == shown.get("bound") == count
        return (
            settled and shown["opened_ahead"] == shown["lingering"] == 0 and self.bound_at_twitch() == [*range(count)]
        )

    async def until_resized(self, count: int) -> None:
        await until(partial(self.resized, count))

    async def counted(self, count: int) -> bool:
        return (await self.conduit()).get("shard_count") == count

    def bound_at_twitch(self) -> list[int]:
        return sorted(int(each["shard"]) for socket in self.sim.control.sockets() for each in socket["shards"])

    async def count_at_twitch(self) -> int:
        [conduit] = await self.term.twitch.application.get_conduits()
        return conduit.shard_count


async def until(check: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(45):
        while not await check():
            await asyncio.sleep(0.02)


@pytest.fixture
async def fleet(hosting_term: Term, sim: Simulator) -> AsyncIterator[Fleet]:
    """A leader and one worker, with a conduit of one shard."""
    term = hosting_term
    assert term.conduit is not None
    term.settings = replace(term.settings, shards_min=1)
    await term.redis.hset(term.keys.conduit, mapping={"id": term.conduit.id, "shard_count": 1, "created": 1})  # type: ignore[misc] # typed for both clients
    async with open_http() as http:
        running = Fleet(term, sim, http)
        running.lead()
        running.work("w1")
        await running.until_resized(1)
        yield running
        await running.end()


@asynccontextmanager
async def answering(
    fleet: Fleet, endpoint: str, status: int, *, count: int = 1, after: bool = False
) -> AsyncIterator[None]:
    """Twitch answers the next `count` calls so, and all of them come within the block."""
    fleet.sim.control.fault("status", endpoint=endpoint, status=status, count=count, after=after)
    yield

    async def used() -> bool:
        return fleet.sim.control.faults() == []

    await until(used)


async def test_up_and_down_and_the_tail_is_gone(fleet: Fleet) -> None:
    for count in (6, 2, 4):
        await fleet.want(count)
        await fleet.until_resized(count)
        assert await fleet.count_at_twitch() == count
    assert fleet.sim.control.state()["closes"].get("4003", 0) == 0


async def test_a_count_that_the_settings_ask_for_at_a_restart_is_reached_step_by_step(fleet: Fleet) -> None:
    for low, high, count in ((3, 0, 3), (1, 8, 3), (1, 2, 2)):
        await fleet.kill("leader")
        fleet.term.settings = replace(fleet.term.settings, shards_min=low, shards_max=high)
        fleet.lead()
        await fleet.until_resized(count)


@pytest.mark.parametrize("after", [False, True], ids=["not carried out", "carried out all the same"])
async def test_a_raise_that_is_answered_with_an_error_is_found_by_listing(fleet: Fleet, *, after: bool) -> None:
    async with answering(fleet, COUNTS, 500, after=after):
        await fleet.want(3)
    await fleet.until_resized(3)


@pytest.mark.parametrize("after", [False, True], ids=["not carried out", "carried out all the same"])
async def test_so_is_a_lower_count(fleet: Fleet, *, after: bool) -> None:
    await fleet.want(3)
    await fleet.until_resized(3)
    async with answering(fleet, COUNTS, 500, after=after):
        await fleet.want(1)
    await fleet.until_resized(1)


async def test_a_binding_that_fails_between_both_calls_is_made_again(fleet: Fleet) -> None:
    async with answering(fleet, SHARDS, 500, count=2):
        await fleet.want(2)
    await fleet.until_resized(2)


async def test_a_count_that_twitch_refuses_waits_and_everything_else_goes_on(fleet: Fleet) -> None:
    async with answering(fleet, COUNTS, 400):
        await fleet.want(3)

    async def says_so() -> bool:
        return "Twitch refuses 2 shards" in (await fleet.conduit())["waits"]

    await until(says_so)
    fleet.work("w2")
    await fleet.kill("w1")

    async def bound_anew() -> bool:
        shown = await fleet.conduit()
        return bool(shown["bound"] == 1 and fleet.bound_at_twitch() == [0])

    await until(bound_anew)
    assert await fleet.count_at_twitch() == 1
    await fleet.want(1)
    await fleet.until_resized(1)


async def test_a_count_that_somebody_else_sets_is_put_right(fleet: Fleet) -> None:
    conduit = fleet.term.conduit
    assert conduit is not None
    await fleet.want(3)
    await fleet.until_resized(3)
    for count in (2, 6):
        await fleet.term.twitch.application.update_conduit(conduit.id, count)

        async def seen(count: int = count) -> bool:
            return await fleet.counted(count) or await fleet.count_at_twitch() != count

        await until(seen)
        await fleet.until_resized(3)
        assert await fleet.count_at_twitch() == 3


async def test_a_shard_above_the_count_that_twitch_goes_on_listing_is_shown_and_left_alone(fleet: Fleet) -> None:
    conduit, api = fleet.term.conduit, fleet.term.twitch.application
    assert conduit is not None
    async with open_http() as http, http.ws_connect(fleet.term.settings.addresses.eventsub_url) as websocket:
        session = (await websocket.receive_json())["payload"]["session"]["id"]
        await fleet.kill("leader")
        await api.update_conduit(conduit.id, 2)
        update = {"id": "1", "transport": {"method": "websocket", "session_id": session}}
        assert not (await api.update_conduit_shards(conduit.id, [update])).errors
        await api.update_conduit(conduit.id, 1)
        fleet.lead()

        async def lingers(shards: int) -> bool:
            shown = await fleet.conduit()
            return (shown["shard_count"], shown["bound"], shown["lingering"]) == (1, 1, shards)

        await until(partial(lingers, 1))
        assert fleet.bound_at_twitch() == [0, 1]
    await until(partial(lingers, 0))


async def test_a_leader_that_dies_between_both_calls_leaves_a_shard_that_the_next_one_binds(fleet: Fleet) -> None:
    conduit = fleet.term.conduit
    assert conduit is not None
    await fleet.want(2)
    await fleet.until_resized(2)
    await fleet.kill("leader")
    await fleet.want(5)
    await fleet.term.twitch.application.update_conduit(conduit.id, 3)
    fleet.term.conduit = Conduit(conduit.id, 3, created_by_us=True)  # as the next one finds it

    fleet.lead()

    await fleet.until_resized(5)


async def test_a_worker_that_dies_on_the_way_up_holds_nothing_up(fleet: Fleet) -> None:
    fleet.work("w2")
    await fleet.want(12)

    async def under_way() -> bool:
        return not await fleet.counted(1)

    await until(under_way)
    await fleet.kill("w2")
    await fleet.until_resized(12)


async def test_a_conduit_that_is_deleted_on_the_way_has_a_successor_of_the_wanted_count(fleet: Fleet) -> None:
    await fleet.want(8)

    async def under_way() -> bool:
        return not await fleet.counted(1)

    await until(under_way)
    [old] = await fleet.term.twitch.application.get_conduits()
    await fleet.term.twitch.application.delete_conduit(old.id)
    await fleet.until_resized(8)
    [new] = await fleet.term.twitch.application.get_conduits()
    assert new.id != old.id


async def test_without_room_it_goes_as_far_as_it_can_and_says_why_and_on_when_there_is_room(fleet: Fleet) -> None:
    await fleet.want(2)
    await fleet.until_resized(2)
    fleet.work("small", capacity=2)
    await fleet.kill("w1")
    await fleet.until_resized(2)
    await fleet.want(5)

    async def says_why() -> bool:
        return bool((await fleet.conduit())["waits"] == "the active workers hold 2 shards at most")

    await until(says_why)
    fleet.work("another", capacity=3)
    await fleet.until_resized(5)


async def test_workers_come_and_go_while_the_count_changes(fleet: Fleet) -> None:
    await fleet.want(16)
    for name in ("w2", "w3", "w4", "w5", "w6", "w7", "w8"):
        fleet.work(name)
    await fleet.until_resized(16)

    async def spread() -> bool:
        shown = await snapshot(fleet.term.redis, fleet.term.scripts, fleet.keys)
        return [each["shards"] for each in shown["workers"]] == [2] * 8

    await until(spread)
    await fleet.want(3)
    for name in ("w2", "w3", "w4", "w5", "w6", "w7", "w8"):
        await fleet.kill(name)
    await fleet.until_resized(3)


async def test_what_was_wanted_by_load_is_taken_over_and_a_count_by_hand_goes_before_it(
    hosting_term: Term, redis: Redis
) -> None:
    term = hosting_term
    term.settings = replace(term.settings, shards_min=1, shards_max=9)
    await redis.hset(term.keys.conduit, mapping={"id": "c", "shard_count": 1, "created": 1, "wanted": 6})  # type: ignore[misc] # typed for both clients
    running = asyncio.create_task(Control(term, nothing_named).run())

    async def wants(count: int, by: str) -> bool:
        shown = (await snapshot(redis, Scripts(redis), term.keys))["conduit"]
        return (shown["wanted"], shown["wanted_by"]) == (count, by)

    await until(partial(wants, 6, "load"))
    await set_by_hand(redis, term.keys, 20, 1)
    await until(partial(wants, 20, "hand"))

    async def the_leader_has_heard() -> bool:
        return bool(await redis.hget(term.keys.conduit, "wanted") == b"20")  # type: ignore[misc] # as above

    await until(the_leader_has_heard)
    await set_by_hand(redis, term.keys, None, 1)
    await until(partial(wants, 9, "load"))
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert term.conduit == Conduit(ConduitId(term.conduit.id if term.conduit else ""), 1, created_by_us=True)
