"""Ordering faults: which sockets an order is aimed at, and those faults that happen at once."""

from collections.abc import Mapping
from typing import Any

from twitch.simulator.conduits import Conduits
from twitch.simulator.faults import GARBAGE, RAW_GARBAGE, Aim, Fault, Faults, Kind
from twitch.simulator.instructions import Instruction, Send, SendRaw
from twitch.simulator.sessions import Edge, Socket


class Strikes:
    """Faults as the control API orders them. Those that wait for traffic are kept in `faults`."""

    def __init__(self, edge: Edge, conduits: Conduits, faults: Faults, out: list[Instruction]) -> None:
        self._edge = edge
        self._conduits = conduits
        self._faults = faults
        self._out = out

    def order(self, order: Mapping[str, Any], now: float) -> dict[str, Any]:
        """Take an order; what is to happen at once happens. ValueError, in a sentence, if it can't be meant."""
        fault = self._faults.order(order)
        if fault.kind is Kind.REFUSE:
            self._conduits.refusals += fault.count
        aimed_at = self._aimed_at(fault.aim) if fault.path is None else []
        hit = [socket.number for socket in aimed_at if self._strike(fault, socket, now)]
        return {**fault.as_json(), "sockets": hit}

    def clear(self) -> None:
        """No rule waits any more, and nobody is silenced."""
        self._faults.clear()
        self._conduits.refusals = 0
        for socket in self._edge.sockets.values():
            socket.silent_until = 0.0

    def _strike(self, fault: Fault, socket: Socket, now: float) -> bool:
        match fault.kind:
            case Kind.CLOSE:
                self._edge.close(socket, fault.code, now, fault.reason)
            case Kind.ABORT:
                self._edge.abort(socket, now)
            case Kind.SILENCE:
                socket.silent_until = now + fault.seconds
            case Kind.RECONNECT:
                if not socket.carries or socket.session is None:
                    return False
                self._edge.ask_to_reconnect(socket.session, now)
            case Kind.DISABLE:
                shards = [] if socket.session is None else self._conduits.of_session(socket.session.id)
                named = [shard for shard in shards if fault.aim.shard in {None, shard.number}]
                for shard in named:
                    self._conduits.disable(shard, now)
                return bool(named)
            case Kind.GARBAGE:
                raw = RAW_GARBAGE.get(fault.garbage)
                for _ in range(fault.count):
                    frame = Send(socket.number, GARBAGE[fault.garbage]) if raw is None else SendRaw(socket.number, raw)
                    self._out.append(frame)
            case _:
                return False
        return True

    def _aimed_at(self, aim: Aim) -> list[Socket]:
        return [socket for socket in self._edge.sockets.values() if not socket.closing and self._is_aimed(aim, socket)]

    def _is_aimed(self, aim: Aim, socket: Socket) -> bool:
        session_id = None if socket.session is None else socket.session.id
        if aim.socket not in {None, socket.number} or aim.session_id not in {None, session_id}:
            return False
        if aim.shard is None and aim.conduit_id is None:
            return True
        return session_id is not None and any(
            aim.shard in {None, shard.number} and aim.conduit_id in {None, shard.conduit_id}
            for shard in self._conduits.of_session(session_id)
        )
