"""Chat messages, and their removal: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-chat-message-event"""

from twitch.eventsub.models.shapes import InChannel, Older, Person
from twitch.records import OpenEnum, Part, User


class FragmentType(OpenEnum):
    """What a piece of a message is."""

    TEXT = "text"
    CHEERMOTE = "cheermote"
    EMOTE = "emote"
    MENTION = "mention"
    GIF = "gif"


class ChatMessageType(OpenEnum):
    """How a message was sent."""

    TEXT = "text"
    CHANNEL_POINTS_HIGHLIGHTED = "channel_points_highlighted"
    CHANNEL_POINTS_SUB_ONLY = "channel_points_sub_only"
    USER_INTRO = "user_intro"
    POWER_UPS_MESSAGE_EFFECT = "power_ups_message_effect"
    POWER_UPS_GIGANTIFIED_EMOTE = "power_ups_gigantified_emote"


class EventCheermote(Part, frozen=True, kw_only=True):
    """A cheer inside a message. ``prefix`` is lower case."""

    prefix: str = ""
    bits: int = 0
    tier: int = 0


class EventEmote(Part, frozen=True, kw_only=True):
    """An emote inside a message. ``format`` lists animated and static."""

    id: str
    emote_set_id: str = ""
    owner_id: str = ""
    format: tuple[str, ...] = ()


class EventMention(Person, frozen=True, kw_only=True):
    """Somebody named in a message."""


class EventGif(Part, frozen=True, kw_only=True):
    """A GIF inside a message. ``url`` is to be used unchanged."""

    gif_id: str
    url: str = ""


class EventMessageFragment(Part, frozen=True, kw_only=True):
    """A piece of a message; the field that its ``type`` names is set, the others are None."""

    type: FragmentType
    text: str = ""
    cheermote: EventCheermote | None = None
    emote: EventEmote | None = None
    mention: EventMention | None = None
    gif: EventGif | None = None


class EventMessage(Part, frozen=True, kw_only=True):
    """A message: the whole text, and the same in pieces."""

    text: str = ""
    fragments: tuple[EventMessageFragment, ...] = ()


class EventChatBadge(Part, frozen=True, kw_only=True):
    """A badge beside a name. ``info`` is the months of a subscriber."""

    set_id: str
    id: str
    info: str = ""


class EventCheer(Part, frozen=True, kw_only=True):
    """The bits of a whole message."""

    bits: int


class EventReply(Part, frozen=True, kw_only=True):
    """What a message answers: its parent, and the thread that began it all."""

    parent_message_id: str
    parent_message_body: str = ""
    parent_user: User
    thread_message_id: str = ""
    thread_user: User | None = None


class ChannelChatMessageEvent(InChannel, frozen=True, kw_only=True):
    """Somebody writes in a chat. ``message_id`` is the chat message's own id, not the one of the notification.

    ``color`` is #RRGGBB or empty. The ``source_…`` fields are set in a shared chat, for messages from another channel.
    """

    chatter: User
    message_id: str
    message: EventMessage
    message_type: ChatMessageType = ChatMessageType.TEXT
    badges: tuple[EventChatBadge, ...] = ()
    cheer: EventCheer | None = None
    color: str = ""
    reply: EventReply | None = None
    channel_points_custom_reward_id: str | None = None
    channel_points_animation_id: str | None = None
    source_broadcaster: User | None = None
    source_message_id: str | None = None
    source_badges: tuple[EventChatBadge, ...] | None = None
    is_source_only: bool | None = None

    chatter_user = Older[User]()
    source_broadcaster_user = Older[User | None]()


class ChannelChatClearEvent(InChannel, frozen=True, kw_only=True):
    """All messages of the channel's chat were cleared."""


class ChannelChatClearUserMessagesEvent(InChannel, frozen=True, kw_only=True):
    """All messages of ``target`` were cleared, as by a ban or timeout."""

    target: User

    target_user = Older[User]()


class ChannelChatMessageDeleteEvent(InChannel, frozen=True, kw_only=True):
    """One message of ``target`` was removed."""

    target: User
    message_id: str

    target_user = Older[User]()
