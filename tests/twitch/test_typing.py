"""What a type checker sees of the library. Checked by mypy with everything else; only its imports are run.

The asserted types are the promise: a change of one of them breaks programs.
"""

from typing import Any, assert_type

import twitch
from twitch import App, HTTPException, PaginatedRequest, UserAPI
from twitch.eventsub import (
    ChannelChatMessageEvent,
    ChannelRaidEvent,
    ClientApp,
    ClientUser,
    Event,
    MultiShardClientApp,
    Shard,
    StreamOnlineEvent,
    Subscription,
)
from twitch.eventsub.hosting import Host, hosted
from twitch.ext import tasks
from twitch.models import Conduit, ConduitShard, ConduitShardUpdate, SearchChannel, SendMessageStatus, UserInfo
from twitch.oauth import DeviceCodeFlow, Scopes


class Bot(ClientApp):
    async def on_stream_online_v1(self, message: Event[StreamOnlineEvent]) -> None:
        assert_type(message.event.broadcaster.name, str)
        assert_type(message.subscription, Subscription)
        assert_type(message.id, str)

    async def on_channel_raid_v1(self, message: Event[ChannelRaidEvent]) -> None:
        assert_type(message.event.from_broadcaster.id, str)
        assert_type(message.event.viewers, int)

    async def on_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
        for fragment in message.event.message.fragments:
            if fragment.emote is not None:
                assert_type(fragment.emote.id, str)

    async def on_ready(self) -> None:
        user = await self.add_user("access", "refresh")
        assert_type(user, UserAPI)
        assert_type(await self.eventsub.stream_online(user.id), Subscription)
        assert_type(await self.eventsub.channel_raid(to_broadcaster_user_id=user.id), Subscription)
        assert_type(await user.send_chat_message("hi"), SendMessageStatus)

    async def on_error(self, event_method: str, error: BaseException, /, *args: Any) -> None: ...


class Steps(MultiShardClientApp):
    @staticmethod
    async def on_error(event_method: str, error: BaseException, /, *args: Any) -> None: ...

    async def token_maintenance_task(self) -> None:
        await super().token_maintenance_task()


async def in_steps(app: Steps, user: ClientUser) -> None:
    await app.authorize()
    conduit = await app.application.create_conduit(2)
    assert_type(conduit, twitch.Conduit)
    await app.connect(conduit.id, shard_ids=range(conduit.shard_count))
    assert_type(await app.launch_shard(conduit.id, 0, reconnect=False), Shard)
    assert_type(app.get_shard(0).is_running, bool)
    await app.identify_shard(conduit.id, 0, session_id="s")
    app.dispatch("token_remove", "42")
    app.loop.call_soon(app.clear)
    await user.authorize()
    await user.login("access", "refresh")
    assert_type(user.user, UserAPI)
    assert_type(await user.eventsub.channel_follow(), Subscription)
    assert_type(await user.eventsub.user_authorization_grant(), Subscription)
    await user.connect(mock_url="ws://127.0.0.1:8080/ws")


async def log_in(bot: ClientUser) -> None:
    async with DeviceCodeFlow.from_app(bot) as flow:
        code = await flow.request_device_code({Scopes.USER_READ_CHAT})
        token = await flow.wait_for_device_token(code.device_code)
        assert_type(await flow.add_user(token.access_token, token.refresh_token), UserAPI)
    assert_type(await DeviceCodeFlow.from_app(bot), DeviceCodeFlow)


def decorated(client: ClientUser) -> None:
    @client.event
    async def on_ready() -> None: ...

    @client.event
    async def on_stream_online_v1(message: Event[StreamOnlineEvent]) -> None:
        assert_type(message.event, StreamOnlineEvent)

    @client.event
    async def on_channel_raid_v1(self: ClientUser, message: Event[ChannelRaidEvent]) -> None:
        await self.user.send_chat_message(f"{message.event.viewers} raiders!")

    assert_type(client.is_ready(), bool)


@tasks.loop(minutes=1)
async def remind(user: UserAPI) -> None:
    await user.send_chat_message("Drink!")


async def in_the_background(app: App) -> None:
    access, refresh = app.get_token("42")
    assert_type(access, str)
    assert_type(refresh, str | None)
    await remind.start(app.get_user("42"))


async def page_by_page(app: App) -> None:
    pages = app.application.get_streams(limit=None)
    assert_type(pages, PaginatedRequest[twitch.StreamInfo])
    assert_type(await pages.next(), tuple[twitch.StreamInfo, ...])
    assert_type(await pages.before(), tuple[twitch.StreamInfo, ...])
    try:
        await app.application.delete_conduit("c")
    except HTTPException as error:
        assert_type(error.is_client_error(), bool)


async def search(app: App) -> None:
    assert_type(await app.application.search_channels("gaming"), tuple[SearchChannel, ...])
    async for shard in app.application.get_conduit_shards("c"):
        assert_type(shard, ConduitShard)
    assert_type(await app.application.get_conduits(), tuple[Conduit, ...])
    assert_type(await app.application.update_conduit_shards("c", []), ConduitShardUpdate)
    assert_type(await app.application.get_users(user_ids=["1"]), tuple[UserInfo, ...])


def host(client: ClientApp, stands_behind: Host) -> None:
    with hosted() as recorded:
        assert_type(recorded.runs[0].client, ClientApp)
    client.attach(stands_behind)
    assert_type(client.handled_types(), frozenset[tuple[str, str]])


def test_the_program_above_can_be_defined() -> None:
    assert Bot("id", "secret").handles("channel.chat.message", "1")
