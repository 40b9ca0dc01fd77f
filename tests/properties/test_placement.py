"""What holds for a worker's sessions, whatever is ordered and held."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from fleet.reports import Orders
from shard_worker.placement import QUIET_SECONDS_MAX, Held, place
from twitch.ids import SessionId

NOW = 100.0
shards = st.integers(0, 4)
names = st.sampled_from([SessionId(f"s{i}") for i in range(6)])
ordered = st.builds(
    Orders,
    open=st.dictionaries(shards, st.integers(1, 3), max_size=5),
    bound=st.dictionaries(names, st.tuples(shards), max_size=4),
)
sessions = st.lists(
    st.builds(
        Held,
        serial=st.integers(1, 99),
        shard=shards,
        epoch=st.integers(1, 3),
        session=st.one_of(st.just(SessionId("")), names),
        ending=st.booleans(),
        unneeded_since=st.one_of(st.none(), st.floats(NOW - 20, NOW)),
        last_notification_at=st.floats(NOW - 20, NOW),
    ),
    max_size=7,
    unique_by=lambda each: each.serial,
)
pauses = st.dictionaries(shards, st.floats(NOW - 5, NOW + 5), max_size=3)


@settings(deadline=None, max_examples=300)
@given(ordered, sessions, pauses, st.booleans(), st.integers(0, 4))
def test_a_step_is_sound(
    orders: Orders, held: list[Held], waits: dict[int, float], led: bool, openings_max: int
) -> None:
    step = place(orders, held, waits, NOW, led=led, openings_max=openings_max)
    by_serial = {each.serial: each for each in held}

    assert led or not step.open
    assert len(step.open) <= openings_max
    for shard, epoch in step.open:
        assert orders.open[shard] == epoch
        assert waits.get(shard, NOW) <= NOW
        assert not any(each.shard == shard and not each.ending for each in held), "it has one"
    for serial in (*step.close, *step.unneeded):
        each = by_serial[serial]
        assert each.session not in orders.bound, "Twitch sends through it"
        assert not each.ending
        newest = max(other.serial for other in held if other.shard == each.shard and not other.ending)
        assert each.shard not in orders.open or serial < newest, "it is the one that the shard has"
    for serial, epoch in step.confirm:
        assert orders.open[by_serial[serial].shard] == epoch != by_serial[serial].epoch
    overdue = {
        each.serial
        for each in held
        if each.unneeded_since is not None and NOW - each.unneeded_since >= QUIET_SECONDS_MAX and not each.ending
    }
    assert overdue <= {*step.close, *step.needed}
    assert not {*step.close} & {*step.needed, *step.unneeded}


@settings(deadline=None, max_examples=150)
@given(ordered, sessions)
def test_done_it_is_done(orders: Orders, held: list[Held]) -> None:
    """With every opening carried out and welcomed, and every quiet time over, nothing is left to do."""
    now, serial = NOW, 100
    for _ in range(4):
        step = place(orders, held, {}, now, led=True, openings_max=9)
        confirmed, unneeded, needed = dict(step.confirm), set(step.unneeded), set(step.needed)
        after = []
        for each in held:
            since = now if each.serial in unneeded else None if each.serial in needed else each.unneeded_since
            if each.serial not in step.close and not each.ending:  # what is ending ends
                after.append(
                    Held(
                        each.serial, each.shard, confirmed.get(each.serial, each.epoch),
                        each.session or SessionId(f"new-{each.serial}"), ending=False, unneeded_since=since,
                        last_notification_at=each.last_notification_at,
                    )
                )  # fmt: skip
        for shard, epoch in step.open:
            serial += 1
            after.append(Held(serial, shard, epoch, SessionId(f"new-{serial}"), False, None, 0.0))
        held, now = after, now + QUIET_SECONDS_MAX
    step = place(orders, held, {}, now, led=True, openings_max=9)
    assert (step.open, step.confirm, step.unneeded, step.needed, step.close) == ((), (), (), (), ())
    assert step.settled
    assert {each.shard for each in held} >= set(orders.open)
