"""How every process reaches Redis: one client, made here, with bounds on every wait.

A client is handed out whether Redis answers or not; `reachable` waits for it and says in the log why it waits. What to
do during an outage is each caller's decision, and `AWAY` names the errors that mean one.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Iterable
from typing import Any, cast

import structlog
from redis import exceptions
from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import AbstractConnection, Connection
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from fleet.keys import Keys
from fleet.primary import Found, of_primary
from fleet.settings import Settings

log = structlog.get_logger(__name__)


class Unavailable(exceptions.ConnectionError):
    """Redis answers, and takes nothing for the moment: it is full, loading, a replica, or has no disk or no replica itself."""


REPLICA_WAIT_MS = 500

PASSWORD = re.compile(r"://[^/\s@]*@")
"""User and password of an address."""

UNAVAILABLE_REPLIES = ("OOM ", "READONLY ", "MISCONF ", "LOADING ", "BUSY ", "MASTERDOWN ", "NOREPLICAS ", "TRYAGAIN ")
"""Error codes that mean "later"; inside a script's error they stand behind the script's name, on Redis 6 at least."""


def unavailable(error: exceptions.ResponseError) -> bool:
    """Whether an error reply means that the same call may succeed later."""
    return isinstance(error, exceptions.ReadOnlyError | exceptions.OutOfMemoryError) or any(
        code in f"{error} " for code in UNAVAILABLE_REPLIES
    )


def _from_its_code_on(reply: str) -> str:
    """Of a script's error, what Redis has to say, and not where in the script it came up."""
    return reply[min((reply.index(code) for code in UNAVAILABLE_REPLIES if code in reply), default=0) :]


def refusal(error: Exception) -> bool:
    """Whether Redis answers, and does not do what it is asked: it is full, read-only, or a right is missing."""
    return isinstance(error, Unavailable | exceptions.ResponseError)


AWAY: tuple[type[Exception], ...] = (exceptions.ConnectionError, exceptions.TimeoutError, OSError)
"""Redis is away, or Unavailable: the same call may succeed later."""

REDIS_ERRORS: tuple[type[Exception], ...] = (exceptions.RedisError, OSError)
"""Whatever Redis says, or that it says nothing. For loops that no answer may end: a right that is missing or a key of another
type is waited out like an outage, since an operator can mend it, and sockets and leases live meanwhile."""


class ClusterRefused(Exception):
    """REDIS_URL points at a Redis Cluster, whose slots would tear our scripts' keys apart."""


class _Ours(AbstractConnection):
    """A connection whose sends can be cancelled, and whose errors say whether to try again.

    Of the replies that mean "later" redis-py has classes for a few, and a script's say it inside: all become Unavailable, which
    gives the connection up as any ConnectionError does. The server may have been a primary, and who is one now is asked anew.

    redis-py sends within asyncio.wait_for, which before Python 3.12 swallows a cancellation that arrives in the moment
    of success: a task that is cancelled then goes on for ever. It also makes a task of every command.
    """

    async def send_packed_command(
        self,
        command: bytes | str | Iterable[bytes],
        check_health: bool = True,  # noqa: FBT001, FBT002 # redis-py's signature
    ) -> None:
        if not self.is_connected:
            await self.connect()  # type: ignore[no-untyped-call]
        elif check_health:
            await self.check_health()  # type: ignore[no-untyped-call]
        command = command.encode() if isinstance(command, str) else command
        writer = cast("asyncio.StreamWriter", self._writer)
        try:
            async with asyncio.timeout(self.socket_timeout):
                writer.writelines([command] if isinstance(command, bytes) else command)
                await writer.drain()
        except TimeoutError:
            await self.disconnect(nowait=True)
            raise exceptions.TimeoutError("Timeout writing to socket") from None
        except OSError as error:
            await self.disconnect(nowait=True)
            raise exceptions.ConnectionError(f"Error while writing to socket: {error}") from error
        except BaseException:
            await self.disconnect(nowait=True)  # half a command may have been sent
            raise

    async def read_response(self, *args: Any, **options: Any) -> Any:
        try:
            return await super().read_response(*args, **options)
        except exceptions.ResponseError as error:
            if unavailable(error):
                await self.disconnect(nowait=True)
                raise Unavailable(_from_its_code_on(str(error))) from error
            raise


def connect(settings: Settings, *, timeout_seconds: float = 5.0, connections_max: int = 16) -> Redis:
    """A client for the primary. It opens nothing yet.

    timeout_seconds bounds connecting and every answer. Nothing is retried inside: a caller that repeats a write knows why.
    """
    options = of_primary(
        settings,
        max_connections=connections_max,
        timeout=timeout_seconds,
        socket_timeout=timeout_seconds,
        socket_connect_timeout=min(timeout_seconds, 3.0),
        socket_keepalive=True,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )
    kinds = [_Ours, options.pop("connection_class", Connection)]
    if settings.redis_sentinels:
        kinds.insert(1, Found)
        options["settings"] = settings
    kind = type("".join(kind.__name__.strip("_") for kind in kinds), tuple(kinds), {})
    return Redis.from_pool(BlockingConnectionPool(connection_class=kind, **options))


def describe(error: BaseException) -> str:
    """One line for a log or `/readyz`, without a password that an address may carry."""
    line = f"{type(error).__name__}: {error}".split("\n", 1)[0]
    return PASSWORD.sub("://***@", line).removesuffix(": ")


async def reachable(redis: Redis, *, pause_seconds: float = 1.0) -> dict[str, Any]:
    """Waits until Redis answers, with a log line each time it does not; returns its INFO.

    Raises ClusterRefused for a Redis Cluster, and redis.exceptions.AuthenticationError never: a wrong password is
    logged and tried again, since an operator may be rotating it.
    """
    while True:
        try:
            info = cast("dict[str, Any]", await redis.info())
        except REDIS_ERRORS as error:
            log.warning("redis.unreachable", error=describe(error), again_in_seconds=pause_seconds)
            await asyncio.sleep(pause_seconds)
            continue
        if info.get("cluster_enabled"):
            raise ClusterRefused(
                "REDIS_URL points at a Redis Cluster; one primary (with Sentinel or a managed equivalent) is needed"
            )
        return info


async def replicated(redis: Redis, keys: Keys, what: str) -> bool:
    """Waits for a replica to have all that was written so far, where there is one, and says in the log where none has it:
    a fail-over would lose what can't be had again. False where it is not known to be replicated."""
    try:
        if not int((await redis.info("replication")).get("connected_slaves", 0)):
            return True
        async with redis.pipeline(transaction=False) as pipe:
            # WAIT tells of its own connection's writes, and the pool has many.
            pipe.set(keys.barrier, "", px=REPLICA_WAIT_MS)
            pipe.execute_command("WAIT", 1, REPLICA_WAIT_MS)
            _, replicas = await pipe.execute()
    except REDIS_ERRORS as error:
        log.warning("redis.replication_unknown", what=what, error=describe(error))
        return False
    if not replicas:
        log.warning("redis.not_replicated", what=what, waited_ms=REPLICA_WAIT_MS)
    return bool(replicas)


async def hash_of(redis: Redis, key: str) -> dict[bytes, bytes]:
    """HGETALL. redis-py's own signature serves its blocking client too, which strict typing can't await."""
    return await cast("Awaitable[dict[bytes, bytes]]", redis.hgetall(key))
