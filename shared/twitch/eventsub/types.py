"""Every EventSub type that the library knows, one row each. Handler names, methods and decoding come from here.

Source: https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/ . A type that has no row is no error anywhere:
its events reach handlers named ``on_<type>_v<version>_raw``.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from twitch.eventsub import models
from twitch.models import normal_condition
from twitch.records import Record

ModelClass: TypeAlias = type[Record]


class Grantor(StrEnum):
    """Whose authorisation a subscription needs: that of the user in this key of the condition, or the app's own."""

    BROADCASTER = "broadcaster_user_id"
    MODERATOR = "moderator_user_id"
    USER = "user_id"
    APP = "app"
    NOBODY = "none"


@dataclass(frozen=True, slots=True)
class Condition:
    """The keys of a subscription's condition. Of ``one_of`` exactly one must be given."""

    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        return self.required + self.one_of + self.optional


@dataclass(frozen=True, slots=True, kw_only=True)
class EventType:
    """A row: one type in one version.

    ``scopes``: of each inner tuple the grantor must have granted one. ``app_scopes``: what else an app token needs, as
    (whose, scope). ``batched``: events come several to a message. ``websocket``: can be had over a plain WebSocket too.
    ``method`` and ``handler`` are older names, accepted beside those that follow from the type.
    """

    type: str
    version: str
    condition: Condition
    model: ModelClass
    about: str
    scopes: tuple[tuple[str, ...], ...] = ()
    app_scopes: tuple[tuple[Grantor, str], ...] = ()
    grantor: Grantor = Grantor.NOBODY
    batched: bool = False
    websocket: bool = True
    method: str = ""
    handler: str = ""
    stem: str = field(init=False, default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "stem", stem_of(self.type))

    @property
    def handlers(self) -> tuple[str, ...]:
        """The names of the method that receives it, the one that follows from the type first."""
        derived = f"on_{self.stem}_v{self.version}"
        return tuple(dict.fromkeys((derived, self.handler or derived)))

    @property
    def methods(self) -> tuple[str, ...]:
        """The names of the method that subscribes to it, the one that follows from the type first."""
        return tuple(dict.fromkeys((self.stem, self.method or self.stem)))


def stem_of(event_type: str) -> str:
    """A type as it stands in the names of methods: channel.chat.message is channel_chat_message."""
    return event_type.replace(".", "_")


_CHANNEL = Condition(required=("broadcaster_user_id",))
_CHANNEL_AS_MODERATOR = Condition(required=("broadcaster_user_id", "moderator_user_id"))
_CHANNEL_AS_USER = Condition(required=("broadcaster_user_id", "user_id"))
_CLIENT = Condition(required=("client_id",))
_CHAT_APP_SCOPES = ((Grantor.USER, "user:bot"), (Grantor.BROADCASTER, "channel:bot"))

EVENT_TYPES: tuple[EventType, ...] = (
    EventType(
        type="stream.online",
        version="1",
        condition=_CHANNEL,
        model=models.StreamOnlineEvent,
        about="The channel goes live.",
    ),
    EventType(
        type="stream.offline",
        version="1",
        condition=_CHANNEL,
        model=models.StreamOfflineEvent,
        about="The channel stops streaming.",
    ),
    EventType(
        type="channel.update",
        version="2",
        condition=_CHANNEL,
        model=models.ChannelUpdateEvent,
        about="The channel's title, language, category or labels change.",
    ),
    EventType(
        type="channel.follow",
        version="2",
        condition=_CHANNEL_AS_MODERATOR,
        model=models.ChannelFollowEvent,
        about="Somebody follows the channel.",
        scopes=(("moderator:read:followers",),),
        grantor=Grantor.MODERATOR,
    ),
    EventType(
        type="channel.chat.message",
        version="1",
        condition=_CHANNEL_AS_USER,
        model=models.ChannelChatMessageEvent,
        about="Somebody writes in the channel's chat, as ``user_id`` reads it.",
        scopes=(("user:read:chat",),),
        app_scopes=_CHAT_APP_SCOPES,
        grantor=Grantor.USER,
        method="chat_message",
        handler="on_chat_message_v1",
    ),
    EventType(
        type="channel.subscribe",
        version="1",
        condition=_CHANNEL,
        model=models.ChannelSubscribeEvent,
        about="Somebody subscribes to the channel for the first time.",
        scopes=(("channel:read:subscriptions",),),
        grantor=Grantor.BROADCASTER,
    ),
    EventType(
        type="channel.cheer",
        version="1",
        condition=_CHANNEL,
        model=models.ChannelCheerEvent,
        about="Somebody cheers in the channel.",
        scopes=(("bits:read",),),
        grantor=Grantor.BROADCASTER,
    ),
    EventType(
        type="channel.raid",
        version="1",
        condition=Condition(one_of=("from_broadcaster_user_id", "to_broadcaster_user_id")),
        model=models.ChannelRaidEvent,
        about="A channel raids another: subscribe to those from or those to a channel.",
    ),
    EventType(
        type="conduit.shard.disabled",
        version="1",
        condition=Condition(required=("client_id",), optional=("conduit_id",)),
        model=models.ConduitShardDisabledEvent,
        about="A shard of a conduit, or of any conduit of the app, stops delivering.",
        grantor=Grantor.APP,
    ),
    EventType(
        type="user.authorization.grant",
        version="1",
        condition=_CLIENT,
        model=models.UserAuthorizationGrantEvent,
        about="A user authorises the app.",
        grantor=Grantor.APP,
        websocket=False,
    ),
    EventType(
        type="user.authorization.revoke",
        version="1",
        condition=_CLIENT,
        model=models.UserAuthorizationRevokeEvent,
        about="A user disconnects the app.",
        grantor=Grantor.APP,
        websocket=False,
    ),
)

BY_TYPE_AND_VERSION: Mapping[tuple[str, str], EventType] = {(row.type, row.version): row for row in EVENT_TYPES}


def _latest(rows: Iterable[EventType]) -> dict[str, EventType]:
    """The last row of each type: rows stand in the order of their versions."""
    return {row.type: row for row in rows}


LATEST: Mapping[str, EventType] = _latest(EVENT_TYPES)


@dataclass(frozen=True, slots=True)
class SubscriptionRequest:
    """A subscription that the app wants, not yet bound to a transport. The condition has no empty values."""

    type: str
    version: str
    condition: Mapping[str, str]


def subscription_request(
    event_type: str, condition: Mapping[str, str | None], *, version: str | None = None, client_id: str = ""
) -> SubscriptionRequest:
    """A request whose condition fits the type's row; ``client_id`` is filled in where the type asks for it.

    A type without a row, or a version without one, is passed on unchecked: Twitch may know more than we do.
    Raises ValueError in one sentence where a known type's condition doesn't fit.
    """
    given = normal_condition(condition)
    latest = LATEST.get(event_type)
    if version is None:
        if latest is None:
            raise ValueError(f"{event_type} is not a type the library knows, so its version must be given")
        version = latest.version
    row = BY_TYPE_AND_VERSION.get((event_type, version))
    if row is None:
        return SubscriptionRequest(event_type, version, given)
    wanted = row.condition
    if client_id and "client_id" in wanted.keys:
        given.setdefault("client_id", client_id)
    missing = [key for key in wanted.required if key not in given]
    unknown = [key for key in given if key not in wanted.keys]
    if missing:
        raise ValueError(f"{event_type} needs {' and '.join(missing)}")
    if unknown:
        raise ValueError(f"{event_type} has no {' and '.join(unknown)} in its condition, only {', '.join(wanted.keys)}")
    if wanted.one_of and sum(key in given for key in wanted.one_of) != 1:
        raise ValueError(f"{event_type} needs exactly one of {' and '.join(wanted.one_of)}")
    return SubscriptionRequest(event_type, version, normal_condition(given))
