"""A replica of Redis, and a Sentinel that watches both."""

from __future__ import annotations

import asyncio
from pathlib import Path

from redis.asyncio import Redis

from fleet import embedded
from fleet.demo.children import Child, Children
from fleet.embedded import RedisServer

NAME = "mymaster"
NOWHERE = 1
"""A port at which nobody listens."""
BOUND_SECONDS = 60.0
LOOK_SECONDS = 0.05


class Replication:
    """Of one primary. The replica can be made to lack its last writes."""

    def __init__(self, folder: Path, primary: RedisServer) -> None:
        self._folder, self._primary = folder, primary
        self.replica: RedisServer
        self._sentinel: RedisServer

    @property
    def settings(self) -> dict[str, str]:
        """What makes a process ask the Sentinel."""
        return {"FLEET_REDIS_SENTINELS": f"127.0.0.1:{self._sentinel.port}", "FLEET_REDIS_SENTINEL_NAME": NAME}

    async def start(self, children: Children) -> None:
        """Returns when the replica follows and the Sentinel knows it."""
        folder = self._folder / "replica"
        folder.mkdir()
        self.replica = embedded.start("--replicaof", "127.0.0.1", str(self._primary.port), folder=folder)
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

    async def lag(self) -> None:
        """From now on the replica gets nothing: it looks for its primary where nobody is. (Sentinel would send it back after
        eight seconds; a path that is wrong from the beginning, such as through a proxy, it mends before anything begins.)"""
        async with Redis(port=self.replica.port) as replica:
            await replica.execute_command("REPLICAOF", "127.0.0.1", NOWHERE)  # type: ignore[no-untyped-call]

    async def promoted(self) -> bool:
        """Whether the replica is the primary now."""
        async with Redis(port=self.replica.port) as replica:
            return bool((await replica.info("replication"))["role"] == "master")
