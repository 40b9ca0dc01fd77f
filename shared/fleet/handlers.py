"""The handlers' process: `arq fleet.handlers.WorkerSettings`. And what a handler can raise:

    from fleet.handlers import GiveUp, Retry

Importing this module has no effects and is cheap: `WorkerSettings` is built when arq asks for it (handler_process.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fleet.outcomes import GiveUp, Retry, RetryLater
from fleet.settings import load_or_exit

if TYPE_CHECKING:
    WorkerSettings: type

__all__ = ["GiveUp", "Retry", "RetryLater", "WorkerSettings"]


def __getattr__(name: str) -> Any:
    if name != "WorkerSettings":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from fleet.handler_process import worker_settings  # noqa: PLC0415 # a program that imports Retry needs none of it

    settings = load_or_exit("FLEET_APP", "TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET")
    globals()[name] = worker_settings(settings)
    return globals()[name]
