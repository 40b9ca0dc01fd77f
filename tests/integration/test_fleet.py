"""The fleet as an operator runs it: real processes, a real Redis, the simulated Twitch, and what goes wrong in production."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import aiohttp
import orjson
import pytest
from redis.asyncio import Redis

from fleet import embedded
from fleet.demo import processes
from fleet.demo.children import Child, Children, logged, printed
from fleet.demo.pages import Page, parse, total
from fleet.demo.tally import Kill
from fleet.demo.watch import Watch
from fleet.embedded import RedisServer
from fleet.keys import Keys

pytestmark = pytest.mark.process

T = TypeVar("T")

SECONDS = 60.0
"""Bound of every wait: generous, since the machine may be busy with other tests."""
ADMIN_TOKEN = "admin-token"
SHARDS = 4
RATE = 200


@dataclass
class Fleet:
    """Processes of one namespace around one simulator."""

    children: Children
    redis_url: str
    namespace: str
    simulator_url: str
    http: aiohttp.ClientSession
    urls: dict[str, str] = field(default_factory=dict)
    admin_urls: dict[str, str] = field(default_factory=dict)

    @property
    def settings(self) -> dict[str, str]:
        """Of every process: clocks fast enough for a test."""
        return {
            "TWITCH_API_URL": f"{self.simulator_url}/helix",
            "TWITCH_AUTH_URL": f"{self.simulator_url}/oauth2",
            "TWITCH_EVENTSUB_URL": f"{self.simulator_url.replace('http', 'ws', 1)}/ws",
            "REDIS_URL": self.redis_url,
            "FLEET_NAMESPACE": self.namespace,
            "FLEET_SHARDS_MIN": str(SHARDS),
            "FLEET_HTTP_HOST": "127.0.0.1",
            "FLEET_HTTP_PORT": "0",
            "FLEET_LOG_FORMAT": "json",
            "FLEET_HEARTBEAT_SECONDS": "0.3",
            "FLEET_MEMBER_TTL_SECONDS": "1.5",
            "FLEET_LEASE_TTL_SECONDS": "2",
            "FLEET_LISTING_SECONDS": "2",
        }

    async def coordinator(self, name: str = "coordinator", **settings: str) -> Child:
        """Starts one; it listens when this returns."""
        own = {
            "TWITCH_CLIENT_ID": "client",
            "TWITCH_CLIENT_SECRET": "right",
            "FLEET_ADMIN_PORT": "0",
            "FLEET_ADMIN_TOKEN": ADMIN_TOKEN,
        }
        child = self.children.start(name, processes.coordinator_command(), self.settings | own | settings)
        self.admin_urls[name] = await self._address(child, "admin.listening", "port")
        self.urls[name] = await self._address(child, "coordinator.started", "http_port")
        return child

    async def worker(self, name: str, **settings: str) -> Child:
        """Starts one; it listens when this returns."""
        own = {"FLEET_WORKER_ID": name}
        child = self.children.start(name, processes.worker_command(), self.settings | own | settings)
        self.urls[name] = await self._address(child, "worker.started", "http_port")
        return child

    async def _address(self, child: Child, event: str, fact: str) -> str:
        return f"http://127.0.0.1:{await self.children.said(child, logged(event, fact), SECONDS)}"

    async def page(self, name: str, page: str) -> tuple[int, str]:
        async with self.http.get(f"{self.urls[name]}/{page}") as answer:
            return answer.status, (await answer.text()).strip()

    async def metrics(self, name: str) -> Page:
        return parse((await self.page(name, "metrics"))[1])

    async def until_ready(self, *names: str) -> None:
        for name in names:
            await until(partial(self._is_ready, name))

    async def until_bound(self) -> None:
        """Waits until every shard has a session at Twitch, and the leader knows."""

        async def bound() -> bool:
            phases: dict[str, int] = (await self.state())["counts"]["shards"]
            return phases == {"bound": SHARDS}

        await until(bound)
        assert set(await self.sessions()) == {str(shard) for shard in range(SHARDS)}

    async def until_spread(self, workers: int) -> None:
        """Waits until so many workers hold the same number of shards each."""

        async def spread() -> bool:
            shards = (await self.state())["shards"]
            holders = Counter(shard["holder"] for shard in shards if shard["phase"] == "bound")
            return len(holders) == workers and set(holders.values()) == {SHARDS // workers}

        await until(spread)

    async def _is_ready(self, name: str) -> bool:
        return (await self.page(name, "readyz"))[0] == 200

    async def not_ready_because(self, name: str, words: str) -> str:
        """Waits until /readyz says `words`; returns the sentence."""

        async def says() -> str:
            status, text = await self.page(name, "readyz")
            return text if status == 503 and words in text else ""

        return await until(says)

    async def control(self, method: str, order: str, body: Any = None) -> Any:
        data = None if body is None else orjson.dumps(body)
        async with self.http.request(method, f"{self.simulator_url}/control/{order}", data=data) as answer:
            assert answer.status == 200, await answer.text()
            return orjson.loads(await answer.read())

    async def state(self, name: str = "") -> Any:
        """The admin API's picture, from one coordinator; the first, unless it is named."""
        name = name or next(iter(self.admin_urls))
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        async with self.http.get(f"{self.admin_urls[name]}/api/fleet", headers=headers) as answer:
            return orjson.loads(await answer.read())

    async def post(self, path: str, body: Any, name: str = "") -> tuple[int, Any]:
        """What the admin API of one coordinator answers; the first's, unless it is named."""
        url = f"{self.admin_urls[name or next(iter(self.admin_urls))]}/api/{path}"
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        async with self.http.post(url, data=orjson.dumps(body), headers=headers) as answer:
            return answer.status, orjson.loads(await answer.read())

    async def until_resized(self, count: int) -> None:
        """Waits until the conduit has so many shards, all of them bound, and Twitch lists none above them."""

        async def resized() -> bool:
            conduit = (await self.state())["conduit"]
            return bool(
                (conduit["shard_count"], conduit["bound"], conduit["wanted"]) == (count, count, count)
                and conduit["opened_ahead"] == conduit["lingering"] == 0
                and set(await self.sessions()) == {str(shard) for shard in range(count)}
            )

        await until(resized)

    async def sessions(self) -> dict[str, str]:
        """Shard → session, as Twitch has it."""
        sockets = (await self.control("GET", "sockets"))["sockets"]
        return {shard["shard"]: each["session_id"] for each in sockets for shard in each["shards"]}

    async def parked(self) -> float:
        """Shards that the first coordinator has parked so far."""
        page = await self.metrics(next(iter(self.admin_urls)))
        return total([page], "conduit_shards_moved_total", reason="parked")

    async def kill(self, worker: Child) -> Kill:
        """Kills a worker with SIGKILL; returns what that explains."""

        async def sessions() -> set[str]:
            workers = (await self.state())["workers"]
            own = [each["sessions"] for each in workers if each["worker"].rpartition("-")[0] == worker.name]
            return {session["session"] for each in own for session in each}

        before = await sessions()
        self.children.kill(worker)
        at_ms = time.time() * 1000
        return Kill(frozenset(before | await sessions()), at_ms)  # one may have been reported in between

    @asynccontextmanager
    async def counted_traffic(self, rate: int = RATE, kills: Sequence[Kill] = ()) -> AsyncIterator[Watch]:
        """Traffic for the length of a block; then everything that was written to a socket is in a stream, once.

        kills: those of the block; what they explain may be missing.
        """
        async with Redis.from_url(self.redis_url) as redis:
            watch = Watch(self.http, redis, Keys(self.namespace), self.simulator_url, "", "")
            await self.control("POST", "traffic", {"rate": rate, "channels": 20, "subscribe": True})
            await flows(watch, rate // 2)
            yield watch
            await self.control("DELETE", "traffic")

            async def all_arrived() -> bool:
                await watch.count()
                return watch.tally.missing(kills)[0] == 0

            await until(all_arrived, 15)
            assert watch.tally.duplicated == 0
            assert watch.tally.sent == watch.tally.streamed + watch.tally.waiting
            assert watch.tally.streamed > 0


async def until(check: Callable[[], Awaitable[T]], seconds: float = SECONDS) -> T:
    """Polls until what `check` returns is true; returns that."""
    deadline = time.monotonic() + seconds
    while True:
        found = await check()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not come about in time"
        await asyncio.sleep(0.05)


async def flows(watch: Watch, events: int = RATE // 2) -> None:
    """Waits until so many more events have arrived."""
    await watch.count()
    wanted = watch.tally.streamed + events

    async def arrived() -> bool:
        await watch.count()
        return watch.tally.streamed >= wanted

    await until(arrived)


async def ended(child: Child) -> int:
    """The exit code, once it has one."""

    async def code() -> bool:
        return child.process.poll() is not None

    await until(code)
    return int(child.process.returncode)


def log_of(child: Child) -> str:
    return child.log.read_text("utf-8", "replace")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as session:
        yield session


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    """Processes of one test; none outlives it."""
    started = Children(tmp_path, processes.clean(os.environ))
    yield started
    started.kill_all()


@pytest.fixture
async def fleet(server: RedisServer, namespace: str, children: Children, http: aiohttp.ClientSession) -> Fleet:
    """A simulator, and nothing else yet."""
    # Pings as often as a test has patience for: what does not answer them for 10 s is closed.
    command = [*processes.simulator_command(), "--client", "client:right", "--ping-seconds", "2"]
    simulator = children.start("simulator", command, {})
    url = await children.said(simulator, printed(r"^simulator: listening on (http://\S+)$"), SECONDS)
    return Fleet(children, server.url, namespace, url, http)


# -- leaders


async def test_a_standby_takes_over_from_a_killed_leader_and_no_bound_shard_is_disturbed(fleet: Fleet) -> None:
    leader = await fleet.coordinator("first")
    await fleet.worker("worker")
    await fleet.until_bound()
    await fleet.coordinator("second")
    before, bound = await fleet.state("second"), await fleet.sessions()

    async with fleet.counted_traffic() as watch:
        fleet.children.kill(leader)

        async def leads() -> bool:
            return total([await fleet.metrics("second")], "fleet_leader") == 1

        await until(leads)
        await flows(watch, RATE)
        await fleet.until_ready("second")

    after = await fleet.state("second")
    assert after["leader"]["epoch"] > before["leader"]["epoch"]
    assert await fleet.sessions() == bound
    assert {each["shard"]: each["since_ms"] for each in after["shards"]} == {
        each["shard"]: each["since_ms"] for each in before["shards"]
    }
    assert after["conduit"] == before["conduit"]
    assert watch.tally.dropped == 0
    assert (await fleet.control("GET", "state"))["closes"] == {}


async def test_a_worker_without_a_leader_drains_early_and_loses_nothing(fleet: Fleet) -> None:
    leader = await fleet.coordinator()
    worker = await fleet.worker("worker", FLEET_DRAIN_SECONDS="3600")
    await fleet.until_bound()

    async with fleet.counted_traffic():
        fleet.children.kill(leader)
        worker.may_end = True
        worker.process.terminate()

        assert await ended(worker) == 0, log_of(worker)

    assert "no coordinator leads" in log_of(worker)


# -- workers


async def test_a_worker_is_drained_under_traffic_without_a_gap(fleet: Fleet) -> None:
    await fleet.coordinator()
    leaving = await fleet.worker("leaving")
    await fleet.worker("staying")
    await fleet.until_spread(2)

    async with fleet.counted_traffic() as watch:
        leaving.may_end = True
        leaving.process.terminate()

        assert await ended(leaving) == 0, log_of(leaving)
        await flows(watch)

    holders = {each["holder"] for each in (await fleet.state())["shards"]}
    assert {holder.partition("-")[0] for holder in holders} == {"staying"}
    assert watch.tally.dropped == 0, "the new sockets are bound before the old ones let go"


async def test_a_killed_workers_shards_are_parked_and_then_bound_to_sockets_of_their_own(fleet: Fleet) -> None:
    await fleet.coordinator()
    killed = await fleet.worker("killed")
    await fleet.worker("staying")
    await fleet.until_spread(2)
    kills: list[Kill] = []

    async with fleet.counted_traffic(kills=kills) as watch:
        kills.append(await fleet.kill(killed))
        await fleet.until_spread(1)
        await flows(watch)

    assert await fleet.parked() == SHARDS / 2
    assert len(set((await fleet.sessions()).values())) == SHARDS, "no two share a session in the end"


async def test_a_host_of_parked_shards_that_is_killed_in_its_turn_takes_none_with_it(fleet: Fleet) -> None:
    await fleet.coordinator()
    first, second = await fleet.worker("first"), await fleet.worker("second")
    await fleet.until_spread(2)
    await fleet.worker("third")
    await fleet.until_ready("third")
    kills: list[Kill] = []

    async with fleet.counted_traffic(kills=kills) as watch:
        kills.append(await fleet.kill(first))
        await until(fleet.parked)
        kills.append(await fleet.kill(second))
        await fleet.until_spread(1)
        await flows(watch)


async def test_where_shards_are_not_to_be_parked_they_are_reopened(fleet: Fleet) -> None:
    await fleet.coordinator(FLEET_FAILOVER="reopen")
    killed = await fleet.worker("killed")
    await fleet.worker("staying")
    await fleet.until_spread(2)

    await fleet.kill(killed)

    await fleet.until_spread(1)
    assert await fleet.parked() == 0


async def test_a_paused_worker_keeps_its_shards_until_twitch_gives_it_up_and_takes_none_when_it_wakes(
    fleet: Fleet,
) -> None:
    await fleet.coordinator()
    zombie = await fleet.worker("zombie")
    await fleet.worker("other")
    await fleet.until_spread(2)
    bound = await fleet.sessions()

    async def heard() -> set[str]:
        return {each["worker"].rpartition("-")[0] for each in (await fleet.state())["workers"] if each["heard"]}

    async def is_missed() -> bool:
        return await heard() == {"other"}

    async with fleet.counted_traffic(rate=20) as watch:
        zombie.process.send_signal(signal.SIGSTOP)
        await until(is_missed)
        assert await fleet.sessions() == bound, "Twitch still has its sessions, so nothing is taken from it"
        await fleet.until_spread(1)
        zombie.process.send_signal(signal.SIGCONT)
        await fleet.until_spread(2)
        await flows(watch, 20)

    assert set((await fleet.control("GET", "state"))["closes"]) == {"4002"}, "Twitch saw no Pong; nothing else"


async def test_a_reconnect_asked_of_every_socket_under_traffic_loses_nothing(fleet: Fleet) -> None:
    await fleet.coordinator()
    await fleet.worker("worker")
    await fleet.until_bound()
    bound = await fleet.sessions()

    async with fleet.counted_traffic() as watch:
        await fleet.control("POST", "faults", {"fault": "reconnect"})

        async def reconnected() -> bool:
            return total([await fleet.metrics("worker")], "eventsub_reconnects_total", reason="requested") == SHARDS

        await until(reconnected)
        await flows(watch)

    assert await fleet.sessions() == bound, "Twitch keeps the session, and nothing is bound anew"
    assert watch.tally.dropped == 0


async def test_frames_that_make_no_sense_are_counted_and_harm_nothing(fleet: Fleet) -> None:
    await fleet.coordinator()
    await fleet.worker("worker")
    await fleet.until_bound()
    bound = await fleet.sessions()

    async with fleet.counted_traffic():
        for garbage in ("not_json", "not_an_object", "no_metadata", "unknown_type", "empty"):
            await fleet.control("POST", "faults", {"fault": "garbage", "garbage": garbage})

        async def counted() -> bool:
            return total([await fleet.metrics("worker")], "eventsub_disturbances_total") == 5 * SHARDS

        await until(counted)

    assert await fleet.sessions() == bound


async def test_credentials_in_a_workers_environment_are_ignored_with_a_warning(fleet: Fleet) -> None:
    await fleet.coordinator()
    worker = await fleet.worker("worker", TWITCH_CLIENT_ID="client", TWITCH_CLIENT_SECRET="not-for-workers")
    await fleet.until_ready("coordinator", "worker")

    [warning] = [orjson.loads(line) for line in log_of(worker).splitlines() if "credentials.ignored" in line]
    assert warning["variables"] == ["TWITCH_CLIENT_SECRET", "TWITCH_CLIENT_ID"]
    assert "not-for-workers" not in log_of(worker)


# -- the shard count


async def test_the_shard_count_is_set_by_hand_under_traffic_up_and_down_without_a_loss(fleet: Fleet) -> None:
    await fleet.coordinator("first")
    await fleet.coordinator("second")
    await fleet.worker("one")
    await fleet.worker("two")
    await fleet.until_spread(2)

    async with fleet.counted_traffic() as watch:
        for count, asked in ((12, "second"), (4, "first")):
            status, answer = await fleet.post("conduit", {"shard_count": count}, asked)
            assert (status, answer["by_hand"]) == (202, count), answer
            await fleet.until_resized(count)
            await flows(watch)

    sockets = await fleet.control("GET", "state")
    print(f"4 to 12 to 4 at {RATE} events/s: sent={watch.tally.sent} twitch_dropped={watch.tally.dropped}")  # noqa: T201 # shown by pytest -rP
    assert watch.tally.dropped <= watch.tally.sent // 20, "one new shard at a time loses nothing by itself"
    assert sockets["closes"].get("4003", 0) == 0, "what is opened ahead is bound in time"


async def test_a_count_that_cannot_be_had_is_refused_with_the_reason(fleet: Fleet) -> None:
    await fleet.coordinator()
    await fleet.worker("worker", FLEET_WORKER_CAPACITY="9")
    await fleet.until_bound()

    for count, words in (
        (10, "the 1 active workers hold 9 shards at most"),
        (0, "from 1 to 20000"),
        ("4", "a whole number"),
    ):
        status, answer = await fleet.post("conduit", {"shard_count": count})
        assert (status, words in answer["error"]) == (400, True), answer

    assert (await fleet.state())["conduit"]["wanted"] == SHARDS


async def test_a_count_set_by_hand_outlives_the_leader_that_was_carrying_it_out(fleet: Fleet) -> None:
    leader = await fleet.coordinator("first")
    await fleet.worker("worker")
    await fleet.until_bound()
    await fleet.coordinator("second")

    async with fleet.counted_traffic():
        await fleet.post("conduit", {"shard_count": 12}, "second")

        async def has_begun() -> bool:
            return bool((await fleet.state("second"))["conduit"]["shard_count"] > SHARDS)

        await until(has_begun)
        fleet.children.kill(leader)
        del fleet.admin_urls["first"]
        await fleet.until_resized(12)

    assert (await fleet.state())["conduit"]["wanted_by"] == "hand"


async def test_the_shard_count_follows_the_load_between_its_bounds(fleet: Fleet) -> None:
    bounds = {
        "FLEET_SHARDS_MAX": "7",
        "FLEET_SHARD_EVENTS_PER_SECOND": str(RATE // 10),
        "FLEET_SHARDS_COOLDOWN_SECONDS": "1",
    }
    await fleet.coordinator(**bounds)
    await fleet.worker("worker")
    await fleet.until_bound()

    async with fleet.counted_traffic():
        await fleet.until_resized(7)

    assert (await fleet.state())["conduit"]["wanted_by"] == "load"
    await fleet.until_resized(SHARDS)


# -- configuration


@pytest.mark.parametrize(
    ("command", "environment", "sentence"),
    [
        (processes.coordinator_command, {}, "TWITCH_CLIENT_ID is not set."),
        (processes.coordinator_command, {"TWITCH_CLIENT_ID": "client"}, "TWITCH_CLIENT_SECRET is not set."),
        (processes.worker_command, {"FLEET_HTTP_PORT": "http"}, "FLEET_HTTP_PORT is 'http'; it must be a whole number"),
        (processes.worker_command, {"REDIS_URL": "localhost:6379"}, "REDIS_URL must be a URL such as redis://"),
        (processes.worker_command, {"TWITCH_EVENTSUB_URL": "http://x/ws"}, "TWITCH_EVENTSUB_URL is 'http://x/ws'; it"),
        (
            processes.handler_command,
            {"TWITCH_CLIENT_ID": "client", "TWITCH_CLIENT_SECRET": "right"},
            "FLEET_APP is not set.",
        ),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_one_sentence_and_exit_code_2(
    children: Children, command: Callable[[], list[str]], environment: dict[str, str], sentence: str
) -> None:
    ran = subprocess.run(
        command(),
        env={**children.environ, **environment},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        start_new_session=True,
    )

    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith(sentence)
    assert len(ran.stderr.splitlines()) == 1, ran.stderr


@pytest.mark.parametrize(
    ("command", "variable"),
    [(processes.worker_command, "FLEET_HTTP_PORT"), (processes.coordinator_command, "FLEET_ADMIN_PORT")],
)
def test_a_port_that_is_taken_is_one_sentence_and_exit_code_2(
    children: Children, server: RedisServer, command: Callable[[], list[str]], variable: str
) -> None:
    own = {"TWITCH_CLIENT_ID": "client", "TWITCH_CLIENT_SECRET": "right", "FLEET_ADMIN_TOKEN": ADMIN_TOKEN}
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        ports = {"FLEET_HTTP_PORT": "0", "FLEET_ADMIN_PORT": "0", variable: str(taken.getsockname()[1])}
        ran = subprocess.run(
            command(),
            env={**children.environ, **own, **ports, "FLEET_HTTP_HOST": "127.0.0.1", "REDIS_URL": server.url},
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
            start_new_session=True,
        )

    assert ran.returncode == 2
    assert ran.stderr.splitlines()[-1].startswith(f"{variable} {ports[variable]}")
    assert "Traceback" not in ran.stderr


# -- what a process waits for


async def test_processes_wait_for_redis_say_so_and_begin_when_it_comes(fleet: Fleet, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    fleet.redis_url = f"redis://127.0.0.1:{port}/0"
    await fleet.coordinator()
    await fleet.worker("worker")

    await fleet.not_ready_because("coordinator", "Redis")
    await fleet.not_ready_because("worker", "Redis")
    assert [await fleet.page(name, "healthz") for name in ("coordinator", "worker")] == [(200, "ok")] * 2
    folder = tmp_path / "redis"
    folder.mkdir()
    redis = embedded.start(folder=folder, port=port)
    try:
        await fleet.until_bound()
    finally:
        redis.stop()


async def test_a_wrong_client_secret_is_said_on_readyz_and_in_no_traceback(fleet: Fleet) -> None:
    coordinator = await fleet.coordinator(TWITCH_CLIENT_SECRET="wrong-secret")
    await fleet.worker("worker")

    sentence = await fleet.not_ready_because("coordinator", "invalid client secret")

    assert "\n" not in sentence
    assert coordinator.process.poll() is None, "it stays: an operator may mend it at Twitch's end"
    assert "Traceback" not in log_of(coordinator)
    assert "wrong-secret" not in log_of(coordinator)


async def test_a_program_that_cant_be_imported_is_said_on_readyz_while_the_shards_are_bound(fleet: Fleet) -> None:
    coordinator = await fleet.coordinator(FLEET_APP="no_such_module:client")
    await fleet.worker("worker")

    await fleet.not_ready_because("coordinator", "no_such_module")
    await fleet.until_ready("worker")

    await fleet.until_bound()
    assert "Traceback" not in log_of(coordinator)


# -- the admin API


async def test_the_admin_api_answers_only_with_its_token(fleet: Fleet) -> None:
    await fleet.coordinator()
    url = f"{fleet.admin_urls['coordinator']}/api/fleet"

    statuses = []
    for headers in ({}, {"Authorization": "Bearer guess"}, {"Authorization": f"Bearer {ADMIN_TOKEN}"}):
        async with fleet.http.get(url, headers=headers) as answer:
            statuses.append(answer.status)

    assert statuses == [401, 401, 200]


async def test_without_a_token_there_is_no_admin_api(fleet: Fleet) -> None:
    name = f"tokenless-{secrets.token_hex(2)}"
    own = {"TWITCH_CLIENT_ID": "client", "TWITCH_CLIENT_SECRET": "right", "FLEET_ADMIN_PORT": "0"}
    child = fleet.children.start(name, processes.coordinator_command(), fleet.settings | own)

    assert "FLEET_ADMIN_TOKEN is not set" in await fleet.children.said(child, logged("admin.off", "reason"), SECONDS)
    child.may_end = True
    child.process.send_signal(signal.SIGTERM)
    assert await ended(child) == 0
