"""Every example, and the documentation page's own programs, run as processes against the simulator and do their job.

What they say in chat is heard there by a listener with an account of its own, as any viewer would hear it.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from fleet.demo import processes
from fleet.demo.children import LOOK_SECONDS, Child, Children
from tests.programs import LIVE_ALERT
from twitch import App
from twitch.eventsub import ChannelChatMessageEvent, ClientUser, Event
from twitch.simulator import Simulator

pytestmark = pytest.mark.process

SECONDS = 60.0
EXAMPLES = Path(__file__).parents[2] / "examples"
VIEWER = "42"

PAGE_SEARCH = textwrap.dedent(
    """
    from twitch import App
    import asyncio

    async def main():
        async with App('CLIENT_ID', 'CLIENT_SECRET') as app:
            results = await app.application.search_channels('gaming')
            for channel in results:
                print(f"{channel.name} - {channel.game_name}")

    asyncio.run(main())
    """
)
PAGE_CHAT_BOT = textwrap.dedent(
    """
    from twitch.eventsub import ClientUser, Event, ChannelChatMessageEvent
    import logging

    client = ClientUser('CLIENT_ID', 'CLIENT_SECRET')

    @client.event
    async def on_chat_message_v1(self, message: Event[ChannelChatMessageEvent]):
        if '!hello' in message.event.message.text:
            await self.user.send_chat_message(f"Hi @{message.event.chatter.name}!")

    client.run('ACCESS_TOKEN', log_level=logging.INFO)
    """
)
PAGE_DEVICE_CODE = textwrap.dedent(
    """
    from twitch.oauth import DeviceCodeFlow, Scopes

    async with DeviceCodeFlow('CLIENT_ID', 'CLIENT_SECRET') as flow:
        device_code = await flow.request_device_code({
            Scopes.USER_READ_CHAT,
            Scopes.USER_WRITE_CHAT
        })
        print(f"Go to: {device_code.verification_uri}")
        print(f"Enter code: {device_code.user_code}")
        token = await flow.wait_for_device_token(device_code.device_code)
    """
)
"""The page's programs as they stand there; only the indentation, which the page's text lost, is put back."""

PAGE_DEVICE_CODE_RUN = (
    "import asyncio\n\nasync def main():\n"
    + textwrap.indent(PAGE_DEVICE_CODE, "    ")
    + "    print(f\"Granted: {', '.join(token.scopes)}\")\n\nasyncio.run(main())\n"
)
"""It stands in the midst of a coroutine, as `async with` must; this one says what came of it."""


@dataclass
class Stage:
    """A Twitch, the programs that are run on it, and what has been said in its chats."""

    sim: Simulator
    children: Children
    folder: Path
    heard: list[tuple[str, str]] = field(default_factory=list)

    def run(self, program: str, **environ: str) -> Child:
        """Starts an example by its path, or else a program's text."""
        if program.endswith(".py"):
            command = [sys.executable, str(EXAMPLES / program)]
        else:
            (self.folder / "program.py").write_text(program)
            command = [sys.executable, "program.py"]
        return self.children.start("program", command, self.sim.environment | environ, cwd=self.folder)

    def user_id(self, token: str) -> str:
        """Whose token a text is, for the simulator."""
        return str(self.sim.oauth.people.by_token(token).user_id)

    async def until(self, child: Child, condition: Callable[[], object], *, over: bool = False) -> None:
        """Waits for something that a running program brings about; with `over`, one that may have ended by itself."""
        async with asyncio.timeout(SECONDS):
            while not condition():
                assert over or child.process.poll() is None, child.tail()
                await asyncio.sleep(LOOK_SECONDS)

    async def says(self, child: Child, line: str) -> None:
        await self.until(child, lambda: line in child.log.read_text())

    async def hears(self, child: Child, login: str, text: str) -> None:
        await self.until(child, lambda: (login, text) in self.heard)

    async def ends(self, child: Child) -> str:
        """What a program has printed that ends by itself, and well."""
        await self.until(child, lambda: child.process.poll() is not None, over=True)
        assert child.process.returncode == 0, child.tail()
        return child.log.read_text()

    async def subscribes(self, child: Child, type_: str, **condition: str) -> None:
        await self.until(child, lambda: self.sim.model.events.matching(type_, None, condition, None))

    def happens(self, type_: str, broadcaster_id: str, event: dict[str, Any] | None = None) -> None:
        assert self.sim.control.send(type_, broadcaster_id=broadcaster_id, event=event) == 1

    async def listen(self, broadcaster_id: str) -> Listener:
        """Hears what is said in a chat from now on; to be closed."""
        listener = Listener(self, broadcaster_id)
        listener.task = asyncio.create_task(listener.start("user-7"))
        async with asyncio.timeout(SECONDS):
            await listener.wait_until_ready()
        return listener

    async def write(self, broadcaster_id: str, text: str) -> None:
        """A viewer writes in a chat."""
        async with App("CLIENT_ID", "CLIENT_SECRET", addresses=self.sim.addresses) as app:
            viewer = await app.add_user(f"user-{VIEWER}")
            assert (await viewer.send_chat_message(text, broadcaster_id)).is_sent

    async def agree(self, child: Child, login: str) -> None:
        """A user opens the address that a program shows, and says yes."""
        found = ""

        def shown() -> str:
            nonlocal found
            match = re.search(r"Go to: (\S+)\nEnter code: \S+\n", child.log.read_text())
            found = match[1] if match else ""
            return found

        await self.until(child, shown)
        async with (
            aiohttp.ClientSession() as browser,
            browser.post(found, data={"answer": "authorize", "user_name": login}) as response,
        ):
            assert response.status == 200, await response.text()

    def answer_late(self, calls: int = 1) -> None:
        """The first question whether a user has agreed is answered late, so that no second is needed seconds later."""
        self.sim.control.fault("slow", endpoint="POST /oauth2/token", seconds=1.0, count=calls)


class Listener(ClientUser):
    """Somebody who reads a chat."""

    task: asyncio.Task[None]

    def __init__(self, stage: Stage, broadcaster_id: str) -> None:
        super().__init__("CLIENT_ID", "CLIENT_SECRET", addresses=stage.sim.addresses)
        self.stage = stage
        self.broadcaster_id = broadcaster_id

    async def on_ready(self) -> None:
        await self.eventsub.chat_message(self.broadcaster_id)

    async def on_chat_message_v1(self, message: Event[ChannelChatMessageEvent]) -> None:
        self.stage.heard.append((message.event.chatter.login, message.event.message.text))


@pytest.fixture
async def stage(tmp_path: Path) -> AsyncIterator[Stage]:
    """Programs end with the test, and end well. There is a conduit of the id in the programs' text."""
    children = Children(tmp_path, {**processes.clean(os.environ), "PYTHONUNBUFFERED": "1"})
    async with Simulator.serve(port=0) as sim:
        sim.control.make_conduit({"id": "CONDUIT_ID", "client_id": "CLIENT_ID", "shard_count": 2})
        try:
            yield Stage(sim, children, tmp_path)
            unwell = await children.end(list(children.members.values()), SECONDS, asyncio.Event())
            assert [child.obituary() for child in unwell] == []
        finally:
            children.kill_all()


@pytest.fixture
async def chat(stage: Stage) -> AsyncIterator[str]:
    """The channel whose chat is listened to: that of the user of ACCESS_TOKEN."""
    channel = stage.user_id("ACCESS_TOKEN")
    listener = await stage.listen(channel)
    yield channel
    await listener.close()
    await listener.task


def test_each_example_is_run_here() -> None:
    """But for two: the demo's tests run the one, those of the consumer contract the other."""
    text = Path(__file__).read_text()
    programs = {path.relative_to(EXAMPLES).as_posix() for path in EXAMPLES.rglob("*.py")}
    elsewhere = {f"{name}.py" for name in ("channel_watch", "downstream")}
    assert {program for program in programs if f'"{program}"' not in text} == elsewhere


# -- Helix and OAuth --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", [PAGE_SEARCH, "app_search.py", "search.py"], ids=["page", "app_search", "search"])
async def test_a_search_prints_channels(stage: Stage, program: str) -> None:
    printed = (await stage.ends(stage.run(program))).splitlines()
    assert len(printed) == (30 if program == "search.py" else 60)
    assert all("gaming" in line.lower() and " - Just Chatting" in line for line in printed)


@pytest.mark.parametrize(
    ("program", "last"),
    [
        (PAGE_DEVICE_CODE_RUN, "Granted: user:read:chat, user:write:chat"),
        ("device_code.py", "streamer has granted user:read:chat, user:write:chat"),
        ("basic_oauth.py", "Logged in as Streamer"),
    ],
    ids=["page", "device_code", "basic_oauth"],
)
async def test_a_user_logs_in_on_another_device(stage: Stage, program: str, last: str) -> None:
    stage.answer_late(calls=2 if program == "basic_oauth.py" else 1)  # that one asks for the app's token first
    child = stage.run(program)
    await stage.agree(child, "streamer")
    assert (await stage.ends(child)).splitlines()[-1] == last


async def test_a_background_task_says_something_and_stops_when_asked(stage: Stage, chat: str) -> None:
    child = stage.run("background_task.py")
    await stage.hears(child, "somebody", "Drink some water!")
    await stage.says(child, "Reminded")


# -- one account ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", [PAGE_CHAT_BOT, "chat_bot.py"], ids=["page", "chat_bot"])
async def test_a_chat_bot_says_hi(stage: Stage, chat: str, program: str) -> None:
    child = stage.run(program)
    await stage.subscribes(child, "channel.chat.message", broadcaster_user_id=chat, user_id=chat)
    await stage.write(chat, "well, !hello")
    await stage.until(child, lambda: len(stage.heard) >= 2)
    assert stage.heard == [("user_42", "well, !hello"), ("somebody", "Hi @User_42!")]


async def test_a_reply_goes_to_others_and_never_to_itself(stage: Stage, chat: str) -> None:
    child = stage.run("eventsub/reply.py")
    await stage.subscribes(child, "channel.chat.message", broadcaster_user_id=chat, user_id=chat)
    for _ in range(2):
        await stage.write(chat, "!pog")
    await stage.until(child, lambda: len(stage.heard) >= 4)
    assert sorted(name for name, _ in stage.heard) == ["somebody", "somebody", "user_42", "user_42"]


async def test_a_charity_campaign_is_followed(stage: Stage) -> None:
    child, channel = stage.run("eventsub/charity.py"), stage.user_id("ACCESS_TOKEN")
    for word in ("start", "donate", "progress", "stop"):
        await stage.subscribes(child, f"channel.charity_campaign.{word}", broadcaster_user_id=channel)
    here = {
        "broadcaster_user_id": channel,
        "broadcaster_user_login": "somebody",
        "broadcaster_user_name": "Somebody",
        "user_id": VIEWER,
        "user_login": "user_42",
        "user_name": "User_42",
    }

    def euros(cents: int) -> dict[str, Any]:
        return {"value": cents, "decimal_places": 2, "currency": "EUR"}

    campaign = here | {"id": "c", "charity_name": "Relief", "target_amount": euros(20_000)}
    for word, event, line in (
        ("start", {"current_amount": euros(0), "started_at": "2026-01-01T00:00:00Z"}, "for Relief starts: 200.00 EUR"),
        ("donate", {"id": "d", "campaign_id": "c", "amount": euros(5_000)}, "User_42 gives 50.00 EUR"),
        ("progress", {"current_amount": euros(5_000)}, "Relief: 25.0%"),
        ("stop", {"current_amount": euros(20_000), "stopped_at": "2026-01-02T00:00:00Z"}, "for Relief ends at 100.0%"),
    ):
        stage.happens(f"channel.charity_campaign.{word}", channel, campaign | event)
        await stage.says(child, line)


async def test_a_reward_makes_a_vip(stage: Stage, chat: str) -> None:
    child = stage.run("eventsub/reward.py")
    await stage.says(child, "Waiting for MAXWIN on the channel of somebody")
    redemption = {
        "id": "r",
        "broadcaster_user_id": chat,
        "user_id": VIEWER,
        "user_login": "user_42",
        "user_name": "User_42",
        "status": "unfulfilled",
        "redeemed_at": "2026-01-01T00:00:00Z",
    }
    for title in ("Hydrate", "MAXWIN"):
        event = redemption | {"reward": {"id": title.lower(), "title": title, "cost": 100, "prompt": ""}}
        stage.happens("channel.channel_points_custom_reward_redemption.add", chat, event)
        await stage.says(child, f"User_42 redeems {title} for 100 points")
    await stage.until(child, lambda: stage.heard)
    assert stage.heard == [("somebody", "@User_42 is a VIP now!")]


async def test_a_bot_logs_in_and_greets(stage: Stage) -> None:
    channel = stage.user_id("STREAMER_TOKEN")
    listener = await stage.listen(channel)
    stage.answer_late()
    child = stage.run("eventsub/basic_bot.py")
    await stage.agree(child, "streamer")
    await stage.says(child, "Logged in as streamer")
    follower = {"user_id": VIEWER, "user_login": "user_42", "user_name": "User_42", "broadcaster_user_id": channel}
    stage.happens("channel.follow", channel, follower | {"followed_at": "2026-01-01T00:00:00Z"})
    for text in ("!hello there", "!info"):
        await stage.write(channel, text)
    await stage.until(child, lambda: len(stage.heard) >= 5)
    assert {text for name, text in stage.heard if name == "streamer"} == {
        "Thanks for the follow, @User_42!",
        "Hi @User_42!",
        "I am a small bot. Try !hello.",
    }
    await listener.close()
    await listener.task


# -- conduits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("program", [LIVE_ALERT, "live_alert.py"], ids=["page", "live_alert"])
async def test_a_live_alert_is_printed(stage: Stage, program: str) -> None:
    child, channel = stage.run(program), stage.user_id("STREAMER_TOKEN")
    await stage.subscribes(child, "stream.online", broadcaster_user_id=channel)
    stage.happens("stream.online", channel)
    await stage.says(child, "Streamer is now live!")


async def test_live_alerts_are_said_in_chat_by_the_bot(stage: Stage) -> None:
    channel = stage.user_id("STREAMER_TOKEN")
    listener = await stage.listen(channel)
    child = stage.run("eventsub/live_alerts.py")
    for type_, said in (("stream.online", "Streamer is now live!"), ("stream.offline", "Streamer has stopped. Bye!")):
        await stage.subscribes(child, type_, broadcaster_user_id=channel)
        stage.happens(type_, channel)
        await stage.hears(child, "bot", said)
    await listener.close()
    await listener.task


@pytest.mark.parametrize(("client_id", "shards"), [("CLIENT_ID", 2), ("ANOTHER_ID", 3)], ids=["found", "made"])
async def test_a_conduit_is_found_or_made_and_all_of_its_shards_are_held(
    stage: Stage, client_id: str, shards: int
) -> None:
    child, channel = stage.run("eventsub/advanced_startup.py", CLIENT_ID=client_id), stage.user_id("STREAMER_TOKEN")
    await stage.says(child, f"Ready with {shards} shards")
    assert sorted(re.findall(r"Shard (\d) is connected", child.log.read_text())) == [str(n) for n in range(shards)]
    stage.happens("stream.online", channel)
    await stage.says(child, "Streamer is now live!")
