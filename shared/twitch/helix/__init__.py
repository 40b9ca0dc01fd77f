"""Helix, Twitch's web API: a table of calls, pure functions that build and read them, and one transport that sends."""

from twitch.helix.calls import RateReading, Reply, Request, build_request, read_response
from twitch.helix.endpoints import ENDPOINTS, Auth, Bucket, Endpoint, Lane
from twitch.helix.limiter import BucketKey, MemoryLimiter, RateLimiter
from twitch.helix.pages import PaginatedRequest
from twitch.helix.transport import Observe, Transport

__all__ = [
    "ENDPOINTS",
    "Auth",
    "Bucket",
    "BucketKey",
    "Endpoint",
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
