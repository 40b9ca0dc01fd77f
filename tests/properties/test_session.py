"""What holds for a session whatever happens to it, in any order, in valid and in senseless ones."""

from collections import Counter
from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from twitch.eventsub.outcomes import Lost, Notification, Welcomed
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

URL = "wss://eventsub.wss.twitch.tv/ws"


def _metadata(kind: str) -> bytes:
    return b'{"metadata":{"message_type":"' + kind.encode() + b'","message_id":"m"'


NOTIFICATION = _metadata("notification") + b',"subscription_type":"t"},"payload":{"event":{}}}'
RECONNECT = (
    _metadata("session_reconnect") + b'},"payload":{"session":{"reconnect_url":"wss://a.eventsub.wss.twitch.tv/ws"}}}'
)
FRAMES = [
    _metadata("session_welcome") + b'},"payload":{"session":{"id":"s1","keepalive_timeout_seconds":10}}}',
    _metadata("session_welcome") + b'},"payload":{"session":{"id":"s2"}}}',
    _metadata("session_welcome") + b'},"payload":{}}',
    _metadata("session_keepalive") + b'},"payload":{}}',
    NOTIFICATION,
    NOTIFICATION,
    _metadata("notification") + b'},"payload":{}}',
    _metadata("revocation") + b',"subscription_type":"t"},"payload":{}}',
    RECONNECT,
    _metadata("session_reconnect") + b'},"payload":{"session":{"reconnect_url":"wss://evil.example/ws"}}}',
    _metadata("other") + b"}}",
    b"garbage",
]

sockets = st.integers(0, 6)
stimuli = st.one_of(
    st.builds(FrameReceived, sockets, st.sampled_from(FRAMES)),
    st.builds(FrameReceived, sockets, st.sampled_from([FRAMES[0], NOTIFICATION, RECONNECT])),
    st.builds(FrameReceived, sockets, st.sampled_from([FRAMES[0], NOTIFICATION, RECONNECT])),
    st.builds(Opened, sockets),
    st.builds(Opened, sockets),
    st.builds(OpenFailed, sockets, st.text(max_size=5)),
    st.builds(Closed, sockets, st.sampled_from([1000, 1006, 4000, 4003, 4004, 4007, 4999, 0]), st.text(max_size=5)),
    st.just(DeadlineReached()),
    st.just(DeadlineReached()),
    st.just(Started()),
    st.just(CloseAsked()),
)
steps = st.lists(st.tuples(stimuli, st.sampled_from([0.0, 0.1, 1.9, 2.0, 5.0, 12.0, 700.0])), max_size=60)


class Ledger:
    """Runs a session and keeps account of its sockets, as a shell would."""

    def __init__(self, options: SessionOptions) -> None:
        self.options = options
        self.session = Session(URL, options)
        self.now = 0.0
        self.opened: list[int] = []
        self.open: set[int] = set()
        self.closing: set[int] = set()
        self.out: list[Instruction] = []

    def step(self, stimulus: Stimulus) -> None:
        before = self.session.deadline
        out = self.session.handle(stimulus, self.now)
        self.out += out
        if isinstance(stimulus, Closed | OpenFailed):
            self.open.discard(stimulus.socket)
        for instruction in out:
            match instruction:
                case OpenSocket(number):
                    assert number not in self.opened, "no number twice"
                    self.opened.append(number)
                    self.open.add(number)
                case CloseSocket(number):
                    assert number in self.open
                    assert number not in self.closing, "closed once"
                    self.closing.add(number)
                case AbortSocket(number):
                    assert number in self.open
                    self.open.remove(number)
        notifications = [i for i in out if isinstance(i, Notification)]
        if isinstance(stimulus, FrameReceived):
            readable = stimulus.socket in self.open and stimulus.data == NOTIFICATION
            assert len(notifications) == readable, "delivered exactly as often as read"
            if len(out) == 1 and notifications and before is not None:
                after = self.session.deadline
                assert after is not None
                assert after >= before, "an event moves the deadline only to later"
        else:
            assert not notifications
        self.check()

    def check(self) -> None:
        assert len(self.open) <= self.options.sockets_max
        losses = [i for i in self.out if isinstance(i, Lost)]
        assert len(losses) == self.session.over
        if losses:
            assert self.out[-1] is losses[0], "the last word"
            assert not self.open, "not before every socket is closed"
        assert (self.session.deadline is None) == (self.session.over or not self.opened)
        assert self.opened == sorted(self.opened)


def aimed(stimulus: Stimulus, open_sockets: set[int]) -> Stimulus:
    """Aim at a socket that is open, mostly: 5 and 6 stay what they are, the others pick one."""
    if isinstance(stimulus, Started | DeadlineReached | CloseAsked) or stimulus.socket > 4 or not open_sockets:
        return stimulus
    there = sorted(open_sockets)
    return replace(stimulus, socket=there[stimulus.socket % len(there)])


def run(options: SessionOptions, script: list[tuple[Stimulus, float]]) -> Ledger:
    ledger = Ledger(options)
    ledger.step(Started())
    for stimulus, seconds in script:
        ledger.now += seconds
        ledger.step(aimed(stimulus, ledger.open))
    return ledger


options = st.builds(SessionOptions, sockets_max=st.integers(2, 5), reconnects_failed_max=st.integers(1, 3))


@given(options, steps)
@settings(max_examples=300, deadline=None)
def test_in_any_order_nothing_is_lost_doubled_or_left_open(
    options: SessionOptions, script: list[tuple[Stimulus, float]]
) -> None:
    run(options, script)


@given(options, steps)
@settings(max_examples=150, deadline=None)
def test_left_alone_a_session_comes_to_its_end(options: SessionOptions, script: list[tuple[Stimulus, float]]) -> None:
    ledger = run(options, script)
    for _ in range(100):
        if ledger.session.deadline is None:
            break
        ledger.now = max(ledger.now, ledger.session.deadline)
        ledger.step(DeadlineReached())
    assert ledger.session.over


@given(options, steps)
@settings(max_examples=150, deadline=None)
def test_asked_to_close_it_ends_within_the_close_bound(
    options: SessionOptions, script: list[tuple[Stimulus, float]]
) -> None:
    ledger = run(options, script)
    ledger.step(CloseAsked())
    ledger.now += options.close_seconds
    ledger.step(DeadlineReached())
    assert ledger.session.over


@given(options, steps)
@settings(max_examples=150, deadline=None)
def test_the_deadline_is_never_in_the_past_once_it_was_served(
    options: SessionOptions, script: list[tuple[Stimulus, float]]
) -> None:
    ledger = run(options, script)
    ledger.step(DeadlineReached())
    deadline = ledger.session.deadline
    assert deadline is None or deadline > ledger.now


@given(options, steps)
@settings(max_examples=150, deadline=None)
def test_the_first_welcome_is_fresh_and_every_later_one_a_reconnect(
    options: SessionOptions, script: list[tuple[Stimulus, float]]
) -> None:
    welcomes = [i.reconnected for i in run(options, script).out if isinstance(i, Welcomed)]
    assert Counter(welcomes[:1])[True] == 0
    assert all(welcomes[1:])


@given(st.binary(max_size=200) | st.sampled_from(FRAMES).flatmap(lambda f: st.integers(0, len(f)).map(lambda n: f[:n])))
@settings(max_examples=500, deadline=None)
def test_no_frame_raises_and_what_is_no_frame_is_told(data: bytes) -> None:
    session = Session(URL)
    session.handle(Started(), 0.0)
    session.handle(Opened(1), 0.0)
    out = session.frame(1, data, 0.0)
    assert out, "before the welcome every frame is a welcome, an event or odd"
