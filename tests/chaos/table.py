"""The table of results, as it is printed and stands in the README. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from tests.chaos.account import quantile
from tests.chaos.scenario import Result

COLUMNS = (
    "scenario",
    "sent",
    "streamed",
    "lost_live",
    "lost_at_kill",
    "cut",
    "given_up",
    "doubled",
    "misordered",
    "twitch_dropped",
    "dark p99 s (n)",
    "recovery s",
    "p50/p99 ms",
    "holds",
)


def table(results: Sequence[Result]) -> str:
    """Markdown, columns aligned; below it what each scenario had to say."""
    rows = [COLUMNS, *(_row(result) for result in results)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    lines = [_line(rows[0], widths), "|" + "|".join("-" * (width + 2) for width in widths) + "|"]
    lines += [_line(row, widths) for row in rows[1:]]
    for result in results:
        lines += [f"{result.name}: {note}" for note in result.notes]
        lines += [f"{result.name}: NOT AS PROMISED: {complaint}" for complaint in result.complaints]
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if column == 0 else cell.rjust(width)
        for column, (cell, width) in enumerate(zip(row, widths, strict=True))
    )
    return f"| {' | '.join((first, *others))} |"


def _row(result: Result) -> tuple[str, ...]:
    outcome = result.outcome
    if outcome is None:
        return (result.name, *("–" for _ in COLUMNS[1:-1]), "no")
    p99 = quantile(result.dark_ms, 0.99)
    counts = (
        outcome.sent,
        outcome.streamed,
        outcome.lost_live,
        outcome.lost_at_kill,
        outcome.cut,
        outcome.given_up,
        outcome.doubled,
        outcome.misordered,
        outcome.twitch_dropped,
    )
    return (
        result.name,
        *map(str, counts),
        "–" if p99 is None else f"{p99 / 1000:.2f} ({len(result.dark_ms)})",
        _recovery(result),
        "/".join("–" if value is None else f"{value:.0f}" for value in result.latency_ms),
        "yes" if result.holds else "no",
    )


def _recovery(result: Result) -> str:
    if not result.recovered:
        return "never"
    return "–" if result.recovery_seconds is None else f"{result.recovery_seconds:.1f}"
