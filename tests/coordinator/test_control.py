"""How long the control loop waits where Twitch refuses a call."""

from __future__ import annotations

from itertools import accumulate, repeat

import pytest

from coordinator.control import refusal_pause


@pytest.mark.parametrize(
    ("heals", "pauses"), [(True, [1, 1, 1, 1, 1, 1]), (False, [1, 2, 4, 8, 10, 10])], ids=["heals", "seems not to"]
)
def test_a_first_refusal_holds_the_shards_up_for_a_moment_only(heals: bool, pauses: list[float]) -> None:
    waits = accumulate(repeat(heals, 6), lambda last, each: refusal_pause(last, heals=each), initial=0.0)

    assert list(waits)[1:] == pauses
