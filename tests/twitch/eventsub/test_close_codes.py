"""The table of ends is whole, and what follows from an end is what an operator would do."""

import pytest

from twitch.eventsub.close_codes import ACTIONS, CLOSE_CODES, Action, CloseCode, LossReason, explain


def test_every_code_of_twitch_is_in_it() -> None:
    assert {code for code in CLOSE_CODES if code >= 4000} == set(range(4000, 4008))


def test_every_reason_has_an_action() -> None:
    assert set(ACTIONS) == set(LossReason)


@pytest.mark.parametrize("row", CLOSE_CODES.values(), ids=lambda row: str(row.code))
def test_a_row_explains_itself(row: CloseCode) -> None:
    assert explain(row.code) is row
    assert row.name
    assert row.meaning


@pytest.mark.parametrize("code", [0, 999, 1015, 3000, 4008, 4999, 65535])
def test_a_code_that_nobody_documented_is_a_fault_that_passes(code: int) -> None:
    row = explain(code)
    assert (row.code, row.reason, row.action) == (code, LossReason.UNKNOWN_CODE, Action.REOPEN)


@pytest.mark.parametrize(
    ("reason", "action"),
    [
        (LossReason.CLOSED_BY_US, Action.PERMANENT),
        (LossReason.UNUSED, Action.REOPEN_LATER),  # 4003: nobody bound it; at once it would happen again
        (LossReason.INBOUND_TRAFFIC, Action.REOPEN_LATER),  # 4001: a bug, and still no reason to stay dark
        (LossReason.UNREACHABLE, Action.REOPEN_LATER),
        (LossReason.ABORTED, Action.REOPEN),
        (LossReason.SILENCE, Action.REOPEN),
        (LossReason.CLOSED_BY_TWITCH, Action.REOPEN),
        (LossReason.INTERNAL_ERROR, Action.REOPEN),
    ],
)
def test_what_follows(reason: LossReason, action: Action) -> None:
    assert reason.action is action


def test_only_our_own_close_is_for_good() -> None:
    assert [reason for reason in LossReason if reason.action is Action.PERMANENT] == [LossReason.CLOSED_BY_US]
