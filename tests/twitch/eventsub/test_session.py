"""What a session does with each thing that can happen to it, in virtual time."""

import json
from typing import Any

import pytest

from twitch.eventsub.close_codes import CLOSE_CODES, LossReason
from twitch.eventsub.outcomes import (
    Disturbance,
    DisturbanceKind,
    Lost,
    Notification,
    ReconnectRequested,
    ReplacementNeeded,
    Revocation,
    Welcomed,
)
from twitch.eventsub.session import Session, SessionOptions
from twitch.eventsub.stimuli import (
    AbortSocket,
    CloseAsked,
    Closed,
    CloseSocket,
    DeadlineReached,
    FrameReceived,
    Instruction,
    Opened,
    OpenFailed,
    OpenSocket,
    Started,
    Stimulus,
)
from twitch.ids import MessageId, SessionId

URL = "wss://eventsub.wss.twitch.tv/ws?keepalive_timeout_seconds=30"
NEW_URL = "wss://cell-a.eventsub.wss.twitch.tv/ws?challenge=c%2F1&id=s1"
NEWER_URL = "wss://cell-b.eventsub.wss.twitch.tv/ws?challenge=c2&id=s1"
OPTIONS = SessionOptions()


def frame(kind: str, payload: Any, message_id: str = "id", **metadata: Any) -> bytes:
    known = {"message_id": message_id, "message_type": kind, "message_timestamp": "2022-11-16T10:11:12.464757833Z"}
    return json.dumps({"metadata": known | metadata, "payload": payload}).encode()


def welcome(session_id: str = "s1", keepalive: Any = 30) -> bytes:
    return frame("session_welcome", {"session": {"id": session_id, "keepalive_timeout_seconds": keepalive}})


def reconnect(url: Any = NEW_URL) -> bytes:
    return frame("session_reconnect", {"session": {"id": "s1", "reconnect_url": url}})


def notification(number: int) -> bytes:
    return frame(
        "notification", {"event": {"n": number}}, f"m{number}", subscription_type="a.b", subscription_version="1"
    )


def delivered(number: int) -> Notification:
    payload = f'{{"event": {{"n": {number}}}}}'.encode()
    return Notification(MessageId(f"m{number}"), "a.b", "1", "2022-11-16T10:11:12.464757833Z", payload)


KEEPALIVE = frame("session_keepalive", {})
WELCOMED = Welcomed(SessionId("s1"), reconnected=False, keepalive_seconds=30.0)
RECONNECTED = Welcomed(SessionId("s1"), reconnected=True, keepalive_seconds=30.0)


class Play:
    """A session and a clock that starts at 1,000 s."""

    def __init__(self, options: SessionOptions = OPTIONS, url: str = URL) -> None:
        self.session = Session(url, options)
        self.now = 1000.0

    def __call__(self, *stimuli: Stimulus) -> list[Instruction]:
        return [i for stimulus in stimuli for i in self.session.handle(stimulus, self.now)]

    def frame(self, socket: int, data: bytes) -> list[Instruction]:
        return self(FrameReceived(socket, data))

    def wait(self) -> list[Instruction]:
        """Let the time pass up to the deadline."""
        assert self.session.deadline is not None
        assert self(DeadlineReached()) == [], "nothing happens before its time"
        self.now = self.session.deadline
        return self(DeadlineReached())

    def due_in(self) -> float | None:
        deadline = self.session.deadline
        return None if deadline is None else round(deadline - self.now, 6)


@pytest.fixture
def fresh() -> Play:
    return Play()


@pytest.fixture
def live() -> Play:
    play = Play()
    play(Started(), Opened(1), FrameReceived(1, welcome()))
    return play


@pytest.fixture
def reconnecting(live: Play) -> Play:
    live.frame(1, reconnect())
    return live


# -- from cold to live ----------------------------------------------------------------------------------------------


def test_it_opens_the_url_it_was_given_and_tells_the_welcome(fresh: Play) -> None:
    assert fresh.session.deadline is None
    assert fresh(Started()) == [OpenSocket(1, URL)]
    assert fresh.due_in() == OPTIONS.open_seconds
    fresh.now += 3
    assert fresh(Opened(1)) == []
    assert fresh.due_in() == OPTIONS.welcome_seconds
    assert fresh.frame(1, welcome()) == [WELCOMED]
    assert fresh.due_in() == 30 + OPTIONS.keepalive_slack_seconds
    assert fresh.session.session_id == "s1"


def test_a_socket_that_cannot_be_opened_ends_the_session(fresh: Play) -> None:
    fresh(Started())
    assert fresh(OpenFailed(1, "no route\n to host")) == [Lost(LossReason.UNREACHABLE, None, "no route? to host")]
    assert fresh.session.deadline is None


def test_a_socket_that_does_not_open_in_time_is_aborted(fresh: Play) -> None:
    fresh(Started())
    text = "not open within 10 s"
    assert fresh.wait() == [AbortSocket(1, text), Lost(LossReason.UNREACHABLE, None, text)]


def test_without_a_welcome_in_time_the_socket_is_closed_and_the_session_over(fresh: Play) -> None:
    fresh(Started(), Opened(1))
    assert fresh.wait() == [CloseSocket(1, 1000)], "no replacement: the next would fare no better at once"
    assert fresh(Closed(1, 1000)) == [Lost(LossReason.NO_WELCOME, None, "no welcome within 10 s")]


def test_a_welcome_without_a_session_id_is_none(fresh: Play) -> None:
    fresh(Started(), Opened(1))
    payloads: list[Any] = [{}, {"session": None}, {"session": {}}, {"session": {"id": ""}}, {"session": {"id": 5}}, []]
    payloads.append({"session": {"id": "x" * 513}})
    for payload in payloads:
        [disturbance] = fresh.frame(1, frame("session_welcome", payload))
        assert isinstance(disturbance, Disturbance)
        assert disturbance.kind is DisturbanceKind.MISSING_FIELD
    assert fresh.frame(1, welcome()) == [WELCOMED]


@pytest.mark.parametrize(
    ("told", "taken"),
    [
        *((10, 10.0), (600, 600.0), (0.25, 0.25), (10**400, 600.0), (1e300, 600.0), (601, 600.0)),
        *((told, 10.0) for told in (None, 0, -5, "30", True, [1], {"a": 1})),
    ],
)
def test_the_keepalive_timeout_is_the_welcomes_within_reason(fresh: Play, told: object, taken: float) -> None:
    fresh(Started(), Opened(1))
    assert fresh.frame(1, welcome(keepalive=told)) == [Welcomed(SessionId("s1"), False, taken)]


# -- liveness -------------------------------------------------------------------------------------------------------


def test_silence_closes_the_socket_and_asks_for_a_replacement_at_once(live: Play) -> None:
    text = "neither event nor keepalive for 32.0 s"
    assert live.wait() == [CloseSocket(1, 1000), ReplacementNeeded(text)]
    assert live.frame(1, notification(1)) == [delivered(1)], "a late event is an event"
    assert live(Closed(1, 1000)) == [Lost(LossReason.SILENCE, None, text)]


def test_a_silent_peer_that_does_not_answer_the_close_is_aborted(live: Play) -> None:
    live.wait()
    assert live.due_in() == OPTIONS.close_seconds
    abort, lost = live.wait()
    assert abort == AbortSocket(1, "no answer to our close within 2 s")
    assert isinstance(lost, Lost)
    assert lost.reason is LossReason.SILENCE


@pytest.mark.parametrize("sign", [KEEPALIVE, notification(1)])
def test_keepalives_and_notifications_are_signs_of_life(live: Play, sign: bytes) -> None:
    live.now += 31
    live.frame(1, sign)
    assert live.due_in() == 32


@pytest.mark.parametrize("frame", [b"?", reconnect("?"), welcome(), frame("revocation", {}), frame("new_type", {})])
def test_nothing_else_is(live: Play, frame: bytes) -> None:
    live.now += 31
    live.frame(1, frame)
    assert live.due_in() == 1


# -- events ---------------------------------------------------------------------------------------------------------


def test_a_notification_is_delivered_as_often_as_it_is_read(live: Play) -> None:
    assert live.frame(1, notification(1)) == [delivered(1)]
    assert live.frame(1, notification(1)) == [delivered(1)]


def test_a_revocation_carries_its_payload(live: Play) -> None:
    data = frame("revocation", {"subscription": {"status": "user_removed"}}, "r1", subscription_type="a.b")
    [revocation] = live.frame(1, data)
    assert revocation == Revocation(
        MessageId("r1"), "a.b", "", "2022-11-16T10:11:12.464757833Z", b'{"subscription": {"status": "user_removed"}}'
    )


def test_an_event_before_the_welcome_is_odd_and_delivered(fresh: Play) -> None:
    fresh(Started(), Opened(1))
    assert fresh.frame(1, notification(1)) == [
        Disturbance(DisturbanceKind.BEFORE_WELCOME, "notification"),
        delivered(1),
    ]


def test_frames_that_make_no_sense_are_counted_and_passed_over(live: Play) -> None:
    odd = {
        b"": DisturbanceKind.NOT_JSON,
        b"[]": DisturbanceKind.NOT_AN_OBJECT,
        b"{}": DisturbanceKind.NO_METADATA,
        b"\xff": DisturbanceKind.NOT_UTF8,
        welcome("s2"): DisturbanceKind.UNEXPECTED_WELCOME,
        frame("session_hug", {}): DisturbanceKind.UNKNOWN_MESSAGE_TYPE,
        frame("notification", {}, ""): DisturbanceKind.MISSING_FIELD,
        frame("notification", {}, "m"): DisturbanceKind.MISSING_FIELD,
        frame("notification", [], "m", subscription_type="a.b"): DisturbanceKind.MISSING_FIELD,
        frame("revocation", {}): DisturbanceKind.MISSING_FIELD,
    }
    for data, kind in odd.items():
        [disturbance] = live.frame(1, data)
        assert isinstance(disturbance, Disturbance)
        assert (disturbance.kind, len(disturbance.detail) <= 200) == (kind, True)
    assert sum(live.session.disturbances.values()) == len(odd)
    assert live.session.disturbances[DisturbanceKind.MISSING_FIELD] == 4
    assert live.session.session_id == "s1"
    assert live.frame(1, notification(1)) == [delivered(1)]


def test_a_payload_that_is_not_utf8_is_kept_from_those_who_would_choke_on_it(live: Play) -> None:
    broken = notification(1).replace(b'"n"', b'"\xff"')
    assert live.frame(1, broken) == [Disturbance(DisturbanceKind.NOT_UTF8, f"{len(broken)} bytes")]


def test_what_is_missing_is_said(live: Play) -> None:
    [disturbance] = live.frame(1, frame("notification", None, ""))
    assert disturbance == Disturbance(
        DisturbanceKind.MISSING_FIELD, "notification without message_id, subscription_type, payload (an object)"
    )


# -- a requested reconnect ------------------------------------------------------------------------------------------


def test_reconnect_makes_before_it_breaks(live: Play) -> None:
    assert live.frame(1, reconnect()) == [ReconnectRequested(NEW_URL), OpenSocket(2, NEW_URL)]
    assert live.frame(1, notification(1)) == [delivered(1)]
    live(Opened(2))
    assert live.frame(1, notification(2)) == [delivered(2)]
    assert live.frame(2, welcome()) == [RECONNECTED]
    # Both are read from here on; the old one until it has been quiet.
    live.now += 1.5
    assert live.frame(2, notification(3)) == [delivered(3)]
    assert live.frame(1, notification(4)) == [delivered(4)]
    assert live.due_in() == OPTIONS.quiet_seconds
    live.now += 0.5
    assert live.frame(1, KEEPALIVE) == []
    assert live.due_in() == OPTIONS.quiet_seconds - 0.5, "a keepalive is no event"
    assert live.wait() == [CloseSocket(1, 1000)]
    assert live.frame(1, notification(5)) == [delivered(5)], "written before the peer saw our close"
    assert live(Closed(1, 1000)) == []
    assert live.frame(1, notification(6)) == []
    assert live.due_in() == 30 + OPTIONS.keepalive_slack_seconds - 2, "the new one lives on"


def test_an_old_socket_that_never_falls_quiet_is_closed_all_the_same(reconnecting: Play) -> None:
    reconnecting(Opened(2), FrameReceived(2, welcome()))
    taken_over = reconnecting.now
    while not (out := reconnecting(DeadlineReached())):
        reconnecting.now += 0.5
        reconnecting.frame(1, notification(1))
    assert out == [CloseSocket(1, 1000)]
    assert reconnecting.now - taken_over == OPTIONS.drain_seconds_max


def test_a_changed_session_id_is_told(reconnecting: Play) -> None:
    out = reconnecting(Opened(2), FrameReceived(2, welcome("s2", keepalive=None)))
    assert out == [Welcomed(SessionId("s2"), reconnected=True, keepalive_seconds=30.0)]
    assert reconnecting.session.session_id == "s2"


def test_4004_on_the_old_socket_after_the_takeover_means_nothing(reconnecting: Play) -> None:
    reconnecting(Opened(2), FrameReceived(2, welcome()))
    assert reconnecting(Closed(1, 4004)) == []
    assert reconnecting.frame(2, notification(1)) == [delivered(1)]


@pytest.mark.parametrize(
    "url", [None, "", 5, "wss://evil.example/ws", "ws://eventsub.wss.twitch.tv/ws", "wss://[::1/", "x" * 5000]
)
def test_a_url_that_leads_elsewhere_is_refused_and_the_old_socket_is_read_on(live: Play, url: Any) -> None:
    told, replacement = live.frame(1, reconnect(url))
    assert isinstance(told, ReconnectRequested)
    assert isinstance(replacement, ReplacementNeeded)
    assert live.frame(1, notification(1)) == [delivered(1)]
    assert live(Closed(1, 4004)) == [Lost(LossReason.RECONNECT_EXPIRED, 4004, "Reconnect grace time expired")]


def test_reconnects_that_fail_ask_for_a_replacement_once(live: Play) -> None:
    live.frame(1, reconnect())
    assert live(OpenFailed(2, "refused")) == [ReplacementNeeded("the requested reconnect failed: refused")]
    assert live.frame(1, reconnect()) == [ReconnectRequested(NEW_URL)], "only told: the replacement is on its way"
    assert live.frame(1, notification(1)) == [delivered(1)]
    assert live(Closed(1, 4004)) == [Lost(LossReason.RECONNECT_EXPIRED, 4004, "Reconnect grace time expired")]


def test_a_reconnect_that_closes_4007(reconnecting: Play) -> None:
    out = reconnecting(Opened(2), Closed(2, 4007))
    assert out == [ReplacementNeeded("the requested reconnect failed: Invalid reconnect")]
    assert reconnecting.frame(1, KEEPALIVE) == []
    assert reconnecting.frame(1, notification(1)) == [delivered(1)]


def test_a_reconnect_without_a_welcome(reconnecting: Play) -> None:
    reconnecting(Opened(2))
    out = reconnecting.wait()
    assert out == [
        CloseSocket(2, 1000),
        ReplacementNeeded("the requested reconnect failed: no welcome within 10 s"),
    ]
    assert reconnecting.frame(2, welcome()) == [], "too late"
    assert reconnecting.frame(1, notification(1)) == [delivered(1)]
    assert reconnecting(Closed(2, 1000)) == []


def test_a_reconnect_that_does_not_open(reconnecting: Play) -> None:
    text = "not open within 10 s"
    assert reconnecting.wait() == [
        AbortSocket(2, text),
        ReplacementNeeded(f"the requested reconnect failed: {text}"),
    ]


def test_a_second_request_waits_for_what_becomes_of_the_first(reconnecting: Play) -> None:
    assert reconnecting.frame(1, reconnect(NEWER_URL)) == [ReconnectRequested(NEWER_URL)]
    assert reconnecting(OpenFailed(2, "refused")) == [OpenSocket(3, NEWER_URL)]
    assert reconnecting(Opened(3), FrameReceived(3, welcome())) == [RECONNECTED]


def test_a_second_request_is_moot_once_the_first_succeeds(reconnecting: Play) -> None:
    reconnecting.frame(1, reconnect(NEWER_URL))
    assert reconnecting(Opened(2), FrameReceived(2, welcome())) == [RECONNECTED]
    [disturbance] = reconnecting.frame(1, reconnect(NEWER_URL))
    assert disturbance == Disturbance(DisturbanceKind.UNEXPECTED_RECONNECT, "socket 1 is draining")
    assert reconnecting.frame(2, reconnect(NEWER_URL))[1] == OpenSocket(3, NEWER_URL), "the new one may be asked"


def test_requests_that_fail_in_a_row_have_an_end(live: Play) -> None:
    live.frame(1, reconnect())
    out: list[Instruction] = []
    for number in range(2, 20):
        live.frame(1, reconnect())
        out += live(OpenFailed(number, "refused"))
    assert out == [
        OpenSocket(3, NEW_URL),
        OpenSocket(4, NEW_URL),
        ReplacementNeeded("the requested reconnect failed: refused"),
    ]


def test_a_reconnect_that_succeeds_wipes_the_slate_clean(reconnecting: Play) -> None:
    reconnecting.frame(1, reconnect(NEWER_URL))
    reconnecting(OpenFailed(2, "refused"))
    reconnecting.frame(1, reconnect(NEW_URL))
    reconnecting(Opened(3), FrameReceived(3, welcome()))
    # Failures are counted anew, and what the old socket asked for in vain is forgotten.
    reconnecting.frame(3, reconnect(NEW_URL))
    reconnecting.frame(3, reconnect(NEWER_URL))
    assert reconnecting(OpenFailed(4, "refused")) == [OpenSocket(5, NEWER_URL)]
    reconnecting.frame(3, reconnect(NEWER_URL))
    assert reconnecting(OpenFailed(5, "refused")) == [OpenSocket(6, NEWER_URL)]
    assert reconnecting(OpenFailed(6, "refused")) == [ReplacementNeeded("the requested reconnect failed: refused")]


def test_a_request_that_a_success_made_moot_is_not_tried_later(reconnecting: Play) -> None:
    reconnecting.frame(1, reconnect(NEWER_URL))
    reconnecting(Opened(2), FrameReceived(2, welcome()))
    reconnecting.frame(2, reconnect(NEW_URL))
    assert reconnecting(OpenFailed(3, "refused")) == [ReplacementNeeded("the requested reconnect failed: refused")]


def test_a_storm_of_reconnects_has_a_bounded_number_of_sockets() -> None:
    play = Play(SessionOptions(sockets_max=3))
    play(Started(), Opened(1), FrameReceived(1, welcome()))
    aborted = []
    for number in range(1, 10):
        play.frame(number, reconnect())
        aborted += [i for i in play.frame(number, reconnect()) if isinstance(i, AbortSocket)]
        play(Opened(number + 1), FrameReceived(number + 1, welcome()))
    assert repr(play.session) == "<Session s1 sockets: 8 draining, 9 draining, 10 live>"


def test_when_the_old_socket_ends_first_the_reconnect_still_saves_the_session(reconnecting: Play) -> None:
    assert reconnecting(Closed(1, 4004)) == []
    assert reconnecting(Opened(2), FrameReceived(2, welcome())) == [RECONNECTED]


def test_when_the_old_socket_ends_and_then_the_reconnect_fails_the_session_is_lost(reconnecting: Play) -> None:
    reconnecting(Closed(1, 1006))
    assert reconnecting(OpenFailed(2, "refused")) == [
        Lost(LossReason.RECONNECT_FAILED, None, "the requested reconnect failed: refused")
    ]


def test_a_loss_while_the_old_socket_drains_asks_for_a_replacement_and_reads_on(reconnecting: Play) -> None:
    reconnecting(Opened(2), FrameReceived(2, welcome()))
    assert reconnecting(Closed(2, 4006, "network")) == [ReplacementNeeded("network")]
    assert reconnecting.frame(1, notification(1)) == [delivered(1)]
    assert reconnecting.wait() == [CloseSocket(1, 1000)]
    assert reconnecting(Closed(1, 1000)) == [Lost(LossReason.NETWORK_ERROR, 4006, "network")]


# -- ends -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [*CLOSE_CODES, 4999, 3000, 0])
def test_every_close_code_ends_the_session_with_its_reason(live: Play, code: int) -> None:
    [lost] = live(Closed(1, code))
    assert isinstance(lost, Lost)
    known = CLOSE_CODES.get(code)
    assert lost.code == code
    assert lost.reason is (known.reason if known else LossReason.UNKNOWN_CODE)
    assert lost.text == (known.name if known else "Unknown code")
    assert live.session.over


def test_an_orderly_end_reads_every_socket_to_its_close(reconnecting: Play) -> None:
    reconnecting(Opened(2), FrameReceived(2, welcome()))
    assert reconnecting(CloseAsked()) == [CloseSocket(1, 1000), CloseSocket(2, 1000)]
    assert reconnecting.frame(1, notification(1)) == [delivered(1)]
    assert reconnecting(Closed(1, 1000)) == []
    assert reconnecting.frame(2, notification(2)) == [delivered(2)]
    assert reconnecting(CloseAsked()) == []
    assert reconnecting(Closed(2, 1006)) == [Lost(LossReason.CLOSED_BY_US, 1000, "closed by us")]


def test_closing_gives_up_what_is_still_opening(reconnecting: Play) -> None:
    assert reconnecting(CloseAsked()) == [CloseSocket(1, 1000), CloseSocket(2, 1000)]
    assert reconnecting(Opened(2)) == []
    assert reconnecting(OpenFailed(2, "given up"), Closed(1, 1000)) == [
        Lost(LossReason.CLOSED_BY_US, 1000, "closed by us")
    ]


def test_closing_before_the_start(fresh: Play) -> None:
    assert fresh(CloseAsked()) == [Lost(LossReason.CLOSED_BY_US, 1000, "closed by us")]
    assert fresh(Started()) == []


def test_after_the_end_nothing_matters(live: Play) -> None:
    live(Closed(1, 1000))
    stimuli: list[Stimulus] = [Started(), Opened(1), OpenFailed(1, ""), FrameReceived(1, notification(1))]
    assert live(*stimuli, Closed(1, 1000), DeadlineReached(), CloseAsked()) == []


# -- what an operator reads -----------------------------------------------------------------------------------------


def test_reprs_say_where_it_stands_and_keep_secrets(reconnecting: Play) -> None:
    assert repr(reconnecting.session) == "<Session s1 sockets: 1 live, 2 opening>"
    assert repr(ReconnectRequested(NEW_URL)) == "ReconnectRequested(to wss://cell-a.eventsub.wss.twitch.tv)"
    assert repr(OpenSocket(2, NEW_URL)) == "OpenSocket(2 at wss://cell-a.eventsub.wss.twitch.tv)"
    assert repr(delivered(1)) == "Notification(a.b v1 m1 2022-11-16T10:11:12.464757833Z 19 B)"
    reconnecting(CloseAsked())
    assert repr(reconnecting.session) == "<Session s1 sockets: 1 closing, 2 closing ending: closed_by_us>"
    assert reconnecting.session.disturbances == {}
