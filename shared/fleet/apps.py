"""Imports the user's program (`FLEET_APP=module:client`) without running it.

The program is the one that also runs alone: it ends in `client.run('CONDUIT_ID')`, which opens nothing here. Only the
client that FLEET_APP names is hosted. What the environment says of credentials and conduit wins over the program's text.
"""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

import structlog

from fleet.settings import Settings
from twitch.errors import HostingError, TwitchException
from twitch.eventsub import ClientApp
from twitch.eventsub.hosting import hosted

log = structlog.get_logger(__name__)


class AppError(Exception):
    """The program can't be hosted; `str()` is one sentence that says why."""


@dataclass(frozen=True, slots=True)
class HostedApp:
    """The user's program, imported."""

    name: str
    client: ClientApp
    conduit_id: str
    """What its run() names; empty where it has no run()."""


_lock = threading.Lock()
_imported: dict[str, HostedApp] = {}
_starting = threading.Lock()
_loading: dict[str, Future[HostedApp]] = {}


def load_app(settings: Settings) -> HostedApp:
    """The program of FLEET_APP; imported once in this process, until that succeeds. Raises AppError. Blocks."""
    with _lock:
        if settings.app not in _imported:
            _imported[settings.app] = _import(settings)
        return _imported[settings.app]


async def load_app_within(settings: Settings, seconds: float) -> HostedApp:
    """`load_app` in a thread, so that a slow import holds nothing up. Raises AppError, also when `seconds` are over; the
    import goes on then, and the next call waits for the same one."""
    loading = asyncio.wrap_future(_loading_of(settings))
    try:
        async with asyncio.timeout(seconds):
            return await loading
    except TimeoutError:
        raise AppError(f"{settings.app} takes longer than {seconds:g} s to import") from None


def _loading_of(settings: Settings) -> Future[HostedApp]:
    """The import that is under way, else a new one."""
    with _starting:
        under_way = _loading.get(settings.app)
        if under_way is not None and not under_way.done():
            return under_way
        loading = _loading[settings.app] = Future[HostedApp]()
        loading.set_running_or_notify_cancel()  # nobody who stops waiting cancels it for the others

    def load() -> None:
        try:
            loading.set_result(load_app(settings))
        except AppError as error:
            loading.set_exception(error)
        except BaseException as error:  # noqa: BLE001 # a thread must not end in silence
            loading.set_exception(AppError(f"{settings.app} can't be imported: {_one_line(error)}"))

    # A thread of its own, not the pool's: an import that hangs must not keep the process from exiting.
    threading.Thread(target=load, name="app import", daemon=True).start()
    return loading


def _import(settings: Settings) -> HostedApp:
    module_name, _, client_name = settings.app.partition(":")
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    importlib.invalidate_caches()
    with hosted() as recorded:
        try:
            module = importlib.import_module(module_name)
        except HostingError as error:
            raise AppError(f"{settings.app}: {error}") from error
        except ModuleNotFoundError as error:
            if error.name == module_name:
                raise AppError(
                    f"FLEET_APP names the module {module_name}, which is neither in {here} nor installed"
                ) from None
            raise AppError(f"{settings.app} can't be imported: {_one_line(error)}") from error
        except (Exception, SystemExit) as error:
            raise AppError(f"{settings.app} can't be imported: {_one_line(error)}") from error
    if not hasattr(module, client_name):
        raise AppError(f"FLEET_APP names {client_name}, which {module_name} does not have")
    client = getattr(module, client_name)
    if not isinstance(client, ClientApp):
        kind = client.__name__ if isinstance(client, type) else type(client).__name__
        advice = "name an instance of it" if isinstance(client, type) else "the fleet hosts a ClientApp"
        raise AppError(f"{settings.app} is a {kind}, which can't be hosted: {advice}")
    conduit_id = next((run.conduit_id for run in recorded.runs if run.client is client), "")
    _say_what_wins(settings, client, conduit_id)
    if settings.client_id:
        # Conditions that name the client, and flows made from it, are to be the environment's too.
        client.client_id = settings.client_id
        client._client_secret = str(settings.client_secret)  # noqa: SLF001 # it has no other way in
    return HostedApp(settings.app, client, conduit_id)


def _say_what_wins(settings: Settings, client: ClientApp, conduit_id: str) -> None:
    """One log line where the program's text says something else than the environment."""
    wins = []
    if settings.client_id and client.client_id != settings.client_id:
        wins.append("TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET")
    if settings.conduit_id and conduit_id and settings.conduit_id != conduit_id:
        wins.append("FLEET_CONDUIT_ID")
    if wins:
        log.info("app.environment_wins", app=settings.app, over=" and ".join(wins))


def _one_line(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    if isinstance(error, TwitchException):
        return text
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
