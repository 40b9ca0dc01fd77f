"""Hosts the user's program on the leader: here its `on_ready` acts. Users are added, subscriptions created.

The program never holds up the shards: it is imported in a thread, its hooks run in another (aside.py), within
`FLEET_READY_SECONDS`, and what goes wrong is one sentence on `/readyz` and another try later. It begins once the shards
are bound, so that what it subscribes to has somewhere to go. Each leader runs it anew; asking for what is there already
costs no call to Twitch.
"""

from __future__ import annotations

import asyncio

import structlog

from coordinator.application_host import LeaderHost
from coordinator.aside import Aside, Blocked, Ended, HostFromAside
from coordinator.subscription_table import Table
from coordinator.term import Deposed, Term
from fleet.apps import AppError, load_app_within
from fleet.connection import REDIS_ERRORS, describe
from fleet.settings import Settings
from fleet.vault import Vault, VaultError
from twitch.errors import TwitchException

log = structlog.get_logger(__name__)

NAMING_SECONDS = 10.0
"""How long the shards wait at most to hear which conduit the program names."""
PAUSE_FIRST_SECONDS = 1.0
PAUSE_MAX_SECONDS = 300.0


async def named_conduit(settings: Settings) -> str:
    """The conduit id in the program's run(); '' where there is none, or none can be known."""
    if not settings.app:
        return ""
    try:
        return (await load_app_within(settings, NAMING_SECONDS)).conduit_id
    except AppError as error:
        log.error("app.not_imported", reason=str(error))
        return ""


async def host_application(term: Term, table: Table) -> None:
    """Makes the program ready, for as long as it takes. Raises Deposed."""
    await term.shards_bound.wait()
    settings = term.settings
    if not settings.app:
        return
    vault = Vault(term.redis, term.keys, settings.token_keys) if settings.token_keys else None
    host = LeaderHost(term, table, vault)
    pause_seconds = PAUSE_FIRST_SECONDS
    term.not_ready["application"] = f"{settings.app} is getting ready"
    aside = await _aside(term)
    try:
        while True:
            sentence, transient = await make_ready(term, host, aside)
            if not sentence:
                break
            pause_seconds = pause_seconds if transient else PAUSE_MAX_SECONDS
            log.error("app.not_ready", reason=sentence, again_in_seconds=pause_seconds)
            term.not_ready["application"] = sentence
            await asyncio.sleep(pause_seconds)
            pause_seconds = min(pause_seconds * 2, PAUSE_MAX_SECONDS)
        term.not_ready.pop("application", None)
        log.info("app.ready", app=settings.app)
        await _keep_recorded(term, host)  # the program may go on using its host, for as long as we lead
    finally:
        await aside.stop()
        if vault is not None:
            await vault.close()


async def _keep_recorded(term: Term, host: LeaderHost) -> None:
    """After a Redis that lost control writes: what on_ready came to may have been among them."""
    done = term.rollbacks
    while True:
        lost = await term.rolled_back(done)
        try:
            await host.record()
            done = lost
        except REDIS_ERRORS as error:
            log.warning("app.record_waits", error=describe(error))
            await asyncio.sleep(PAUSE_FIRST_SECONDS)


async def _aside(term: Term) -> Aside:
    """A loop for the program; it may have to wait for a hook of an earlier term to let go of the last one."""
    while True:
        try:
            return Aside()
        except Blocked as error:
            term.not_ready["application"] = f"{term.settings.app}: {error}"
            await asyncio.sleep(PAUSE_FIRST_SECONDS)


async def make_ready(term: Term, host: LeaderHost, aside: Aside) -> tuple[str, bool]:
    """One try. ('', …) when the program is ready, else why it is not, and whether trying again soon may help."""
    settings = term.settings
    try:
        hosted = await load_app_within(settings, settings.ready_seconds)
        from_aside = HostFromAside(host)

        async def ready() -> None:
            hosted.client.attach(from_aside)
            await hosted.client.ready()

        host.begin()
        async with asyncio.timeout(settings.ready_seconds) as deadline:
            await aside.run(ready)
        await host.record()
    except Deposed:
        raise
    except Blocked as error:
        return f"{settings.app}: {error}", True
    except Ended as error:
        return f"{settings.app}: on_ready raised {error}", False
    except (AppError, VaultError) as error:
        return str(error), False
    except TimeoutError:
        if deadline.expired():
            return f"{settings.app}: on_ready has not finished within {settings.ready_seconds:g} s", True
        return f"{settings.app}: on_ready waited too long for Twitch", True
    except REDIS_ERRORS as error:
        return f"{settings.app}: Redis did not answer during on_ready: {describe(error)}", True
    except TwitchException as error:
        return f"{settings.app}: on_ready raised {type(error).__name__}: {error}", error.transient
    except Exception as error:  # a program may raise anything
        log.exception("app.on_ready_failed", app=settings.app)
        return f"{settings.app}: on_ready raised {describe(error)}", False
    return "", False
