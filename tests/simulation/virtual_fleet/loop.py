"""An event loop in virtual time. Real tasks, timeouts, streams and task groups run on it; each process has one.

A step is one turn of a real loop: timers that are due, then every callback that was ready at its start. The world calls
it; so a process whose loop is not stepped is a paused process, and one whose loop is dropped was killed.
"""

from __future__ import annotations

import asyncio
import heapq
from asyncio import events
from collections import deque
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from typing import TYPE_CHECKING, Any

from virtual_fleet.clocks import Clock, Running
from virtual_fleet.world import Event, World

if TYPE_CHECKING:
    from virtual_fleet.network import Dial

RESOLUTION_SECONDS = 1e-9


class _Task(asyncio.Task[Any]):
    """A task whose hash is its number: a task group cancels its set of tasks in an order that repeats."""

    number = 0

    def __hash__(self) -> int:
        return self.number


class VirtualLoop(asyncio.AbstractEventLoop):
    """The loop of one process. `lag` says how long the machine takes to get to the next step."""

    def __init__(self, world: World, clock: Clock, lag: Callable[[], float], dial: Dial) -> None:
        self._world, self._clock, self._lag, self._dial = world, clock, lag, dial
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._serial = 0
        self._alarm: Event | None = None
        self.tasks: dict[_Task, None] = {}
        self.paused = self.dead = False
        self.on_step: Callable[[], None] | None = None
        self.complaints: list[dict[str, Any]] = []
        """What would have gone to the exception handler."""

    # -- being stepped

    def _arm(self) -> None:
        if self.dead or self.paused:
            return
        timers = self._timers
        while timers and timers[0][2].cancelled():
            heapq.heappop(timers)
        if self._ready:
            when = self._world.now + self._lag()
        elif timers:
            when = max(self._clock.true_at(timers[0][0]), self._world.now + self._lag())
        else:
            return
        if self._alarm is not None:
            if self._alarm.when <= when:
                return
            self._alarm.cancel()
        self._alarm = self._world.at(when, self._ring)

    def _ring(self) -> None:
        self._alarm = None
        if not self.dead and not self.paused:
            self.step()
            self._arm()
            if self.on_step is not None:
                self.on_step()

    def step(self) -> None:
        """One turn."""
        timers, ready = self._timers, self._ready
        due = self._clock.monotonic() + RESOLUTION_SECONDS
        while timers and timers[0][0] <= due:
            timer = heapq.heappop(timers)[2]
            if not timer.cancelled():
                ready.append(timer)
        running, Running.clock = Running.clock, self._clock
        outer = events._get_running_loop()
        events._set_running_loop(self)
        try:
            for _ in range(len(ready)):
                handle = ready.popleft()
                if not handle.cancelled():
                    handle._run()
                if self.dead:
                    return
        finally:
            events._set_running_loop(outer)
            Running.clock = running

    def pause(self) -> None:
        self.paused = True
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None

    def resume(self) -> None:
        self.paused = False
        self._arm()

    def kill(self) -> None:
        """No callback runs any more."""
        self.dead = True
        if self._alarm is not None:
            self._alarm.cancel()

    def dispose(self, turns_max: int = 2000) -> None:
        """After the simulation: ends what is left, so that nothing of it lives on to be collected at some odd moment."""
        self.dead = False
        for _ in range(5):
            for task in list(self.tasks):
                task.cancel()
            for _ in range(turns_max):
                if not self._ready and not self._timers:
                    break
                if not self._ready:
                    self._world.now = max(self._world.now, self._clock.true_at(self._timers[0][0]))
                self.step()
                if not self.tasks:
                    break
            if not self.tasks:
                break
        self.dead = True
        self._ready.clear()
        self._timers.clear()

    # -- what asyncio asks of a loop

    def time(self) -> float:
        return self._clock.monotonic()

    def get_debug(self) -> bool:
        return False

    def is_running(self) -> bool:
        return events._get_running_loop() is self

    def is_closed(self) -> bool:
        return False

    def call_soon(self, callback: Callable[..., Any], *args: Any, context: Context | None = None) -> asyncio.Handle:  # type: ignore[override]
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        if self._alarm is None or len(self._ready) == 1:
            self._arm()
        return handle

    call_soon_threadsafe = call_soon  # type: ignore[assignment]

    def call_later(  # type: ignore[override]
        self, delay: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._clock.monotonic() + delay, callback, *args, context=context)

    def call_at(  # type: ignore[override]
        self, when: float, callback: Callable[..., Any], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        self._serial += 1
        heapq.heappush(self._timers, (when, self._serial, handle))
        if self._timers[0][2] is handle:
            self._arm()
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """asyncio's own word; a cancelled timer is passed over when its time comes."""

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, Any] | Coroutine[Any, Any, Any],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[Any]:
        self._serial += 1
        number = _Task.number = self._serial  # where the hash finds it while the task is being made
        task = _Task(coro, loop=self, name=name or f"task {number}", context=context)
        task.number = number
        self.tasks[task] = None
        task.add_done_callback(self._forget)
        return task

    def _forget(self, task: asyncio.Task[Any]) -> None:
        self.tasks.pop(task, None)  # type: ignore[call-overload]

    def run_in_executor(self, executor: Any, func: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:  # type: ignore[override]
        """Threads take no virtual time: done at once, told at the next turn."""
        future = self.create_future()
        try:
            result = func(*args)
        except Exception as error:  # noqa: BLE001 # whoever awaits it gets it
            self.call_soon(_tell, future, future.set_exception, error)
        else:
            self.call_soon(_tell, future, future.set_result, result)
        return future

    async def create_connection(  # type: ignore[override]
        self, protocol_factory: Callable[[], asyncio.Protocol], host: str, port: int, **_options: Any
    ) -> tuple[asyncio.Transport, asyncio.Protocol]:
        """A TCP connection over the simulated network."""
        return await self._dial(protocol_factory, host, port)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        self.complaints.append(context)


def _tell(future: asyncio.Future[Any], how: Callable[[Any], None], what: Any) -> None:
    if not future.done():
        how(what)
