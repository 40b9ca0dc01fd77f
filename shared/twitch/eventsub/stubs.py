"""Writes subscribe.pyi, the signatures of the subscribe methods, from the rows of types.py.

Run it after a change of the rows: python -m twitch.eventsub.stubs
"""

from pathlib import Path

from twitch.eventsub.subscribe import condition_parameters, describe
from twitch.eventsub.types import LATEST, EventType

STUB = Path(__file__).with_name("subscribe.pyi")

_HEAD = """\
# Written by `python -m twitch.eventsub.stubs` from the rows of types.py; a test compares the two.
# ruff: noqa: PYI021, E501, A002  editors show these docstrings; `type` is Twitch's own word
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from twitch.eventsub.types import EventType, SubscriptionRequest
from twitch.models import Subscription

Subscriber: TypeAlias = Callable[[SubscriptionRequest], Awaitable[Subscription]]

def condition_parameters(row: EventType) -> list[tuple[str, bool]]: ...
def describe(row: EventType, *, over_websocket: bool = False) -> str: ...

class AppEvents:
    def __init__(self, subscribe: Subscriber, client_id: str) -> None: ...
    async def subscribe(
        self,
        type: str,
        condition: Mapping[str, str | None],
        *,
        version: str | None = None,
    ) -> Subscription: ...
"""

_USER_HEAD = """
class UserEvents(AppEvents):
    def __init__(self, subscribe: Subscriber, client_id: str, user_id: str) -> None: ...
    def completed(self, event_type: str, condition: Mapping[str, str | None]) -> dict[str, str | None]: ...
"""


def render() -> str:
    """The text of the stub."""
    app = [_method(row, name) for row in LATEST.values() for name in row.methods]
    user = [_method(row, name, all_optional=True) for row in LATEST.values() for name in row.methods]
    return _HEAD + "".join(app) + _USER_HEAD + "".join(user)


def _method(row: EventType, name: str, *, all_optional: bool = False) -> str:
    parameters = [
        f"        {key}: str,\n" if required and not all_optional else f"        {key}: str | None = None,\n"
        for key, required in condition_parameters(row)
    ]
    return (
        f"    async def {name}(\n        self,\n{''.join(parameters)}        *,\n"
        f'        version: str = "{row.version}",\n    ) -> Subscription:\n'
        f'        """{describe(row, over_websocket=all_optional)}"""\n'
    )


if __name__ == "__main__":
    STUB.write_text(render(), encoding="utf-8")
