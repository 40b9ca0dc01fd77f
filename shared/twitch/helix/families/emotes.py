"""What chat is made of: emotes, badges, colours, and what Bits look like."""

from datetime import datetime

import msgspec

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing, Own
from twitch.helix.parameters import query
from twitch.records import OpenEnum, Part, Record, User


class EmoteImages(Part, frozen=True, kw_only=True):
    """The images of an emote, by size."""

    url_1x: str = ""
    url_2x: str = ""
    url_4x: str = ""


class EmoteType(OpenEnum):
    """How an emote is obtained."""

    BITSTIER = "bitstier"
    FOLLOWER = "follower"
    SUBSCRIPTIONS = "subscriptions"


class EmoteFormat(OpenEnum):
    """How an image of an emote is stored."""

    ANIMATED = "animated"
    STATIC = "static"


class ChannelEmote(Record, frozen=True, kw_only=True):
    """An emote of a channel, and how it's obtained. ``scale`` lists 1.0, 2.0 and 3.0, ``theme_mode`` dark and light."""

    id: str
    name: str = ""
    images: EmoteImages | None = None
    tier: str = ""
    emote_type: EmoteType | None = None
    emote_set_id: str = ""
    format: tuple[EmoteFormat, ...] = ()
    scale: tuple[str, ...] = ()
    theme_mode: tuple[str, ...] = ()


class GlobalEmote(Record, frozen=True, kw_only=True):
    """An emote that works in every chat."""

    id: str
    name: str = ""
    images: EmoteImages | None = None
    format: tuple[EmoteFormat, ...] = ()
    scale: tuple[str, ...] = ()
    theme_mode: tuple[str, ...] = ()


class EmoteSet(Record, frozen=True, kw_only=True):
    """An emote of a set, and whose it is."""

    id: str
    name: str = ""
    images: EmoteImages | None = None
    emote_type: EmoteType | None = None
    emote_set_id: str = ""
    owner_id: str = ""
    format: tuple[EmoteFormat, ...] = ()
    scale: tuple[str, ...] = ()
    theme_mode: tuple[str, ...] = ()


class UserEmoteType(OpenEnum):
    """How a user came to an emote."""

    NONE = "none"
    BITSTIER = "bitstier"
    FOLLOWER = "follower"
    SUBSCRIPTIONS = "subscriptions"
    CHANNELPOINTS = "channelpoints"
    REWARDS = "rewards"
    HYPETRAIN = "hypetrain"
    PRIME = "prime"
    TURBO = "turbo"
    SMILIES = "smilies"
    GLOBALS = "globals"
    OWL2019 = "owl2019"
    TWOFACTOR = "twofactor"
    LIMITEDTIME = "limitedtime"


class UserEmote(Record, frozen=True, kw_only=True):
    """An emote that a user may use; its images are at the template in ``extras``."""

    id: str
    name: str = ""
    emote_type: UserEmoteType | None = None
    emote_set_id: str = ""
    owner_id: str = ""
    format: tuple[str, ...] = ()
    scale: tuple[str, ...] = ()
    theme_mode: tuple[str, ...] = ()


class ChatBadge(Part, frozen=True, kw_only=True):
    """A badge, in three sizes."""

    id: str = ""
    image_url_1x: str = ""
    image_url_2x: str = ""
    image_url_4x: str = ""
    title: str = ""
    description: str = ""
    click_action: str | None = None
    click_url: str | None = None


class ChatBadgeSet(Record, frozen=True, kw_only=True):
    """Badges of one kind, in versions."""

    set_id: str = ""
    versions: tuple[ChatBadge, ...] = ()


class UserChatColor(Record, frozen=True, kw_only=True):
    """The colour of a user's name, empty where they have chosen none."""

    user: User
    color: str = ""


class CheermoteFormat(Part, frozen=True, kw_only=True):
    """Addresses by size."""

    url_1x: str = msgspec.field(name="1", default="")
    url_2x: str = msgspec.field(name="2", default="")
    url_3x: str = msgspec.field(name="3", default="")
    url_4x: str = msgspec.field(name="4", default="")
    url_1_5x: str = msgspec.field(name="1.5", default="")


class CheermoteTheme(Part, frozen=True, kw_only=True):
    """Images for one theme."""

    animated: CheermoteFormat | None = None
    static: CheermoteFormat | None = None


class CheermoteImages(Part, frozen=True, kw_only=True):
    """Images for both themes."""

    light: CheermoteTheme | None = None
    dark: CheermoteTheme | None = None


class CheermoteTier(Part, frozen=True, kw_only=True):
    """The look from so many Bits on."""

    min_bits: int = 0
    """Bits needed for the tier."""
    id: str = ""
    color: str = ""
    images: CheermoteImages | None = None
    can_cheer: bool = False
    show_in_bits_card: bool = False
    """Deprecated Bits-card flag."""


class CheermoteType(OpenEnum):
    """Who may use a Cheermote, and where."""

    GLOBAL_FIRST_PARTY = "global_first_party"
    GLOBAL_THIRD_PARTY = "global_third_party"
    CHANNEL_CUSTOM = "channel_custom"
    DISPLAY_ONLY = "display_only"
    SPONSORED = "sponsored"


class Cheermote(Record, frozen=True, kw_only=True):
    """An animated emote that goes with Bits, in tiers."""

    prefix: str = ""
    tiers: tuple[CheermoteTier, ...] = ()
    """Bits tiers."""
    type: CheermoteType | None = None
    order: int = 0
    last_updated: datetime | None = None
    is_charitable: bool = False


GET_CHANNEL_EMOTES = Endpoint(
    "get_channel_emotes",
    "GET",
    "/chat/emotes",
    auth=Auth.EITHER,
    item=ChannelEmote,
    answer=Answer.ITEMS,
    about="The emotes that a channel has made. ``extras`` has the template of image addresses.",
    parameters=(query.own("user_id", "broadcaster_id"),),
)

GET_GLOBAL_EMOTES = Endpoint(
    "get_global_emotes",
    "GET",
    "/chat/emotes/global",
    auth=Auth.EITHER,
    item=GlobalEmote,
    answer=Answer.ITEMS,
    about="The emotes that work in every chat. ``extras`` has the template of image addresses.",
)

GET_EMOTE_SETS = Endpoint(
    "get_emote_sets",
    "GET",
    "/chat/emotes/set",
    auth=Auth.EITHER,
    item=EmoteSet,
    answer=Answer.ITEMS,
    about="The emotes of sets, any number of them. ``extras`` has the template of image addresses.",
    parameters=(query.many("emote_set_ids", "emote_set_id", at_most=25),),
)

GET_USER_EMOTES = Endpoint(
    "get_user_emotes",
    "GET",
    "/chat/emotes/user",
    auth=Auth.USER,
    scopes=("user:read:emotes",),
    item=UserEmote,
    answer=Answer.PAGES,
    about="The emotes that the user may use, of the given channel's too that are for its followers.",
    parameters=(
        query.text("broadcaster_id", optional=True),
        query.own("user_id", always=True),
    ),
)

GET_CHANNEL_CHAT_BADGES = Endpoint(
    "get_channel_chat_badges",
    "GET",
    "/chat/badges",
    auth=Auth.EITHER,
    item=ChatBadgeSet,
    answer=Answer.MANY,
    about="The badges of a channel's own.",
    parameters=(query.own("user_id", "broadcaster_id"),),
)

GET_GLOBAL_CHAT_BADGES = Endpoint(
    "get_global_chat_badges",
    "GET",
    "/chat/badges/global",
    auth=Auth.EITHER,
    item=ChatBadgeSet,
    answer=Answer.MANY,
    about="The badges that every chat has.",
)

GET_USER_CHAT_COLOR = Endpoint(
    "get_user_chat_color",
    "GET",
    "/chat/color",
    auth=Auth.EITHER,
    item=UserChatColor,
    answer=Answer.MANY,
    about="The colours of users' names, any number of them.",
    parameters=(query.many("user_ids", "user_id", at_most=100, own=Own.DEFAULT),),
)

UPDATE_CHAT_COLOR = Endpoint(
    "update_chat_color",
    "PUT",
    "/chat/color",
    anchor="update-user-chat-color",
    auth=Auth.USER,
    scopes=("user:manage:chat_color",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Colour the user's name: a word such as blue_violet, or #RRGGBB for those who have Turbo or Prime.",
    parameters=(
        query.text("color"),
        query.own("user_id", always=True),
    ),
)

GET_CHEERMOTES = Endpoint(
    "get_cheermotes",
    "GET",
    "/bits/cheermotes",
    auth=Auth.EITHER,
    item=Cheermote,
    answer=Answer.MANY,
    about="The Cheermotes that work everywhere, and those of the given channel.",
    parameters=(query.text("user_id", "broadcaster_id", optional=True),),
)
