"""Get Conduit Shards, asked in the background: the authority on what Twitch believes, and the control loop does not wait for it.

It is asked every FLEET_LISTING_SECONDS, ten times as often while a shard is dark, and at once when somebody has reason
to doubt. https://dev.twitch.tv/docs/api/reference/#get-conduit-shards
"""

from __future__ import annotations

import asyncio

import structlog

from coordinator.reconcile import Listing
from coordinator.term import Conduit, Deposed, Term
from fleet.connection import describe
from twitch import errors
from twitch.ids import SessionId

log = structlog.get_logger(__name__)

DARK_FACTOR = 10
"""While a shard is dark it is asked so many times as often."""


class Listings:
    """The newest listing, and when the next one is due."""

    def __init__(self, term: Term, wake: asyncio.Event) -> None:
        self._term, self._wake = term, wake
        self._due_at = 0.0
        self._task: asyncio.Task[None] | None = None
        self.latest: Listing | None = None
        self.asked_at = 0.0
        """Clock reading when the newest answered listing was asked for."""
        self.serial = 0
        """Serial of the newest listing that was asked for, answered or not."""
        self.conduit_missing = False
        self.twitch_answers = True
        """Whether the last call, a listing or a binding, was answered; while it is not, no socket could be bound."""

    def soon(self) -> None:
        """There is reason to doubt: ask at the next round."""
        self._due_at = 0.0
        self._wake.set()

    def forget(self) -> None:
        """Another conduit is served from here on."""
        self.latest, self.conduit_missing, self._due_at = None, False, 0.0

    def ask_if_due(self, conduit: Conduit, now: float, *, dark: bool) -> None:
        """Asks in the background, unless an answer is still awaited."""
        if now < self._due_at or (self._task is not None and not self._task.done()):
            return
        self._due_at = now + self._term.settings.listing_seconds / (DARK_FACTOR if dark else 1)
        self.serial += 1
        self._task = asyncio.create_task(self._ask(conduit, now, self.serial), name="list shards")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _ask(self, conduit: Conduit, asked_at: float, serial: int) -> None:
        api = self._term.twitch.application
        try:
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
                if shard.status == "enabled" and shard.id.isdigit()
            }
            self.latest, self.asked_at, self.twitch_answers = Listing(enabled, serial), asked_at, True
            self._term.not_ready.pop("listing", None)
        self._wake.set()
