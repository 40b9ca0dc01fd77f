"""Workers: zombies, crashes, many that come and go."""

from __future__ import annotations

import asyncio
from collections import Counter

from fleet.demo.children import Child
from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import Wanted

MANY = 10_000
"""More handshakes than a scenario lasts for; the rest is cleared in it."""
CRASHES = 3
"""Of one run: dark time is a distribution, and one crash is one draw of when in a heartbeat it falls."""


async def zombie(fleet: Fleet) -> None:
    """A worker is stopped for a minute and goes on: it steals nothing, doubles nothing, and appends what it still reads."""
    victim = fleet.living("worker")[0]
    fleet.stop(victim)
    await fleet.nap(60)
    await fleet.until("the others hold every shard", lambda: _held_without(fleet, victim.name))
    dark = await fleet.dark_spells()
    fleet.resume(victim)
    await fleet.until("it takes its share again, and the shards are in balance", fleet.is_spread)
    fleet.expect(await fleet.dark_spells() == dark, "it steals nothing: no shard is dark for a moment")


async def _held_without(fleet: Fleet, name: str) -> bool:
    fleet.read_logs()
    bound = await fleet.sessions()
    return len(bound) == fleet.wanted.shards and not set(bound.values()) & fleet.lives[name].sessions


async def churn(fleet: Fleet) -> None:
    """Four workers join while two leave by SIGTERM, all in the same moment; the shards settle in balance."""
    leaving = fleet.living("worker")[:2]
    for child in leaving:
        fleet.terminate(child)
    await asyncio.gather(*(fleet.start_worker() for _ in range(4)))
    codes = [await fleet.exit_code(child) for child in leaving]
    fleet.expect(codes == [0, 0], f"both drains end with 0, not {codes}")
    await fleet.until("the shards are in balance", fleet.is_spread)
    await fleet.expect_no_gap()


async def crash(fleet: Fleet) -> None:
    """A worker is killed with SIGKILL, a new one takes its place when its shards are bound; repeatedly."""
    for _ in range(1 if fleet.pace.short else CRASHES):
        victim = fleet.living("worker")[0]
        held = len(await fleet.shards_of(victim))
        fleet.kill(victim)
        await fleet.until("the others hold every shard", lambda dead=victim.name: _held_without(fleet, dead))  # type: ignore[misc] # mypy can't infer a lambda's default
        await fleet.recover()
        fleet.note(f"killed {victim.name} with {held} shards")
        await fleet.start_worker()
        await fleet.until("the shards are in balance", fleet.is_spread)


async def _park(fleet: Fleet) -> tuple[Child, set[str]]:
    """A worker is killed while no socket can be opened, so that its shards stay parked. Returns another one and which of
    them are parked there."""
    await fleet.control.fault("status", endpoint="/ws", status=503, count=MANY)
    first, host, *_ = fleet.living("worker")
    homeless = set(await fleet.shards_of(first))
    fleet.kill(first)
    await fleet.until("the others hold every shard", lambda: _held_without(fleet, first.name))
    parked = homeless & set(await fleet.shards_of(host))
    fleet.expect(parked, f"shards of {first.name} are parked on {host.name}")
    await fleet.until_alarmed("conduit_shards", phase="handing_over")
    fleet.note(f"killed {first.name} with {len(homeless)} shards, {len(parked)} of which were parked on {host.name}")
    return host, parked


async def _spread_again(fleet: Fleet) -> None:
    await fleet.control.clear_faults()
    while len(fleet.living("worker")) < fleet.wanted.workers:
        await fleet.start_worker()
    await fleet.until("the shards are in balance", fleet.is_spread)


async def crash_of_a_host(fleet: Fleet) -> None:
    """A worker is killed while no socket can be opened, and so is one of those that its shards are parked on."""
    host, _ = await _park(fleet)
    fleet.kill(host)
    await fleet.until("the others hold every shard", lambda: _held_without(fleet, host.name))
    await _spread_again(fleet)


async def drain_of_a_host(fleet: Fleet) -> None:
    """A worker that others' shards are parked on drains: they are parked elsewhere first, before its own can move."""
    host, parked = await _park(fleet)
    own = set(await fleet.shards_of(host)) - parked
    dark = await fleet.dark_spells()
    fleet.terminate(host)

    async def parked_elsewhere() -> bool:
        return not parked & set(await fleet.shards_of(host))

    await fleet.until("what is parked on it is parked elsewhere", parked_elsewhere)
    fleet.expect(set(await fleet.shards_of(host)) == own, "its own shards stay until there are sockets for them")
    await fleet.control.clear_faults()
    code = await fleet.exit_code(host)
    fleet.expect(code == 0, f"the drain ends with 0, not {code}")
    fleet.expect(await fleet.dark_spells() == dark, "no shard is dark for a moment")
    await _spread_again(fleet)


async def one_eight_one(fleet: Fleet) -> None:
    """One worker becomes eight, and one again."""
    await asyncio.gather(*(fleet.start_worker() for _ in range(7)))
    await fleet.until("the shards are in balance over eight", fleet.is_spread)
    staying, *leaving = fleet.living("worker")
    for child in leaving:
        fleet.terminate(child)
    codes = Counter([await fleet.exit_code(child) for child in leaving])
    fleet.expect(set(codes) == {0}, f"every drain ends with 0: {dict(codes)}")
    fleet.expect(len(await fleet.shards_of(staying)) == fleet.wanted.shards, "the one that stays holds every shard")
    await fleet.expect_no_gap()


SCENARIOS = (
    Scenario("worker-zombie", zombie),
    Scenario("workers-churn", churn),
    Scenario("worker-crash", crash, short=True),
    Scenario("worker-crash-100-park", crash, Wanted(shards=400, settings=(("FLEET_FAILOVER", "park"),))),
    Scenario("worker-crash-100-reopen", crash, Wanted(shards=400, settings=(("FLEET_FAILOVER", "reopen"),))),
    Scenario("worker-crash-host", crash_of_a_host, Wanted(shards=200)),
    Scenario("worker-drain-host", drain_of_a_host, Wanted(shards=40)),
    Scenario("workers-1-8-1", one_eight_one, Wanted(workers=1)),
)
