"""What a handler's exception leads to."""

from __future__ import annotations

import random
from typing import Any

import pytest

from fleet.outcomes import (
    BACKOFF_MAX_SECONDS,
    Again,
    Dead,
    DeadReason,
    GiveUp,
    Retry,
    after_failure,
    backoff_seconds,
    describe_error,
)


@pytest.fixture
def rng() -> Any:
    return random.Random(1)


def test_an_error_is_tried_again_with_backoff(rng: random.Random) -> None:
    verdict = after_failure(ValueError("x"), 1, 5, rng)
    assert isinstance(verdict, Again)
    assert 0.5 <= verdict.seconds <= 1.0


def test_retry_says_when(rng: random.Random) -> None:
    assert after_failure(Retry(42), 1, 5, rng) == Again(42)


def test_give_up_is_final_at_once(rng: random.Random) -> None:
    assert after_failure(GiveUp("no"), 1, 5, rng) == Dead(DeadReason.GAVE_UP)


@pytest.mark.parametrize("error", [ValueError("x"), Retry(1), TimeoutError()])
def test_the_last_try_is_the_last_whatever_it_ends_with(rng: random.Random, error: Any) -> None:
    assert after_failure(error, 5, 5, rng) == Dead(DeadReason.TRIES)


def test_backoff_doubles_to_a_bound_and_is_spread(rng: random.Random) -> None:
    first = [backoff_seconds(1, rng) for _ in range(50)]
    assert min(first) >= 0.5
    assert max(first) <= 1.0
    assert len(set(first)) > 40
    assert all(backoff_seconds(tries, rng) <= BACKOFF_MAX_SECONDS for tries in (10, 100, 10_000))
    assert 4.0 <= backoff_seconds(4, rng) <= 8.0


def test_an_errors_description_is_one_short_line() -> None:
    assert describe_error(ValueError("a\n  b")) == "ValueError: a b"
    assert describe_error(KeyError()) == "KeyError"
    assert len(describe_error(ValueError("x" * 10_000))) == 500
