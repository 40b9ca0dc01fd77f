"""Twitch's bad days. Each heals by itself; the only thing lost is what Twitch itself drops for a dark shard.

Each alarms while it lasts, by a gauge where it lasts, by a counter where it is over in a moment; that every gauge is back
afterwards is asked of every scenario (`harness.Fleet.until_calm`).
"""

from __future__ import annotations

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


async def _until_bound_anew(fleet: Fleet, lost: dict[int, str]) -> None:
    """Waits until each of these shards has another session than the one that it had."""

    async def bound() -> bool:
        now = await fleet.sessions()
        return all(now.get(str(shard), before) != before for shard, before in lost.items())

    await fleet.until(f"the shards {sorted(lost)} are bound anew", bound)


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
    await fleet.until_alarmed("conduit_dark_seconds")
    for trouble in ("control", "listing", "shards"):
        await fleet.until_alarmed("fleet_trouble", kind=trouble)
    await fleet.control.clear_faults()
    await _until_bound_anew(fleet, lost)


async def bindings_refused(fleet: Fleet) -> None:
    """Twitch takes the PATCH of shards with 202 and refuses bindings inside it: some, again and again, then all for 10 s."""
    for _ in range(3):
        lost = {shard: await _close(fleet, shard) for shard in range(4)}
        await fleet.control.fault("refuse", count=3)
        await _until_bound_anew(fleet, lost)
        await fleet.recover()
    await fleet.control.fault("refuse", count=MANY)
    lost = {shard: await _close(fleet, shard) for shard in range(4)}
    await fleet.nap(10)
    await fleet.until_alarmed("conduit_dark_seconds")
    await fleet.until_alarmed("fleet_trouble", kind="shards")
    await fleet.control.clear_faults()
    await _until_bound_anew(fleet, lost)


async def token_endpoint_down(fleet: Fleet) -> None:
    """The app's token dies and the token endpoint answers 500 for a minute, while a socket is lost."""
    await fleet.control.fault("status", endpoint="/oauth2/token", status=500, count=MANY)
    await fleet.control("POST", "tokens/expire", {})
    lost = {0: await _close(fleet, 0)}
    await fleet.nap(60, 6)
    await fleet.until_alarmed("conduit_dark_seconds")
    for trouble in ("control", "shards"):
        await fleet.until_alarmed("fleet_trouble", kind=trouble)
    await fleet.control.clear_faults()
    await _until_bound_anew(fleet, lost)


async def close_codes(fleet: Fleet) -> None:
    """Every close code there is, each on a shard of its own, then a connection that breaks without one."""
    for number, code in enumerate(CLOSE_CODES):
        shard = number % fleet.wanted.shards
        await _until_bound_anew(fleet, {shard: await _close(fleet, shard, code)})
        await fleet.nap(2)
    last = (await fleet.sessions())["0"]
    await fleet.control.fault("abort", shard=0)
    await _until_bound_anew(fleet, {0: last})
    workers = fleet.living("worker")
    lost = await fleet.count(workers, "eventsub_reconnects_total")
    lost -= await fleet.count(workers, "eventsub_reconnects_total", reason="requested")
    fleet.expect(lost == len(CLOSE_CODES) + 1, f"eventsub_reconnects_total counts each of them: {lost:.0f}")


async def silence(fleet: Fleet) -> None:
    """Two sockets fall silent without a close, for longer than the keepalive timeout."""
    lost = {shard: (await fleet.sessions())[str(shard)] for shard in (0, 1)}
    for shard in lost:
        await fleet.control.fault("silence", shard=shard, seconds=60)
    await _until_bound_anew(fleet, lost)
    noticed = await fleet.count(fleet.living("worker"), "eventsub_reconnects_total", reason="silence")
    fleet.expect(noticed == len(lost), f"eventsub_reconnects_total counts each as silence: {noticed:.0f}")


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
    await _until_bound_anew(fleet, {0: bound["0"]})


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
    """Twitch disables shards whose sockets live, and tells nobody; only the listing shows it, and they are bound again."""
    bound, dark = await fleet.sessions(), len(await fleet.dark_spells())
    leader = await fleet.until_led()
    counted = await fleet.count([leader], "conduit_dark_spell_seconds_count")
    called_down = await fleet.count([leader], "conduit_shards_called_down_total")
    for shard in (0, 3):
        await fleet.control.fault("disable", shard=shard)
    await fleet.until("Twitch calls them enabled again", lambda: _as_many_spells(fleet, dark + 2))
    fleet.expect(await fleet.sessions() == bound, "they are bound to the sockets that they had; no other is touched")

    async def both_counted() -> bool:
        told = await fleet.count([leader], "conduit_dark_spell_seconds_count") - counted
        return told == await fleet.count([leader], "conduit_shards_called_down_total") - called_down == 2

    await fleet.until("both are counted, as dark and as called down", both_counted)


async def _as_many_spells(fleet: Fleet, count: int) -> bool:
    return sum(spell["ended_ms"] is not None for spell in await fleet.dark_spells()) == count


NOTICE = "conduit.shard.disabled"


async def notices_lost(fleet: Fleet) -> None:
    """Sockets break and a worker is killed, and every `conduit.shard.disabled` about it is lost: all is bound anew."""
    await fleet.control.fault("drop", type=NOTICE, count=MANY)
    first, second, third, *_ = fleet.living("worker")
    killed = await fleet.shards_of(third)
    broken = [(await fleet.shards_of(child))[0] for child in (first, second)]
    bound = await fleet.sessions()
    for shard in broken:
        await fleet.control.fault("abort", shard=int(shard))
    fleet.kill(third)
    lost = {int(shard): bound[shard] for shard in (*broken, *killed)}
    await _until_bound_anew(fleet, lost)
    swallowed = (await fleet.control("GET", "state"))["dropped_by_reason"].get("fault_drop", 0)
    fleet.expect(swallowed, "Twitch sent notices")  # those that no shard was there to carry it has dropped itself
    fleet.expect(not await _notices(fleet), "no notice has arrived")
    await fleet.start_worker()
    await fleet.until("the shards are in balance", fleet.is_spread)
    await fleet.control.clear_faults()


async def notices_late(fleet: Fleet) -> None:
    """Sockets break, and each `conduit.shard.disabled` about it comes when its shard has had another session for long."""
    await fleet.control.fault("delay", type=NOTICE, count=MANY, seconds=fleet.pace.seconds(8))
    bound = await fleet.sessions()
    lost = {shard: bound[str(shard)] for shard in range(4)}
    for shard, session in lost.items():  # one by one: there is a shard to carry each notice
        await fleet.control.fault("abort", shard=shard)
        await _until_bound_anew(fleet, {shard: session})
    await fleet.recover()
    fleet.note(f"{await _notices(fleet)} of {len(lost)} notices had arrived when the last shard was bound anew")
    again = await fleet.sessions()

    async def arrived() -> bool:
        return await _notices(fleet) >= len(lost)

    await fleet.until("the notices arrive", arrived)
    await _expect_untouched(fleet, again)


async def stale_notices(fleet: Fleet) -> None:
    """Notices of disabled shards come twice, for sessions that are long gone and for live ones; no shard is touched."""
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
            order = {"type": NOTICE, "condition": {"client_id": CLIENT}, "event": event, "count": 2}
            sent = await fleet.control("POST", "events", order)
            fleet.expect(sent["messages"], f"{NOTICE} is subscribed")
    await _expect_untouched(fleet, bound)


async def _notices(fleet: Fleet) -> int:
    """Those that stand in their stream."""
    return int(await fleet.redis.xlen(fleet.keys.stream(NOTICE, 0)))


async def _expect_untouched(fleet: Fleet, bound: dict[str, str]) -> None:
    """For as long as whoever believed a notice would need to act upon it."""
    dark = len(await fleet.dark_spells())
    await fleet.flows(fleet.pace.rate * 3)
    await fleet.nap(5)
    fleet.expect(await fleet.sessions() == bound, "no shard that was bound is touched")
    fleet.expect(len(await fleet.dark_spells()) == dark, "no shard was dark for a moment")


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
    Scenario("twitch-lost-notices", notices_lost),
    Scenario("twitch-late-notices", notices_late),
    Scenario("twitch-stale-notices", stale_notices),
)
