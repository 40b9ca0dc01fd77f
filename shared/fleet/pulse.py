"""A handlers' process' sign of life: prolongs the leases of its jobs, from a thread of its own.

A thread, because a handler may block the event loop for seconds (a library that knows no asyncio, a long computation);
its jobs must not be run elsewhere meanwhile. But a loop that stays blocked for longer than a handler may take is as good
as dead: then the leases end, and the jobs run again in another process.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection

import structlog
from redis import Redis
from redis.exceptions import RedisError

from fleet.connection import describe
from fleet.keys import Keys
from fleet.primary import blocking
from fleet.settings import Settings

log = structlog.get_logger(__name__)

SOCKET_SECONDS = 2.0


class Pulse:
    """Beats from `start` to `stop`. `held` tells the jobs whose leases to prolong; it is called in the thread."""

    def __init__(
        self, settings: Settings, keys: Keys, handler: str, *, lease_seconds: float, held: Callable[[], Collection[str]]
    ) -> None:
        self._keys, self._handler, self._held = keys, handler, held
        self._lease_ms, self._pause_seconds = int(lease_seconds * 1000), settings.heartbeat_seconds
        self._stuck_seconds = settings.handler_timeout_seconds + lease_seconds
        self._redis: Redis = blocking(settings, socket_timeout=SOCKET_SECONDS, socket_connect_timeout=SOCKET_SECONDS)
        self._loop_seen_at = time.monotonic()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pulse", daemon=True)
        self._failed = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ends the thread; waits for a call that is under way."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(SOCKET_SECONDS * 2)
        self._redis.close()

    def loop_lives(self) -> None:
        """The event loop says so itself, at every heartbeat."""
        self._loop_seen_at = time.monotonic()

    def _run(self) -> None:
        stuck = False
        while not self._stopping.is_set():
            blocked_seconds = time.monotonic() - self._loop_seen_at
            if blocked_seconds <= self._stuck_seconds:
                stuck = False
                self._beat_or_say()
            elif not stuck:
                stuck = True
                log.error("handlers.blocked", seconds=round(blocked_seconds, 1), consequence="its jobs run elsewhere")
            self._stopping.wait(self._pause_seconds)

    def _beat_or_say(self) -> None:
        try:
            self.beat()
            self._failed = False
        except (RedisError, OSError) as error:
            if not self._failed:
                log.warning("handlers.heartbeat_missed", error=describe(error))
            self._failed = True

    def beat(self) -> None:
        """One sign of life. Raises redis' errors."""
        with self._redis.pipeline(transaction=False) as pipe:
            pipe.sadd(self._keys.handlers, self._handler)
            pipe.set(self._keys.handler_alive(self._handler), "1", px=self._lease_ms)
            pipe.time()
            seconds, microseconds = pipe.execute()[-1]
        held = list(self._held())
        if held:
            until_ms = seconds * 1000 + microseconds // 1000 + self._lease_ms
            # XX: a job that somebody else has finished stays finished. GT: a lease never gets shorter.
            self._redis.zadd(self._keys.queue, dict.fromkeys(held, until_ms), xx=True, gt=True)
