"""What is asked of aiohttp: a WebSocket as Twitch wants it, and a session with room for thousands of them.

Pings are answered while reading (autoping), and we send none: Twitch closes a socket that sends anything but pongs
(4001). Compression is not asked for: Twitch documents none, and a window for each socket would cost memory.
"""

import struct
from contextlib import suppress
from typing import Final, Literal, TypeAlias

import aiohttp
from aiohttp import WSMsgType
from yarl import URL

from twitch.http import refusing_redirects

WebSocket: TypeAlias = aiohttp.ClientWebSocketResponse[Literal[False]]

# By the time aiohttp's `close()` is called there is nothing left to wait for.
_LET_GO: Final = aiohttp.ClientWSTimeout(ws_receive=None, ws_close=0.001)


async def open_socket(http: aiohttp.ClientSession, url: str, *, frame_bytes_max: int) -> WebSocket:
    """A WebSocket that yields bytes. Raises ClientError, OSError, or ValueError for a URL that can't be used."""
    return await http.ws_connect(
        URL(url, encoded=True),  # as is: nothing decoded, nothing quoted again
        decode_text=False,
        autoping=True,
        autoclose=False,
        heartbeat=None,
        compress=0,
        max_msg_size=frame_bytes_max,
        timeout=_LET_GO,
    )


def open_http() -> aiohttp.ClientSession:
    """An aiohttp session fit for thousands of these connections: no limit, no cookies, no timers of its own."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        trace_configs=[refusing_redirects()],
        timeout=aiohttp.ClientTimeout(total=None, sock_connect=None),  # SessionOptions.open_seconds is the bound
    )


async def send_close(websocket: WebSocket, code: int) -> None:
    # A socket that broke meanwhile needs no close frame; its reader reports the break.
    with suppress(aiohttp.ClientError, OSError):
        await websocket.send_frame(struct.pack("!H", code), WSMsgType.CLOSE)


def why(error: object) -> str:
    """An error as a sentence, without the URL that aiohttp puts into some: its query is a secret."""
    match error:
        case aiohttp.ClientResponseError():
            return f"refused with HTTP {error.status} ({error.message})"
        case aiohttp.InvalidURL():
            return "the URL cannot be used"
        case _:
            return f"{type(error).__name__}: {error}"
