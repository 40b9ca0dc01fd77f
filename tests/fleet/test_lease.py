"""The lease decision: when a process may act as leader, and when it speaks to Redis again."""

import pytest

from fleet.lease import Epoch, Leading, LeaseRules, Standby, next_epoch

RULES = LeaseRules(ttl_seconds=6.0)


def elected(sent_at: float = 100.0) -> Leading:
    return RULES.elected("c1", epoch=7, sent_at=sent_at)


def test_a_process_begins_by_asking_at_once() -> None:
    assert RULES.begin(5.0) == Standby(try_at=5.0)
    assert not RULES.begin(5.0).may_act(5.0)


def test_a_leader_acts_for_two_thirds_of_its_lease() -> None:
    lease = elected(sent_at=100.0)
    assert lease.may_act(103.9)
    assert not lease.may_act(104.0)
    assert [lease.remaining_seconds(now) for now in (100.0, 103.0, 104.0, 200.0)] == [4.0, 1.0, 0.0, 0.0]


def test_the_token_names_epoch_and_holder() -> None:
    assert elected().token == "7:c1"
    assert elected().epoch == Epoch(7)


def test_a_renewal_counts_from_before_it_was_sent() -> None:
    """However late the answer comes: Redis counts from when the request arrived, which was no earlier."""
    renewed = RULES.renewed(elected(sent_at=100.0), sent_at=101.0, still_ours=True)
    assert isinstance(renewed, Leading)
    assert renewed.acts_until == 105.0
    assert (renewed.epoch, renewed.token) == (7, "7:c1")


def test_it_is_renewed_six_times_in_its_length() -> None:
    assert elected(sent_at=100.0).try_at == 101.0


def test_a_lease_that_is_somebody_elses_is_given_up_at_once() -> None:
    assert RULES.renewed(elected(), sent_at=101.0, still_ours=False) == Standby(try_at=101.0)


def test_without_an_answer_a_leader_goes_on_while_its_lease_allows() -> None:
    lease = elected(sent_at=100.0)
    unanswered = RULES.unanswered(lease, now=103.0)
    assert isinstance(unanswered, Leading)
    assert unanswered.acts_until == lease.acts_until
    assert unanswered.try_at == 103.5
    assert RULES.unanswered(unanswered, now=104.0) == Standby(try_at=104.5)


def test_without_an_answer_a_standby_stands_by() -> None:
    assert RULES.unanswered(Standby(try_at=1.0), now=2.0) == Standby(try_at=2.5)


@pytest.mark.parametrize(
    ("held_ms", "try_at"),
    [(5000, 101.0), (300, 100.3), (0, 100.01)],
    ids=["looks now and then: it may be given back", "is there when it ends", "never at once"],
)
def test_a_refused_process_asks_again(held_ms: int, try_at: float) -> None:
    assert RULES.refused(now=100.0, held_ms=held_ms).try_at == pytest.approx(try_at)


def test_epochs_rise_by_one_or_with_the_time_whichever_is_higher() -> None:
    assert next_epoch(last=5, redis_now_ms=3) == 6
    assert next_epoch(last=5, redis_now_ms=1_700_000_000_000) == 1_700_000_000_000


def test_epochs_rise_over_a_redis_that_lost_its_data() -> None:
    before = next_epoch(last=1_700_000_000_000, redis_now_ms=1_700_000_000_000)
    assert next_epoch(last=0, redis_now_ms=1_700_000_000_900) > before
