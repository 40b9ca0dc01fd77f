"""How long imports take in a fresh process, beside `import aiohttp`, without which no client of Twitch starts.

    python benchmarks/imports.py [--rounds 7]

Milliseconds by `-X importtime`, medians: what the statement brings in beyond what an empty program has. *package* is
`import twitch`; *events* is what a service needs that reads events out of a stream; *app* and *client* are what a
program needs that talks to Twitch.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import sysconfig
from pathlib import Path

from source import arguments, report

STATEMENTS = {
    "package": "import twitch",
    "events": "from twitch.eventsub import ChannelChatMessageEvent, Event",
    "app": "from twitch import App",
    "client": "from twitch.eventsub import ChannelChatMessageEvent, ClientApp, Event",
    "aiohttp": "import aiohttp",
}


def paths() -> str:
    """Where this process finds the library and its dependencies, for one that starts without `site`."""
    places = (*sys.path[1:], Path(__file__).parents[1] / "shared", sysconfig.get_path("purelib"))
    return os.pathsep.join(dict.fromkeys(map(str, places)))


def milliseconds(statement: str) -> float:
    """The own times of all modules that a statement imports. Without `site`, which in a virtualenv imports a lot."""
    command = [sys.executable, "-S", "-X", "importtime", "-c", f"import this\n{statement}"]
    done = subprocess.run(command, check=True, capture_output=True, env={"PYTHONPATH": paths()}, timeout=60)
    lines = done.stderr.decode().splitlines()
    before = next(number for number, line in enumerate(lines) if line.endswith("| this"))
    return sum(int(line.removeprefix("import time:").split("|")[0]) for line in lines[before + 1 :]) / 1000


def main() -> None:
    options = arguments(__doc__, rounds=7)
    rounds: dict[str, list[float]] = {kind: [] for kind in STATEMENTS}
    for _ in range(options.rounds):
        for kind, statement in STATEMENTS.items():
            rounds[kind].append(milliseconds(statement))
    report("imports", milliseconds={kind: round(statistics.median(each), 1) for kind, each in rounds.items()})


if __name__ == "__main__":
    main()
