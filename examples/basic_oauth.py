"""Gets a user's tokens by the device code flow, prints them for other programs' environment, and uses them at once.

    CLIENT_ID=… CLIENT_SECRET=… python examples/basic_oauth.py

Whoever has these tokens acts as the user: print them nowhere but to the user's own terminal.
"""

import asyncio
import os

from twitch.oauth import DeviceCodeFlow, Scopes


async def main() -> None:
    client_id, client_secret = (
        os.environ.get("CLIENT_ID", "CLIENT_ID"),
        os.environ.get("CLIENT_SECRET", "CLIENT_SECRET"),
    )
    async with DeviceCodeFlow(client_id, client_secret) as flow:
        code = await flow.request_device_code({Scopes.USER_READ_CHAT, Scopes.USER_WRITE_CHAT, Scopes.USER_READ_EMAIL})
        print(f"Go to: {code.verification_uri}", flush=True)
        print(f"Enter code: {code.user_code}", flush=True)
        token = await flow.wait_for_device_token(code.device_code)
        print(f"ACCESS_TOKEN={token.access_token} REFRESH_TOKEN={token.refresh_token}")

        user = await flow.add_user(token.access_token, token.refresh_token)
        (profile,) = await user.get_users()
        print(f"Logged in as {profile.name}")


asyncio.run(main())
