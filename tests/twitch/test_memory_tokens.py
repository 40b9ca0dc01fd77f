"""The app's own token, asked of a simulated Twitch."""

import pytest

from twitch.errors import AuthFailure
from twitch.http import Http
from twitch.memory_tokens import REFUSED_SECONDS, CredentialsToken
from twitch.oauth.client import OAuthClient
from twitch.simulator import Simulator


async def test_a_refusal_stands_for_a_minute_and_is_then_asked_about_again() -> None:
    now = 0.0
    http = Http()
    fault = {"fault": "status", "endpoint": "POST /oauth2/token", "status": 403, "message": "invalid client secret"}
    async with Simulator.serve() as sim:
        oauth = OAuthClient("client", "secret", http=http, addresses=sim.addresses)
        tokens = CredentialsToken(oauth, clock=lambda: now)
        async with http.session.post(f"{sim.url}/control/faults", json=fault | {"count": 1}) as answer:
            assert answer.status == 200

        with pytest.raises(AuthFailure, match="invalid client secret"):
            await tokens.token()
        now = REFUSED_SECONDS - 1
        with pytest.raises(AuthFailure, match="invalid client secret"):
            await tokens.token()
        now = REFUSED_SECONDS

        assert await tokens.token() == tokens.current, "mended at Twitch's end meanwhile"
        await http.close()
