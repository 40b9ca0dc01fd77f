"""The pages of every process: health is the process alone, readiness says why not."""

from __future__ import annotations

import socket

import pytest
from aiohttp import ClientSession
from prometheus_client import REGISTRY
from prometheus_client.parser import text_string_to_metric_families

from fleet.web import probes, serving


async def get(port: int, path: str) -> tuple[int, str, str]:
    async with ClientSession() as http, http.get(f"http://127.0.0.1:{port}{path}") as response:
        return response.status, await response.text(), response.headers["Content-Type"]


async def test_a_process_that_is_not_ready_is_healthy_and_says_why() -> None:
    reason = "Redis does not answer"
    async with serving(probes(lambda: reason), "127.0.0.1", 0) as port:
        assert (await get(port, "/healthz"))[:2] == (200, "ok\n")
        assert (await get(port, "/readyz"))[:2] == (503, "Redis does not answer\n")
        assert REGISTRY.get_sample_value("fleet_ready") == 0
        reason = ""
        assert (await get(port, "/readyz"))[:2] == (200, "ready\n")
        assert REGISTRY.get_sample_value("fleet_ready") == 1


async def test_the_metrics_page_is_one_that_prometheus_reads() -> None:
    async with serving(probes(lambda: ""), "127.0.0.1", 0) as port:
        status, page, kind = await get(port, "/metrics")
    assert (status, kind.split(";")[0]) == (200, "text/plain")
    assert "fleet_ready" in {family.name for family in text_string_to_metric_families(page)}


async def test_nothing_else_is_there() -> None:
    async with serving(probes(lambda: ""), "127.0.0.1", 0) as port:
        assert (await get(port, "/"))[0] == 404


async def test_a_port_that_is_taken_is_an_error() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="address already in use"):
            async with serving(probes(lambda: ""), "127.0.0.1", taken.getsockname()[1]):
                pass
