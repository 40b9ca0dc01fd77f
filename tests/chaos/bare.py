"""A bare loop, for calibration: sockets read by aiohttp and nothing else, so that a reader of the table sees what the
machine itself does with the same traffic.

    python -m tests.chaos.bare ADDRESS SHARDS FILE

It makes a conduit, binds a socket to each shard, says `bare: bound`, and appends the id and the time of every message that
it reads to FILE, until it is ended by SIGTERM.
"""

from __future__ import annotations

import asyncio
import signal
import sys
import time
from pathlib import Path
from typing import Any

import aiohttp
import orjson

CLIENT, SECRET = "client", "right"


async def _main(address: str, shards: int, file: Path) -> None:
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as http:
        form = {"client_id": CLIENT, "client_secret": SECRET, "grant_type": "client_credentials"}
        token = (await _post(http, f"{address}/oauth2/token", data=form))["access_token"]
        headers = {"Authorization": f"Bearer {token}", "Client-Id": CLIENT}
        url = f"{address}/helix/eventsub/conduits"
        conduit = (await _post(http, url, json={"shard_count": shards}, headers=headers))["data"][0]["id"]
        sockets = [await http.ws_connect(f"{address.replace('http', 'ws', 1)}/ws") for _ in range(shards)]
        bindings = []
        for shard, socket in enumerate(sockets):
            session = orjson.loads((await socket.receive()).data)["payload"]["session"]["id"]
            bindings.append({"id": str(shard), "transport": {"method": "websocket", "session_id": session}})
        body = {"conduit_id": conduit, "shards": bindings}
        async with http.patch(f"{url}/shards", json=body, headers=headers) as answer:
            assert answer.status == 202, await answer.text()
        sys.stdout.write("bare: bound\n")
        sys.stdout.flush()
        rows: list[tuple[str, float]] = []
        readers = [asyncio.create_task(_read(socket, rows)) for socket in sockets]
        await stop.wait()
        for reader in readers:
            reader.cancel()
        await asyncio.gather(*readers, return_exceptions=True)
    file.write_bytes(orjson.dumps(rows))


async def _post(http: aiohttp.ClientSession, url: str, **request: Any) -> Any:
    async with http.post(url, **request) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def _read(socket: aiohttp.ClientWebSocketResponse, rows: list[tuple[str, float]]) -> None:
    async for message in socket:
        read_ms = time.time() * 1000
        metadata = orjson.loads(message.data)["metadata"]
        if metadata["message_type"] == "notification":
            rows.append((metadata["message_id"], read_ms))


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
