"""The clock that leases are counted on."""

from __future__ import annotations

import time


def boottime() -> float:
    """Seconds on a clock that never jumps and runs on while the machine is suspended.

    `time.monotonic` stands still during suspend: a leader on a laptop that slept would wake up believing in its lease.
    """
    return time.clock_gettime(time.CLOCK_BOOTTIME)
