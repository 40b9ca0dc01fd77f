"""Who may send now. `RateLimiter` is what the transport asks; `MemoryLimiter` answers for one process.

Several processes with one token need one limiter between them: implement `RateLimiter` over something they share.
"""

import asyncio
import heapq
import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from twitch.errors import RateLimited
from twitch.helix.bucket import PointBucket
from twitch.helix.calls import RateReading
from twitch.helix.endpoints import Bucket, Lane

WAIT_SECONDS_MAX = 120.0
"""Twitch's window is a minute; whoever would wait for two is told so instead."""
BUCKETS_MAX = 10_000


class BucketKey(NamedTuple):
    """Whose points: ``owner`` is a user's id, or "app" for the app's own token."""

    owner: str
    bucket: Bucket


class RateLimiter(Protocol):
    """Gives out the points of tokens. Every reserve() that returned is followed by one settle()."""

    async def reserve(self, key: BucketKey, lane: Lane) -> None:
        """Return when the call may be sent. Raises RateLimited where that would take too long."""
        ...

    async def settle(self, key: BucketKey, reading: RateReading | None) -> None:
        """The call is over; ``reading`` is what its answer told of the bucket, None where no answer told anything."""
        ...


@dataclass(slots=True)
class _Queue:
    """A bucket and those who wait for a point of it, the most urgent lane first, then in the order of their coming."""

    bucket: PointBucket = field(default_factory=PointBucket)
    waiting: list[tuple[Lane, int, asyncio.Future[None]]] = field(default_factory=list)
    timer: asyncio.TimerHandle | None = None


class MemoryLimiter:
    """A RateLimiter for one process. ``clock`` gives seconds and never goes back."""

    def __init__(
        self, *, clock: Callable[[], float] = time.monotonic, wait_seconds_max: float = WAIT_SECONDS_MAX
    ) -> None:
        self._clock = clock
        self._wait_seconds_max = wait_seconds_max
        self._queues: dict[BucketKey, _Queue] = {}
        self._arrivals = itertools.count()

    async def reserve(self, key: BucketKey, lane: Lane) -> None:
        queue = self._queue(key)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(queue.waiting, (lane, next(self._arrivals), future))
        self._advance(queue)
        try:
            async with asyncio.timeout(self._wait_seconds_max):
                await future
        except TimeoutError:
            if future.done() and not future.cancelled():  # the point was given just as the time was up
                return
            raise RateLimited(429, f"no point came free in {self._wait_seconds_max:g} s", endpoint=key.bucket) from None
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():  # the point was given just as its taker was cancelled
                queue.bucket.under_way -= 1
                self._advance(queue)
            raise

    async def settle(self, key: BucketKey, reading: RateReading | None) -> None:
        queue = self._queue(key)
        queue.bucket.settle(reading, self._clock())
        self._advance(queue)

    def _queue(self, key: BucketKey) -> _Queue:
        queue = self._queues.get(key)
        if queue is None:
            if len(self._queues) >= BUCKETS_MAX:
                now = self._clock()
                idle = [k for k, q in self._queues.items() if not q.waiting and q.bucket.is_idle(now)]
                for old in idle:
                    del self._queues[old]
            queue = self._queues[key] = _Queue()
        return queue

    def _advance(self, queue: _Queue) -> None:
        """Let go everybody who may."""
        if queue.timer is not None:
            queue.timer.cancel()
            queue.timer = None
        while queue.waiting:
            lane, _, future = queue.waiting[0]
            if future.done():  # its taker gave up
                heapq.heappop(queue.waiting)
                continue
            wait_seconds = queue.bucket.wait_seconds(lane, self._clock())
            if wait_seconds > 0:
                if wait_seconds < float("inf"):
                    loop = asyncio.get_running_loop()
                    queue.timer = loop.call_later(wait_seconds, self._advance, queue)
                return
            heapq.heappop(queue.waiting)
            queue.bucket.reserve()
            future.set_result(None)
