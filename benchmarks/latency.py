"""Latency at a steady rate: socket to stream, and socket to handler, with real processes.

    python benchmarks/latency.py [--rate 2000] [--seconds 20] [--sockets 4]

A source sends chat messages at `rate` events/s over `sockets` sockets to one `python -m shard_worker`; one
`arq fleet.handlers.WorkerSettings` runs a program whose handler does nothing. Everything shares this machine's cores.
Quantiles come from the processes' own /metrics, interpolated within a bucket, in ms.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import aiohttp
from idle import lead
from prometheus_client.parser import text_string_to_metric_families
from redis.asyncio import Redis
from source import arguments, report, source

from fleet.embedded import end_with_parent, redis_server
from fleet.keys import Keys

STREAM, HANDLER = "eventsub_socket_to_stream_seconds", "eventsub_socket_to_handler_seconds"
QUANTILES = (0.5, 0.99)
START_SECONDS = 60.0
WARM_SECONDS = 3.0
"""The first seconds do not count: the handlers have yet to see that there is a stream."""


@contextmanager
def process(*command: str, log: Path, **environ: str) -> Iterator[int]:
    """A process of the fleet; yields the port of its /metrics."""
    with log.open("wb") as output:
        running = subprocess.Popen(
            [sys.executable, "-m", *command],
            env={**os.environ, **environ, "FLEET_HTTP_HOST": "127.0.0.1", "FLEET_LOG_LEVEL": "warning"},
            stdout=output,
            stderr=output,
            preexec_fn=end_with_parent,  # noqa: PLW1509 # one prctl call
        )
    try:
        yield int(environ["FLEET_HTTP_PORT"])
    finally:
        running.terminate()
        try:
            running.wait(40)
        except subprocess.TimeoutExpired:
            running.kill()


def free_port() -> str:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return str(probe.getsockname()[1])


async def buckets(http: aiohttp.ClientSession, port: int, name: str) -> list[tuple[float, float]]:
    """(upper bound in seconds, observations up to it) of a histogram; empty while the process does not answer."""
    try:
        async with http.get(f"http://127.0.0.1:{port}/metrics") as answer:
            page = await answer.text()
    except aiohttp.ClientError:
        return []
    return [
        (float(sample.labels["le"]), sample.value)
        for family in text_string_to_metric_families(page)
        for sample in family.samples
        if sample.name == f"{name}_bucket"
    ]


def quantile_ms(histogram: list[tuple[float, float]], share: float) -> float:
    """The quantile, interpolated within its bucket."""
    wanted = histogram[-1][1] * share
    lower, before = 0.0, 0.0
    for upper, count in histogram:
        if count >= wanted:
            return round((lower + (upper - lower) * (wanted - before) / max(1e-9, count - before)) * 1000, 2)
        lower, before = upper, count
    return float("nan")


async def measure(
    rate: float, seconds: float, sockets: int, redis_url: str, url: str, folder: Path
) -> dict[str, object]:
    common = {"REDIS_URL": redis_url, "TWITCH_EVENTSUB_URL": f"{url}/events", "FLEET_APP": "noop:app"}
    common |= {"PYTHONPATH": str(Path(__file__).parent), "TWITCH_CLIENT_ID": "id", "TWITCH_CLIENT_SECRET": "none"}
    worker_environ = {key: value for key, value in common.items() if not key.startswith("TWITCH_CLIENT")}
    redis = Redis.from_url(redis_url)
    with (
        process(
            "arq", "fleet.handlers.WorkerSettings", log=folder / "handler.log", FLEET_HTTP_PORT=free_port(), **common
        ) as handler,
        process("shard_worker", log=folder / "worker.log", FLEET_HTTP_PORT=free_port(), **worker_environ) as worker,
    ):
        async with aiohttp.ClientSession() as http, asyncio.timeout(START_SECONDS + seconds * 3):
            while not await buckets(http, handler, HANDLER) or not await redis.execute_command(
                "SCARD", Keys("fleet").workers
            ):
                await asyncio.sleep(0.2)
            [name] = [each.decode() for each in await redis.execute_command("SMEMBERS", Keys("fleet").workers)]
            await lead(redis, Keys("fleet"), sockets, worker=name)
            warm, expected = int(rate * WARM_SECONDS), int(rate / sockets * seconds) * sockets
            before: dict[str, list[tuple[float, float]]] = {}
            while (handled := await buckets(http, handler, HANDLER))[-1][1] < expected:
                if not before and handled[-1][1] >= warm:
                    before = {STREAM: await buckets(http, worker, STREAM), HANDLER: handled}
                await asyncio.sleep(0.5)
            after = {STREAM: await buckets(http, worker, STREAM), HANDLER: handled}
    await redis.aclose()
    counted = {name: since(before[name], after[name]) for name in after}
    return {"events": int(counted[HANDLER][-1][1])} | {
        f"{name.removeprefix('eventsub_').removesuffix('_seconds')}_ms": {
            f"p{share * 100:g}": quantile_ms(histogram, share) for share in QUANTILES
        }
        for name, histogram in counted.items()
    }


def since(before: list[tuple[float, float]], after: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """What was observed in between."""
    return [(bound, count - old) for (_, old), (bound, count) in zip(before, after, strict=True)]


def main() -> None:
    import tempfile

    options = arguments(__doc__, rate=2000.0, seconds=20.0, sockets=4)
    per_socket = int(options.rate / options.sockets * options.seconds)
    with (
        tempfile.TemporaryDirectory() as folder,
        redis_server() as server,
        source(per_socket, options.rate / options.sockets) as url,
    ):
        figures = asyncio.run(measure(options.rate, options.seconds, options.sockets, server.url, url, Path(folder)))
    report("latency", rate=options.rate, **figures)


if __name__ == "__main__":
    main()
