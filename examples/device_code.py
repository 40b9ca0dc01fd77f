"""Logs a user in who has a browser somewhere: prints an address and a code, waits, and says who came.

    CLIENT_ID=… CLIENT_SECRET=… python examples/device_code.py

A public client has no secret: leave it out of the environment and out of the call.
"""

import asyncio
import os

from twitch.oauth import DeviceCodeFlow, Scopes


async def main() -> None:
    client_id, secret = os.environ.get("CLIENT_ID", "CLIENT_ID"), os.environ.get("CLIENT_SECRET", "CLIENT_SECRET")
    async with DeviceCodeFlow(client_id, secret) as flow:
        device_code = await flow.request_device_code({Scopes.USER_READ_CHAT, Scopes.USER_WRITE_CHAT})
        print(f"Go to: {device_code.verification_uri}", flush=True)
        print(f"Enter code: {device_code.user_code}", flush=True)
        token = await flow.wait_for_device_token(device_code.device_code)
        user = await flow.validate_token(token.access_token)
        print(f"{user.login} has granted {', '.join(token.scopes)}")


asyncio.run(main())
