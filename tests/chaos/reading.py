"""Reads both lists while they grow: the simulator's truth and every stream, from the beginning to the present end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, cast

import aiohttp
import orjson
from redis.asyncio import Redis
from redis.exceptions import RedisError

from fleet.connection import connect
from fleet.keys import Keys
from fleet.settings import Secret, Settings
from tests.chaos.account import Account, EndedSocket

TRUTH_ROWS = 2_000
"""Of one page: a larger one holds the simulator up for as long as it is written."""
ENTRIES = 1_000
PACE_SECONDS = 0.25
ANSWER_SECONDS = 20.0


def client(redis_url: str) -> Redis:
    """A client whose calls can be cancelled at any moment; redis-py's own can't."""
    return connect(Settings(redis_url=Secret(redis_url)))


class Control:
    """The simulator's control API."""

    def __init__(self, http: aiohttp.ClientSession, url: str, struck: Callable[[], None] = lambda: None) -> None:
        """struck: called at each change of the faults."""
        self._http, self.url, self._struck = http, url, struck

    async def __call__(self, method: str, order: str, body: Any = None) -> Any:
        """Gives an order. Raises AssertionError where the simulator refuses it."""
        data = None if body is None else orjson.dumps(body)
        async with self._http.request(method, f"{self.url}/control/{order}", data=data) as answer:
            assert answer.status == 200, f"{method} /control/{order}: {await answer.text()}"
            return orjson.loads(await answer.read())

    async def fault(self, fault: str, **order: Any) -> Any:
        """Orders a fault."""
        self._struck()
        return await self("POST", "faults", {"fault": fault, **order})

    async def clear_faults(self) -> None:
        """Twitch is well again."""
        self._struck()
        await self("DELETE", "faults")

    async def ended_sockets(self) -> dict[int, EndedSocket]:
        ended = (await self("GET", "sockets"))["ended"]
        return {
            each["socket"]: EndedSocket(each["ended_ms"], each["close_code"], by_client=each["ended_by"] == "client")
            for each in ended
        }


class Reader:
    """Follows both lists into an account. Redis may be away: then it is read when it is back."""

    def __init__(self, control: Control, redis_url: str, keys: Keys) -> None:
        self._control, self._keys = control, keys
        self._redis = client(redis_url)
        self.account = Account()
        self.missed = 0
        """Rows of the truth that were gone before they were read: then nothing can be counted."""
        self._read = 0
        self._positions: dict[str, str] = {}
        self._reading = asyncio.Lock()

    async def follow(self) -> None:
        """Reads on for ever."""
        while True:
            with suppress(RedisError, OSError, TimeoutError):
                await self.catch_up()
            await asyncio.sleep(PACE_SECONDS)

    async def catch_up(self) -> None:
        """Reads to the present end of both. Raises redis' errors."""
        async with self._reading:
            await self._read_truth()
            await self._read_streams()

    async def redis_was_emptied(self) -> None:
        """Nothing of what was read stands there any more. The caller has emptied Redis while no reading was under way."""
        self._positions.clear()
        self.account.redis_was_emptied()

    async def move(self, redis_url: str) -> None:
        """Reads everything anew, from another server. The caller holds reading off."""
        await self._redis.aclose()
        self._redis = client(redis_url)
        self._positions.clear()
        self.account.read_anew()

    def paused(self) -> asyncio.Lock:
        """Holds reading off for the length of a block."""
        return self._reading

    async def close(self) -> None:
        await self._redis.aclose()

    async def _read_truth(self) -> None:
        while True:
            page = await self._control("GET", f"truth?after={self._read}&limit={TRUTH_ROWS}")
            self.missed += page["missed"]
            self.account.told(page["sent"], page["dropped"])
            self._read = page["next"]
            if not page["more"]:
                return

    async def _read_streams(self) -> None:
        listed = await cast("Awaitable[set[bytes]]", self._redis.smembers(self._keys.streams))
        for stream in sorted(each.decode() for each in listed):
            while True:
                start = f"({self._positions[stream]}" if stream in self._positions else "-"
                rows = await self._redis.xrange(stream, min=start, count=ENTRIES)
                for entry_id, fields in rows:
                    self.account.entry(stream, fields[b"message_id"].decode(), float(entry_id.partition(b"-")[0]))
                if rows:
                    self._positions[stream] = rows[-1][0].decode()
                if len(rows) < ENTRIES:
                    break
