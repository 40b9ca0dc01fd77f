"""Memory and CPU of a worker's idle sockets, above the floor of a bare aiohttp client.

    python benchmarks/idle.py [--sockets 2000] [--seconds 10]

*bare* opens the sockets with aiohttp and reads. *worker* holds them as a worker does: session, deadlines, placement. Each
runs in a process of its own; kB are of resident memory, measured once every socket is welcomed and rubbish is collected.
"""

from __future__ import annotations

import asyncio
import gc
import json
import resource
import subprocess
import sys
import time
from dataclasses import replace

import psutil
from redis.asyncio import Redis
from source import arguments, report, source

from fleet import logs
from fleet.connection import connect
from fleet.embedded import redis_server
from fleet.keys import Keys
from fleet.loop import run
from fleet.reports import Orders, encode
from fleet.settings import Secret, Settings
from shard_worker.worker import Worker
from twitch.eventsub.sockets import open_http
from twitch.ids import SessionId


def resident_bytes() -> int:
    gc.collect()
    return int(psutil.Process().memory_info().rss)


async def idle_share(seconds: float) -> float:
    """Share of one core that this process takes while nothing happens."""
    wall, spent = time.monotonic(), time.process_time()
    await asyncio.sleep(seconds)
    return (time.process_time() - spent) / (time.monotonic() - wall)


async def bare(url: str, _redis_url: str, sockets: int, seconds: float) -> dict[str, float]:
    async with open_http() as http:
        before = resident_bytes()
        welcomed = 0

        async def read() -> None:
            nonlocal welcomed
            async with http.ws_connect(f"{url}/idle", max_msg_size=2**22, compress=0) as socket:
                async for _ in socket:
                    welcomed += 1

        readers = [asyncio.create_task(read()) for _ in range(sockets)]
        while welcomed < sockets:
            await asyncio.sleep(0.05)
        figures = {
            "kb_per_socket": (resident_bytes() - before) / sockets / 1024,
            "core_idle": await idle_share(seconds),
        }
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
    return figures


async def lead(redis: Redis, keys: Keys, sockets: int, worker: str = "bench") -> None:
    """What a leader writes to have one worker hold `sockets` shards; no leader is needed after that."""
    orders = encode(Orders(open=dict.fromkeys(range(sockets), 1), bound={SessionId("s"): tuple(range(sockets))}))
    async with redis.pipeline() as pipe:
        pipe.set(keys.leader, "1:benchmark")
        pipe.hset(keys.pace, mapping={"openings": 200, "active": 1})
        pipe.hset(keys.assigned(worker), mapping={"v": "1", "shards": orders})
        await pipe.execute()


async def worker(url: str, redis_url: str, sockets: int, seconds: float) -> dict[str, float]:
    settings = Settings(redis_url=Secret(redis_url), worker_capacity=sockets)
    settings = replace(settings, addresses=replace(settings.addresses, eventsub_url=f"{url}/idle"))
    redis = connect(settings)
    async with open_http() as http:
        measured = Worker(settings, redis, redis, http, "bench", "bench")
        before = resident_bytes()
        running = asyncio.create_task(measured.run())
        await lead(redis, Keys(settings.namespace), sockets)
        while not measured.sockets.held or measured.why_not_ready():
            await asyncio.sleep(0.05)
        figures = {
            "kb_per_socket": (resident_bytes() - before) / sockets / 1024,
            "core_idle": await idle_share(seconds),
        }
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    await redis.aclose()
    return figures


def once(kind: str, sockets: int, seconds: float) -> dict[str, float]:
    with redis_server() as server, source() as url:
        command = [sys.executable, __file__, "--run", kind, url, server.url, str(sockets), str(seconds)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=300)
    return dict(json.loads(done.stdout))


def main() -> None:
    options = arguments(__doc__, sockets=2000, seconds=10.0)
    floor, held = (once(kind, options.sockets, options.seconds) for kind in ("bare", "worker"))
    above = held["kb_per_socket"] - floor["kb_per_socket"]
    report(
        "idle",
        sockets=options.sockets,
        bare={key: round(value, 4) for key, value in floor.items()},
        worker={key: round(value, 4) for key, value in held.items()},
        kb_above_floor=round(above, 1),
    )


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_NOFILE, (resource.getrlimit(resource.RLIMIT_NOFILE)[1],) * 2)
    if sys.argv[1:2] == ["--run"]:
        kind, url, redis_url, sockets, seconds = sys.argv[2:]
        logs.configure(Settings(log_level="warning"), process="benchmark")
        measured = {"bare": bare, "worker": worker}[kind](url, redis_url, int(sockets), float(seconds))
        sys.stdout.write(json.dumps(run(measured)))
    else:
        main()
