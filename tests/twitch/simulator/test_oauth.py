"""What id.twitch.tv promises to a client, flow by flow, on a clock that the tests turn."""

from random import Random
from typing import Any

import pytest

from twitch.ids import ClientId
from twitch.simulator.oauth import Caller, OAuth
from twitch.simulator.refusal import Refusal
from twitch.simulator.scopes import ALL_SCOPES
from twitch.simulator.tokens import Lifetimes

CLIENT = {"client_id": "abc", "client_secret": "s3cret"}
REDIRECT = "http://localhost:3000/callback"
DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code"
INVALID_TOKEN = Refusal(401, "invalid access token")
INVALID_REFRESH_TOKEN = Refusal(400, "Invalid refresh token", "Bad Request")


@pytest.fixture
def oauth() -> OAuth:
    return OAuth(Random(1))


def granted(answer: dict[str, object] | Refusal) -> dict[str, Any]:
    assert not isinstance(answer, Refusal), answer
    return answer


def app_token(oauth: OAuth, now: float = 0.0, **more: str) -> Any:
    return granted(oauth.token({**CLIENT, "grant_type": "client_credentials", **more}, now))["access_token"]


def refresh(oauth: OAuth, token: str, now: float = 0.0, **client: str) -> dict[str, object] | Refusal:
    return oauth.token({"grant_type": "refresh_token", "refresh_token": token, **(client or CLIENT)}, now)


def consent(oauth: OAuth, name: str = "Alice", scope: str = "chat:read user:bot", now: float = 0.0) -> str:
    """The code that the redirect brings."""
    request = oauth.ask({
        "response_type": "code", "client_id": "abc", "redirect_uri": REDIRECT, "scope": scope, "state": "x y",
    })  # fmt: skip
    assert not isinstance(request, Refusal)
    location, _ = oauth.decide(request, name, now)
    return location.partition("code=")[2].partition("&")[0]


def exchange(oauth: OAuth, code: str, now: float = 0.0, redirect_uri: str = REDIRECT) -> dict[str, object] | Refusal:
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return oauth.token({**CLIENT, **grant}, now)


class TestClients:
    def test_any_pair_is_accepted_when_none_is_listed(self, oauth: OAuth) -> None:
        assert len(app_token(oauth)) == 30
        assert len(app_token(oauth, client_secret="another")) == 30

    @pytest.mark.parametrize(
        ("client", "refusal"),
        [
            ({"client_id": "abc", "client_secret": "wrong"}, Refusal(403, "invalid client secret")),
            ({"client_id": "xyz", "client_secret": "s3cret"}, Refusal(400, "invalid client")),
            ({"client_id": "abc"}, Refusal(400, "missing client secret")),
            ({"client_secret": "s3cret"}, Refusal(400, "missing client id")),
            ({"client_id": "public", "client_secret": "guess"}, Refusal(403, "invalid client secret")),
        ],
    )
    def test_listed_clients_are_held_to_their_secret(self, client: dict[str, str], refusal: Refusal) -> None:
        oauth = OAuth(Random(1), clients={"abc": "s3cret", "public": None})
        assert oauth.token({**client, "grant_type": "client_credentials"}, 0) == refusal

    def test_a_refusal_has_the_shape_of_id_twitch_tv(self) -> None:
        assert Refusal(403, "invalid client secret").body == {"status": 403, "message": "invalid client secret"}
        assert INVALID_REFRESH_TOKEN.body == {
            "error": "Bad Request", "status": 400, "message": "Invalid refresh token",
        }  # fmt: skip

    def test_an_unknown_grant_type_is_refused(self, oauth: OAuth) -> None:
        assert oauth.token({**CLIENT, "grant_type": "password"}, 0) == Refusal(400, "invalid grant type")
        assert oauth.token(CLIENT, 0) == Refusal(400, "missing grant type")


class TestAppToken:
    def test_it_lives_58_days_and_has_no_user_and_no_refresh_token(self, oauth: OAuth) -> None:
        answer = granted(oauth.token({**CLIENT, "grant_type": "client_credentials"}, 100.0))
        token = answer.pop("access_token")
        assert answer == {"expires_in": 58 * 86400, "token_type": "bearer"}
        assert oauth.validate(f"OAuth {token}", 160.0) == {
            "client_id": "abc", "scopes": [], "expires_in": 58 * 86400 - 60,
        }  # fmt: skip
        assert oauth.validate(f"OAuth {token}", 100.0 + 58 * 86400) == INVALID_TOKEN

    def test_helix_knows_whose_it_is(self, oauth: OAuth) -> None:
        caller = oauth.identify(f"Bearer {app_token(oauth)}", "abc", 0)
        assert caller == Caller(ClientId("abc"), None, frozenset())
        assert caller.is_app


class TestAuthorizationCode:
    def test_a_yes_leads_back_with_code_scope_and_state(self, oauth: OAuth) -> None:
        request = oauth.ask({
            "response_type": "code", "client_id": "abc", "redirect_uri": REDIRECT, "scope": "user:bot", "state": "a&b",
        })  # fmt: skip
        assert not isinstance(request, Refusal)
        location, grant = oauth.decide(request, "Alice", 0)
        assert location.startswith(f"{REDIRECT}?code=")
        assert location.endswith("&scope=user%3Abot&state=a%26b")
        assert grant == oauth.tokens.granted(ClientId("abc"), oauth.people.by_login("alice").user_id)

    def test_a_no_leads_back_with_twitchs_words(self, oauth: OAuth) -> None:
        request = oauth.ask({
            "response_type": "code", "client_id": "abc", "redirect_uri": REDIRECT + "?n=1", "state": "s",
        })  # fmt: skip
        assert not isinstance(request, Refusal)
        denied = "error=access_denied&error_description=The+user+denied+you+access&state=s"
        assert oauth.decide(request, None, 0) == (f"{REDIRECT}?n=1&{denied}", None)

    def test_the_code_buys_one_pair_for_the_person_who_said_yes(self, oauth: OAuth) -> None:
        code = consent(oauth)
        answer = granted(exchange(oauth, code))
        access, refresh_token = answer.pop("access_token"), answer.pop("refresh_token")
        assert answer == {"expires_in": 4 * 3600, "scope": ["chat:read", "user:bot"], "token_type": "bearer"}
        assert (len(access), len(refresh_token)) == (30, 50)
        assert granted(oauth.validate(f"Bearer {access}", 1.5)) == {
            "client_id": "abc",
            "login": "alice",
            "scopes": ["chat:read", "user:bot"],
            "user_id": oauth.people.by_login("Alice").user_id,
            "expires_in": 14398,
        }
        assert exchange(oauth, code) == Refusal(400, "Invalid authorization code")

    def test_the_code_is_good_for_ten_minutes_and_one_redirect_uri(self, oauth: OAuth) -> None:
        code = consent(oauth)
        assert exchange(oauth, code, redirect_uri="http://evil.example") == Refusal(
            400, "Parameter redirect_uri does not match registered URI"
        )
        assert exchange(oauth, code, now=600.0) == Refusal(400, "Invalid authorization code")
        assert "access_token" in granted(exchange(oauth, code, now=599.9))

    @pytest.mark.parametrize(
        ("wrong", "message"),
        [
            ({"client_id": ""}, "missing client id"),
            ({"response_type": "x"}, "invalid response type"),
            ({"redirect_uri": "javascript:alert(1)"}, "missing or invalid redirect URI"),
            ({"scope": "user:bot user:boot"}, "invalid scope requested: 'user:boot'"),
        ],
    )
    def test_a_broken_request_shows_no_page(self, oauth: OAuth, wrong: dict[str, str], message: str) -> None:
        request = {"response_type": "code", "client_id": "abc", "redirect_uri": REDIRECT, "scope": ""}
        assert oauth.ask({**request, **wrong}) == Refusal(400, message)


class TestDeviceCode:
    @pytest.fixture
    def device(self, oauth: OAuth) -> dict[str, Any]:
        return granted(
            oauth.start_device({"client_id": "abc", "scopes": "user:bot"}, 0.0, activation_url="http://h/activate")
        )

    def poll(self, oauth: OAuth, device: dict[str, Any], now: float, **more: str) -> dict[str, object] | Refusal:
        request = {"client_id": "abc", "grant_type": DEVICE_GRANT, "device_code": device["device_code"], **more}
        return oauth.token(request, now)

    def answer(self, oauth: OAuth, device: dict[str, Any], name: str | None, now: float = 1.0) -> None:
        waiting = oauth.device(device["user_code"].lower(), now)
        assert waiting is not None
        oauth.decide_device(waiting, name)

    def test_it_starts_with_a_code_for_the_person(self, device: dict[str, Any]) -> None:
        assert (device["expires_in"], device["interval"]) == (1800, 5)
        assert len(device["user_code"]) == 8
        assert device["verification_uri"] == f"http://h/activate?public=true&device-code={device['user_code']}"

    def test_a_client_without_secret_gets_a_pair_once_its_person_said_yes(
        self, oauth: OAuth, device: dict[str, Any]
    ) -> None:
        assert self.poll(oauth, device, 5.0) == Refusal(400, "authorization_pending")
        self.answer(oauth, device, "Bob")
        assert granted(self.poll(oauth, device, 10.0))["scope"] == ["user:bot"]
        assert self.poll(oauth, device, 15.0) == Refusal(400, "invalid device code")

    def test_polling_faster_than_the_interval_is_told_to_slow_down(self, oauth: OAuth, device: dict[str, Any]) -> None:
        assert self.poll(oauth, device, 0.0) == Refusal(400, "authorization_pending")
        assert self.poll(oauth, device, 1.0) == Refusal(400, "slow_down")
        assert self.poll(oauth, device, 5.9) == Refusal(400, "authorization_pending")

    def test_an_answer_never_waits_for_the_interval(self, oauth: OAuth, device: dict[str, Any]) -> None:
        self.poll(oauth, device, 0.0)
        self.answer(oauth, device, "Bob")
        assert "access_token" in granted(self.poll(oauth, device, 0.1))

    def test_a_no_ends_it(self, oauth: OAuth, device: dict[str, Any]) -> None:
        self.answer(oauth, device, None)
        assert self.poll(oauth, device, 5.0) == Refusal(400, "access_denied")
        assert self.poll(oauth, device, 10.0) == Refusal(400, "invalid device code")

    def test_it_ends_after_half_an_hour(self, oauth: OAuth, device: dict[str, Any]) -> None:
        assert oauth.device(device["user_code"], 1800.0) is None
        assert self.poll(oauth, device, 1800.0) == Refusal(400, "invalid device code")

    def test_another_clients_device_is_nobodys(self, oauth: OAuth, device: dict[str, Any]) -> None:
        assert self.poll(oauth, device, 5.0, client_id="xyz") == Refusal(400, "invalid device code")


class TestRefresh:
    def test_the_old_refresh_token_is_spent_and_the_old_access_token_lives_on(self, oauth: OAuth) -> None:
        first = granted(exchange(oauth, consent(oauth)))
        second = granted(refresh(oauth, first["refresh_token"], 60.0))
        assert second["refresh_token"] != first["refresh_token"]
        assert second["scope"] == first["scope"]
        assert refresh(oauth, first["refresh_token"], 61.0) == INVALID_REFRESH_TOKEN
        for token in (first["access_token"], second["access_token"]):
            assert isinstance(oauth.identify(f"Bearer {token}", "abc", 62.0), Caller)

    def test_without_rotation_a_client_with_a_secret_keeps_it(self) -> None:
        oauth = OAuth(Random(1), rotate=False)
        first = granted(exchange(oauth, consent(oauth)))
        for now in (1.0, 2.0):
            assert granted(refresh(oauth, first["refresh_token"], now))["refresh_token"] == first["refresh_token"]

    def test_a_public_client_uses_each_refresh_token_once_within_30_days(self) -> None:
        oauth = OAuth(Random(1), clients={"app": None}, rotate=False)
        token = "refresh-7"
        for _ in range(3):
            spent, token = token, granted(refresh(oauth, token, 0.0, client_id="app"))["refresh_token"]
            assert refresh(oauth, spent, 0.0, client_id="app") == INVALID_REFRESH_TOKEN
        assert refresh(oauth, token, 30 * 86400.0, client_id="app") == INVALID_REFRESH_TOKEN

    def test_a_client_with_a_secret_must_show_it(self, oauth: OAuth) -> None:
        pair = granted(exchange(oauth, consent(oauth)))
        assert refresh(oauth, pair["refresh_token"], client_id="abc") == Refusal(400, "missing client secret")

    def test_another_clients_refresh_token_is_invalid(self, oauth: OAuth) -> None:
        pair = granted(exchange(oauth, consent(oauth)))
        other = {"client_id": "xyz", "client_secret": "s"}
        assert refresh(oauth, pair["refresh_token"], 0.0, **other) == INVALID_REFRESH_TOKEN

    def test_one_refresh_token_feeds_fifty_access_tokens(self, oauth: OAuth) -> None:
        pair = granted(exchange(oauth, consent(oauth)))
        access = [pair["access_token"]]
        for _ in range(50):
            pair = granted(refresh(oauth, pair["refresh_token"]))
            access.append(pair["access_token"])
        living = [not isinstance(oauth.validate(f"OAuth {token}", 0.0), Refusal) for token in access]
        assert living == [False] + [True] * 50

    def test_access_tokens_expire_on_the_clock(self) -> None:
        oauth = OAuth(Random(1), lifetimes=Lifetimes(user_seconds=10.0))
        token = granted(exchange(oauth, consent(oauth)))["access_token"]
        assert isinstance(oauth.identify(f"Bearer {token}", "abc", 9.9), Caller)
        assert oauth.identify(f"Bearer {token}", "abc", 10.0) == Refusal(401, "Invalid OAuth token", "Unauthorized")


class TestHelixHeaders:
    @pytest.mark.parametrize(
        ("authorization", "client_id", "message"),
        [
            (None, "abc", "OAuth token is missing"),
            ("OAuth user-1", "abc", "OAuth token is missing"),
            ("Bearer user-1", None, "Client ID is missing"),
            ("Bearer " + "a" * 30, "abc", "Invalid OAuth token"),
        ],
    )
    def test_a_bad_header_is_a_401(
        self, oauth: OAuth, authorization: str | None, client_id: str | None, message: str
    ) -> None:
        assert oauth.identify(authorization, client_id, 0) == Refusal(401, message, "Unauthorized")

    def test_the_client_id_must_be_the_tokens(self, oauth: OAuth) -> None:
        assert oauth.identify(f"Bearer {app_token(oauth)}", "xyz", 0) == Refusal(
            401, "Client ID and OAuth token do not match", "Unauthorized"
        )


class TestRevoke:
    def test_a_revoked_token_is_dead(self, oauth: OAuth) -> None:
        token = app_token(oauth)
        assert oauth.revoke({"client_id": "abc", "token": token}, 0) is None
        assert oauth.validate(f"OAuth {token}", 0) == INVALID_TOKEN
        assert oauth.revoke({"client_id": "abc", "token": token}, 0) == Refusal(400, "Invalid token")

    def test_an_unlisted_client_does_not_exist(self) -> None:
        oauth = OAuth(Random(1), clients={"abc": "s3cret"})
        assert oauth.revoke({"client_id": "xyz", "token": "user-1"}, 0) == Refusal(404, "client does not exist")

    def test_a_named_token_can_be_revoked_too(self, oauth: OAuth) -> None:
        assert oauth.revoke({"client_id": "abc", "token": "user-1"}, 0) is None
        assert oauth.validate("OAuth user-1", 0) == INVALID_TOKEN


class TestNamedTokens:
    def test_it_is_that_users_with_every_scope(self, oauth: OAuth) -> None:
        app_token(oauth)
        assert oauth.validate("OAuth user-123", 0.0) == {
            "client_id": "abc",
            "login": "user_123",
            "scopes": sorted(ALL_SCOPES),
            "user_id": "123",
            "expires_in": 4 * 3600,
        }

    @pytest.mark.parametrize(
        ("access", "refresh_token"),
        [
            ("user-123", "refresh-123"),
            ("STREAMER_TOKEN", "STREAMER_REFRESH"),
            ("ACCESS_TOKEN", "REFRESH_TOKEN"),
            ("my-bot", "my-bot-refresh"),
        ],
    )
    def test_its_twin_refreshes_the_same_user(self, oauth: OAuth, access: str, refresh_token: str) -> None:
        user = granted(oauth.validate(f"OAuth {access}", 0.0))["user_id"]
        renewed = granted(refresh(oauth, refresh_token))["access_token"]
        assert granted(oauth.validate(f"OAuth {renewed}", 0.0))["user_id"] == user
        assert refresh(oauth, refresh_token) == INVALID_REFRESH_TOKEN

    def test_two_simulators_agree_on_who_it_is(self) -> None:
        users = [granted(OAuth(Random(n)).validate("OAuth STREAMER_TOKEN", 0.0)) for n in range(2)]
        assert users[0]["login"] == "streamer"
        assert users[0] == users[1]

    def test_it_expires_from_when_it_was_first_seen(self, oauth: OAuth) -> None:
        assert granted(oauth.validate("OAuth user-1", 1000.0))["expires_in"] == 14400
        assert granted(oauth.validate("OAuth user-1", 1060.0))["expires_in"] == 14340
        assert oauth.validate("OAuth user-1", 1000.0 + 14400) == INVALID_TOKEN

    def test_showing_it_grants_its_client_everything(self, oauth: OAuth) -> None:
        app_token(oauth)
        oauth.validate("OAuth user-1", 0.0)
        oauth.identify("Bearer user-2", "abc", 0.0)
        grants = [oauth.tokens.granted(ClientId("abc"), user_id) for user_id in ("1", "2")]
        assert [grant.scopes for grant in grants if grant] == [ALL_SCOPES, ALL_SCOPES]

    def test_it_serves_every_client(self, oauth: OAuth) -> None:
        callers = [oauth.identify("Bearer user-1", client, 0.0) for client in ("abc", "xyz")]
        assert [caller.client_id for caller in callers if isinstance(caller, Caller)] == ["abc", "xyz"]


class TestDisconnect:
    def test_every_token_of_the_user_dies_for_that_client_alone(self, oauth: OAuth) -> None:
        pair = granted(exchange(oauth, consent(oauth, "user_5")))
        oauth.identify("Bearer user-5", "abc", 0.0)
        oauth.identify("Bearer user-5", "xyz", 0.0)
        ended = oauth.disconnect("5", "abc")
        assert [(grant.client_id, grant.user_id) for grant in ended] == [("abc", "5")]
        for token in (pair["access_token"], "user-5"):
            assert isinstance(oauth.identify(f"Bearer {token}", "abc", 0.0), Refusal)
        assert isinstance(oauth.identify("Bearer user-5", "xyz", 0.0), Caller)
        assert oauth.tokens.was_disconnected(ClientId("abc"), "5")
        assert oauth.disconnect("5", "abc") == ()

    def test_it_names_every_client_that_lost_the_user(self, oauth: OAuth) -> None:
        for client in ("abc", "xyz"):
            oauth.identify("Bearer user-5", client, 0.0)
        assert [grant.client_id for grant in oauth.disconnect("5")] == ["abc", "xyz"]

    @pytest.mark.parametrize("named", [True, False])
    def test_refreshing_afterwards_is_a_401(self, oauth: OAuth, named: bool) -> None:
        pair = granted(exchange(oauth, consent(oauth, "user_5")))
        oauth.disconnect("5")
        token = "refresh-5" if named else pair["refresh_token"]
        assert refresh(oauth, token) == Refusal(401, "Invalid refresh token", "Unauthorized")

    def test_a_new_yes_mends_it(self, oauth: OAuth) -> None:
        exchange(oauth, consent(oauth, "user_5"))
        oauth.disconnect("5")
        token = granted(exchange(oauth, consent(oauth, "user_5")))["access_token"]
        assert isinstance(oauth.identify(f"Bearer {token}", "abc", 0.0), Caller)
        assert not oauth.tokens.was_disconnected(ClientId("abc"), "5")


class TestGrants:
    def test_scopes_of_several_authorizations_add_up(self, oauth: OAuth) -> None:
        exchange(oauth, consent(oauth, "user_5", "user:bot"))
        exchange(oauth, consent(oauth, "user_5", "chat:read"))
        grant = oauth.tokens.granted(ClientId("abc"), "5")
        assert grant is not None
        assert grant.scopes == {"user:bot", "chat:read"}

    def test_nobody_has_granted_anything_at_first(self, oauth: OAuth) -> None:
        assert oauth.tokens.granted(ClientId("abc"), "5") is None
        assert not oauth.tokens.was_disconnected(ClientId("abc"), "5")


class TestExpireNow:
    def test_a_users_access_tokens_expire_and_their_refresh_token_mends_it(self, oauth: OAuth) -> None:
        pair = granted(exchange(oauth, consent(oauth, "user_5")))
        oauth.identify("Bearer user-5", "abc", 0.0)
        oauth.identify("Bearer user-6", "abc", 0.0)
        assert oauth.expire(1.0, "5") == 2
        assert oauth.validate("OAuth user-5", 1.0) == INVALID_TOKEN
        assert oauth.validate(f"OAuth {pair['access_token']}", 1.0) == INVALID_TOKEN
        assert "user_id" in granted(oauth.validate("OAuth user-6", 1.0))
        assert "access_token" in granted(refresh(oauth, pair["refresh_token"], 1.0))

    def test_without_a_user_the_tokens_of_apps_expire_too(self, oauth: OAuth) -> None:
        tokens = [app_token(oauth), "user-5"]
        oauth.identify("Bearer user-5", "abc", 0.0)
        assert oauth.expire(1.0) == 2
        assert [oauth.validate(f"OAuth {token}", 1.0) for token in tokens] == [INVALID_TOKEN, INVALID_TOKEN]


def test_no_token_shows_in_a_repr(oauth: OAuth) -> None:
    pair = oauth.tokens.issue_pair(ClientId("abc"), oauth.people.by_id("5"), frozenset({"user:bot"}), 0.0, public=False)
    family = oauth.tokens.family(ClientId("abc"), pair.refresh_token, 0.0, public=False)
    shown = repr((pair, family, oauth.tokens.find(pair.access.text, ClientId("abc"), 0.0), oauth))
    assert pair.access.text not in shown
    assert pair.refresh_token not in shown
