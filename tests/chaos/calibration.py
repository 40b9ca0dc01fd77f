"""The bare loop's line of the table: the same traffic, no fleet, no Redis, no faults."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import aiohttp
import orjson

from fleet.demo import processes
from fleet.demo.children import Children, printed
from tests.chaos.account import Account, Life, quantile
from tests.chaos.bare import CLIENT, SECRET
from tests.chaos.pace import Pace
from tests.chaos.reading import TRUTH_ROWS, Control
from tests.chaos.scenario import Result
from tests.chaos.stage import BOUND_SECONDS, Wanted

NAME = "bare loop"
SECONDS = 20.0


async def calibrate(pace: Pace, folder: Path, say: Callable[[str], None]) -> Result:
    """Runs it for some seconds."""
    folder.mkdir(parents=True, exist_ok=True)
    children = Children(folder, processes.clean(os.environ) | {"PYTHONUNBUFFERED": "1"})
    wanted, file = Wanted(), folder / "read.json"
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=20)) as http:
            command = [*processes.simulator_command(), "--client", f"{CLIENT}:{SECRET}"]
            simulator = children.start("simulator", command, {})
            listening = printed(r"^simulator: listening on (http://\S+)$")
            control = Control(http, await children.said(simulator, listening, BOUND_SECONDS))
            loop = [sys.executable, "-m", "tests.chaos.bare", control.url, str(wanted.shards), str(file)]
            bare = children.start("bare", loop, {}, cwd=Path(__file__).resolve().parents[2])
            await children.said(bare, printed(r"^(bare: bound)$"), BOUND_SECONDS)
            order = {"rate": pace.rate, "channels": wanted.channels, "subscribe": True}
            await control("POST", "traffic", order)
            await asyncio.sleep(SECONDS)
            await control("DELETE", "traffic")
            await asyncio.sleep(1.0)  # what is on its way
            await children.end([bare], BOUND_SECONDS, asyncio.Event())
            account = Account()
            read, more = 0, True
            while more:
                page = await control("GET", f"truth?after={read}&limit={TRUTH_ROWS}")
                account.told(page["sent"], page["dropped"])
                read, more = page["next"], page["more"]
            sessions = {writing.session for writings in account.written.values() for writing in writings}
    finally:
        children.kill_all()
    for message_id, read_ms in orjson.loads(file.read_bytes()):
        account.entry(NAME, message_id, read_ms)
    latencies = account.latencies()
    say(f"{len(account.written)} sent, {account.arrived} received")
    return Result(
        NAME,
        account.outcome([Life(NAME, sessions)], {}),
        recovered=True,
        latency_ms=(quantile(latencies, 0.5), quantile(latencies, 0.99)),
    )
