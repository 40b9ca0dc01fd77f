"""Makes a failing schedule shorter: faults are dropped as long as the run still fails in the same way."""

from __future__ import annotations

import re
from collections.abc import Callable

from virtual_fleet.faults import Fault
from virtual_fleet.run import Outcome, run

RUNS_MAX = 200


def alike(violation: str) -> str:
    """A violation without its numbers and names: two runs fail alike where these are equal."""
    return re.sub(r"[0-9a-f]{8}-[0-9a-f-]+|[\w-]*\d[\w.-]*", "…", violation)


def shrink(failed: Outcome, again: Callable[..., Outcome] = run) -> Outcome:
    """The run with the fewest faults found that fails like `failed`: halves are dropped first, then single faults."""
    best, runs = failed, 0
    size = max(1, len(best.faults) // 2)
    while True:
        at, shorter = 0, False
        while at < len(best.faults) and runs < RUNS_MAX:
            kept: tuple[Fault, ...] = best.faults[:at] + best.faults[at + size :]
            outcome = again(failed.seed, faults=kept, shape=failed.shape)
            runs += 1
            if outcome.violation and alike(outcome.violation) == alike(failed.violation):
                best, shorter = outcome, True
            else:
                at += size
        if size > 1:
            size //= 2
        elif not shorter or runs >= RUNS_MAX:
            return best
