"""Get Conduits and Get Conduit Shards, asked in the background: the authority on what Twitch believes, and the control loop
does not wait for it.

It is asked every FLEET_LISTING_SECONDS, ten times as often while a shard is dark or Twitch does not answer (no socket is
opened until it does), and at once when somebody has reason to doubt. https://dev.twitch.tv/docs/api/reference/#get-conduit-shards
"""

from __future__ import annotations

import asyncio
import math
import re
from dataclasses import dataclass

import structlog

from coordinator.pace import listing_pause_seconds
from coordinator.reconcile import Listing
from coordinator.term import Conduit, Deposed, Term
from fleet.connection import describe
from twitch import errors
from twitch.ids import SessionId

log = structlog.get_logger(__name__)

OFTEN_FACTOR = 10
"""While a shard is dark, the count is in doubt, or Twitch did not answer, it is asked so many times as often."""

SHARD_ID = re.compile(r"[0-9]{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Counted:
    """The conduit's shard count, as listed."""

    shard_count: int
    serial: int
    """Of the listing that it came with."""


class Listings:
    """The newest listing, and when the next one is due."""

    def __init__(self, term: Term, wake: asyncio.Event) -> None:
        self._term, self._wake = term, wake
        self._doubted = True
        self._began_at = -math.inf
        self._task: asyncio.Task[None] | None = None
        self.latest: Listing | None = None
        self.counted: Counted | None = None
        self.asked_at = 0.0
        """Clock reading when the newest answered listing was asked for."""
        self.serial = 0
        """Serial of the newest listing that was asked for, answered or not."""
        self.conduit_missing = False
        self.twitch_answers = True
        """Whether the last call, a listing or a binding, was answered; while it is not, no socket could be bound."""

    def soon(self) -> None:
        """There is reason to doubt: ask at the next round."""
        self._doubted = True
        self._wake.set()

    def forget(self) -> None:
        """Another conduit is served from here on."""
        self.latest, self.counted, self.conduit_missing, self._doubted = None, None, False, True

    def ask_if_due(self, conduit: Conduit, now: float, *, often: bool) -> None:
        """Asks in the background, unless an answer is still awaited."""
        if self._task is not None and not self._task.done():
            return
        often = often or not self.twitch_answers or "listing" in self._term.not_ready
        pause_seconds = self._term.settings.listing_seconds / (OFTEN_FACTOR if often else 1)
        affordable_seconds = listing_pause_seconds(self._term.twitch.points(), conduit.shard_count)
        if now < self._began_at + max(0.0 if self._doubted else pause_seconds, affordable_seconds):
            return
        self._began_at, self._doubted = now, False
        self.serial += 1
        self._task = asyncio.create_task(self._ask(conduit, now, self.serial), name="list shards")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _ask(self, conduit: Conduit, asked_at: float, serial: int) -> None:
        api = self._term.twitch.application
        try:
            counts = {each.id: each.shard_count for each in await self._term.helix(api.get_conduits)}
            if conduit.id in counts:
                # Told before the shards are, whose pages can be many: a count that is in doubt leaves shards dark.
                self.counted = Counted(counts[conduit.id], serial)
                self._wake.set()
            shards = await self._term.helix(lambda: api.get_conduit_shards(conduit.id, limit=None))
        except errors.NotFound:
            self.conduit_missing = True
        except Deposed:
            return
        except (errors.TwitchException, TimeoutError) as error:
            log.warning("conduit.listing_failed", error=describe(error))
            self.twitch_answers = False
            self._term.not_ready["listing"] = f"Twitch does not list the shards: {describe(error)}"
        else:
            enabled = {
                int(shard.id): SessionId(shard.session_id or "")
                for shard in shards
                if shard.status == "enabled" and SHARD_ID.fullmatch(shard.id)
            }
            self.latest, self.asked_at, self.twitch_answers = Listing(enabled, serial), asked_at, True
            self._term.not_ready.pop("listing", None)
        self._wake.set()
