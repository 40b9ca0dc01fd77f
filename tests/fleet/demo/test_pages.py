"""Sums and quantiles over the /metrics pages of several processes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.demo.pages import Page, parse, quantile, total

WORKER_1 = """\
# TYPE eventsub_duplicates_total counter
eventsub_duplicates_total 2.0
# TYPE latency histogram
latency_bucket{le="0.001"} 0.0
latency_bucket{le="0.002"} 50.0
latency_bucket{le="+Inf"} 50.0
latency_count 50.0
latency_sum 0.07
"""
WORKER_2 = """\
# TYPE eventsub_duplicates_total counter
eventsub_duplicates_total 3.0
# TYPE latency histogram
latency_bucket{le="0.001"} 0.0
latency_bucket{le="0.002"} 0.0
latency_bucket{le="+Inf"} 50.0
latency_count 50.0
latency_sum 9.0
"""
HANDLER = """\
# TYPE handler_events_total counter
handler_events_total{outcome="done",type="stream.online"} 7.0
handler_events_total{outcome="again",type="stream.online"} 1.0
handler_events_total{outcome="done",type="stream.offline"} 2.0
"""


def test_a_sum_goes_over_processes_and_over_labels_that_are_not_asked_for() -> None:
    assert total([parse(WORKER_1), parse(WORKER_2)], "eventsub_duplicates_total") == 5
    assert total([parse(HANDLER)], "handler_events_total", outcome="done") == 9
    assert total([parse(HANDLER)], "no_such_metric") == 0


def test_a_quantile_is_interpolated_within_its_bucket() -> None:
    assert quantile([parse(WORKER_1)], "latency", 0.5) == pytest.approx(0.0015)


def test_a_quantile_over_two_processes_is_that_of_all_their_observations() -> None:
    assert quantile([parse(WORKER_1), parse(WORKER_2)], "latency", 0.25) == pytest.approx(0.0015)


def test_beyond_the_last_bound_the_bound_is_all_that_is_known() -> None:
    assert quantile([parse(WORKER_2)], "latency", 0.99) == 0.002


def test_what_was_observed_before_does_not_count() -> None:
    before, now = (
        parse(WORKER_2),
        parse(WORKER_2.replace('le="0.002"} 0.0', 'le="0.002"} 8.0').replace(" 50.0", " 58.0")),
    )

    assert quantile([now], "latency", 0.5) == 0.002
    assert quantile([now], "latency", 0.5, before=[before]) == pytest.approx(0.0015)
    assert quantile([now], "latency", 0.5, before=[now]) is None


def test_nothing_observed_has_no_quantile() -> None:
    assert quantile([], "latency", 0.5) is None
    assert quantile([parse(WORKER_1)], "other", 0.5) is None


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=8).filter(any), st.floats(0.01, 1.0))
def test_a_quantile_lies_in_the_bucket_that_holds_its_rank(counts: list[int], share: float) -> None:
    bounds = [float(2**index) for index in range(len(counts))]
    cumulated = [sum(counts[: index + 1]) for index in range(len(counts))]
    page: Page = {
        "h_bucket": {(("le", str(bound)),): float(upto) for bound, upto in zip(bounds, cumulated, strict=True)}
    }

    found = quantile([page], "h", share)

    index = next(index for index, upto in enumerate(cumulated) if upto >= cumulated[-1] * share)
    assert found is not None
    assert ([0.0, *bounds][index]) <= found <= bounds[index] * (1 + 1e-9)
