"""Bits: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-bits-use-event"""

from datetime import datetime

from twitch.eventsub.models.chat import EventMessage
from twitch.eventsub.models.points import RedemptionStatus
from twitch.eventsub.models.shapes import EventNamedEmote, InChannel
from twitch.records import OpenEnum, Part, User


class BitsUseType(OpenEnum):
    """What bits were used for."""

    CHEER = "cheer"
    POWER_UP = "power_up"
    CUSTOM_POWER_UP = "custom_power_up"


class PowerUpType(OpenEnum):
    """Which of Twitch's own power-ups."""

    MESSAGE_EFFECT = "message_effect"
    CELEBRATION = "celebration"
    GIGANTIFY_AN_EMOTE = "gigantify_an_emote"


class EventPowerUp(Part, frozen=True, kw_only=True):
    """One of Twitch's own power-ups, and the emote or effect chosen for it."""

    type: PowerUpType
    emote: EventNamedEmote | None = None
    message_effect_id: str | None = None


class EventCustomPowerUp(Part, frozen=True, kw_only=True):
    """A power-up of the channel's own."""

    title: str = ""
    reward_id: str


class ChannelBitsUseEvent(InChannel, frozen=True, kw_only=True):
    """``user`` uses bits. ``power_up`` or ``custom_power_up`` is set as ``type`` says; a cheer has only a message."""

    user: User
    bits: int
    type: BitsUseType
    message: EventMessage | None = None
    power_up: EventPowerUp | None = None
    custom_power_up: EventCustomPowerUp | None = None


class ChannelCheerEvent(InChannel, frozen=True, kw_only=True):
    """Somebody cheers; ``user`` is None if they did so anonymously."""

    user: User | None = None
    is_anonymous: bool = False
    message: str = ""
    bits: int


class EventPowerUpSummary(Part, frozen=True, kw_only=True):
    """A power-up of the channel's own, and its price in bits."""

    id: str
    title: str = ""
    bits: int
    prompt: str = ""


class ChannelCustomPowerUpRedemptionAddEvent(InChannel, frozen=True, kw_only=True):
    """``user`` buys a power-up of the channel's own."""

    id: str
    user: User
    user_input: str = ""
    status: RedemptionStatus
    custom_power_up: EventPowerUpSummary
    redeemed_at: datetime


class EventExtensionProduct(Part, frozen=True, kw_only=True):
    """What was bought. While ``in_development`` it costs 0 bits."""

    name: str = ""
    bits: int
    sku: str = ""
    in_development: bool = False


class ExtensionBitsTransactionCreateEvent(InChannel, frozen=True, kw_only=True):
    """``user`` buys something in an extension."""

    id: str
    extension_client_id: str
    user: User
    product: EventExtensionProduct
