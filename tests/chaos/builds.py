"""Another build of this project, to start processes from."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("coordinator", "shard_worker", "fleet", "twitch")


def checkout(commit: str, folder: Path, root: Path = ROOT) -> Path | None:
    """The files of a commit, in a folder; None where the history does not have it, as in a copy without git."""
    git = ["git", "-C", str(root)]
    try:
        found = subprocess.run(
            [*git, "rev-parse", "--show-toplevel", f"{commit}^{{tree}}"],
            check=False,
            capture_output=True,
            text=True,
        )
    except FileNotFoundError:
        return None
    if found.returncode or Path(found.stdout.splitlines()[0]) != root:
        return None
    folder.mkdir(parents=True)
    archive = subprocess.run([*git, "archive", commit], capture_output=True, check=True).stdout
    subprocess.run(["tar", "-x", "-C", str(folder)], input=archive, check=True)
    where = sources(folder)
    assert all(path.is_relative_to(folder) for path in where), f"processes would run {where}"
    return folder


def environment(folder: Path) -> dict[str, str]:
    """What makes a process that is started in that folder run its code."""
    return {"PYTHONPATH": str(folder / "shared")}


def sources(folder: Path) -> list[Path]:
    """Where a process that is started in a checkout finds the packages."""
    look = f"import {', '.join(PACKAGES)}; print(*(each.__file__ for each in ({', '.join(PACKAGES)})), sep='\\n')"
    command = [sys.executable, "-c", look]
    told = subprocess.run(
        command, cwd=folder, env=os.environ | environment(folder), capture_output=True, text=True, check=True
    )
    return [Path(line) for line in told.stdout.splitlines()]
