"""Which method receives what: the names a handler may have, checked when a class is made or a function is registered.

Four kinds of names exist:

- typed: ``on_<type>_v<version>`` with the dots of the type as underscores, and the older names that types.py lists;
- raw: ``on_<type>_v<version>_raw``, for any type and version, known or not, and each typed name with ``_raw`` behind it;
  the event is the JSON object;
- lifecycle: the hooks in `LIFECYCLE`;
- everything else that begins with ``on_`` is a mistake, and is refused with the names that come nearest.

An event goes to its typed handler; without one, or where the library has no model for it, to its raw handler.
"""

import difflib
import inspect
import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from twitch.errors import HandlerNameError
from twitch.eventsub.types import EVENT_TYPES, EventType, stem_of

Handler = Callable[..., Awaitable[object]]

LIFECYCLE: Mapping[str, int | None] = {
    "setup_hook": 0,
    "on_ready": 0,
    "on_connect": 0,
    "on_disconnect": 0,
    "on_shard_connect": 1,
    "on_shard_disconnect": 1,
    "on_shard_ready": 1,
    "on_revocation": 2,
    "on_token_update": 3,
    "on_token_remove": 1,
    "on_error": None,
}
"""Hooks and how many arguments each gets, besides self; on_error gets at least two."""

TYPED: Mapping[str, EventType] = {name: row for row in EVENT_TYPES for name in row.handlers}
_TYPES_BY_STEM: Mapping[str, str] = {
    stem: row.type
    for row in EVENT_TYPES
    for stem in (row.stem, *(name.removeprefix("on_").removesuffix(f"_v{row.version}") for name in row.handlers))
}
_RAW_NAME = re.compile(r"on_(?P<stem>[a-z0-9_]+)_v(?P<version>[a-z0-9]+)_raw")


@dataclass(frozen=True, slots=True)
class Target:
    """What a name stands for. ``stem`` is the type with underscores; a hook has neither stem nor version."""

    name: str
    stem: str = ""
    version: str = ""
    type: str = ""
    raw: bool = False
    arguments: int | None = 1

    @property
    def key(self) -> tuple[str, str]:
        """The type and version, the type with underscores where nobody knows where its dots are."""
        return (self.type or self.stem, self.version)


def target_of(name: str) -> Target:
    """What a handler's name stands for. Raises HandlerNameError for a name that nothing will ever call."""
    if name in LIFECYCLE:
        return Target(name, arguments=LIFECYCLE[name])
    if name in TYPED:
        row = TYPED[name]
        return Target(name, row.stem, row.version, row.type)
    known = TYPED.get(name.removesuffix("_raw"))
    if known is not None:
        return Target(name, known.stem, known.version, known.type, raw=True)
    raw = _RAW_NAME.fullmatch(name)
    if raw:
        event_type = _TYPES_BY_STEM.get(raw["stem"], "")
        return Target(name, stem_of(event_type) or raw["stem"], raw["version"], event_type, raw=True)
    near = difflib.get_close_matches(name, [*TYPED, *LIFECYCLE], n=3, cutoff=0.6)
    advice = f"did you mean {' or '.join(near)}?" if near else f"hooks are {', '.join(LIFECYCLE)}"
    raise HandlerNameError(f"no event calls a handler named {name}; {advice}")


def check_class(namespace: Mapping[str, Any], *, inherited: Iterable[str]) -> None:
    """Refuse a class with a method that looks like a handler and isn't one, or two for one event.

    ``namespace`` holds what the class defines itself; ``inherited`` names everything it has.
    """
    for name, value in namespace.items():
        if name.startswith("on_") or name == "setup_hook":
            function = value.__func__ if isinstance(value, staticmethod) else value
            target = check_handler(name, function)
            if target.arguments is not None and not isinstance(value, staticmethod):
                _check_method(target, target.arguments, function)
    seen: dict[tuple[str, str, bool], str] = {}
    for name in inherited:
        if name.startswith("on_") and name not in LIFECYCLE:
            target = target_of(name)
            other = seen.setdefault((target.stem, target.version, target.raw), name)
            if other != name:
                raise HandlerNameError(f"{other} and {name} are two handlers of one event; keep one of them")


def check_handler(name: str, handler: Any) -> Target:
    """What a function would receive under this name. Raises HandlerNameError where name or function don't fit."""
    target = target_of(name)
    if not inspect.iscoroutinefunction(handler):
        raise HandlerNameError(f"{name} must be an async function: write `async def {name}(…)`")
    return target


def _check_method(target: Target, arguments: int, method: Any) -> None:
    parameters = list(inspect.signature(method).parameters.values())
    if any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    needed = sum(p.default is p.empty for p in positional)
    if not needed <= arguments + 1 <= len(positional):
        raise HandlerNameError(f"{target.name} is called with self and {arguments} more; it takes {needed}")


def takes_self(target: Target, handler: Any) -> bool:
    """Whether a function that is registered by name wants the client in front of the event."""
    parameters = list(inspect.signature(handler).parameters.values())
    positional = [p for p in parameters if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
    named_self = bool(positional) and positional[0].name == "self"
    if target.arguments is None or any(p.kind is p.VAR_POSITIONAL for p in parameters):
        return named_self
    needed = sum(p.default is p.empty for p in positional)
    for with_self in (True, False) if named_self else (False, True):
        if needed <= target.arguments + with_self <= len(positional):
            return with_self
    wanted = f"{target.arguments} argument{'s' if target.arguments != 1 else ''}"
    raise HandlerNameError(f"{target.name} is called with {wanted}, with or without self in front; it takes {needed}")


class Handlers:
    """The handlers of one client. Functions that were registered win over methods of the class."""

    def __init__(self, client: object) -> None:
        self._client = client
        self._registered: dict[str, Handler] = {}
        self._by_event: dict[tuple[str, str, bool], Handler] = {}
        self._targets: dict[str, Target] = {}
        for name in dir(type(client)):
            if name.startswith("on_") and name not in LIFECYCLE:
                self._add(target_of(name), getattr(client, name))

    def register(self, handler: Handler) -> None:
        """Take a function as the handler that its name says. Raises HandlerNameError."""
        name = getattr(handler, "__name__", "")
        target = check_handler(name, handler)
        if name in self._registered:
            raise HandlerNameError(f"{name} is registered already")
        if takes_self(target, handler):
            handler = _with_client(handler, self._client)
        self._registered[name] = handler
        if target.version:
            if (target.stem, target.version, target.raw) in self._by_event:
                raise HandlerNameError(f"{target.key[0]} v{target.version} has a handler already")
            self._add(target, handler)

    def _add(self, target: Target, handler: Handler) -> None:
        self._by_event[target.stem, target.version, target.raw] = handler
        if target.type:  # for each event that comes
            self._by_event[target.type, target.version, target.raw] = handler
        self._targets[target.name] = target

    def hook(self, name: str) -> Handler:
        """The lifecycle hook of this name."""
        registered = self._registered.get(name)
        if registered is not None:
            return registered
        hook: Handler = getattr(self._client, name)
        return hook

    def named(self, name: str) -> Handler | None:
        """The hook, or the handler of the event, that goes by this name; None for an event without a handler."""
        target = target_of(name)
        if not target.version:
            return self.hook(name)
        return self._by_event.get((target.stem, target.version, target.raw))

    def typed(self, event_type: str, version: str) -> Handler | None:
        return self._by_event.get((event_type, version, False))

    def raw(self, event_type: str, version: str) -> Handler | None:
        return self._by_event.get((stem_of(event_type), version, True))

    def keys(self) -> frozenset[tuple[str, str]]:
        """(type, version) of every handler; see `Target.key` for types that the library doesn't know."""
        return frozenset(target.key for target in self._targets.values())


def _with_client(handler: Handler, client: object) -> Handler:
    def call(*args: object) -> Awaitable[object]:
        return handler(client, *args)

    call.__name__ = getattr(handler, "__name__", "handler")
    return call
