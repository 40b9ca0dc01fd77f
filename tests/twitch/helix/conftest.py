"""A Twitch of a few lines: it answers with what a test has put in line, and remembers what it was asked."""

from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
import pytest
from aiohttp import web

from twitch.addresses import Addresses


@dataclass
class Asked:
    """A request as it arrived."""

    method: str
    path: str
    query: list[tuple[str, str]]
    token: str
    body: Any


@dataclass
class Answering:
    """``answers`` is a line for each path; the last one of a line is given for ever. Values are (status, JSON, headers)."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    answers: dict[str, deque[tuple[int, Any, Mapping[str, str]]]] = field(default_factory=lambda: defaultdict(deque))
    before: Callable[[web.Request], Any] | None = None
    app_tokens: int = 0

    @property
    def addresses(self) -> Addresses:
        return Addresses(f"{self.url}/helix", f"{self.url}/oauth2", f"{self.url.replace('http', 'ws')}/ws")

    def answer(self, path: str, status: int = 200, content: Any = None, **headers: str) -> None:
        self.answers[path].append((status, content, {name.replace("_", "-"): text for name, text in headers.items()}))

    def of(self, path: str) -> list[Asked]:
        return [asked for asked in self.asked if asked.path == path]

    async def handle(self, request: web.Request) -> web.Response:
        body = await request.read()
        content: Any = body or None
        if request.content_type == "application/x-www-form-urlencoded":
            content = dict(await request.post())
        elif request.content_type == "application/json":
            content = orjson.loads(body)
        token = request.headers.get("Authorization", "").partition(" ")[2]
        self.asked.append(Asked(request.method, request.path, list(request.query.items()), token, content))
        if self.before is not None:
            await self.before(request)
        line = self.answers[request.path]
        if not line and request.path == "/oauth2/token" and isinstance(content, dict):
            self.app_tokens += 1
            granted = {"access_token": f"app-{self.app_tokens}", "expires_in": 5_000_000, "token_type": "bearer"}
            line = deque([(200, granted, {})])
        status, answer, headers = line[0] if len(line) == 1 else line.popleft()
        return web.Response(
            status=status,
            body=b"" if answer is None else orjson.dumps(answer),
            content_type="application/json",
            headers=headers,
        )


@pytest.fixture
async def twitch() -> AsyncIterator[Answering]:
    answering = Answering()
    application = web.Application()
    application.router.add_route("*", "/{path:.*}", answering.handle)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    answering.url = f"http://{host}:{port}"
    yield answering
    await runner.cleanup()
