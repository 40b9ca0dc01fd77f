"""Events per CPU second from a socket to a handler, in one process, beside TwitchIO and twitch.py.

    python benchmarks/dispatch.py [--events 40000] [--rounds 3] [--channels 50]

The handler reads who wrote and what. *ours* is a `ClientApp` as a user's program runs it. *twitchio* is TwitchIO's own
websocket for a conduit with its client behind it; it's entered below its start, whose many calls have no part in this.
*twitchio_orjson* is the same with orjson beside it, which it takes if it's there and pip doesn't bring. *twitch.py* is its
ClientApp, where a Python 3.12 is installed. Each reads the same messages of some channels from a server in another
process, in a process and a virtualenv of its own (made once, under ~/.cache). Counted is the CPU from the first message
in the handler to the last, and the most memory that the process ever held, in MB; medians.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from source import TEXT, arguments, report, source

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "conduit-fleet-benchmarks"
PEERS: Mapping[str, tuple[tuple[str, ...], str]] = {
    "twitchio": (("twitchio==3.3.2",), "3.11"),
    "twitchio_orjson": (("twitchio==3.3.2", "orjson==3.13.0"), "3.11"),
    "twitch.py": (("twitch.py==4.0.4",), "3.12"),
}
"""What pip installs, and the oldest Python that it runs on."""


class Meter:
    """Counts what a handler gets; `rate` is there once `events` were counted."""

    def __init__(self, events: int) -> None:
        self._left = events
        self._events = events
        self._began = 0.0
        self.rate: asyncio.Future[float] = asyncio.get_running_loop().create_future()

    def count(self, name: str | None, text: str) -> None:
        assert name == "viptest", "the message is typed"
        assert text == TEXT, "the message is whole"
        if self._left == self._events:
            self._began = time.process_time()
        self._left -= 1
        if self._left == 0:
            self.rate.set_result((self._events - 1) / (time.process_time() - self._began))


async def ours(url: str, events: int) -> float:
    from twitch import Addresses
    from twitch.eventsub import ChannelChatMessageEvent, ClientApp, Event

    meter = Meter(events)

    class Bot(ClientApp):
        async def on_channel_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
            meter.count(message.event.chatter.name, message.event.message.text)

    http = url.replace("ws:", "http:")
    bot = Bot("id", "secret", addresses=Addresses(f"{http}/helix", f"{http}/oauth2", f"{url}/shard"))
    running = asyncio.create_task(bot.start("conduit"))
    rate = await meter.rate
    await bot.close()
    await running
    return rate


async def twitchio(url: str, events: int) -> float:
    # Installed in the benchmark's own virtualenv, not in the project's.
    import twitchio as peer  # type: ignore[import-not-found]
    from twitchio.eventsub import websockets  # type: ignore[import-not-found]

    meter = Meter(events)

    class Bot(peer.Client):  # type: ignore[misc]  # of no type here
        async def event_message(self, message: Any) -> None:
            meter.count(message.chatter.name, message.text)

    websockets.WSS = f"{url}/events"
    bot = Bot(client_id="id", client_secret="secret", bot_id="1")
    await websockets.Websocket(client=bot, http=bot._http, shard_id="0").connect()  # noqa: SLF001  its way in
    return await meter.rate


async def twitch_py(url: str, events: int) -> float:
    from twitch import eventsub, http
    from twitch.eventsub import gateway  # type: ignore[attr-defined]  # twitch.py's package, of our package's name

    meter = Meter(events)

    class Bot(eventsub.ClientApp):
        async def on_chat_message_v1(self, message: Any) -> None:
            meter.count(message.event.chatter.name, message.event.message.text)

    address = url.replace("ws:", "http:")
    http.Route.BASE, http.Route.OAUTH2 = f"{address}/helix/", f"{address}/oauth2/"  # type: ignore[attr-defined]
    gateway.EventSubWebSocket.DEFAULT_GATEWAY = f"{url}/shard"
    bot = Bot("id", "secret")
    running = asyncio.create_task(bot.start("conduit"))
    rate = await meter.rate
    running.cancel()
    return rate


CLIENTS: Mapping[str, Callable[[str, int], Awaitable[float]]] = {
    "ours": ours,
    "twitchio": twitchio,
    "twitchio_orjson": twitchio,
    "twitch.py": twitch_py,
}


def python(version: str) -> str | None:
    """A Python that is at least this old; None if there is none."""
    if sys.version_info >= tuple(map(int, version.split("."))):
        return sys.executable
    pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for found in (shutil.which(f"python{version}"), *map(str, pyenv)):
        # A pyenv shim is found, and runs nothing.
        if found and subprocess.run([found, "-V"], check=False, capture_output=True).returncode == 0:
            return found
    return None


def environment(requirements: tuple[str, ...], version: str) -> str | None:
    """The Python of a virtualenv that holds a peer, made at the first call; None without a Python that it runs on."""
    folder = CACHE / "-".join(requirements).replace("==", "-")
    inside = folder / "bin" / "python"
    ready = folder / ".ready"
    if not ready.exists():
        interpreter = python(version)
        if interpreter is None:
            return None
        subprocess.run([interpreter, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        pip = [str(inside), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirements]
        subprocess.run(pip, check=True, capture_output=True, timeout=600)
        ready.touch()
    return str(inside)


def once(interpreter: str, kind: str, events: int, channels: int) -> tuple[float, float]:
    """Events per CPU second, and the peak of memory in MB."""
    with source(events, channels=channels) as url:
        alone = ["-E"] if kind in PEERS else []  # no PYTHONPATH: it might hold our package of the same name
        command = [interpreter, *alone, __file__, "--run", kind, url, str(events)]
        done = subprocess.run(command, check=True, capture_output=True, timeout=120)
    rate, peak_mb = json.loads(done.stdout)
    return float(rate), float(peak_mb)


def main() -> None:
    options = arguments(__doc__, events=40_000, rounds=3, channels=50)
    interpreters = {"ours": sys.executable, **{kind: environment(*peer) for kind, peer in PEERS.items()}}
    rounds: dict[str, list[tuple[float, float]]] = {
        kind: [] for kind, interpreter in interpreters.items() if interpreter
    }
    for _ in range(options.rounds):
        for kind, measured in rounds.items():
            interpreter = interpreters[kind]
            assert interpreter is not None, "only those are measured that run"
            measured.append(once(interpreter, kind, options.events, options.channels))
    medians = {kind: statistics.median(rate for rate, _ in measured) for kind, measured in rounds.items()}
    peaks = {kind: round(statistics.median(peak for _, peak in measured)) for kind, measured in rounds.items()}
    figures: dict[str, object] = {kind: round(rate) for kind, rate in medians.items()}
    figures |= {kind: f"needs Python {PEERS[kind][1]}" for kind in PEERS if kind not in rounds}
    ratios = {kind: round(medians["ours"] / rate, 2) for kind, rate in medians.items() if kind != "ours"}
    report("dispatch", events_per_cpu_second=figures, ratio=ratios, peak_mb=peaks)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        kind, url, events = sys.argv[2:]
        rate: float = asyncio.run(CLIENTS[kind](url, int(events)))  # type: ignore[arg-type]  # coroutines
        peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        sys.stdout.write(json.dumps([rate, peak_mb]))
    else:
        main()
