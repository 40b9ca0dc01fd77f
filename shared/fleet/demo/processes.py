"""Which processes the demo starts, and with what environment: as in production, but for addresses. Pure."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fleet.settings import rows

CLIENT_ID = "demo"


def clean(environ: Mapping[str, str]) -> dict[str, str]:
    """The caller's environment without any setting of the fleet: the demo runs on its own, whatever is set around it."""
    ours = {variable for variable, _, _ in rows()}
    return {name: value for name, value in environ.items() if name not in ours}


@dataclass(frozen=True, slots=True)
class Site:
    """What all processes share: where Redis and the simulator are, and the secrets of this run."""

    redis_url: str
    simulator_url: str
    shards: int
    app: str
    app_path: Path
    client_secret: str = field(repr=False)
    token_key: str = field(repr=False)
    admin_token: str = field(repr=False)

    def everyone(self) -> dict[str, str]:
        """Settings of every process of the fleet. Port 0: each picks a free one and logs it."""
        socket_url = self.simulator_url.replace("http", "ws", 1)
        return {
            "TWITCH_API_URL": f"{self.simulator_url}/helix",
            "TWITCH_AUTH_URL": f"{self.simulator_url}/oauth2",
            "TWITCH_EVENTSUB_URL": f"{socket_url}/ws",
            "REDIS_URL": self.redis_url,
            "FLEET_SHARDS_MIN": str(self.shards),
            "FLEET_HTTP_HOST": "127.0.0.1",
            "FLEET_HTTP_PORT": "0",
            "FLEET_LOG_FORMAT": "json",
        }

    def program(self) -> dict[str, str]:
        """Settings of the processes that host the user's program: credentials are here and nowhere else."""
        return self.everyone() | {
            "TWITCH_CLIENT_ID": CLIENT_ID,
            "TWITCH_CLIENT_SECRET": self.client_secret,
            "FLEET_TOKEN_KEYS": self.token_key,
            "FLEET_APP": self.app,
        }

    def coordinator(self) -> dict[str, str]:
        return self.program() | {"FLEET_ADMIN_PORT": "0", "FLEET_ADMIN_TOKEN": self.admin_token}

    def worker(self, name: str) -> dict[str, str]:
        """No Twitch credentials."""
        return self.everyone() | {"FLEET_WORKER_ID": name}


def simulator_command() -> list[str]:
    return [sys.executable, "-m", "twitch.simulator", "--port", "0"]


def coordinator_command() -> list[str]:
    return [sys.executable, "-m", "coordinator"]


def worker_command() -> list[str]:
    return [sys.executable, "-m", "shard_worker"]


def handler_command() -> list[str]:
    beside = Path(sys.executable).with_name("arq")
    arq = str(beside) if beside.exists() else shutil.which("arq")
    return [*([arq] if arq else [sys.executable, "-m", "arq"]), "fleet.handlers.WorkerSettings"]
