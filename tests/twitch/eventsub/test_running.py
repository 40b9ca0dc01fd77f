"""run(): where the log goes, what a signal does, and that nothing secret is in any of it."""

import asyncio
import logging
import os
import signal
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from tests.twitch.waiting import until
from twitch import App, errors
from twitch.eventsub import ClientApp, ClientUser, Event
from twitch.simulator import Simulator

PROGRAM = textwrap.dedent(
    """
    import logging, sys
    from twitch.eventsub import ClientApp

    class Quiet(ClientApp):
        async def on_ready(self):
            logging.getLogger("another").error("from another library")
            print("ready", flush=True)

    log_handler = {handler}
    Quiet("id", "secret").run(sys.argv[1], log_level=logging.INFO, {options})
    """
)


async def make_conduit(sim: Simulator) -> str:
    async with App("id", "secret", addresses=sim.addresses) as app:
        return (await app.application.create_conduit(2)).id


@pytest.mark.parametrize(
    ("handler", "options", "where"),
    [
        ("None", "", {"stderr": ["twitch"]}),
        ("None", "log_handler=None", {"stderr": []}),
        ("logging.FileHandler(sys.argv[2])", "log_handler=log_handler", {"file": ["twitch"]}),
        (
            "logging.FileHandler(sys.argv[2])",
            "log_handler=log_handler, root_logger=True",
            {"file": ["twitch", "another"]},
        ),
    ],
)
async def test_the_log_goes_where_it_is_told(
    sim: Simulator, tmp_path: Path, handler: str, options: str, where: dict[str, list[str]]
) -> None:
    script, file = tmp_path / "quiet.py", tmp_path / "log"
    script.write_text(PROGRAM.format(handler=handler, options=options))
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        str(script),
        await make_conduit(sim),
        str(file),
        env={**os.environ, **sim.environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        assert process.stdout is not None
        assert await asyncio.wait_for(process.stdout.readline(), 20) == b"ready\n"
        process.send_signal(signal.SIGTERM)
        _, err = await asyncio.wait_for(process.communicate(), 20)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
    assert process.returncode == 0, err.decode()
    written = {"stderr": err.decode(), "file": file.read_text() if file.exists() else ""}
    for place, text in written.items():
        wanted = where.get(place, [])
        assert ("[INFO] twitch.eventsub: SIGTERM: closing" in text) == ("twitch" in wanted), text
        assert ("[ERROR] another: from another library" in text) == ("another" in wanted), text


async def test_in_a_loop_that_runs_it_says_what_to_do_instead() -> None:
    with pytest.raises(errors.ClientException, match=r"await start\(\) there"):
        ClientApp("id", "secret").run("c1", log_handler=None)
    with pytest.raises(errors.ClientException, match=r"await start\(\) there"):
        ClientUser("id").run("token", log_handler=None)


async def test_nothing_secret_is_logged_or_shown_by_a_running_client(
    sim: Simulator, caplog: pytest.LogCaptureFixture
) -> None:
    """Through a refresh, a lost socket, a requested reconnect, an error of a handler and a user who leaves."""
    caplog.set_level(logging.DEBUG)
    errors: list[BaseException] = []

    class Failing(ClientApp):
        async def on_stream_online_v1(self, message: Event[Any]) -> None:
            raise ZeroDivisionError

        async def on_ready(self) -> None:
            await self.add_user("user-42", "refresh-42")
            await self.eventsub.stream_online("42")

        async def on_error(self, event_method: str, error: BaseException, /, *args: Any) -> None:
            errors.append(error)
            await super().on_error(event_method, error, *args)

    app = Failing("id", "hush-secret", addresses=sim.addresses, validate_every_seconds=0.05)
    user = ClientUser("id", "hush-secret", addresses=sim.addresses, validate_every_seconds=0.05)

    @user.event
    async def on_stream_online_v1(message: Event[Any]) -> None: ...

    tasks = [
        asyncio.create_task(app.start(await make_conduit(sim))),
        asyncio.create_task(user.start("user-43", "refresh-43")),
    ]
    await asyncio.gather(app.wait_until_ready(), user.wait_until_ready())
    secrets = {"hush-secret", "user-42", "refresh-42", "user-43", "refresh-43"}
    sim.control.send("stream.online", broadcaster_id="42")
    await until(lambda: errors)
    sim.control.fault("reconnect")
    sim.control.expire_tokens(sim.clock.api_now(), None)
    await until(lambda: app.get_token("42").access_token != "user-42" != user.get_token("43").access_token != "user-43")
    secrets |= {text for pair in (app.get_token("42"), user.get_token("43")) for text in pair if text}
    sim.control.fault("close", code=4000)
    sim.oauth.disconnect("42")
    await until(lambda: not app.tokens)
    shown = [repr(thing) for thing in (app, user, app.app, user.app, user.user, app.host, *errors)]
    await asyncio.gather(app.close(), user.close(), *tasks)
    assert [secret for secret in secrets if secret in caplog.text or any(secret in text for text in shown)] == []
