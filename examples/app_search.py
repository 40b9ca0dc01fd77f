"""Searches for channels.

CLIENT_ID=… CLIENT_SECRET=… python examples/app_search.py
"""

import asyncio
import os

from twitch import App


async def main() -> None:
    async with App(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET")) as app:
        results = await app.application.search_channels("gaming")
        for channel in results:
            print(f"{channel.name} - {channel.game_name}")


asyncio.run(main())
