"""Reads /metrics pages: sums over processes, and quantiles of histograms that several processes fill. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from math import inf

from prometheus_client.parser import text_string_to_metric_families

Labels = tuple[tuple[str, str], ...]
Page = Mapping[str, Mapping[Labels, float]]
"""Sample name → labels → value."""


def parse(text: str) -> Page:
    """A page as Prometheus would read it. Raises ValueError for anything else."""
    page: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            page.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return page


def total(pages: Iterable[Page], name: str, **labels: str) -> float:
    """The sum of a sample over pages and over all labels but those given."""
    wanted = set(labels.items())
    return sum(value for page in pages for found, value in page.get(name, {}).items() if wanted <= set(found))


def quantile(pages: Iterable[Page], name: str, share: float, *, before: Iterable[Page] = ()) -> float | None:
    """The value that `share` of the observations do not exceed, in the histogram's unit.

    before: pages of an earlier moment, whose observations do not count. Interpolated within its bucket, as Prometheus
    does; the last finite bound where it lies beyond; None where nothing was observed.
    """
    assert 0 < share <= 1, share
    counts: dict[float, float] = {0.0: 0.0}
    for sign, group in ((1, pages), (-1, before)):
        for page in group:
            for labels, value in page.get(f"{name}_bucket", {}).items():
                bound = float(dict(labels)["le"])
                counts[bound] = counts.get(bound, 0.0) + sign * value
    ordered = sorted(counts.items())
    rank = ordered[-1][1] * share
    if rank <= 0:
        return None
    for (low, upto_low), (high, upto_high) in pairwise(ordered):
        if upto_high >= rank:
            return low if high == inf else low + (high - low) * (rank - upto_low) / (upto_high - upto_low)
    raise AssertionError("the last bucket holds everything")
