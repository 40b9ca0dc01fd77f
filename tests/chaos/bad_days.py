"""Twitch's bad days. Each heals by itself; the only thing lost is what Twitch itself drops for a dark shard."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import CLIENT, SECRET

CLOSE_CODES = (1000, 1001, 1011, 4000, 4001, 4002, 4003, 4004, 4005, 4006, 4007)
GARBAGE = ("not_json", "not_an_object", "no_metadata", "unknown_type", "empty")
MANY = 10_000
"""More calls than a scenario lasts for; the rest is cleared at its end."""


async def _close(fleet: Fleet, shard: int, code: int = 4006) -> str:
    """Has Twitch close a shard's socket; returns the session that ended so."""
    session = (await fleet.sessions())[str(shard)]
    await fleet.control.fault("close", shard=shard, code=code)
    return session


async def _bound_anew(fleet: Fleet, shard: int, before: str) -> bool:
    return (await fleet.sessions()).get(str(shard), before) != before


async def helix_down(fleet: Fleet) -> None:
    """Helix answers 503, 500, and both kinds of 429 in turn for two minutes, while sockets are lost."""
    kinds: tuple[dict[str, Any], ...] = (
        {"status": 503},
        {"status": 500},
        {"status": 429, "headers": {"Ratelimit-Remaining": "0", "Ratelimit-Reset": str(int(time.time()) + 2)}},
        {"status": 429, "headers": {"Ratelimit-Remaining": "700"}, "message": "too many requests for this endpoint"},
    )
    lost: dict[int, str] = {}
    for number, kind in enumerate(kinds):
        await fleet.control.clear_faults()
        await fleet.control.fault("status", endpoint="/eventsub/*", count=MANY, **kind)
        lost[number] = await _close(fleet, number)
        await fleet.nap(30, 3)
    dark = len(fleet.reader.account.dropped)
    fleet.note(f"{len(lost)} sockets were lost meanwhile; {dark} messages dropped by the end of it")
    leader = await fleet.until_led()
    for alarm in ("conduit_dark_seconds", "fleet_trouble"):
        fleet.expect(await fleet.count([leader], alarm) > 0, f"{alarm} alarms while it lasts")
    await fleet.control.clear_faults()
    for shard, session in lost.items():
        await fleet.until(f"shard {shard} is bound anew", lambda s=shard, b=session: _bound_anew(fleet, s, b))  # type: ignore[misc] # mypy can't infer a lambda's default


async def bindings_refused(fleet: Fleet) -> None:
    """Twitch takes the PATCH of shards with 202 and refuses half of the bindings inside it, again and again."""
    for _ in range(3):
        lost = {shard: await _close(fleet, shard) for shard in range(4)}
        await fleet.control.fault("refuse", count=3)
        for shard, session in lost.items():
            await fleet.until(f"shard {shard} is bound anew", lambda s=shard, b=session: _bound_anew(fleet, s, b))  # type: ignore[misc] # mypy can't infer a lambda's default
        await fleet.recover()


async def token_endpoint_down(fleet: Fleet) -> None:
    """The app's token dies and the token endpoint answers 500 for a minute, while a socket is lost."""
    await fleet.control.fault("status", endpoint="/oauth2/token", status=500, count=MANY)
    await fleet.control("POST", "tokens/expire", {})
    session = await _close(fleet, 0)
    await fleet.nap(60, 6)
    fleet.expect(
        await fleet.count([await fleet.until_led()], "fleet_trouble") > 0, "fleet_trouble alarms while it lasts"
    )
    await fleet.control.clear_faults()
    await fleet.until("shard 0 is bound anew", lambda: _bound_anew(fleet, 0, session))


async def close_codes(fleet: Fleet) -> None:
    """Every close code there is, each on a shard of its own, then a connection that breaks without one."""
    for number, code in enumerate(CLOSE_CODES):
        await _close(fleet, number % fleet.wanted.shards, code)
        await fleet.nap(2)
    await fleet.control.fault("abort", shard=0)


async def silence(fleet: Fleet) -> None:
    """Two sockets fall silent without a close, for longer than the keepalive timeout."""
    lost = {shard: (await fleet.sessions())[str(shard)] for shard in (0, 1)}
    for shard in lost:
        await fleet.control.fault("silence", shard=shard, seconds=60)
    for shard, session in lost.items():
        await fleet.until(f"shard {shard} has another session", lambda s=shard, b=session: _bound_anew(fleet, s, b))  # type: ignore[misc] # mypy can't infer a lambda's default


async def duplicates(fleet: Fleet) -> None:
    """Thousands of messages come twice, late, or in another order."""
    rate = fleet.pace.rate
    await fleet.control.fault("duplicate", count=rate * 4)
    await fleet.flows(rate * 4)
    await fleet.control.fault("duplicate", count=rate, seconds=fleet.pace.seconds(5))
    await fleet.flows(rate)
    await fleet.control.fault("delay", count=rate, seconds=1.0)
    await fleet.control.fault("reorder", count=rate, seconds=0.5)
    await fleet.flows(rate * 3)
    await fleet.nap(5)
    dropped = await fleet.count(fleet.living("worker"), "eventsub_duplicates_total")
    fleet.expect(dropped > rate, "the dedup window has met the duplicates")
    fleet.note(f"{dropped:.0f} duplicates dropped by the dedup window")


async def garbage(fleet: Fleet) -> None:
    """Frames of garbage on every socket: those that break JSON harm nothing, those that break WebSocket cost a socket."""
    bound = await fleet.sessions()
    for kind in GARBAGE:
        await fleet.control.fault("garbage", garbage=kind, count=20)
    workers = fleet.living("worker")
    expected = len(GARBAGE) * 20 * fleet.wanted.shards

    async def counted() -> bool:
        return await fleet.count(workers, "eventsub_disturbances_total") >= expected

    await fleet.until("every frame is counted", counted)
    fleet.expect(await fleet.sessions() == bound, "no socket was lost over it")
    await fleet.control.fault("garbage", garbage="bad_opcode", shard=0)
    await fleet.recover()


async def conduit_deleted(fleet: Fleet) -> None:
    """The conduit is deleted under the fleet: a new one is made, live sessions are bound to it, subscriptions made again."""
    before = (await fleet.control("GET", "conduits"))["conduits"][0]
    token = await _app_token(fleet)
    fleet.struck()
    headers = {"Authorization": f"Bearer {token}", "Client-Id": CLIENT}
    url = f"{fleet.control.url}/helix/eventsub/conduits?id={before['id']}"
    async with fleet.http.delete(url, headers=headers) as answer:
        assert answer.status == 204, await answer.text()

    async def remade() -> bool:
        conduits = (await fleet.control("GET", "conduits"))["conduits"]
        return bool(conduits) and conduits[0]["subscriptions"] >= before["subscriptions"]

    await fleet.until("another conduit has every subscription", remade)
    leader = await fleet.until_led()
    fleet.expect(await fleet.count([leader], "conduit_lost_total") == 1, "conduit_lost_total alarms")


async def _app_token(fleet: Fleet) -> str:
    form = {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials"}
    async with fleet.http.post(f"{fleet.control.url}/oauth2/token", data=form) as answer:
        return str((await answer.json())["access_token"])


async def disabled_in_silence(fleet: Fleet) -> None:
    """Twitch disables shards whose sockets live, and tells nobody; only the listing shows it."""
    await fleet.control.fault("disable", shard=0)
    await fleet.control.fault("disable", shard=3)
    await fleet.recover()


async def stale_notices(fleet: Fleet) -> None:
    """Notices of disabled shards come late, twice, and for sessions that are long gone; nothing that is bound is touched."""
    bound = await fleet.sessions()
    conduit = (await fleet.state())["conduit"]["id"]
    for shard in range(fleet.wanted.shards):
        for session in (f"AgoQ{shard}gone", bound[str(shard)]):
            event = {
                "conduit_id": conduit,
                "shard_id": str(shard),
                "status": "websocket_disconnected",
                "transport": {"method": "websocket", "callback": None, "session_id": session},
            }
            order = {"type": "conduit.shard.disabled", "condition": {"client_id": CLIENT}, "event": event, "count": 2}
            await fleet.control("POST", "events", order)
    await fleet.flows(fleet.pace.rate * 3)
    await asyncio.sleep(fleet.pace.seconds(5))
    fleet.expect(await fleet.sessions() == bound, "no shard that was bound is disturbed")


SCENARIOS = (
    Scenario("twitch-helix-down", helix_down, short=True),
    Scenario("twitch-bindings-refused", bindings_refused),
    Scenario("twitch-token-down", token_endpoint_down),
    Scenario("twitch-close-codes", close_codes),
    Scenario("twitch-silence", silence),
    Scenario("twitch-duplicates", duplicates),
    Scenario("twitch-garbage", garbage),
    Scenario("twitch-conduit-deleted", conduit_deleted),
    Scenario("twitch-disabled-in-silence", disabled_in_silence),
    Scenario("twitch-stale-notices", stale_notices),
)
