"""What becomes of the events of one job."""

from __future__ import annotations

import asyncio
import random
import sys
import time
from dataclasses import replace
from typing import Any

import orjson
import pytest
from arq.constants import job_key_prefix, retry_key_prefix

from fleet.dead_letters import letters
from fleet.handling import NO_HANDLER_MAX_SECONDS, Handling
from fleet.jobs import Batch, Work, deserialize
from fleet.keys import Keys
from fleet.outcomes import Retry
from fleet.settings import Settings
from twitch.eventsub import ClientApp


class App(ClientApp):
    def __init__(self) -> None:
        super().__init__("client", "secret")
        self.handled: list[str] = []
        self.errors: list[tuple[str, str]] = []
        self.now = self.most = 0

    async def on_stream_online_v1(self, message: Any) -> Any:
        self.now += 1
        self.most = max(self.most, self.now)
        try:
            await asyncio.sleep(0.001)
            await self.does(message)
        finally:
            self.now -= 1
        self.handled.append(message.id)

    async def does(self, message: Any) -> Any:
        if message.id.startswith("bad"):
            raise ValueError("bad")
        if message.id.startswith("slow"):
            await asyncio.sleep(60)
        if message.id.startswith("later"):
            raise Retry(42)
        if message.id.startswith("exit"):
            sys.exit(3)

    async def on_channel_raid_v1_raw(self, message: Any) -> Any:
        self.handled.append(message.id)

    async def on_error(self, event_method: Any, error: BaseException, /, *args: Any) -> Any:
        self.errors.append((event_method, type(error).__name__))


@pytest.fixture
def app() -> Any:
    return App()


@pytest.fixture
def handling(app: Any, redis: Any, keys: Keys, settings: Settings) -> Any:
    settings = replace(settings, handler_tries_max=3, handler_concurrency=4)
    return Handling(app, redis, keys, "tests", settings, random.Random(1))


@pytest.fixture
def jobs(redis: Any, keys: Keys) -> Any:
    """What waits in the queue: (message id, tries, seconds from now), in order of the message ids."""

    async def waiting() -> Any:
        seconds, _ = await redis.time()
        found = []
        for name, score in await redis.zrange(keys.queue, 0, -1, withscores=True):
            (batch,) = deserialize(await redis.get(job_key_prefix + name.decode()))["a"]
            found += [(work.entry.message_id, work.tries, round(score / 1000 - seconds)) for work in batch.works]
        return sorted(found)

    return waiting


async def run(handling: Any, works: Any, starts: Any = 1) -> Any:
    await handling.handle({"job_id": "job", "job_try": starts}, Batch(tuple(works)))


def works(make_entry: Any, *names: str, broadcaster: Any = None) -> Any:
    return [Work(make_entry(name, broadcaster or str(n), f"{n}-0")) for n, name in enumerate(names)]


async def test_every_event_of_a_job_has_an_outcome_of_its_own(
    handling: Any, app: Any, jobs: Any, make_entry: Any
) -> None:
    handling.settings = replace(handling.settings, handler_timeout_seconds=1.5)
    began = time.monotonic()
    await run(handling, works(make_entry, "m1", "bad1", "m2", "later1", "slow1"))
    assert sorted(app.handled) == ["m1", "m2"]
    waiting = await jobs()
    took = time.monotonic() - began
    assert [(name, tries) for name, tries, _ in waiting] == [("bad1", 1), ("later1", 1), ("slow1", 1)]
    assert 41 - took <= waiting[1][2] <= 43
    assert sorted(app.errors) == [("on_stream_online_v1", "TimeoutError"), ("on_stream_online_v1", "ValueError")]


async def test_a_broadcasters_events_run_in_order_and_others_beside_them(
    handling: Any, app: Any, make_entry: Any
) -> None:
    one = works(make_entry, "a1", "a2", "a3", broadcaster="1")
    other = works(make_entry, "b1", "b2", "b3", broadcaster="2")
    await run(handling, [work for pair in zip(one, other, strict=True) for work in pair])
    assert [name for name in app.handled if name[0] == "a"] == ["a1", "a2", "a3"]
    assert [name for name in app.handled if name[0] == "b"] == ["b1", "b2", "b3"]
    assert app.most == 2


async def test_no_more_handlers_run_at_a_time_than_the_settings_say(handling: Any, app: Any, make_entry: Any) -> None:
    await asyncio.gather(*(run(handling, works(make_entry, *(f"m{n}" for n in range(10)))) for _ in range(3)))
    assert app.most == 4


async def test_the_last_failed_try_makes_a_dead_letter(
    handling: Any, redis: Any, keys: Keys, jobs: Any, make_entry: Any
) -> None:
    await run(handling, [replace(works(make_entry, "bad1")[0], tries=2)])
    (letter,) = [letter async for letter in letters(redis, keys)]
    assert (letter.entry.message_id, letter.reason, letter.error, letter.tries) == (
        "bad1",
        "tries",
        "ValueError: bad",
        3,
    )
    assert letter.group == "tests"
    assert await jobs() == []


async def test_a_type_without_a_handler_is_put_back_without_counting_a_try(
    handling: Any, redis: Any, keys: Keys, jobs: Any, make_entry: Any
) -> None:
    work = Work(make_entry("m1", type="channel.follow"))
    await run(handling, [work])
    ((name, tries, delay),) = await jobs()
    assert (name, tries) == ("m1", 0)
    assert 4 <= delay <= 6
    long_ago_ms = (await redis.time())[0] * 1000 - int(NO_HANDLER_MAX_SECONDS + 1) * 1000
    await run(handling, [replace(work, unhandled_since_ms=long_ago_ms)])
    assert [letter.reason async for letter in letters(redis, keys)] == ["no_handler"]


async def test_what_can_not_be_decoded_is_a_dead_letter_with_its_payload(
    handling: Any, redis: Any, keys: Keys, make_entry: Any
) -> None:
    await run(handling, [Work(make_entry("m1", payload=b"\xff{"))])
    (letter,) = [letter async for letter in letters(redis, keys)]
    assert (letter.reason, letter.entry.payload, letter.tries) == ("undecodable", b"\xff{", 0)


async def test_a_raw_handler_takes_what_has_drifted_from_its_type(handling: Any, app: Any, make_entry: Any) -> None:
    payload = orjson.dumps(
        {"subscription": {"id": "s", "type": "channel.raid", "version": "1"}, "event": {"viewers": {"was": "a number"}}}
    )
    await run(handling, [Work(make_entry("m1", type="channel.raid", payload=payload))])
    assert app.handled == ["m1"]


class TestKilled:
    async def test_a_job_of_several_events_is_split_when_it_starts_again(
        self, handling: Any, app: Any, jobs: Any, make_entry: Any
    ) -> None:
        await run(handling, works(make_entry, "m1", "m2"), starts=2)
        assert app.handled == []
        assert [(name, tries) for name, tries, _ in await jobs()] == [("m1", 0), ("m2", 0)]

    async def test_a_single_event_runs_again(self, handling: Any, app: Any, make_entry: Any) -> None:
        await run(handling, works(make_entry, "m1"), starts=2)
        assert app.handled == ["m1"]

    async def test_one_that_kills_every_time_becomes_a_dead_letter(
        self, handling: Any, app: Any, redis: Any, keys: Keys, make_entry: Any
    ) -> None:
        await run(handling, works(make_entry, "m1"), starts=4)
        assert app.handled == []
        assert [letter.reason async for letter in letters(redis, keys)] == ["killed"]


async def test_what_the_drain_cuts_off_is_put_back_uncounted(
    handling: Any, app: Any, jobs: Any, make_entry: Any, eventually: Any
) -> None:
    job = asyncio.create_task(run(handling, works(make_entry, "m1", "slow1", "bad1")))
    await eventually(lambda: app.handled == ["m1"] and app.errors)
    handling.cut_off()
    await job
    assert [(name, tries) for name, tries, _ in await jobs()] == [("bad1", 1), ("slow1", 0)]


async def test_a_handler_that_cancels_itself_has_failed(handling: Any, app: Any, jobs: Any, make_entry: Any) -> None:
    async def cancels(_message: Any) -> Any:
        raise asyncio.CancelledError

    app.does = cancels
    await run(handling, works(make_entry, "m1"))
    assert [(name, tries) for name, tries, _ in await jobs()] == [("m1", 1)]


async def test_a_handler_that_exits_has_failed_and_ends_no_process(
    handling: Any, app: Any, jobs: Any, make_entry: Any
) -> None:
    await run(handling, works(make_entry, "exit1", "m1"))
    assert [(name, tries) for name, tries, _ in await jobs()] == [("exit1", 1)]
    assert app.handled == ["m1"]
    assert app.errors == [("on_stream_online_v1", "SystemExit")]


async def test_suspects_run_one_at_a_time_and_one_that_waits_is_not_charged_with_the_others_death(
    handling: Any, app: Any, redis: Any, keys: Keys, make_entry: Any
) -> None:
    handling.settings = replace(handling.settings, handler_tries_max=5)
    names = [f"{keys.namespace}:{number}" for number in range(3)]
    starts = [f"{retry_key_prefix}{name}" for name in names]
    await redis.mset(dict.fromkeys(starts, 3))  # as arq leaves it: each started for the third time
    counted: list[list[int]] = []

    async def look(_message: Any) -> None:
        counted.append(sorted(int(count) for count in await redis.mget(starts)))

    app.does = look
    suspects = [works(make_entry, name)[0] for name in names]
    await asyncio.gather(
        *(
            handling.handle({"job_id": name, "job_try": 3}, Batch((work,)))
            for name, work in zip(names, suspects, strict=True)
        )
    )
    assert app.most == 1
    assert counted[0] == [2, 2, 3], "were the process to die now, only the one that runs would have one more"
    await redis.delete(*starts)
