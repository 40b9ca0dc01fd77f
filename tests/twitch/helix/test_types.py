"""What a type checker sees of Helix methods. Checked by mypy with everything else, and never run."""

from datetime import datetime
from typing import assert_type

from twitch import App, UserAPI
from twitch.helix import Items, PaginatedRequest
from twitch.models import (
    Ban,
    ChannelInfo,
    Clip,
    CustomReward,
    ExtensionConfiguration,
    GlobalEmote,
    Poll,
    SharedChatSession,
    StreamInfo,
    SubscriptionCosts,
    TeamUsers,
)
from twitch.records import User


async def as_the_app(app: App) -> None:
    api = app.application
    assert_type(await api.get_channel_information(["1"]), tuple[ChannelInfo, ...])
    assert_type(api.get_streams(languages={"de"}, limit=None), PaginatedRequest[StreamInfo])
    async for stream in api.get_streams():
        assert_type(stream.user, User)
        assert_type(stream.started_at, datetime | None)
    assert_type(await api.get_clips_by_id(["x"]), tuple[Clip, ...])
    assert_type(await api.get_global_emotes(), Items[GlobalEmote])
    assert_type((await api.get_global_emotes())[0], GlobalEmote)
    assert_type(await api.get_team_by_name("staff"), TeamUsers | None)
    assert_type(await api.get_eventsub_subscriptions_summary(), SubscriptionCosts)
    assert_type(await api.ban_user("1", "2", "3", duration=60), Ban)
    await api.create_poll("Which?", ["A"], 60)  # type: ignore[attr-defined]  # takes a user's token
    configuration = await api.extension("x", "secret", "1").get_extension_channel_configuration("2")
    assert_type(configuration, ExtensionConfiguration | None)


async def as_a_user(user: UserAPI) -> None:
    assert_type(await user.create_poll("Which?", ["A", "B"], 60), Poll)
    assert_type(await user.create_custom_rewards("Hydrate", 100), CustomReward)
    assert_type(await user.get_shared_chat_session(), SharedChatSession | None)
    assert_type(await user.delete_videos(["1"]), tuple[str, ...])
    await user.send_chat_announcement("hi", color="purple")
    await user.send_chat_announcement("hi", color="beige")  # type: ignore[arg-type]  # no such word
    await user.update_chat_settings({"slow_mode": True})
    await user.start_raid(1)  # type: ignore[arg-type]  # ids are texts


def test_what_the_programs_call_is_there() -> None:
    called = {name for name in as_a_user.__code__.co_names if "_" in name and name not in globals()}
    assert len(called) > 5
    assert {name for name in called if not hasattr(UserAPI, name)} == set()
