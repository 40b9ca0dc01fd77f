"""No-op events a second of one handler process, beside plain arq with one job an event.

    python benchmarks/handlers.py [--events 30000]

*fleet*: entries wait in a stream; one `arq fleet.handlers.WorkerSettings` dispatches and handles them. *plain*: as many
jobs wait in arq's queue, one an event, with arq's defaults but for its poll. Both from the first to the last, over a real
redis-server, each process on its own.
"""

from __future__ import annotations

import asyncio
import logging
import os
import tempfile
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson
from arq import create_pool
from arq.connections import RedisSettings
from arq.worker import Worker, func
from latency import HANDLER, buckets, free_port, process
from redis.asyncio import Redis
from source import arguments, chat_message, report

from fleet.embedded import redis_server
from fleet.keys import Keys

TYPE = "channel.chat.message"


async def fill(redis: Redis, events: int) -> None:
    """Entries as a worker writes them."""
    keys = Keys("fleet")
    payload = orjson.dumps(orjson.loads(chat_message("m", "2026-01-01T00:00:00Z"))["payload"])
    for start in range(0, events, 500):
        async with redis.pipeline(transaction=False) as pipe:
            for number in range(start, min(events, start + 500)):
                entry: dict[Any, Any] = {"v": "1", "message_id": f"m{number}", "type": TYPE, "version": "1"}
                entry |= {"timestamp": "2026-01-01T00:00:00Z", "broadcaster_id": str(number % 500), "payload": payload}
                entry |= {"subscription_id": "s", "shard": "0", "received_ms": str(int(time.time() * 1000))}
                pipe.xadd(keys.stream(TYPE, 0), entry)
            pipe.sadd(keys.streams, keys.stream(TYPE, 0))
            await pipe.execute()


async def fleet(redis_url: str, events: int, folder: Path) -> float:
    redis = Redis.from_url(redis_url)
    await fill(redis, events)
    await redis.aclose()
    environ = {"REDIS_URL": redis_url, "FLEET_APP": "noop:app", "PYTHONPATH": str(Path(__file__).parent)}
    environ |= {"TWITCH_CLIENT_ID": "id", "TWITCH_CLIENT_SECRET": "none", "FLEET_HTTP_PORT": free_port()}
    with process("arq", "fleet.handlers.WorkerSettings", log=folder / "handler.log", **environ) as port:
        async with aiohttp.ClientSession() as http, asyncio.timeout(300):
            while not (seen := await buckets(http, port, HANDLER)) or seen[-1][1] == 0:
                await asyncio.sleep(0.02)
            began, first = time.monotonic(), seen[-1][1]
            while (seen := await buckets(http, port, HANDLER))[-1][1] < events:
                await asyncio.sleep(0.05)
            return float((events - first) / (time.monotonic() - began))


async def plain(redis_url: str, events: int) -> float:
    settings = RedisSettings.from_dsn(redis_url)
    pool = await create_pool(settings, default_queue_name="plain")
    payload = chat_message("m", "2026-01-01T00:00:00Z")
    for _ in range(events):
        await pool.enqueue_job("handle", payload)
    done = 0

    async def handle(ctx: dict[Any, Any], *args: Any, **kwargs: Any) -> None:  # noqa: ARG001 # arq's signature
        nonlocal done
        (payload,) = args
        orjson.loads(payload)
        done += 1

    worker = Worker([func(handle, name="handle")], queue_name="plain", redis_pool=pool, burst=True, poll_delay=0.01,
                    keep_result=0, max_jobs=32, handle_signals=False)  # fmt: skip
    logging.getLogger("arq").setLevel(logging.ERROR)
    began = time.monotonic()
    await worker.async_run()
    spent = time.monotonic() - began
    await worker.close()
    assert done == events, "every job ran"
    return events / spent


def main() -> None:
    options = arguments(__doc__, events=30_000)
    os.environ.pop("FLEET_NAMESPACE", None)
    with tempfile.TemporaryDirectory() as folder, redis_server() as server:
        ours = asyncio.run(fleet(server.url, options.events, Path(folder)))
    with redis_server() as server:
        theirs = asyncio.run(plain(server.url, options.events // 10))
    report("handlers", fleet_per_second=round(ours), plain_arq_per_second=round(theirs), ratio=round(ours / theirs, 1))


if __name__ == "__main__":
    main()
