"""The admin API. Any coordinator answers, from what stands in Redis; every request carries FLEET_ADMIN_TOKEN."""

from __future__ import annotations

import hmac
from collections import Counter
from typing import Any

import msgspec
import orjson
from aiohttp import web
from aiohttp.typedefs import Handler
from redis.asyncio import Redis

from coordinator.reconcile import ShardRecord
from fleet.connection import AWAY, describe, hash_of
from fleet.keys import Keys
from fleet.reports import read_report
from fleet.scripts import Scripts
from fleet.settings import Settings

_record = msgspec.json.Decoder(ShardRecord)


def api(settings: Settings, redis: Redis, scripts: Scripts) -> web.Application:
    """The API under /api. Needs FLEET_ADMIN_TOKEN to be set."""
    assert settings.admin_token, "no token, no API"
    expected = f"Bearer {settings.admin_token}".encode()
    keys = Keys(settings.namespace)

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        given = request.headers.get("Authorization", "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, expected):
            return _json({"error": "send FLEET_ADMIN_TOKEN as a bearer token"}, status=401)
        try:
            return await handler(request)
        except AWAY as error:
            return _json({"error": f"Redis does not answer: {describe(error)}"}, status=503)

    async def fleet(_request: web.Request) -> web.Response:
        return _json(await snapshot(redis, scripts, keys))

    app = web.Application(middlewares=[guard])
    app.add_routes([web.get("/api/fleet", fleet)])
    return app


async def snapshot(redis: Redis, scripts: Scripts, keys: Keys) -> dict[str, Any]:
    """The fleet as it stands: leader, conduit, workers with their sessions, shards, and counts."""
    now_ms, _, _, workers = await scripts.observe(
        keys=[keys.workers, keys.incarnation, keys.written], args=[keys.alive(""), keys.report("")]
    )
    leader = (await redis.get(keys.leader) or b"").decode()
    conduit = {key.decode(): value.decode() for key, value in (await hash_of(redis, keys.conduit)).items()}
    records = {int(k): _record.decode(v) for k, v in (await hash_of(redis, keys.shards)).items()}
    subscriptions = [orjson.loads(text) for text in (await hash_of(redis, keys.subscriptions)).values()]
    epoch, _, holder = leader.partition(":")
    holders = Counter(record.holder for record in records.values() if record.holder)
    return {
        "now_ms": now_ms,
        "leader": {"holder": holder, "epoch": int(epoch)} if leader else None,
        "conduit": {**conduit, "shard_count": int(conduit["shard_count"])} if conduit else None,
        "workers": [
            _worker(name.decode(), left_ms, raw, holders[name.decode()]) for name, left_ms, _, raw in sorted(workers)
        ],
        "shards": [{"shard": shard, **msgspec.to_builtins(record)} for shard, record in sorted(records.items())],
        "counts": {
            "workers": len(workers),
            "shards": dict(Counter(str(record.phase) for record in records.values())),
            "subscriptions": dict(Counter(each.get("status") or "unknown" for each in subscriptions)),
        },
    }


def _worker(name: str, left_ms: int, raw: bytes | None, shards: int) -> dict[str, Any]:
    try:
        report = read_report(raw or b"")
    except msgspec.DecodeError:  # none, or one of another build
        return {"worker": name, "heard": left_ms >= 0, "phase": "unknown", "shards": shards, "sessions": []}
    return {
        "worker": name,
        "heard": left_ms >= 0,
        "phase": "active" if report.active else "draining",
        "capacity": report.capacity,
        "events_per_second": report.rate,
        "shards": shards,
        "sessions": [{"session": s.session, "shard": s.shard, "epoch": s.epoch} for s in report.sessions],
    }


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
