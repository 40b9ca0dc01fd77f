"""Every method against the simulator, which another hand wrote from the same pages: what is sent is taken, what comes
back is typed. What a call needs to find there was put there by another call.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from twitch import App, UserAPI
from twitch.helix.endpoints import Answer, Auth
from twitch.helix.families import endpoints
from twitch.helix.signatures import Method, methods
from twitch.records import Record
from twitch.simulator import Simulator

METHODS = {kind: [method for row in endpoints() for method in methods(row, kind)] for kind in Auth}
SOON = datetime.now(UTC) + timedelta(days=2)
OTHER = "4242"
"""Not who calls: nobody can ban, raid or whisper to themselves."""

GIVEN: dict[str, Mapping[str, Any]] = {
    "check_automod_status": {"messages": [{"msg_id": "1", "msg_text": "hello"}]},
    "update_extension_bits_product": {"cost": 100},
    "ban_user": {"user_id": OTHER},
    "block_user": {"target_user_id": OTHER},
    "send_whisper": {"to_user_id": OTHER},
    "start_raid": {"to_broadcaster_id": OTHER},
    "update_chat_color": {"color": "blue_violet"},
    "create_poll": {"choices": ["A", "B"]},
    "create_prediction": {"outcomes": ["A", "B"]},
    "get_custom_reward_redemption": {"status": "UNFULFILLED"},
    "get_games": {"game_names": ["Chess"]},
    "get_users": {"user_logins": ["somebody"]},
    "update_channel_stream_schedule": {"is_vacation_enabled": False},
    "get_extension_configuration_segment": {"broadcaster_id": "1337"},
    "set_extension_configuration_segment": {"broadcaster_id": "1337"},
}
"""What a value made from the annotation alone wouldn't do for."""


async def poll(user: UserAPI) -> Mapping[str, Any]:
    return {"poll_id": next(poll.id for poll in await user.get_polls() if poll.status == "ACTIVE")}


async def prediction(user: UserAPI) -> Mapping[str, Any]:
    made = next(made for made in await user.get_predictions() if made.status == "ACTIVE")
    return {"prediction_id": made.id, "winning_outcome_id": made.outcomes[0].id}


async def reward(user: UserAPI) -> Mapping[str, Any]:
    return {"reward_id": (await user.create_custom_rewards(f"Hydrate {datetime.now(UTC).timestamp()}", 100)).id}


async def redemption(user: UserAPI) -> Mapping[str, Any]:
    found = await user.get_custom_reward_redemption("1337", "UNFULFILLED", limit=1)
    return {"reward_id": "1337", "redemption_ids": [found[0].id]}


async def plea(user: UserAPI) -> Mapping[str, Any]:
    return {"unban_request_id": (await user.get_unban_requests(limit=1))[0].id}


async def segment(user: UserAPI) -> Mapping[str, Any]:
    schedule = await user.create_channel_stream_schedule_segment(SOON, "Europe/Berlin", True, 240)
    return {"segment_id": schedule.segments[-1].id}


async def banned(user: UserAPI) -> Mapping[str, Any]:
    await user.ban_user("777")
    return {"user_id": "777"}


async def raid(user: UserAPI) -> Mapping[str, Any]:
    await user.start_raid("777")
    return {}


FOUND: dict[str, Callable[[UserAPI], Awaitable[Mapping[str, Any]]]] = {
    "end_poll": poll,
    "end_prediction": prediction,
    "update_custom_reward": reward,
    "delete_custom_reward": reward,
    "update_redemption_status": redemption,
    "resolve_unban_request": plea,
    "update_channel_stream_schedule_segment": segment,
    "delete_channel_stream_schedule_segment": segment,
    "unban_user": banned,
    "cancel_raid": raid,
}
"""What has to be there before a call can find it; a poll and a prediction have been begun a row before."""

ELSEWHERE = {"update_conduit", "delete_conduit", "get_conduit_shards", "delete_eventsub_subscription"}
"""Conduits and subscriptions live longer than a call; they have tests of their own."""


def value(annotation: str) -> Any:
    if annotation.startswith("Literal["):
        return annotation.split('"')[1]
    if annotation.startswith(("Collection[", "Sequence[")):
        return [value(annotation.partition("[")[2][:-1])]
    return {"str": "1337", "int": 60, "float": 30.0, "bool": True, "datetime": SOON}.get(annotation, {})


def is_typed(method: Method, found: Any) -> bool:
    item = method.endpoint.item
    match method.endpoint.answer:
        case Answer.NOTHING:
            return found is None
        case Answer.TEXT:
            return isinstance(found, str) and found.startswith("BEGIN:VCALENDAR")
        case Answer.ONE:
            return isinstance(found, item)
        case Answer.MAYBE:
            return found is None or isinstance(found, item)
        case Answer.IDS:
            return isinstance(found, tuple) and found == ("1337",)
        case _:
            return isinstance(found, tuple) and all(isinstance(each, item) for each in found)


@pytest.fixture
def asked() -> set[str]:
    """The names of the calls that reached the simulator."""
    return set()


@pytest.fixture
async def app(asked: set[str]) -> AsyncIterator[App]:
    async with (
        Simulator.serve(port=0) as simulator,
        App("client", "secret", addresses=simulator.addresses, observe=lambda name, *_: asked.add(name)) as app,
    ):
        yield app


@pytest.mark.parametrize("kind", [Auth.APP, Auth.USER, Auth.EXTENSION])
async def test_every_method_is_understood_and_answered(app: App, asked: set[str], kind: Auth) -> None:
    user = await app.add_user("user-1337")
    extension = app.application.extension("ext", "c2VjcmV0", "42")
    api: Any = {Auth.APP: app.application, Auth.USER: user, Auth.EXTENSION: extension}[kind]
    lists = 0
    for method in METHODS[kind]:
        if method.name in ELSEWHERE:
            continue
        arguments = {p.name: value(p.annotation) for p in method.parameters if method.must_be_given(p)}
        arguments |= GIVEN.get(method.name, {})
        if method.name in FOUND:
            arguments |= await FOUND[method.name](user)
        found = await getattr(api, method.name)(**arguments)
        assert is_typed(method, found), (method.name, found)
        assert method.endpoint.name in asked
        lists += isinstance(found, tuple) and bool(found) and isinstance(found[0], Record)
    if kind is not Auth.EXTENSION:
        assert lists > 20
