"""Importing the user's program without running it."""

from __future__ import annotations

import asyncio
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import structlog

from fleet.apps import AppError, load_app, load_app_within
from fleet.settings import Settings
from tests.programs import LIVE_ALERT


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, namespace: str) -> Any:
    """Writes a program beside the process and names it as FLEET_APP would."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])

    def write(text: Any, client: Any = "app") -> Any:
        name = namespace.replace("-", "_")
        (tmp_path / f"{name}.py").write_text(text, "utf-8")
        return Settings(app=f"{name}:{client}", client_id="environment")

    return write


def test_the_pages_program_is_imported_and_not_run(program: Any) -> None:
    hosted = load_app(program(LIVE_ALERT, "alerts"))
    assert hosted.conduit_id == "CONDUIT_ID"
    assert hosted.client.handled_types() == {("stream.online", "1")}


def test_it_is_imported_once(program: Any) -> None:
    settings = program(LIVE_ALERT, "alerts")
    assert load_app(settings).client is load_app(settings).client


def test_a_program_without_run_names_no_conduit(program: Any) -> None:
    assert load_app(program("from twitch.eventsub import ClientApp\napp = ClientApp('a', 'b')")).conduit_id == ""


def test_the_environment_wins_and_one_line_says_so(program: Any) -> None:
    settings = replace(program(LIVE_ALERT, "alerts"), conduit_id="another")
    with structlog.testing.capture_logs() as logged:
        client = load_app(settings).client
    assert client.client_id == "environment"
    assert [line["over"] for line in logged if line["event"] == "app.environment_wins"] == [
        "TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET and FLEET_CONDUIT_ID"
    ]


@pytest.mark.parametrize(
    ("text", "client", "sentence"),
    [
        ("app = 5", "app", "is a int, which can't be hosted: the fleet hosts a ClientApp"),
        (
            "from twitch.eventsub import ClientApp as app",
            "app",
            "is a ClientApp, which can't be hosted: name an instance",
        ),
        ("app = 5", "other", "FLEET_APP names other, which"),
        ("import asyncio\nasyncio.run(asyncio.sleep(0))", "app", "asyncio.run can't run inside a fleet"),
        ("1 / 0", "app", "can't be imported: ZeroDivisionError: division by zero"),
        ("def app(", "app", "can't be imported: SyntaxError"),
        ("import nowhere_at_all", "app", "can't be imported: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("raise SystemExit(3)", "app", "can't be imported: SystemExit: 3"),
    ],
)
def test_what_can_not_be_hosted_is_said_in_one_sentence(program: Any, text: Any, client: Any, sentence: Any) -> None:
    with pytest.raises(AppError) as refused:
        load_app(program(text, client))
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_module_that_is_not_there_says_where_it_was_looked_for(program: Any, tmp_path: Path) -> None:
    program("")
    with pytest.raises(AppError, match="names the module no_such_module, which is neither in"):
        load_app(Settings(app="no_such_module:app"))


def test_a_failed_import_is_tried_again(program: Any) -> None:
    with pytest.raises(AppError):
        load_app(program("1 / 0"))
    assert load_app(program("from twitch.eventsub import ClientApp\napp = ClientApp('a', 'b')  # mended")).name


async def test_an_import_in_a_thread_gives_the_same_and_holds_nothing_up(program: Any) -> None:
    settings = program(LIVE_ALERT, "alerts")
    assert (await load_app_within(settings, 10)).conduit_id == "CONDUIT_ID"


async def test_an_import_that_takes_too_long_is_given_up(program: Any) -> None:
    settings = program("import time\ntime.sleep(0.5)\nfrom twitch.eventsub import ClientApp\napp = ClientApp('a', 'b')")
    with pytest.raises(AppError, match=r"takes longer than 0\.1 s to import"):
        await load_app_within(settings, 0.1)
    async with asyncio.timeout(10):
        assert (await load_app_within(settings, 10)).name == settings.app


async def test_an_import_that_hangs_is_one_thread_however_often_it_is_asked_for(program: Any) -> None:
    """A leader without a conduit asks for as long as it leads."""
    settings = program(
        "import threading\nfrom twitch.eventsub import ClientApp\n"
        "released = threading.Event()\nreleased.wait()\napp = ClientApp('a', 'b')"
    )
    before = threading.active_count()
    for _ in range(5):
        with pytest.raises(AppError, match="to import"):
            await load_app_within(settings, 0.01)
    assert threading.active_count() <= before + 1
    async with asyncio.timeout(30):
        while not hasattr(sys.modules.get(settings.app.partition(":")[0]), "released"):
            await asyncio.sleep(0.01)
    sys.modules[settings.app.partition(":")[0]].released.set()
    assert (await load_app_within(settings, 30)).name == settings.app
