"""The Lua scripts, loaded from the files beside this one.

A script is what must happen at once: check and append, check the fence and write. Each file's head says what it takes
and returns. They take data as arguments, never as code.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from fleet.connection import AWAY, Unavailable, unavailable


class Script:
    """One script on one client. A Redis that does not know it yet, or no more, is given it."""

    def __init__(self, redis: Redis, name: str) -> None:
        self.name = name
        self._call = redis.register_script(files(__package__).joinpath(f"{name}.lua").read_text("utf-8"))

    async def __call__(self, keys: Sequence[str], args: Sequence[str | bytes | int | float]) -> Any:
        """What the script returns. Raises fleet.connection.Unavailable where Redis is full or read-only for the moment."""
        try:
            return await self._call(keys=keys, args=args)
        except ResponseError as error:
            if isinstance(error, AWAY) or unavailable(error):
                raise Unavailable(str(error)) from error
            raise


class Scripts:
    """The scripts, registered with one Redis client."""

    def __init__(self, redis: Redis) -> None:
        self.elect = Script(redis, "elect")
        self.renew = Script(redis, "renew")
        self.resign = Script(redis, "resign")
        self.commit = Script(redis, "commit")
        self.report = Script(redis, "report")
        self.leave = Script(redis, "leave")
        self.observe = Script(redis, "observe")
        self.forget = Script(redis, "forget")
        self.flush = Script(redis, "flush")
        self.take = Script(redis, "take")
        self.exchange = Script(redis, "exchange")
