"""A replica of Redis, the path to it, and a Sentinel that watches both."""

from __future__ import annotations

import asyncio
from pathlib import Path

from redis.asyncio import Redis

from fleet import embedded
from fleet.demo.children import Child, Children
from fleet.embedded import RedisServer
from tests.chaos.proxy import Proxy

NAME = "mymaster"
BOUND_SECONDS = 60.0
LOOK_SECONDS = 0.05


class Replication:
    """Of one primary. The replica reaches it through a proxy, so that it can be made to lack the last writes."""

    def __init__(self, folder: Path, primary: RedisServer) -> None:
        self._folder, self._primary = folder, primary
        self.path = Proxy(primary.port)
        self.replica: RedisServer
        self._sentinel: RedisServer

    @property
    def settings(self) -> dict[str, str]:
        """What makes a process ask the Sentinel."""
        return {"FLEET_REDIS_SENTINELS": f"127.0.0.1:{self._sentinel.port}", "FLEET_REDIS_SENTINEL_NAME": NAME}

    async def start(self, children: Children) -> None:
        """Returns when the replica follows and the Sentinel knows it."""
        await self.path.start()
        folder = self._folder / "replica"
        folder.mkdir()
        self.replica = embedded.start("--replicaof", "127.0.0.1", str(self.path.port), folder=folder)
        children.adopt(Child("replica", self.replica.process, folder / "redis.log"))
        file = self._folder / "sentinel" / "sentinel.conf"
        file.parent.mkdir()
        file.write_text(
            f"sentinel monitor {NAME} 127.0.0.1 {self._primary.port} 1\n"
            f"sentinel down-after-milliseconds {NAME} 1000\nsentinel failover-timeout {NAME} 5000\n"
        )
        self._sentinel = embedded.start_sentinel(file)
        children.adopt(Child("sentinel", self._sentinel.process, file.parent / "redis.log"))
        async with Redis(port=self.replica.port) as replica, Redis(port=self._sentinel.port) as sentinel:
            async with asyncio.timeout(BOUND_SECONDS):
                while (await replica.info("replication"))["master_link_status"] != "up":
                    await asyncio.sleep(LOOK_SECONDS)
                while (await sentinel.info("sentinel"))["master0"]["slaves"] != 1:
                    await asyncio.sleep(LOOK_SECONDS)

    async def promoted(self) -> bool:
        """Whether the replica is the primary now."""
        async with Redis(port=self.replica.port) as replica:
            return bool((await replica.info("replication"))["role"] == "master")

    async def stop(self) -> None:
        """The path; the processes are the children's."""
        await self.path.stop()
