"""Every Redis key, built here and nowhere else.

Families are rights, so that one ACL pattern is one right:

    ‹ns›:ctl:     the leader writes, workers only read      lease, epochs, conduit, shards, assignments, subscriptions
    ‹ns›:rep:     workers and handlers report               liveness, sessions, jobs in progress
    ‹ns›:events:  workers append, everyone reads            the public contract: streams, partitions, revocations
    ‹ns›:data:    workers' bookkeeping of appends           dedup window, last flush of each worker
    ‹ns›:vault:   coordinator and handlers                  user tokens, encrypted
    arq:…         handlers                                  arq's own; queue and job names carry ‹ns›
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one namespace."""

    namespace: str

    # -- ctl: the leader writes

    @property
    def incarnation(self) -> str:
        """Random id of this Redis' data: it changes when the data was lost."""
        return f"{self.namespace}:ctl:incarnation"

    @property
    def leader(self) -> str:
        """The lease: `‹epoch›:‹holder›`, expiring."""
        return f"{self.namespace}:ctl:leader"

    @property
    def epoch(self) -> str:
        """Last epoch of an election."""
        return f"{self.namespace}:ctl:epoch"

    @property
    def written(self) -> str:
        """Control writes so far: it only falls where Redis lost some."""
        return f"{self.namespace}:ctl:written"

    @property
    def conduit(self) -> str:
        """Hash: id, shard_count, created (1 if the fleet made it), instead_of, what is being made, and how far the way to
        another count is."""
        return f"{self.namespace}:ctl:conduit"

    @property
    def wanted_count(self) -> str:
        """Hash: count, set_ms: the shard count that a person set. Any coordinator writes it, the leader carries it out."""
        return f"{self.namespace}:ctl:wanted_count"

    @property
    def shards(self) -> str:
        """Hash: shard → record of it (JSON)."""
        return f"{self.namespace}:ctl:shards"

    @property
    def pace(self) -> str:
        """Hash: openings (sockets one worker may have opening), active (workers that can take shards)."""
        return f"{self.namespace}:ctl:pace"

    @property
    def subscriptions(self) -> str:
        """Hash: subscription key → desired subscription and its last known status (JSON)."""
        return f"{self.namespace}:ctl:subscriptions"

    @property
    def users(self) -> str:
        """Hash: call of add_user in the order of the program's on_ready → user id."""
        return f"{self.namespace}:ctl:users"

    @property
    def ready(self) -> str:
        """Set once the program's on_ready has finished on the leader; its value is the leader's epoch."""
        return f"{self.namespace}:ctl:ready"

    def assigned(self, worker: str) -> str:
        """Hash: v (version), shards (JSON: shard → epoch and bound session) of one worker."""
        return f"{self.namespace}:ctl:assigned:{worker}"

    @property
    def ordered(self) -> str:
        """Hash: worker → '', of every worker that has orders in `assigned`."""
        return f"{self.namespace}:ctl:ordered"

    @property
    def ctl_wake(self) -> str:
        """Channel that wakes workers up early; nothing depends on it."""
        return f"{self.namespace}:ctl:wake"

    # -- rep: workers and handlers report

    @property
    def workers(self) -> str:
        """Set of the workers that reported and are not yet forgotten."""
        return f"{self.namespace}:rep:workers"

    def alive(self, worker: str) -> str:
        """Expires when the worker has been silent for a TTL; holds its incarnation."""
        return f"{self.namespace}:rep:alive:{worker}"

    def report(self, worker: str) -> str:
        """Hash: v (version), report (JSON: phase, capacity, sessions …) of one worker."""
        return f"{self.namespace}:rep:report:{worker}"

    @property
    def rep_wake(self) -> str:
        """Channel that wakes the leader up early; nothing depends on it."""
        return f"{self.namespace}:rep:wake"

    @property
    def handlers(self) -> str:
        """Set of the handler processes."""
        return f"{self.namespace}:rep:handlers"

    def handler_alive(self, handler: str) -> str:
        """Expires when the handler process has been silent for a TTL."""
        return f"{self.namespace}:rep:handler:{handler}:alive"

    @property
    def groups(self) -> str:
        """Set of the registered consumer groups, `‹type›|‹group›`."""
        return f"{self.namespace}:rep:groups"

    # -- events: the public contract

    @property
    def streams(self) -> str:
        """Set of all event streams."""
        return f"{self.namespace}:events:streams"

    @property
    def partitions(self) -> str:
        """Hash: type → number of its streams. It only grows."""
        return f"{self.namespace}:events:partitions"

    @property
    def revocations(self) -> str:
        """Stream of revocations."""
        return f"{self.namespace}:events:revocations"

    @property
    def dead_letters(self) -> str:
        """Stream of the events that no handler could take."""
        return f"{self.namespace}:events:dead"

    def stream(self, type_: str, partition: int) -> str:
        """Stream of one type's partition. The braces are literal."""
        return f"{self.namespace}:events:{{{type_}:{partition}}}"

    # -- data: bookkeeping of appends

    @property
    def dedup(self) -> str:
        """Prefix of the dedup window's buckets; the flush script adds the bucket's number."""
        return f"{self.namespace}:data:dedup:"

    def flushed(self, incarnation: str) -> str:
        """Sequence of the last flush of one life of one worker."""
        return f"{self.namespace}:data:flushed:{incarnation}"

    # -- vault

    def user(self, user_id: str) -> str:
        """Token record of one user, encrypted."""
        return f"{self.namespace}:vault:user:{user_id}"

    def user_lock(self, user_id: str) -> str:
        """Held by the one process that refreshes a user's token."""
        return f"{self.user(user_id)}:lock"

    @property
    def seen_pairs(self) -> str:
        """Hash: keyed hash of a refresh token → user id, so that an old pair never replaces a newer one."""
        return f"{self.namespace}:vault:seen"

    @property
    def barrier(self) -> str:
        """Written last on the connection that waits for a replica: what came before it is replicated when it is."""
        return f"{self.namespace}:vault:barrier"

    # -- arq

    @property
    def queue(self) -> str:
        """arq's queue of jobs."""
        return f"arq:queue:{self.namespace}"


def partition(broadcaster_id: str, count: int) -> int:
    """Which of `count` partitions holds a broadcaster's events. Part of the public contract."""
    return crc32(broadcaster_id.encode()) % count if count > 1 else 0
