"""Tokens that the simulator has handed out, and those that are accepted because of how they are spelled.

An *issued* token looks like Twitch's: 30 (access) or 50 (refresh) lower-case letters and digits. One that was never
issued, or is dead, is refused. Any other text is a *named* token: it stands for a user (see `people`), for every
client, with all scopes. It lives like an issued one from the moment it is first seen: the access token expires, the
refresh token is spent by rotation, and a user who disconnects a client ends them there for good.

A refresh token and the access tokens made with it are a `Family`. Rotation gives the family a new refresh token and
leaves its access tokens alive; Twitch keeps at most 50 of these, and here the oldest goes first.
Sources: https://dev.twitch.tv/docs/authentication/ and https://dev.twitch.tv/docs/authentication/refresh-tokens/
"""

import re
import string
from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Final

from twitch.ids import ClientId, UserId
from twitch.simulator.people import People, Person
from twitch.simulator.scopes import ALL_SCOPES

# "A single refresh token can have up to 50 valid access tokens."
ACCESS_TOKENS_PER_REFRESH_TOKEN_MAX: Final = 50
# The refresh token of a public client dies after 30 days without use.
PUBLIC_REFRESH_IDLE_SECONDS: Final = 30 * 24 * 3600.0
_APP_TOKENS_PER_CLIENT_MAX: Final = 1_000
_FAMILIES_PER_GRANT_MAX: Final = 100
_NAMED_MAX: Final = 100_000
_DEAD_REFRESH_TOKENS_MAX: Final = 100_000
_ACCESS_LENGTH: Final = 30
_REFRESH_LENGTH: Final = 50
_ISSUED: Final = re.compile(rf"[a-z0-9]{{{_ACCESS_LENGTH}}}|[a-z0-9]{{{_REFRESH_LENGTH}}}")
_ALPHABET: Final = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """How long access tokens live. Twitch's are about 58 days for an app and about 4 hours for a user."""

    app_seconds: float = 58 * 24 * 3600.0
    user_seconds: float = 4 * 3600.0


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A living access token; `person` is None for an app access token."""

    text: str = field(repr=False)
    client_id: ClientId
    person: Person | None
    scopes: frozenset[str]
    expires_at: float


@dataclass(slots=True, eq=False)
class Family:
    client_id: ClientId
    person: Person
    scopes: frozenset[str]
    refresh_token: str = field(repr=False)
    used_at: float
    public: bool
    access_tokens: deque[str] = field(default_factory=deque, repr=False)


@dataclass(frozen=True, slots=True)
class Pair:
    """What a token request for a user gives."""

    access: AccessToken
    refresh_token: str = field(repr=False)


@dataclass(slots=True)
class _Named:
    expires_at: float
    person: Person


@dataclass(frozen=True, slots=True)
class Grant:
    """What a user has allowed a client, over all their authorizations."""

    client_id: ClientId
    user_id: UserId
    scopes: frozenset[str]


class Tokens:
    """All tokens and grants. Nothing here knows a password, a secret or an HTTP status."""

    def __init__(self, random: Random, people: People, lifetimes: Lifetimes) -> None:
        self._random = random
        self._people = people
        self.lifetimes = lifetimes
        self._issued: dict[str, AccessToken] = {}
        self._app_tokens: dict[ClientId, deque[str]] = {}
        self._named: dict[str, _Named] = {}
        self._families: dict[tuple[ClientId, str], Family] = {}  # by client and refresh token
        self._dead_refresh_tokens: dict[tuple[ClientId, str], bool] = {}  # whether a disconnect killed it
        self._families_of: dict[tuple[ClientId, UserId], deque[Family]] = {}
        self._grants: dict[tuple[ClientId, UserId], Grant] = {}
        self._ended: set[tuple[ClientId, UserId]] = set()  # disconnected once: their named tokens stay dead

    # Reading

    def find(self, text: str, presenter: ClientId, now: float) -> AccessToken | None:
        """The living access token of this text. An issued one is its own client's, whoever presents it."""
        if token := self._issued.get(text):
            if token.expires_at > now:
                return token
            del self._issued[text]
            return None
        if not text or _ISSUED.fullmatch(text):
            return None
        return self._find_named(text, presenter, now)

    def _find_named(self, text: str, presenter: ClientId, now: float) -> AccessToken | None:
        named = self._named.get(text)
        if named is None:
            while len(self._named) >= _NAMED_MAX:
                del self._named[next(iter(self._named))]
            named = _Named(now + self.lifetimes.user_seconds, self._people.by_token(text))
            self._named[text] = named
        if named.expires_at <= now or (presenter, named.person.user_id) in self._ended:
            return None
        self.grant(presenter, named.person, ALL_SCOPES)
        return AccessToken(text, presenter, named.person, ALL_SCOPES, named.expires_at)

    def granted(self, client_id: ClientId, user_id: str) -> Grant | None:
        return self._grants.get((client_id, UserId(user_id)))

    def was_disconnected(self, client_id: ClientId, user_id: str) -> bool:
        """The user disconnected the client and has not authorized it again."""
        key = (client_id, UserId(user_id))
        return key in self._ended and key not in self._grants

    def died_of_disconnect(self, client_id: ClientId, refresh_token: str) -> bool:
        """This refresh token is dead because its user disconnected the client."""
        dead = self._dead_refresh_tokens.get((client_id, refresh_token))
        if dead is not None or _ISSUED.fullmatch(refresh_token):
            return bool(dead)
        return (client_id, self._people.by_token(refresh_token).user_id) in self._ended

    # Issuing

    def grant(self, client_id: ClientId, person: Person, scopes: frozenset[str]) -> Grant:
        """Add the scopes to what the user has allowed the client."""
        key = (client_id, person.user_id)
        known = self._grants.get(key)
        if known is None or not scopes <= known.scopes:
            known = Grant(client_id, person.user_id, scopes if known is None else known.scopes | scopes)
            self._grants[key] = known
        return known

    def issue_app_token(self, client_id: ClientId, now: float) -> AccessToken:
        token = self._issue(client_id, None, frozenset(), now + self.lifetimes.app_seconds)
        self._cap(self._app_tokens.setdefault(client_id, deque()), token.text, _APP_TOKENS_PER_CLIENT_MAX)
        return token

    def issue_pair(
        self, client_id: ClientId, person: Person, scopes: frozenset[str], now: float, *, public: bool
    ) -> Pair:
        """A new family with its first access token, and the grant that it rests on."""
        self._people.meet(person)
        self.grant(client_id, person, scopes)
        family = self._found(client_id, person, scopes, self._text(_REFRESH_LENGTH), now, public=public)
        return Pair(self._issue_of(family, now), family.refresh_token)

    def family(self, client_id: ClientId, refresh_token: str, now: float, *, public: bool) -> Family | None:
        """The family whose refresh token this is now; a named one is founded, for such a client, on its first use."""
        key = (client_id, refresh_token)
        if family := self._families.get(key):
            if family.public and now - family.used_at >= PUBLIC_REFRESH_IDLE_SECONDS:
                self._bury(family, disconnected=False)
                return None
            return family
        if not refresh_token or key in self._dead_refresh_tokens or _ISSUED.fullmatch(refresh_token):
            return None
        person = self._people.by_token(refresh_token)
        if (client_id, person.user_id) in self._ended:
            return None
        self.grant(client_id, person, ALL_SCOPES)
        return self._found(client_id, person, ALL_SCOPES, refresh_token, now, public=public)

    def renew(self, family: Family, now: float, *, rotate: bool) -> Pair:
        """One more access token of the family; with rotation the old refresh token is dead from here on."""
        family.used_at = now
        if rotate:
            self._mark_dead((family.client_id, family.refresh_token), disconnected=False)
            del self._families[family.client_id, family.refresh_token]
            family.refresh_token = self._text(_REFRESH_LENGTH)
            self._families[family.client_id, family.refresh_token] = family
        return Pair(self._issue_of(family, now), family.refresh_token)

    # Ending

    def revoke(self, text: str, now: float) -> None:
        """This access token, living until now, is dead. Its refresh token and the grant live on."""
        if self._issued.pop(text, None) is None and text in self._named:
            self._named[text].expires_at = now

    def expire(self, now: float, user_id: str | None = None) -> int:
        """The user's access tokens expire now, as if their time were up; without a user all, those of apps too.

        Returns how many there were.
        """
        texts = [text for text, token in self._issued.items() if user_id is None or _is_of(token.person, user_id)]
        for text in texts:
            del self._issued[text]
        named = [
            each
            for each in self._named.values()
            if each.expires_at > now and (user_id is None or _is_of(each.person, user_id))
        ]
        for each in named:
            each.expires_at = now
        return len(texts) + len(named)

    def disconnect(self, user_id: str, client_id: ClientId | None = None) -> tuple[Grant, ...]:
        """The user takes back all that they allowed the client (every client); the grants that ended."""
        ended = tuple(
            self._grants[key]
            for key in sorted(self._grants)
            if key[1] == user_id and (client_id is None or key[0] == client_id)
        )
        for grant in ended:
            key = (grant.client_id, grant.user_id)
            del self._grants[key]
            self._ended.add(key)
            for family in self._families_of.pop(key, ()):
                self._bury(family, disconnected=True)
        return ended

    # Within

    def _found(
        self,
        client_id: ClientId,
        person: Person,
        scopes: frozenset[str],
        refresh_token: str,
        now: float,
        *,
        public: bool,
    ) -> Family:
        family = Family(client_id, person, scopes, refresh_token, now, public)
        self._families[client_id, refresh_token] = family
        siblings = self._families_of.setdefault((client_id, person.user_id), deque())
        siblings.append(family)
        if len(siblings) > _FAMILIES_PER_GRANT_MAX:
            self._bury(siblings.popleft(), disconnected=False)
        return family

    def _bury(self, family: Family, *, disconnected: bool) -> None:
        key = (family.client_id, family.refresh_token)
        self._mark_dead(key, disconnected=disconnected)
        self._families.pop(key, None)
        for text in family.access_tokens:
            self._issued.pop(text, None)

    def _mark_dead(self, key: tuple[ClientId, str], *, disconnected: bool) -> None:
        while len(self._dead_refresh_tokens) >= _DEAD_REFRESH_TOKENS_MAX:
            del self._dead_refresh_tokens[next(iter(self._dead_refresh_tokens))]
        self._dead_refresh_tokens[key] = disconnected

    def _issue_of(self, family: Family, now: float) -> AccessToken:
        expires_at = now + self.lifetimes.user_seconds
        token = self._issue(family.client_id, family.person, family.scopes, expires_at)
        self._cap(family.access_tokens, token.text, ACCESS_TOKENS_PER_REFRESH_TOKEN_MAX)
        return token

    def _issue(
        self, client_id: ClientId, person: Person | None, scopes: frozenset[str], expires_at: float
    ) -> AccessToken:
        token = AccessToken(self._text(_ACCESS_LENGTH), client_id, person, scopes, expires_at)
        self._issued[token.text] = token
        return token

    def _cap(self, texts: deque[str], newest: str, most: int) -> None:
        texts.append(newest)
        if len(texts) > most:
            self._issued.pop(texts.popleft(), None)

    def _text(self, length: int) -> str:
        return "".join(self._random.choices(_ALPHABET, k=length))


def _is_of(person: Person | None, user_id: str) -> bool:
    return person is not None and person.user_id == user_id
