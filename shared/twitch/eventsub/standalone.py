"""One process, no Redis: the host that `ClientApp.run` puts behind a client.

From start to end:

1. The app's token is got and the conduit looked at. A wrong secret or a conduit that isn't there ends it with one
   error; a Twitch that can't be reached is tried again.
2. ``setup_hook`` runs; sockets are opened for all shards in parallel and bound (holding.py).
3. Once every shard was bound, ``on_ready`` runs. Events that arrive before it has finished wait, so what it sets up is
   there when a handler runs, but no longer than `READY_HOLD_SECONDS`: an on_ready that waits for an event gets it.
4. Events go to handlers: no message twice, a broadcaster's in order, many broadcasters at a time (arrivals.py).
5. The shards are listed now and then, and at once when Twitch tells that it disabled one: a shard that it doesn't count
   as enabled is bound again, and the conduit's size is followed.
6. ``close()`` or a permanent error ends it: sockets are closed in order, handlers get some seconds to finish.

What exceeds the bound on waiting events is dropped, counted and logged: a program that must not lose events runs on
the fleet.
"""

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from twitch.app import App
from twitch.errors import ClientException, TwitchException, may_pass
from twitch.eventsub.app_host import AppHost
from twitch.eventsub.arrivals import Arrivals
from twitch.eventsub.conduit_shards import check_shards, find_conduit
from twitch.eventsub.holding import Shards
from twitch.eventsub.lifetime import to_its_end
from twitch.eventsub.outcomes import Notification, Revocation
from twitch.eventsub.patience import patiently
from twitch.eventsub.tasks import cancel
from twitch.eventsub.types import SubscriptionRequest
from twitch.models import Conduit

if TYPE_CHECKING:
    from twitch.eventsub.client import ClientApp

log = logging.getLogger("twitch.eventsub")

READY_HOLD_SECONDS = 30.0
LIST_SECONDS = 60.0
GATHER_SECONDS = 0.2
"""Between the news that a shard was disabled and the look at all of them: often several go together."""
SHARD_DISABLED = "conduit.shard.disabled"


class Standalone(AppHost):
    """A Host that holds the shards itself."""

    def __init__(
        self,
        client: "ClientApp",
        app: App,
        conduit_id: str,
        *,
        shard_ids: Sequence[int | str] | None,
        reconnect: bool,
    ) -> None:
        super().__init__(app, conduit_id, ignore_conflict=client.ignore_conflict, tell=self.hook)
        self._client = client
        self.conduit_id = conduit_id
        self._wanted = None if shard_ids is None else tuple(dict.fromkeys(str(shard) for shard in shard_ids))
        self._arrivals = Arrivals(client, held=True)
        self._over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._shards = Shards(
            app.application, conduit_id, app.http.session, app.addresses.eventsub_url, self, reconnect=reconnect
        )
        self._look_soon = asyncio.Event()
        self._begun: asyncio.Future[Any] | None = None

    # -- from start to end --------------------------------------------------------------------------------------

    async def run(self, closing: asyncio.Event) -> None:
        """Live until ``closing`` is set or something is wrong for good, which is raised."""
        begun: asyncio.Future[Any] = asyncio.ensure_future(self._begin())
        self._begun = begun
        asked: asyncio.Future[Any] = asyncio.ensure_future(closing.wait())
        try:
            await asyncio.wait({begun, asked, self._over}, return_when=asyncio.FIRST_COMPLETED)
            if begun.done() and not begun.cancelled():
                begun.result()
                await asyncio.wait({asked, self._over}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await to_its_end(self._end(begun, asked))
        if self._over.done():
            self._over.result()

    async def _begin(self) -> None:
        """Everything up to the point where it runs by itself; then it watches, for ever."""
        await patiently(self._app.authorize)
        conduit = await patiently(self._find_conduit)
        self._client.attach(self)
        await self._client.set_up()
        self._shards.start()
        self._shards.hold(self._shards_of(conduit))
        await self._become_ready()
        await self._watch_own_shards()
        while True:
            try:
                async with asyncio.timeout(LIST_SECONDS):
                    await self._look_soon.wait()
                await asyncio.sleep(GATHER_SECONDS)
            except TimeoutError:
                pass
            self._look_soon.clear()
            await self._look()

    async def _become_ready(self) -> None:
        try:
            async with asyncio.timeout(self._client.all_bound_seconds):
                await self._shards.all_bound.wait()
        except TimeoutError:
            log.warning("shards %s are not bound yet; going on without", ", ".join(self._shards.unbound_ids))
        release = asyncio.get_running_loop().call_later(READY_HOLD_SECONDS, self._arrivals.release)
        try:
            await self._client.safely_become_ready()
        finally:
            release.cancel()
        self._arrivals.release()

    async def _watch_own_shards(self) -> None:
        """Have Twitch tell when it disables a shard, on another one. A client with a handler for that does so itself."""
        if len(self._shards.ids) < 2 or any(kind == SHARD_DISABLED for kind, _ in self._client.handled_types()):
            return
        condition = {"client_id": self._app.client_id, "conduit_id": self.conduit_id}
        try:
            await self._conduit_subscriptions.create(SubscriptionRequest(SHARD_DISABLED, "1", condition))
        except TwitchException as error:
            log.warning("shards that Twitch disables are noticed only every %.0f s: %s", LIST_SECONDS, error)

    async def _find_conduit(self) -> Conduit:
        return await find_conduit(self.application, self.conduit_id)

    def _shards_of(self, conduit: Conduit) -> Sequence[str]:
        if self._wanted is None:
            return [str(number) for number in range(conduit.shard_count)]
        check_shards(conduit, self._wanted)
        return self._wanted

    async def _look(self) -> None:
        """Compare what Twitch sees with what is held here."""
        try:
            conduit = await self._find_conduit()
            listed = await self.application.get_conduit_shards(self.conduit_id)
        except TwitchException as error:
            if not may_pass(error):
                raise
            log.warning("the conduit can't be looked at: %s", error)
            return
        if self._wanted is None:
            self._shards.hold(self._shards_of(conduit))
        self._shards.let_go([shard for shard in self._shards.ids if int(shard) >= conduit.shard_count])
        for shard in listed:
            ours = self._shards.session_of(shard.id)
            if ours is None:
                continue
            if not shard.is_enabled:
                log.warning("shard %s: Twitch says %s; it's bound again", shard.id, shard.status)
                self._shards.rebind(shard.id)
            elif shard.session_id in (None, ours):
                continue
            elif self._shards.has_had(shard.id, shard.session_id):
                # A PATCH that nobody waited for any more has come after the one that followed it.
                log.warning("shard %s: Twitch has it on an older session of this client; it's bound again", shard.id)
                self._shards.rebind(shard.id)
            else:
                log.error("shard %s: another process has bound it to a session of its own", shard.id)

    @property
    def shards(self) -> Shards:
        """The shards that are held here."""
        return self._shards

    async def launch(self, conduit_id: str, shard_ids: Sequence[int | str], *, reconnect: bool) -> None:
        """Hold more shards, and wait until they are bound. Raises ShardNotFound for one that the conduit hasn't."""
        if conduit_id != self.conduit_id:
            raise ClientException(f"this client holds shards of conduit {self.conduit_id}, not of {conduit_id}")
        conduit = await self._find_conduit()
        asked = tuple(str(shard) for shard in shard_ids)
        check_shards(conduit, asked)
        self.take_up(asked, reconnect=reconnect)
        await self._shards.bound(asked)

    def take_up(self, shard_ids: Sequence[str], *, reconnect: bool) -> None:
        """Hold these shards as well; see `Shards.hold`."""
        if self._wanted is not None:
            self._wanted = tuple(dict.fromkeys((*self._wanted, *shard_ids)))
        self._shards.hold(shard_ids, reconnect=reconnect)

    def let_go(self, shard_ids: Sequence[str]) -> None:
        """Hold these shards no more, and don't take them up again."""
        kept = self._shards.ids if self._wanted is None else self._wanted
        self._wanted = tuple(shard for shard in kept if shard not in shard_ids)
        self._shards.let_go(shard_ids)

    async def _end(self, *tasks: asyncio.Future[Any]) -> None:
        await cancel(tasks)
        await self._shards.close()
        await self._arrivals.close()

    # -- what the shards report ---------------------------------------------------------------------------------

    def fatal(self, error: BaseException) -> None:
        if not self._over.done():
            self._over.set_exception(error)

    def hook(self, name: str, *args: Any) -> None:
        self._arrivals.hook(name, *args)

    def runs(self, task: object) -> bool:
        """Whether this task is a handler's or a hook's, on_ready's included."""
        return task is self._begun or self._arrivals.runs(task)

    def arrived(self, message: Notification | Revocation) -> None:
        if message.type == SHARD_DISABLED:
            self._look_soon.set()
        self._arrivals.arrived(message)
