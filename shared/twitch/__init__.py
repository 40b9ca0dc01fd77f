"""A client library for Twitch: Helix (`App`), EventSub (`twitch.eventsub`) and OAuth (`twitch.oauth`).

Names are imported when they are first used (lazily.py).
"""

from typing import TYPE_CHECKING

from twitch.lazily import lazily

if TYPE_CHECKING:
    from twitch.addresses import Addresses as Addresses
    from twitch.api import AppAPI as AppAPI
    from twitch.api import UserAPI as UserAPI
    from twitch.app import App as App
    from twitch.errors import AuthFailure as AuthFailure
    from twitch.errors import BadRequest as BadRequest
    from twitch.errors import ClientException as ClientException
    from twitch.errors import ConduitNotFound as ConduitNotFound
    from twitch.errors import Conflict as Conflict
    from twitch.errors import ConnectionClosed as ConnectionClosed
    from twitch.errors import DecodeError as DecodeError
    from twitch.errors import Forbidden as Forbidden
    from twitch.errors import HandlerNameError as HandlerNameError
    from twitch.errors import HostingError as HostingError
    from twitch.errors import HTTPException as HTTPException
    from twitch.errors import NotFound as NotFound
    from twitch.errors import RateLimited as RateLimited
    from twitch.errors import ShardError as ShardError
    from twitch.errors import ShardNotFound as ShardNotFound
    from twitch.errors import TokenError as TokenError
    from twitch.errors import TwitchException as TwitchException
    from twitch.errors import TwitchServerError as TwitchServerError
    from twitch.errors import Unauthorized as Unauthorized
    from twitch.errors import Unreachable as Unreachable
    from twitch.helix.pages import PaginatedRequest as PaginatedRequest
    from twitch.models import *  # noqa: F403  each model is a public name
    from twitch.token_files import FileTokenStore as FileTokenStore
    from twitch.tokens import AppTokenSource as AppTokenSource
    from twitch.tokens import TokenPair as TokenPair
    from twitch.tokens import TokenSource as TokenSource
    from twitch.tokens import TokenStore as TokenStore
    from twitch.validation import Validity as Validity
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "twitch.addresses": ("Addresses",),
            "twitch.api": ("AppAPI", "UserAPI"),
            "twitch.app": ("App",),
            "twitch.errors": (
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
                "TwitchException",
                "TwitchServerError",
                "Unauthorized",
                "Unreachable",
            ),
            "twitch.helix.pages": ("PaginatedRequest",),
            "twitch.token_files": ("FileTokenStore",),
            "twitch.tokens": ("AppTokenSource", "TokenPair", "TokenSource", "TokenStore"),
            "twitch.validation": ("Validity",),
        },
        submodules=(
            "addresses",
            "api",
            "app",
            "errors",
            "eventsub",
            "ext",
            "helix",
            "models",
            "oauth",
            "tokens",
            "utils",
        ),
        rest="twitch.models",
    )
