"""Prints thirty channels that match a word, fetched page by page as they are needed.

    CLIENT_ID=… CLIENT_SECRET=… python examples/search.py

The app's own token is enough: no user logs in.
"""

import asyncio
import os

from twitch import App


async def main() -> None:
    async with App(os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET")) as app:
        async for channel in app.application.search_channels("gaming", limit=30):
            print(f"{channel.name} ({'live' if channel.is_live else 'offline'}) - {channel.game_name}: {channel.title}")


asyncio.run(main())
