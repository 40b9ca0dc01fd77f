"""Raids and shared attention: hype trains, goals and charity."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.parameters import query
from twitch.records import OpenEnum, Part, Record, User


class Raid(Record, frozen=True, kw_only=True):
    """A raid that begins within ninety seconds."""

    created_at: datetime | None = None
    is_mature: bool = False


class HypeTrainKind(OpenEnum):
    """Which kind of train it is."""

    TREASURE = "treasure"
    GOLDEN_KAPPA = "golden_kappa"
    REGULAR = "regular"


class ContributionKind(OpenEnum):
    """What somebody gave to a train."""

    BITS = "bits"
    SUBSCRIPTION = "subscription"
    OTHER = "other"


class HypeTrainContribution(Part, frozen=True, kw_only=True):
    """Who gave most, and of what."""

    user: User
    type: ContributionKind | None = None
    total: int = 0
    """Points contributed."""


class HypeTrainParticipant(Part, frozen=True, kw_only=True):
    """A channel of a shared train."""

    broadcaster: User


class HypeTrain(Part, frozen=True, kw_only=True):
    """A hype train under way."""

    id: str = ""
    broadcaster: User
    level: int = 0
    total: int = 0
    """Points contributed so far."""
    progress: int = 0
    """Points earned in this level."""
    goal: int = 0
    """Points needed for the next level."""
    top_contributions: tuple[HypeTrainContribution, ...] = ()
    shared_train_participants: tuple[HypeTrainParticipant, ...] = ()
    started_at: datetime | None = None
    expires_at: datetime | None = None
    is_shared_train: bool = False
    type: HypeTrainKind | None = None


class HypeTrainRecord(Part, frozen=True, kw_only=True):
    """The best that a train has reached."""

    level: int = 0
    total: int = 0
    """Record points."""
    achieved_at: datetime | None = None


class HypeTrainStatus(Record, frozen=True, kw_only=True):
    """The channel's hype train, None where none runs, and its records."""

    current: HypeTrain | None = None
    all_time_high: HypeTrainRecord | None = None
    shared_all_time_high: HypeTrainRecord | None = None


class GoalKind(OpenEnum):
    """What a goal counts."""

    FOLLOWER = "follower"
    SUBSCRIPTION = "subscription"
    SUBSCRIPTION_COUNT = "subscription_count"
    NEW_SUBSCRIPTION = "new_subscription"
    NEW_SUBSCRIPTION_COUNT = "new_subscription_count"


class CreatorGoal(Record, frozen=True, kw_only=True):
    """A goal of followers or subscriptions, and how far it is."""

    id: str
    broadcaster: User
    type: GoalKind | None = None
    description: str = ""
    current_amount: int = 0
    target_amount: int = 0
    created_at: datetime | None = None


class CharityAmount(Part, frozen=True, kw_only=True):
    """Money: ``value`` in the smallest unit, of which ``decimal_places`` stand behind the point."""

    value: int = 0
    decimal_places: int = 0
    currency: str = ""
    """ISO 4217 currency code."""


class CharityCampaign(Record, frozen=True, kw_only=True):
    """A campaign for charity, and how far it is."""

    id: str
    broadcaster: User
    charity_name: str = ""
    charity_description: str = ""
    charity_logo: str = ""
    charity_website: str = ""
    current_amount: CharityAmount | None = None
    target_amount: CharityAmount | None = None


class CharityDonation(Record, frozen=True, kw_only=True):
    """What somebody gave to a campaign."""

    id: str
    campaign_id: str = ""
    user: User
    amount: CharityAmount | None = None


START_RAID = Endpoint(
    "start_raid",
    "POST",
    "/raids",
    anchor="start-a-raid",
    auth=Auth.USER,
    scopes=("channel:manage:raids",),
    item=Raid,
    answer=Answer.ONE,
    about="Send the channel's viewers to another; begins after 90 seconds, or when the broadcaster says so.",
    parameters=(
        query.text("to_broadcaster_id"),
        query.own("from_broadcaster_id", always=True),
    ),
)

CANCEL_RAID = Endpoint(
    "cancel_raid",
    "DELETE",
    "/raids",
    anchor="cancel-a-raid",
    auth=Auth.USER,
    scopes=("channel:manage:raids",),
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Call off a raid that hasn't begun.",
    parameters=(query.own("broadcaster_id", always=True),),
)

GET_HYPE_TRAIN_STATUS = Endpoint(
    "get_hype_train_status",
    "GET",
    "/hypetrain/status",
    auth=Auth.USER,
    scopes=("channel:read:hype_train",),
    item=HypeTrainStatus,
    answer=Answer.ONE,
    about="The hype train that runs on the channel, and its records.",
    parameters=(query.own("broadcaster_id", always=True),),
)

GET_CREATOR_GOALS = Endpoint(
    "get_creator_goals",
    "GET",
    "/goals",
    auth=Auth.USER,
    scopes=("channel:read:goals",),
    item=CreatorGoal,
    answer=Answer.MANY,
    about="The goals that the channel shows.",
    parameters=(query.own("broadcaster_id", always=True),),
)

GET_CHARITY_CAMPAIGN = Endpoint(
    "get_charity_campaign",
    "GET",
    "/charity/campaigns",
    auth=Auth.USER,
    scopes=("channel:read:charity",),
    item=CharityCampaign,
    answer=Answer.MAYBE,
    about="The campaign that runs on the channel, None where none does.",
    parameters=(query.own("broadcaster_id", always=True),),
)

GET_CHARITY_CAMPAIGN_DONATIONS = Endpoint(
    "get_charity_campaign_donations",
    "GET",
    "/charity/donations",
    auth=Auth.USER,
    scopes=("channel:read:charity",),
    item=CharityDonation,
    answer=Answer.PAGES,
    about="What was given to the campaign that runs on the channel.",
    parameters=(query.own("broadcaster_id", always=True),),
    page_size_max=100,
)
