"""What can go wrong, as one tree. Every error says whether trying again later can help: ``error.transient``.

    TwitchException
    ├── ClientException              this side, or the app's credentials
    │   ├── AuthFailure              Twitch refused the client id or secret                    permanent
    │   ├── TokenError               a user's token is gone for good: the user must log in     permanent
    │   ├── ConnectionClosed         a socket ended for a reason that reopening can't mend     permanent
    │   ├── ShardError               Twitch refused to bind a shard                            as said
    │   │   └── ShardNotFound        the conduit has no such shard                             permanent
    │   ├── ConduitNotFound          the client id has no such conduit                         permanent
    │   ├── DecodeError              a payload that doesn't fit its type                       permanent
    │   ├── HandlerNameError         a handler name that no event has                          permanent
    │   └── HostingError             a program that can't be hosted                            permanent
    ├── HTTPException                Twitch answered, and not with success: ``status``, ``message``
    │   ├── BadRequest               400                                                       permanent
    │   ├── Unauthorized             401, also after the token was renewed                     permanent
    │   ├── Forbidden                403                                                       permanent
    │   ├── NotFound                 404                                                       permanent
    │   ├── Conflict                 409, ``existing_id`` is what stands in the way            permanent
    │   ├── RateLimited              429, ``kind``: bucket (transient) or other (permanent)
    │   └── TwitchServerError        5xx                                                       transient
    └── Unreachable                  no answer came; the request may have been carried out     transient

No error carries a token or a secret. Status codes and their meaning: https://dev.twitch.tv/docs/api/guide/
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twitch.http import Answer


class TwitchException(Exception):
    """Anything that this library raises on its own account."""

    @property
    def transient(self) -> bool:
        """True if the same call can succeed later without anybody changing anything."""
        return False


class ClientException(TwitchException):
    """Something on this side of the wire, or about the app's own credentials."""


class AuthFailure(ClientException):
    """Twitch refused the client id or the client secret. No retry helps."""


class TokenError(ClientException):
    """A user's token can't be used or renewed any more; the user has to authorise the app again."""

    def __init__(self, message: str, *, user_id: str | None = None) -> None:
        super().__init__(message)
        self.user_id = user_id


class ConnectionClosed(ClientException):
    """A socket was closed for a reason that a new socket would meet again. ``code`` is the WebSocket close code."""

    def __init__(self, message: str, *, code: int | None = None) -> None:
        super().__init__(message)
        self.code = code


class ShardError(ClientException):
    """Twitch took the request and refused one shard of it (``errors[]`` of Update Conduit Shards)."""

    def __init__(self, message: str, *, shard_id: str, code: str = "", transient: bool = False) -> None:
        super().__init__(message)
        self.shard_id = shard_id
        self.code = code
        self._transient = transient

    @property
    def transient(self) -> bool:
        return self._transient


class ShardNotFound(ShardError):
    """The conduit has no shard of this id."""


class ConduitNotFound(ClientException):
    """The client id has no conduit of this id."""


class DecodeError(ClientException):
    """A payload doesn't fit the type that it names. ``type`` and ``version`` are empty where it names none."""

    def __init__(self, message: str, *, type: str = "", version: str = "") -> None:  # noqa: A002  Twitch's own word
        super().__init__(message)
        self.type = type
        self.version = version


class HandlerNameError(ClientException, TypeError):
    """A method looks like a handler, and nothing will ever call it."""


class HostingError(ClientException):
    """The program does something at import that a hosted program can't do."""


class HTTPException(TwitchException):
    """Twitch answered with an error.

    ``status`` is the HTTP status, ``message`` Twitch's own words (don't decide by them: Twitch changes them),
    ``endpoint`` the name of the call and ``method`` its HTTP method. ``response`` is what came back, None where an error
    was not made from an answer.
    """

    response: "Answer | None" = None

    def __init__(self, status: int, message: str, *, endpoint: str = "", method: str = "") -> None:
        super().__init__(status, message, endpoint, method)
        self.status = status
        self.message = message
        self.endpoint = endpoint
        self.method = method

    def __str__(self) -> str:
        return f"{self.endpoint or 'Twitch'}: {self.status} {self.message}".rstrip()

    @property
    def text(self) -> str:
        """Twitch's own words; the same as ``message``."""
        return self.message

    @property
    def code(self) -> int:
        """What Twitch's error body has for a code, which is the HTTP status once more."""
        return self.status

    @property
    def headers(self) -> Mapping[str, str]:
        """Headers of the answer, names in lower case."""
        return self.response.headers if self.response is not None else {}

    def is_client_error(self) -> bool:
        """4xx: the request is at fault."""
        return 400 <= self.status < 500

    def is_server_error(self) -> bool:
        """5xx: Twitch is."""
        return self.status >= 500


class BadRequest(HTTPException):
    """400: a parameter is missing or wrong."""


class Unauthorized(HTTPException):
    """401: the token is missing, dead, of the wrong kind or without the scope."""


class Forbidden(HTTPException):
    """403: the token is valid and that's not enough."""


class NotFound(HTTPException):
    """404: there is no such thing, or it isn't this client's."""


class Conflict(HTTPException):
    """409: it exists already. ``existing_id`` is the id that Twitch named, None where it named none."""

    def __init__(
        self, status: int, message: str, *, endpoint: str = "", method: str = "", existing_id: str | None = None
    ) -> None:
        super().__init__(status, message, endpoint=endpoint, method=method)
        self.existing_id = existing_id


class RateLimitKind(StrEnum):
    """Which of Twitch's limits a 429 speaks of."""

    BUCKET = "bucket"
    """The points of the token are used up; they come back at the reset."""
    OTHER = "other"
    """Another limit (conduits of a client, equal subscriptions, …): waiting for the reset doesn't help."""


class RateLimited(HTTPException):
    """429. ``reset_at`` is the Unix time in seconds at which the bucket is full again, None where Twitch didn't say."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        endpoint: str = "",
        method: str = "",
        kind: RateLimitKind = RateLimitKind.BUCKET,
        reset_at: float | None = None,
    ) -> None:
        super().__init__(status, message, endpoint=endpoint, method=method)
        self.kind = kind
        self.reset_at = reset_at

    @property
    def transient(self) -> bool:
        return self.kind is RateLimitKind.BUCKET


class TwitchServerError(HTTPException):
    """5xx: Twitch's own trouble."""

    @property
    def transient(self) -> bool:
        return True


class Unreachable(TwitchException):
    """No answer: no route, no name, a broken connection or a timeout. What was sent may have been carried out."""

    @property
    def transient(self) -> bool:
        return True


BY_STATUS: dict[int, type[HTTPException]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: RateLimited,
}


def error_class(status: int) -> type[HTTPException]:
    """The class for an HTTP status."""
    return BY_STATUS.get(status, TwitchServerError if status >= 500 else HTTPException)


def may_pass(error: TwitchException) -> bool:
    """Whether waiting is better than giving up what runs: a limit of Twitch's ends some time, whichever it is."""
    return error.transient or isinstance(error, RateLimited)
