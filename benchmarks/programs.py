"""One small bot, written for each library as its documentation writes it: it says which messages its handler gets.

    python benchmarks/programs.py KIND CONDUIT_ID

Started by `peers.py`, each in a virtualenv of its own; the environment says where Twitch is. For a peer nothing is changed
but those addresses.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any


def credentials() -> tuple[str, str]:
    return os.environ["TWITCH_CLIENT_ID"], os.environ["TWITCH_CLIENT_SECRET"]


def deliver(message_id: str) -> None:
    sys.stdout.write(f"delivered {message_id} {time.time():.6f}\n")
    sys.stdout.flush()  # whatever happens to the process next


def ours(conduit_id: str) -> None:
    from twitch.eventsub import ChannelChatMessageEvent, ClientApp, Event

    class Bot(ClientApp):
        async def on_channel_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
            deliver(message.id)

    Bot(*credentials()).run(conduit_id)


def twitchio(conduit_id: str) -> None:
    # Installed in the benchmark's own virtualenv, not in the project's.
    import twitchio as peer  # type: ignore[import-not-found]
    from twitchio import http
    from twitchio.eventsub import websockets  # type: ignore[import-not-found]

    http.Route.BASE = os.environ["TWITCH_API_URL"] + "/"
    http.Route.ID_BASE = os.environ["TWITCH_AUTH_URL"].removesuffix("oauth2")
    websockets.WSS = os.environ["TWITCH_EVENTSUB_URL"]

    class Bot(peer.AutoClient):  # type: ignore[misc]  # of no type here
        async def event_message(self, payload: Any) -> None:
            deliver(payload.metadata.message_id)

    async def main() -> None:
        client_id, client_secret = credentials()
        async with Bot(client_id=client_id, client_secret=client_secret, conduit_id=conduit_id) as bot:
            await bot.start(with_adapter=False, load_tokens=False, save_tokens=False)

    asyncio.run(main())


def twitch_py(conduit_id: str) -> None:
    from twitch import eventsub, http
    from twitch.eventsub import gateway  # type: ignore[attr-defined]  # twitch.py's package, of our package's name

    http.Route.BASE = os.environ["TWITCH_API_URL"] + "/"  # type: ignore[attr-defined]
    http.Route.OAUTH2 = os.environ["TWITCH_AUTH_URL"] + "/"  # type: ignore[attr-defined]
    gateway.EventSubWebSocket.DEFAULT_GATEWAY = os.environ["TWITCH_EVENTSUB_URL"]

    class Bot(eventsub.MultiShardClientApp):
        async def on_chat_message_v1(self, message: Any) -> None:
            deliver(message.id)

    Bot(*credentials()).run(conduit_id, shard_ids=(0, 1))


PROGRAMS: Mapping[str, Callable[[str], None]] = {"ours": ours, "twitchio": twitchio, "twitch.py": twitch_py}


if __name__ == "__main__":
    PROGRAMS[sys.argv[1]](sys.argv[2])
