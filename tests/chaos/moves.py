"""Planned moves: make before break, so nothing is lost, and Twitch drops nothing."""

from __future__ import annotations

from tests.chaos.harness import Fleet
from tests.chaos.scenario import Scenario
from tests.chaos.stage import Wanted


async def drained(fleet: Fleet) -> None:
    """A worker is drained by SIGTERM while new sockets take long to open, and another one joins and takes its share."""
    leaving = fleet.living("worker")[0]
    slow = fleet.pace.seconds(5, 4)  # longer than a socket that nobody needs is read
    await fleet.control.fault("slow", endpoint="/ws", seconds=slow, count=len(await fleet.shards_of(leaving)))
    fleet.terminate(leaving)
    code = await fleet.exit_code(leaving)
    fleet.expect(code == 0, f"the drain ends with 0, not {code}")
    await fleet.start_worker()
    await fleet.until("the shards are in balance", fleet.is_spread)
    await fleet.expect_no_gap()


async def rolling_deploy(fleet: Fleet) -> None:
    """Every process is replaced, one after another; in the full form from the last commit's build to this one."""
    fleet.code = None
    for old in fleet.living("coordinator"):
        await fleet.start_coordinator()
        fleet.terminate(old)
        code = await fleet.exit_code(old)
        fleet.expect(code == 0, f"{old.name} ends with 0, not {code}")
    for old in fleet.living("worker"):
        await fleet.start_worker()
        fleet.terminate(old)
        code = await fleet.exit_code(old)
        fleet.expect(code == 0, f"{old.name} ends with 0, not {code}")
    await fleet.until("the shards are in balance", fleet.is_spread)
    await fleet.expect_no_gap()


async def drained_without_leader(fleet: Fleet) -> None:
    """No coordinator runs: a drain ends early with everything flushed; the others deliver on. Then leaders come back."""
    for child in fleet.living("coordinator"):
        fleet.kill(child)
    leaving = fleet.living("worker")[0]
    fleet.terminate(leaving)
    code = await fleet.exit_code(leaving)
    fleet.expect(code == 0, f"the drain ends with 0, not {code}")
    fleet.expect("no coordinator leads" in leaving.log.read_text(), "it says why it was cut short")
    await fleet.flows()
    fleet.struck()
    await fleet.start_coordinator()
    await fleet.start_coordinator()


async def drained_alone(fleet: Fleet) -> None:
    """The only worker is drained: it ends early, flushed; a second signal hurries one that waits. A new one takes over."""
    leaving = fleet.living("worker")[0]
    fleet.terminate(leaving)
    code = await fleet.exit_code(leaving)
    fleet.expect(code == 0, f"the drain ends with 0, not {code}")
    fleet.expect("no other worker is active" in leaving.log.read_text(), "it says why it was cut short")
    await fleet.start_worker()


async def drained_without_redis(fleet: Fleet) -> None:
    """A worker with events that Redis can't take is told to end: it says what it leaves behind, by exit code 3 and count."""
    leaving = fleet.living("worker")[0]
    await fleet.stop_redis()
    await fleet.nap(2, 1)
    fleet.terminate(leaving)
    code = await fleet.exit_code(leaving)
    fleet.expect(code == 3, f"the drain ends with 3, not {code}")
    fleet.given_up = sum(said["events"] for said in fleet.logged(leaving, "drain.events_left"))
    fleet.expect(fleet.given_up, "it says how many events it leaves")
    fleet.start_redis()
    await fleet.start_worker()


SCENARIOS = (
    Scenario("drain", drained, short=True),
    Scenario("rolling-deploy", rolling_deploy, Wanted(from_previous=True)),
    Scenario("drain-no-leader", drained_without_leader),
    Scenario("drain-alone", drained_alone, Wanted(workers=1), short=True),
    Scenario("drain-no-redis", drained_without_redis),
)
