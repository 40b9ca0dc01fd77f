"""Whether a conduit and its shards are what a program takes them for, said in one sentence where they aren't."""

from collections.abc import Iterable

from twitch.api import AppAPI
from twitch.errors import ConduitNotFound, ShardNotFound
from twitch.models import Conduit


async def find_conduit(api: AppAPI, conduit_id: str) -> Conduit:
    """The app's conduit of this id. Raises ConduitNotFound, with those there are, and what any call raises."""
    conduits = await api.get_conduits()
    for conduit in conduits:
        if conduit.id == conduit_id:
            return conduit
    there = "it has " + ", ".join(conduit.id for conduit in conduits) if conduits else "it has none"
    raise ConduitNotFound(
        f"client {api.id} has no conduit {conduit_id!r}: {there}. App.application.create_conduit(shard_count) makes one"
    )


def check_shards(conduit: Conduit, shard_ids: Iterable[str]) -> None:
    """Raise ShardNotFound for the first that the conduit hasn't."""
    for shard_id in shard_ids:
        if not (shard_id.isdecimal() and int(shard_id) < conduit.shard_count):
            text = f"conduit {conduit.id} has {conduit.shard_count} shards, and none with the id {shard_id}"
            raise ShardNotFound(text, shard_id=shard_id)
