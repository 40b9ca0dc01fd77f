"""What `peers` puts to the test, as processes: a small bot on one of the libraries, or the whole fleet."""

from __future__ import annotations

import os
import secrets
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import aiohttp
from account import Delivery, End
from cryptography.fernet import Fernet
from dispatch import PEERS, environment
from redis.asyncio import Redis

from fleet import embedded
from fleet.demo import processes
from fleet.demo.children import Child, Children, ending, logged
from fleet.demo.processes import Site
from fleet.demo.watch import Watch
from fleet.keys import Keys
from fleet.settings import Settings

SHARDS = 2
START_SECONDS = 90.0
TYPE = "channel.chat.message"
PROGRAMS = Path(__file__).with_name("programs.py")


class Contestant:
    """The part that is the same: children, and when the first of them ended."""

    def __init__(self, folder: Path, environ: dict[str, str], conduit_id: str) -> None:
        self.folder = folder
        self.environ = environ
        self.conduit_id = conduit_id
        self.children = Children(folder, processes.clean(os.environ))
        self.end: End | None = None

    def look(self) -> None:
        """Notice that a process is over."""
        if self.end is None and any(child.process.poll() is not None for child in self.children.members.values()):
            self.end = End(time.time())

    def story(self) -> str:
        """What became of its processes."""
        return "; ".join(
            f"process ended ({ending(child.process.returncode)}) {last_words(child)}".strip()
            for child in self.children.members.values()
            if child.process.poll() is not None and not child.may_end
        )

    async def close(self) -> None:
        self.children.kill_all()


class Bot(Contestant):
    """One process with one library."""

    def __init__(self, kind: str, interpreter: str, folder: Path, environ: dict[str, str], conduit_id: str) -> None:
        super().__init__(folder, environ, conduit_id)
        self._kind = kind
        self._interpreter = interpreter

    async def start(self) -> None:
        alone = ["-E"] if self._kind in PEERS else []  # no PYTHONPATH: it might hold our package of the same name
        command = [self._interpreter, *alone, str(PROGRAMS), self._kind, self.conduit_id]
        credentials = {"TWITCH_CLIENT_ID": processes.CLIENT_ID, "TWITCH_CLIENT_SECRET": secrets.token_hex(16)}
        self.children.start(self._kind, command, self.environ | credentials)

    async def is_ready(self) -> bool:
        return True  # once its shards are bound, which the simulator sees

    async def deliveries(self) -> Sequence[Delivery]:
        lines = (self.folder / f"{self._kind}.log").read_text("utf-8", "replace").splitlines()
        words = [line.split() for line in lines if line.startswith("delivered ")]
        return [Delivery(word[1], float(word[2])) for word in words if len(word) == 3]

    async def kill(self) -> None:
        raise AssertionError("a bot that is killed is gone: there is nothing to measure")


class Fleet(Contestant):
    """A coordinator, two workers and Redis, at default settings but for the number of shards."""

    async def start(self) -> None:
        redis_folder = self.folder / "redis"
        redis_folder.mkdir()
        server = embedded.start(folder=redis_folder)
        self.children.adopt(Child("redis", server.process, redis_folder / "redis.log"))
        site = Site(
            redis_url=server.url,
            simulator_url=self.environ["TWITCH_API_URL"].removesuffix("/helix"),
            shards=SHARDS,
            app="",
            app_path=self.folder,
            client_secret=secrets.token_hex(16),
            token_key=Fernet.generate_key().decode(),
            admin_token=secrets.token_hex(16),
        )
        # The workers first: each gets a shard at once.
        workers = [
            self.children.start(name, processes.worker_command(), site.worker(name))
            for name in ("worker-1", "worker-2")
        ]
        self._names = {
            await self.children.said(worker, logged("worker.started", "worker"), START_SECONDS): worker
            for worker in workers
        }
        own = {"FLEET_CONDUIT_ID": self.conduit_id}
        coordinator = self.children.start("coordinator", processes.coordinator_command(), site.coordinator() | own)
        port = await self.children.said(coordinator, logged("admin.listening", "port"), START_SECONDS)
        self._http = aiohttp.ClientSession()
        self._redis = Redis.from_url(server.url)
        self._watch = Watch(
            self._http,
            self._redis,
            Keys(Settings().namespace),
            site.simulator_url,
            f"http://127.0.0.1:{port}",
            site.admin_token,
        )

    async def is_ready(self) -> bool:
        """Whether each worker holds a shard, bound."""
        reading = await self._watch.read({})
        spread = [worker for worker in reading.workers if worker.shards]
        return reading.phases == {"bound": SHARDS} and len(spread) == SHARDS

    async def deliveries(self) -> Sequence[Delivery]:
        """The entries of the stream; Redis' id tells when each was appended."""
        stream = Keys(Settings().namespace).stream(TYPE, 0)
        entries = await self._redis.xrange(stream)
        return [
            Delivery(fields[b"message_id"].decode(), int(entry_id.split(b"-")[0]) / 1000)
            for entry_id, fields in entries
        ]

    async def kill(self) -> None:
        """SIGKILL to a worker."""
        victim = next(worker for worker in (await self._watch.read({})).workers if worker.shards)
        self.children.kill(self._names[victim.name])
        self.end = End(time.time(), killed=True, sessions=victim.sessions)

    async def close(self) -> None:
        if hasattr(self, "_http"):
            await self._redis.aclose()
            await self._http.close()
        await super().close()


def interpreters(kinds: Sequence[str]) -> dict[str, str | None]:
    """The Python of each kind; None where a peer has none to run on."""
    return {kind: environment(*PEERS[kind]) if kind in PEERS else sys.executable for kind in kinds}


def last_words(child: Child) -> str:
    """The last line of its log that is no delivery: of a traceback, the error."""
    lines = [line.strip() for line in child.tail().splitlines() if not line.strip().startswith("delivered ")]
    return lines[-1][:100] if lines else ""
