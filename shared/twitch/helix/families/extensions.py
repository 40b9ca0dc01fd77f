"""Extensions: what they are, where they run, and what they sell."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import body, by_name, query
from twitch.records import OpenEnum, Part, Record, User


def in_bits(cost: int | Mapping[str, Any]) -> Mapping[str, Any]:
    """A price as Twitch takes it, from an amount or from an object of Twitch's own shape."""
    return {"amount": cost, "type": "bits"} if isinstance(cost, int) else cost


class ExtensionIcons(Part, frozen=True, kw_only=True):
    """Icons by size in pixels."""

    size_100x100: str = msgspec.field(name="100x100", default="")
    size_24x24: str = msgspec.field(name="24x24", default="")
    size_300x200: str = msgspec.field(name="300x200", default="")


class ExtensionState(OpenEnum):
    """How far an extension is on its way to be released."""

    APPROVED = "Approved"
    ASSETS_UPLOADED = "AssetsUploaded"
    DELETED = "Deleted"
    DEPRECATED = "Deprecated"
    IN_REVIEW = "InReview"
    IN_TEST = "InTest"
    PENDING_ACTION = "PendingAction"
    REJECTED = "Rejected"
    RELEASED = "Released"


class ExtensionMobileView(Part, frozen=True, kw_only=True):
    """On mobile devices."""

    viewer_url: str = ""


class ExtensionPanelView(Part, frozen=True, kw_only=True):
    """As a panel below the stream; ``height`` in pixels."""

    viewer_url: str = ""
    height: int = 0
    can_link_external_content: bool = False


class ExtensionOverlayView(Part, frozen=True, kw_only=True):
    """Over the whole picture."""

    viewer_url: str = ""
    can_link_external_content: bool = False


class ExtensionComponentView(Part, frozen=True, kw_only=True):
    """Over a part of the picture."""

    viewer_url: str = ""
    aspect_ratio_x: int = 0
    aspect_ratio_y: int = 0
    autoscale: bool = False
    scale_pixels: int = 0
    target_height: int = 0
    can_link_external_content: bool = False


class ExtensionConfigView(Part, frozen=True, kw_only=True):
    """For the broadcaster's configuration."""

    viewer_url: str = ""
    can_link_external_content: bool = False


class ExtensionViews(Part, frozen=True, kw_only=True):
    """How an extension shows itself, None where it can't."""

    mobile: ExtensionMobileView | None = None
    panel: ExtensionPanelView | None = None
    video_overlay: ExtensionOverlayView | None = None
    component: ExtensionComponentView | None = None
    config: ExtensionConfigView | None = None


class Extension(Record, frozen=True, kw_only=True):
    """An extension, in one version."""

    author_name: str = ""
    bits_enabled: bool = False
    """True if Bits features are on."""
    can_install: bool = False
    configuration_location: str = ""
    description: str = ""
    eula_tos_url: str = ""
    has_chat_support: bool = False
    icon_url: str = ""
    icon_urls: ExtensionIcons | None = None
    id: str
    name: str = ""
    privacy_policy_url: str = ""
    request_identity_link: bool = False
    screenshot_urls: tuple[str, ...] = ()
    state: ExtensionState | None = None
    subscriptions_support_level: str = ""
    summary: str = ""
    support_email: str = ""
    version: str = ""
    viewer_summary: str = ""
    views: ExtensionViews | None = None
    allowlisted_config_urls: tuple[str, ...] = ()
    allowlisted_panel_urls: tuple[str, ...] = ()


class ExtensionLiveChannel(Record, frozen=True, kw_only=True):
    """A channel that streams with an extension."""

    broadcaster: User
    game_name: str = ""
    game_id: str = ""
    title: str = ""


class BitsCost(Part, frozen=True, kw_only=True):
    """A price in Bits."""

    amount: int = 0
    type: str = ""


class TransactionProduct(Part, frozen=True, kw_only=True):
    """What was bought."""

    sku: str = ""
    domain: str = ""
    cost: BitsCost | None = None
    in_development: bool = msgspec.field(name="inDevelopment", default=False)
    display_name: str = msgspec.field(name="displayName", default="")
    expiration: str = ""
    broadcast: bool = False


class ExtensionTransaction(Record, frozen=True, kw_only=True):
    """That a viewer bought something of an extension."""

    id: str
    timestamp: datetime | None = None
    broadcaster: User
    user: User
    product_type: str = ""
    product_data: TransactionProduct | None = None


class ExtensionBitsProduct(Record, frozen=True, kw_only=True):
    """What an extension sells for Bits."""

    sku: str = ""
    cost: BitsCost | None = None
    in_development: bool = False
    display_name: str = ""
    expiration: datetime | None = None
    is_broadcast: bool = False


GET_RELEASED_EXTENSIONS = Endpoint(
    "get_released_extensions",
    "GET",
    "/extensions/released",
    auth=Auth.EITHER,
    item=Extension,
    answer=Answer.MANY,
    about="An extension as it is released.",
    parameters=(
        query.text("extension_id"),
        query.text("extension_version", optional=True),
    ),
)

GET_EXTENSION_LIVE_CHANNELS = Endpoint(
    "get_extension_live_channels",
    "GET",
    "/extensions/live",
    auth=Auth.EITHER,
    item=ExtensionLiveChannel,
    answer=Answer.PAGES,
    about="Which live channels run an extension.",
    parameters=(query.text("extension_id"),),
    page_size_max=100,
    bare_cursor=True,
)

GET_EXTENSION_TRANSACTIONS = Endpoint(
    "get_extension_transactions",
    "GET",
    "/extensions/transactions",
    auth=Auth.APP,
    item=ExtensionTransaction,
    answer=Answer.PAGES,
    about="What viewers bought of an extension, or the given transactions.",
    parameters=(
        query.text("extension_id"),
        query.many("transaction_ids", "id", at_most=100, optional=True),
    ),
    page_size_max=100,
)

GET_EXTENSION_BITS_PRODUCTS = Endpoint(
    "get_extension_bits_products",
    "GET",
    "/bits/extensions",
    auth=Auth.APP,
    item=ExtensionBitsProduct,
    answer=Answer.MANY,
    about="What the extension of this client sells for Bits.",
    parameters=(by_name(query.flag("should_include_all", default=False)),),
)

UPDATE_EXTENSION_BITS_PRODUCT = Endpoint(
    "update_extension_bits_product",
    "PUT",
    "/bits/extensions",
    auth=Auth.APP,
    item=ExtensionBitsProduct,
    answer=Answer.ONE,
    about="Change or add a product of this client's extension; ``cost`` in Bits.",
    parameters=(
        body.text("sku"),
        body.shaped("cost", "int | Mapping[str, Any]", to_wire=in_bits),
        by_name(body.text("display_name")),
        by_name(body.flag("in_development", optional=True)),
        by_name(body.moment("expiration", optional=True)),
        by_name(body.flag("is_broadcast", optional=True)),
    ),
)
