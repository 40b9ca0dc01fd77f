"""What can go wrong at Twitch: its sockets, by the simulator's own faults, and Helix, by the weather."""

from __future__ import annotations

from collections.abc import Callable

from virtual_fleet.faults import GARBAGE, Fault
from virtual_fleet.fleet import VirtualFleet
from virtual_fleet.twitch import Weather

End = Callable[[], None]


class TwitchStrikes:
    """One method a kind of fault: it begins, and returns what ends it where it lasts."""

    def __init__(self, fleet: VirtualFleet) -> None:
        self._fleet = fleet

    def _order(self, fault: Fault, name: str, **fields: object) -> None:
        """A fault of the simulator's own, aimed at one socket."""
        twitch = self._fleet.twitch
        sockets = [number for number, socket in twitch.model.edge.sockets.items() if not socket.closing]
        if sockets:
            chosen = sockets[int(fault.pick * len(sockets))]
            twitch.model.strikes.order({"fault": name, "socket": chosen, **fields}, twitch.now)
            twitch.pump()

    # -- Twitch's sockets

    def _socket_close(self, fault: Fault) -> None:
        self._order(fault, "close", code=int(fault.amount))

    def _socket_abort(self, fault: Fault) -> None:
        self._order(fault, "abort")

    def _socket_silence(self, fault: Fault) -> None:
        self._order(fault, "silence", seconds=fault.seconds)

    def _reconnect(self, fault: Fault) -> None:
        self._order(fault, "reconnect")

    def _storm(self, _fault: Fault) -> None:
        twitch = self._fleet.twitch
        twitch.model.strikes.order({"fault": "reconnect"}, twitch.now)
        twitch.pump()

    def _duplicate(self, fault: Fault) -> None:
        self._order(fault, "duplicate", count=int(fault.amount), seconds=fault.pick * 3)

    def _delay(self, fault: Fault) -> None:
        self._order(fault, "delay", count=5, seconds=fault.amount)

    def _reorder(self, fault: Fault) -> None:
        self._order(fault, "reorder", count=int(fault.amount))

    def _garbage(self, fault: Fault) -> None:
        self._order(fault, "garbage", garbage=GARBAGE[int(fault.amount)], count=1)

    # -- Helix

    def _weather(self, **changes: float) -> End:
        """Sets fields of the weather; their defaults come back at the end."""
        fields, fair = dict(changes), Weather()
        for name, value in fields.items():
            setattr(self._fleet.twitch.weather, name, value)

        def over() -> None:
            for name in fields:
                setattr(self._fleet.twitch.weather, name, getattr(fair, name))

        return over

    def _helix_status(self, fault: Fault) -> End:
        return self._weather(status=int(fault.amount), status_share=0.5 + fault.pick)

    def _helix_answers_lost(self, fault: Fault) -> End:
        return self._weather(answer_lost=fault.amount)

    def _helix_held(self, fault: Fault) -> End:
        return self._weather(held_seconds=fault.amount)

    def _shards_refused(self, fault: Fault) -> End:
        return self._weather(refused_shards=fault.amount)

    def _handshakes_refused(self, fault: Fault) -> End:
        return self._weather(refused_handshakes=fault.amount)

    def _welcomes_slow(self, fault: Fault) -> End:
        return self._weather(welcome_seconds=fault.amount)

    def _notices_lost(self, _fault: Fault) -> End:
        return self._weather(notices_lost=True)

    def _tokens_expired(self, _fault: Fault) -> None:
        self._fleet.twitch.oauth.expire(self._fleet.twitch.now)

    def _conduit_deleted(self, _fault: Fault) -> None:
        twitch = self._fleet.twitch
        for conduit in twitch.model.conduits.all():
            twitch.model.conduits.delete(conduit, twitch.now)
        twitch.pump()
