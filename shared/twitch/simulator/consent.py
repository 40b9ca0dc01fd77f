"""What waits for a person's yes: authorization codes and device codes, until they are used or their time is up.

A code is good once and for ten minutes; a device code for half an hour, polled no faster than its interval. Both are
kept in the order they were made, so that the oldest goes when there are too many.
Source: https://dev.twitch.tv/docs/authentication/getting-tokens-oauth/
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from random import Random
from typing import Final
from urllib.parse import urlencode, urlsplit

from twitch.ids import ClientId
from twitch.simulator.people import Person
from twitch.simulator.refusal import Refusal
from twitch.simulator.scopes import GRANTABLE_SCOPES, split_scopes

# Twitch names no time for a code; RFC 6749 recommends ten minutes at most.
CODE_SECONDS: Final = 600.0
DEVICE_CODE_SECONDS: Final = 1800.0
DEVICE_INTERVAL_SECONDS: Final = 5.0
# A client that sleeps exactly the interval may come early by the grain of its timer.
_INTERVAL_SLACK: Final = 0.9
_WAITING_MAX: Final = 10_000  # codes, and devices
_ALPHABET: Final = string.ascii_lowercase + string.digits
# Twitch's words on a denial, as its page prints them.
_DENIED: Final = {"error": "access_denied", "error_description": "The user denied you access"}


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """A client asks a user for scopes and wants the answer at `redirect_uri`."""

    client_id: ClientId
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str | None
    nonce: str | None = None
    claims: str | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """A person said yes to these scopes for this client."""

    client_id: ClientId
    person: Person
    scopes: frozenset[str]
    nonce: str | None = None
    claims: str | None = None


@dataclass(slots=True, eq=False)
class Device:
    """A device that waits for a person to enter its code."""

    device_code: str = field(repr=False)
    user_code: str
    client_id: ClientId
    scopes: tuple[str, ...]
    expires_at: float
    polled_at: float | None = None
    person: Person | None = None
    denied: bool = False


class Waiting(Enum):
    """Why a device code gives no token yet, or never will."""

    PENDING = auto()
    TOO_FAST = auto()
    DENIED = auto()
    INVALID = auto()


@dataclass(frozen=True, slots=True)
class _Code:
    approval: Approval
    redirect_uri: str
    expires_at: float


def read_request(parameters: Mapping[str, str], client_id: ClientId) -> ConsentRequest | Refusal:
    """GET /authorize: what the client asks for."""
    if parameters.get("response_type") != "code":
        return Refusal(400, "invalid response type")
    redirect_uri = parameters.get("redirect_uri", "")
    if urlsplit(redirect_uri).scheme not in {"http", "https"}:
        return Refusal(400, "missing or invalid redirect URI")
    scopes = read_scopes(parameters.get("scope", ""))
    if isinstance(scopes, Refusal):
        return scopes
    nonce, claims = parameters.get("nonce"), parameters.get("claims")
    return ConsentRequest(client_id, redirect_uri, scopes, parameters.get("state"), nonce, claims)


def read_scopes(text: str) -> tuple[str, ...] | Refusal:
    scopes = split_scopes(text)
    unknown = [scope for scope in scopes if scope not in GRANTABLE_SCOPES]
    return Refusal(400, f"invalid scope requested: '{unknown[0]}'") if unknown else scopes


class Consents:
    """The codes and devices that wait."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._codes: dict[str, _Code] = {}
        self._devices: dict[str, Device] = {}
        self._devices_by_user_code: dict[str, Device] = {}

    # Authorization code

    def approve(self, request: ConsentRequest, person: Person, now: float) -> str:
        """The address that the browser goes to after a yes; it carries the code."""
        while len(self._codes) >= _WAITING_MAX:
            del self._codes[next(iter(self._codes))]
        text = self._text(30, _ALPHABET)
        approval = Approval(
            request.client_id, person, frozenset(request.scopes), nonce=request.nonce, claims=request.claims
        )
        self._codes[text] = _Code(approval, request.redirect_uri, now + CODE_SECONDS)
        return _location(request, {"code": text, "scope": " ".join(request.scopes)})

    @staticmethod
    def deny(request: ConsentRequest) -> str:
        """The address that the browser goes to after a no."""
        return _location(request, _DENIED)

    def redeem(self, text: str, client_id: ClientId, redirect_uri: str, now: float) -> Approval | Refusal:
        """Use up a code."""
        code = self._codes.get(text)
        if code is None or code.expires_at <= now or code.approval.client_id != client_id:
            return Refusal(400, "Invalid authorization code")
        if code.redirect_uri != redirect_uri:
            return Refusal(400, "Parameter redirect_uri does not match registered URI")
        del self._codes[text]
        return code.approval

    # Device code

    def add_device(self, client_id: ClientId, scopes: tuple[str, ...], now: float) -> Device:
        while len(self._devices) >= _WAITING_MAX:
            self._forget(next(iter(self._devices.values())))
        user_code = self._text(8, string.ascii_uppercase)
        device = Device(self._text(40, _ALPHABET), user_code, client_id, scopes, now + DEVICE_CODE_SECONDS)
        self._devices[device.device_code] = device
        self._devices_by_user_code[user_code] = device
        return device

    def device(self, user_code: str, now: float) -> Device | None:
        """The device that shows this code and still waits for an answer; case and blanks don't matter."""
        device = self._devices_by_user_code.get("".join(user_code.split()).upper())
        waits = device is not None and device.expires_at > now and device.person is None and not device.denied
        return device if waits else None

    def poll(self, device_code: str, client_id: ClientId, now: float) -> Approval | Waiting:
        """The device asks whether its person has answered; an answer is given once."""
        device = self._devices.get(device_code)
        if device is None or device.client_id != client_id:
            return Waiting.INVALID
        if device.expires_at <= now:
            self._forget(device)
            return Waiting.INVALID
        if device.denied:
            self._forget(device)
            return Waiting.DENIED
        if device.person is not None:
            self._forget(device)
            return Approval(client_id, device.person, frozenset(device.scopes))
        last, device.polled_at = device.polled_at, now
        too_fast = last is not None and now - last < DEVICE_INTERVAL_SECONDS * _INTERVAL_SLACK
        return Waiting.TOO_FAST if too_fast else Waiting.PENDING

    def _forget(self, device: Device) -> None:
        self._devices.pop(device.device_code, None)
        self._devices_by_user_code.pop(device.user_code, None)

    def _text(self, length: int, alphabet: str) -> str:
        return "".join(self._random.choices(alphabet, k=length))


def _location(request: ConsentRequest, answer: Mapping[str, str]) -> str:
    state = {} if request.state is None else {"state": request.state}
    separator = "&" if urlsplit(request.redirect_uri).query else "?"
    return request.redirect_uri + separator + urlencode({**answer, **state})
