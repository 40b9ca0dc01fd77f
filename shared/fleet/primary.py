"""Where the Redis primary is: at REDIS_URL, or where Sentinel says.

With Sentinel every new connection asks anew, and makes sure that it has reached a primary: a sentinel may not have heard
of a fail-over yet. A connection that is told READONLY is given up, since its server has become a replica. So a fail-over
needs nothing but what an outage needs: the callers try again, and end up at the new primary.
https://redis.io/docs/latest/develop/reference/sentinel-clients/
"""

from __future__ import annotations

from typing import Any, cast

from redis import Redis as BlockingRedis
from redis import Sentinel as BlockingSentinel
from redis import exceptions
from redis.asyncio import Sentinel
from redis.asyncio.connection import Connection, parse_url
from redis.asyncio.sentinel import MasterNotFoundError

from fleet.settings import Settings

ASK_SECONDS = 1.0
"""For one sentinel's answer; the next one is asked then."""


class NoPrimary(exceptions.ConnectionError):
    """No sentinel names a primary that is up, or the one named is none (yet, or any more)."""


def of_primary(settings: Settings, **options: Any) -> dict[str, Any]:
    """What a connection is made with: from REDIS_URL; with sentinels its host and port are of no account."""
    found: dict[str, Any] = {**options, **parse_url(str(settings.redis_url))}
    if settings.redis_sentinels:
        found.pop("host", None)
        found.pop("port", None)
    return found


class Found(Connection):
    """A connection that asks where to go. `settings` come with its keyword arguments; SSLConnection may stand behind it."""

    def __init__(self, *, settings: Settings, **options: Any) -> None:
        self._settings = settings
        super().__init__(**options)

    async def _connect(self) -> None:
        self.host, self.port = await find(self._settings)
        await super()._connect()  # type: ignore[no-untyped-call]

    async def on_connect(self) -> None:
        await super().on_connect()
        await self.send_command("INFO", "replication")
        if b"role:master" not in cast("bytes", await self.read_response()):
            raise NoPrimary(f"{self.host}:{self.port} is no primary")


async def find(settings: Settings) -> tuple[str, int]:
    """Asks the sentinels, one after the other. Raises NoPrimary."""
    asked = Sentinel(settings.redis_sentinels, sentinel_kwargs=_sentinel_options(settings))  # type: ignore[no-untyped-call]
    try:
        host, port = await asked.discover_master(settings.redis_sentinel_name)
        return host, int(port)
    except MasterNotFoundError:
        count, name = len(settings.redis_sentinels), settings.redis_sentinel_name
        raise NoPrimary(f"none of {count} sentinels names a primary {name!r} that is up") from None
    finally:
        for client in asked.sentinels:
            await client.aclose()


def blocking(settings: Settings, **options: Any) -> BlockingRedis:
    """A client for a thread of its own."""
    if not settings.redis_sentinels:
        return BlockingRedis.from_url(str(settings.redis_url), **options)
    asked = BlockingSentinel(settings.redis_sentinels, sentinel_kwargs=_sentinel_options(settings))  # type: ignore[no-untyped-call]
    options = of_primary(settings, **options)
    options.pop("connection_class", None)
    options["ssl"] = _over_tls(settings)
    client: BlockingRedis = asked.master_for(settings.redis_sentinel_name, **options)  # type: ignore[no-untyped-call]
    return client


def _sentinel_options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {"socket_timeout": ASK_SECONDS, "socket_connect_timeout": ASK_SECONDS}
    if settings.redis_sentinel_password:
        options["password"] = str(settings.redis_sentinel_password)
    if _over_tls(settings):
        options["ssl"] = True
    return options


def _over_tls(settings: Settings) -> bool:
    return settings.redis_url.startswith("rediss://")
