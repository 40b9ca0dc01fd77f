"""Which conduit this fleet serves. Pure: what is known goes in, a decision comes out.

A conduit that somebody else may be using is never taken without being named: adopting it would pull their shards away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Candidate:
    """A conduit that the client id has."""

    id: str
    shard_count: int
    enabled_shards: int
    held_shards: int = 0
    """Enabled shards whose session one of this fleet's workers reports: then it is this fleet's, record or no record."""


@dataclass(frozen=True, slots=True)
class Adopt:
    """Serve this one."""

    conduit: Candidate


@dataclass(frozen=True, slots=True)
class Create:
    """Make a new one. `lost` is the id of ours that is gone, if that is why."""

    lost: str = ""


@dataclass(frozen=True, slots=True)
class Refuse:
    """Only a person can decide. `sentence` says what and how."""

    sentence: str


Choice = Adopt | Create | Refuse


def choose(
    configured: str, recorded: str, named: str, existing: Sequence[Candidate], *, instead_of: str = ""
) -> Choice:
    """The conduit to serve.

    configured: FLEET_CONDUIT_ID: an id, 'new' or ''. recorded: the id this fleet served last, or ''. instead_of: the id
    that FLEET_CONDUIT_ID named when that one was made, since Twitch had deleted it; or ''. named: the id in the program's
    run(), or ''. Order: configured, recorded, the one that this fleet's workers hold (a Redis that lost its data has no
    record), named if it exists, a new one if the client has none.
    """
    by_id = {candidate.id: candidate for candidate in existing}
    if configured and configured != "new":
        if configured in by_id:
            return Adopt(by_id[configured])
        if not recorded or configured not in {recorded, instead_of}:
            return Refuse(f"FLEET_CONDUIT_ID names {configured}, which this client id does not have{_list(existing)}")
    if recorded:
        return Adopt(by_id[recorded]) if recorded in by_id else Create(lost=recorded)
    held = max((each for each in existing if each.held_shards), key=lambda each: each.held_shards, default=None)
    if held is not None:
        return Adopt(held)
    if configured == "new" or not existing:
        return Create()
    if named in by_id:
        return Adopt(by_id[named])
    return Refuse(
        f"this client id already has a conduit that this fleet did not make{_list(existing)}; set FLEET_CONDUIT_ID=<id> "
        "to take one over, or FLEET_CONDUIT_ID=new to make another"
    )


def _list(existing: Sequence[Candidate]) -> str:
    if not existing:
        return " (it has none)"
    shown = ", ".join(f"{each.id} with {each.enabled_shards} of {each.shard_count} shards enabled" for each in existing)
    return f" (it has {shown})"
