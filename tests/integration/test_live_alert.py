"""The documentation's LiveAlert, its text unchanged, in both ways: one process without Redis, and hosted by the fleet."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from redis import Redis as BlockingRedis
from redis.asyncio import Redis

from fleet.demo import processes
from fleet.demo.children import LOOK_SECONDS, Child, Children
from fleet.embedded import RedisServer, redis_server
from tests.programs import LIVE_ALERT
from twitch.simulator import Simulator

pytestmark = pytest.mark.process

SECONDS = 60.0
ROOT = Path(__file__).parents[2]
KINDS = ("worker", "coordinator", "handler")

STATEFUL = LIVE_ALERT.replace("user = await", "self.streamer = user = await").replace(
    "is now live!", "is now live, says {self.streamer.login}!"
)
"""The same with state that on_ready sets and a handler uses."""


def channels_watched(sim: Simulator) -> set[str]:
    subscriptions = sim.model.subscriptions.of_target("CONDUIT_ID")
    return {each.condition["broadcaster_user_id"] for each in subscriptions if each.type == "stream.online"}


async def goes_live(sim: Simulator, child: Child, said: str) -> None:
    """Once the program has subscribed to its streamer, that one goes live; waits until the program says so."""
    async with asyncio.timeout(SECONDS):
        while not (channels := channels_watched(sim)):
            assert child.process.poll() is None, child.tail()
            await asyncio.sleep(LOOK_SECONDS)
        (broadcaster,) = channels
        assert sim.control.send("stream.online", broadcaster_id=broadcaster) == 1
        while said not in child.log.read_text():
            assert child.process.poll() is None, child.tail()
            await asyncio.sleep(LOOK_SECONDS)


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A Twitch that has a conduit of the id in the program's text."""
    async with Simulator.serve(port=0) as running:
        running.control.make_conduit({"id": "CONDUIT_ID", "client_id": "CLIENT_ID", "shard_count": 2})
        yield running


@pytest.fixture
def restricted() -> Iterator[RedisServer]:
    """A redis-server of its own, with the users of the example."""
    example = (ROOT / "deploy/redis/users.acl.example").read_text("utf-8").splitlines()
    rules = {line.split()[1]: line.split()[2:] for line in example if line.startswith("user ")}
    with redis_server() as server, BlockingRedis(port=server.port) as admin:
        if int(admin.info("server")["redis_version"].partition(".")[0]) < 7:
            # It can't tell reading from writing, and calls all of CLIENT dangerous, of which redis-py tries to set its name.
            rules = {user: [*(rule.replace("%R~", "~") for rule in those), "+client"] for user, those in rules.items()}
        for user in KINDS:
            admin.execute_command("ACL", "SETUSER", user, *rules[user])
        yield server


@pytest.fixture
async def children(tmp_path: Path) -> AsyncIterator[Children]:
    """Processes that end with the test, and end well."""
    started = Children(tmp_path, {**processes.clean(os.environ), "PYTHONUNBUFFERED": "1"})
    yield started
    unwell = await started.end(list(started.members.values()), SECONDS, asyncio.Event())
    assert [child.obituary() for child in unwell] == []


@pytest.fixture(params=[(LIVE_ALERT, "Streamer is now live!"), (STATEFUL, "Streamer is now live, says streamer!")])
def program(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A program in the folder; what it is to say."""
    text, said = request.param
    (tmp_path / "live_alert.py").write_text(text)
    return str(said)


async def test_it_runs_in_one_process_without_redis(
    sim: Simulator, children: Children, tmp_path: Path, program: str
) -> None:
    alone = children.start("alone", [sys.executable, "live_alert.py"], sim.environment, cwd=tmp_path)
    await goes_live(sim, alone, program)


async def test_the_fleet_hosts_it(
    sim: Simulator, children: Children, tmp_path: Path, program: str, server: RedisServer, namespace: str
) -> None:
    handler = host(sim, children, tmp_path, namespace, dict.fromkeys(KINDS, server.url))
    await goes_live(sim, handler, program)


@pytest.mark.parametrize("program", [(STATEFUL, "Streamer is now live, says streamer!")], indirect=True)
async def test_each_kind_of_process_needs_no_other_rights_than_the_example_gives_it(
    sim: Simulator, restricted: RedisServer, children: Children, tmp_path: Path, program: str
) -> None:
    urls = {kind: restricted.url.replace("//", f"//{kind}:change-me-{kind}@") for kind in KINDS}
    await goes_live(sim, host(sim, children, tmp_path, "fleet", urls), program)
    async with Redis.from_url(restricted.url) as admin:
        assert await admin.acl_log() == []


def host(sim: Simulator, children: Children, folder: Path, namespace: str, redis_urls: Mapping[str, str]) -> Child:
    """Starts a fleet that hosts the program of the folder; its handler process."""
    everyone = sim.environment | {
        "FLEET_NAMESPACE": namespace,
        "FLEET_SHARDS_MIN": "2",
        "FLEET_HTTP_HOST": "127.0.0.1",
        "FLEET_HTTP_PORT": "0",
        "FLEET_DRAIN_SECONDS": "1",
    }
    hosting = everyone | {
        "TWITCH_CLIENT_ID": "CLIENT_ID",
        "TWITCH_CLIENT_SECRET": "CLIENT_SECRET",
        "FLEET_TOKEN_KEYS": Fernet.generate_key().decode(),
        "FLEET_APP": "live_alert:alerts",
        "FLEET_CONDUIT_ID": "CONDUIT_ID",
    }
    started = {
        kind: children.start(kind, command, settings | {"REDIS_URL": redis_urls[kind]}, cwd=folder)
        for kind, command, settings in (
            ("worker", processes.worker_command(), everyone),
            ("coordinator", processes.coordinator_command(), hosting),
            ("handler", processes.handler_command(), hosting),
        )
    }
    return started["handler"]
