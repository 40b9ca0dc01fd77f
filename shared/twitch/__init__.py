"""A client library for Twitch: Helix (`App`), EventSub (`twitch.eventsub`) and OAuth (`twitch.oauth`)."""

from twitch.addresses import Addresses
from twitch.api import AppAPI, UserAPI
from twitch.app import App
from twitch.errors import (
    AuthFailure,
    BadRequest,
    ClientException,
    ConduitNotFound,
    Conflict,
    ConnectionClosed,
    DecodeError,
    Forbidden,
    HandlerNameError,
    HostingError,
    HTTPException,
    NotFound,
    RateLimited,
    ShardError,
    ShardNotFound,
    TokenError,
    TwitchException,
    TwitchServerError,
    Unauthorized,
    Unreachable,
)
from twitch.tokens import AppTokenSource, TokenPair, TokenSource

__all__ = [
    "Addresses",
    "App",
    "AppAPI",
    "AppTokenSource",
    "AuthFailure",
    "BadRequest",
    "ClientException",
    "ConduitNotFound",
    "Conflict",
    "ConnectionClosed",
    "DecodeError",
    "Forbidden",
    "HTTPException",
    "HandlerNameError",
    "HostingError",
    "NotFound",
    "RateLimited",
    "ShardError",
    "ShardNotFound",
    "TokenError",
    "TokenPair",
    "TokenSource",
    "TwitchException",
    "TwitchServerError",
    "Unauthorized",
    "Unreachable",
    "UserAPI",
]
