"""Polls and predictions: viewers choose."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint
from twitch.helix.parameters import body, by_name, query
from twitch.records import OpenEnum, Part, Record, User


def titled(texts: Iterable[str]) -> list[Mapping[str, str]]:
    """Choices and outcomes as Twitch takes them."""
    return [{"title": text} for text in texts]


class PollChoice(Part, frozen=True, kw_only=True):
    """A choice, and its votes."""

    id: str = ""
    title: str = ""
    votes: int = 0
    channel_points_votes: int = 0
    """Votes bought with channel points."""
    bits_votes: int = 0


class PollStatus(OpenEnum):
    """How far a poll is."""

    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"
    ARCHIVED = "ARCHIVED"
    MODERATED = "MODERATED"
    INVALID = "INVALID"


class Poll(Record, frozen=True, kw_only=True):
    """A poll, and how it stands; ``duration`` in seconds."""

    id: str
    broadcaster: User
    title: str = ""
    choices: tuple[PollChoice, ...] = ()
    bits_voting_enabled: bool = False
    bits_per_vote: int = 0
    """Unused Bits price per vote."""
    channel_points_voting_enabled: bool = False
    """True if extra votes cost channel points."""
    channel_points_per_vote: int = 0
    status: PollStatus | None = None
    duration: int = 0
    """Poll length in seconds."""
    started_at: datetime | None = None
    ended_at: datetime | None = None


class TopPredictor(Part, frozen=True, kw_only=True):
    """Somebody who bet much."""

    user: User
    channel_points_used: int = 0
    """Channel points wagered."""
    channel_points_won: int | None = None
    """Channel points won, None until resolved."""


class PredictionColor(OpenEnum):
    """The colour of an outcome."""

    BLUE = "BLUE"
    PINK = "PINK"


class PredictionOutcome(Part, frozen=True, kw_only=True):
    """An outcome, and who bet on it."""

    id: str = ""
    title: str = ""
    users: int = 0
    channel_points: int = 0
    """Points wagered on it."""
    top_predictors: tuple[TopPredictor, ...] = ()
    """Who bet most."""
    color: PredictionColor | None = None


class PredictionStatus(OpenEnum):
    """How far a prediction is."""

    ACTIVE = "ACTIVE"
    CANCELED = "CANCELED"
    LOCKED = "LOCKED"
    RESOLVED = "RESOLVED"


class Prediction(Record, frozen=True, kw_only=True):
    """A prediction, and how it stands; ``prediction_window`` in seconds."""

    id: str
    broadcaster: User
    title: str = ""
    winning_outcome_id: str | None = None
    """Winning outcome, None until resolved."""
    outcomes: tuple[PredictionOutcome, ...] = ()
    prediction_window: int = 0
    """Betting time in seconds."""
    status: PredictionStatus | None = None
    created_at: datetime | None = None
    ended_at: datetime | None = None
    locked_at: datetime | None = None


GET_POLLS = Endpoint(
    "get_polls",
    "GET",
    "/polls",
    auth=Auth.USER,
    scopes=(
        "channel:read:polls",
        "channel:manage:polls",
    ),
    item=Poll,
    answer=Answer.PAGES,
    about="Polls of the last 90 days, the latest first, or the given ones.",
    parameters=(
        query.many("poll_ids", "id", at_most=20, optional=True),
        query.own("broadcaster_id", always=True),
    ),
    page_size_max=20,
    limit=20,
)

CREATE_POLL = Endpoint(
    "create_poll",
    "POST",
    "/polls",
    auth=Auth.USER,
    scopes=("channel:manage:polls",),
    item=Poll,
    answer=Answer.ONE,
    about="Begin a poll of 2 to 5 choices and 15 to 1800 seconds.",
    parameters=(
        body.text("title"),
        body.shaped("choices", "Sequence[str]", to_wire=titled),
        body.whole("duration"),
        by_name(body.flag("channel_points_voting_enabled", optional=True)),
        by_name(body.whole("channel_points_per_vote", optional=True)),
        body.own("broadcaster_id", always=True),
    ),
)

END_POLL = Endpoint(
    "end_poll",
    "PATCH",
    "/polls",
    auth=Auth.USER,
    scopes=("channel:manage:polls",),
    item=Poll,
    answer=Answer.ONE,
    about="End a poll: its result stays to be seen (TERMINATED) or doesn't (ARCHIVED).",
    parameters=(
        body.text("poll_id", "id"),
        body.word("status", "TERMINATED", "ARCHIVED"),
        body.own("broadcaster_id", always=True),
    ),
)

GET_PREDICTIONS = Endpoint(
    "get_predictions",
    "GET",
    "/predictions",
    auth=Auth.USER,
    scopes=(
        "channel:read:predictions",
        "channel:manage:predictions",
    ),
    item=Prediction,
    answer=Answer.PAGES,
    about="Predictions, the latest first, or the given ones.",
    parameters=(
        query.many("prediction_ids", "id", at_most=25, optional=True),
        query.own("broadcaster_id", always=True),
    ),
    page_size_max=25,
    limit=20,
)

CREATE_PREDICTION = Endpoint(
    "create_prediction",
    "POST",
    "/predictions",
    auth=Auth.USER,
    scopes=("channel:manage:predictions",),
    item=Prediction,
    answer=Answer.ONE,
    about="Begin a prediction of 2 to 10 outcomes; viewers can bet for ``duration`` seconds, 30 to 1800.",
    parameters=(
        body.text("title"),
        body.shaped("outcomes", "Sequence[str]", to_wire=titled),
        body.whole("duration", "prediction_window"),
        body.own("broadcaster_id", always=True),
    ),
)

END_PREDICTION = Endpoint(
    "end_prediction",
    "PATCH",
    "/predictions",
    auth=Auth.USER,
    scopes=("channel:manage:predictions",),
    item=Prediction,
    answer=Answer.ONE,
    about="Close the betting (LOCKED), give the points back (CANCELED), or pay out: RESOLVED, with the outcome that won.",
    parameters=(
        body.text("prediction_id", "id"),
        body.word("status", "RESOLVED", "CANCELED", "LOCKED"),
        body.text("winning_outcome_id", optional=True),
        body.own("broadcaster_id", always=True),
    ),
)
