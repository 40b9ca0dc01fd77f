"""A shard that a client holds, under the older name of multi_shard.py."""

from twitch.eventsub.multi_shard import Shard

__all__ = ["Shard"]
