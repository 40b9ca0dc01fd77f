"""`python -m tests.chaos`, which `make chaos` calls: every scenario, one after another, and a table at the end."""

from __future__ import annotations

import asyncio
import signal
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import click

from tests.chaos.calibration import calibrate
from tests.chaos.catalogue import SCENARIOS
from tests.chaos.pace import FULL, SHORT, Pace
from tests.chaos.run import run
from tests.chaos.scenario import Result, Scenario
from tests.chaos.table import table


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.argument("names", nargs=-1)
@click.option("--short", is_flag=True, help="The short form: clocks and durations as in the test run.")
@click.option("--rate", type=click.IntRange(50, 5000), help="Numbered events a second, in all.")
@click.option("--seed", type=click.IntRange(1), help="Of the faults at random; else one is chosen, and printed.")
@click.option(
    "--from", "previous", default="HEAD~1", show_default=True, help="The build that rolling-deploy starts from."
)
@click.option("--calibration/--no-calibration", default=True, help="Run the bare loop first.")
@click.option("--list", "listing", is_flag=True, help="Only tell which scenarios there are.")
def main(
    names: tuple[str, ...],
    short: bool,
    rate: int | None,
    seed: int | None,
    previous: str,
    calibration: bool,
    listing: bool,
) -> None:
    """Runs scenarios of faults over real processes and lays what was written beside what stands in the streams.

    NAMES are scenarios, or beginnings of their names; none means all. Exit code 1 where an event was lost live, doubled
    or out of order, where a fleet has not recovered, or where a scenario's promise is not kept; never for a time.
    """
    chosen = [each for each in SCENARIOS if not names or any(each.name.startswith(name) for name in names)]
    if not chosen:
        raise click.UsageError(f"no scenario begins with {' or '.join(names)}")
    if listing:
        for scenario in chosen:
            click.echo(f"{scenario.name:20} {scenario.what}")
        return
    pace = SHORT if short else FULL
    sys.exit(
        asyncio.run(
            _main(chosen, replace(pace, rate=rate or pace.rate, seed=seed or 0), previous, calibrated=calibration)
        )
    )


async def _main(scenarios: list[Scenario], pace: Pace, previous: str, *, calibrated: bool) -> int:
    folder = Path(tempfile.mkdtemp(prefix="fleet-chaos-"))
    click.echo(f"Logs of all processes: {folder}")
    results: list[Result] = []
    running = asyncio.create_task(_all(scenarios, pace, previous, folder, results, calibrated=calibrated))
    stopped = ""

    def stop(number: signal.Signals) -> None:
        nonlocal stopped
        stopped = number.name
        running.cancel()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stop, number)
    try:
        await running
    except asyncio.CancelledError:
        if not stopped:
            raise
        click.echo(f"\nStopped by {stopped}; every process is ended.")
    if results:
        click.echo(f"\n{table(results)}\n")
    failed = [result.name for result in results if not result.holds]
    if failed:
        click.echo(f"chaos: NOT AS PROMISED: {', '.join(failed)}")
        return 1
    if stopped:
        return 130
    click.echo(f"chaos: {len(scenarios)} scenarios, nothing lost live, nothing doubled, all recovered")
    return 0


async def _all(
    scenarios: list[Scenario], pace: Pace, previous: str, folder: Path, results: list[Result], *, calibrated: bool
) -> None:
    if calibrated:
        click.echo("Calibration: the same traffic, read by a bare loop without a fleet, Redis and faults")
        results.append(await calibrate(pace, folder / "bare", click.echo))
    for scenario in scenarios:
        began = time.monotonic()

        def say(text: str, scenario: Scenario = scenario, began: float = began) -> None:
            click.echo(f"{time.monotonic() - began:6.1f} s  {scenario.name}: {text}")

        say(scenario.what)
        results.append(await run(scenario, pace, folder / scenario.name, say, previous=previous))
        outcome = results[-1].outcome
        say(f"{'holds' if results[-1].holds else 'DOES NOT HOLD'}: {outcome}")


if __name__ == "__main__":
    main(prog_name="python -m tests.chaos")
