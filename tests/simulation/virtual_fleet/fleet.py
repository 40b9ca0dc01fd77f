"""One simulated fleet: a world, its Redis and Twitch, machines with processes on them, and traffic."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import structlog
from virtual_fleet.clocks import Clock, Running, virtual_time
from virtual_fleet.messages import Request
from virtual_fleet.network import Network
from virtual_fleet.processes import Coordinator, Process, ShardWorker
from virtual_fleet.redis import VirtualRedis
from virtual_fleet.twitch import CLIENT_ID, CLIENT_SECRET, VirtualTwitch
from virtual_fleet.world import World
from yarl import URL

from coordinator import pace
from fleet import metrics
from fleet.keys import Keys
from fleet.settings import Secret, Settings
from twitch.addresses import Addresses
from twitch.simulator.options import Options

NAMESPACE = "fleet"
RESTART_SECONDS = (0.3, 3.0)
"""How long a supervisor takes to start a process that ended."""
COOLDOWN_SECONDS = 15.0
"""So that the count falls again within a run."""
TYPE = "channel.update"


@dataclass(frozen=True, slots=True)
class Shape:
    """What is simulated, besides what goes wrong."""

    coordinators: int
    workers: int
    shards: int
    channels: int
    bursts_per_second: float
    """Moments at which something happens in some channels at once."""
    burst_events_max: int
    failover: str = "park"
    park_max: int = 20
    openings_max: int = pace.OPENINGS_MAX
    shards_max: int = 0
    """The load may ask for so many shards; 0: the count is fixed."""
    shard_events_per_second: int = 1000


@dataclass(slots=True)
class Machine:
    """A place where one process runs, and is started again when it ends unasked."""

    name: str
    kind: type[Process]
    clock: Clock
    process: Process
    lives: int = 1
    wanted: bool = True


class VirtualFleet:
    """Everything of one run."""

    def __init__(self, world: World, shape: Shape, settings: Settings) -> None:
        self.world, self.shape, self.settings = world, shape, settings
        self.keys = Keys(settings.namespace)
        self.network = Network(world)
        self._chance = world.chance("fleet")
        self.redis = VirtualRedis(world, self.network, self._clock())
        self.twitch = VirtualTwitch(world, self.network, Options(seed=world.seed), points_per_minute=8000)
        self.machines: dict[str, Machine] = {}
        self.processes: list[Process] = []
        """Every life so far."""
        self.listeners: list[Any] = []
        self._traffic = world.chance("traffic")
        self.channels = [str(1000 + index) for index in range(shape.channels)]
        self._subscribed = False
        self.twitch.on_call.append(self._subscribe)

    def _clock(self) -> Clock:
        chance = self._chance
        return Clock(
            self.world,
            rate=1.0 + chance.uniform(-2e-4, 2e-4),
            offset=chance.uniform(0.0, 1e5),
            wall_offset=chance.uniform(-2.0, 2.0),
        )

    # -- machines

    def add(self, name: str, kind: type[Process]) -> Machine:
        """A new machine, its process started."""
        clock = self._clock()
        machine = self.machines[name] = Machine(name, kind, clock, self._process(name, kind, clock, 1))
        machine.process.start()
        return machine

    def _process(self, name: str, kind: type[Process], clock: Clock, life: int) -> Process:
        process = kind(self.world, self.network, clock, self.settings, name, life)
        process.on_end = self._ended
        for listener in self.listeners:
            listener.process_started(process)
        self.processes.append(process)
        for server in ("redis", "twitch"):
            self.network.link(name, server).refuses = server == "redis" and self.redis.down
        self.world.tell(name, f"started as {process.name}")
        return process

    def _ended(self, process: Process) -> None:
        self.world.tell(process.machine, "killed" if process.killed else f"ended with code {process.exit_code}")
        for listener in self.listeners:
            listener.process_ended(process)
        machine = self.machines[process.machine]
        if machine.wanted:
            self.world.after(self._chance.uniform(*RESTART_SECONDS), lambda: self._restart(machine))

    def _restart(self, machine: Machine) -> None:
        if machine.wanted and not machine.process.alive:
            machine.lives += 1
            machine.process = self._process(machine.name, machine.kind, machine.clock, machine.lives)
            machine.process.start()

    def start(self) -> None:
        """The fleet as its shape says."""
        for number in range(self.shape.coordinators):
            self.add(f"c{number}", Coordinator)
        for number in range(self.shape.workers):
            self.add(f"w{number}", ShardWorker)
        self.world.after(0.5, self._burst)

    def alive(self, kind: type[Process]) -> list[Process]:
        return [each.process for each in self.machines.values() if each.kind is kind and each.process.alive]

    # -- traffic

    def _subscribe(self, _process: str, request: Request, answer: Any) -> None:
        """A customer subscribes to every channel on the first conduit; what becomes of that is the fleet's business."""
        if self._subscribed or request.method != "POST" or request.url.path != "/helix/eventsub/conduits":
            return
        self._subscribed = True
        conduit_id = orjson.loads(answer.body)["data"][0]["id"]
        headers = request.headers
        for channel in self.channels:
            body = {
                "type": TYPE,
                "version": "2",
                "condition": {"broadcaster_user_id": channel},
                "transport": {"method": "conduit", "conduit_id": conduit_id},
            }
            url = URL("https://api.twitch.tv/helix/eventsub/subscriptions")
            headers = {**headers, "Content-Type": "application/json"}
            made = self.twitch.helix(Request("POST", url, headers, orjson.dumps(body)))
            assert made.status == 202, made

    def _burst(self) -> None:
        for _ in range(self._traffic.randint(1, self.shape.burst_events_max)):
            self.twitch.model.events.happen(TYPE, self._traffic.choice(self.channels), self.twitch.now)
        self.twitch.pump()
        self.world.after(self._traffic.expovariate(self.shape.bursts_per_second), self._burst)


def settings_of(shape: Shape) -> Settings:
    return Settings(
        redis_url=Secret("redis://redis:6379/0"),
        namespace=NAMESPACE,
        client_id=CLIENT_ID,
        client_secret=Secret(CLIENT_SECRET),
        addresses=Addresses(),
        shards_min=shape.shards,
        failover=shape.failover,
        park_max=shape.park_max,
        shards_max=shape.shards_max,
        shard_events_per_second=shape.shard_events_per_second,
        shards_cooldown_seconds=COOLDOWN_SECONDS,
    )


class _StoryLogger:
    """What the product logs, as lines of the story."""

    def __init__(self, world: World) -> None:
        self._world = world

    def msg(self, event: str, **facts: Any) -> None:
        clock = Running.clock
        name = self.names.get(clock, "?") if clock is not None else "?"
        self._world.tell(name, event, **facts)
        if "fault" in facts:
            self._world.violated(f"{name} logged {event}: {facts['fault']}")

    names: dict[Clock, str] = {}  # noqa: RUF012 # of one run; set by it

    debug = info = warning = error = exception = critical = msg


@contextmanager
def virtual_fleet(seed: int, shape: Shape, *, keep_story: bool = False) -> Iterator[VirtualFleet]:
    """A fleet that has not started yet. At the end of the block nothing of it is left."""
    world = World(seed, keep_story=keep_story)
    before = structlog.get_config()
    logger = _StoryLogger(world)
    openings_max, pace.OPENINGS_MAX = pace.OPENINGS_MAX, shape.openings_max
    metrics.forget_samples()
    structlog.configure(
        processors=[_as_facts],
        wrapper_class=structlog.BoundLogger,
        logger_factory=lambda *_args: logger,
        cache_logger_on_first_use=False,
    )
    with virtual_time(world):
        fleet = VirtualFleet(world, shape, settings_of(shape))
        logger.names = _Names(fleet)  # type: ignore[assignment]
        try:
            yield fleet
        finally:
            for process in fleet.processes:
                process.dispose()
            structlog.configure(**before)
            pace.OPENINGS_MAX = openings_max


class _Names:
    def __init__(self, fleet: VirtualFleet) -> None:
        self._fleet = fleet

    def get(self, clock: Clock, otherwise: str) -> str:
        return next((each.name for each in self._fleet.machines.values() if each.clock is clock), otherwise)


def _as_facts(_logger: Any, _method: str, event: Any) -> tuple[tuple[str], dict[str, Any]]:
    what = event.pop("event")
    if (fault := event.pop("exc_info", None)) is not None:
        event["fault"] = repr(fault)
    return (what,), event
