"""A reconnect URL is followed to Twitch's own hosts and nowhere else."""

import pytest

from twitch.eventsub.reconnect_url import why_refused

TWITCH = "wss://eventsub.wss.twitch.tv/ws"


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("wss://eventsub.wss.twitch.tv/ws?challenge=c&id=s", TWITCH),
        ("wss://cell-a.eventsub.wss.twitch.tv/ws?challenge=c&id=s", TWITCH),
        ("wss://a.b.eventsub.wss.twitch.tv", TWITCH),
        ("WSS://Cell-A.EventSub.WSS.Twitch.TV./ws", TWITCH),
        ("wss://eventsub.wss.twitch.tv:8443/ws", TWITCH),
        ("ws://127.0.0.1:4711/ws?id=1", "ws://127.0.0.1:9000/ws"),
        ("ws://[::1]:4711/ws", "ws://[::1]:9000/ws"),
        ("ws://localhost:4711/ws", "ws://localhost/ws"),
    ],
)
def test_followed(url: str, ours: str) -> None:
    assert why_refused(url, ours) is None


@pytest.mark.parametrize(
    ("url", "ours"),
    [
        ("wss://evil.example/ws", TWITCH),
        ("wss://twitch.tv/ws", TWITCH),
        ("wss://wss.twitch.tv/ws", TWITCH),
        ("wss://evileventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://eventsub.wss.twitch.tv.evil.example/ws", TWITCH),
        ("wss://eventsub.wss.twitch.tv..evil.example/ws", TWITCH),
        ("ws://eventsub.wss.twitch.tv/ws", TWITCH),
        ("https://eventsub.wss.twitch.tv/ws", TWITCH),
        ("//eventsub.wss.twitch.tv/ws", TWITCH),
        ("/ws", TWITCH),
        ("wss:///ws", TWITCH),
        ("wss://@eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://eventsub.wss.twitch.tv@evil.example/ws", TWITCH),
        ("wss://user:pass@eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://evil.example\\@eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://evil.example#.eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://evil.example/.eventsub.wss.twitch.tv", TWITCH),
        ("wss://eventsub.wss.twitch.tv:99999/ws", TWITCH),
        ("wss://eventsub.wss.twitch.tv:port/ws", TWITCH),
        ("wss://[::1/ws", TWITCH),
        ("wss://eventsub.wss.twitch.tv/ws\r\nHost: evil.example", TWITCH),
        ("wss://eventsub.wss.twitch.tv/ä", TWITCH),
        (" wss://eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://eventsub.wss.twitch.tv/" + "x" * 4096, TWITCH),
        ("wss://evil.example%2f.eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://evil.example;.eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://evil.example,.eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://.eventsub.wss.twitch.tv/ws", TWITCH),
        ("wss://a..eventsub.wss.twitch.tv/ws", TWITCH),
        ("ws://1.127.0.0.1/ws", "ws://127.0.0.1:9000/ws"),
        ("ws://127.0.0.2/ws", "ws://127.0.0.1:9000/ws"),
        ("ws://evil.localhost/ws", "ws://localhost:9000/ws"),
        (None, TWITCH),
        ("", TWITCH),
        (7, TWITCH),
    ],
)
def test_refused(url: object, ours: str) -> None:
    assert why_refused(url, ours)


def test_other_domains_can_be_allowed() -> None:
    trusted = ("mirror.example", "")
    assert why_refused("wss://mirror.example/ws", TWITCH, trusted) is None
    assert why_refused("wss://a.mirror.example/ws", TWITCH, trusted) is None
    assert why_refused("wss://evilmirror.example/ws", TWITCH, trusted)
    assert why_refused("wss://evil.example%2f.mirror.example/ws", TWITCH, trusted)
    assert why_refused("ws://mirror.example/ws", TWITCH, trusted)
    assert why_refused("wss://10.0.0.1/ws", TWITCH, ("0.0.1",))


def test_a_refusal_is_a_sentence_without_the_secret_in_the_query() -> None:
    sentence = why_refused("wss://evil.example/ws?challenge=c1", TWITCH)
    assert sentence == (
        "the reconnect URL leads to another host than eventsub.wss.twitch.tv or below it: wss://evil.example"
    )
