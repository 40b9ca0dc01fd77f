"""The processes of the demo: which there are, where each listens, in which order they start and end."""

from __future__ import annotations

import asyncio
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.fernet import Fernet

from fleet import embedded
from fleet.demo import processes
from fleet.demo.children import Child, Children, DemoFailed, ending, logged, printed
from fleet.demo.options import DemoOptions
from fleet.demo.processes import Site

START_SECONDS = 60.0
"""For each step of the start, on a slow machine; it takes about three seconds in all."""
END_SECONDS = 30.0
"""For a process to end in order: above FLEET_DRAIN_SECONDS."""


@dataclass(slots=True)
class Stage:
    """All processes of one run. Its methods raise DemoFailed."""

    folder: Path
    """Of the logs."""
    options: DemoOptions
    children: Children = field(init=False)
    site: Site = field(init=False)
    admin_url: str = ""
    urls: dict[str, str] = field(default_factory=dict)
    """Process → its HTTP address."""
    ids: dict[str, str] = field(default_factory=dict)
    """Id of a worker's life → the process it is."""
    _workers: int = 0
    """Workers started so far."""

    def __post_init__(self) -> None:
        self.children = Children(self.folder, processes.clean(os.environ) | {"PYTHONUNBUFFERED": "1"})

    async def start_surroundings(self) -> None:
        """Redis and the simulator. Raises embedded.NoRedis too."""
        folder = self.folder / "redis"
        folder.mkdir(exist_ok=True)
        # In the main thread, for a moment: a child of another thread would end with that thread.
        server = embedded.start(folder=folder)
        self.children.adopt(Child("redis", server.process, folder / "redis.log"))
        simulator = self.children.start("simulator", processes.simulator_command(), {})
        listening = printed(r"^simulator: listening on (http://\S+)$")
        self.site = Site(
            redis_url=server.url,
            simulator_url=await self.children.said(simulator, listening, START_SECONDS),
            shards=self.options.shards,
            app=self.options.app,
            app_path=self.options.app_path,
            client_secret=secrets.token_hex(16),
            token_key=Fernet.generate_key().decode(),
            admin_token=secrets.token_hex(16),
        )

    async def start_fleet(self) -> None:
        """Everything else, all at once; returns when each has said where it listens."""
        path = self.options.app_path
        coordinator = self.children.start(
            "coordinator", processes.coordinator_command(), self.site.coordinator(), cwd=path
        )
        workers = [self._launch_worker() for _ in range(self.options.workers)]
        handler = self.children.start("handler", processes.handler_command(), self.site.program(), cwd=path)
        self.admin_url = await self._address(coordinator, "admin.listening", "port")
        self.urls["coordinator"] = await self._address(coordinator, "coordinator.started", "http_port")
        for worker in workers:
            await self._note_worker(worker)
        self.urls["handler"] = await self._address(handler, "handlers.listening", "port")

    async def start_worker(self) -> None:
        """One more."""
        await self._note_worker(self._launch_worker())

    def _launch_worker(self) -> Child:
        self._workers += 1
        name = f"worker-{self._workers}"
        return self.children.start(name, processes.worker_command(), self.site.worker(name))

    async def _note_worker(self, child: Child) -> None:
        self.urls[child.name] = await self._address(child, "worker.started", "http_port")
        self.ids[await self.children.said(child, logged("worker.started", "worker"), START_SECONDS)] = child.name

    async def _address(self, child: Child, event: str, fact: str) -> str:
        return f"http://127.0.0.1:{await self.children.said(child, logged(event, fact), START_SECONDS)}"

    def living_urls(self) -> dict[str, str]:
        """Process → its HTTP address, of those that run."""
        members = self.children.members
        return {name: url for name, url in self.urls.items() if members[name].process.poll() is None}

    def states(self) -> tuple[tuple[str, str], ...]:
        """Name and state of every process."""
        return tuple((name, _state(child)) for name, child in self.children.members.items())

    def printed_by_program(self, lines: int) -> tuple[str, ...]:
        """What the program printed last, in the handler process: whatever is no log line."""
        said = [line.strip() for line in self.children.members["handler"].tail().splitlines()]
        return tuple(line for line in said if not line.startswith("{"))[-lines:]

    async def end(self, hurry: asyncio.Event, *, orderly: bool) -> None:
        """Ends every process, those first that others do not need. Raises DemoFailed where one does not end well, if
        `orderly`: one that is still starting may not have heard the signal as it would later."""
        members = self.children.members
        workers = [name for name in members if name.startswith("worker-")]
        for names in (workers, ["handler"], ["coordinator"], ["simulator"], ["redis"]):
            group = [members[name] for name in names if name in members]
            for child in await self.children.end(group, END_SECONDS, hurry):
                if orderly and not hurry.is_set():
                    raise DemoFailed(
                        f"{child.name} did not end well, {ending(child.process.returncode)}. "
                        f"The end of {child.log}:\n{child.tail()}"
                    )


def _state(child: Child) -> str:
    code = child.process.poll()
    return "runs" if code is None else ending(code)
