"""The three subscription endpoints.

Source: https://dev.twitch.tv/docs/api/reference/#create-eventsub-subscription and those after it.

A 429 of Create is rarely the rate limit: too many alike, too many on a connection, too many connections, too dear.
Only the message tells, and that Ratelimit-Remaining is above 0.
"""

from collections.abc import Mapping

from twitch.simulator.calls import Answer, Call, cursor_position, missing, pagination, refusal
from twitch.simulator.catalogue import BATCHED, REMOVED, TYPES, Type
from twitch.simulator.model import Model
from twitch.simulator.refusal import Refusal
from twitch.simulator.subscriptions import Subscription
from twitch.simulator.tokens import Tokens
from twitch.simulator.wire import Method, Status

_FILTERS = ("status", "type", "user_id", "subscription_id", "conduit_id")


def create_subscription(model: Model, tokens: Tokens, call: Call) -> Answer | Refusal:
    row, condition = _what(call), _condition(call)
    if isinstance(row, Refusal):
        return row
    if isinstance(condition, Refusal):
        return condition
    if row.name == BATCHED and call.parameters.raw("is_batching_enabled") not in {True, "true"}:
        return refusal(400, f"{BATCHED} requires is_batching_enabled")
    if problem := row.problem(condition):
        return refusal(400, problem)
    condition = row.echoed(condition)
    transport = _transport(model, call, row)
    if isinstance(transport, Refusal):
        return transport
    if denied := _denied(model, tokens, call, row, condition):
        return denied
    client_id, user_id = call.caller.client_id, call.caller.user_id
    alike = model.subscriptions.alike(client_id, user_id, row.name, condition)
    for one in alike:
        if one.version == row.version and (one.method, one.target) == transport:
            conflict = {"error": "Conflict", "status": 409, "message": "subscription already exists", "id": one.id}
            return Answer(409, conflict)
    if len(alike) >= model.options.same_condition_max:
        return refusal(429, "maximum subscriptions with type and condition exceeded")
    cost = _cost(tokens, call, row, condition)
    if full := _full(model, call, transport, cost):
        return full
    made = model.subscriptions.create(
        client_id,
        user_id,
        (row.name, row.version),
        condition,
        transport,
        cost=cost,
        now=call.now,
        status=Status.CALLBACK_PENDING if transport[0] is Method.WEBHOOK else Status.ENABLED,
        connected_at=_connected_at(model, transport),
    )
    if made.method is Method.WEBSOCKET:
        model.edge.hold(made.target)
    return Answer(202, {"data": [made.as_json()], **_totals(model, call)})


def delete_subscription(model: Model, call: Call) -> Answer | Refusal:
    subscription_id = call.parameters.text("id")
    if subscription_id is None:
        return missing("id")
    found = model.subscriptions.get(subscription_id)
    if found is None or not _is_callers(found, call):
        return refusal(404, "subscription not found")
    enabled = found.status is Status.ENABLED
    model.subscriptions.delete(found)
    if enabled and found.method is Method.WEBSOCKET:
        model.edge.release(found.target, call.now)
    return Answer(204)


def get_subscriptions(model: Model, call: Call) -> Answer | Refusal:
    given = [name for name in _FILTERS if call.parameters.text(name) is not None]
    if len(given) > 1:
        return refusal(400, f"The filters {' and '.join(given)} exclude each other")
    after = cursor_position(call.parameters.text("after"))
    if after is None:
        return refusal(400, "The cursor is not valid")
    name = given[0] if given else None
    value = "" if name is None else call.parameters.text(name) or ""

    def wanted(one: Subscription) -> bool:
        match name:
            case None:
                return True
            case "status":
                return one.status == value
            case "type":
                return one.type == value
            case "user_id":
                return one.mentions(value)
            case "subscription_id":
                return one.id == value
            case _:
                return one.method is Method.CONDUIT and one.target == value

    rows, last = model.subscriptions.page(call.caller.client_id, call.caller.user_id, after, wanted)
    listed = [one.as_json() for one in rows]
    return Answer(200, {"data": listed, **_totals(model, call), "pagination": pagination(last)})


def _what(call: Call) -> Type | Refusal:
    name, version = call.parameters.text("type"), call.parameters.text("version")
    if name is None or version is None:
        return missing("type" if name is None else "version")
    if (name, version) in REMOVED:
        return refusal(410, f"subscription type {name} version {version} has been removed")
    return TYPES.get((name, version)) or refusal(400, f"invalid subscription type and version: {name} {version}")


def _condition(call: Call) -> dict[str, str] | Refusal:
    condition = call.parameters.structure("condition")
    if not isinstance(condition, Mapping):
        return missing("condition")
    return {str(key): str(value) for key, value in condition.items() if value is not None}


def _transport(model: Model, call: Call, row: Type) -> tuple[Method, str] | Refusal:
    transport = call.parameters.structure("transport")
    if not isinstance(transport, Mapping):
        return missing("transport")
    try:
        method = Method(str(transport.get("method")))
    except ValueError:
        return refusal(400, "invalid transport method")
    if call.caller.is_app is (method is Method.WEBSOCKET):
        return refusal(401, "invalid transport and auth combination")
    if not row.takes(method):
        return refusal(400, f"subscription type {row.name} does not support the {method} transport")
    key = {Method.CONDUIT: "conduit_id", Method.WEBSOCKET: "session_id", Method.WEBHOOK: "callback"}[method]
    target = str(transport.get(key) or "")
    if not target:
        return missing(f"transport.{key}")
    match method:
        case Method.CONDUIT if model.conduits.owned(target, call.caller.client_id) is None:
            return refusal(400, "conduit not found")
        case Method.WEBSOCKET if model.edge.carrier(target) is None:
            return refusal(400, "websocket transport session does not exist or has already disconnected")
        case Method.WEBHOOK if not target.startswith("https://"):
            return refusal(400, "callback must be an HTTPS URL")
    return method, target


def _denied(model: Model, tokens: Tokens, call: Call, row: Type, condition: Mapping[str, str]) -> Refusal | None:
    denied = refusal(403, "subscription missing proper authorization")
    client_id = call.caller.client_id
    if condition.get("client_id", client_id) != client_id:
        return denied
    if not model.options.require_grants or row.grantor is None:
        return None
    grant = tokens.granted(client_id, condition[row.grantor])
    scopes = frozenset() if grant is None else grant.scopes
    needed = row.scopes
    if row.reads_chat and call.caller.is_app:
        needed = (*needed, frozenset({"user:bot"}))
        if row.needs_welcome and condition["broadcaster_user_id"] != condition["user_id"]:
            welcome = tokens.granted(client_id, condition["broadcaster_user_id"])
            if welcome is None or "channel:bot" not in welcome.scopes:
                return denied
    return None if all(scopes & either for either in needed) else denied


def _cost(tokens: Tokens, call: Call, row: Type, condition: Mapping[str, str]) -> int:
    # Nothing, if the type needs somebody's authorization or the user in the condition has authorized the client.
    if row.scopes or row.name == "conduit.shard.disabled":
        return 0
    users = [value for key, value in condition.items() if key.endswith("user_id") and value]
    return 0 if any(tokens.granted(call.caller.client_id, user) for user in users) else 1


def _full(model: Model, call: Call, transport: tuple[Method, str], cost: int) -> Refusal | None:
    subscriptions, options = model.subscriptions, model.options
    client_id, user_id = call.caller.client_id, call.caller.user_id
    if len(subscriptions) >= options.subscriptions_max:
        return refusal(429, "the simulator holds no more subscriptions")
    _, total_cost = subscriptions.totals(client_id, user_id)
    if cost and total_cost + cost > _max_total_cost(model, call):
        return refusal(429, "maximum total cost exceeded")
    if user_id is None or transport[0] is not Method.WEBSOCKET:
        return None
    on_session = subscriptions.of_target(transport[1])
    if any((one.client_id, one.user_id) != (client_id, user_id) for one in on_session):
        return refusal(400, "websocket transport cannot have subscriptions created by different users")
    if len(on_session) >= options.subscriptions_per_session_max:
        return refusal(429, "number of subscriptions on the websocket transport limit exceeded")
    sessions = subscriptions.sessions_of(client_id, user_id)
    if transport[1] not in sessions and len(sessions) >= options.sessions_per_user_max:
        return refusal(429, "number of websocket transports limit exceeded")
    return None


def _max_total_cost(model: Model, call: Call) -> int:
    return model.options.max_total_cost if call.caller.is_app else model.options.max_total_cost_websocket


def _totals(model: Model, call: Call) -> dict[str, int]:
    total, total_cost = model.subscriptions.totals(call.caller.client_id, call.caller.user_id)
    return {"total": total, "total_cost": total_cost, "max_total_cost": _max_total_cost(model, call)}


def _connected_at(model: Model, transport: tuple[Method, str]) -> str | None:
    socket = model.edge.carrier(transport[1]) if transport[0] is Method.WEBSOCKET else None
    return None if socket is None or socket.session is None else socket.session.connected_at


def _is_callers(one: Subscription, call: Call) -> bool:
    return (one.client_id, one.user_id) == (call.caller.client_id, call.caller.user_id)
