"""What Helix answers with, as typed records: https://dev.twitch.tv/docs/api/reference/

Each keeps the JSON object it was read from as ``raw``. Fields that Twitch may leave out have defaults, so an answer
with a field less is still an answer. Conduits and subscriptions stand here, since everything needs them; all others
stand beside the calls that give them, in twitch/helix/families/, and can be had from here as well. Which there are is
in __init__.pyi, which ``python -m twitch.helix.stubs`` writes.
"""

from typing import Any

from twitch.models.conduits import (
    Conduit,
    ConduitShard,
    ConduitShardError,
    ConduitShardUpdate,
    ShardStatus,
    ShardTransport,
    ShardUpdate,
    shard_updates_json,
)
from twitch.models.subscriptions import (
    Subscription,
    SubscriptionCosts,
    SubscriptionStatus,
    SubscriptionTransport,
    normal_condition,
)
from twitch.records import OpenEnum, Part, Record, User, read_record

_HERE = (
    Conduit,
    ConduitShard,
    ConduitShardError,
    ConduitShardUpdate,
    OpenEnum,
    Part,
    Record,
    ShardStatus,
    ShardTransport,
    ShardUpdate,
    Subscription,
    SubscriptionCosts,
    SubscriptionStatus,
    SubscriptionTransport,
    User,
    normal_condition,
    read_record,
    shard_updates_json,
)

OLDER_NAMES = {"StarCommercial": "StartCommercial", "UserActiveExtensionUpdate": "ActiveUserExtension"}
"""Names that programs know models by, besides their own."""


def __getattr__(name: str) -> Any:
    # Families are read when they are needed: a program that only receives events doesn't wait for them.
    from twitch.helix.families import models  # noqa: PLC0415

    if name == "__all__":
        return sorted([*(each.__name__ for each in _HERE), *models(), *OLDER_NAMES])
    name = OLDER_NAMES.get(name, name)
    if name.startswith("_") or name not in models():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return models()[name]


def __dir__() -> list[str]:
    names: list[str] = __getattr__("__all__")
    return names
