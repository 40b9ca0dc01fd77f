"""deploy/redis/users.acl.example: the key families of fleet.keys as rights."""

import re
from pathlib import Path

import pytest

from fleet.keys import Keys

USERS = {
    line.split()[1]: line.split()[2:]
    for line in (Path(__file__).parents[2] / "deploy/redis/users.acl.example").read_text("utf-8").splitlines()
    if line.startswith("user ")
}
KEYS = Keys("fleet")
FAMILIES = {
    "ctl": [
        KEYS.leader,
        KEYS.epoch,
        KEYS.incarnation,
        KEYS.shards,
        KEYS.pace,
        KEYS.written,
        KEYS.conduit,
        KEYS.wanted_count,
        KEYS.subscriptions,
        KEYS.assigned("w"),
    ],
    "rep": [KEYS.workers, KEYS.alive("w"), KEYS.report("w"), KEYS.groups],
    "events": [KEYS.stream("stream.online", 0), KEYS.streams, KEYS.partitions, KEYS.revocations, KEYS.dead_letters],
    "data": [KEYS.flushed("i"), f"{KEYS.dedup}1"],
    "vault": [KEYS.user("1"), KEYS.seen_pairs, KEYS.barrier],
    "arq": [KEYS.queue, "arq:job:1"],
}


def rights(user: str, key: str) -> str:
    """'rw', 'r' or '' of a user over a key, as Redis 7 reads the patterns."""
    found = set()
    for rule in USERS[user]:
        if matched := re.fullmatch(r"(~|%R~)([^*]+)\*", rule):
            kind, prefix = matched.groups()
            if key.startswith(prefix):
                found |= {"r", "w"} if kind == "~" else {"r"}
    return "".join(sorted(found))


@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("worker", {"ctl": "r", "rep": "rw", "events": "rw", "data": "rw", "vault": "", "arq": ""}),
        ("coordinator", {"ctl": "rw", "rep": "rw", "events": "rw", "data": "", "vault": "rw", "arq": ""}),
        ("handler", {"ctl": "r", "rep": "rw", "events": "rw", "data": "", "vault": "rw", "arq": "rw"}),
        ("default", dict.fromkeys(FAMILIES, "")),
    ],
)
def test_a_family_is_a_right(user: str, expected: dict[str, str]) -> None:
    assert {family: {rights(user, key) for key in keys} for family, keys in FAMILIES.items()} == {
        family: {right} for family, right in expected.items()
    }


@pytest.mark.parametrize("user", ["worker", "coordinator", "handler"])
def test_a_process_may_wake_the_others_and_run_no_dangerous_command(user: str) -> None:
    rules = USERS[user]

    assert {rule for rule in rules if rule.startswith("&")} == {f"&{KEYS.ctl_wake}", f"&{KEYS.rep_wake}"}
    assert [rule for rule in rules if rule[0] in "+-"] == ["+@all", "-@admin", "-@dangerous", "+info"]
    assert [rule for rule in rules if rule.startswith(">")] == [f">change-me-{user}"]
