"""Lua as Redis runs it: the very scripts of the fleet, in a Lua 5.1, calling the model's commands.

One interpreter serves every model in this process, since a script keeps nothing between two calls.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from hashlib import sha1
from pathlib import Path
from typing import Any

from lupa.lua51 import LuaError, LuaRuntime
from redis_model.values import Failure, Reply, Status

Call = Callable[[list[bytes]], Reply]


class Lua:
    """An interpreter with Redis' prelude."""

    def __init__(self) -> None:
        self._runtime = LuaRuntime(encoding=None, unpack_returned_tuples=True, register_eval=False)
        self._table = self._runtime.table_from
        prelude = Path(__file__).with_name("prelude.lua").read_bytes()
        self._run = self._runtime.execute(prelude, self._raw, self._sha1hex)
        self._compiled: dict[bytes, Any] = {}
        self._call: Call | None = None

    def compile(self, source: bytes) -> bytes:
        """Takes a script; the name by which EVALSHA knows it. Raises ValueError where it is no Lua."""
        name = sha1(source, usedforsecurity=False).hexdigest().encode()
        if name not in self._compiled:
            try:
                self._compiled[name] = self._runtime.execute(b"return function(KEYS, ARGV) " + source + b"\nend")
            except LuaError as error:
                raise ValueError(str(error)) from None
        return name

    def run(self, name: bytes, keys: Sequence[bytes], arguments: Sequence[bytes], call: Call) -> tuple[bool, bytes]:
        """Runs a script whose commands `call` carries out: (True, its reply as RESP), or (False, an error's text)."""
        outer, self._call = self._call, call
        try:
            done, answer = self._run(self._compiled[name], self._table(keys), self._table(arguments))
        finally:
            self._call = outer
        return bool(done), bytes(answer)

    def _raw(self, *words: Any) -> Any:
        assert self._call is not None, "only a running script calls"
        return self._told(self._call([_word(word) for word in words]))

    def _told(self, reply: Reply) -> Any:
        """A reply in Lua's terms: https://redis.io/docs/latest/develop/interact/programmability/lua-api/#data-type-conversion"""
        if reply is None:
            return False
        if isinstance(reply, list):
            return self._table([self._told(each) for each in reply])
        if isinstance(reply, Failure):
            return self._table({b"err": bytes(reply)})
        if isinstance(reply, Status):
            return self._table({b"ok": bytes(reply)})
        return reply

    @staticmethod
    def _sha1hex(text: bytes) -> bytes:
        return sha1(text, usedforsecurity=False).hexdigest().encode()


def _word(word: Any) -> bytes:
    if isinstance(word, bytes):
        return word
    if isinstance(word, float):
        return b"%.17g" % word
    return b"%d" % word


@cache
def lua() -> Lua:
    """The interpreter of this process."""
    return Lua()
