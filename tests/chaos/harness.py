"""The fleet that a scenario acts on: what is asked of it, what is waited for, and what is promised.

Recovered is one condition for all scenarios: a coordinator leads and is ready, it says bound of every shard, each is enabled
at Twitch with the very session that the leader has on record, of a worker that runs, and no worker has more waiting than
a moment's traffic.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson
from redis.exceptions import RedisError

from fleet.demo.children import Child
from fleet.demo.pages import Page, parse, total
from tests.chaos.reading import Reader
from tests.chaos.stage import ADMIN_TOKEN, AWAY, Stage
from tests.chaos.writes import Election, Write, overtaken


@dataclass(eq=False)
class Fleet(Stage):
    """A stage with a reader that follows what is written and what arrives."""

    reader: Reader = field(init=False)
    complaints: list[str] = field(default_factory=list)
    """What did not go as promised, times aside."""
    notes: list[str] = field(default_factory=list)
    """Figures of the scenario's own, printed below the table."""
    given_up: int = 0
    """Events that the workers themselves counted as given up, where the scenario asks for it."""
    recovery_seconds: float | None = None
    """The longest time from an act of the scenario to recovery."""
    _log_positions: dict[str, int] = field(default_factory=dict)
    _following: asyncio.Task[None] | None = None

    # -- start and end

    async def start(self) -> None:
        """Everything, until every shard is bound and events flow."""
        await self.start_all()
        self.reader = Reader(self.control, self.redis_server.url, self.keys)
        await self.until("every shard is bound and spread", self.is_spread)
        self._following = asyncio.create_task(self.reader.follow(), name="follow")
        await self.start_traffic()
        await self.flows()

    async def settle(self) -> None:
        """Turns the traffic off and waits until everything that was written stands in a stream, or nothing more comes."""
        with_patience = time.monotonic() + 20.0
        await self.control("DELETE", "traffic")
        before, since = -1, time.monotonic()
        while time.monotonic() < with_patience:
            with suppress(RedisError, OSError, TimeoutError):  # a script that broke off may have left Redis away
                await self.reader.catch_up()
            waiting, now = self.reader.account.waiting, time.monotonic()
            if waiting != before:
                before, since = waiting, now
            if not waiting or now - since > 5.0:
                return
            await asyncio.sleep(0.2)

    async def end(self) -> None:
        """Nothing is left behind."""
        if self._following is not None:
            self._following.cancel()
            await asyncio.gather(self._following, return_exceptions=True)
        if hasattr(self, "reader"):
            await self.reader.close()
        await super().end()

    # -- what is asked

    def living(self, kind: str) -> list[Child]:
        """Processes of a kind that run, in the order of their start. One that is stopped does not."""
        return [child for child in self.all_of(kind) if child.process.poll() is None and child.name not in self.stopped]

    def all_of(self, kind: str) -> list[Child]:
        """Every process of a kind that there ever was."""
        return [child for name, child in self.children.members.items() if name.startswith(f"{kind}-")]

    async def metrics(self, child: Child) -> Page:
        async with self.http.get(f"{self._urls[child.name]}/metrics") as answer:
            return parse(await answer.text())

    async def count(self, children: Iterable[Child], metric: str, **labels: str) -> float:
        return total([await self.metrics(child) for child in children], metric, **labels)

    async def why_not_ready(self, child: Child) -> str:
        """'' where it is ready."""
        async with self.http.get(f"{self._urls[child.name]}/readyz") as answer:
            return "" if answer.status == 200 else (await answer.text()).strip()

    async def api(self, method: str, path: str, body: Any = None, *, of: Child | None = None) -> Any:
        """The admin API of a coordinator that runs: the last one that was started, unless it is named. Raises AWAY."""
        child = of or self.living("coordinator")[-1]
        headers = {"Authorization": f"Bearer {ADMIN_TOKEN}"}
        data = None if body is None else orjson.dumps(body)
        url = f"{self._admin_urls[child.name]}/api/{path}"
        async with self.http.request(method, url, headers=headers, data=data) as answer:
            found = orjson.loads(await answer.read())
            if answer.status >= 300:
                raise ValueError(f"{method} /api/{path}: {answer.status} {found}")
            return found

    async def state(self) -> Any:
        return await self.api("GET", "fleet")

    async def leader(self) -> Child | None:
        """The coordinator that says it leads."""
        for child in self.living("coordinator"):
            try:
                if await self.count([child], "fleet_leader") == 1:
                    return child
            except AWAY:
                continue
        return None

    async def until_led(self, *, but: Child | None = None) -> Child:
        """Waits until a coordinator leads, other than `but`."""

        async def led() -> Child | None:
            for child in self.living("coordinator"):
                if child is not but and await self.count([child], "fleet_leader") == 1:
                    return child
            return None

        found = await self.until("a coordinator leads", led)
        assert found is not None, "until returns what is true"
        return found

    async def sessions(self) -> dict[str, str]:
        """Shard → session, as Twitch has it."""
        sockets = (await self.control("GET", "sockets"))["sockets"]
        return {shard["shard"]: each["session_id"] for each in sockets for shard in each["shards"]}

    async def shards_of(self, child: Child) -> list[str]:
        """The shards that Twitch sends to a process."""
        self.read_logs()
        mine = self.lives[child.name].sessions
        return sorted(shard for shard, session in (await self.sessions()).items() if session in mine)

    async def dark_spells(self) -> list[Any]:
        """How long shards were dark, by the simulator."""
        return list((await self.control("GET", "dark"))["spells"])

    def read_logs(self) -> None:
        """Takes from the workers' logs which sessions each was given."""
        for name, life in self.lives.items():
            with self.children.members[name].log.open("rb") as log:
                log.seek(self._log_positions.get(name, 0))
                whole, _, _ = log.read().rpartition(b"\n")
            self._log_positions[name] = self._log_positions.get(name, 0) + len(whole) + bool(whole)
            for line in whole.splitlines():
                if b'"session.welcomed"' in line:
                    life.sessions.add(orjson.loads(line)["session"])

    def logged(self, child: Child, event: str) -> list[Any]:
        """What a process has logged under an event."""
        return [entry for entry in _entries(child, f'"{event}"') if entry["event"] == event]

    # -- conditions

    async def recover(self) -> None:
        """Waits until the fleet has recovered from what was done to it last, and notes how long that took."""
        struck_at, self._struck_at = self._struck_at, None
        await self.until("recovered", self.is_recovered)
        if struck_at is not None:
            self.recovery_seconds = max(time.monotonic() - struck_at, self.recovery_seconds or 0.0)

    async def why_not_recovered(self) -> str:
        """'' once it has; see the module."""
        leader = await self.leader()
        if leader is None:
            return "no coordinator leads"
        if why := await self.why_not_ready(leader):
            return f"{leader.name} is not ready: {why}"
        state = await self.api("GET", "fleet", of=leader)
        if state["conduit"] is None:
            return "the leader has no conduit on record"
        count = state["conduit"]["shard_count"]
        if state["counts"]["shards"] != {"bound": count}:
            return f"the leader says {state['counts']['shards']} of {count} shards"
        recorded = {str(each["shard"]): each["session"] for each in state["shards"]}
        self.read_logs()
        working = self.living("worker")
        alive = set().union(*(self.lives[child.name].sessions for child in working))
        conduits = {each["id"]: each for each in (await self.control("GET", "conduits"))["conduits"]}
        for shard in conduits[state["conduit"]["id"]]["shards"][:count]:
            if shard["status"] != "enabled":
                return f"shard {shard['id']} is {shard['status']} at Twitch"
            if shard["transport"]["session_id"] != recorded[shard["id"]]:
                return f"shard {shard['id']} is bound to another session than the leader has on record"
            if shard["transport"]["session_id"] not in alive:
                return f"shard {shard['id']} is bound to a session of no worker that runs"
        waiting = await self.count(working, "fleet_queue_events")
        if waiting > (self.wanted.rate or self.pace.rate) / 2:
            return f"{waiting:.0f} events wait for Redis"
        return ""

    async def is_recovered(self) -> bool:
        return not await self.why_not_recovered()

    async def is_spread(self) -> bool:
        """Recovered, and the shards balanced over the workers to within one."""
        if await self.why_not_recovered():
            return False
        held = [len(await self.shards_of(child)) for child in self.living("worker")]
        return max(held) - min(held) <= 1

    async def why_alarmed(self) -> str:
        """'' where no alarm stands that ends with its cause; counters never do."""
        for child in (*self.living("coordinator"), *self.living("worker")):
            page = await self.metrics(child)
            for labels, value in page.get("fleet_trouble", {}).items():
                if value:
                    return f"{child.name} shows fleet_trouble {dict(labels)}"
            if why := await self.why_not_ready(child):
                return f"{child.name} is not ready: {why}"
            if total([page], "fleet_spool_events"):
                return f"{child.name} shows events in its spool"
            if total([page], "fleet_leader"):
                if total([page], "conduit_dark_seconds"):
                    return f"{child.name} shows a dark shard"
                if total([page], "conduit_shards", phase="handing_over"):
                    return f"{child.name} shows a shard that is handed over, or parked"
        return ""

    async def until_calm(self) -> None:
        """Waits until every alarm has ended."""

        async def calm() -> bool:
            if why := await self.why_alarmed():
                raise ValueError(why)
            return True

        await self.until("every alarm has ended", calm)

    async def until_alarmed(self, metric: str, *, above: float = 0.0, of: Iterable[Child] = (), **labels: str) -> None:
        """Waits, while a fault lasts, until each of these processes shows a metric; the leader, unless others are named."""

        async def shown() -> bool:
            for child in tuple(of) or (await self.until_led(),):
                if await self.count([child], metric, **labels) <= above:
                    raise ValueError(f"{child.name} does not")
            return True

        told = "".join(f" {name}={value}" for name, value in labels.items())
        await self.until(f"{metric}{told} alarms while it lasts", shown)

    async def flows(self, events: int = 0) -> None:
        """Waits until more events stand in the streams: half a second's worth, unless it is said."""
        wanted = self.reader.account.arrived + (events or self.pace.rate // 2)

        async def arrived() -> bool:
            return self.reader.account.arrived >= wanted

        await self.until("events flow", arrived)

    async def nap(self, full: float, short: float | None = None) -> None:
        """Lets the scenario's fault last."""
        await asyncio.sleep(self.pace.seconds(full, short))

    def expect(self, holds: object, promise: str) -> None:
        """Notes a promise that is not kept."""
        if not holds:
            self.complaints.append(promise)
            self.say(f"NOT AS PROMISED: {promise}")

    async def expect_no_gap(self) -> None:
        """Make before break: Twitch has sent through every shard all the time."""
        spells = await self.dark_spells()
        self.expect(not spells, f"no shard was dark for a moment: {spells[:3]}")

    def note(self, text: str) -> None:
        self.notes.append(text)

    async def expect_sound(self) -> None:
        """What holds whatever the scenario does: one leader writes at a time, and no process has a fault of its own."""
        called = await self.control("GET", "calls")
        self.expect(not called["forgotten"], "the calls of Helix were read before they were forgotten")
        names: dict[str, str] = {}
        elections: list[Election] = []
        for child in self.all_of("coordinator"):
            for said in self.logged(child, "coordinator.started"):
                names[said["coordinator"].rpartition("-")[2]] = child.name
            elections += [
                Election(child.name, said["epoch"], datetime.fromisoformat(said["timestamp"]).timestamp() * 1000)
                for said in self.logged(child, "leader.elected")
            ]
        writes = [
            Write(names[name], f"{call['method']} {call['path']}", call["arrived_ms"])
            for call in called["calls"]
            if (name := _process_of(call["agent"])) in names
        ]
        self.expect(writes, "the leader's writes are known by their process")
        for wrong in overtaken(elections, writes, self.losses):
            self.expect(False, f"one leader acts at a time: {wrong}")
        for child in (*self.all_of("coordinator"), *self.all_of("worker")):
            self.expect(
                child.may_end or child.process.poll() is None, f"{child.name} runs on: {child.process.returncode}"
            )
            for entry in _entries(child, '"exception"'):
                self.expect(False, f"{child.name} has no fault of its own: {entry['event']}: {entry['exception']}")


def _entries(child: Child, part: str) -> list[Any]:
    """Lines of a process' log with that in them. A line that a kill has cut short is none."""
    lines = child.log.read_bytes().splitlines()
    return [orjson.loads(line) for line in lines if part.encode() in line and line.endswith(b"}")]


def _process_of(agent: str) -> str:
    """The random end of a coordinator's name, which it puts into its User-Agent."""
    return agent.rpartition("; ")[2].removesuffix(")")
