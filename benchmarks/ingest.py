"""Events per CPU second of one worker, frame to acknowledged append, beside the plain loop that everybody writes first.

    python benchmarks/ingest.py [--events 200000] [--sockets 4] [--rounds 3]

*worker* is the worker's own path: session, every entry field, partitions, dedup, metrics, one script call a flush.
*plain* reads with aiohttp, decodes with orjson and appends with pipelined XADDs of redis-py: no dedup, no session, four
fields. Both read the same frames from a server in another process, into a real redis-server; each round runs both, in
turn, in processes of their own, and the medians are printed, with redis-server's CPU per 1,000 events beside them.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import subprocess
import sys
import time
from dataclasses import replace
from typing import Any

import aiohttp
import orjson
from redis.asyncio import Redis
from source import arguments, report, source

from fleet import logs
from fleet.connection import connect
from fleet.embedded import executable, redis_server
from fleet.loop import run
from fleet.settings import Secret, Settings
from shard_worker.worker import Worker
from twitch.eventsub.sockets import open_http


async def plain(url: str, redis_url: str, events: int, sockets: int) -> float:
    """The plain loop; returns its CPU seconds."""
    redis = Redis.from_url(redis_url)
    done = 0
    pipe = redis.pipeline(transaction=False)
    flushing = asyncio.Lock()

    async def flush() -> None:
        nonlocal pipe
        async with flushing:
            full, pipe = pipe, redis.pipeline(transaction=False)
            await full.execute()

    async def read(http: aiohttp.ClientSession) -> None:
        nonlocal done
        async with http.ws_connect(f"{url}/events", max_msg_size=0) as socket:
            async for message in socket:
                frame = orjson.loads(message.data)
                metadata = frame["metadata"]
                if metadata["message_type"] == "notification":
                    pipe.xadd(
                        f"plain:{metadata['subscription_type']}",
                        {
                            "message_id": metadata["message_id"],
                            "type": metadata["subscription_type"],
                            "timestamp": metadata["message_timestamp"],
                            "payload": orjson.dumps(frame["payload"]),
                        },
                        maxlen=100_000,
                    )
                    done += 1
                    if len(pipe) >= 200:
                        await flush()
                    if done >= events * sockets:
                        return

    began = time.process_time()
    async with aiohttp.ClientSession() as http:
        readers = [asyncio.create_task(read(http)) for _ in range(sockets)]
        while done < events * sockets:
            await asyncio.sleep(0.02)
        await flush()
        spent = time.process_time() - began
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
    await redis.aclose()
    return spent


async def worker(url: str, redis_url: str, events: int, sockets: int) -> float:
    """The worker's path; returns its CPU seconds."""
    settings = Settings(redis_url=Secret(redis_url), retention_events_max=100_000)
    settings = replace(settings, addresses=replace(settings.addresses, eventsub_url=f"{url}/events"))
    redis = connect(settings)
    async with open_http() as http:
        measured = Worker(settings, redis, redis, http, "bench", "bench")
        began = time.process_time()
        flushing = asyncio.create_task(measured.flusher.run())
        for shard in range(sockets):
            measured.sockets.open(shard, epoch=1)
        while measured.events < events * sockets or measured.unwritten:
            await asyncio.sleep(0.02)
        spent = time.process_time() - began
        flushing.cancel()
        await measured.sockets.close(orderly=False)
    await redis.aclose()
    return spent


def once(kind: str, events: int, sockets: int) -> dict[str, Any]:
    """One measurement in a process of its own."""
    with redis_server() as server, source(events) as url:
        command = [sys.executable, __file__, "--run", kind, url, server.url, str(events), str(sockets)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=600)
    return dict(json.loads(done.stdout))


async def measure(kind: str, url: str, redis_url: str, events: int, sockets: int) -> dict[str, float]:
    redis = Redis.from_url(redis_url)
    before = await redis.info("cpu")
    spent = await {"plain": plain, "worker": worker}[kind](url, redis_url, events, sockets)
    after = await redis.info("cpu")
    await redis.aclose()
    total = events * sockets
    server = sum(after[key] - before[key] for key in ("used_cpu_user", "used_cpu_sys"))
    return {"events_per_cpu_second": total / spent, "redis_cpu_ms_per_1000": server / total * 1e6}


def main() -> None:
    options = arguments(__doc__, events=50_000, sockets=4, rounds=3)
    rounds: dict[str, list[dict[str, float]]] = {"plain": [], "worker": []}
    for _ in range(options.rounds):
        for kind, measured in rounds.items():
            measured.append(once(kind, options.events, options.sockets))
    medians = {
        kind: {key: round(statistics.median(each[key] for each in measured), 1) for key in measured[0]}
        for kind, measured in rounds.items()
    }
    ratio = medians["worker"]["events_per_cpu_second"] / medians["plain"]["events_per_cpu_second"]
    report("ingest", redis_server=executable().rsplit("/", 1)[-1], ratio=round(ratio, 2), **medians)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        kind, url, redis_url, events, sockets = sys.argv[2:]
        logs.configure(Settings(log_level="warning"), process="benchmark")
        sys.stdout.write(json.dumps(run(measure(kind, url, redis_url, int(events), int(sockets)))))
    else:
        main()
