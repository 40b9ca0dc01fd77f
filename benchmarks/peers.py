"""The same faults to this project and to its peers, side by side: what was delivered, lost and doubled.

    python benchmarks/peers.py [--clients ours,fleet,twitchio,twitch.py] [--faults close,silence] [--rate 40]

*ours* is a `ClientApp` in one process; *fleet* a coordinator, two workers and Redis at default settings, whose event streams
are read; *twitchio* its AutoClient; *twitch.py* its MultiShardClientApp, where a Python 3.12 is installed. Each, in every
fault, has a simulated Twitch and a conduit of two shards for itself, with chat messages of 8 channels at a steady rate
from 2 s before the fault to some seconds after it; faults meet both shards unless they say otherwise. Counted is by message
id what the simulator wrote and what a handler, or the stream, got (see `account`). What is neither delivered nor lost
was written to no live socket: Twitch drops the events of dark shards.

The simulator is set to what the peers do best with: it answers a client's pings, for which the documentation has 4001
(TwitchIO pings), and it leaves a session alone that has lost its shard (TwitchIO leaves one behind when it reconnects). The
environments of the peers are made at the first run, by pip; nothing else needs a network. Prints a table, what else there
is to tell, and a line of JSON. The exit code is 1 where ours or the fleet lost or doubled a message, did not start, or had
a process that ended by itself, and for nothing that a peer does.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isinf
from pathlib import Path
from typing import Any

from account import Account, settle
from contestants import SHARDS, START_SECONDS, TYPE, Bot, Contestant, Fleet, interpreters
from source import arguments, report

from fleet.demo import processes
from fleet.demo.children import DemoFailed
from twitch import App
from twitch.simulator.app import Simulator

OURS = ("ours", "fleet")
CLIENTS = (*OURS, "twitchio", "twitch.py")
CHANNELS = [str(number) for number in range(500_000_001, 500_000_009)]
BEFORE_SECONDS = 2.0
QUIET_SECONDS = 4.0
"""Once nothing was delivered for so long, nothing more will be."""
AT_ONCE = 5
"""Faults at a time, of which each has its own processes: the whole takes two minutes on two cores."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, as orders to the simulator, and how long the traffic goes on after it."""

    key: str
    name: str
    orders: Sequence[Mapping[str, Any]]
    after_seconds: float
    cleared_after: float | None = None
    kills: bool = False
    """A worker; only the fleet has something left then."""


def welcomes(count: int, seconds: float) -> Mapping[str, Any]:
    return {"fault": "slow", "endpoint": "/ws", "seconds": seconds, "count": count}


def binding_answered(status: int) -> Mapping[str, Any]:
    return {"fault": "status", "endpoint": "PATCH /eventsub/conduits/shards", "status": status, "count": 1000}


RECONNECT = {"fault": "reconnect"}
CLOSE = {"fault": "close", "code": 4006}
FAULTS = (
    Fault("duplicate", "5 messages twice, same message id", [{"fault": "duplicate", "count": 5}], 5),
    Fault("unknown", "unknown message type", [{"fault": "garbage", "garbage": "unknown_type"}], 5),
    Fault("reconnect", "reconnect of one shard, welcome after 2 s", [welcomes(1, 2), {**RECONNECT, "shard": 0}], 8),
    Fault("close", "close 4006", [CLOSE], 8),
    Fault("abort", "TCP abort", [{"fault": "abort"}], 8),
    Fault("kill", "worker killed", [], 12, kills=True),
    Fault("patch503", "close 4006, PATCH shards 503 for 3 s", [binding_answered(503), CLOSE], 20, cleared_after=3),
    Fault("patch500", "close 4006, PATCH shards 500 for 3 s", [binding_answered(500), CLOSE], 20, cleared_after=3),
    Fault("reconnects", "reconnect of both shards, welcomes after 8 s", [welcomes(SHARDS, 8), RECONNECT], 22),
    Fault("silence", "silence without a close", [{"fault": "silence", "seconds": 600}], 28),
)
"""Shortest first: those that run at a time take about as long."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one client made of one fault."""

    fault: Fault
    client: str
    account: Account | None
    """None where it did not start."""
    story: str
    """What else there is to tell: that a process ended, or why it did not start."""

    @property
    def failed(self) -> bool:
        """Whether ours broke the promise."""
        kept = self.account is not None and not self.story and not self.account.lost and not self.account.doubled
        return self.client in OURS and not kept

    def cell(self) -> str:
        if self.account is None:
            return "did not start"
        each = self.account
        goes_on = "for good" if isinf(each.pause_seconds) else f"{each.pause_seconds:.1f} s"
        ended = ", process ended" if self.story else ""
        return f"{each.delivered} / {each.lost} / {each.doubled}, {goes_on}{ended}"

    def as_json(self) -> dict[str, object]:
        facts: dict[str, object] = {"fault": self.fault.key, "client": self.client}
        if self.story:
            facts["story"] = self.story
        if self.account is not None:
            pause = self.account.pause_seconds
            facts |= asdict(self.account) | {"pause_seconds": None if isinf(pause) else round(pause, 2)}
        return facts


def table(outcomes: Sequence[Outcome]) -> str:
    """A line a fault, a column a client, in Markdown."""
    clients = [client for client in CLIENTS if any(each.client == client for each in outcomes)]
    found = {(each.fault.key, each.client): each for each in outcomes}
    lines = [("fault", "made", *clients)]
    for fault in FAULTS:
        row = [found.get((fault.key, client)) for client in clients]
        made = {each.account.made for each in row if each and each.account}
        if any(row):
            cells = (each.cell() if each else "" for each in row)
            lines.append((fault.name, ", ".join(map(str, sorted(made))), *cells))
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    text = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in lines]
    text.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(text)


async def subscribe(simulator: Simulator, conduit_id: str) -> None:
    """What whoever runs a bot has done before."""
    async with App(processes.CLIENT_ID, "secret", addresses=simulator.addresses) as app:
        for channel in CHANNELS:
            condition = {"broadcaster_user_id": channel, "user_id": "900000000"}
            transport = {"method": "conduit", "conduit_id": conduit_id}
            await app.application.create_eventsub_subscription(TYPE, "1", transport, condition)


async def until_ready(simulator: Simulator, contestant: Bot | Fleet) -> str:
    """Start it, and wait until it holds every shard; returns why it does not, or ''."""
    deadline = time.monotonic() + START_SECONDS
    try:
        await contestant.start()
        while simulator.control.conduits()[0]["enabled"] < SHARDS or not await contestant.is_ready():
            contestant.children.check()
            if time.monotonic() > deadline:
                return f"not bound within {START_SECONDS:g} s"
            await asyncio.sleep(0.1)
    except DemoFailed as failure:
        return contestant.story() or str(failure).splitlines()[0]
    return ""


class Traffic:
    """Messages at a steady rate, one channel after another."""

    def __init__(self, simulator: Simulator, contestant: Contestant, rate: float) -> None:
        self._simulator = simulator
        self._contestant = contestant
        self._rate = rate
        self._began = time.monotonic()
        self._count = 0

    async def go_on(self, seconds: float) -> None:
        """As many messages as belong to so many seconds, each when it's due."""
        until = self._count + round(seconds * self._rate)
        while self._count < until:
            self._contestant.look()
            while self._count < min(until, (time.monotonic() - self._began) * self._rate):
                self._simulator.control.send(TYPE, broadcaster_id=CHANNELS[self._count % len(CHANNELS)])
                self._count += 1
            await asyncio.sleep(1 / self._rate)


async def strike(simulator: Simulator, fault: Fault, contestant: Bot | Fleet) -> None:
    for order in fault.orders:
        simulator.control.order_fault(order)
    if fault.kills:
        await contestant.kill()


async def measure(fault: Fault, simulator: Simulator, contestant: Bot | Fleet, rate: float) -> Account:
    traffic = Traffic(simulator, contestant, rate)
    await traffic.go_on(BEFORE_SECONDS)
    fault_at = simulator.clock.now()
    await strike(simulator, fault, contestant)
    if fault.cleared_after is not None:
        await traffic.go_on(fault.cleared_after)
        simulator.control.clear_faults()
    await traffic.go_on(fault.after_seconds - (fault.cleared_after or 0.0))
    traffic_end = simulator.clock.now()
    heard, heard_at = -1, traffic_end
    while simulator.clock.now() < heard_at + QUIET_SECONDS:
        contestant.look()
        deliveries = await contestant.deliveries()
        if len(deliveries) > heard:
            heard, heard_at = len(deliveries), simulator.clock.now()
        await asyncio.sleep(0.25)
    truth = simulator.control.truth()
    assert not truth["more"], "the traffic is bounded"
    assert not truth["missed"], "and the simulator remembers all of it"
    sent, dropped = ([row for row in truth[name] if row["type"] == TYPE] for name in ("sent", "dropped"))
    return settle(sent, dropped, deliveries, fault_at=fault_at, traffic_end=traffic_end, end=contestant.end)


async def run(
    fault: Fault, client: str, interpreter: str, folder: Path, rate: float, ready: asyncio.Barrier
) -> Outcome:
    """One line of the table. `ready` holds until everybody is: nobody's start is in another's figures."""
    folder.mkdir()
    conduit_id = "conduit"
    async with Simulator.serve() as simulator:
        order = {"id": conduit_id, "client_id": processes.CLIENT_ID, "shard_count": SHARDS}
        simulator.control.make_conduit(order)
        await subscribe(simulator, conduit_id)
        environ = simulator.environment
        contestant = (
            Fleet(folder, environ, conduit_id)
            if client == "fleet"
            else Bot(client, interpreter, folder, environ, conduit_id)
        )
        try:
            why_not = await until_ready(simulator, contestant)
            await ready.wait()
            if why_not:
                return Outcome(fault, client, None, why_not)
            account = await measure(fault, simulator, contestant, rate)
            return Outcome(fault, client, account, contestant.story())
        finally:
            await contestant.close()


async def compare(
    clients: Mapping[str, str | None], faults: Sequence[Fault], rate: float, folder: Path
) -> list[Outcome]:
    outcomes: list[Outcome] = []
    for first in range(0, len(faults), AT_ONCE):
        pairs = [
            (fault, client, interpreter)
            for fault in faults[first : first + AT_ONCE]
            for client, interpreter in clients.items()
            if interpreter is not None and (client == "fleet" or not fault.kills)
        ]
        if not pairs:
            continue
        ready = asyncio.Barrier(len(pairs))
        async with asyncio.TaskGroup() as group:
            tasks = [
                group.create_task(run(fault, client, interpreter, folder / f"{first}-{number}", rate, ready))
                for number, (fault, client, interpreter) in enumerate(pairs)
            ]
        outcomes += [task.result() for task in tasks]
    return outcomes


def main() -> int:
    options = arguments(__doc__, clients=",".join(CLIENTS), faults=",".join(fault.key for fault in FAULTS), rate=40.0)
    faults, clients = options.faults.split(","), options.clients.split(",")
    unknown = {*faults, *clients} - {*CLIENTS, *(fault.key for fault in FAULTS)}
    if unknown:
        sys.exit(f"there is no {', '.join(sorted(unknown))}")
    found = interpreters(clients)
    with tempfile.TemporaryDirectory(prefix="peers-") as folder:
        chosen = [fault for fault in FAULTS if fault.key in faults]
        outcomes = asyncio.run(compare(found, chosen, options.rate, Path(folder)))
    print("delivered / lost / doubled, longest pause of a channel")
    print(table(outcomes))
    for each in outcomes:
        if each.story:
            print(f"{each.client}, {each.fault.name}: {each.story}")
    absent = [client for client, interpreter in found.items() if interpreter is None]
    report("peers", outcomes=[each.as_json() for each in outcomes], needs_another_python=absent)
    return int(any(each.failed for each in outcomes))


if __name__ == "__main__":
    sys.exit(main())
