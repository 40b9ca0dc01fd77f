"""The admin API: nothing without the token, and with it the fleet as it stands in Redis."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import ClientSession
from redis.asyncio import Redis

from coordinator.admin import api
from coordinator.ledger import Ledger
from coordinator.reconcile import Phase, ShardRecord
from coordinator.term import Term, Write
from coordinator.wanted_count import read_by_hand, set_by_hand
from fleet.connection import connect
from fleet.keys import Keys
from fleet.reports import Report, ReportedSession, encode
from fleet.scripts import Scripts
from fleet.settings import Secret, Settings
from fleet.web import serving
from twitch.ids import SessionId

TOKEN = "the admin's token"
S1 = SessionId("s1")


@pytest.fixture
async def http() -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def url(settings: Settings, redis: Redis) -> AsyncIterator[str]:
    app = api(replace(settings, admin_token=Secret(TOKEN)), redis, Scripts(redis))
    async with serving(app, "127.0.0.1", 0) as port:
        yield f"http://127.0.0.1:{port}/api/fleet"


async def fleet(http: ClientSession, url: str) -> dict[str, object]:
    async with http.get(url, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 200
        found: dict[str, object] = await response.json()
        return found


async def report(redis: Redis, keys: Keys, worker: str, document: bytes) -> None:
    await Scripts(redis).report(
        keys=[keys.workers, keys.alive(worker), keys.report(worker)],
        args=[
            *(worker, "life", 60_000, "life:1", document, "", keys.rep_wake),
            *(keys.assigned(worker), keys.leader, keys.incarnation, keys.pace),
        ],
    )


@pytest.mark.parametrize(
    "authorization", [None, "", "Bearer ", "Bearer wrong", TOKEN, f"bearer {TOKEN}", f"Bearer {TOKEN}x", "Bearer é"]
)
async def test_without_the_token_nothing_is_told(http: ClientSession, url: str, authorization: str | None) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    for each in (url, url.replace("fleet", "anything")):
        async with http.get(each, headers=headers) as response:
            assert response.status == 401
            assert await response.json() == {"error": "send FLEET_ADMIN_TOKEN as a bearer token"}


def test_no_token_no_api(settings: Settings, redis: Redis) -> None:
    with pytest.raises(AssertionError, match="no token, no API"):
        api(settings, redis, Scripts(redis))


async def test_a_fleet_that_has_just_begun(http: ClientSession, url: str) -> None:
    found = await fleet(http, url)
    assert isinstance(found.pop("now_ms"), int)
    assert found == {
        "leader": None,
        "conduit": None,
        "workers": [],
        "shards": [],
        "counts": {"workers": 0, "shards": {}, "subscriptions": {}},
    }


async def test_a_conduit_that_is_being_made_is_none_yet(http: ClientSession, url: str, term: Term, keys: Keys) -> None:
    await term.commit(Write.hset(keys.conduit, making=""))
    assert (await fleet(http, url))["conduit"] is None


async def test_a_fleet_at_work(http: ClientSession, url: str, term: Term, redis: Redis, keys: Keys) -> None:
    session = ReportedSession(S1, 0, 5, 1)
    await report(
        redis, keys, "w1", encode(Report(incarnation="i", active=True, capacity=9, sessions=(session,), rate=2.5))
    )
    await report(redis, keys, "w2", encode(Report(incarnation="i", active=False, capacity=9)))
    await redis.delete(keys.alive("w2"))
    records = {0: ShardRecord(Phase.BOUND, 1, "w1", 5, S1, "w1"), 1: ShardRecord(Phase.DARK, 2, "w1", 6)}
    await Ledger(term).write(records, ["w1", "w2"], openings=1, active=1, now_ms=1)
    await term.commit(
        Write.hset(keys.conduit, id="c", shard_count=2, created=1),
        Write.hset(keys.subscriptions, one='{"status":"enabled"}', two="{}"),
    )
    found = await fleet(http, url)
    assert found["leader"] == {"holder": "c1", "epoch": term.epoch}
    assert found["conduit"] == {
        "id": "c",
        "created": "1",
        "shard_count": 2,
        "wanted": 2,
        "wanted_by": "",
        "bound": 1,
        "opened_ahead": 0,
        "lingering": 0,
        "waits": "",
    }
    assert found["workers"] == [
        {
            "worker": "w1",
            "heard": True,
            "phase": "active",
            "capacity": 9,
            "events_per_second": 2.5,
            "shards": 1,
            "sessions": [{"session": "s1", "shard": 0, "epoch": 5}],
        },
        {
            "worker": "w2",
            "heard": False,
            "phase": "draining",
            "capacity": 9,
            "events_per_second": 0.0,
            "shards": 0,
            "sessions": [],
        },
    ]
    assert found["shards"] == [
        {"shard": 0, "phase": "bound", "since_ms": 1, "worker": "w1", "epoch": 5, "session": "s1", "holder": "w1"},
        {"shard": 1, "phase": "dark", "since_ms": 2, "worker": "w1", "epoch": 6, "session": "", "holder": ""},
    ]
    assert found["counts"] == {
        "workers": 2,
        "shards": {"bound": 1, "dark": 1},
        "subscriptions": {"enabled": 1, "unknown": 1},
    }


# -- the shard count


async def set_count(http: ClientSession, url: str, body: object) -> tuple[int, dict[str, object]]:
    url = url.replace("fleet", "conduit")
    async with http.post(url, json=body, headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        return response.status, await response.json()


async def with_a_worker(redis: Redis, keys: Keys, capacity: int, name: str = "w1", *, active: bool = True) -> None:
    await report(redis, keys, name, encode(Report(incarnation="i", active=active, capacity=capacity)))


async def test_a_count_is_recorded_for_whoever_leads_and_shown_beside_what_there_is(
    http: ClientSession, url: str, term: Term, redis: Redis, keys: Keys
) -> None:
    await with_a_worker(redis, keys, 9)
    records = {
        0: ShardRecord(Phase.BOUND, 1, "w1", 5, S1, "w1"),
        1: ShardRecord(Phase.DARK, 2, "w1", 6),
        2: ShardRecord(Phase.OPENING, 2, "w1", 6),
    }
    await Ledger(term).write(records, ["w1"], openings=1, active=1, now_ms=1)
    await term.commit(
        Write.hset(keys.conduit, id="c", shard_count=2, created=0, wanted=2, wanted_by="load", waits="a reason")
    )

    assert await set_count(http, url, {"shard_count": 9}) == (202, {"shard_count": 2, "by_hand": 9})

    assert await read_by_hand(redis, keys) == 9
    found = await fleet(http, url)
    assert found["conduit"] == {
        "id": "c",
        "created": "0",
        "shard_count": 2,
        "wanted": 9,
        "wanted_by": "hand",
        "bound": 1,
        "opened_ahead": 1,
        "lingering": 0,
        "waits": "a reason",
    }
    assert found["counts"]["shards"] == {"bound": 1, "dark": 1}  # type: ignore[index] # JSON


async def test_a_count_can_be_set_before_there_is_a_conduit(
    http: ClientSession, url: str, redis: Redis, keys: Keys
) -> None:
    await with_a_worker(redis, keys, 9)
    assert await set_count(http, url, {"shard_count": 3}) == (202, {"shard_count": None, "by_hand": 3})


async def test_a_count_that_was_set_is_given_back_with_null(
    http: ClientSession, url: str, redis: Redis, keys: Keys
) -> None:
    await set_by_hand(redis, keys, 7, 1)
    assert await set_count(http, url, {"shard_count": None}) == (202, {"shard_count": None, "by_hand": None})
    assert await read_by_hand(redis, keys) is None


async def test_what_the_active_workers_cannot_hold_is_refused_and_nothing_recorded(
    http: ClientSession, url: str, redis: Redis, keys: Keys
) -> None:
    await with_a_worker(redis, keys, 9)
    await with_a_worker(redis, keys, 100, "leaving", active=False)
    await with_a_worker(redis, keys, 100, "dead")
    await redis.delete(keys.alive("dead"))

    status, answer = await set_count(http, url, {"shard_count": 10})

    assert status == 400
    assert answer == {
        "error": "shard_count is 10; the 1 active workers hold 9 shards at most (FLEET_WORKER_CAPACITY each):"
        " start more workers first"
    }
    assert await read_by_hand(redis, keys) is None


@pytest.mark.parametrize("count", [0, -1, 20_001, 1.0, "4", True, [4]])
async def test_what_is_no_count_is_refused(http: ClientSession, url: str, count: object) -> None:
    status, answer = await set_count(http, url, {"shard_count": count})
    assert status == 400
    assert answer == {
        "error": "shard_count must be a whole number from 1 to 20000, or null to give it back to the settings"
    }


@pytest.mark.parametrize("body", [None, [], 4, {}, {"shards": 4}, {"shard_count": 4, "force": True}])
async def test_what_does_not_say_a_count_is_refused(http: ClientSession, url: str, body: object) -> None:
    status, answer = await set_count(http, url, body)
    assert status == 400
    assert "shard_count" in str(answer["error"])


async def test_a_report_that_this_build_cannot_read_hides_nothing_else(
    http: ClientSession, url: str, redis: Redis, keys: Keys
) -> None:
    await report(redis, keys, "w1", b'{"version":9}')
    found = await fleet(http, url)
    assert found["workers"] == [{"worker": "w1", "heard": True, "phase": "unknown", "shards": 0, "sessions": []}]


async def test_while_redis_is_away_it_says_so(http: ClientSession, settings: Settings) -> None:
    nowhere = connect(replace(settings, redis_url=Secret("redis://:hunter2@127.0.0.1:1/0")))
    app = api(replace(settings, admin_token=Secret(TOKEN)), nowhere, Scripts(nowhere))
    async with (
        serving(app, "127.0.0.1", 0) as port,
        http.get(f"http://127.0.0.1:{port}/api/fleet", headers={"Authorization": f"Bearer {TOKEN}"}) as response,
    ):
        assert response.status == 503
        said = (await response.json())["error"]
        assert said.startswith("Redis does not answer: ConnectionError")
        assert "hunter2" not in said
    await nowhere.aclose()


async def test_what_cant_be_read_hides_nothing_else(
    http: ClientSession, url: str, term: Term, redis: Redis, keys: Keys
) -> None:
    await Ledger(term).write(
        {0: ShardRecord(Phase.BOUND, 1, "w1", 5, S1, "w1")}, ["w1"], openings=1, active=1, now_ms=1
    )
    await redis.hset(keys.shards, mapping={"1": "{", "x": "{}"})  # type: ignore[misc] # typed for both clients
    await redis.hset(keys.subscriptions, mapping={"a": "{", "b": "[]", "c": b"\xff", "d": '{"status":"enabled"}'})  # type: ignore[misc]
    await redis.sadd(keys.workers, b"\xff")  # type: ignore[misc] # typed for both clients
    found: Any = await fleet(http, url)
    assert [each["shard"] for each in found["shards"]] == [0]
    assert found["counts"]["subscriptions"] == {"unknown": 3, "enabled": 1}
    assert [each["phase"] for each in found["workers"]] == ["unknown"]
