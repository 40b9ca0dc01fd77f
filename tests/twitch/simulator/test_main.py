"""The command: what it says, and how it ends."""

import asyncio
import os
import signal
import sys

import aiohttp
import pytest


async def start(*arguments: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "twitch.simulator", *arguments),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )


@pytest.mark.process
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_prints_where_it_listens_and_ends_cleanly_on_a_signal(number: int) -> None:
    process = await start("--port", "0", "--traffic", "50", "--channels", "3")
    assert process.stdout is not None
    async with asyncio.timeout(30):
        first = (await process.stdout.readline()).decode()
        assert first.startswith("simulator: listening on http://127.0.0.1:")
        url = first.split()[-1]
        async with aiohttp.ClientSession() as http, http.get(f"{url}/control/state") as response:
            traffic = (await response.json())["traffic"]
            assert (traffic["rate"], traffic["waiting"]) == (50, True)
        process.send_signal(number)
        _, errors = await process.communicate()

    assert (process.returncode, errors.decode()) == (0, "simulator: 0 sent, 0 dropped\n")


@pytest.mark.process
async def test_a_port_that_is_taken_is_one_sentence() -> None:
    async with asyncio.timeout(30):
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        async with server:
            process = await start("--port", str(server.sockets[0].getsockname()[1]))
            _, errors = await process.communicate()

    assert process.returncode == 1
    assert errors.decode().startswith("Error: cannot listen on 127.0.0.1:")
    assert errors.count(b"\n") == 1


@pytest.mark.process
async def test_help_names_the_options() -> None:
    async with asyncio.timeout(30):
        process = await start("--help")
        text, _ = await process.communicate()

    for option in (b"--port", b"--traffic", b"--time-scale", b"--client", b"/control/"):
        assert option in text
