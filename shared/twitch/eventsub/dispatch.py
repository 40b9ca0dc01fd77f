"""Runs handlers: many at a time, yet one at a time and in order for each lane. A lane is a broadcaster.

    submit ──> lanes: "1337" [job, job]   ──> at most `concurrency` tasks, each taking one job of the next lane
                      "4711" [job]

After a job its lane goes to the end of the line, so a busy channel doesn't starve the others. Nothing runs while the
dispatcher is held. The number of waiting jobs is bounded; what exceeds it is refused, and the caller is told. Lanes that
have their share of the bound are refused first, so a channel whose handler is stuck costs the others nothing.

A socket brings hundreds of events at once, and most handlers don't wait for anything. So there isn't a task for each:
one is started, and before it runs a job while other lanes wait, it starts a successor. If the job doesn't wait, the task
goes on with the next one and the successor finds the line empty; if it does, the successor goes on in its stead.
"""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from twitch.eventsub.tasks import cancel

log = logging.getLogger("twitch.eventsub")

HOOKS_WAITING_MAX = 10_000
"""Of a dispatcher for hooks, which run one at a time."""
HOOKS_DRAIN_SECONDS = 1.0
"""What hooks have at the least when a client ends, since the last handlers may have caused some."""

Job = Callable[[], Awaitable[None]]


class Dispatcher:
    """``concurrency`` bounds how many jobs run at a time, ``waiting_max`` how many wait.

    Beyond ``waiting_max``, up to twice as many, only lanes are served that have less waiting than their equal share.
    """

    def __init__(self, *, concurrency: int = 100, waiting_max: int = 10_000, held: bool = False) -> None:
        self._concurrency = concurrency
        self._waiting_max = waiting_max
        self._held = held
        self._closed = False
        self._lanes: dict[str, deque[Job]] = {}
        self._line: deque[str] = deque()
        self._tasks: set[asyncio.Task[None]] = set()
        self._starting = False
        """Whether a task was started that hasn't begun to work yet."""
        self.waiting = 0
        """Jobs that have been taken and not begun."""

    def __contains__(self, task: object) -> bool:
        """Whether this is one of the tasks that run jobs."""
        return task in self._tasks

    def submit(self, lane: str, job: Job) -> bool:
        """Take a job; False if too many wait or it's too late."""
        jobs = self._lanes.get(lane)
        if self._closed or (self.waiting >= self._waiting_max and not self._has_room(jobs)):
            return False
        if jobs is None:  # neither in the line nor at work
            jobs = self._lanes[lane] = deque()
            self._line.append(lane)
        jobs.append(job)
        self.waiting += 1
        if not self._starting:
            self._staff()
        return True

    def _has_room(self, jobs: deque[Job] | None) -> bool:
        """Whether a lane may have one job more although all of them have as many as they may."""
        lanes = len(self._lanes) + (jobs is None)
        backlog = len(jobs) if jobs else 0
        return self.waiting < 2 * self._waiting_max and (backlog + 1) * lanes <= self._waiting_max

    def release(self) -> None:
        """Begin to run jobs, if held."""
        self._held = False
        self._staff()

    def _staff(self) -> None:
        """Start a task if lanes wait, within the bound; it's for the task to start the next."""
        if self._line and not (self._starting or self._held or self._closed) and len(self._tasks) < self._concurrency:
            self._starting = True
            task = asyncio.create_task(self._serve())
            self._tasks.add(task)
            task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            self._starting = False  # it may never have begun; one task too many does no harm
        else:
            task.exception()  # a handler's SystemExit; the loop has raised it already
        self._staff()  # for a lane that came while this one was ending

    async def _serve(self) -> None:
        self._starting = False
        line, lanes = self._line, self._lanes
        while line:
            lane = line.popleft()
            jobs = lanes[lane]
            job = jobs.popleft()
            self.waiting -= 1
            if line and not self._starting:
                self._staff()
            try:
                await job()
            except Exception:
                log.exception("a job raised")  # jobs report their own errors; this is a fault of ours
            finally:
                if jobs:
                    line.append(lane)
                else:
                    del lanes[lane]

    async def close(self, *, drain_seconds: float) -> int:
        """Let what was taken finish for so long, then cancel the rest. Says how many jobs were cancelled or never begun."""
        self.release()
        deadline = asyncio.get_running_loop().time() + drain_seconds
        while self._tasks and (left := deadline - asyncio.get_running_loop().time()) > 0:
            await asyncio.wait(set(self._tasks), timeout=left)
        self._closed = True
        tasks = set(self._tasks)
        await cancel(tasks)
        abandoned = self.waiting + len(tasks)
        self._lanes.clear()
        self._line.clear()
        self.waiting = 0
        return abandoned
