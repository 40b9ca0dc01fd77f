"""Holds the shards of a conduit in this process: a socket for each, bound within ten seconds, replaced when it ends.

A *life* is one session of one shard, from its opening to its end. Usually a shard has one; while a session is being
replaced it has two, the newer of which is the shard's *current* one. Of a life's end only the current one's matters.

    opening ──welcome──> waiting to be bound ──PATCH──> bound ──lost──> the next life, after a pause
                                                          └─replacement needed──> the next life at once, this one read on

Who is welcomed is bound with others in one PATCH (binding.py). A reconnect that Twitch asked for keeps the session id, so
nothing is bound anew.
https://dev.twitch.tv/docs/eventsub/handling-conduit-events/
"""

import asyncio
import logging
import random
from collections.abc import Iterable
from dataclasses import dataclass, field

import aiohttp

from twitch.api import AppAPI
from twitch.errors import ClientException, ConnectionClosed
from twitch.eventsub.backoff import LASTING_SECONDS, Backoff
from twitch.eventsub.binding import BATCH_MAX, Binding
from twitch.eventsub.close_codes import Action
from twitch.eventsub.connection import Connection
from twitch.eventsub.lives import Life, Shard, Told
from twitch.eventsub.outcomes import (
    Disturbance,
    Lost,
    Notification,
    Outcome,
    ReconnectRequested,
    ReplacementNeeded,
    Revocation,
    Welcomed,
)
from twitch.eventsub.tasks import Tasks, cancel

log = logging.getLogger("twitch.eventsub")

OPENING_MAX = BATCH_MAX
"""Sockets not yet bound: as many as one PATCH can bind."""
CLOSE_SECONDS = 5.0


@dataclass(slots=True)
class Shards:
    """The shards held here. ``all_bound`` is set once each of them was bound for the first time."""

    api: AppAPI
    conduit_id: str
    http: aiohttp.ClientSession
    url: str
    told: Told
    reconnect: bool = True
    chance: random.Random = field(default_factory=random.Random)
    all_bound: asyncio.Event = field(default_factory=asyncio.Event)
    _shards: dict[str, Shard] = field(default_factory=dict)
    _lives: set[Life] = field(default_factory=set)
    _tasks: Tasks = field(init=False)
    _binding: Binding = field(init=False)
    _some_bound: asyncio.Event = field(default_factory=asyncio.Event)
    _slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(OPENING_MAX))
    _closing: bool = False

    def __post_init__(self) -> None:
        self._tasks = Tasks(self.told.fatal)
        self._binding = Binding(self.api, self.conduit_id, self.chance, bound=self._bound, fatal=self.told.fatal)

    @property
    def ids(self) -> tuple[str, ...]:
        """The shards that are held, bound or not."""
        return tuple(self._shards)

    @property
    def unbound_ids(self) -> tuple[str, ...]:
        """Those without a bound session at the moment."""
        return tuple(s.id for s in self._shards.values() if s.current is None or not s.current.bound)

    @property
    def connection(self) -> Connection | None:
        """That of the first shard that has one."""
        lives = (shard.current for shard in self._shards.values())
        return next((life.connection for life in lives if life is not None and life.connection is not None), None)

    def session_of(self, shard_id: str) -> str | None:
        """The session that a shard is bound to, None while it isn't."""
        shard = self._shards.get(shard_id)
        return shard.current.session_id if shard and shard.current and shard.current.bound else None

    def has_had(self, shard_id: str, session_id: str) -> bool:
        """Whether this is, or was not long ago, a session that was opened here for the shard."""
        shard = self._shards.get(shard_id)
        return shard is not None and session_id in shard.sessions

    def start(self) -> None:
        """Begin to bind. Needs a running loop."""
        self._tasks.spawn(self._binding.run())

    def hold(self, shard_ids: Iterable[str], *, reconnect: bool | None = None) -> None:
        """Hold these shards, in addition to those held already. Without ``reconnect`` the loss of a socket is fatal."""
        again = self.reconnect if reconnect is None else reconnect
        for shard_id in shard_ids:
            if shard_id not in self._shards:
                shard = self._shards[shard_id] = Shard(shard_id, Backoff(self.chance), again)
                self._tasks.spawn(self._live(shard, 0.0))
        self._note_all_bound()

    def let_go(self, shard_ids: Iterable[str]) -> None:
        """Close the sockets of these shards and don't open them again."""
        self._some_bound.set()  # who waits for one of these waits no more
        for shard_id in shard_ids:
            shard = self._shards.pop(shard_id, None)
            if shard is not None:
                shard.wanted = False
                for life in self._lives:
                    if life.shard is shard:
                        self._binding.unwant(life)
                        life.close()
        self._note_all_bound()

    async def bound(self, shard_ids: Iterable[str]) -> None:
        """Wait until each of these is bound, or not held any more. Raises ClientException if it's closed before."""
        waiting = set(shard_ids)
        while waiting := {each for each in waiting if each in self._shards and self.session_of(each) is None}:
            if self._closing:
                raise ClientException("the client was closed before the shards were bound")
            self._some_bound.clear()
            await self._some_bound.wait()

    def reopen(self, shard_id: str) -> None:
        """Open a fresh session for a shard. The present one is read until the fresh one is bound, then closed."""
        shard = self._shards.get(shard_id)
        if shard is not None and shard.current is not None and not self._closing:
            shard.current = None
            self._tasks.spawn(self._live(shard, 0.0))

    def drop(self, shard_id: str) -> None:
        """Close a shard's socket. Another is opened after a pause, as after any loss."""
        shard = self._shards.get(shard_id)
        if shard is not None and shard.current is not None:
            shard.current.close()

    def rebind(self, shard_id: str) -> None:
        """Bind a shard's session once more: Twitch doesn't count it as enabled."""
        shard = self._shards.get(shard_id)
        if shard is not None and shard.current is not None and shard.current.bound:
            shard.current.bound = False
            self._binding.want(shard.current)

    async def close(self) -> None:
        """Close every socket in order, reading what is on its way, then leave no task."""
        self._closing = True
        self._binding.stop()
        self._some_bound.set()
        for life in self._lives:
            life.close()
        deadline = asyncio.get_running_loop().time() + CLOSE_SECONDS
        while self._lives and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(self._tasks, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        await cancel(self._tasks)

    # -- a life -------------------------------------------------------------------------------------------------

    async def _live(self, shard: Shard, pause_seconds: float) -> None:
        await asyncio.sleep(pause_seconds)
        await self._slots.acquire()
        life = Life(shard, has_slot=True)
        try:
            if not shard.wanted or self._closing:
                return
            life.connection = Connection(self.http, self.url, lambda outcome: self._told(life, outcome))
            shard.current = life
            self._lives.add(life)
            lost = await life.connection.run()
        finally:
            self._lives.discard(life)
            self._give_back_slot(life)
        self._ended(life, lost)

    def _ended(self, life: Life, lost: Lost) -> None:
        shard = life.shard
        self._binding.unwant(life)
        if not life.is_current or self._closing:
            log.debug("shard %s: a socket that is not needed any more ended (%s)", shard.id, lost.reason)
            return
        shard.current = None
        if life.bound and asyncio.get_running_loop().time() - life.bound_at >= LASTING_SECONDS:
            shard.backoff.reset()
        pause_seconds = shard.backoff.next_seconds(lost.action)
        level = logging.ERROR if lost.action is Action.REOPEN_LATER else logging.WARNING
        log.log(
            level,
            "shard %s: socket lost (%s, code %s); another is opened in %.1f s",
            shard.id,
            lost.reason,
            lost.code,
            pause_seconds,
        )
        if life.bound:
            self.told.hook("on_shard_disconnect", shard.id)
        if life.session_id:
            self.told.hook("on_disconnect")
        if shard.reconnect:
            self._tasks.spawn(self._live(shard, pause_seconds))
        else:
            text = f"shard {shard.id}: the socket was lost ({lost.reason}) and reconnect is off"
            self.told.fatal(ConnectionClosed(text, code=lost.code))

    def _told(self, life: Life, outcome: Outcome) -> None:
        shard = life.shard
        match outcome:
            case Notification() | Revocation():
                self.told.arrived(outcome)
            case Welcomed(session_id=session_id, reconnected=reconnected):
                if session_id == life.session_id:
                    log.info("shard %s: moved to another socket of the same session", shard.id)
                    return
                life.session_id = session_id
                shard.sessions.append(session_id)
                life.bound = False
                if not reconnected:
                    self.told.hook("on_connect")
                self._binding.want(life)
            case ReplacementNeeded(reason=reason):
                if life.is_current and not self._closing:
                    log.warning("shard %s: a fresh session is opened: %s", shard.id, reason)
                    shard.current = None
                    self._tasks.spawn(self._live(shard, 0.0))
            case ReconnectRequested():
                log.info("shard %s: Twitch asks to reconnect", shard.id)
            case Disturbance(kind=kind, detail=detail):
                log.warning("shard %s: a frame made no sense (%s): %s", shard.id, kind, detail)
            case Lost():
                pass  # what follows, follows when run() has returned

    # -- binding ------------------------------------------------------------------------------------------------

    def _bound(self, life: Life) -> None:
        shard = life.shard
        life.bound, life.bound_at = True, asyncio.get_running_loop().time()
        shard.backoff.ease()
        self._give_back_slot(life)
        log.info("shard %s: bound to session %s", shard.id, life.session_id)
        self.told.hook("on_shard_connect", shard.id)
        if not shard.ever_bound:
            shard.ever_bound = True
            self.told.hook("on_shard_ready", shard.id)
        self._some_bound.set()
        for other in self._lives:
            if other.shard is shard and other is not life:
                other.close()  # Twitch sends nothing more to it; what it has sent is read still
        self._note_all_bound()

    def _note_all_bound(self) -> None:
        if not self.all_bound.is_set() and all(shard.ever_bound for shard in self._shards.values()):
            self.all_bound.set()

    def _give_back_slot(self, life: Life) -> None:
        if life.has_slot:
            life.has_slot = False
            self._slots.release()
