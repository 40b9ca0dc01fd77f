"""One HTTP exchange: a request goes out, an answer of bounded size comes back, and no answer is `Unreachable`.

The only module of the library that sends an HTTP request. It knows nothing of Helix or OAuth.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
from yarl import URL

from twitch.errors import ClientException, Unreachable

TIMEOUT = aiohttp.ClientTimeout(total=30, connect=10)
"""Seconds. Twitch answers within two; what takes thirty is better repeated by somebody who knows whether it may be."""
BODY_BYTES_MAX = 8 * 2**20
"""The largest page of a hundred subscriptions is below 100 kB."""


class Redirected(aiohttp.ClientError):
    """The server answered with a redirect. Who checked the first address did not check where that leads."""

    def __init__(self) -> None:
        super().__init__("the answer is a redirect, which is not followed")


def refusing_redirects() -> aiohttp.TraceConfig:
    """For a session's ``trace_configs``: its WebSockets follow no redirect. aiohttp has no option for that, as it has
    for other requests, and would follow one to any host."""

    async def refuse(*_: object) -> None:
        raise Redirected

    trace = aiohttp.TraceConfig()
    trace.on_request_redirect.append(refuse)
    return trace


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back. Header names are lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Http:
    """An aiohttp session that is opened at its first use, and belongs to the event loop of that moment.

    ``proxy`` and ``proxy_auth`` are those of aiohttp's requests; ``user_agent`` is what these say they come from, None for
    aiohttp's own.
    """

    def __init__(
        self,
        *,
        connector: aiohttp.BaseConnector | None = None,
        proxy: str | None = None,
        proxy_auth: aiohttp.BasicAuth | None = None,
        http_trace: aiohttp.TraceConfig | None = None,
        user_agent: str | None = None,
    ) -> None:
        self._connector = connector
        self._headers = {"User-Agent": user_agent} if user_agent is not None else None
        self._proxy = proxy
        self._proxy_auth = proxy_auth
        self._traces = [refusing_redirects(), *([http_trace] if http_trace else [])]
        self._session: aiohttp.ClientSession | None = None
        self._closed = False

    @property
    def session(self) -> aiohttp.ClientSession:
        """The session itself, for WebSockets. Raises ClientException after close()."""
        if self._closed:
            raise ClientException("this app is closed")
        if self._session is None:
            connector = self._connector or aiohttp.TCPConnector(limit=0, ttl_dns_cache=60)
            self._session = aiohttp.ClientSession(
                connector=connector,
                connector_owner=self._connector is None,
                headers=self._headers,
                timeout=TIMEOUT,
                trace_configs=self._traces,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    async def exchange(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str],
        query: Sequence[tuple[str, str]] = (),
        body: bytes | Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a request; ``body`` is JSON in bytes, or a form. Raises Unreachable where no whole answer came."""
        target = URL(url).with_query(list(query)) if query else URL(url)
        options: dict[str, Any] = {"data": body} if body is not None else {}
        try:
            async with self.session.request(
                method,
                target,
                headers=headers,
                allow_redirects=False,
                proxy=self._proxy,
                proxy_auth=self._proxy_auth,
                **options,
            ) as response:
                content = await response.content.read(BODY_BYTES_MAX)
                while not response.content.at_eof() and len(content) < BODY_BYTES_MAX:
                    content += await response.content.read(BODY_BYTES_MAX - len(content))
                return Answer(response.status, {k.lower(): v for k, v in response.headers.items()}, content)
        except (TimeoutError, aiohttp.ClientError, OSError) as error:
            raise Unreachable(
                f"{method} {target.host_port_subcomponent}{target.path}: {type(error).__name__} {error}".rstrip()
            ) from error

    def reopen(self) -> None:
        """Allow use after close(), in whatever event loop runs then."""
        self._closed = False

    async def close(self) -> None:
        """Close every connection. What runs meanwhile fails as Unreachable."""
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()
