"""How long to wait before the next attempt. Pure: chance comes from a random.Random."""

import random

from twitch.eventsub.close_codes import Action

AT_ONCE_SECONDS = 0.05
"""Before the first attempt: a dark shard's events are dropped, and sockets that fall together are still spread a little."""
FIRST_SECONDS = 0.25
LATER_SECONDS = 10.0
"""After an end that would repeat itself at once, such as 4003."""
LONGEST_SECONDS = 60.0
LASTING_SECONDS = 10.0
"""A session that lived for so long was good; one that ended sooner may be the next of a row that all do."""
EASED_FAILURES = 5
"""What is left of the failures once an attempt has succeeded: a row of sessions that end at once is 2 to 4 s apart."""


class Backoff:
    """At once at first, then doubled with each attempt that failed; spread, so that many don't return together."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._failures = 0

    def ease(self) -> None:
        """The attempt has succeeded; whether for long remains to be seen."""
        self._failures = min(self._failures, EASED_FAILURES)

    def reset(self) -> None:
        """The attempt was good."""
        self._failures = 0

    def next_seconds(self, action: Action = Action.REOPEN) -> float:
        if not self._failures and action is Action.REOPEN:
            self._failures = 1
            return self._chance.uniform(0.0, AT_ONCE_SECONDS)
        first = LATER_SECONDS if action is Action.REOPEN_LATER else FIRST_SECONDS
        doublings = self._failures if action is Action.REOPEN_LATER else self._failures - 1
        whole = min(first * 2.0 ** min(doublings, 16), LONGEST_SECONDS)
        self._failures += 1
        return whole * self._chance.uniform(0.5, 1.0)
