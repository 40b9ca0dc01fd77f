"""The six conduit endpoints: https://dev.twitch.tv/docs/api/reference/#get-conduits and those after it."""

from collections.abc import Mapping
from typing import Any

from twitch.simulator.calls import Answer, Call, cursor_position, missing, pagination, refusal
from twitch.simulator.conduits import Conduit, ShardUpdate
from twitch.simulator.model import Model
from twitch.simulator.refusal import Refusal
from twitch.simulator.wire import Method


def get_conduits(model: Model, call: Call) -> Answer:
    return Answer(200, {"data": [conduit.as_json() for conduit in model.conduits.of_client(call.caller.client_id)]})


def create_conduit(model: Model, call: Call) -> Answer | Refusal:
    shard_count = _shard_count(model, call)
    if isinstance(shard_count, Refusal):
        return shard_count
    conduit = model.conduits.create(call.caller.client_id, shard_count, call.now)
    if conduit is None:
        return refusal(429, "conduit limit reached")
    model.channels.subscribe_on([conduit])
    return Answer(200, {"data": [conduit.as_json()]})


def update_conduit(model: Model, call: Call) -> Answer | Refusal:
    conduit = _conduit(model, call, "id")
    if isinstance(conduit, Refusal):
        return conduit
    shard_count = _shard_count(model, call)
    if isinstance(shard_count, Refusal):
        return shard_count
    model.conduits.resize(conduit, shard_count, call.now)
    return Answer(200, {"data": [conduit.as_json()]})


def delete_conduit(model: Model, call: Call) -> Answer | Refusal:
    conduit = _conduit(model, call, "id")
    if isinstance(conduit, Refusal):
        return conduit
    model.conduits.delete(conduit, call.now)
    return Answer(204)


def get_shards(model: Model, call: Call) -> Answer | Refusal:
    conduit = _conduit(model, call, "conduit_id")
    if isinstance(conduit, Refusal):
        return conduit
    status = call.parameters.text("status")
    begin = cursor_position(call.parameters.text("after"))
    if begin is None:
        return refusal(400, "The cursor is not valid")
    numbers = conduit.numbers()
    if status is not None:
        numbers = [number for number in numbers if conduit.shard(number).status == status]
    end = begin + model.options.page_rows
    rows = [conduit.shard(number).as_json() for number in numbers[begin:end]]
    return Answer(200, {"data": rows, "pagination": pagination(end if end < len(numbers) else None)})


def update_shards(model: Model, call: Call) -> Answer | Refusal:
    conduit = _conduit(model, call, "conduit_id")
    if isinstance(conduit, Refusal):
        return conduit
    shards = call.parameters.structure("shards")
    if shards is None:
        return missing("shards")
    if not isinstance(shards, list) or not all(isinstance(shard, Mapping) for shard in shards):
        return refusal(400, 'The parameter "shards" must be a list of shards')
    most = model.options.shards_per_request_max
    if not 1 <= len(shards) <= most:
        return refusal(400, f'The parameter "shards" must have from 1 to {most} shards')
    bound, errors = model.conduits.assign(conduit, [_shard_update(shard) for shard in shards], call.now)
    return Answer(202, {"data": [shard.as_json() for shard in bound], "errors": errors})


def _shard_update(shard: Mapping[str, Any]) -> ShardUpdate:
    transport = shard.get("transport")
    fields = transport if isinstance(transport, Mapping) else shard  # some send the transport's fields flat
    session_id, callback, secret = (fields.get(name) for name in ("session_id", "callback", "secret"))
    return ShardUpdate(
        id=str(shard.get("id", "")),
        method=str(fields.get("method") or (Method.WEBSOCKET if session_id else "")),
        session_id=str(session_id) if session_id else None,
        callback=str(callback) if callback else None,
        secret=str(secret) if secret else None,
    )


def _conduit(model: Model, call: Call, parameter: str) -> Conduit | Refusal:
    conduit_id = call.parameters.text(parameter)
    if conduit_id is None:
        return missing(parameter)
    # Somebody else's conduit is as good as none.
    return model.conduits.owned(conduit_id, call.caller.client_id) or refusal(404, "conduit not found")


def _shard_count(model: Model, call: Call) -> int | Refusal:
    if call.parameters.raw("shard_count") is None:
        return missing("shard_count")
    shard_count = call.parameters.integer("shard_count")
    if shard_count is None or not model.conduits.is_count(shard_count):
        return refusal(400, f'The parameter "shard_count" must be between 1 and {model.options.shards_max}')
    return shard_count
