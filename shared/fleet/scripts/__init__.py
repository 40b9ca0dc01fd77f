"""The Lua scripts, loaded from the files beside this one.

A script is what must happen at once: check and append, check the fence and write. Each file's head says what it takes
and returns. They take data as arguments, never as code.
"""

from __future__ import annotations

from importlib.resources import files

from redis.asyncio import Redis
from redis.commands.core import AsyncScript


def script(redis: Redis, name: str) -> AsyncScript:
    """One script on one client. A Redis that does not know it yet, or no more, is given it."""
    return redis.register_script(files(__package__).joinpath(f"{name}.lua").read_text("utf-8"))


class Scripts:
    """The scripts, registered with one Redis client."""

    def __init__(self, redis: Redis) -> None:
        self.elect = script(redis, "elect")
        self.renew = script(redis, "renew")
        self.resign = script(redis, "resign")
        self.commit = script(redis, "commit")
        self.report = script(redis, "report")
        self.leave = script(redis, "leave")
        self.observe = script(redis, "observe")
        self.forget = script(redis, "forget")
        self.flush = script(redis, "flush")
        self.take = script(redis, "take")
        self.exchange = script(redis, "exchange")
