"""What tests share: a real redis-server for each test process, and keys of its own for each test."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Iterator

import pytest
import redis_model.client
import structlog
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from redis.asyncio import Redis

from fleet.embedded import RedisServer, redis_server
from fleet.settings import Secret, Settings

# How fast examples are made says something of the machine, and of what else runs there.
hypothesis_settings.register_profile("anywhere", suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("anywhere")


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    """A redis-server: one for each test process, so tests must not flush it or stop it."""
    with redis_server() as running:
        yield running


@pytest.fixture
def namespace() -> str:
    """Keys of this test alone."""
    return f"test-{secrets.token_hex(4)}"


@pytest.fixture
def settings(server: RedisServer, namespace: str) -> Settings:
    """Settings that point at the test's Redis and namespace, with clocks fast enough for a test."""
    return Settings(
        redis_url=Secret(server.url),
        namespace=namespace,
        client_id="client",
        client_secret=Secret("secret"),
        http_host="127.0.0.1",
        http_port=0,
        admin_port=0,
        heartbeat_seconds=0.1,
        member_ttl_seconds=0.8,
        lease_ttl_seconds=1.5,
        listing_seconds=2.0,
    )


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    """A client of the test's Redis."""
    client = Redis.from_url(server.url)
    yield client
    await client.aclose()


@pytest.fixture(params=["redis-server", "model"])
async def either_redis(request: pytest.FixtureRequest) -> AsyncIterator[Redis]:
    """A client of the test's Redis, and one of the simulation's model of it: what holds for one holds for the other."""
    if request.param == "model":
        client = redis_model.client.client(redis_model.client.model())
    else:
        client = Redis.from_url(request.getfixturevalue("server").url)
    yield client
    await client.aclose()


@pytest.fixture(autouse=True)
def _quiet_logs() -> Iterator[None]:
    """structlog's default prints to stdout; pytest shows what logging captured."""
    structlog.configure(logger_factory=structlog.stdlib.LoggerFactory(), wrapper_class=structlog.stdlib.BoundLogger)
    yield
    structlog.reset_defaults()
