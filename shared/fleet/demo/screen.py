"""What the demo says: a table that updates in place on a terminal, a line now and then elsewhere.

A terminal may be gone (closed window, `| head`) at any moment: then nothing more is said, `gone` is set, and the demo
stops as it would on Ctrl-C.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, Any, cast

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from fleet.demo.tally import Tally
from fleet.demo.watch import Latency, Reading, WorkerView

LINE_SECONDS = 2.0
"""Between two lines where there is no terminal."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything that is shown at a time."""

    seconds: float
    rate: float
    """Events a second that entered the streams, lately."""
    reading: Reading
    tally: Tally
    processes: tuple[tuple[str, str], ...]
    """Name and state of every process."""
    ids: Mapping[str, str]
    """Id of a worker's life → the process it is."""
    sayings: tuple[str, ...]
    """What the program printed last."""
    logs: str


class Screen:
    """The terminal, or what stands for it. `on_gone` is called once where nobody reads any more."""

    def __init__(self, on_gone: Callable[[], None], out: IO[str] | None = None) -> None:
        self._out = _Patient(out or sys.stdout, on_gone)
        self._console = Console(file=cast("IO[str]", self._out), highlight=False)
        self._live: Live | None = None
        self._line_at = 0.0

    def say(self, text: str) -> None:
        """One message, above the table where there is one."""
        self._console.print(text, markup=False, soft_wrap=True)
        self._out.flush()

    def show(self, snapshot: Snapshot) -> None:
        """The newest state."""
        if not self._console.is_terminal:
            if snapshot.seconds >= self._line_at:
                self._line_at = snapshot.seconds + LINE_SECONDS
                self.say(line(snapshot))
            return
        if self._live is None:
            self._live = Live(console=self._console, auto_refresh=False, redirect_stdout=False, redirect_stderr=False)
            self._live.start()
        self._live.update(table(snapshot), refresh=True)

    def end(self) -> None:
        """The table stays as it is; what is said from now on stands below it."""
        if self._live is not None:
            self._live.stop()
            self._live = None


class _Patient:
    """A text stream that swallows the errors of a terminal that is gone."""

    def __init__(self, out: IO[str], on_gone: Callable[[], None]) -> None:
        self._out, self._on_gone, self._gone = out, on_gone, False

    def write(self, text: str) -> int:
        return self._try(lambda: self._out.write(text)) or len(text)

    def flush(self) -> None:
        self._try(self._out.flush)

    def _try(self, call: Callable[[], Any]) -> Any:
        if self._gone:
            return None
        try:
            return call()
        except (OSError, ValueError):
            self._gone = True
            self._on_gone()
            return None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._out, name)


def table(snapshot: Snapshot) -> Group:
    """The whole picture for a terminal."""
    reading = snapshot.reading
    shards = {snapshot.ids.get(worker.name, worker.name): worker for worker in reading.workers}
    processes = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("process", "state", "shards"):
        processes.add_column(column)
    for name, state in snapshot.processes:
        view = shards.get(name)
        processes.add_row(
            name,
            view.state if view is not None and state == "runs" else state,
            "" if view is None else _shards(view),
        )
    numbers = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    numbers.add_column(style="dim", no_wrap=True)
    numbers.add_column(no_wrap=True)
    for name, value in _numbers(snapshot):
        numbers.add_row(name, value)
    title = Text(f"Conduit Fleet demo   {snapshot.seconds:.0f} s   Ctrl-C stops it", style="bold")
    sayings = [
        Text.from_markup(f"[dim]the program says:[/] {escape(text)}", overflow="ellipsis") for text in snapshot.sayings
    ]
    for text in (title, *sayings):
        text.no_wrap = True  # a line that the terminal wraps would spoil the count of lines to go back
    return Group(title, processes, numbers, *([Text("")] if sayings else []), *sayings)


def _numbers(snapshot: Snapshot) -> Iterable[tuple[str, str]]:
    reading, tally = snapshot.reading, snapshot.tally
    yield "events/s", f"{snapshot.rate:,.0f}"
    yield "socket → stream", _latency(reading.to_stream)
    yield "socket → handler", _latency(reading.to_handler)
    yield "sent by Twitch", f"{tally.sent:,}   dropped by Twitch (dark shards): {tally.dropped:,}"
    yield "streamed", f"{tally.streamed:,}   on their way: {tally.waiting:,}"
    yield "handled", f"{reading.handled:,}   dead letters: {reading.dead_letters:,}"
    yield "duplicates dropped", f"{reading.duplicates_dropped:,}"
    yield "shards", describe(reading.phases)
    yield "dark", _dark(reading)
    yield "logs", snapshot.logs


def line(snapshot: Snapshot) -> str:
    """The same in one line, for a log."""
    reading, tally = snapshot.reading, snapshot.tally
    workers = "  ".join(
        f"{snapshot.ids.get(worker.name, worker.name)} [{_shards(worker)}]" for worker in reading.workers
    )
    return (
        f"{snapshot.seconds:4.0f} s  {workers}  shards {describe(reading.phases)}  {snapshot.rate:.0f} events/s"
        f"  sent {tally.sent}  streamed {tally.streamed}  handled {reading.handled}"
        f"  duplicates dropped {reading.duplicates_dropped}  dropped by Twitch {tally.dropped}"
        f"  to stream {_latency(reading.to_stream)}  to handler {_latency(reading.to_handler)}  dark {_dark(reading)}"
    )


def _shards(worker: WorkerView) -> str:
    return " ".join(map(str, worker.shards))


def _latency(latency: Latency) -> str:
    return f"p50 {milliseconds(latency.p50)} p99 {milliseconds(latency.p99)}"


def milliseconds(seconds: float | None) -> str:
    """Three figures, or a dash for nothing."""
    if seconds is None:
        return "–"
    value = seconds * 1000
    return f"{value:.1f} ms" if value < 100 else f"{value:.0f} ms"


def describe(phases: Mapping[str, int]) -> str:
    """How many shards are in which phase."""
    return ", ".join(f"{count} {phase}" for phase, count in sorted(phases.items())) or "none yet"


def _dark(reading: Reading) -> str:
    past = (
        f"{reading.dark_spells} spells of {reading.dark_spells_seconds:.1f} s in all"
        if reading.dark_spells
        else "never"
    )
    return f"now {reading.dark_seconds:.1f} s, before {past}" if reading.dark_seconds else past
