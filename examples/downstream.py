"""A downstream service that reads the event streams with redis-py alone, by the contract, in any number of copies.

    python examples/downstream.py [group [consumer]]

REDIS_URL, FLEET_NAMESPACE, GROUP and CONSUMER may come from the environment. The contract, in four rules: the set
`<namespace>:events:streams` lists the streams, look at it each second; create your group at 0 on a stream you had not seen;
read all of them with XREADGROUP; acknowledge what you have done. `message_id` tells a repeated delivery.
"""

import os
import signal
import socket
import sys
import time
from typing import Any

import redis

NAMESPACE = os.environ.get("FLEET_NAMESPACE") or "fleet"
GROUP = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("GROUP") or "downstream"
CONSUMER = sys.argv[2] if len(sys.argv) > 2 else os.environ.get("CONSUMER") or f"{socket.gethostname()}-{os.getpid()}"

IDLE_MS = 60_000
"""What a consumer has held this long without acknowledging it belongs to one that is gone: take it over."""


def streams_of_the_contract(client: redis.Redis, known: dict[str, str]) -> None:
    """Joins the streams that are new to us."""
    listed: Any = client.smembers(f"{NAMESPACE}:events:streams")
    for stream in sorted(listed - known.keys()):
        try:
            client.xgroup_create(stream, GROUP, id="0")
        except redis.ResponseError as error:
            if "BUSYGROUP" not in str(error):
                continue  # gone for the moment
        known[stream] = ">"


def handle(stream: str, fields: dict[str, str]) -> None:
    print(f"{fields['type']} of {fields['broadcaster_id'] or '-'}: {fields['message_id']}  ({stream})", flush=True)


def take(client: redis.Redis, stream: str, entries: list[tuple[str, dict[str, str]]]) -> None:
    for entry_id, fields in entries:
        if fields:  # one that was trimmed while we held it has none
            handle(stream, fields)
        client.xack(stream, GROUP, entry_id)


def run(client: redis.Redis) -> None:
    known: dict[str, str] = {}
    look_at = claim_at = 0.0
    while True:
        now = time.monotonic()
        if now >= look_at:
            streams_of_the_contract(client, known)
            look_at = now + 1
        if not known:
            time.sleep(0.25)
            continue
        if now >= claim_at:
            for stream in known:
                taken: Any = client.xautoclaim(stream, GROUP, CONSUMER, IDLE_MS, count=100)
                take(client, stream, taken[1])
            claim_at = now + 10
        streams: Any = dict(known)
        answer: Any = client.xreadgroup(GROUP, CONSUMER, streams, count=100, block=500)
        for stream, entries in answer:
            take(client, stream, entries)


def main() -> None:
    client = redis.Redis.from_url(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0", decode_responses=True)
    print(f"group {GROUP}, consumer {CONSUMER}", flush=True)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        try:
            run(client)
        except redis.ConnectionError as error:
            print(f"Redis is away, trying again: {error}", file=sys.stderr)
            time.sleep(1)
        except redis.ResponseError as error:  # the groups are gone with Redis' data: begin anew
            print(f"beginning anew: {error}", file=sys.stderr)
            time.sleep(1)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(0)
