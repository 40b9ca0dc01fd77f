"""What a leader does: the tasks of a term, started together and ended together."""

from __future__ import annotations

import asyncio
from functools import partial

from coordinator.application import host_application, named_conduit
from coordinator.control import Control
from coordinator.notices import hear
from coordinator.retention import keep_trimmed
from coordinator.subscription_table import Table
from coordinator.subscriptions import keep_subscriptions
from coordinator.term import Term


async def lead(term: Term) -> None:
    """Leads until it is cancelled or deposed. Shards come first: the user's program never holds them up."""
    control = Control(term, partial(named_conduit, term.settings))
    table = Table(term)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(control.run(), name="control")
        tasks.create_task(hear(term, control.doubt), name="notices")
        tasks.create_task(keep_trimmed(term), name="retention")
        tasks.create_task(keep_subscriptions(table), name="subscriptions")
        tasks.create_task(host_application(term, table), name="application")
