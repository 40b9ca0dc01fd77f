"""A Redis server without sockets or a clock of its own: bytes of a client in, bytes out.

It is what the simulation runs in place of redis-server, and the contract tests hold it to what redis-server does. Its
owner gives it a clock, a way of being woken later (a blocking read ends), and for each client a way of sending to it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import hiredis
from redis_model.commands import info
from redis_model.lua import Lua, lua
from redis_model.streams import Read
from redis_model.table import COMMANDS, integer
from redis_model.values import NIL_ARRAY, OK, Failure, Refused, Reply, Store, resp

Later = Callable[[float, Callable[[], None]], Any]
"""Calls a function after so many seconds."""

OUT_OF_MEMORY = Failure(b"OOM command not allowed when used memory > 'maxmemory'.")
NO_SCRIPT = Failure(b"NOSCRIPT No matching script. Please use EVAL.")
READ_ONLY = Failure(b"READONLY You can't write against a read only replica.")


class Client:
    """One client's connection."""

    def __init__(self, server: RedisModel, send: Callable[[bytes], None]) -> None:
        self._server, self.send = server, send
        self._reader = hiredis.Reader(notEnoughData=_MORE)
        self.channels: dict[bytes, None] = {}
        self.waiting: Read | None = None
        self._queued: list[list[bytes]] = []
        self._serial = 0

    def received(self, data: bytes) -> None:
        """Bytes came in: every command that is complete is carried out, and answered in order."""
        self._reader.feed(data)
        while (words := self._reader.gets()) is not _MORE:
            self._queued.append(words)
        self.go_on()

    def go_on(self) -> None:
        """Carries out what waits, up to a command that blocks."""
        while self._queued and self.waiting is None and not self._server.frozen:
            self._server.carry_out(self, self._queued.pop(0))

    def gone(self) -> None:
        """The connection is over."""
        self.waiting = None
        self._queued.clear()
        self._server.forget(self)

    def block(self, read: Read) -> None:
        """Waits for an entry, at most as long as the command says."""
        self.waiting = read
        self._serial += 1
        serial = self._serial

        def in_vain() -> None:
            if self.waiting is not None and self._serial == serial:
                self.answer(NIL_ARRAY)

        if read.block_ms:
            self._server.later(read.block_ms / 1000, in_vain)

    def answer(self, reply: Reply) -> None:
        """Ends a blocking command."""
        self.waiting = None
        self.send(resp(reply))
        self.go_on()


_MORE = object()


@dataclass(slots=True)
class RedisModel:
    """The server. Its owner may change `full` and `frozen`, and restart it."""

    store: Store
    later: Later
    full: bool = False
    frozen: bool = False
    maxmemory: int = 0
    lua: Lua = field(default_factory=lua)
    observers: list[Callable[[bytes, Sequence[bytes], Sequence[bytes], bytes], None]] = field(default_factory=list)
    """Called after each script: its source, keys, arguments and reply."""
    on_append: list[Callable[[bytes, Sequence[bytes]], None]] = field(default_factory=list)
    """Called with the stream and the fields of each entry that is appended."""
    unknown: dict[bytes, None] = field(default_factory=dict)
    """Commands that were asked for and are none here: the model lacks them, or Redis does too."""
    _scripts: dict[bytes, bytes] = field(default_factory=dict)
    _clients: dict[int, Client] = field(default_factory=dict)
    _changed: dict[bytes, None] = field(default_factory=dict)
    _wrote: bool = False

    # -- clients

    def connect(self, send: Callable[[bytes], None]) -> Client:
        client = Client(self, send)
        self._clients[id(client)] = client
        return client

    def forget(self, client: Client) -> None:
        self._clients.pop(id(client), None)

    def thaw(self) -> None:
        """Goes on after having stood still."""
        self.frozen = False
        for client in list(self._clients.values()):
            client.go_on()

    def restart(self) -> None:
        """The process is a new one; its owner has ended every connection and says what data it has."""
        self._scripts.clear()
        self._clients.clear()
        self._changed.clear()
        self.frozen = False

    # -- commands

    def carry_out(self, client: Client, words: list[bytes]) -> None:
        """Carries out one command and answers it, or leaves its client waiting."""
        name = words[0].upper()
        try:
            match name:
                case b"XREAD":
                    read = Read.parsed(self.store, words)
                    found = read.answer(self.store)
                    if not found and read.block_ms is not None:
                        client.block(read)
                        return
                    reply = found or NIL_ARRAY
                case b"SUBSCRIBE" | b"UNSUBSCRIBE":
                    self._subscribe(client, name, words[1:])
                    return
                case b"EVALSHA" | b"EVAL":
                    client.send(self._evaluate(name, words))
                    self._wake()
                    return
                case _:
                    reply = self.call(words)
        except Refused as refused:
            reply = refused.reply
        client.send(resp(reply))
        self._wake()

    def call(self, words: list[bytes]) -> Reply:
        """A command that neither blocks nor runs a script; an error is a reply."""
        name = words[0].upper()
        match name:
            case b"PUBLISH":
                return self._publish(words[1], words[2])
            case b"INFO":
                return info(self.store, words, maxmemory=self.maxmemory)
            case b"CLIENT" | b"SELECT":
                return OK
            case b"SCRIPT":
                return self._script(words)
            case b"MEMORY":
                return self._memory(words)
            case b"CONFIG":
                return self._config(words)
            case b"FLUSHALL":
                self.store.clear()
                return OK
        row = COMMANDS.get(name)
        if row is None:
            self.unknown[name] = None
            return Failure(b"ERR unknown command `%b`, with args beginning with: " % words[0])
        if len(words) < row.words_min:
            return Failure(b"ERR wrong number of arguments for '%b' command" % name.lower())
        if self.full and row.denied_when_full:
            return OUT_OF_MEMORY
        try:
            reply = row.run(self.store, words)
        except Refused as refused:
            return refused.reply
        if name == b"XADD":
            self._changed[words[1]] = None
            for heard in self.on_append:
                heard(words[1], self.store.values[words[1]].entries[-1])
        return reply

    def _script(self, words: list[bytes]) -> Reply:
        match words[1].upper():
            case b"LOAD":
                try:
                    name = self.lua.compile(words[2])
                except ValueError as error:
                    return Failure(f"ERR Error compiling script (new function): {error}".encode())
                self._scripts[name] = words[2]
                return name
            case b"EXISTS":
                return [int(name in self._scripts) for name in words[2:]]
            case b"FLUSH":
                self._scripts.clear()
                return OK
            case _:
                return Failure(b"ERR Unknown subcommand or wrong number of arguments for '%b'" % words[1])

    def _evaluate(self, name: bytes, words: list[bytes]) -> bytes:
        if len(words) < 3:
            return resp(Failure(b"ERR wrong number of arguments for '%b' command" % name.lower()))
        if name == b"EVAL":
            digest = self._script([b"SCRIPT", b"LOAD", words[1]])
            if isinstance(digest, Failure):
                return resp(digest)
        else:
            digest = words[1].lower()
            if digest not in self._scripts:
                return resp(NO_SCRIPT)
        count = integer(words[2])
        keys, arguments = words[3 : 3 + count], words[3 + count :]
        self._wrote = False
        done, answer = self.lua.run(digest, keys, arguments, self._call_of_script)
        if not done:
            said = answer.replace(b"\r", b" ").replace(b"\n", b" ")
            answer = b"-ERR Error running script (call to f_%b): @user_script: %b\r\n" % (digest, said)
        source = self._scripts[digest]
        for observer in self.observers:
            observer(source, keys, arguments, answer)
        return answer

    def _call_of_script(self, words: list[bytes]) -> Reply:
        """A script that has begun to write may go on in a Redis that is full by now."""
        full, self.full = self.full, self.full and not self._wrote
        try:
            reply = self.call(words)
        finally:
            self.full = full
        row = COMMANDS.get(words[0].upper())
        if row is not None and row.denied_when_full and not isinstance(reply, Failure):
            self._wrote = True
        return reply

    def _config(self, words: list[bytes]) -> Reply:
        """CONFIG SET maxmemory: 0 takes everything, anything else is too little for what is there."""
        if words[1].upper() != b"SET" or words[2] != b"maxmemory":
            return Failure(b"ERR Unsupported CONFIG parameter: %b" % words[2])
        self.full = words[3] != b"0"
        return OK

    def _memory(self, words: list[bytes]) -> Reply:
        value = self.store.find(words[2])
        return None if value is None else 64 + len(words[2]) + len(repr(value))

    # -- who waits for what

    def _publish(self, channel: bytes, message: bytes) -> int:
        listeners = [client for client in self._clients.values() if channel in client.channels]
        for client in listeners:
            client.send(resp([b"message", channel, message]))
        return len(listeners)

    def _subscribe(self, client: Client, name: bytes, channels: Sequence[bytes]) -> None:
        chosen: Sequence[bytes | None] = channels
        if name == b"UNSUBSCRIBE" and not channels:
            chosen = list(client.channels) or [None]
        for channel in chosen:
            if channel is not None:
                if name == b"SUBSCRIBE":
                    client.channels[channel] = None
                else:
                    client.channels.pop(channel, None)
            client.send(resp([name.lower(), channel, len(client.channels)]))

    def _wake(self) -> None:
        """Answers the blocking reads that have something by now."""
        while self._changed:
            changed, self._changed = self._changed, {}
            for client in list(self._clients.values()):
                read = client.waiting
                if read is not None and any(key in changed for key, _ in read.after):
                    found = read.answer(self.store)
                    if found:
                        client.answer(found)
