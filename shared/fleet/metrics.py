"""Every metric of every process. Base units, `_total` for counters, labels from bounded sets only.

A process shows those it uses; the dashboards and alert rules name these and no others (a test holds them to it).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from prometheus_client import REGISTRY, Counter, Gauge
from prometheus_client.core import HistogramMetricFamily
from prometheus_client.registry import Collector


class BatchHistogram(Collector):
    """A histogram that is filled with a list at a time: a worker adds a flush's latencies in one call.

    prometheus_client's own takes one observation per call, a lock and a dozen attribute look-ups each, which at tens of
    thousands of events a second costs more than writing the events does.
    """

    def __init__(self, name: str, documentation: str, buckets: Sequence[float]) -> None:
        self._name, self._documentation = name, documentation
        self._bounds = tuple(buckets)
        self._counts = [0] * (len(buckets) + 1)
        self._sum = 0.0
        REGISTRY.register(self)

    def observe_all(self, values: Iterable[float]) -> None:
        """Adds observations, in seconds."""
        counts, bounds, total = self._counts, self._bounds, 0.0
        for value in values:
            counts[bisect_left(bounds, value)] += 1
            total += value
        self._sum += total

    def observe(self, value: float) -> None:
        self.observe_all((value,))

    def describe(self) -> Iterable[HistogramMetricFamily]:
        return [HistogramMetricFamily(self._name, self._documentation)]

    def collect(self) -> Iterable[HistogramMetricFamily]:
        cumulated, buckets = 0, []
        for bound, count in zip((*self._bounds, float("inf")), self._counts, strict=True):
            cumulated += count
            buckets.append(("+Inf" if bound == float("inf") else repr(float(bound)), float(cumulated)))
        family = HistogramMetricFamily(self._name, self._documentation)
        family.add_metric([], buckets=buckets, sum_value=self._sum)
        yield family


FAST = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.0075, 0.01, 0.015, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)
SLOW = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 600, 1800)

# -- sessions and events (shard_worker)
RECONNECTS = Counter("eventsub_reconnects_total", "Sockets opened anew, by why.", ["reason"])
NOTIFICATIONS = Counter("eventsub_notifications_total", "Notifications read from sockets, by type.", ["type"])
DUPLICATES = Counter("eventsub_duplicates_total", "Events that the dedup window had seen already.")
REVOCATIONS = Counter("eventsub_revocations_total", "Subscriptions revoked by Twitch, by status.", ["status"])
DISTURBANCES = Counter(
    "eventsub_disturbances_total", "Frames that made no sense, by kind; the socket went on.", ["kind"]
)
SESSIONS = Gauge("eventsub_sessions", "Sessions of this worker, by phase.", ["phase"])
TWITCH_TO_SOCKET = BatchHistogram("eventsub_twitch_to_socket_seconds", "Twitch's timestamp to our socket.", SLOW)
SOCKET_TO_STREAM = BatchHistogram("eventsub_socket_to_stream_seconds", "Our socket to the acknowledged append.", FAST)
STREAM_EVENTS = Counter("fleet_stream_events_total", "Events appended to streams.")
LATE = Counter("fleet_late_events_total", "Events older than 10 minutes when they were read.")
FLUSHES = Counter("fleet_flushes_total", "Flushes sent to Redis, by outcome.", ["outcome"])
QUEUE_EVENTS = Gauge("fleet_queue_events", "Events read and not yet acknowledged by Redis.")
QUEUE_BYTES = Gauge("fleet_queue_bytes", "Their size.")
SPOOL_EVENTS = Gauge("fleet_spool_events", "Events in the spool on disk that Redis has not acknowledged.")
SPOOL_BYTES = Gauge("fleet_spool_bytes", "Size of the spool on disk.")
SPOOL_BYTES_MAX = Gauge("fleet_spool_bytes_max", "What it may be; 0 where there is none.")
SPOOL_ERRORS = Counter("fleet_spool_errors_total", "Times that the spool's disk refused, by kind of error.", ["kind"])
SPOOL_ADOPTED = Counter("fleet_spool_adopted_events_total", "Events sent from the spools of workers that had ended.")
DROPPED = Counter("fleet_dropped_events_total", "Events given up, by why. Anything but 0 is an alarm.", ["reason"])

# -- shards and leadership (coordinator)
SHARDS = Gauge("conduit_shards", "Shards of the conduit, by phase.", ["phase"])
DARK_SECONDS = Gauge("conduit_dark_seconds", "How long the longest-dark shard has been dark; 0 when none is.")
DARK_SPELLS = BatchHistogram(
    "conduit_dark_spell_seconds", "How long shards were dark, once they are bound again.", SLOW
)
SHARDS_MOVED = Counter(
    "conduit_shards_moved_total", "Shards assigned to another worker, or parked on a session, by why.", ["reason"]
)
BINDINGS_REFUSED = Counter(
    "conduit_bindings_refused_total",
    "Bindings that Twitch refused: new ones, parkings, or the asking whether a doubted session is still there.",
    ["kind"],
)
CALLED_DOWN = Counter(
    "conduit_shards_called_down_total",
    "Shards that Twitch called down though their session lived: it took them back.",
)
NOTICES = Counter(
    "conduit_notices_total",
    "Notices that a shard was disabled: those that Twitch was asked about, and others.",
    ["outcome"],
)
CONDUITS_LOST = Counter("conduit_lost_total", "Times that Twitch had deleted our conduit. Anything but 0 is an alarm.")
SHARD_COUNT = Gauge(
    "conduit_shard_count", "The conduit's shard count, as Twitch has it and as it is wanted.", ["state"]
)
LINGERING = Gauge("conduit_lingering_shards", "Shards above the count that Twitch lists as enabled all the same.")
RESIZES = Counter("conduit_resizes_total", "Changes of the shard count at Twitch, step by step.", ["direction"])
RESIZE_GAP = BatchHistogram(
    "conduit_resize_gap_seconds", "From asking for a higher count to a new shard's binding: dark at most so long.", SLOW
)
LEADER = Gauge("fleet_leader", "1 where this coordinator leads.")
ELECTIONS = Counter("fleet_elections_total", "Elections won by this coordinator.")
REDIS_LOST = Counter(
    "fleet_redis_lost_total",
    "Times that Redis had lost its data. Anything but 0 is an alarm; the log says what is gone.",
)
MEMBERS = Gauge("fleet_members", "Workers, by phase.", ["phase"])
SUBSCRIPTIONS = Gauge("fleet_subscriptions", "Desired subscriptions, by last known status.", ["status"])
HELIX_REQUESTS = Counter("helix_requests_total", "Helix calls.", ["endpoint", "status"])
HELIX_SECONDS = BatchHistogram("helix_request_seconds", "Time of those calls.", SLOW)
RATE_LIMIT_REMAINING = Gauge("helix_rate_limit_remaining", "Points left in the app token's bucket.")
TROUBLE = Gauge(
    "fleet_trouble",
    "1 while something keeps this process from its work, by what; most of it heals by itself.",
    ["kind"],
)
READY = Gauge("fleet_ready", "1 where /readyz says yes.")
GROUP_MARGIN = Gauge(
    "stream_group_margin_ratio",
    "Way that trimming still has to what a registered group needs: 1 all read, 0 passed.",
    ["group", "type"],
)
GROUP_OVERRUNS = Counter(
    "stream_group_overruns_total", "Times that trimming passed what a registered group needed.", ["group", "type"]
)
STREAM_TRIMMED = Counter("fleet_stream_trimmed_total", "Stream entries trimmed by age.")

# -- handlers
SOCKET_TO_HANDLER = BatchHistogram(
    "eventsub_socket_to_handler_seconds", "A worker's socket to the start of the handler.", FAST
)
HANDLER_SECONDS = BatchHistogram("handler_seconds", "Time spent in handlers.", SLOW)
HANDLED = Counter("handler_events_total", "Events handed to handlers, by outcome.", ["type", "outcome"])
JOBS = Counter("handler_jobs_total", "arq jobs, by outcome.", ["outcome"])
DEAD_LETTERS = Counter("handler_dead_letters_total", "Events that became dead letters, by why.", ["reason"])
LAG = Gauge("stream_lag_events", "Entries a group has not been given yet, by type.", ["group", "type"])
BACKLOG = Gauge("handler_backlog_jobs", "Jobs waiting in the queue.")


def begin_at_zero(counter: Counter, values: Iterable[str]) -> None:
    """Shows a counter's series before its first event: Prometheus takes no increase from a series that begins at 1."""
    for value in values:
        counter.labels(value)


def watch_troubles(kinds: Iterable[str], troubled: Callable[[str], bool]) -> None:
    """Shows each kind of trouble from the first scrape on; `troubled` is asked at every scrape."""
    for kind in kinds:
        TROUBLE.labels(kind).set_function(partial(troubled, kind))


def forget_samples() -> None:
    """For a process that holds several roles after one another, as tests do: nothing is shown that is not so."""
    for gauge in (SHARDS, SHARD_COUNT, MEMBERS, SESSIONS, SUBSCRIPTIONS, GROUP_MARGIN):
        gauge.clear()
