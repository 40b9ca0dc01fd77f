"""A web server for one redirect: how a command line program on the user's own machine gets the authorization code.

It listens on the loopback address alone, answers one path, and takes only a request that carries the expected state; to
everything else it says no. The address, such as ``http://localhost:3000/``, must be registered with the application:
https://dev.twitch.tv/docs/authentication/register-app/
"""

import asyncio
import contextlib
import hmac
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from twitch.errors import ClientException

Shown = tuple[object, Exception | None]
"""What a function that shows an address returned or raised."""
_PAGE = "<!doctype html><meta charset=utf-8><title>Twitch</title><p>{}"


class CallbackServer:
    """Waits for the redirect with this state. Port 0 picks a free one; ``redirect_uri`` says which, once entered."""

    def __init__(self, state: str, *, port: int = 3000, path: str = "/") -> None:
        self._state = state
        self._port = port
        self._path = path
        self._runner: web.AppRunner | None = None
        self._redirected: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    @property
    def redirect_uri(self) -> str:
        """What to register at Twitch, and to name in the authorization's address."""
        return f"http://localhost:{self._port}{self._path}"

    @property
    def was_redirected(self) -> bool:
        """Whether the user came back."""
        return self._redirected.done()

    async def redirected(self, while_shown: "asyncio.Future[Shown]") -> str:
        """The whole address that the user came back to. Raises what showing them the way raised, if that comes first."""
        either: set[asyncio.Future[Any]] = {self._redirected, while_shown}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not self._redirected.done():
            outcome, error = while_shown.result()
            if error is not None:
                raise error
            if outcome is False:
                raise ClientException("no browser could be opened: give show=print, and open the address by hand")
        return await asyncio.shield(self._redirected)

    async def __aenter__(self) -> Self:
        application = web.Application(client_max_size=1024)
        application.router.add_get(self._path, self._answer)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=1.0)
        try:
            await self._runner.setup()
            await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        except BaseException:
            await self._runner.cleanup()
            raise
        self._port = self._runner.addresses[0][1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
        self._redirected.cancel()

    async def _answer(self, request: web.Request) -> web.Response:
        if not hmac.compare_digest(request.query.get("state", "").encode(), self._state.encode()):
            return _page("This is not the login that the program waits for.", 400)
        if not self._redirected.done():
            self._redirected.set_result(str(request.url))
        if "error" in request.query:
            return _page("You did not agree. You can close this page.")
        return _page("You are logged in. You can close this page.")


def show_in_thread(show: Callable[[str], object], url: str) -> "asyncio.Future[Shown]":
    """Show somebody an address, in a thread that neither Ctrl-C nor the end of the program waits for."""
    loop = asyncio.get_running_loop()
    shown: asyncio.Future[Shown] = loop.create_future()

    def settle(outcome: Shown) -> None:
        if not shown.done():
            shown.set_result(outcome)

    def run() -> None:
        try:
            outcome: Shown = show(url), None
        except Exception as error:  # noqa: BLE001  raised where the login is waited for
            outcome = None, error
        with contextlib.suppress(RuntimeError):  # the loop is closed: the login is over
            loop.call_soon_threadsafe(settle, outcome)

    threading.Thread(target=run, name="twitch-login", daemon=True).start()
    return shown


def _page(text: str, status: int = 200) -> web.Response:
    # The address bar holds the code: it must not be kept, nor sent on as a referrer.
    headers = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    return web.Response(text=_PAGE.format(text), status=status, content_type="text/html", headers=headers)
