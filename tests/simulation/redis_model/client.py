"""A redis-py client of a model in this very process, on a real event loop: what the contract tests speak through."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from redis.asyncio import ConnectionPool, Redis
from redis.asyncio.connection import Connection
from redis_model.server import RedisModel
from redis_model.values import Store


class _Writer:
    """The writing half of a connection that has no socket."""

    def __init__(self, model: RedisModel, reader: asyncio.StreamReader) -> None:
        self._client = model.connect(reader.feed_data)
        self.transport = self

    def writelines(self, parts: Iterable[bytes]) -> None:
        self._client.received(b"".join(parts))

    async def drain(self) -> None:
        """Everything was taken already."""

    def close(self) -> None:
        self._client.gone()

    async def wait_closed(self) -> None:
        """It is closed."""


class _ToModel(Connection):
    def __init__(self, *, model: RedisModel, **options: Any) -> None:
        self._model = model
        super().__init__(**options)

    async def _connect(self) -> None:
        self._reader = asyncio.StreamReader()
        self._writer = _Writer(self._model, self._reader)  # type: ignore[assignment]


def model() -> RedisModel:
    """A model in real time."""
    loop = asyncio.get_running_loop()
    return RedisModel(Store(lambda: time.time() * 1000), loop.call_later)


def client(of: RedisModel) -> Redis:
    return Redis.from_pool(ConnectionPool(connection_class=_ToModel, model=of))
