"""id.twitch.tv over HTTP: reads a request, asks `OAuth`, writes its answer.

Parameters may come in the query, as a form or as JSON, as Twitch takes them; the body wins over the query.
"""

from collections.abc import Callable, Mapping, Sequence

import orjson
from aiohttp import web

from twitch.simulator.consent_pages import (
    ANSWER_FIELD,
    AUTHORIZE,
    NAME_FIELD,
    USER_CODE_FIELD,
    code_page,
    consent_page,
    device_page,
    message_page,
)
from twitch.simulator.oauth import OAuth
from twitch.simulator.refusal import Refusal
from twitch.simulator.tokens import Grant

_NO_NAME = "Type the name of the user who answers."


def oauth_routes(
    oauth: OAuth,
    clock: Callable[[], float],
    *,
    on_grant: Callable[[Grant], None] = lambda _grant: None,
    prefix: str = "/oauth2",
) -> Sequence[web.AbstractRouteDef]:
    """The routes under `prefix`. `on_grant` hears of each yes, with all that the person has now granted the client."""

    def issuer(request: web.Request) -> str:
        return str(request.url.origin()) + prefix

    async def token(request: web.Request) -> web.Response:
        return _json(oauth.token(await _parameters(request), clock(), issuer=issuer(request)))

    async def device(request: web.Request) -> web.Response:
        activation_url = str(request.url.origin()) + f"{prefix}/activate"
        return _json(oauth.start_device(await _parameters(request), clock(), activation_url=activation_url))

    async def validate(request: web.Request) -> web.Response:
        return _json(oauth.validate(request.headers.get("Authorization"), clock()))

    async def revoke(request: web.Request) -> web.Response:
        refusal = oauth.revoke(await _parameters(request), clock())
        return web.Response() if refusal is None else _json(refusal)

    async def authorize(request: web.Request) -> web.Response:
        parameters = await _parameters(request)
        asked = oauth.ask(parameters)
        if isinstance(asked, Refusal):
            return _json(asked)
        if request.method != "POST":
            return _html(consent_page(asked))
        try:
            location, grant = oauth.decide(asked, _name(parameters), clock())
        except ValueError:
            return _html(consent_page(asked, _NO_NAME), 400)
        if grant is not None:
            on_grant(grant)
        return web.Response(status=302, headers={"Location": location})

    async def activate(request: web.Request) -> web.Response:
        parameters = await _parameters(request)
        user_code = parameters.get(USER_CODE_FIELD, "")
        if not user_code:
            return _html(code_page())
        waiting = oauth.device(user_code, clock())
        if waiting is None:
            return _html(code_page("No device waits with this code."), 404)
        if request.method != "POST":
            return _html(device_page(waiting))
        try:
            grant = oauth.decide_device(waiting, _name(parameters))
        except ValueError:
            return _html(device_page(waiting, _NO_NAME), 400)
        if grant is not None:
            on_grant(grant)
        return _html(message_page("Your device is denied" if grant is None else "Your device is connected"))

    async def userinfo(request: web.Request) -> web.Response:
        return _json(oauth.userinfo(request.headers.get("Authorization"), clock(), issuer=issuer(request)))

    async def keys(_request: web.Request) -> web.Response:
        return _json(oauth.oidc.keys())

    async def configuration(request: web.Request) -> web.Response:
        return _json(oauth.oidc.configuration(issuer(request)))

    return (
        web.get(f"{prefix}/userinfo", userinfo),
        web.get(f"{prefix}/keys", keys),
        web.get(f"{prefix}/.well-known/openid-configuration", configuration),
        web.post(f"{prefix}/token", token),
        web.post(f"{prefix}/device", device),
        web.get(f"{prefix}/validate", validate),
        web.post(f"{prefix}/revoke", revoke),
        web.get(f"{prefix}/authorize", authorize),
        web.post(f"{prefix}/authorize", authorize),
        web.get(f"{prefix}/activate", activate),
        web.post(f"{prefix}/activate", activate),
    )


async def _parameters(request: web.Request) -> dict[str, str]:
    parameters = dict(request.query)
    if request.content_type == "application/json":
        body = await request.read()
        sent: object
        try:
            sent = orjson.loads(body or b"{}")
        except orjson.JSONDecodeError:
            sent = {}
    else:
        sent = await request.post()
    # A file or a nested value is no OAuth parameter.
    named = sent.items() if isinstance(sent, Mapping) else ()
    return parameters | {name: value for name, value in named if isinstance(value, str)}


def _name(parameters: dict[str, str]) -> str | None:
    """Who says yes; None is a no."""
    return parameters.get(NAME_FIELD, "") if parameters.get(ANSWER_FIELD) == AUTHORIZE else None


def _json(answer: dict[str, object] | Refusal) -> web.Response:
    status, body = (answer.status, answer.body) if isinstance(answer, Refusal) else (200, answer)
    return web.Response(body=orjson.dumps(body), status=status, content_type="application/json")


def _html(page: str, status: int = 200) -> web.Response:
    return web.Response(text=page, status=status, content_type="text/html")
