"""The control API: what a test or a benchmark does to this Twitch, and the truth that it reads.

    GET    /control/truth?after=N&limit=M   what was written and what was dropped, in order; revocations=1 for those too
    GET    /control/state                   totals, reasons, close codes
    GET    /control/sockets                 who is connected, by which session, for which shards; and who was
    GET    /control/conduits                conduits with all their shards
    GET    /control/dark                    how long shards were dark: the last hundred thousand spells
    GET    /control/calls                   Helix calls by their User-Agent, but for those that only read; reads=1 for those too
    POST   /control/conduits                {"id", "client_id", "shard_count"?}: a conduit with an id that a program has in its text
    POST   /control/events                  {"type", "version"?, "condition"? | "broadcaster_id"?, "event"?, "count"?}
    POST   /control/traffic                 {"rate", "channels"?, "mix"?, "subscribe"?, "wait"?}; GET tells of it, DELETE stops it
    POST   /control/faults                  see `faults`; GET lists what waits, DELETE clears it
    POST   /control/revocations             {"subscription_id", "status"?} or {"user_id", "client_id"?}
    POST   /control/tokens/expire           {"user_id"?}: access tokens die, as if their time were up
    POST   /control/rate_limit              {"points_per_minute"}

An order that can't be meant is answered with 400 and {"message": …}. Whoever runs the simulator in process calls the
methods of `Control` and catches ValueError.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Final

import orjson
from aiohttp import web

from twitch.ids import ClientId
from twitch.simulator import traffic
from twitch.simulator.call_log import CallLog
from twitch.simulator.model import Model
from twitch.simulator.oauth import OAuth
from twitch.simulator.ratelimit import Buckets
from twitch.simulator.wire import REVOCATIONS, Status

_TRUTH_ROWS_MAX: Final = 10_000  # in one answer; some 40 ms of work, during which nothing else happens


class Control:
    """Every order, with its JSON as arguments and answers."""

    def __init__(
        self,
        model: Model,
        oauth: OAuth,
        buckets: Buckets,
        calls: CallLog,
        clock: Callable[[], float],
        pump: Callable[[], None],
    ) -> None:
        self._model = model
        self._calls = calls
        self._oauth = oauth
        self._buckets = buckets
        self._clock = clock
        self._pump = pump

    def truth(self, after: int = 0, limit: int = _TRUTH_ROWS_MAX, *, revocations: bool = False) -> dict[str, Any]:
        return self._model.truth.read(after, min(max(limit, 0), _TRUTH_ROWS_MAX), revocations=revocations)

    def send(self, type_: str, **order: Any) -> int:
        """Send events of a type; how many messages it became."""
        return self.order_events({"type": type_, **order})

    def order_events(self, order: Mapping[str, Any]) -> int:
        messages = self._model.events.send(order, self._clock())
        self._pump()
        return messages

    def start_traffic(self, order: Mapping[str, Any]) -> dict[str, Any]:
        now = self._clock()
        self._model.channels.start(traffic.parse(order), now)
        self._model.advance(now)
        self._pump()
        return self.traffic() or {}

    def traffic(self) -> dict[str, Any] | None:
        running = self._model.channels.traffic
        return None if running is None else running.as_json(self._clock())

    def stop_traffic(self) -> dict[str, Any]:
        stopped = self._model.channels.stop(self._clock())
        return {"traffic": stopped, "totals": self._model.truth.totals.as_json()}

    def fault(self, fault: str, **order: Any) -> dict[str, Any]:
        """Order a fault; the answer has the numbers of the sockets that it hit at once."""
        return self.order_fault({"fault": fault, **order})

    def order_fault(self, order: Mapping[str, Any]) -> dict[str, Any]:
        answer = self._model.strikes.order(order, self._clock())
        self._pump()
        return answer

    def faults(self) -> list[dict[str, Any]]:
        return [fault.as_json() for fault in self._model.faults.waiting]

    def clear_faults(self) -> None:
        self._model.strikes.clear()
        self._pump()

    def revoke(self, order: Mapping[str, Any]) -> int:
        """End one subscription, or all authorizations of a user; how many subscriptions that ended."""
        now = self._clock()
        before = self._model.truth.totals.revocations
        if subscription_id := order.get("subscription_id"):
            subscription = self._model.subscriptions.get(str(subscription_id))
            status = str(order.get("status", Status.AUTHORIZATION_REVOKED))
            if subscription is None or subscription.status is not Status.ENABLED:
                raise ValueError(f"no enabled subscription has the id {subscription_id}")
            if status not in REVOCATIONS:
                raise ValueError(f"status must be one of {', '.join(sorted(REVOCATIONS))}")
            self._model.revoke(subscription, Status(status), now)
        elif user_id := order.get("user_id"):
            person = self._model.people.by_id(str(user_id))
            named = order.get("client_id")
            ended = self._oauth.disconnect(person.user_id, None if named is None else str(named))
            clients = {grant.client_id for grant in ended} | {
                one.client_id
                for one in self._model.subscriptions.of_user(person.user_id)
                if named in {None, one.client_id}
            }
            for client_id in sorted(clients):
                self._model.disconnected(client_id, person, now)
        else:
            raise ValueError("subscription_id or user_id is missing")
        self._pump()
        return self._model.truth.totals.revocations - before

    def expire_tokens(self, api_now: float, user_id: str | None = None) -> int:
        return self._oauth.expire(api_now, user_id)

    def limit_rate(self, points_per_minute: int) -> None:
        if points_per_minute < 1:
            raise ValueError("points_per_minute must be at least 1")
        self._buckets.limit_points = points_per_minute

    def sockets(self) -> list[dict[str, Any]]:
        return [
            {
                "socket": socket.number,
                "session_id": None if socket.session is None else socket.session.id,
                "carries": socket.carries,
                "closing": socket.closing,
                "shards": []
                if socket.session is None
                else [
                    {"conduit_id": shard.conduit_id, "shard": str(shard.number)}
                    for shard in self._model.conduits.of_session(socket.session.id)
                ],
                "uses": 0 if socket.session is None else socket.session.uses,
                "opened_ms": round(socket.opened_at * 1000, 3),
            }
            for socket in self._model.edge.sockets.values()
        ]

    def ended_sockets(self) -> list[dict[str, Any]]:
        """The last ten thousand that are gone, in the order in which they were found to be."""
        return [
            {
                "socket": socket.number,
                "session_id": None if socket.session is None else socket.session.id,
                "opened_ms": round(socket.opened_at * 1000, 3),
                "ended_ms": round(socket.ended_at * 1000, 3),
                "close_code": socket.close_code,
                "ended_by": "client" if socket.ended_by_client else "twitch",
            }
            for socket in self._model.edge.ended
        ]

    def conduits(self) -> list[dict[str, Any]]:
        return [
            {
                **conduit.as_json(),
                "client_id": conduit.client_id,
                "enabled": conduit.enabled,
                "dark_since_ms": None if conduit.dark_since is None else round(conduit.dark_since * 1000, 3),
                "shards": [conduit.shard(number).as_json() for number in conduit.numbers()],
                "subscriptions": len(self._model.subscriptions.of_target(conduit.id)),
            }
            for conduit in self._model.conduits.all()
        ]

    def dark(self) -> list[dict[str, Any]]:
        return [spell.as_json() for spell in self._model.conduits.darkness.spells]

    def calls(self, *, reads: bool = False) -> dict[str, Any]:
        """In the order of their arrival; `forgotten` are those that came too long ago to be kept."""
        kept = [call.as_json() for call in self._calls if reads or call.method != "GET"]
        return {"calls": kept, "forgotten": self._calls.forgotten}

    def make_conduit(self, order: Mapping[str, Any]) -> dict[str, Any]:
        conduits = self._model.conduits
        named, client_id, count = order.get("id"), order.get("client_id"), order.get("shard_count", 1)
        if not isinstance(named, str) or not named or conduits.get(named) is not None:
            raise ValueError("id must be a text that no conduit has yet")
        if not isinstance(client_id, str) or not client_id:
            raise ValueError("client_id must be a text")
        if not isinstance(count, int) or not conduits.is_count(count):
            raise ValueError("shard_count is out of range")
        conduit = conduits.create(ClientId(client_id), count, self._clock(), named=named)
        if conduit is None:
            raise ValueError(f"client {client_id} has as many conduits as it may")
        return conduit.as_json()

    def state(self) -> dict[str, Any]:
        truth, edge = self._model.truth, self._model.edge
        return {
            "now_ms": round(self._clock() * 1000, 3),
            "sockets": len(edge.sockets),
            "sessions": len(edge.sessions),
            "closes": {str(code): count for code, count in sorted(edge.closes.items())},
            "conduits": [{**conduit.as_json(), "enabled": conduit.enabled} for conduit in self._model.conduits.all()],
            "subscriptions": len(self._model.subscriptions),
            "traffic": self.traffic(),
            "faults": self.faults(),
            "totals": truth.totals.as_json(),
            "dropped_by_reason": truth.reasons,
            "sent_by_type": truth.by_type,
        }


def control_routes(control: Control, api_clock: Callable[[], float]) -> Sequence[web.AbstractRouteDef]:
    """The routes under /control."""

    async def truth(request: web.Request) -> Any:
        after, limit = int(request.query.get("after", "0")), int(request.query.get("limit", str(_TRUTH_ROWS_MAX)))
        return control.truth(after, limit, revocations=request.query.get("revocations") == "1")

    async def calls(request: web.Request) -> Any:
        return control.calls(reads=request.query.get("reads") == "1")

    async def expire(request: web.Request) -> Any:
        user_id = (await _order(request)).get("user_id")
        return {"expired": control.expire_tokens(api_clock(), None if user_id is None else str(user_id))}

    async def rate_limit(request: web.Request) -> Any:
        control.limit_rate(int((await _order(request)).get("points_per_minute", 0)))
        return {}

    async def make_conduit(request: web.Request) -> Any:
        return control.make_conduit(await _order(request))

    async def events(request: web.Request) -> Any:
        return {"messages": control.order_events(await _order(request))}

    async def start_traffic(request: web.Request) -> Any:
        return control.start_traffic(await _order(request))

    async def fault(request: web.Request) -> Any:
        return control.order_fault(await _order(request))

    async def clear_faults(_request: web.Request) -> Any:
        control.clear_faults()
        return {}

    async def revoke(request: web.Request) -> Any:
        return {"revoked": control.revoke(await _order(request))}

    def told(read: Callable[[], Any]) -> Callable[[web.Request], Awaitable[Any]]:
        async def answer(_request: web.Request) -> Any:
            return read()

        return answer

    rows: tuple[tuple[str, str, Callable[[web.Request], Awaitable[Any]]], ...] = (
        ("GET", "truth", truth),
        ("GET", "state", told(control.state)),
        ("GET", "sockets", told(lambda: {"sockets": control.sockets(), "ended": control.ended_sockets()})),
        ("GET", "conduits", told(lambda: {"conduits": control.conduits()})),
        ("GET", "dark", told(lambda: {"spells": control.dark()})),
        ("GET", "calls", calls),
        ("POST", "conduits", make_conduit),
        ("POST", "events", events),
        ("GET", "traffic", told(lambda: control.traffic() or {})),
        ("POST", "traffic", start_traffic),
        ("DELETE", "traffic", told(control.stop_traffic)),
        ("GET", "faults", told(lambda: {"faults": control.faults()})),
        ("POST", "faults", fault),
        ("DELETE", "faults", clear_faults),
        ("POST", "revocations", revoke),
        ("POST", "tokens/expire", expire),
        ("POST", "rate_limit", rate_limit),
    )
    return [web.route(method, f"/control/{name}", _answered(handler)) for method, name, handler in rows]


def _answered(
    handler: Callable[[web.Request], Awaitable[Any]],
) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    async def answer(request: web.Request) -> web.StreamResponse:
        try:
            body, status = await handler(request), 200
        except (ValueError, TypeError) as error:
            body, status = {"message": str(error)}, 400
        return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")

    return answer


async def _order(request: web.Request) -> Mapping[str, Any]:
    order = orjson.loads(await request.read() or b"{}")
    if not isinstance(order, Mapping):
        raise TypeError("the order must be a JSON object")
    return order
