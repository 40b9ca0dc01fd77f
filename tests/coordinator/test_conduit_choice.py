"""Which conduit is served, and when only a person can decide."""

from __future__ import annotations

import pytest

from coordinator.conduit_choice import Adopt, Candidate, Choice, Create, Refuse, choose

A, B = Candidate("a", 4, 0), Candidate("b", 8, 3)


@pytest.mark.parametrize(
    ("configured", "recorded", "named", "existing", "choice"),
    [
        ("a", "", "", [A, B], Adopt(A)),
        ("a", "b", "b", [A, B], Adopt(A)),
        ("", "a", "b", [A, B], Adopt(A)),
        ("new", "a", "", [A, B], Adopt(A)),
        ("", "", "b", [A, B], Adopt(B)),
        ("", "", "", [], Create()),
        ("", "", "CONDUIT_ID", [], Create()),
        ("new", "", "b", [A, B], Create()),
        ("", "a", "", [B], Create(lost="a")),
        ("new", "a", "", [], Create(lost="a")),
        ("a", "a", "", [B], Create(lost="a")),
    ],
    ids=[
        "configured",
        "configured beats recorded and named",
        "recorded beats named",
        "'new' makes one once, not at each start",
        "named by the program",
        "a client without any",
        "a placeholder in the program names nothing",
        "'new' beside others",
        "ours is gone",
        "ours is gone, and 'new' was how it came about",
        "ours is gone, though configured",
    ],
)
def test_which_conduit(configured: str, recorded: str, named: str, existing: list[Candidate], choice: Choice) -> None:
    assert choose(configured, recorded, named, existing) == choice


def test_somebody_elses_is_never_taken_unnamed() -> None:
    refused = choose("", "", "CONDUIT_ID", [A, B])
    assert isinstance(refused, Refuse)
    for part in ("a with 0 of 4", "b with 3 of 8", "FLEET_CONDUIT_ID=<id>", "FLEET_CONDUIT_ID=new"):
        assert part in refused.sentence


def test_a_configured_one_that_does_not_exist_is_no_reason_to_make_one() -> None:
    assert choose("x", "", "", [B]) == Refuse(
        "FLEET_CONDUIT_ID names x, which this client id does not have (it has b with 3 of 8 shards enabled)"
    )
    assert choose("x", "a", "", []) == Refuse(
        "FLEET_CONDUIT_ID names x, which this client id does not have (it has none)"
    )


@pytest.mark.parametrize(
    ("recorded", "existing", "choice"),
    [("b", [A, B], Adopt(B)), ("b", [A], Create(lost="b")), ("x", [A], Create(lost="x"))],
    ids=["it is served from then on", "and was deleted, too", "it could not be recorded any more"],
)
def test_one_that_was_made_instead_of_the_configured_one(
    recorded: str, existing: list[Candidate], choice: Choice
) -> None:
    """The setting names the deleted one until somebody changes it: no election in between may need a person."""
    assert choose("x", recorded, "", existing, instead_of="x") == choice


def test_one_that_was_made_instead_of_another_is_not_what_is_configured() -> None:
    assert isinstance(choose("y", "b", "", [B], instead_of="x"), Refuse)
