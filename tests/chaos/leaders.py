"""Leaders: paused, killed, cut off from Redis. At most one acts, and no bound shard is disturbed.

That a leader which was replaced writes nothing more at Twitch is asked of every scenario (`harness.Fleet.expect_sound`);
here each successor is given something to write, and the one before it is there to see it.
"""

from __future__ import annotations

import time

from fleet.demo.children import Child
from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import Wanted


async def _epoch(fleet: Fleet, of: Child) -> int:
    return int((await fleet.api("GET", "fleet", of=of))["leader"]["epoch"])


PATCH = "PATCH /eventsub/conduits/shards"

MUCH_LATER_SECONDS = 600.0
"""Longer than the scenario; it ends the wait itself."""

LOST = "0"
"""The shard whose socket Twitch closes, so that whoever leads has something to write."""


async def _lose_one(fleet: Fleet) -> None:
    await fleet.control.fault("close", shard=int(LOST), code=4006)


async def _expect_undisturbed(fleet: Fleet, bound: dict[str, str]) -> None:
    """No shard but the one that was lost on purpose has another session, and that one has."""
    now = await fleet.sessions()
    changed = {shard for shard in bound if now.get(shard) != bound[shard]}
    fleet.expect(changed == {LOST}, f"no shard that was bound is disturbed, but for {LOST}: {sorted(changed)}")
    closes = (await fleet.control("GET", "state"))["closes"]
    fleet.expect(closes == {"4006": 1}, f"Twitch has closed no other socket: {closes}")


async def paused(fleet: Fleet) -> None:
    """The leader is stopped for longer than its lease, and goes on after another one leads."""
    bound, old = await fleet.sessions(), await fleet.until_led()
    before, at = await _epoch(fleet, old), time.monotonic()
    fleet.stop(old)
    new = await fleet.until_led(but=old)
    fleet.note(f"fail-over {time.monotonic() - at:.1f} s after SIGSTOP")
    await fleet.recover()
    await fleet.nap(3 * 4)
    await _lose_one(fleet)
    fleet.resume(old)
    await fleet.recover()
    await fleet.flows(fleet.pace.rate * 2)

    async def stands_by() -> bool:
        return await fleet.count([old], "fleet_leader") == 0

    await fleet.until("the paused leader has stood down", stands_by)
    fleet.expect(await fleet.count([new], "fleet_leader") == 1, "the new leader goes on leading")
    fleet.expect(await _epoch(fleet, new) > before, "the epoch has risen")
    await _expect_undisturbed(fleet, bound)


async def killed(fleet: Fleet) -> None:
    """The leader is killed with SIGKILL; a standby takes over, and the killed one is started anew."""
    bound, old = await fleet.sessions(), await fleet.until_led()
    before, at = await _epoch(fleet, old), time.monotonic()
    fleet.kill(old)
    new = await fleet.until_led(but=old)
    fleet.note(f"fail-over {time.monotonic() - at:.1f} s after SIGKILL (lease {fleet.pace.lease_seconds:g} s)")
    await fleet.recover()
    await _lose_one(fleet)
    await fleet.start_coordinator()
    await fleet.recover()
    await fleet.flows(fleet.pace.rate * 2)
    fleet.expect(await _epoch(fleet, new) > before, "the epoch has risen")
    await _expect_undisturbed(fleet, bound)


async def cut_off(fleet: Fleet) -> None:
    """The leader loses Redis while Helix answers it: packets swallowed, later connections refused, then healed."""
    bound, old = await fleet.sessions(), await fleet.until_led()
    before, at = await _epoch(fleet, old), time.monotonic()
    fleet.struck()
    fleet.proxies[old.name].swallow()
    new = await fleet.until_led(but=old)
    fleet.note(f"fail-over {time.monotonic() - at:.1f} s after the cut")
    await fleet.recover()
    fleet.expect(await fleet.count([old], "fleet_leader") == 0, "the one cut off has stopped leading by then")
    await fleet.until_alarmed("fleet_trouble", kind="redis", of=[old])
    fleet.proxies[old.name].refuse()
    await fleet.nap(4)
    await _lose_one(fleet)
    fleet.proxies[old.name].heal()
    await fleet.recover()
    await fleet.flows(fleet.pace.rate * 2)
    fleet.expect(await _epoch(fleet, new) > before, "the epoch has risen")
    fleet.expect(await fleet.count([old], "fleet_leader") == 0, "one that comes back acts no more")
    await _expect_undisturbed(fleet, bound)


async def late_patch(fleet: Fleet) -> None:
    """A leader is stopped while its PATCH of a lost shard is on its way; it arrives after another leads and has bound it."""
    old = await fleet.until_led()
    await fleet.control.fault("slow", endpoint=PATCH, seconds=MUCH_LATER_SECONDS)
    await fleet.control.fault("close", shard=0, code=4006)

    async def on_its_way() -> bool:
        return not (await fleet.control("GET", "faults"))["faults"]

    await fleet.until("the PATCH is on its way", on_its_way)
    fleet.stop(old)
    await fleet.until_led(but=old)
    await fleet.recover()

    bound = await fleet.sessions()
    await fleet.control.clear_faults()

    async def overtaken() -> bool:
        calls = (await fleet.control("GET", "calls"))["calls"]
        ends = [each["ended_ms"] for each in calls if f"{each['method']} {each['path']}" == PATCH and each["ended_ms"]]
        return ends != sorted(ends)  # they stand in the order of their arrival

    await fleet.until("Twitch carries the PATCH out, after one that came later", overtaken)
    await fleet.recover()
    fleet.expect(await fleet.sessions() == bound, "what the late PATCH did is mended")
    fleet.struck()
    fleet.resume(old)
    await fleet.recover()
    await fleet.flows(fleet.pace.rate * 2)
    fleet.expect(await fleet.count([old], "fleet_leader") == 0, "one that comes back acts no more")


SCENARIOS = (
    Scenario("leader-paused", paused, short=True),
    Scenario("leader-killed", killed),
    Scenario("leader-late-patch", late_patch),
    Scenario("leader-cut-off", cut_off, Wanted(proxied=True)),
)
