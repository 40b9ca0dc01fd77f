"""The metrics page is one that Prometheus reads, and our histogram is one like its own."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from fleet import metrics
from fleet.metrics import FAST, SLOW, BatchHistogram


def ours(values: list[float], bounds: tuple[float, ...]) -> dict[tuple[str, str], float]:
    histogram = BatchHistogram("under_test_seconds", "A histogram.", bounds)
    try:
        half = len(values) // 2
        histogram.observe_all(values[:half])
        histogram.observe_all(values[half:])
        return {(s.name, s.labels.get("le", "")): s.value for family in histogram.collect() for s in family.samples}
    finally:
        REGISTRY.unregister(histogram)


def prometheus_own(values: list[float], bounds: tuple[float, ...]) -> dict[tuple[str, str], float]:
    histogram = Histogram("under_test_seconds", "A histogram.", buckets=bounds, registry=CollectorRegistry())
    for value in values:
        histogram.observe(value)
    samples = [sample for family in histogram.collect() for sample in family.samples]
    return {(s.name, s.labels.get("le", "")): s.value for s in samples if not s.name.endswith("_created")}


@settings(deadline=None, max_examples=100)
@given(
    st.lists(st.one_of(st.floats(0, 3000), st.sampled_from([*FAST, *SLOW]))),
    st.sampled_from([FAST, SLOW]),
)
def test_a_batch_histogram_is_a_histogram(values: list[float], bounds: tuple[float, ...]) -> None:
    mine, theirs = ours(values, bounds), prometheus_own(values, bounds)
    assert mine.keys() == theirs.keys()
    assert all(math.isclose(mine[key], theirs[key], abs_tol=1e-6) for key in mine)


def test_one_observation_at_a_time_works_too() -> None:
    before = REGISTRY.get_sample_value("conduit_dark_spell_seconds_count") or 0
    metrics.DARK_SPELLS.observe(2.0)
    assert REGISTRY.get_sample_value("conduit_dark_spell_seconds_count") == before + 1


def test_the_page_is_one_that_prometheus_reads() -> None:
    families = {family.name: family for family in text_string_to_metric_families(generate_latest().decode())}
    assert {"eventsub_reconnects", "conduit_shards", "eventsub_socket_to_stream_seconds"} <= families.keys()
    assert families["eventsub_socket_to_stream_seconds"].type == "histogram"


def test_a_trouble_is_shown_while_it_lasts() -> None:
    troubles = {"redis"}
    metrics.watch_troubles(("redis", "shards"), troubles.__contains__)

    def shown(kind: str) -> float | None:
        return REGISTRY.get_sample_value("fleet_trouble", {"kind": kind})

    assert (shown("redis"), shown("shards")) == (1, 0)
    troubles.clear()
    assert shown("redis") == 0


@pytest.mark.parametrize(
    "family",
    [
        each
        for each in REGISTRY.collect()
        if each.name.startswith(("eventsub", "conduit", "fleet", "helix", "handler", "stream"))
    ],
    ids=lambda family: family.name,
)
def test_a_metric_is_explained_and_its_labels_are_of_bounded_sets(family: object) -> None:
    assert family.documentation.endswith((".", "one."))  # type: ignore[attr-defined]
    for sample in family.samples:  # type: ignore[attr-defined]
        assert set(sample.labels) <= {
            "le", "reason", "type", "status", "kind", "phase", "outcome", "endpoint", "group"
        }  # fmt: skip


def test_a_process_that_changes_its_role_shows_no_more_of_the_old_one() -> None:
    metrics.SHARDS.labels("bound").set(7)
    metrics.forget_samples()
    assert REGISTRY.get_sample_value("conduit_shards", {"phase": "bound"}) is None
