"""What reading an event costs: the pure session alone, and a session over a socket beside a bare aiohttp client.

    python benchmarks/session.py [--events 100000] [--rounds 3]

*pure* is notifications a second through the state machine. *bare* reads frames with aiohttp and throws them away; *session*
reads the same ones through a Connection. Events per CPU second, medians, each run in a process of its own.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time

from aiohttp import WSMsgType
from source import WELCOME, arguments, chat_message, report, source

from fleet.loop import run
from twitch.eventsub.connection import Connection
from twitch.eventsub.outcomes import Notification, Outcome
from twitch.eventsub.session import Session
from twitch.eventsub.sockets import open_http
from twitch.eventsub.stimuli import Opened, Started


def pure(frames_count: int) -> float:
    """Notifications a second of CPU through the state machine."""
    session = Session("wss://eventsub.wss.twitch.tv/ws")
    session.handle(Started(), 0.0)
    session.handle(Opened(1), 0.0)
    session.frame(1, WELCOME.encode(), 0.0)
    frames = [chat_message(f"id-{n}", "2026-01-01T00:00:00.123456789Z").encode() for n in range(1000)]
    began = time.process_time()
    for number in range(frames_count):
        session.frame(1, frames[number % 1000], 1.0)
    return frames_count / (time.process_time() - began)


async def bare(url: str, events: int) -> float:
    seen = 0
    async with open_http() as http:
        began = time.process_time()
        async with http.ws_connect(url, decode_text=False, max_msg_size=2**22, compress=0) as websocket:
            while seen <= events and (await websocket.receive()).type is WSMsgType.TEXT:
                seen += 1
        return events / (time.process_time() - began)


async def session(url: str, events: int) -> float:
    seen = 0

    def owner(outcome: Outcome) -> None:
        nonlocal seen
        seen += type(outcome) is Notification
        if seen == events:
            connection.close()

    async with open_http() as http:
        began = time.process_time()
        connection = Connection(http, url, owner)
        await connection.run()
        return events / (time.process_time() - began)


READERS = {"bare": bare, "session": session}


def once(kind: str, events: int) -> float:
    with source(events) as url:
        command = [sys.executable, __file__, "--run", kind, f"{url}/events", str(events)]
        return float(json.loads(subprocess.run(command, check=True, capture_output=True, timeout=300).stdout))


def main() -> None:
    options = arguments(__doc__, events=100_000, rounds=3)
    rates = {
        kind: round(statistics.median(once(kind, options.events) for _ in range(options.rounds))) for kind in READERS
    }
    alone = round(statistics.median(pure(options.events) for _ in range(options.rounds)))
    report("session", pure=alone, **rates, ratio=round(rates["session"] / rates["bare"], 2))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--run"]:
        kind, url, events = sys.argv[2:]
        sys.stdout.write(json.dumps(run(READERS[kind](url, int(events)))))
    else:
        main()
