"""What holds for scaling by load, whatever the load does."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from coordinator.scaling import SPARE, Bounds, Scaling

loads = st.floats(0, 10_000)
pauses = st.floats(0.01, 100)


@st.composite
def rules(draw: st.DrawFn) -> Bounds:
    low = draw(st.integers(1, 30))
    return Bounds(low, low + draw(st.integers(0, 40)), draw(st.floats(1, 1000)), draw(st.floats(1, 300)))


@settings(deadline=None, max_examples=300)
@given(rules(), st.integers(1, 80), st.lists(st.tuples(pauses, st.one_of(st.none(), loads)), min_size=1, max_size=60))
def test_a_count_is_within_its_bounds_never_short_and_comes_down_slowly(
    bounds: Bounds, first: int, happens: list[tuple[float, float | None]]
) -> None:
    scaling, now, before = Scaling(bounds, bounds.hold(first)), 0.0, bounds.hold(first)
    changed_at = 0.0
    for pause, load in happens:
        now += pause
        count = scaling.decide(now, load)
        assert bounds.shards_min <= count <= bounds.shards_max
        if load is None:
            assert count == before
        else:
            assert count == bounds.shards_max or load <= count * bounds.events_per_second * (1 + 1e-9), "never short"
        if count < before:
            assert now - changed_at >= bounds.cooldown_seconds
            assert load is not None
            assert count == bounds.shards_min or load <= count * bounds.events_per_second * SPARE * (1 + 1e-9)
        if count != before:
            changed_at = now
        before = count


@settings(deadline=None, max_examples=300)
@given(rules(), st.floats(1, 5_000), st.lists(st.tuples(pauses, st.floats(SPARE + 0.001, 1)), max_size=60))
def test_a_load_that_swings_within_the_band_never_moves_the_count_to_and_fro(
    bounds: Bounds, highest: float, happens: list[tuple[float, float]]
) -> None:
    scaling, now = Scaling(bounds, bounds.shards_min), 0.0
    counts = [bounds.shards_min]
    for pause, share in happens:
        now += pause
        counts.append(scaling.decide(now, highest * share))
    assert counts == sorted(counts), "it goes up with the highest load so far, and stays"


@settings(deadline=None, max_examples=200)
@given(rules(), st.integers(1, 80), loads)
def test_under_a_steady_load_it_settles_for_good(bounds: Bounds, first: int, load: float) -> None:
    scaling, now = Scaling(bounds, bounds.hold(first)), 0.0
    for _ in range(3):
        now += bounds.cooldown_seconds + 1
        scaling.decide(now, load)
    settled = scaling.count
    for _ in range(10):
        now += bounds.cooldown_seconds / 2
        assert scaling.decide(now, load) == settled
