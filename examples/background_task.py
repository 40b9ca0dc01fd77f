"""Says something in the user's chat every ten seconds, until SIGINT or SIGTERM.

    CLIENT_ID=… CLIENT_SECRET=… ACCESS_TOKEN=… REFRESH_TOKEN=… python examples/background_task.py

The token needs the scope user:write:chat. Without the environment the program uses placeholders, which the simulator
takes for a user.
"""

import asyncio
import os
import signal

from twitch import App, UserAPI
from twitch.ext import tasks


@tasks.loop(seconds=10)
async def remind(user: UserAPI) -> None:
    status = await user.send_chat_message("Drink some water!")
    print("Reminded" if status.is_sent else f"Not sent: {status.drop_reason}", flush=True)


async def main() -> None:
    async with App(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET")) as app:
        token, refresh = os.environ.get("ACCESS_TOKEN"), os.environ.get("REFRESH_TOKEN")
        user = await app.add_user(token or "ACCESS_TOKEN", refresh or "REFRESH_TOKEN")
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, remind.stop)
        await remind.start(user)


asyncio.run(main())
