"""Hype trains, version 2: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#hype-train-begin-event"""

from datetime import datetime

from twitch.eventsub.models.shapes import Channel, InChannel, Person
from twitch.records import OpenEnum


class HypeTrainType(OpenEnum):
    """Which kind of train."""

    REGULAR = "regular"
    TREASURE = "treasure"
    GOLDEN_KAPPA = "golden_kappa"


class ContributionType(OpenEnum):
    """How somebody contributed."""

    BITS = "bits"
    SUBSCRIPTION = "subscription"
    OTHER = "other"


class EventHypeTrainContribution(Person, frozen=True, kw_only=True):
    """What ``user`` contributed. ``total`` is in bits, or for subscriptions 500, 1000 or 2500 for each by its tier."""

    type: ContributionType
    total: int


class EventHypeTrainParticipant(Channel, frozen=True, kw_only=True):
    """A channel on a shared train."""


class _HypeTrain(InChannel, frozen=True, kw_only=True):
    id: str
    type: HypeTrainType = HypeTrainType.REGULAR
    total: int
    level: int
    top_contributions: tuple[EventHypeTrainContribution, ...] = ()
    is_shared_train: bool = False
    shared_train_participants: tuple[EventHypeTrainParticipant, ...] = ()
    started_at: datetime


class ChannelHypeTrainProgressEvent(_HypeTrain, frozen=True, kw_only=True):
    """The train moves: ``progress`` points of ``goal`` in this level, ``total`` in all."""

    progress: int
    goal: int
    expires_at: datetime


class ChannelHypeTrainBeginEvent(ChannelHypeTrainProgressEvent, frozen=True, kw_only=True):
    """A train begins. The channel's records are ``all_time_high_level`` and ``all_time_high_total``."""

    all_time_high_level: int
    all_time_high_total: int


class ChannelHypeTrainEndEvent(_HypeTrain, frozen=True, kw_only=True):
    """The train has arrived; the next can't begin before ``cooldown_ends_at``."""

    ended_at: datetime
    cooldown_ends_at: datetime
