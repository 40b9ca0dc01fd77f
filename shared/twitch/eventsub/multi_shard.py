"""`MultiShardClientApp`: a `ClientApp` whose shards can be looked at, launched and renewed one by one.

Every ClientApp holds many shards; this class exists for programs that speak of them.

    app = Bot('CLIENT_ID', 'CLIENT_SECRET')
    await app.start(conduit.id, shard_ids=range(conduit.shard_count))
"""

from collections.abc import Sequence
from typing import Any

from twitch.errors import ClientException, ShardNotFound
from twitch.eventsub.client import ClientApp
from twitch.eventsub.standalone import Standalone


class Shard:
    """One shard that a client holds. What it says is of the moment."""

    __slots__ = ("_host", "conduit_id", "id")

    def __init__(self, host: Standalone, conduit_id: str, shard_id: str) -> None:
        self._host = host
        self.conduit_id = conduit_id
        self.id = shard_id

    def __repr__(self) -> str:
        return f"<Shard {self.id} of {self.conduit_id}{'' if self.is_running else ', not bound'}>"

    @property
    def session_id(self) -> str | None:
        """The session that it's bound to, None while it isn't."""
        return self._host.shards.session_of(self.id)

    @property
    def is_running(self) -> bool:
        """Whether it's bound to a session."""
        return self.session_id is not None

    def launch(self) -> None:
        """Hold it again, after `close`. Returns at once; `is_running` tells when it's bound."""
        self._host.take_up([self.id], reconnect=True)

    async def reconnect(self) -> None:
        """Replace its session by a fresh one, of which it loses nothing: the old one is read until the new is bound."""
        self._host.shards.reopen(self.id)

    async def disconnect(self) -> None:
        """Close its socket. Another is opened after a pause, as after any loss; `reconnect` has no such gap."""
        self._host.shards.drop(self.id)

    async def close(self) -> None:
        """Close its socket, and don't open another."""
        self._host.let_go([self.id])


class MultiShardClientApp(ClientApp, own=True):
    """As `ClientApp`. ``shard_connect_timeout``: on_ready waits so many seconds for all shards to be bound."""

    def __init__(
        self, client_id: str, client_secret: str, *, shard_connect_timeout: float = 180.0, **options: Any
    ) -> None:
        super().__init__(client_id, client_secret, **options)
        self.all_bound_seconds = shard_connect_timeout

    @property
    def shards(self) -> tuple[Shard, ...]:
        """Those held, by their numbers; empty while the client isn't running."""
        host = self._standalone
        if host is None:
            return ()
        return tuple(Shard(host, host.conduit_id, shard_id) for shard_id in sorted(host.shards.ids, key=int))

    def get_shard(self, shard_id: int | str, /) -> Shard:
        """One of those held. Raises ShardNotFound for another."""
        for shard in self.shards:
            if shard.id == str(shard_id):
                return shard
        raise ShardNotFound(f"shard {shard_id} is not held by this client", shard_id=str(shard_id))

    async def launch_shard(self, conduit_id: str, shard_id: int | str, *, reconnect: bool = True) -> Shard:
        """Hold one more shard of the conduit, and wait until it's bound."""
        (shard,) = await self.launch_shards(conduit_id, [shard_id], reconnect=reconnect)
        return shard

    async def launch_shards(
        self, conduit_id: str, shard_ids: Sequence[int | str], *, reconnect: bool = True
    ) -> tuple[Shard, ...]:
        """Hold more shards of the conduit, all at once. Raises ShardNotFound for one that the conduit hasn't.

        Without ``reconnect`` the client ends with ConnectionClosed when one of them loses its socket.
        """
        if self._standalone is None:
            raise ClientException("the client isn't running: use start(), run() or connect()")
        await self._standalone.launch(conduit_id, shard_ids, reconnect=reconnect)
        return tuple(self.get_shard(shard_id) for shard_id in shard_ids)
