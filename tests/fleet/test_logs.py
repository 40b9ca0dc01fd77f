"""Logs: an event and its facts; whoever logs a secret, it is not shown."""

from __future__ import annotations

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import structlog

from fleet import logs
from fleet.settings import Settings


@pytest.fixture
def logged(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[Callable[..., io.StringIO]]:
    """Configures logs onto a buffer."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level

    def configure(**changes: Any) -> io.StringIO:
        buffer = io.StringIO()
        monkeypatch.setattr(sys, "stderr", buffer)
        logs.configure(replace(settings, **changes), process="worker", worker="w1")
        return buffer

    yield configure
    root.handlers[:], root.level = handlers, level
    structlog.contextvars.clear_contextvars()


@pytest.mark.parametrize(
    ("facts", "shown"),
    [
        ({"access_token": "abc"}, {"access_token": "***"}),
        ({"client_secret": b"abc"}, {"client_secret": "***"}),
        ({"tokens": ["abc", "def"]}, {"tokens": "***"}),
        (
            {"headers": {"Authorization": "Bearer abcdefgh", "Host": "x"}},
            {"headers": {"Authorization": "***", "Host": "x"}},
        ),
        ({"refreshed": 3, "token": None}, {"refreshed": 3, "token": None}),
        ({"why": "sent Authorization: Bearer abcdef123456 twice"}, {"why": "sent Authorization: *** twice"}),
        ({"url": "https://x/?code=abc&state=1"}, {"url": "https://x/?***&state=1"}),
        ({"error": "can't reach redis://user:hunter2@host:1/0"}, {"error": "can't reach redis***host:1/0"}),
        ({"urls": ["redis://:hunter2@host"]}, {"urls": ["redis***host"]}),
        ({"shard": 3, "session": "AgoQ"}, {"shard": 3, "session": "AgoQ"}),
    ],
)
def test_secrets_are_taken_out(facts: dict[str, Any], shown: dict[str, Any]) -> None:
    assert logs.redact(None, "info", dict(facts)) == shown


def test_an_event_is_one_line_of_json(logged: Callable[..., io.StringIO]) -> None:
    buffer = logged(log_format="json")
    structlog.get_logger("some.module").info("shard.bound", shard=3, token="abc")
    line = json.loads(buffer.getvalue())
    assert line.pop("timestamp").endswith("Z")
    assert line == {
        "event": "shard.bound",
        "shard": 3,
        "token": "***",
        "level": "info",
        "logger": "some.module",
        "process": "worker",
        "worker": "w1",
    }


def test_the_standard_librarys_logs_go_the_same_way(logged: Callable[..., io.StringIO]) -> None:
    buffer = logged(log_format="json")
    logging.getLogger("a.library").warning("GET %s", "https://x/?access_token=abc")
    line = json.loads(buffer.getvalue())
    assert (line["event"], line["level"], line["process"]) == ("GET https://x/?***", "warning", "worker")


@pytest.mark.parametrize("log_format", ["json", "console"])
def test_an_exception_is_shown_without_its_secrets(logged: Callable[..., io.StringIO], log_format: str) -> None:
    buffer = logged(log_format=log_format)
    try:
        raise RuntimeError("POST /oauth2/token?client_secret=hunter2")
    except RuntimeError:
        structlog.get_logger("x").exception("call.failed")
    assert "RuntimeError: POST /oauth2/token?***" in buffer.getvalue()
    assert "hunter2" not in buffer.getvalue()


def test_columns_are_for_a_terminal(logged: Callable[..., io.StringIO]) -> None:
    buffer = logged(log_format="console")
    structlog.get_logger("x").info("shard.bound", shard=3)
    assert "shard.bound" in buffer.getvalue()
    assert "shard=3" in buffer.getvalue()
    assert not buffer.getvalue().startswith("{")


def test_what_is_below_the_level_is_not_shown(logged: Callable[..., io.StringIO]) -> None:
    buffer = logged(log_format="json", log_level="warning")
    structlog.get_logger("x").info("shard.bound")
    logging.getLogger("x").info("bound")
    assert buffer.getvalue() == ""
