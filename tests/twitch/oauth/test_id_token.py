"""What an id token must be before it's believed, and each way in which it may not be."""

import base64
import hashlib
import hmac
from typing import Any

import orjson
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from twitch.errors import TokenError
from twitch.oauth.id_token import IdToken, UnknownKey, read_id_token

NOW = 1_800_000_000.0
KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
SAID = {"iss": "https://id", "aud": "id", "sub": "1337", "iat": NOW, "exp": NOW + 900, "nonce": "n", "email": "a@b"}
HEAD = {"alg": "RS256", "kid": "1", "typ": "JWT"}


def encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def keys_of(key: rsa.RSAPrivateKey, kid: str = "1") -> dict[str, Any]:
    numbers = key.public_key().public_numbers()
    texts = {"n": encoded(numbers.n.to_bytes(256)), "e": encoded(numbers.e.to_bytes(3))}
    return {"keys": [{"kid": "0", "kty": "EC"}, {"kid": kid, "kty": "RSA", "alg": "RS256", **texts}]}


def signed(said: Any = SAID, head: Any = HEAD, key: rsa.RSAPrivateKey = KEY) -> str:
    text = f"{encoded(orjson.dumps(head))}.{encoded(orjson.dumps(said))}"
    return f"{text}.{encoded(key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256()))}"


def read(text: str, **changes: Any) -> IdToken:
    given: dict[str, Any] = {"client_id": "id", "issuer": "https://id", "now": NOW, "nonce": "n", **changes}
    return read_id_token(text, given.pop("keys", keys_of(KEY)), **given)


def test_a_genuine_one_says_who_it_is() -> None:
    who = read(signed())
    assert (who.user_id, who.client_id, who.email, who.expires_at) == ("1337", "id", "a@b", NOW + 900)
    assert who.claims["sub"] == "1337"
    assert "a@b" in repr(who)
    assert "nonce" not in repr(who)
    assert read(signed(SAID | {"aud": ["other", "id"]})).user_id == "1337"
    assert read(signed(SAID | {"nonce": None}), nonce=None).nonce is None


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"aud": "other"}, "another client id"),
        ({"aud": None}, "another client id"),
        ({"iss": "https://evil"}, "is from 'https://evil'"),
        ({"exp": NOW - 61}, "has expired"),
        ({"exp": None}, "has no exp"),
        ({"exp": True}, "has no exp"),
        ({"iat": NOW + 61}, "from the future"),
        ({"nonce": "other"}, "nonce differs"),
        ({"nonce": None}, "nonce differs"),
        ({"sub": ""}, "names no user"),
        ({"sub": 1337}, "names no user"),
    ],
)
def test_what_it_says_must_fit(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(TokenError, match=why):
        read(signed(SAID | changes))


def test_clocks_may_differ_a_little() -> None:
    assert read(signed(SAID | {"exp": NOW - 59, "iat": NOW + 59})).user_id == "1337"


def test_the_signature_must_be_twitchs() -> None:
    with pytest.raises(TokenError, match="signature is wrong"):
        read(signed(key=OTHER))
    head, _, signature = signed().split(".")
    with pytest.raises(TokenError, match="signature is wrong"):
        read(f"{head}.{encoded(orjson.dumps(SAID | {'sub': '1'}))}.{signature}")
    with pytest.raises(UnknownKey, match="'9'"):
        read(signed(head=HEAD | {"kid": "9"}))
    with pytest.raises(UnknownKey):
        read(signed(), keys={})


def test_no_other_algorithm_will_do() -> None:
    """Neither none at all, nor a symmetric one whose secret would be the public key that everybody has."""
    unsigned = f"{encoded(orjson.dumps(HEAD | {'alg': 'none'}))}.{encoded(orjson.dumps(SAID))}."
    with pytest.raises(TokenError, match="'none', not RS256"):
        read(unsigned)
    text = f"{encoded(orjson.dumps(HEAD | {'alg': 'HS256'}))}.{encoded(orjson.dumps(SAID))}"
    public = str(keys_of(KEY)["keys"][1]["n"]).encode()
    forged = f"{text}.{encoded(hmac.new(public, text.encode(), hashlib.sha256).digest())}"
    with pytest.raises(TokenError, match="'HS256', not RS256"):
        read(forged)


@pytest.mark.parametrize(
    "text",
    ["", "a.b", "a.b.c.d", "!!.??.%%", "e30.bm8.e30", "bm8.e30.e30", "W10.W10.e30", "a" * 20_000, "é.é.é"],
)
def test_another_text_is_refused_whatever_it_is(text: str) -> None:
    with pytest.raises(TokenError):
        read(text)


@pytest.mark.parametrize("odd", [{"n": 1}, {"n": "!!"}, {"n": "AQ"}, {"e": None}])
def test_a_key_that_is_none_is_refused(odd: dict[str, Any]) -> None:
    keys = keys_of(KEY)
    keys["keys"][1] |= odd
    with pytest.raises(TokenError):
        read(signed(), keys=keys)
