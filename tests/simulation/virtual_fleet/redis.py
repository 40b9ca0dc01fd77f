"""The Redis of a simulation: the model behind the network, and what can happen to a server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from redis_model.server import Client, RedisModel
from redis_model.values import Store
from virtual_fleet.clocks import Clock
from virtual_fleet.network import Line, Network
from virtual_fleet.world import World

SERVER = "redis"


class _Session:
    """The server's end of a line."""

    def __init__(self, model: RedisModel, line: Line) -> None:
        self.client: Client = model.connect(lambda data: line.send(1, data))
        self._line = line

    def received(self, item: Any) -> None:
        self.client.received(item)

    def ended(self, *, reset: bool) -> None:
        self.client.gone()
        if not reset:
            self._line.finish(1)


class VirtualRedis:
    """One Redis primary, as all processes know it: a fail-over is a server with older data at the same address."""

    def __init__(self, world: World, network: Network, clock: Clock) -> None:
        self._world, self._network = world, network
        self.clock = clock
        self.model = RedisModel(Store(lambda: clock.wall() * 1000), world.after)
        self.down = False
        self.busy = False
        """It restarts or fails over: one such thing at a time."""
        self.on_loss: list[Callable[[float], None]] = []
        """Called with the time up to which data was kept, when some was lost."""
        network.accept[SERVER] = self._accept

    def _accept(self, line: Line) -> None:
        line.ends[1] = _Session(self.model, line)

    def stop(self) -> None:
        """The process ends: every connection with it."""
        self.down = True
        for link in self._network.of_server(SERVER):
            link.refuses = True
            for line in list(link.lines.values()):
                line.abort(1)
        self.model.restart()

    def start(self) -> None:
        self.down = False
        for link in self._network.of_server(SERVER):
            link.refuses = False

    def lose_everything(self) -> None:
        self.model.store.clear()
        for heard in self.on_loss:
            heard(-1.0)

    def replicate(self) -> Callable[[], None]:
        """A replica stops following now; the answer makes it the primary."""
        copied, followed_until = self.model.store.copied(), self._world.now

        def promote() -> None:
            self.model.store.restore(copied)
            for heard in self.on_loss:
                heard(followed_until)

        return promote
