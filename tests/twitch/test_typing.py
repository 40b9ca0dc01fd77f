"""What a type checker sees of the library. Checked by mypy with everything else; only its imports are run.

The asserted types are the promise: a change of one of them breaks programs.
"""

from typing import Any, assert_type

from twitch import App, UserAPI
from twitch.eventsub import ChannelChatMessageEvent, ChannelRaidEvent, ClientApp, Event, StreamOnlineEvent, Subscription
from twitch.eventsub.hosting import Host, hosted
from twitch.models import Conduit, ConduitShard, ConduitShardUpdate, SearchChannel, SendMessageStatus, UserInfo


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
