"""Reads /metrics pages: sums over processes, and quantiles of histograms that several processes fill. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

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


def by_label(page: Page, name: str, label: str) -> dict[str, float]:
    """The values of a sample by one of its labels."""
    return {dict(found).get(label, ""): value for found, value in page.get(name, {}).items()}


def quantile(pages: Iterable[Page], name: str, share: float) -> float | None:
    """The value that `share` of the observations do not exceed, in the histogram's unit.

    Interpolated within its bucket, as Prometheus does; the last finite bound where it lies beyond; None where nothing
    was observed.
    """
    assert 0 < share <= 1, share
    counts: dict[float, float] = {0.0: 0.0}
    for page in pages:
        for labels, value in page.get(f"{name}_bucket", {}).items():
            bound = float(dict(labels)["le"])
            counts[bound] = counts.get(bound, 0.0) + value
    ordered = sorted(counts.items())
    rank = ordered[-1][1] * share
    if not rank:
        return None
    for (low, before), (high, upto) in pairwise(ordered):
        if upto >= rank:
            if high == float("inf"):
                return low
            return low + (high - low) * (rank - before) / (upto - before)
    raise AssertionError("the last bucket holds everything")
