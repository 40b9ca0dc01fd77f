"""The admin API. Any coordinator answers, from what stands in Redis; every request carries FLEET_ADMIN_TOKEN.

A write is an intent in Redis, which whoever leads carries out: the answer says that it is recorded, not that it is done.
"""

from __future__ import annotations

import hmac
from collections import Counter
from typing import Any

import msgspec
import orjson
import structlog
from aiohttp import web
from aiohttp.typedefs import Handler
from redis.asyncio import Redis

from coordinator.ledger import read_records
from coordinator.reconcile import DELIVERING, ShardRecord
from coordinator.wanted_count import By, read_by_hand, refusal, set_by_hand
from fleet.connection import REDIS_ERRORS, describe, hash_of
from fleet.keys import Keys
from fleet.reports import read, read_report
from fleet.scripts import Scripts
from fleet.settings import Settings

log = structlog.get_logger(__name__)


class _Stated(msgspec.Struct):
    status: str | None = None


_stated = msgspec.json.Decoder(_Stated)


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
        except REDIS_ERRORS as error:
            return _json({"error": f"Redis does not answer: {describe(error)}"}, status=503)

    async def fleet(_request: web.Request) -> web.Response:
        return _json(await snapshot(redis, scripts, keys))

    async def conduit(request: web.Request) -> web.Response:
        try:
            asked = orjson.loads(await request.read())
        except orjson.JSONDecodeError:
            asked = None
        if not isinstance(asked, dict) or asked.keys() != {"shard_count"}:
            return _json(
                {"error": 'send {"shard_count": N}, or null for N to give it back to the settings'}, status=400
            )
        count, found = asked["shard_count"], await snapshot(redis, scripts, keys)
        active = [each["capacity"] for each in found["workers"] if each["heard"] and each["phase"] == "active"]
        now_count = found["conduit"]["shard_count"] if found["conduit"] else None
        if count is not None and (why := refusal(count, now_count, len(active), sum(active))):
            return _json({"error": why}, status=400)
        await set_by_hand(redis, keys, count, found["now_ms"])
        log.info("admin.shard_count_set", shards=count, before=now_count)
        return _json({"shard_count": now_count, "by_hand": count}, status=202)

    app = web.Application(middlewares=[guard])
    app.add_routes([web.get("/api/fleet", fleet), web.post("/api/conduit", conduit)])
    return app


async def snapshot(redis: Redis, scripts: Scripts, keys: Keys) -> dict[str, Any]:
    """The fleet as it stands: leader, conduit with its wanted count, workers with their sessions, shards, and counts."""
    now_ms, _, workers = await scripts.observe(
        keys=[keys.workers, keys.written], args=[keys.alive(""), keys.report("")]
    )
    reports = [(name.decode("utf-8", "replace"), left_ms, raw) for name, left_ms, _, raw in sorted(workers)]
    leader = (await redis.get(keys.leader) or b"").decode()
    conduit = {key.decode(): value.decode() for key, value in (await hash_of(redis, keys.conduit)).items()}
    by_hand = await read_by_hand(redis, keys)
    records = read_records(await hash_of(redis, keys.shards))
    subscriptions = [_status(text) for text in (await hash_of(redis, keys.subscriptions)).values()]
    epoch, _, holder = leader.partition(":")
    count = int(conduit.get("shard_count", "0"))
    holders = Counter(record.holder for record in records.values() if record.holder)
    return {
        "now_ms": now_ms,
        "leader": {"holder": holder, "epoch": int(epoch)} if leader else None,
        "conduit": _conduit(conduit, by_hand, records) if "id" in conduit else None,
        "workers": [_worker(name, left_ms, raw, holders[name]) for name, left_ms, raw in reports],
        "shards": [{"shard": shard, **msgspec.to_builtins(record)} for shard, record in sorted(records.items())],
        "counts": {
            "workers": len(workers),
            "shards": dict(Counter(str(record.phase) for shard, record in records.items() if shard < count)),
            "subscriptions": dict(Counter(subscriptions)),
        },
    }


def _conduit(recorded: dict[str, str], by_hand: int | None, records: dict[int, ShardRecord]) -> dict[str, Any]:
    """The conduit, and how far the way from the shard count that it has to the one that is wanted is."""
    count = int(recorded.get("shard_count", "0"))
    wanted = by_hand or int(recorded.get("wanted", count))
    return {
        "id": recorded["id"],
        "created": recorded.get("created", "0"),
        "shard_count": count,
        "wanted": wanted,
        "wanted_by": By.HAND if by_hand else recorded.get("wanted_by", ""),
        "bound": sum(record.phase in DELIVERING for shard, record in records.items() if shard < count),
        "opened_ahead": sum(shard >= count for shard in records),
        "lingering": int(recorded.get("lingering", "0")),
        "waits": recorded.get("waits", "") if wanted != count else "",
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


def _status(raw: bytes) -> str:
    try:
        return read(_stated, raw).status or "unknown"
    except msgspec.DecodeError:
        return "unknown"


def _json(body: Any, status: int = 200) -> web.Response:
    return web.Response(status=status, body=orjson.dumps(body), content_type="application/json")
