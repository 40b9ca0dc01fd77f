"""The demo's child processes: started, watched, ended, and never left behind.

Each is in a session of its own, so that Ctrl-C reaches the demo alone, which ends them in its order; and Linux ends it
when the demo dies, however that happens (fleet.embedded.end_with_parent; it is tied to the thread that starts a child,
so that is the main thread). Each one's output is a file of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from fleet.embedded import end_with_parent

LOOK_SECONDS = 0.05
TAIL_LINES = 8
HEAD_BYTES = 65_536
"""What a process says of its port it says first."""


class DemoFailed(Exception):
    """The demo can't go on; `str()` is what to tell the person who started it."""


@dataclass(slots=True, eq=False)
class Child:
    """A running process and its log."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    may_end: bool = False
    """Set once its end is wanted."""

    def head(self) -> str:
        with self.log.open("rb") as file:
            return file.read(HEAD_BYTES).decode("utf-8", "replace")

    def tail(self) -> str:
        """The last lines of its log."""
        size = self.log.stat().st_size
        with self.log.open("rb") as file:
            file.seek(max(0, size - 8192))
            lines = file.read().decode("utf-8", "replace").splitlines()
        return "\n".join(f"  {line}" for line in lines[-TAIL_LINES:])

    def obituary(self) -> str:
        return f"{self.name} ended by itself, {ending(self.process.returncode)}. The end of {self.log}:\n{self.tail()}"


def ending(code: int) -> str:
    """An exit code in words."""
    return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


@dataclass(slots=True)
class Children:
    """All of them, in the order in which they were started."""

    folder: Path
    environ: Mapping[str, str]
    members: dict[str, Child] = field(default_factory=dict)

    def start(
        self, name: str, command: Sequence[str], settings: Mapping[str, str], *, cwd: Path | None = None
    ) -> Child:
        """Starts a process. To be called from the main thread. Raises DemoFailed."""
        log = self.folder / f"{name}.log"
        try:
            with log.open("wb") as output:
                process = subprocess.Popen(  # noqa: S603 # our own programs
                    command,
                    env={**self.environ, **settings},
                    cwd=cwd,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=end_with_parent,  # noqa: PLW1509 # one prctl call
                )
        except OSError as error:
            raise DemoFailed(f"{name} could not be started: {error}") from error
        return self.adopt(Child(name, process, log))

    def adopt(self, child: Child) -> Child:
        """Takes over a process that somebody else has started."""
        self.members[child.name] = child
        return child

    def check(self) -> None:
        """Raises DemoFailed where one has ended that should not have."""
        for child in self.members.values():
            if child.process.poll() is not None and not child.may_end:
                raise DemoFailed(child.obituary())

    async def said(self, child: Child, look: Callable[[str], str], seconds: float) -> str:
        """Waits until `look` finds something in a child's log, and returns it. Raises DemoFailed."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := look(child.head()):
                return found
            self.check()
            await asyncio.sleep(LOOK_SECONDS)
        raise DemoFailed(
            f"{child.name} has not said where it listens within {seconds:g} s. The end of {child.log}:\n{child.tail()}"
        )

    def kill(self, child: Child) -> None:
        """SIGKILL, as the kernel or an operator would."""
        child.may_end = True
        child.process.kill()
        child.process.wait()

    async def end(self, children: Sequence[Child], seconds: float, hurry: asyncio.Event) -> list[Child]:
        """SIGTERM to some, and SIGKILL to those that are still there when `seconds` are over or `hurry` is set.

        Returns those that did not end well: killed, or with an exit code other than 0.
        """
        running = [child for child in children if child.process.poll() is None]
        for child in running:
            child.may_end = True
            child.process.terminate()
        deadline = time.monotonic() + seconds
        while any(child.process.poll() is None for child in running) and time.monotonic() < deadline:
            if hurry.is_set():
                break
            await asyncio.sleep(LOOK_SECONDS)
        for child in running:
            if child.process.poll() is None:
                self.kill(child)
        return [child for child in running if child.process.returncode != 0]

    def kill_all(self) -> None:
        """Whatever happened: nothing is left behind, grandchildren included."""
        for child in reversed(self.members.values()):
            if child.process.poll() is None:
                child.may_end = True
                try:
                    os.killpg(child.process.pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
        for child in self.members.values():
            child.process.wait()


def logged(event: str, fact: str) -> Callable[[str], str]:
    """Looks for the fact of an event in a JSON log; finds '' where it is not there (yet)."""

    def look(text: str) -> str:
        for line in text.splitlines():
            if event in line:
                try:
                    entry = json.loads(line)
                except ValueError:
                    continue
                if entry.get("event") == event and fact in entry:
                    return str(entry[fact])
        return ""

    return look


def printed(pattern: str) -> Callable[[str], str]:
    """Looks for the first group of a pattern in a log; finds '' where it is not there (yet)."""

    def look(text: str) -> str:
        found = re.search(pattern, text, re.MULTILINE)
        return found[1] if found else ""

    return look
