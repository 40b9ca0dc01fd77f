"""Which messages were here already. Twitch sends one again, with the same id, when it's unsure whether it arrived.

Pure: times are readings of one clock in seconds. Twitch doesn't resend after ten minutes
(https://dev.twitch.tv/docs/eventsub/#handling-duplicate-events), so the window is twice that.
"""

WINDOW_SECONDS = 1200.0
IDS_MAX = 200_000
"""About 30 MB; at a thousand events a second the window is then the last 200 s."""


class SeenIds:
    """The ids of a window of time, and no more than ``ids_max`` of them: the oldest go first."""

    def __init__(self, *, window_seconds: float = WINDOW_SECONDS, ids_max: int = IDS_MAX) -> None:
        self._window_seconds = window_seconds
        self._ids_max = ids_max
        self._seen: dict[str, float] = {}
        self._forget_at = 0.0
        """Before that there is nothing to forget."""

    def __len__(self) -> int:
        return len(self._seen)

    def is_new(self, message_id: str, now: float) -> bool:
        """Whether the id comes for the first time in the window. It's remembered from now on."""
        if now >= self._forget_at:
            self._forget(now)
        if message_id in self._seen:
            return False
        self._seen[message_id] = now
        if len(self._seen) > self._ids_max:
            del self._seen[next(iter(self._seen))]
        return True

    def _forget(self, now: float) -> None:
        # Times only rise, so the oldest stand first; usually there's one or none to forget.
        horizon = now - self._window_seconds
        self._forget_at = now + self._window_seconds
        while self._seen:
            oldest = next(iter(self._seen))
            if self._seen[oldest] > horizon:
                self._forget_at = self._seen[oldest] + self._window_seconds
                return
            del self._seen[oldest]
