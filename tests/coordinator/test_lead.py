"""A term from its first task to its end."""

from __future__ import annotations

import asyncio

from coordinator.lead import lead
from coordinator.subscription_table import table_of
from coordinator.term import Term


async def test_nothing_is_kept_of_a_term_that_is_over(hosting_term: Term) -> None:
    """A process may be elected time and again, and a table of subscriptions can be large."""
    leading = asyncio.create_task(lead(hosting_term))
    table = table_of(hosting_term)
    async with asyncio.timeout(30):
        await table.listed.wait()
    leading.cancel()
    await asyncio.gather(leading, return_exceptions=True)
    assert table_of(hosting_term) is not table
