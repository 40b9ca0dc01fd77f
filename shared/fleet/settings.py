"""Every setting of every process, read from the environment once, at start.

A field states its variable, unit and default, and why that default. A process reads the whole table, so that one
`.env` serves all of them; `load` says in one sentence what is wrong and names the variable. Nothing here is read again
later: a running process never changes its mind.
"""

from __future__ import annotations

import dataclasses
import os
import re
import secrets
import socket
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn, TypeVar
from urllib.parse import urlsplit

from twitch.addresses import Addresses

T = TypeVar("T")


PARTITIONS_MAX = 1000
"""Streams of one type: whoever reads the type reads all of them, and re-reads their names each second."""

MAKE_A_KEY = 'make one with: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"'
PUBLIC_KEY = "c2ltdWxhdG9yLW9ubHktLW5vdC1hLXNlY3JldC1rZXk="
"""The key of `.env.example`, for the simulator's users alone."""


class SettingError(ValueError):
    """A setting that is missing or makes no sense. `str()` is the sentence for the operator."""

    def __init__(self, variable: str, problem: str) -> None:
        super().__init__(f"{variable} {problem}")
        self.variable = variable
        self.problem = problem


class Secret(str):
    """A string that shows itself only where it is used as one: never in a repr, so never in a log or a traceback."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('***')" if self else "Secret('')"


def _text(raw: str) -> str:
    return raw.strip()


def _name(raw: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9_.-]{1,64}", raw):
        raise ValueError("must be 1 to 64 letters, digits, '_', '.' or '-'")
    return raw


def _whole(low: int, high: int) -> Callable[[str], int]:
    def parse(raw: str) -> int:
        if not re.fullmatch(r"-?\d{1,18}", raw.strip()) or not low <= int(raw) <= high:
            raise ValueError(f"must be a whole number from {low} to {high}")
        return int(raw)

    return parse


def _one_of(*words: str) -> Callable[[str], str]:
    def parse(raw: str) -> str:
        if raw.strip() not in words:
            raise ValueError(f"must be {', '.join(words[:-1])} or {words[-1]}")
        return raw.strip()

    return parse


def _whole_or_none(low: int, high: int) -> Callable[[str], int]:
    parse = _whole(low, high)
    return lambda raw: parse(raw) if raw else 0


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def parse(raw: str) -> float:
        try:
            value = float(raw)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise ValueError(f"must be a number of seconds from {low:g} to {high:g}")
        return value

    return parse


def _redis_url(raw: str) -> Secret:
    try:
        parts = urlsplit(raw)
        known = parts.scheme in {"redis", "rediss", "unix"} and parts.port != 0
    except ValueError:
        known = False  # urllib's own sentences show the address, password and all
    if not known:
        raise ValueError("must be a URL such as redis://host:6379/0 (redis, rediss or unix)")
    return Secret(raw)


def _endpoints(raw: str) -> tuple[tuple[str, int], ...]:
    endpoints = []
    for item in filter(None, (part.strip() for part in raw.split(","))):
        host, _, port = item.rpartition(":")
        if not re.fullmatch(r"[A-Za-z0-9_.-]+|\[[0-9A-Fa-f:.]+\]", host) or not re.fullmatch(r"\d{1,5}", port):
            raise ValueError("must look like sentinel-1:26379,sentinel-2:26379,sentinel-3:26379")
        endpoints.append((host.strip("[]"), int(port)))
    return tuple(endpoints)


def _app(raw: str) -> str:
    if raw and not re.fullmatch(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*", raw):
        raise ValueError("must name a module and the client in it, such as live_alert:alerts")
    return raw


def _keys(raw: str) -> tuple[Secret, ...]:
    keys = tuple(Secret(key.strip()) for key in raw.split(",") if key.strip())
    if any(not re.fullmatch(r"[A-Za-z0-9_-]{43}=", key) for key in keys):
        raise ValueError(f"must be Fernet keys separated by commas; {MAKE_A_KEY}")
    return keys


def _domains(raw: str) -> tuple[str, ...]:
    domains = tuple(part.strip().lower() for part in raw.split(",") if part.strip())
    # A single label would trust a whole top-level domain, and an address has nothing below it.
    for domain in domains:
        if not re.fullmatch(r"(?!-)[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+", domain):
            raise ValueError("must be domains of two labels or more, such as eventsub.example.org")
    return domains


def _counts(raw: str) -> Mapping[str, int]:
    counts = {}
    for item in filter(None, (part.strip() for part in raw.split(","))):
        name, _, number = item.partition("=")
        if not name or not re.fullmatch(r"[0-9]{1,9}", number) or not 1 <= int(number) <= PARTITIONS_MAX:
            raise ValueError(
                f"must look like channel.chat.message=8,channel.follow=2 with counts from 1 to {PARTITIONS_MAX}"
            )
        counts[name] = int(number)
    return counts


def _setting(variable: str, default: str, parse: Callable[[str], T], doc: str) -> T:
    """One row of the table. The default is text too, so that it passes through the same door as the environment."""
    secret = parse in {Secret, _keys, _redis_url}
    row: Any = field(
        default_factory=lambda: parse(default),
        metadata={"variable": variable, "default": default, "parse": parse, "doc": doc, "secret": secret},
    )
    return row  # type: ignore[no-any-return] # dataclasses.field says Any; the row's type is what parse returns


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The whole configuration. See the rows for units and reasons."""

    # -- Twitch
    client_id: str = _setting(
        "TWITCH_CLIENT_ID", "", _text, "Client id of the Twitch application. Coordinator and handlers only."
    )
    client_secret: Secret = _setting("TWITCH_CLIENT_SECRET", "", Secret, "Its secret. Workers must not have it.")
    addresses: Addresses = field(default_factory=Addresses)

    # -- Redis
    redis_url: Secret = _setting("REDIS_URL", "redis://127.0.0.1:6379/0", _redis_url, "The one Redis primary.")
    redis_sentinels: tuple[tuple[str, int], ...] = _setting(
        "FLEET_REDIS_SENTINELS",
        "",
        _endpoints,
        "host:port of each Sentinel, separated by commas. They name the primary then; of REDIS_URL user, password, "
        "database and TLS still count.",
    )
    redis_sentinel_name: str = _setting(
        "FLEET_REDIS_SENTINEL_NAME", "mymaster", _name, "What the primary is called there: Sentinel's own example."
    )
    redis_sentinel_password: Secret = _setting(
        "FLEET_REDIS_SENTINEL_PASSWORD", "", Secret, "Password of the sentinels themselves."
    )
    namespace: str = _setting(
        "FLEET_NAMESPACE", "fleet", _name, "First part of every key: two fleets can share a Redis."
    )

    # -- the user's program
    app: str = _setting(
        "FLEET_APP", "", _app, "module:client of the program whose handlers run; empty for streams alone."
    )
    group: str = _setting("FLEET_GROUP", "", _text, "Consumer group of the handlers; empty means the app's name.")
    token_keys: tuple[Secret, ...] = _setting(
        "FLEET_TOKEN_KEYS",
        "",
        _keys,
        "Fernet keys for user tokens; the first writes, all read, and an old one can go once the program has started with both.",
    )

    # -- conduit and shards
    conduit_id: str = _setting(
        "FLEET_CONDUIT_ID", "", _text, "Adopt this conduit; 'new' makes one; empty: see the README."
    )
    shards_min: int = _setting(
        "FLEET_SHARDS_MIN", "4", _whole(1, 20_000), "Shards of the conduit. Few: each carries thousands of events/s."
    )
    shards_max: int = _setting(
        "FLEET_SHARDS_MAX",
        "",
        _whole_or_none(1, 20_000),
        "Up to here the count follows the load; empty: it is fixed at FLEET_SHARDS_MIN.",
    )
    shard_events_per_second: int = _setting(
        "FLEET_SHARD_EVENTS_PER_SECOND",
        "1000",
        _whole(1, 1_000_000),
        "Load aimed at per shard: some 2 % of a worker's core, so shards spread evenly and a dark one costs little.",
    )
    shards_cooldown_seconds: float = _setting(
        "FLEET_SHARDS_COOLDOWN_SECONDS",
        "600",
        _seconds(1, 86_400),
        "Load must have been low for this long before the count goes down: longer than a raid or an ad break.",
    )
    worker_capacity: int = _setting(
        "FLEET_WORKER_CAPACITY", "2000", _whole(1, 20_000), "Shards one worker will hold; 2,000 sockets were measured."
    )
    reconnect_hosts: tuple[str, ...] = _setting(
        "FLEET_RECONNECT_HOSTS",
        "",
        _domains,
        "Domains that a reconnect URL may lead to besides the EventSub host and those below it, separated by commas.",
    )
    failover: str = _setting(
        "FLEET_FAILOVER",
        "park",
        _one_of("park", "reopen"),
        "Shards that lost their session: park on live sessions of other shards until they have one again, or reopen only.",
    )
    park_max: int = _setting(
        "FLEET_PARK_MAX",
        "20",
        _whole(1, 1000),
        "Shards parked on one session at most, its own not counted: more could outgrow what one socket carries.",
    )
    worker_id: str = _setting(
        "FLEET_WORKER_ID", "", _text, "First part of this worker's name; empty: the host name. A random part follows."
    )

    # -- coordination
    lease_ttl_seconds: float = _setting(
        "FLEET_LEASE_TTL_SECONDS", "4", _seconds(0.5, 60), "Leader lease: fail-over takes at most this and a renewal."
    )
    heartbeat_seconds: float = _setting(
        "FLEET_HEARTBEAT_SECONDS", "1", _seconds(0.05, 30), "Pace of a worker's heartbeat."
    )
    member_ttl_seconds: float = _setting(
        "FLEET_MEMBER_TTL_SECONDS", "4", _seconds(0.2, 120), "A worker unheard for this long, by Redis' clock, is gone."
    )
    bind_gather_seconds: float = _setting(
        "FLEET_BIND_GATHER_SECONDS",
        "0.03",
        _seconds(0, 5),
        "Welcomes gathered before one PATCH: far below Twitch's 10 s.",
    )
    listing_seconds: float = _setting(
        "FLEET_LISTING_SECONDS",
        "30",
        _seconds(0.5, 600),
        "Pace of Get Conduit Shards; a tenth of it while a shard is dark.",
    )
    drain_seconds: float = _setting(
        "FLEET_DRAIN_SECONDS",
        "25",
        _seconds(0, 3600),
        "A worker's time to hand its shards over; below the grace period.",
    )

    # -- from frame to stream
    flush_seconds: float = _setting(
        "FLEET_FLUSH_SECONDS", "0.001", _seconds(0, 1), "How long a flush gathers: 1 ms costs no one a latency target."
    )
    flush_events_max: int = _setting(
        "FLEET_FLUSH_EVENTS_MAX", "400", _whole(1, 4000), "Events of one flush: larger ones block Redis for others."
    )
    queue_bytes_max: int = _setting(
        "FLEET_QUEUE_BYTES_MAX",
        "268435456",
        _whole(1_000_000, 2**40),
        "Events held in a worker's memory while Redis is away, in bytes.",
    )
    spool_dir: str = _setting(
        "FLEET_SPOOL_DIR",
        "",
        _text,
        "Folder where what finds no room in memory waits on disk; workers may share it. Empty: no spool.",
    )
    spool_bytes_max: int = _setting(
        "FLEET_SPOOL_BYTES_MAX",
        "1073741824",
        _whole(1_000_000, 2**50),
        "What one worker holds there, in bytes: 1 GiB is some 10 minutes of 1,000 chat messages a second.",
    )
    replay_seconds: float = _setting(
        "FLEET_REPLAY_SECONDS",
        "5",
        _seconds(0, 600),
        "Acknowledged flushes kept, to be sent again to a Redis that lost them.",
    )
    replay_bytes_max: int = _setting(
        "FLEET_REPLAY_BYTES_MAX", "67108864", _whole(0, 2**40), "Bound of those, in bytes."
    )
    dedup_seconds: float = _setting(
        "FLEET_DEDUP_SECONDS",
        "1200",
        _seconds(1, 86_400),
        "Dedup window: twice Twitch's 10-minute replay guard. One of another length begins empty.",
    )
    retention_seconds: float = _setting(
        "FLEET_RETENTION_SECONDS", "3600", _seconds(1, 30 * 86_400), "Age at which stream entries are trimmed."
    )
    retention_events_max: int = _setting(
        "FLEET_RETENTION_EVENTS_MAX", "1000000", _whole(100, 10**9), "Length at which a stream is trimmed, in entries."
    )
    partitions: Mapping[str, int] = _setting(
        "FLEET_PARTITIONS",
        "",
        _counts,
        "Streams of a type, 1,000 at most, such as channel.chat.message=8; others have one.",
    )

    # -- from stream to handler
    handler_timeout_seconds: float = _setting(
        "FLEET_HANDLER_TIMEOUT_SECONDS", "30", _seconds(0.1, 3600), "A handler that takes longer has failed."
    )
    handler_tries_max: int = _setting(
        "FLEET_HANDLER_TRIES_MAX", "5", _whole(1, 100), "Tries before an event becomes a dead letter."
    )
    handler_backlog: int = _setting(
        "FLEET_HANDLER_BACKLOG",
        "1000",
        _whole(1, 10**6),
        "Jobs waiting before the dispatcher stops reading: lag stays in the stream.",
    )
    handler_concurrency: int = _setting(
        "FLEET_HANDLER_CONCURRENCY", "32", _whole(1, 10_000), "Handlers one process runs at a time."
    )
    handler_batch_max: int = _setting(
        "FLEET_HANDLER_BATCH_MAX", "200", _whole(1, 1000), "Events of one job under backlog."
    )
    ready_seconds: float = _setting(
        "FLEET_READY_SECONDS", "60", _seconds(1, 3600), "Time for the program's on_ready; it never holds up the shards."
    )

    # -- HTTP
    http_host: str = _setting(
        "FLEET_HTTP_HOST",
        "0.0.0.0",
        _text,
        "Address of /healthz, /readyz, /metrics: scraped from outside the container.",
    )
    http_port: int = _setting("FLEET_HTTP_PORT", "9100", _whole(0, 65_535), "Their port; 0 picks a free one.")
    admin_host: str = _setting(
        "FLEET_ADMIN_HOST",
        "127.0.0.1",
        _text,
        "Address of the admin API: this machine alone, unless you say otherwise.",
    )
    admin_port: int = _setting("FLEET_ADMIN_PORT", "9101", _whole(0, 65_535), "Its port; 0 picks a free one.")
    admin_token: Secret = _setting(
        "FLEET_ADMIN_TOKEN", "", Secret, "Bearer token of the admin API; without one there is no API."
    )

    # -- logs
    log_level: str = _setting(
        "FLEET_LOG_LEVEL", "info", _one_of("debug", "info", "warning", "error"), "debug, info, warning or error."
    )
    log_format: str = _setting(
        "FLEET_LOG_FORMAT", "auto", _one_of("json", "console", "auto"), "json, console, or auto: console on a terminal."
    )

    def __post_init__(self) -> None:
        if PUBLIC_KEY in self.token_keys and self.addresses.auth_url == Addresses().auth_url:
            raise SettingError("FLEET_TOKEN_KEYS", f"holds the simulator's key, which everybody knows; {MAKE_A_KEY}")
        if self.shards_max and self.shards_max < self.shards_min:
            raise SettingError(
                "FLEET_SHARDS_MAX", f"is {self.shards_max}; it must not be below FLEET_SHARDS_MIN, {self.shards_min}"
            )
        if self.heartbeat_seconds * 2 > self.member_ttl_seconds:
            raise SettingError(
                "FLEET_MEMBER_TTL_SECONDS",
                f"is {self.member_ttl_seconds:g}; it must be at least twice FLEET_HEARTBEAT_SECONDS",
            )

    @property
    def app_group(self) -> str:
        """The consumer group of the handlers: as set, or the client's name in `FLEET_APP`."""
        return self.group or self.app.rpartition(":")[2] or "handlers"


def rows() -> list[tuple[str, str, str]]:
    """(variable, default, what it is) of every setting, in the order of the table; the README's is made from it."""
    found = [
        ("TWITCH_API_URL", Addresses().api_url, "Base of Helix."),
        ("TWITCH_AUTH_URL", Addresses().auth_url, "Base of OAuth."),
        ("TWITCH_EVENTSUB_URL", Addresses().eventsub_url, "EventSub WebSocket."),
    ]
    return found + [
        (row.metadata["variable"], row.metadata["default"], row.metadata["doc"])
        for row in dataclasses.fields(Settings)
        if row.metadata
    ]


def load(environ: Mapping[str, str] | None = None, *, need: tuple[str, ...] = ()) -> Settings:
    """The settings in `environ` (the process' own, if none is given).

    `need` names variables that this process can't do without. An empty variable counts as absent, as compose files
    and manifests like to pass them. Raises SettingError for the first thing that is wrong.
    """
    environ = os.environ if environ is None else environ
    given: dict[str, Any] = {}
    for row in dataclasses.fields(Settings):
        if not row.metadata:
            continue
        variable = row.metadata["variable"]
        raw = environ.get(variable, "")
        if not raw:
            if variable in need:
                raise SettingError(variable, f"is not set. {row.metadata['doc']}")
            continue
        try:
            given[row.name] = row.metadata["parse"](raw)
        except ValueError as problem:
            shown = "" if row.metadata["secret"] else f"is {raw!r}; it "
            raise SettingError(variable, f"{shown}{problem}") from None
    return Settings(**given, addresses=_addresses(environ))


def _addresses(environ: Mapping[str, str]) -> Addresses:
    for variable, schemes in (
        ("TWITCH_API_URL", {"http", "https"}),
        ("TWITCH_AUTH_URL", {"http", "https"}),
        ("TWITCH_EVENTSUB_URL", {"ws", "wss"}),
    ):
        raw = environ.get(variable, "")
        if raw and not _is_url(raw, schemes):
            raise SettingError(
                variable, f"is {raw!r}; it must be an address that starts with {' or '.join(sorted(schemes))}://"
            )
    return Addresses.from_environment(environ)


def _is_url(raw: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(raw)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is no number, a bracket that does not close
        return False


def load_or_exit(*need: str) -> Settings:
    """`load` for the entry point of a process: a wrong setting is one sentence on stderr and exit code 2."""
    try:
        return load(need=need)
    except SettingError as error:
        stop(str(error))


def stop(sentence: str) -> NoReturn:
    """End the process over its configuration: one sentence, exit code 2."""
    sys.stderr.write(f"{sentence.rstrip('.')}.\n")
    raise SystemExit(2)


def process_id(name: str = "") -> str:
    """A name for this process that no other life of any process shares, short enough for a key and a label."""
    host = re.sub(r"[^A-Za-z0-9_.-]", "-", socket.gethostname())[:40]
    return f"{name or host}-{secrets.token_hex(4)}"
