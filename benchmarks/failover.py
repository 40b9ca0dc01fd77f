"""How long shards are dark after their worker is killed: parked on live sessions of others, and only reopened.

    python benchmarks/failover.py [--shards 300] [--workers 3] [--kills 10]

Real processes with default settings around a redis-server and the simulated Twitch. A worker with its share of the
shards is killed with SIGKILL; a shard is dark from that moment until the simulator, which is asked every few ms, shows it
enabled again. Then another worker starts, and once shards are spread over all workers the next kill follows. Nothing is
on the way to the simulator and back: a real Helix adds three calls to what is parked (list, bind again, park).
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from source import arguments, report

from fleet.demo import processes
from fleet.demo.children import Child, Children, logged, printed
from fleet.embedded import redis_server

SECONDS = 120.0
"""Bound of every wait."""
LOOK_SECONDS = 0.005
TOKEN = "benchmark"


@dataclass
class Fleet:
    children: Children
    http: aiohttp.ClientSession
    settings: dict[str, str]
    simulator_url: str
    admin_url: str = ""
    workers: dict[str, Child] = field(default_factory=dict)
    started: int = 0

    async def start_coordinator(self) -> None:
        own = {"TWITCH_CLIENT_ID": "id", "TWITCH_CLIENT_SECRET": "secret", "FLEET_ADMIN_PORT": "0"}
        own["FLEET_ADMIN_TOKEN"] = TOKEN
        child = self.children.start("coordinator", processes.coordinator_command(), self.settings | own)
        self.admin_url = (
            f"http://127.0.0.1:{await self.children.said(child, logged('admin.listening', 'port'), SECONDS)}"
        )

    def start_worker(self) -> None:
        self.started += 1
        name = f"worker{self.started}"
        self.workers[name] = self.children.start(
            name, processes.worker_command(), self.settings | {"FLEET_WORKER_ID": name}
        )

    async def ask(self, url: str) -> Any:
        async with self.http.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as answer:
            return await answer.json(content_type=None)

    async def shards(self) -> list[dict[str, Any]]:
        """As Twitch lists them."""
        [conduit] = (await self.ask(f"{self.simulator_url}/control/conduits"))["conduits"]
        return list(conduit["shards"])

    async def spread(self) -> bool:
        """Whether every shard is bound on a session of its own, the same number on each living worker."""
        state = await self.ask(f"{self.admin_url}/api/fleet")
        holders = Counter(each["holder"] for each in state["shards"] if each["phase"] == "bound")
        each = len(state["shards"]) / len(self.workers)
        names = {holder.rpartition("-")[0] for holder in holders}
        enabled = state["counts"]["subscriptions"].get("enabled", 0)
        return names == set(self.workers) and all(abs(n - each) < 1 for n in holders.values()) and enabled > 0

    async def until(self, check: Callable[[], Awaitable[bool]]) -> None:
        async with asyncio.timeout(SECONDS):
            while not await check():
                self.children.check()
                await asyncio.sleep(0.1)

    async def kill(self) -> list[float]:
        """Kills the worker that has lived longest; seconds for which each of its shards was dark."""
        name = next(iter(self.workers))
        state = await self.ask(f"{self.admin_url}/api/fleet")
        held = {str(each["shard"]) for each in state["shards"] if each["holder"].rpartition("-")[0] == name}
        before = {each["id"]: each["transport"]["session_id"] for each in await self.shards()}
        dark: dict[str, float] = {}
        self.children.kill(self.workers.pop(name))
        killed_at = time.monotonic()
        async with asyncio.timeout(SECONDS):
            while len(dark) < len(held):
                listed = await self.shards()
                now = time.monotonic()
                for each in listed:
                    new = each["status"] == "enabled" and each["transport"]["session_id"] != before[each["id"]]
                    if each["id"] in held and new:
                        dark.setdefault(each["id"], now - killed_at)
                await asyncio.sleep(LOOK_SECONDS)
        return list(dark.values())


async def measure(failover: str, shards: int, workers: int, kills: int, folder: Path) -> dict[str, object]:
    folder.mkdir()
    children = Children(folder, processes.clean(os.environ))
    try:
        with redis_server() as server:
            command = [*processes.simulator_command(), "--client", "id:secret"]
            simulator = children.start("simulator", command, {})
            url = await children.said(simulator, printed(r"^simulator: listening on (http://\S+)$"), SECONDS)
            settings = {
                "TWITCH_API_URL": f"{url}/helix",
                "TWITCH_AUTH_URL": f"{url}/oauth2",
                "TWITCH_EVENTSUB_URL": f"{url.replace('http', 'ws', 1)}/ws",
                "REDIS_URL": server.url,
                "FLEET_SHARDS_MIN": str(shards),
                "FLEET_FAILOVER": failover,
                "FLEET_HTTP_HOST": "127.0.0.1",
                "FLEET_HTTP_PORT": "0",
                "FLEET_LOG_FORMAT": "json",
            }
            async with aiohttp.ClientSession() as http:
                fleet = Fleet(children, http, settings, url)
                await fleet.start_coordinator()
                for _ in range(workers):
                    fleet.start_worker()
                dark: list[float] = []
                for _ in range(kills):
                    await fleet.until(fleet.spread)
                    dark += await fleet.kill()
                    fleet.start_worker()
        quantiles = statistics.quantiles(dark, n=100)
        return {
            "n": len(dark),
            "dark_p50_seconds": round(quantiles[49], 3),
            "dark_p99_seconds": round(quantiles[98], 3),
            "dark_max_seconds": round(max(dark), 3),
        }
    finally:
        children.kill_all()


def main() -> None:
    options = arguments(__doc__, shards=300, workers=3, kills=10)
    with tempfile.TemporaryDirectory() as folder:
        for failover in ("park", "reopen"):
            figures = asyncio.run(
                measure(failover, options.shards, options.workers, options.kills, Path(folder) / failover)
            )
            report("failover", failover=failover, shards=options.shards, workers=options.workers, **figures)


if __name__ == "__main__":
    main()
