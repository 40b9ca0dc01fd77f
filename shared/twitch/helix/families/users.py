"""Users: who they are, what they allow, whom they block, and the extensions on their channels."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

import msgspec

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing, Own
from twitch.helix.parameters import body, by_name, query
from twitch.records import OpenEnum, Part, Record, User


class ExtensionSlot(TypedDict, total=False):
    """What shall run in a slot. ``x`` and ``y`` place a component."""

    active: bool
    id: str
    version: str
    x: int
    y: int


class UserInfo(Record, frozen=True, kw_only=True):
    """A user's public profile: https://dev.twitch.tv/docs/api/reference/#get-users"""

    id: str
    login: str = ""
    name: str = msgspec.field(name="display_name", default="")
    type: str = ""
    broadcaster_type: str = ""
    description: str = ""
    profile_image_url: str = ""
    offline_image_url: str = ""
    email: str | None = None
    created_at: datetime | None = None


class UserAuthorization(Record, frozen=True, kw_only=True):
    """What a user has granted to this client: https://dev.twitch.tv/docs/api/reference/#get-authorization-by-user"""

    user: User
    scopes: tuple[str, ...] = ()
    has_authorized: bool = True


class UserIdentity(Record, frozen=True, kw_only=True):
    """A person, as lists of people name them."""

    id: str = msgspec.field(name="user_id", default="")
    login: str = msgspec.field(name="user_login", default="")
    name: str = msgspec.field(name="display_name", default="")


class ExtensionKind(OpenEnum):
    """Where an extension can be shown."""

    COMPONENT = "component"
    MOBILE = "mobile"
    OVERLAY = "overlay"
    PANEL = "panel"


class UserExtension(Record, frozen=True, kw_only=True):
    """An extension that a user has installed, and where it can be shown."""

    id: str
    version: str = ""
    name: str = ""
    can_activate: bool = False
    type: tuple[ExtensionKind, ...] = ()


class ActiveExtension(Part, frozen=True, kw_only=True):
    """What runs in a slot; only ``active`` tells whether anything does. ``x`` and ``y`` place a component."""

    active: bool = False
    id: str = ""
    version: str = ""
    name: str = ""
    x: int | None = None
    y: int | None = None


class ActiveUserExtension(Record, frozen=True, kw_only=True):
    """What runs on a channel, by kind of slot and its number ('1', '2', …)."""

    panel: Mapping[str, ActiveExtension] = {}
    overlay: Mapping[str, ActiveExtension] = {}
    component: Mapping[str, ActiveExtension] = {}


GET_USERS = Endpoint(
    "get_users",
    "GET",
    "/users",
    auth=Auth.EITHER,
    item=UserInfo,
    answer=Answer.MANY,
    about="Profiles by id and login, any number of them. A user who names nobody gets their own; who doesn't exist is missing.",
    parameters=(
        by_name(query.many("user_ids", "id", at_most=100, optional=True, own=Own.DEFAULT, unless="user_logins")),
        by_name(query.many("user_logins", "login", at_most=100, optional=True)),
    ),
    together_max=100,
)

UPDATE_USER = Endpoint(
    "update_user",
    "PUT",
    "/users",
    auth=Auth.USER,
    scopes=("user:edit",),
    item=UserInfo,
    answer=Answer.ONE,
    about="Change the profile's description, up to 300 characters; an empty one clears it.",
    parameters=(query.text("description", optional=True),),
)

GET_USER_AUTHORIZATIONS = Endpoint(
    "get_user_authorizations",
    "GET",
    "/authorization/users",
    anchor="get-authorization-by-user",
    auth=Auth.APP,
    item=UserAuthorization,
    answer=Answer.MANY,
    about="What users have granted to this client, any number of them.",
    parameters=(query.many("user_ids", "user_id", at_most=10),),
)

GET_USER_BLOCK_LIST = Endpoint(
    "get_user_block_list",
    "GET",
    "/users/blocks",
    auth=Auth.USER,
    scopes=("user:read:blocked_users",),
    item=UserIdentity,
    answer=Answer.PAGES,
    about="Whom the user has blocked.",
    parameters=(query.own("broadcaster_id", always=True),),
    page_size_max=100,
)

BLOCK_USER = Endpoint(
    "block_user",
    "PUT",
    "/users/blocks",
    auth=Auth.USER,
    scopes=("user:manage:blocked_users",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Block somebody from interacting with the user, who need not follow or moderate anything.",
    parameters=(
        query.text("target_user_id"),
        query.word("source_context", "chat", "whisper", optional=True),
        query.word("reason", "harassment", "spam", "other", optional=True),
    ),
)

UNBLOCK_USER = Endpoint(
    "unblock_user",
    "DELETE",
    "/users/blocks",
    auth=Auth.USER,
    scopes=("user:manage:blocked_users",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Let somebody interact again who was blocked.",
    parameters=(query.text("target_user_id"),),
)

GET_USER_EXTENSIONS = Endpoint(
    "get_user_extensions",
    "GET",
    "/users/extensions/list",
    auth=Auth.USER,
    scopes=(
        "user:read:broadcast",
        "user:edit:broadcast",
    ),
    item=UserExtension,
    answer=Answer.MANY,
    about="The extensions that the user has installed. Those that aren't active need user:edit:broadcast.",
)

GET_USER_ACTIVE_EXTENSIONS = Endpoint(
    "get_user_active_extensions",
    "GET",
    "/users/extensions",
    auth=Auth.EITHER,
    item=ActiveUserExtension,
    answer=Answer.ONE,
    about="The extensions that are active on a channel.",
    parameters=(query.own("user_id"),),
)

UPDATE_USER_EXTENSIONS = Endpoint(
    "update_user_extensions",
    "PUT",
    "/users/extensions",
    auth=Auth.USER,
    scopes=("user:edit:broadcast",),
    item=ActiveUserExtension,
    answer=Answer.ONE,
    about="Switch extensions on, off or to another slot, by kind of slot and its number.",
    parameters=(
        body.shaped(
            "data", 'Mapping[Literal["panel", "overlay", "component"], Mapping[str, ExtensionSlot]]', ExtensionSlot
        ),
    ),
)
