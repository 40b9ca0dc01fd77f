"""Polls and predictions: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#channel-poll-begin-event"""

from datetime import datetime

from twitch.eventsub.models.shapes import InChannel, Person
from twitch.records import OpenEnum, Part


class PollStatus(OpenEnum):
    """How a poll ended."""

    COMPLETED = "completed"
    ARCHIVED = "archived"
    TERMINATED = "terminated"


class EventPollChoice(Part, frozen=True, kw_only=True):
    """A choice. Votes are None when a poll begins; ``votes`` counts all, those for points or bits included."""

    id: str
    title: str = ""
    bits_votes: int | None = None
    channel_points_votes: int | None = None
    votes: int | None = None


class EventPollVotingSettings(Part, frozen=True, kw_only=True):
    """Whether more votes can be bought, and for how much each."""

    is_enabled: bool = False
    amount_per_vote: int = 0


class _Poll(InChannel, frozen=True, kw_only=True):
    id: str
    title: str = ""
    choices: tuple[EventPollChoice, ...] = ()
    bits_voting: EventPollVotingSettings = EventPollVotingSettings()
    channel_points_voting: EventPollVotingSettings = EventPollVotingSettings()
    started_at: datetime


class ChannelPollBeginEvent(_Poll, frozen=True, kw_only=True):
    """A poll begins."""

    ends_at: datetime


class ChannelPollProgressEvent(ChannelPollBeginEvent, frozen=True, kw_only=True):
    """Somebody votes."""


class ChannelPollEndEvent(_Poll, frozen=True, kw_only=True):
    """A poll is over."""

    status: PollStatus
    ended_at: datetime


class PredictionStatus(OpenEnum):
    """How a prediction ended."""

    RESOLVED = "resolved"
    CANCELED = "canceled"


class PredictionColor(OpenEnum):
    """Outcomes are blue; of two, the second is pink."""

    PINK = "pink"
    BLUE = "blue"


class EventTopPredictor(Person, frozen=True, kw_only=True):
    """Who staked most. ``channel_points_won`` is None before the end."""

    channel_points_won: int | None = None
    channel_points_used: int


class EventPredictionOutcome(Part, frozen=True, kw_only=True):
    """An outcome, and how many ``users`` have staked how many points on it; None when a prediction begins."""

    id: str
    title: str = ""
    color: PredictionColor = PredictionColor.BLUE
    users: int | None = None
    channel_points: int | None = None
    top_predictors: tuple[EventTopPredictor, ...] = ()


class _Prediction(InChannel, frozen=True, kw_only=True):
    id: str
    title: str = ""
    outcomes: tuple[EventPredictionOutcome, ...] = ()
    started_at: datetime


class ChannelPredictionBeginEvent(_Prediction, frozen=True, kw_only=True):
    """A prediction begins."""

    locks_at: datetime


class ChannelPredictionProgressEvent(ChannelPredictionBeginEvent, frozen=True, kw_only=True):
    """Somebody predicts."""


class ChannelPredictionLockEvent(_Prediction, frozen=True, kw_only=True):
    """Nobody can predict any more."""

    locked_at: datetime


class ChannelPredictionEndEvent(_Prediction, frozen=True, kw_only=True):
    """A prediction is over. Without a winning outcome it was canceled."""

    winning_outcome_id: str | None = None
    status: PredictionStatus
    ended_at: datetime
