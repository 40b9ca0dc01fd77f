"""What a row of the table of Helix calls is made of: https://dev.twitch.tv/docs/api/reference/

A row says once what Twitch's page says: address, whose token, scopes, parameters, and what comes back. From it are made
the request and the reading of the answer (calls.py), the methods (methods.py) and their types (stubs.py).
The rows stand in families/, a module for each group of Twitch's, with the models of its answers.
"""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass
from enum import Enum, IntEnum, StrEnum, auto
from typing import Any, Generic, TypeVar

from twitch.records import Record

ItemT = TypeVar("ItemT", bound=Record)
REFERENCE = "https://dev.twitch.tv/docs/api/reference/#"


AS_A_BOT = (("moderator_id", "user:bot"), ("broadcaster_id", "channel:bot"))
"""What Twitch wants besides the scope of an app that acts as a moderator, of many calls."""


class Auth(StrEnum):
    """Whose token a call takes. ``NONE`` takes any, since it needs none."""

    APP = "app"
    USER = "user"
    EITHER = "either"
    EXTENSION = "extension"
    NONE = "none"

    def takes(self, kind: "Auth") -> bool:
        """Whether the app's, a user's or an extension's token will do."""
        return self is kind or (self in {Auth.EITHER, Auth.NONE} and kind in {Auth.APP, Auth.USER})


class Lane(IntEnum):
    """Who goes first when the points of a token are short. Binding has ten seconds before Twitch closes the socket."""

    SHARDS = 0
    LISTINGS = 1
    """What is there at Twitch: of a large conduit it takes two hundred calls, each of which can wait."""
    SUBSCRIPTIONS = 2
    REST = 3


class Bucket(StrEnum):
    """Twitch counts points per token, and some calls apart: https://dev.twitch.tv/docs/chat/#rate-limits"""

    POINTS = "points"
    CHAT = "chat"


class Answer(Enum):
    """What a method gives back of the items in ``data``."""

    NOTHING = auto()
    ONE = auto()
    MAYBE = auto()
    """The one item, or None where there's none."""
    MANY = auto()
    ITEMS = auto()
    """Many, and something beside them that matters: `twitch.helix.Items`."""
    PAGES = auto()
    IDS = auto()
    """``data`` lists strings, not objects."""
    TEXT = auto()
    """The body is a text, not JSON."""


class Own(Enum):
    """Whether a parameter is the id of whose token it is: a user, or an extension."""

    NO = auto()
    DEFAULT = auto()
    """By default; another may be given."""
    ALWAYS = auto()
    """Twitch takes no other, so the methods don't ask for it."""


class Place(Enum):
    """Where a parameter goes."""

    QUERY = auto()
    BODY = auto()


class Nothing(Record, frozen=True, kw_only=True):
    """The item of a call that answers with nothing."""


class Id(Record, frozen=True, kw_only=True):
    """The item of a call that answers with ids alone."""

    id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Param:
    """A parameter: ``name`` is Python's, ``wire`` is Twitch's. parameters.py makes them."""

    name: str
    wire: str
    place: Place
    annotation: str = "str"
    types: tuple[type, ...] = ()
    """The types of the library that the annotation names."""
    required: bool = True
    default: Any = None
    """What is sent where nothing is given; None sends nothing."""
    values_max: int = 0
    """A list, and how many values Twitch takes in one request; more are split. 0 for a single value."""
    own: Own = Own.NO
    unless: str = ""
    """The parameter that stands in for the user's own id, if that's given."""
    within: str = ""
    """The object of the body that it's a key of."""
    keys: tuple[str, ...] = ()
    """The value is a mapping of these keys, and each is a key of the body."""
    between: tuple[int, int] | None = None
    """The least and the most that a number may be."""
    to_wire: Callable[[Any], Any] | None = None
    app_only: bool = False
    by_name: bool = False
    """Given by its name alone: what came later than programs that give the others by position, and what such programs
    would mistake for a parameter that Twitch has dropped."""


@dataclass(frozen=True, slots=True)
class View:
    """A method for one way to use an endpoint of many: ``takes`` names its parameters, the first of them required."""

    name: str
    about: str
    takes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Endpoint(Generic[ItemT]):
    """A row. ``item`` is what ``data`` lists, ``about`` one or two sentences for the reader of the method.

    ``scopes``: one of them must have been granted, by the user of the token; for a call with the app's token by
    ``granted_by``, and then ``app_scopes`` too, pairs of who and what.
    """

    name: str
    method: str
    path: str
    __: KW_ONLY
    about: str = ""
    anchor: str = ""
    """The heading in Twitch's reference where it isn't the name."""
    auth: Auth
    scopes: tuple[str, ...] = ()
    granted_by: str = ""
    app_scopes: tuple[tuple[str, str], ...] = ()
    success: int = 200
    item: type[ItemT]
    answer: Answer
    parameters: tuple[Param, ...] = ()
    views: tuple[View, ...] = ()
    """The methods, where they aren't just one of the row's own name."""
    by_hand: bool = False
    """Its methods do more than a row can say: they stand in twitch/api.py."""
    page_size_max: int | None = None
    """The largest ``first`` that it takes, None where Twitch alone decides."""
    limit: int | None = 100
    """How many items a method fetches unless it's told otherwise."""
    weight: Callable[[ItemT], int] | None = None
    """How many an item counts for against the limit, where an item is a page of many."""
    one_of: tuple[str, ...] = ()
    """Parameters of which at least one must be given."""
    together_max: int = 0
    """How many values all lists may hold together in one request."""
    may_be_flat: bool = False
    """The answer may be the item itself, without ``data``: Twitch's page says both."""
    bare_cursor: bool = False
    """``pagination`` is the cursor itself, not an object with one."""
    lane: Lane = Lane.REST
    bucket: Bucket = Bucket.POINTS

    @property
    def paginated(self) -> bool:
        return self.answer is Answer.PAGES

    @property
    def idempotent(self) -> bool:
        """Whether sending twice is as good as sending once. Helix' PATCH and PUT set values; POST creates or sends."""
        return self.method != "POST"

    @property
    def page(self) -> str:
        """Twitch's documentation of it."""
        return REFERENCE + (self.anchor or self.name.replace("_", "-"))

    def at(self, place: Place) -> tuple[Param, ...]:
        return tuple(param for param in self.parameters if param.place is place)
