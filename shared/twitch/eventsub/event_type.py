"""What the library knows of an EventSub type: `EventType`, a row of `twitch.eventsub.rows`, and what rows are made of."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

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
    ``method`` and ``handler`` are older names, accepted beside those that follow from the type; an older method has an
    older handler of its own.
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
        names = [f"on_{method}_v{self.version}" for method in self.methods]
        return tuple(dict.fromkeys((*names, self.handler or names[0])))

    @property
    def methods(self) -> tuple[str, ...]:
        """The names of the method that subscribes to it, the one that follows from the type first."""
        return tuple(dict.fromkeys((self.stem, self.method or self.stem)))


def stem_of(event_type: str) -> str:
    """A type as it stands in the names of methods: channel.chat.message is channel_chat_message."""
    return event_type.replace(".", "_")


CHANNEL = Condition(required=("broadcaster_user_id",))
CHANNEL_AS_MODERATOR = Condition(required=("broadcaster_user_id", "moderator_user_id"))
CHANNEL_AS_USER = Condition(required=("broadcaster_user_id", "user_id"))
CHANNEL_REWARD = Condition(required=("broadcaster_user_id",), optional=("reward_id",))
CLIENT = Condition(required=("client_id",))
CHAT_APP_SCOPES = ((Grantor.USER, "user:bot"), (Grantor.BROADCASTER, "channel:bot"))
