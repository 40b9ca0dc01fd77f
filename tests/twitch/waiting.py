"""How tests of the library wait: for a condition, for as long as the slowest machine takes and not a moment longer."""

import asyncio
from collections.abc import Callable

WAIT_SECONDS = 60


async def until(condition: Callable[[], object]) -> None:
    """Return when the condition holds. Raises TimeoutError where it doesn't come to."""
    async with asyncio.timeout(WAIT_SECONDS):
        while not condition():
            await asyncio.sleep(0.005)
