"""What can go wrong with shards and sockets; all of it stands in twitch/errors.py."""

from twitch.errors import ConnectionClosed, ShardError, ShardNotFound

__all__ = ["ConnectionClosed", "ShardError", "ShardNotFound"]
