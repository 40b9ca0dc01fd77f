"""Twitch's OAuth as a pure machine: parameters and `now` in, an answer's body or a `Refusal` out.

Clients. Where none are listed, any client id with any secret is accepted; where some are, only these, and one that is
listed without a secret is public. A wrong secret is answered with 403.

Flows. Client credentials; authorization code (`ask`, then `decide`); device code (`start_device`, `device`,
`decide_device`); refresh. Rotation: a refresh token is spent by its use, always where no secret is shown and by
default everywhere, so that clients are tested against the stricter rule; with `rotate=False` a client that shows its
secret keeps it, as mostly at Twitch. What lives how long is in `tokens` and `consent`, who the users are in `people`.

Where Twitch documents no words these are ours: `slow_down` follows RFC 8628, a denied device gets `access_denied`, an
expired one the answer of an invalid one. A refresh after the user disconnected is a 401, which Twitch announces
beside the 400 of other dead refresh tokens.
Sources: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/, and refresh-tokens, validate-tokens,
revoke-tokens beside it
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from twitch.ids import ClientId, UserId
from twitch.simulator.consent import (
    DEVICE_CODE_SECONDS,
    DEVICE_INTERVAL_SECONDS,
    ConsentRequest,
    Consents,
    Device,
    Waiting,
    read_request,
    read_scopes,
)
from twitch.simulator.oidc import Oidc
from twitch.simulator.people import People, Person
from twitch.simulator.ratelimit import BucketKey
from twitch.simulator.refusal import Refusal
from twitch.simulator.tokens import AccessToken, Grant, Lifetimes, Pair, Tokens

ISSUER: Final = "https://id.twitch.tv/oauth2"
_DEVICE_GRANT: Final = "urn:ietf:params:oauth:grant-type:device_code"
# Who validates a named token before any client has been seen.
_NOBODYS_CLIENT: Final = ClientId("simulator")
_DEFAULT_LIFETIMES: Final = Lifetimes()
_DEVICE_REFUSALS: Final = {
    Waiting.PENDING: Refusal(400, "authorization_pending"),
    Waiting.TOO_FAST: Refusal(400, "slow_down"),
    Waiting.DENIED: Refusal(400, "access_denied"),
    Waiting.INVALID: Refusal(400, "invalid device code"),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Whose call a Helix request is. An app access token has no person and no scopes."""

    client_id: ClientId
    person: Person | None
    scopes: frozenset[str]

    @property
    def user_id(self) -> UserId | None:
        return None if self.person is None else self.person.user_id

    @property
    def is_app(self) -> bool:
        return self.person is None

    @property
    def bucket(self) -> BucketKey:
        return BucketKey(self.client_id, self.user_id)


class OAuth:
    """All of id.twitch.tv that a bot meets.

    `clients` is the secret by client id (None: a public client); without it any client is accepted. `tokens` answers
    what has been granted. All times are seconds on the caller's clock.
    """

    def __init__(
        self,
        random: Random,
        *,
        clients: Mapping[str, str | None] | None = None,
        people: People | None = None,
        lifetimes: Lifetimes = _DEFAULT_LIFETIMES,
        rotate: bool = True,
    ) -> None:
        self.people = people or People()
        self.tokens = Tokens(random, self.people, lifetimes)
        self.oidc = Oidc()
        self.rotate = rotate
        self._consents = Consents(random)
        self._clients = dict(clients) if clients else None
        # A validation names no client, nor does a named token: then it is the client's who was seen last.
        self._last_client_id = ClientId(next(iter(clients))) if clients else _NOBODYS_CLIENT

    # POST /token

    def token(self, parameters: Mapping[str, str], now: float, *, issuer: str = ISSUER) -> dict[str, object] | Refusal:
        """``issuer`` is who signs id tokens: the address of this very server."""
        match parameters.get("grant_type", ""):
            case "client_credentials":
                return self._client_credentials(parameters, now)
            case "authorization_code":
                return self._authorization_code(parameters, now, issuer)
            case "refresh_token":
                return self._refresh(parameters, now)
            case grant_type if grant_type == _DEVICE_GRANT:
                return self._device_code(parameters, now)
            case "":
                return Refusal(400, "missing grant type")
            case _:
                return Refusal(400, "invalid grant type")

    def _client_credentials(self, parameters: Mapping[str, str], now: float) -> dict[str, object] | Refusal:
        client_id = self._client(parameters, secret_needed=True)
        if isinstance(client_id, Refusal):
            return client_id
        token = self.tokens.issue_app_token(client_id, now)
        return {"access_token": token.text, "expires_in": _seconds_left(token, now), "token_type": "bearer"}

    def _authorization_code(
        self, parameters: Mapping[str, str], now: float, issuer: str
    ) -> dict[str, object] | Refusal:
        client_id = self._client(parameters, secret_needed=True)
        if isinstance(client_id, Refusal):
            return client_id
        code, redirect_uri = parameters.get("code", ""), parameters.get("redirect_uri", "")
        approval = self._consents.redeem(code, client_id, redirect_uri, now)
        if isinstance(approval, Refusal):
            return approval
        person, scopes, nonce = approval.person, approval.scopes, approval.nonce
        body = _pair_body(self.tokens.issue_pair(client_id, person, scopes, now, public=False), now)
        if "openid" in scopes:
            body["id_token"] = self.oidc.id_token(
                issuer, client_id, person, scopes, now, nonce=nonce, claims=approval.claims
            )
        return body | ({} if nonce is None else {"nonce": nonce})

    def _device_code(self, parameters: Mapping[str, str], now: float) -> dict[str, object] | Refusal:
        client_id = self._client(parameters)
        if isinstance(client_id, Refusal):
            return client_id
        answer = self._consents.poll(parameters.get("device_code", ""), client_id, now)
        if isinstance(answer, Waiting):
            return _DEVICE_REFUSALS[answer]
        # Nothing tells the two kinds of client apart at this point but a secret on record.
        public = self._clients is None or self._clients[client_id] is None
        return _pair_body(self.tokens.issue_pair(client_id, answer.person, answer.scopes, now, public=public), now)

    def _refresh(self, parameters: Mapping[str, str], now: float) -> dict[str, object] | Refusal:
        client_id = self._client(parameters)
        if isinstance(client_id, Refusal):
            return client_id
        text = parameters.get("refresh_token", "")
        if not text:
            return Refusal(400, "missing refresh token")
        listed_public = self._clients is not None and self._clients[client_id] is None
        family = self.tokens.family(client_id, text, now, public=listed_public)
        if family is None:
            if self.tokens.died_of_disconnect(client_id, text):
                return Refusal(401, "Invalid refresh token", "Unauthorized")
            return Refusal(400, "Invalid refresh token", "Bad Request")
        shows_secret = bool(parameters.get("client_secret"))
        if not shows_secret and not family.public:
            return Refusal(400, "missing client secret")
        return _pair_body(self.tokens.renew(family, now, rotate=self.rotate or not shows_secret), now)

    # GET /authorize

    def ask(self, parameters: Mapping[str, str]) -> ConsentRequest | Refusal:
        """What the consent page is to show."""
        client_id = self._client({"client_id": parameters.get("client_id", "")})
        return client_id if isinstance(client_id, Refusal) else read_request(parameters, client_id)

    def decide(self, request: ConsentRequest, name: str | None, now: float) -> tuple[str, Grant | None]:
        """The person named so says yes, or (None) no: where the browser goes, and what is granted now.

        ValueError if the name is no login.
        """
        if name is None:
            return self._consents.deny(request), None
        person = self.people.by_login(name)
        grant = self.tokens.grant(request.client_id, person, frozenset(request.scopes))
        return self._consents.approve(request, person, now), grant

    # POST /device and the activation page

    def start_device(
        self, parameters: Mapping[str, str], now: float, *, activation_url: str
    ) -> dict[str, object] | Refusal:
        client_id = self._client({"client_id": parameters.get("client_id", "")})
        if isinstance(client_id, Refusal):
            return client_id
        # The page says `scopes`, its last example `scope`.
        scopes = read_scopes(parameters.get("scopes") or parameters.get("scope", ""))
        if isinstance(scopes, Refusal):
            return scopes
        device = self._consents.add_device(client_id, scopes, now)
        return {
            "device_code": device.device_code,
            "expires_in": int(DEVICE_CODE_SECONDS),
            "interval": int(DEVICE_INTERVAL_SECONDS),
            "user_code": device.user_code,
            "verification_uri": f"{activation_url}?public=true&device-code={device.user_code}",
        }

    def device(self, user_code: str, now: float) -> Device | None:
        """The device that waits with this code."""
        return self._consents.device(user_code, now)

    def decide_device(self, device: Device, name: str | None) -> Grant | None:
        """The person named so says yes, or (None) no: what is granted now. ValueError if the name is no login."""
        if name is None:
            device.denied = True
            return None
        person = self.people.by_login(name)
        device.person = person
        return self.tokens.grant(device.client_id, person, frozenset(device.scopes))

    # GET /validate, POST /revoke

    def validate(self, authorization: str | None, now: float) -> dict[str, object] | Refusal:
        token = self.tokens.find(_credential(authorization, ("oauth", "bearer")), self._last_client_id, now)
        if token is None:
            return Refusal(401, "invalid access token")
        body: dict[str, object] = {"client_id": token.client_id}
        if token.person is not None:
            body["login"] = token.person.login
        body["scopes"] = sorted(token.scopes)
        if token.person is not None:
            body["user_id"] = token.person.user_id
        body["expires_in"] = _seconds_left(token, now)
        return body

    def userinfo(self, authorization: str | None, now: float, *, issuer: str) -> dict[str, object] | Refusal:
        """GET /userinfo: OpenID Connect's word on whose a token is."""
        token = self.tokens.find(_credential(authorization, ("oauth", "bearer")), self._last_client_id, now)
        if token is None or token.person is None or "openid" not in token.scopes:
            return Refusal(401, "invalid access token")
        return self.oidc.userinfo(issuer, token.client_id, token.person, token.scopes, now)

    def revoke(self, parameters: Mapping[str, str], now: float) -> Refusal | None:
        """None is Twitch's empty 200."""
        client_id = parameters.get("client_id", "")
        if not client_id:
            return Refusal(400, "missing client id")
        if self._clients is not None and client_id not in self._clients:
            return Refusal(404, "client does not exist")
        token = self.tokens.find(parameters.get("token", ""), ClientId(client_id), now)
        if token is None or token.client_id != client_id:
            return Refusal(400, "Invalid token")
        self.tokens.revoke(token.text, now)
        return None

    # Helix

    def identify(self, authorization: str | None, client_id: str | None, now: float) -> Caller | Refusal:
        """Who makes this call, by its two headers; Helix takes only `Bearer`."""
        text = _credential(authorization, ("bearer",))
        if not text:
            return _unauthorized("OAuth token is missing")
        if not client_id:
            return _unauthorized("Client ID is missing")
        token = self.tokens.find(text, ClientId(client_id), now)
        if token is None or (self._clients is not None and client_id not in self._clients):
            return _unauthorized("Invalid OAuth token")
        if token.client_id != client_id:
            return _unauthorized("Client ID and OAuth token do not match")
        self._last_client_id = token.client_id
        return Caller(token.client_id, token.person, token.scopes)

    # Control

    def disconnect(self, user_id: str, client_id: str | None = None) -> tuple[Grant, ...]:
        """The user disconnects the client (every client): tokens die at once; the grants that ended."""
        return self.tokens.disconnect(user_id, None if client_id is None else ClientId(client_id))

    def expire(self, now: float, user_id: str | None = None) -> int:
        """The user's access tokens expire now (without a user all, those of apps too); how many there were."""
        return self.tokens.expire(now, user_id)

    # Within

    def _client(self, parameters: Mapping[str, str], *, secret_needed: bool = False) -> ClientId | Refusal:
        client_id, secret = parameters.get("client_id", ""), parameters.get("client_secret", "")
        if not client_id:
            return Refusal(400, "missing client id")
        if self._clients is not None and client_id not in self._clients:
            return Refusal(400, "invalid client")
        if secret_needed and not secret:
            return Refusal(400, "missing client secret")
        if self._clients is not None and secret and secret != self._clients[client_id]:
            return Refusal(403, "invalid client secret")
        self._last_client_id = ClientId(client_id)
        return self._last_client_id


def _unauthorized(message: str) -> Refusal:
    return Refusal(401, message, "Unauthorized")


def _credential(authorization: str | None, schemes: tuple[str, ...]) -> str:
    scheme, _, text = (authorization or "").partition(" ")
    return text.strip() if scheme.lower() in schemes else ""


def _seconds_left(token: AccessToken, now: float) -> int:
    return max(0, int(token.expires_at - now))


def _pair_body(pair: Pair, now: float) -> dict[str, object]:
    return {
        "access_token": pair.access.text,
        "expires_in": _seconds_left(pair.access, now),
        "refresh_token": pair.refresh_token,
        "scope": sorted(pair.access.scopes),
        "token_type": "bearer",
    }
