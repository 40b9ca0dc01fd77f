"""A TCP proxy between one process and Redis, so that the network between the two can fail alone."""

from __future__ import annotations

import asyncio
from contextlib import suppress

BUFFER_BYTES = 65_536


class Proxy:
    """Listens on a free loopback port and passes everything on to `port`, unless it is cut."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._server: asyncio.Server | None = None
        self._links: set[asyncio.Task[None]] = set()
        self._passes = asyncio.Event()
        self._passes.set()
        self._refuses = False

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)

    @property
    def port(self) -> int:
        assert self._server is not None, "started"
        return int(self._server.sockets[0].getsockname()[1])

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def swallow(self) -> None:
        """Connections stay open and nothing passes any more, as on a path that has broken."""
        self._passes.clear()

    def refuse(self) -> None:
        """Connections are cut, and new ones at once."""
        self._refuses = True
        self.cut()

    def cut(self) -> None:
        """Every connection is cut; new ones are served."""
        for link in list(self._links):
            link.cancel()

    def heal(self) -> None:
        """What was swallowed is gone with its connections; new ones are served."""
        self._refuses = False
        self.cut()
        self._passes.set()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        links = list(self._links)
        self.cut()
        await asyncio.gather(*links, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "in a task"
        self._links.add(task)
        there: asyncio.StreamWriter | None = None
        try:
            if not self._refuses:
                answers, there = await asyncio.open_connection("127.0.0.1", self._target)
                async with asyncio.TaskGroup() as both:
                    both.create_task(self._pass(reader, there))
                    both.create_task(self._pass(answers, writer))
        except (OSError, asyncio.CancelledError, ExceptionGroup):
            pass  # an end like any other: both sides are let go of below
        finally:
            self._links.discard(task)
            for each in (writer, there):
                if each is not None:
                    each.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(BUFFER_BYTES):
            await self._passes.wait()
            writer.write(data)
            await writer.drain()
        with suppress(OSError):
            writer.write_eof()
