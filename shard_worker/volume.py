"""The folders of a volume that workers spool to: one a life, held by the worker that writes or sends what is in it.

    ‹FLEET_SPOOL_DIR›/‹incarnation›/lock   locked (flock) by its holder; names the fleet whose events they are

The kernel lets go of the lock when its holder ends, however that happens, so an unlocked folder is one to adopt. Whoever
holds one keeps the lock's descriptor. Blocking I/O; OSError is the caller's.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path

LOCK = "lock"

FLEET_BYTES_MAX = 100
"""A namespace has 64 at most."""


class AnotherFleets(Exception):
    """A folder of another namespace: its position, its streams and its dedup window are not where we look."""


def folders(root: Path) -> list[Path]:
    """Those of all lives on this volume, the oldest first. What else stands there (`lost+found`, say) is not ours."""
    found = [entry for entry in root.iterdir() if os.path.isfile(entry / LOCK)] if root.is_dir() else []  # noqa: PTH113 # no error where we may not look
    return sorted(found, key=lambda folder: (_age(folder), folder.name))


def _age(folder: Path) -> float:
    try:
        return folder.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def claim(folder: Path, fleet: str) -> int:
    """Makes a folder for a life of a worker of `fleet`, and holds it."""
    while True:  # a worker that looks for folders to adopt may take an empty one away before it is locked
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = _locked(folder)
        if lock is None:
            continue
        try:
            os.pwrite(lock, fleet.encode(), 0)
        except OSError:
            os.close(lock)
            raise
        return lock


def take_over(folder: Path, fleet: str) -> int | None:
    """Holds the folder of a life that has ended; None where somebody else does. Raises AnotherFleets."""
    lock = _locked(folder)
    if lock is None:
        return None
    try:
        # An earlier build named none.
        if os.pread(lock, FLEET_BYTES_MAX, 0) not in {b"", fleet.encode()}:
            raise AnotherFleets(folder)
    except BaseException:
        os.close(lock)
        raise
    return lock


def let_go(folder: Path, lock: int, *, empty: bool) -> None:
    """Ends holding a folder, which is taken away where nothing is left in it."""
    try:
        if empty:
            # Something of somebody else's may be in it, or the disk refuses: the next worker tries again.
            with suppress(OSError):
                (folder / LOCK).unlink(missing_ok=True)
                folder.rmdir()
    finally:
        os.close(lock)


def _locked(folder: Path) -> int | None:
    """Takes the lock of a folder; None where another process has it, or has just taken the folder away."""
    try:
        lock = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(lock).st_ino == (folder / LOCK).stat().st_ino:
            return lock
    except (BlockingIOError, FileNotFoundError):
        pass
    except BaseException:
        os.close(lock)
        raise
    os.close(lock)
    return None
