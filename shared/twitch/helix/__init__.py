"""Helix, Twitch's web API: a table of calls, pure functions that build and read them, and one transport that sends."""

from twitch.helix.calling import Items
from twitch.helix.calls import RateReading, Reply, Request, build_request, read_response
from twitch.helix.endpoints import Auth, Bucket, Endpoint, Lane
from twitch.helix.extension_tokens import ExtensionSigner, ExtensionToken
from twitch.helix.limiter import BucketKey, MemoryLimiter, RateLimiter
from twitch.helix.pages import PaginatedRequest
from twitch.helix.transport import Observe, Transport

__all__ = [
    "Auth",
    "Bucket",
    "BucketKey",
    "Endpoint",
    "ExtensionSigner",
    "ExtensionToken",
    "Items",
    "Lane",
    "MemoryLimiter",
    "Observe",
    "PaginatedRequest",
    "RateLimiter",
    "RateReading",
    "Reply",
    "Request",
    "Transport",
    "build_request",
    "read_response",
]
