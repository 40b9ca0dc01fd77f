"""The names of things at Twitch, as types, so that one can't be passed for another.

All are opaque strings on the wire; a shard id is a number written as a string ("0", "1", …).
"""

from typing import NewType

ClientId = NewType("ClientId", str)
ConduitId = NewType("ConduitId", str)
MessageId = NewType("MessageId", str)
SessionId = NewType("SessionId", str)
ShardId = NewType("ShardId", str)
SubscriptionId = NewType("SubscriptionId", str)
UserId = NewType("UserId", str)
