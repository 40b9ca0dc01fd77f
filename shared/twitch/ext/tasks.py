"""Work that is done again and again, beside everything else in an event loop.

    @tasks.loop(minutes=10)
    async def remind(user: UserAPI) -> None:
        await user.send_chat_message('Drink some water!')

    remind.start(user)              # in the background; `await remind.start(user)` waits until it is over

Executions begin at fixed times: the first at once, then one each interval, however long they take; two never overlap.
What an execution has delayed is caught up with, up to ``max_catchup`` executions; what exceeds that is left out.

    idle ──start──> waiting <──> executing ──stop, count reached, cancel──> idle
                      └──pause──> paused ──resume──┘   (the times missed meanwhile are left out)

An execution that raises doesn't end the loop: ``on_error`` is told, and the next comes at its time. Decorate a method
and each instance has a loop of its own. Loops know nothing of Twitch.
"""

import asyncio
import inspect
import logging
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, Concatenate, Generic, ParamSpec, TypeVar, overload

log = logging.getLogger("twitch.tasks")

P = ParamSpec("P")
Q = ParamSpec("Q")
HookT = TypeVar("HookT", bound=Callable[..., Awaitable[object]])

QUEUED_MAX = 100
"""Priority tasks that wait; a program that queues more of them has a fault."""


class Loop(Generic[P]):
    """A function that is called every ``interval_seconds``, ``count`` times or for ever."""

    def __init__(
        self,
        function: Callable[P, Awaitable[object]],
        *,
        interval_seconds: float,
        count: int | None = None,
        name: str | None = None,
        max_catchup: int = 5,
    ) -> None:
        if not interval_seconds > 0:
            raise ValueError("a loop needs an interval above zero")
        if (count is not None and count < 1) or max_catchup < 0:
            raise ValueError("count must be at least 1, max_catchup at least 0")
        if not inspect.iscoroutinefunction(function):
            raise TypeError("a loop's function must be async: write `async def`")
        self.interval_seconds = interval_seconds
        self.count = count
        self.name = name or getattr(function, "__name__", "loop")
        self.max_catchup = max_catchup
        self.current_execution = 0
        """How many have begun since the start."""
        self._function: Callable[..., Awaitable[object]] = function
        self._bound: tuple[object, ...] = ()
        self._hooks: dict[str, Callable[..., Awaitable[object]]] = {}
        self._task: asyncio.Task[None] | None = None
        self._started_at = 0.0
        self._stopping = False
        self._skips = 0
        self._running = asyncio.Event()  # cleared while paused
        self._woken = asyncio.Event()
        self._queued: deque[Awaitable[object]] = deque()

    def __repr__(self) -> str:
        return f"<Loop {self.name!r} every {self.interval_seconds:g} s>"

    @overload
    def __get__(self, instance: None, owner: type) -> "Loop[P]": ...
    @overload
    def __get__(self: "Loop[Concatenate[Any, Q]]", instance: object, owner: type) -> "Loop[Q]": ...
    def __get__(self, instance: object | None, owner: type) -> "Loop[Any]":
        if instance is None:
            return self
        own: Loop[Any] | None = vars(instance).get(self._attribute)
        if own is None:
            own = Loop(
                self._function,
                interval_seconds=self.interval_seconds,
                count=self.count,
                name=self.name,
                max_catchup=self.max_catchup,
            )
            own._bound, own._hooks = (instance,), self._hooks
            vars(instance)[self._attribute] = own
        return own

    def __set_name__(self, owner: type, name: str) -> None:
        self._attribute = name

    _attribute = ""

    # -- begin and end ------------------------------------------------------------------------------------------

    def start(self, *args: P.args, **kwargs: P.kwargs) -> "asyncio.Task[None]":
        """Begin; the arguments go to each execution. Needs a running event loop. RuntimeError if it runs already."""
        if self.is_running():
            raise RuntimeError(f"{self!r} is running already")
        self._stopping, self._skips, self.current_execution = False, 0, 0
        self._running, self._woken = asyncio.Event(), asyncio.Event()
        self._running.set()
        self._started_at = time.monotonic()
        self._task = asyncio.create_task(self._run(args, kwargs), name=self.name)
        return self._task

    def stop(self) -> None:
        """End it after the execution under way, if any."""
        self._stopping = True
        self._running.set()
        self._woken.set()

    def cancel(self) -> None:
        """End it at once, in the midst of an execution if there is one."""
        if self._task is not None:
            self._task.cancel()

    def pause(self) -> None:
        """Execute no more until resume(); the one under way goes on."""
        self._running.clear()

    def resume(self) -> None:
        """Go on after pause(), at once if a time has passed meanwhile."""
        self._running.set()

    def skip_next_execution(self) -> None:
        """Leave out the next execution; it counts for ``count`` all the same."""
        self._skips += 1

    def queue_priority_task(self, work: Awaitable[object]) -> None:
        """Run this once, as soon as no execution is under way and before the next. RuntimeError if too many wait."""
        if len(self._queued) >= QUEUED_MAX:
            raise RuntimeError(f"{QUEUED_MAX} priority tasks of {self!r} wait already")
        self._queued.append(work)
        self._woken.set()

    # -- what it is doing ---------------------------------------------------------------------------------------

    def is_running(self) -> bool:
        """Whether it was started and has not ended; also while paused."""
        return self._task is not None and not self._task.done()

    def is_paused(self) -> bool:
        """Whether it runs and waits for resume()."""
        return self.is_running() and not self._running.is_set()

    @property
    def elapsed_time(self) -> float:
        """Seconds since the start, 0 if it isn't running."""
        return time.monotonic() - self._started_at if self.is_running() else 0.0

    def get_info(self) -> dict[str, Any]:
        """All of this in one dict."""
        return {
            "name": self.name,
            "interval_seconds": self.interval_seconds,
            "count": self.count,
            "current_execution": self.current_execution,
            "elapsed_time": self.elapsed_time,
            "is_running": self.is_running(),
            "is_paused": self.is_paused(),
        }

    # -- hooks, as decorators -----------------------------------------------------------------------------------

    def on_start(self, hook: HookT) -> HookT:
        """Called once, before the first execution."""
        return self._hook("on_start", hook)

    def on_stop(self, hook: HookT) -> HookT:
        """Called once, after the last execution, however the loop ended."""
        return self._hook("on_stop", hook)

    def before_execution(self, hook: HookT) -> HookT:
        """Called before each execution; what it raises is told to on_error, and the execution is left out."""
        return self._hook("before_execution", hook)

    def on_error(self, hook: HookT) -> HookT:
        """Called with what an execution or a hook has raised. By default it's logged."""
        return self._hook("on_error", hook)

    def _hook(self, name: str, hook: HookT) -> HookT:
        function: Callable[..., object] = hook
        if not inspect.iscoroutinefunction(function):
            raise TypeError(f"{name} must be an async function")
        self._hooks[name] = hook
        return hook

    # -- the loop itself ----------------------------------------------------------------------------------------

    async def _run(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        try:
            await self._call("on_start")
            due = time.monotonic()
            turns = 0
            while not self._stopping and (self.count is None or turns < self.count):
                due = await self._wait_until(due)
                if self._stopping:
                    break
                turns += 1
                due += self.interval_seconds
                if self._skips:
                    self._skips -= 1
                    continue
                self.current_execution += 1
                if await self._call("before_execution"):
                    await self._safely(self._function(*self._bound, *args, **kwargs))
        finally:
            for work in self._queued:
                if inspect.iscoroutine(work):
                    work.close()
            self._queued.clear()
            await self._call("on_stop")

    async def _wait_until(self, due: float) -> float:
        """Wait for a time, running what is queued; the time, moved to later if too many were missed."""
        while not self._stopping:
            while self._queued:
                await self._safely(self._queued.popleft())
            if not self._running.is_set():
                await self._running.wait()
                due = max(due, time.monotonic())
                continue
            wait_seconds = due - time.monotonic()
            if wait_seconds <= 0:
                missed = int(-wait_seconds / self.interval_seconds)
                return due + max(missed - self.max_catchup, 0) * self.interval_seconds
            self._woken.clear()
            try:
                async with asyncio.timeout(wait_seconds):
                    await self._woken.wait()
            except TimeoutError:
                continue
        return due

    async def _call(self, name: str) -> bool:
        hook = self._hooks.get(name)
        return hook is None or await self._safely(hook(*self._bound))

    async def _safely(self, work: Awaitable[object]) -> bool:
        try:
            await work
        except (Exception, asyncio.CancelledError) as error:
            if isinstance(error, asyncio.CancelledError) and (self._task is None or self._task.cancelling()):
                raise  # the loop itself is cancelled; else it's something that the execution waited for
            hook = self._hooks.get("on_error")
            if hook is None:
                log.error("%r raised %s", self, type(error).__name__, exc_info=error)
                return False
            try:
                await hook(*self._bound, error)
            except Exception:
                log.exception("on_error of %r raised", self)
            return False
        return True


def loop(
    *,
    seconds: float = 0,
    minutes: float = 0,
    hours: float = 0,
    count: int | None = None,
    name: str | None = None,
    max_catchup: int = 5,
) -> Callable[[Callable[P, Awaitable[object]]], Loop[P]]:
    """Make an async function a `Loop`; the interval is the sum of seconds, minutes and hours. ValueError for none."""

    def decorate(function: Callable[P, Awaitable[object]]) -> Loop[P]:
        interval_seconds = seconds + 60 * minutes + 3600 * hours
        return Loop(function, interval_seconds=interval_seconds, count=count, name=name, max_catchup=max_catchup)

    return decorate
