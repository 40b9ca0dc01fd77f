"""Runs one scenario over a fleet of its own, and counts."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from fleet.demo.children import DemoFailed
from tests.chaos.account import quantile
from tests.chaos.builds import checkout
from tests.chaos.harness import Fleet
from tests.chaos.pace import Pace
from tests.chaos.scenario import Result, Scenario
from tests.chaos.stage import AWAY, NotReached


async def run(
    scenario: Scenario, pace: Pace, folder: Path, say: Callable[[str], None], *, previous: str = "HEAD~1"
) -> Result:
    """The scenario's result; what goes wrong in the fleet is part of it. A cancellation ends every process.

    previous: the commit from whose build a scenario starts that asks for it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    timeout = aiohttp.ClientTimeout(total=20)
    async with aiohttp.ClientSession(timeout=timeout) as http:
        fleet = Fleet(folder, pace, scenario.wanted, http, say)
        if scenario.wanted.from_previous and not pace.short:
            fleet.code = checkout(previous, folder / "previous")
            if fleet.code is None:
                fleet.note(f"{previous} is not in the history here: from this build to this build")
            else:
                fleet.note(f"from the build of {previous}")
        try:
            return await _run(scenario, fleet, say)
        finally:
            await fleet.end()


async def _run(scenario: Scenario, fleet: Fleet, say: Callable[[str], None]) -> Result:
    recovered = False
    try:
        await fleet.start()
    except (NotReached, DemoFailed) as error:
        return Result(scenario.name, None, complaints=(f"the fleet did not start: {error}",))
    say("the fleet is up; events flow")
    fleet.quiet()
    try:
        await scenario.run(fleet)
        say("the script is over")
        await fleet.recover()
        recovered = True
        await fleet.flows(fleet.pace.rate)
        await fleet.until_calm()
    except NotReached as error:
        fleet.expect(False, f"{error}; {await _why(fleet)}")
    except DemoFailed as error:
        fleet.expect(False, str(error))
    except (AssertionError, *AWAY) as error:
        fleet.expect(False, f"the script broke off: {''.join(traceback.format_exception(error))}")
    await fleet.settle()
    fleet.read_logs()
    await fleet.expect_sound()
    fleet.expect(not fleet.reader.missed, "the truth was read before it was forgotten")
    account = fleet.reader.account
    outcome = account.outcome(list(fleet.lives.values()), await fleet.control.ended_sockets(), fleet.given_up)
    spells = (await fleet.control("GET", "dark"))["spells"]
    state = await fleet.control("GET", "state")
    if skipped := (state["traffic"] or {}).get("skipped", 0):
        fleet.note(f"the machine held the simulator up: {skipped} events were not sent")
    if faulty := {reason: n for reason, n in outcome.dropped.items() if reason.startswith("fault")}:
        fleet.note(f"swallowed by the fault itself: {faulty}")
    if outcome.dropped_sockets:
        fleet.note(f"{outcome.dropped_sockets} sockets were dropped by their process, without a close")
    if state["closes"]:
        fleet.note(f"closed by Twitch: {state['closes']}")
    if over := [each for each in spells if each["ended_ms"] is not None]:
        longest = max(over, key=lambda each: float(each["ended_ms"] - each["began_ms"]))
        since = datetime.fromtimestamp(longest["began_ms"] / 1000, UTC)
        fleet.note(f"the longest dark was shard {longest['shard']}, from {since:%H:%M:%S.%f} on")
    for name, window_ms in outcome.kill_windows_ms.items():
        fleet.note(f"the oldest message that {name} took with it was written {window_ms:.0f} ms before its kill")
    for example in outcome.examples:
        say(example)
    latencies = account.latencies()
    return Result(
        scenario.name,
        outcome,
        dark_ms=tuple(each["ended_ms"] - each["began_ms"] for each in spells if each["ended_ms"] is not None),
        recovered=recovered,
        recovery_seconds=fleet.recovery_seconds,
        latency_ms=(quantile(latencies, 0.5), quantile(latencies, 0.99)),
        notes=tuple(fleet.notes),
        complaints=tuple(fleet.complaints),
    )


async def _why(fleet: Fleet) -> str:
    try:
        async with asyncio.timeout(20):
            return await fleet.why_not_recovered() or "recovered all the same"
    except Exception as error:  # noqa: BLE001 # whatever can't be asked any more is the answer
        return f"{type(error).__name__}: {error}"
