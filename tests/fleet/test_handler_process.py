"""`arq fleet.handlers.WorkerSettings` as it runs: real processes on a real Redis."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pytest
from redis.asyncio import Redis

from fleet.dead_letters import letters, replay
from fleet.embedded import redis_server, start
from fleet.keys import Keys

pytestmark = pytest.mark.process

PRINTS = """
from twitch.eventsub import ClientApp

class App(ClientApp):
    async def on_stream_online_v1(self, message):
        print("online", message.id, message.event.broadcaster.name)

    async def on_revocation(self, subscription, metadata):
        print("revoked", subscription.id, subscription.status)

app = App("id", "secret")
app.run("CONDUIT_ID")
"""

FAILS = """
from fleet.handlers import GiveUp, Retry
from twitch.eventsub import ClientApp

class App(ClientApp):
    tries = 0

    async def on_stream_online_v1(self, message):
        if message.id == "gives up":
            raise GiveUp("it is no use")
        if message.id == "never":
            raise Retry(0.01)
        self.tries += 1
        print("try", self.tries)
        if self.tries < 3:
            raise Retry(0.01)
        print("done", message.id)

app = App("id", "secret")
"""

HANGS = """
import asyncio
from twitch.eventsub import ClientApp

class App(ClientApp):
    async def on_stream_online_v1(self, message):
        await asyncio.sleep(3600)

    async def on_error(self, *arguments):
        await asyncio.sleep(3600)

app = App("id", "secret")
"""

SLOW = """
import asyncio
from twitch.eventsub import ClientApp

class App(ClientApp):
    async def on_stream_online_v1(self, message):
        print("begins", message.id)
        await asyncio.sleep(SECONDS)
        print("ends", message.id)

app = App("id", "secret")
"""


async def test_an_entry_reaches_its_handler_and_is_gone_from_the_queue(
    launch: Any, stream: Any, redis: Any, keys: Keys, eventually: Any
) -> None:
    await stream.add("before")
    async with launch(PRINTS) as handlers:
        await eventually(lambda: "online before Name7" in handlers.lines)
        await stream.add("after", "8")
        await eventually(lambda: "online after Name8" in handlers.lines)
        await eventually(lambda: _empty(redis, keys))
        for prefix in ("job", "retry", "in-progress", "result"):
            assert [key async for key in redis.scan_iter(f"arq:{prefix}:{keys.namespace}:*")] == []
        handlers.process.send_signal(signal.SIGTERM)
        assert await handlers.ended() == 0
    assert not any("Traceback" in line for line in handlers.log)
    assert await redis.smembers(keys.handlers) == set()


async def _empty(redis: Any, keys: Keys) -> bool:
    return not await redis.zcard(keys.queue)


async def test_a_revocation_reaches_on_revocation(
    launch: Any, stream: Any, redis: Any, keys: Keys, eventually: Any, make_entry: Any
) -> None:
    payload = b'{"subscription":{"id":"s1","type":"stream.online","version":"1","status":"authorization_revoked"}}'
    await redis.xadd(keys.revocations, make_entry("m1", payload=payload).fields())
    async with launch(PRINTS) as handlers:
        await eventually(lambda: "revoked s1 authorization_revoked" in handlers.lines)


async def test_outcomes_of_a_handler(launch: Any, stream: Any, redis: Any, keys: Keys, eventually: Any) -> None:
    async with launch(FAILS) as handlers:
        await stream.add("again and again")
        await eventually(lambda: "done again and again" in handlers.lines)
        await stream.add("gives up")
        await stream.add("never")
        await stream.add("unreadable", payload=b"{")

        async def dead() -> Any:
            found = {letter.entry.message_id: letter async for letter in letters(redis, keys)}
            return found if len(found) == 3 else None

        found = await eventually(dead)
        assert {(name, letter.reason, letter.tries) for name, letter in found.items()} == {
            ("gives up", "gave_up", 1),
            ("never", "tries", 5),
            ("unreadable", "undecodable", 0),
        }
        assert found["gives up"].error == "GiveUp: it is no use"
        assert found["gives up"].handler == "on_stream_online_v1"
        assert found["unreadable"].entry.payload == b"{"

        # A replayed letter is a job again, with all its tries before it.
        before = handlers.lines.count("done again and again")
        assert await replay(redis, keys, [found["gives up"].id], now_ms=1) == 1
        assert before == 1
        await eventually(lambda: _died_again(redis, keys, found["gives up"].id))


async def _died_again(redis: Any, keys: Keys, first_id: Any) -> bool:
    found = [letter async for letter in letters(redis, keys) if letter.entry.message_id == "gives up"]
    return [letter.id != first_id for letter in found] == [True]


async def test_a_job_is_not_given_up_for_the_time_that_its_events_take_together(
    launch: Any, stream: Any, redis: Any, keys: Keys, eventually: Any
) -> None:
    """Handlers and on_error that hang, one after another, for longer than one event may take."""
    settings = {"FLEET_HANDLER_TIMEOUT_SECONDS": "0.3", "FLEET_HANDLER_BATCH_MAX": "1", "FLEET_HANDLER_TRIES_MAX": "1"}
    async with launch(HANGS, FLEET_HANDLER_CONCURRENCY="1", **settings) as handlers:
        for number in range(4):
            await stream.add(f"m{number}")

        async def dead() -> Any:
            return sorted([letter.entry.message_id async for letter in letters(redis, keys)])

        async def all_dead() -> bool:
            return len(await dead()) == 4

        await eventually(lambda: _empty(redis, keys))
        await eventually(all_dead)
        assert await dead() == ["m0", "m1", "m2", "m3"]
    assert not any("Traceback" in line and "TimeoutError" in line for line in handlers.log)


async def test_a_killed_process_job_runs_again_in_another(launch: Any, stream: Any, eventually: Any) -> None:
    async with launch(SLOW.replace("SECONDS", "60")) as first:
        await stream.add("m1")
        await eventually(lambda: "begins m1" in first.lines)
        first.process.kill()
        await first.ended()
        async with launch(SLOW.replace("SECONDS", "0")) as second:
            await eventually(lambda: "ends m1" in second.lines)


async def test_sigterm_lets_jobs_finish(launch: Any, stream: Any, eventually: Any, redis: Any, keys: Keys) -> None:
    async with launch(SLOW.replace("SECONDS", "0.5")) as handlers:
        await stream.add("m1")
        await eventually(lambda: "begins m1" in handlers.lines)
        handlers.process.send_signal(signal.SIGTERM)
        assert await handlers.ended() == 0
        assert "ends m1" in handlers.lines
    assert await redis.zcard(keys.queue) == 0


async def test_what_outlasts_the_drain_is_put_back_at_once(
    launch: Any, stream: Any, eventually: Any, redis: Any, keys: Keys
) -> None:
    async with launch(SLOW.replace("SECONDS", "60"), FLEET_DRAIN_SECONDS="0.1") as handlers:
        await stream.add("m1")
        await eventually(lambda: "begins m1" in handlers.lines)
        handlers.process.send_signal(signal.SIGTERM)
        assert await handlers.ended() == 0
    jobs = [name.decode() async for name in redis.scan_iter(f"arq:job:{keys.namespace}:*")]
    assert len(jobs) == 1
    assert jobs[0].endswith(":1")
    (_, score), *_ = await redis.zrange(keys.queue, 0, -1, withscores=True)
    seconds, _ = await redis.time()
    assert score <= (seconds + 1) * 1000


async def test_a_redis_that_goes_away_is_waited_for(
    launch: Any, make_entry: Any, keys: Keys, eventually: Any, tmp_path: Path
) -> None:
    with redis_server("--appendonly", "yes") as first:
        options = ("--appendonly", "yes")
        async with launch(PRINTS, url=first.url) as handlers:
            await handlers.until_said("handlers.started")
            first.stop()
            await handlers.until_said("redis.unreachable")
            assert handlers.process.returncode is None
            assert await _readyz(handlers) == (503, "Redis does not answer\n")
            again = start(*options, folder=first.folder, port=urlsplit(first.url).port or 0)
            try:
                async with Redis.from_url(again.url) as client:
                    await client.xadd(keys.stream("stream.online", 0), make_entry("m1").fields())
                    await client.sadd(keys.streams, keys.stream("stream.online", 0))
                await eventually(lambda: "online m1 Name7" in handlers.lines)
                handlers.process.send_signal(signal.SIGTERM)
                assert await handlers.ended() == 0
            finally:
                again.stop()
    assert not any("Traceback" in line for line in handlers.log)


async def test_a_redis_that_is_not_there_at_start_is_waited_for_and_sigterm_still_works(
    launch: Any, eventually: Any
) -> None:
    with redis_server() as gone:
        url = gone.url
    async with launch(PRINTS, url=url) as handlers:
        await handlers.until_said("redis.unreachable")
        assert (await _readyz(handlers))[0] == 503
        handlers.process.send_signal(signal.SIGTERM)
        assert await handlers.ended() == 0
    assert not any("Traceback" in line for line in handlers.log)


async def _readyz(handlers: Any) -> tuple[int, str]:
    port = (await handlers.until_said("handlers.listening"))["port"]
    async with aiohttp.ClientSession() as http, http.get(f"http://127.0.0.1:{port}/readyz") as answer:
        return answer.status, await answer.text()


async def test_a_program_that_can_not_be_imported_is_one_sentence_and_reads_nothing(
    launch: Any, stream: Any, redis: Any, keys: Keys
) -> None:
    await stream.add("m1")
    async with launch("import nowhere_to_be_found") as handlers:
        said = await handlers.until_said("app.not_ready")
        assert said["reason"] == (
            "program:app can't be imported: ModuleNotFoundError: No module named 'nowhere_to_be_found'"
        )
        status, text = await _readyz(handlers)
        assert (status, text) == (503, f"{said['reason']}\n")
        assert await redis.exists(keys.groups) == 0
        handlers.process.send_signal(signal.SIGTERM)
        assert await handlers.ended() == 0
    assert not any("Traceback" in line for line in handlers.log)


async def test_a_wrong_setting_is_one_sentence_and_exit_2(launch: Any) -> None:
    async with launch(PRINTS, FLEET_HANDLER_BACKLOG="many") as handlers:
        assert await handlers.ended() == 2
    assert handlers.log == ["FLEET_HANDLER_BACKLOG is 'many'; it must be a whole number from 1 to 1000000."]


async def test_importing_the_module_alone_needs_no_settings_and_starts_nothing() -> None:
    probe = (
        "import sys, fleet.handlers as h; h.Retry, h.GiveUp; print('arq' in sys.modules, 'WorkerSettings' in vars(h))"
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", probe, stdout=asyncio.subprocess.PIPE, cwd=Path("/"), env={"PATH": os.environ["PATH"]}
    )
    out, _ = await process.communicate()
    assert out == b"False False\n"


COUNTS = """
import os
from redis.asyncio import Redis
from twitch.eventsub import ClientApp

class App(ClientApp):
    async def on_ready(self):
        self.redis = Redis.from_url(os.environ["REDIS_URL"])

    async def on_stream_online_v1(self, message):
        await self.redis.hincrby(os.environ["FLEET_NAMESPACE"] + ":handled", message.id, 1)

app = App("id", "secret")
"""


async def test_no_event_is_lost_while_processes_are_killed_and_replaced(
    launch: Any, stream: Any, redis: Any, keys: Keys, eventually: Any
) -> None:
    handled, sent = f"{keys.namespace}:handled", 0

    async def send(count: int) -> None:
        nonlocal sent
        for _ in range(count):
            await stream.add(f"m{sent}", str(sent % 20))
            sent += 1

    async def some_more() -> bool:
        return int(await redis.hlen(handled)) > sent // 2

    async with launch(COUNTS) as steady:
        for how in (signal.SIGKILL, signal.SIGTERM, signal.SIGKILL):
            async with launch(COUNTS) as other:
                await other.until_said("handlers.started")
                await send(150)
                await eventually(some_more)
                await send(50)
                other.process.send_signal(how)
                assert await other.ended() == (0 if how is signal.SIGTERM else -signal.SIGKILL)

        async def all_of_them() -> bool:
            return int(await redis.hlen(handled)) == sent and not await redis.zcard(keys.queue)

        await eventually(all_of_them)  # two leases have to end first, on a machine that may be busy
        assert steady.process.returncode is None
    assert (await redis.xpending(keys.stream("stream.online", 0), "app"))["pending"] == 0
    doubled = [name for name, times in (await redis.hgetall(handled)).items() if int(times) > 1]
    assert len(doubled) <= 2 * 200  # those in the batches of the two that were killed, and no others
