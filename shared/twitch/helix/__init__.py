"""Helix, Twitch's web API: a table of calls, pure functions that build and read them, and one transport that sends.

    families/          the rows of the table, by group, each with the models of its answers
    endpoints          what a row is made of; parameters: the words that rows are written in
    signatures         the methods that a row has; methods: those methods, made; stubs: their types, written
    kinds              whether an argument is what its annotation says
    arguments, calls   from arguments to requests, from answers to records
    calling, pages     how a method is carried out
    transport          what is sent; limiter and bucket: when

Names are imported when they are first used (lazily.py).
"""

from typing import TYPE_CHECKING

from twitch.lazily import lazily

if TYPE_CHECKING:
    from twitch.helix.calling import Items as Items
    from twitch.helix.calls import RateReading as RateReading
    from twitch.helix.calls import Reply as Reply
    from twitch.helix.calls import Request as Request
    from twitch.helix.calls import build_request as build_request
    from twitch.helix.calls import read_response as read_response
    from twitch.helix.endpoints import Auth as Auth
    from twitch.helix.endpoints import Bucket as Bucket
    from twitch.helix.endpoints import Endpoint as Endpoint
    from twitch.helix.endpoints import Lane as Lane
    from twitch.helix.extension_tokens import ExtensionSigner as ExtensionSigner
    from twitch.helix.extension_tokens import ExtensionToken as ExtensionToken
    from twitch.helix.limiter import BucketKey as BucketKey
    from twitch.helix.limiter import MemoryLimiter as MemoryLimiter
    from twitch.helix.limiter import RateLimiter as RateLimiter
    from twitch.helix.pages import PaginatedRequest as PaginatedRequest
    from twitch.helix.transport import Observe as Observe
    from twitch.helix.transport import Transport as Transport
else:
    __getattr__, __dir__ = lazily(
        __name__,
        {
            "twitch.helix.calling": ("Items",),
            "twitch.helix.calls": (
                "RateReading",
                "Reply",
                "Request",
                "build_request",
                "read_response",
            ),
            "twitch.helix.endpoints": (
                "Auth",
                "Bucket",
                "Endpoint",
                "Lane",
            ),
            "twitch.helix.extension_tokens": (
                "ExtensionSigner",
                "ExtensionToken",
            ),
            "twitch.helix.limiter": (
                "BucketKey",
                "MemoryLimiter",
                "RateLimiter",
            ),
            "twitch.helix.pages": ("PaginatedRequest",),
            "twitch.helix.transport": (
                "Observe",
                "Transport",
            ),
        },
    )
