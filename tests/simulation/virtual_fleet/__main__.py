"""`python -m virtual_fleet`: many seeds over all cores, or one with its story. Exit code 1 where an invariant broke."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterator

import click
from virtual_fleet.run import Outcome, run
from virtual_fleet.shrink import shrink

SHOWN_MAX = 20
SHRUNK_MAX = 3


@click.command()
@click.option("--seeds", default=1000, show_default=True, help="How many seeds to run.")
@click.option("--first", default=0, show_default=True, help="The first of them.")
@click.option("--seed", type=int, help="Run this one alone and tell its story.")
@click.option("--jobs", default=os.cpu_count() or 1, show_default=True, help="Processes to spread them over.")
def main(seeds: int, first: int, seed: int | None, jobs: int) -> None:
    """Simulates the fleet in virtual time."""
    sys.exit(tell(seed) if seed is not None else many(range(first, first + seeds), jobs))


def tell(seed: int) -> int:
    """One seed with its story; if it fails, also the shortest schedule that fails alike."""
    outcome = run(seed, keep_story=True)
    for line in outcome.story:
        _say(line)
    _say(described(outcome))
    if not outcome.violation:
        return 0
    shorter = shrink(outcome)
    if len(shorter.faults) < len(outcome.faults):
        _say(f"\nThe same with {len(shorter.faults)} of {len(outcome.faults)} faults:")
        for line in run(seed, faults=shorter.faults, shape=shorter.shape, keep_story=True).story:
            _say(line)
    return 1


def many(seeds: range, jobs: int) -> int:
    """All seeds; the failing ones are printed as they come."""
    began, done, failed = time.monotonic(), 0, 0
    virtual_seconds = delivered = excused = 0.0
    said_at = began
    try:
        for outcome in _outcomes(seeds, jobs):
            done += 1
            virtual_seconds += outcome.virtual_seconds
            delivered, excused = delivered + outcome.delivered, excused + outcome.excused
            if outcome.violation:
                failed += 1
                _say(described(outcome))
                if failed <= SHRUNK_MAX:
                    _say(f"  shortest: {_faults(shrink(outcome))}")
            now = time.monotonic()
            if now - said_at > 5.0 or done == len(seeds):
                said_at = now
                rate = done / (now - began)
                _say(
                    f"{done} of {len(seeds)} seeds, {rate:.1f}/s, {virtual_seconds / 3600:.1f} h simulated; "
                    f"{delivered:.0f} notifications, {excused:.0f} lost for a reason; {failed} seeds failed"
                )
    except KeyboardInterrupt:
        _say(f"stopped after {done} seeds, {failed} failed")
        return 1 if failed else 130
    return 1 if failed else 0


def _outcomes(seeds: range, jobs: int) -> Iterator[Outcome]:
    if jobs == 1:
        yield from map(run, seeds)
        return
    context = multiprocessing.get_context("spawn")
    with context.Pool(jobs, initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)) as pool:
        yield from pool.imap_unordered(run, seeds, chunksize=4)


def described(outcome: Outcome) -> str:
    """A seed, what broke, what went wrong before, and how to see it again."""
    if not outcome.violation:
        return (
            f"seed {outcome.seed}: all held; well {outcome.settled_seconds:.1f} s after the last fault; "
            f"{outcome.delivered} notifications delivered, {outcome.excused} of them lost for a reason, "
            f"{outcome.dropped} dropped by Twitch; {outcome.events} steps, {outcome.virtual_seconds:.0f} s"
        )
    return (
        f"seed {outcome.seed}: {outcome.violation}\n  {outcome.shape}\n  faults: {_faults(outcome)}\n"
        f"  replay: make simulate SEED={outcome.seed}"
    )


def _faults(outcome: Outcome) -> str:
    return "; ".join(map(str, outcome.faults)) or "none"


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
