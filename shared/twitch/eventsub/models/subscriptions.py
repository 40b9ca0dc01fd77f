"""Subscriptions to a channel: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-subscribe-event"""

from twitch.eventsub.models.shapes import InChannel, SubscriptionTier
from twitch.records import Part, User


class EventEmoteData(Part, frozen=True, kw_only=True):
    """An emote in a text, from character ``begin`` to ``end``, both included, counted from 0."""

    begin: int
    end: int
    id: str


class EventSubscriptionMessage(Part, frozen=True, kw_only=True):
    """A text, and where its emotes stand."""

    text: str = ""
    emotes: tuple[EventEmoteData, ...] = ()


class ChannelSubscribeEvent(InChannel, frozen=True, kw_only=True):
    """``user`` subscribes for the first time. Resubscriptions are another type."""

    user: User
    tier: SubscriptionTier
    is_gift: bool = False


class ChannelSubscriptionEndEvent(ChannelSubscribeEvent, frozen=True, kw_only=True):
    """A subscription of ``user`` ends."""


class ChannelSubscriptionGiftEvent(InChannel, frozen=True, kw_only=True):
    """``total`` subscriptions are given at once. ``user`` is None if anonymous, ``cumulative_total`` also if not shared."""

    user: User | None = None
    total: int
    tier: SubscriptionTier
    cumulative_total: int | None = None
    is_anonymous: bool = False


class ChannelSubscriptionMessageEvent(InChannel, frozen=True, kw_only=True):
    """``user`` goes on subscribing and says so. ``streak_months`` is None if not shared."""

    user: User
    tier: SubscriptionTier
    message: EventSubscriptionMessage
    cumulative_months: int
    streak_months: int | None = None
    duration_months: int
