"""Binds sessions to shards: welcomes are gathered for a moment and bound in one PATCH of up to a hundred shards.

Of a shard only the newest life that asked is bound. Twitch names the shards that it refused in ``errors``; their sockets
are closed, and so are all of a PATCH that it refused as a whole, which leads to fresh sessions after a pause. What failed
for a passing reason is tried again.
https://dev.twitch.tv/docs/api/reference/#update-conduit-shards
"""

import asyncio
import logging
import random
from collections.abc import Callable

from twitch.api import AppAPI
from twitch.errors import BadRequest, ConduitNotFound, NotFound, TwitchException, may_pass
from twitch.eventsub.lives import Life
from twitch.models import ShardUpdate

log = logging.getLogger("twitch.eventsub")

GATHER_SECONDS = 0.05
"""A welcome waits so long for others to be bound with it."""
BIND_SECONDS = 7.0
"""So long a PATCH is waited for, and every other shard with it: less than the ten seconds that Twitch gives a session."""
BIND_RETRY_SECONDS = 1.0
"""After a PATCH that failed for a passing reason; Twitch gives ten seconds in all."""
BATCH_MAX = 100
"""Shards of one PATCH."""


class Binding:
    """``bound`` is called with each life once it's bound, ``fatal`` with what no further attempt will mend."""

    def __init__(
        self,
        api: AppAPI,
        conduit_id: str,
        chance: random.Random,
        *,
        bound: Callable[[Life], None],
        fatal: Callable[[BaseException], None],
    ) -> None:
        self._api = api
        self._conduit_id = conduit_id
        self._chance = chance
        self._bound = bound
        self._fatal = fatal
        self._unbound: dict[str, Life] = {}
        self._some_unbound = asyncio.Event()
        self._stopped = False

    def want(self, life: Life) -> None:
        """Bind a life's session soon, if the shard still goes by it."""
        if life.is_current and not self._stopped:
            self._unbound[life.shard.id] = life
            self._some_unbound.set()

    def unwant(self, life: Life) -> None:
        """It needs binding no more."""
        if self._unbound.get(life.shard.id) is life:
            del self._unbound[life.shard.id]

    def stop(self) -> None:
        """Take no more; what is on its way goes on until `run` is cancelled."""
        self._stopped = True

    async def run(self) -> None:
        """Bind, for ever."""
        while True:
            await self._some_unbound.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._some_unbound.clear()
            batch = list(self._unbound.values())[:BATCH_MAX]
            for life in batch:
                del self._unbound[life.shard.id]
            if self._unbound:
                self._some_unbound.set()
            if batch:
                await self._bind(batch)

    async def _bind(self, batch: list[Life]) -> None:
        asked = [(life, life.session_id) for life in batch]
        updates = [ShardUpdate(life.shard.id, session_id) for life, session_id in asked]
        try:
            async with asyncio.timeout(BIND_SECONDS):
                outcome = await self._api.update_conduit_shards(self._conduit_id, updates)
        except NotFound:
            self._fatal(ConduitNotFound(f"conduit {self._conduit_id} is gone"))
            return
        except BadRequest as error:
            # One of a hundred sessions may be what it's about, and each shard gets a fresh one, after a pause.
            log.error("binding %d shards was refused: %s", len(batch), error)
            for life in batch:
                life.close()
            return
        except (TwitchException, TimeoutError) as error:
            if isinstance(error, TwitchException) and not may_pass(error):
                self._fatal(error)
                return
            why = str(error) or f"no answer within {BIND_SECONDS:g} s"
            log.warning("binding %d shards failed, is tried again: %s", len(batch), why)
            await asyncio.sleep(BIND_RETRY_SECONDS * self._chance.uniform(0.5, 1.0))
            for life in batch:
                self.want(life)
            return
        refused = {error.id: error for error in outcome.errors}
        for life, session_id in asked:
            if life.session_id != session_id or not life.is_current:
                continue  # it moved on meanwhile, and asked for binding again if it needs it
            if life.shard.id in refused:
                log.warning("shard %s: Twitch refused to bind it: %s", life.shard.id, refused[life.shard.id].message)
                life.close()  # its end leads to the next attempt, after a pause
            else:
                self._bound(life)
