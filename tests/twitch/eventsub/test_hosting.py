"""A program that was written to run by itself is imported, and nothing of it runs until a host says so."""

import asyncio
from typing import Any

import pytest

from tests.programs import LIVE_ALERT
from twitch import errors
from twitch.eventsub import ClientApp, Event, Metadata
from twitch.eventsub.hosting import hosted
from twitch.eventsub.types import SubscriptionRequest
from twitch.models import Subscription

ONLINE = {
    "subscription": {
        "id": "s1",
        "status": "enabled",
        "type": "stream.online",
        "version": "1",
        "cost": 1,
        "condition": {"broadcaster_user_id": "1337"},
        "transport": {"method": "conduit", "conduit_id": "c1"},
        "created_at": "2026-10-11T10:11:12.634234626Z",
    },
    "event": {
        "id": "9001",
        "broadcaster_user_id": "1337",
        "broadcaster_user_login": "cool_user",
        "broadcaster_user_name": "Cool_User",
        "type": "live",
        "started_at": "2026-10-11T10:11:12.123456789Z",
    },
}


class User:
    def __init__(self, user_id: str) -> None:
        self.id = user_id


class RecordingHost:
    """Answers everything from memory and remembers what it was asked."""

    def __init__(self) -> None:
        self.added: list[tuple[str, str | None]] = []
        self.requests: list[SubscriptionRequest] = []

    @property
    def application(self) -> Any:
        raise NotImplementedError

    async def add_user(self, access_token: str, refresh_token: str | None) -> Any:
        self.added.append((access_token, refresh_token))
        return User("1337")

    async def remove_user(self, user_id: str) -> None: ...

    def get_user(self, user_id: str) -> Any: ...

    async def subscribe(self, request: SubscriptionRequest) -> Subscription:
        self.requests.append(request)
        return Subscription(id="s1", type=request.type, version=request.version, condition=request.condition)

    async def unsubscribe(self, subscription_id: str) -> None: ...

    async def subscriptions(self) -> list[Subscription]:
        return []


def test_the_pages_program_is_imported_without_running() -> None:
    program: dict[str, Any] = {}
    with hosted() as recorded:
        exec(compile(LIVE_ALERT, "live_alert.py", "exec"), program)
    (run,) = recorded.runs
    assert run.client is program["alerts"]
    assert run.conduit_id == "CONDUIT_ID"
    assert run.client.handled_types() == {("stream.online", "1")}


async def test_a_host_makes_it_ready_and_hands_it_events(capsys: pytest.CaptureFixture[str]) -> None:
    program: dict[str, Any] = {}
    with hosted():
        exec(compile(LIVE_ALERT, "live_alert.py", "exec"), program)
    client: ClientApp = program["alerts"]
    host = RecordingHost()
    client.attach(host)
    await client.ready()
    assert client.is_ready()
    assert host.added == [("STREAMER_TOKEN", "STREAMER_REFRESH")]
    assert host.requests == [SubscriptionRequest("stream.online", "1", {"broadcaster_user_id": "1337"})]
    metadata = Metadata.of("m1", timestamp="2026-10-11T10:11:12.634234626Z", type="stream.online", version="1")
    await client.handle(Event.from_payload(ONLINE, metadata=metadata))
    assert capsys.readouterr().out == "Cool_User is now live!\n"


async def test_start_is_recorded_too() -> None:
    client = ClientApp("id", "secret")
    with hosted() as recorded:
        await client.start("c1")
    assert [run.conduit_id for run in recorded.runs] == ["c1"]


async def nothing() -> None: ...


def test_a_bare_loop_is_refused_in_one_sentence() -> None:
    with hosted(), pytest.raises(errors.HostingError, match=r"^asyncio\.run can't run inside a fleet"):
        asyncio.run(nothing())
    with hosted(), asyncio.Runner() as runner, pytest.raises(errors.HostingError):
        runner.run(nothing())


def test_loops_work_again_afterwards() -> None:
    with pytest.raises(ZeroDivisionError), hosted():
        raise ZeroDivisionError
    asyncio.run(nothing())


def test_using_the_client_before_it_runs_says_when_to() -> None:
    client = ClientApp("id", "secret")
    with pytest.raises(errors.ClientException, match="isn't running"):
        _ = client.eventsub
    assert "secret" not in repr(client)
