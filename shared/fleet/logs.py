"""Logs: an event's name and its facts, on stderr, as JSON for machines or in columns for a terminal.

One processor redacts: a key that names a secret never shows its value, whoever logs it.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from fleet.settings import Settings

SECRET_KEY = re.compile(r"token|secret|password|authorization|refresh|credential|api_key", re.IGNORECASE)
SECRET_TEXT = re.compile(
    r"(?i)\b(bearer|oauth)\s+[\w.~+/=-]{6,}|(access_token|refresh_token|client_secret|code)=[^&\s\"']+|://[^/\s:@]*:[^/\s@]+@"
)


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Takes secrets out: values under keys that name one, and tokens inside texts."""
    for key, value in event.items():
        event[key] = _clean(key, value)
    return event


def _clean(key: str, value: Any) -> Any:
    match value:
        case str() | bytes() | list() | tuple() | set() | frozenset() if SECRET_KEY.search(key):
            return "***"
        case str():
            return SECRET_TEXT.sub("***", value)
        case list() | tuple() | set() | frozenset():
            return [_clean(key, each) for each in value]
        case dict():
            return {each: _clean(str(each), inner) for each, inner in value.items()}
        case _:
            return value


def configure(settings: Settings, *, process: str, **facts: Any) -> None:
    """Sends this process' logs, structlog's and the standard library's alike, to stderr."""
    as_json = settings.log_format == "json" or (settings.log_format == "auto" and not sys.stderr.isatty())
    level = getattr(logging, settings.log_level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        redact,
    ]
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer() if as_json else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared, processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for noisy in ("aiohttp.access", "asyncio", "arq.worker", "arq.jobs"):
        logging.getLogger(noisy).setLevel(max(level, logging.WARNING))
    structlog.contextvars.bind_contextvars(process=process, **facts)
