"""What can be asked for on the command line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOptions:
    """The demo that is wanted."""

    seconds: float | None
    """Of traffic; None goes on until it is stopped."""
    kill_worker_after: float | None
    """Seconds of traffic after which a worker is killed."""
    rate: float
    channels: int
    workers: int
    shards: int
    app: str
    app_path: Path
    logs: Path | None
    """A folder to keep the logs in; None is a temporary one."""
    types: frozenset[str]
    """The types that the program handles; one that the library does not know stands here with underscores for dots."""

    def handles(self, type_: str) -> bool:
        return type_ in self.types or type_.replace(".", "_") in self.types
