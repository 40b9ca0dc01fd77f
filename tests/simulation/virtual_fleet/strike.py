"""Lets faults happen to a fleet, and ends them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from virtual_fleet.faults import EVERYBODY, LEADER, Fault
from virtual_fleet.fleet import Machine, VirtualFleet
from virtual_fleet.network import Link
from virtual_fleet.processes import Coordinator, Process, ShardWorker
from virtual_fleet.strike_twitch import TwitchStrikes
from virtual_fleet.twitch import Weather

End = Callable[[], None]

IN_A_CALL = 0.5
"""Share of the crashes and stops that come while a call of the process is under way."""


class Strikes(TwitchStrikes):
    """Carries out a schedule on one fleet."""

    def __init__(self, fleet: VirtualFleet, faults: Iterable[Fault]) -> None:
        super().__init__(fleet)
        self._joined = 0
        self.active = 0
        """Faults that last and have not ended."""
        self.last_at = 0.0
        for fault in faults:
            fleet.world.at(fault.at, lambda fault=fault: self._strike(fault))  # type: ignore[misc]

    def _strike(self, fault: Fault) -> None:
        world = self._fleet.world
        world.tell("!", str(fault))
        self.last_at = world.now
        end = getattr(self, f"_{fault.kind}")(fault)
        if end is None:
            return
        self.active += 1

        def over() -> None:
            self.active -= 1
            self.last_at = world.now
            world.tell("!", f"over: {fault.kind} {fault.target}")
            end()

        world.after(fault.seconds, over)

    def calm(self) -> None:
        """Everything that lasts is over, whatever was still to come."""
        fleet = self._fleet
        fleet.world.tell("!", "calm")
        for link in fleet.network.links.values():
            link.slow_seconds = link.lossy = 0.0
            link.on_send.clear()
            if link.cut:
                fleet.network.heal(link)
        if fleet.redis.down:
            fleet.redis.start()
        fleet.redis.model.full = False
        fleet.redis.model.thaw()
        fleet.twitch.weather = Weather()
        fleet.twitch.model.strikes.clear()
        for machine in fleet.machines.values():
            machine.process.slow_seconds = 0.0
            machine.process.loop.resume()
        fleet.twitch.pump()

    # -- whom it meets

    def _machines(self, fault: Fault) -> list[Machine]:
        machines = self._fleet.machines
        if fault.target == EVERYBODY:
            return list(machines.values())
        if fault.target == LEADER:
            coordinators = [each for each in machines.values() if each.kind is Coordinator]
            return [next((each for each in coordinators if each.process.leads), coordinators[0])]
        return [machines[fault.target]]

    def _links(self, fault: Fault, server: str) -> list[Link]:
        return [self._fleet.network.link(machine.name, server) for machine in self._machines(fault)]

    # -- processes

    def _in_a_call(self, fault: Fault, machine: Machine, act: Callable[[], None]) -> None:
        """Half of the time at once, else in the very moment after the process has sent something: a call is under way then.
        With a coordinator's calls of Redis that is one about its lease, or fenced by it."""
        server = "redis" if fault.pick < IN_A_CALL * 2 / 3 else "twitch" if fault.pick < IN_A_CALL else ""
        if server:
            part = self._fleet.keys.leader.encode() if (server, machine.kind) == ("redis", Coordinator) else b""
            self._fleet.network.link(machine.name, server).on_send.append((part, act))
        else:
            act()

    def _crash(self, fault: Fault) -> None:
        for machine in self._machines(fault):
            self._in_a_call(fault, machine, machine.process.kill)

    def _stopped(self, fault: Fault, stopped: Callable[[Machine, float], None]) -> End:
        """Stops processes; `stopped` hears at the end of each that went on, and for how long it stood still."""
        world = self._fleet.world
        since: list[tuple[Machine, Process, float]] = []
        ended = False

        def stop(machine: Machine, process: Process) -> None:
            if not ended and machine.process is process and process.alive:
                process.loop.pause()
                since.append((machine, process, world.now))

        for machine in self._machines(fault):
            self._in_a_call(fault, machine, partial(stop, machine, machine.process))

        def over() -> None:
            nonlocal ended
            ended = True
            for machine, process, at in since:
                if machine.process is process and process.alive and process.loop.paused:
                    stopped(machine, world.now - at)
                process.loop.resume()

        return over

    def _pause(self, fault: Fault) -> End:
        return self._stopped(fault, lambda _machine, _seconds: None)

    def _suspend(self, fault: Fault) -> End:
        return self._stopped(fault, lambda machine, seconds: machine.clock.slept(seconds))

    def _slow(self, fault: Fault) -> End:
        slowed = [machine.process for machine in self._machines(fault)]
        for process in slowed:
            process.slow_seconds = fault.amount

        def over() -> None:
            for process in slowed:
                process.slow_seconds = 0.0

        return over

    def _wall_jump(self, fault: Fault) -> None:
        for machine in self._machines(fault):
            machine.clock.wall_offset += fault.amount

    def _deploy(self, fault: Fault) -> None:
        for machine in self._machines(fault):
            machine.process.ask_to_stop()

    _resign = _deploy

    def _drain(self, fault: Fault) -> None:
        for machine in self._machines(fault):
            machine.wanted = False
            machine.process.ask_to_stop()

    def _join(self, _fault: Fault) -> None:
        self._joined += 1
        self._fleet.add(f"x{self._joined}", ShardWorker)

    def _resize(self, fault: Fault) -> None:
        """A person sets the shard count. What stands in Redis then is the whole of it."""
        model, keys = self._fleet.redis.model, self._fleet.keys
        if not self._fleet.redis.down:
            model.call([b"DEL", keys.wanted_count.encode()])
            model.call([b"HSET", keys.wanted_count.encode(), b"count", b"%d" % fault.amount, b"set_ms", b"0"])
            model.call([b"PUBLISH", keys.rep_wake.encode(), b""])

    # -- the network

    def _cut(self, links: list[Link]) -> End:
        for link in links:
            self._fleet.network.cut(link)

        def heal() -> None:
            for link in links:
                self._fleet.network.heal(link)

        return heal

    def _cut_redis(self, fault: Fault) -> End:
        return self._cut(self._links(fault, "redis"))

    def _cut_twitch(self, fault: Fault) -> End:
        return self._cut(self._links(fault, "twitch"))

    @staticmethod
    def _delayed(links: list[Link], seconds: float) -> End:
        for link in links:
            link.slow_seconds = seconds

        def over() -> None:
            for link in links:
                link.slow_seconds = 0.0

        return over

    def _slow_redis(self, fault: Fault) -> End:
        return self._delayed(self._links(fault, "redis"), fault.amount)

    def _slow_twitch(self, fault: Fault) -> End:
        return self._delayed(self._links(fault, "twitch"), fault.amount)

    @staticmethod
    def _breaking(links: list[Link], share: float) -> End:
        for link in links:
            link.lossy = share

        def over() -> None:
            for link in links:
                link.lossy = 0.0

        return over

    def _lossy_redis(self, fault: Fault) -> End:
        return self._breaking(self._links(fault, "redis"), fault.amount)

    def _lossy_twitch(self, fault: Fault) -> End:
        return self._breaking(self._links(fault, "twitch"), fault.amount)

    # -- Redis

    def _redis_freeze(self, _fault: Fault) -> End:
        self._fleet.redis.model.frozen = True
        return self._fleet.redis.model.thaw

    def _redis_restart(self, _fault: Fault) -> End | None:
        return self._restarted() if not self._fleet.redis.busy else None

    def _restarted(self) -> End:
        redis = self._fleet.redis
        redis.busy = True
        redis.stop()

        def start() -> None:
            redis.busy = False
            redis.start()

        return start

    def _redis_emptied(self, _fault: Fault) -> End | None:
        if self._fleet.redis.busy:
            return None
        end = self._restarted()
        self._fleet.redis.lose_everything()
        return end

    def _redis_failover(self, fault: Fault) -> End | None:
        """The replica stops following `amount` seconds before the primary dies; it takes over after `seconds`."""
        fleet = self._fleet
        if fleet.redis.busy:
            return None
        fleet.redis.busy = True
        promote = fleet.redis.replicate()
        self.active += 1

        def promoted() -> None:
            self.active -= 1
            self.last_at = fleet.world.now
            fleet.world.tell("!", "over: redis_failover")
            promote()
            fleet.redis.busy = False
            fleet.redis.start()

        def die() -> None:
            fleet.redis.stop()
            fleet.world.after(fault.seconds, promoted)

        fleet.world.after(fault.amount, die)
        return None

    def _redis_full(self, _fault: Fault) -> End:
        model = self._fleet.redis.model
        model.full = True

        def over() -> None:
            model.full = False

        return over
