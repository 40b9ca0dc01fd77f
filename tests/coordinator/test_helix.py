"""The coordinator's client of Helix."""

from __future__ import annotations

import math
import re

from prometheus_client import REGISTRY

from coordinator.helix import twitch_app
from fleet.settings import Secret, Settings, process_id
from twitch.simulator import Simulator


async def test_calls_carry_role_version_and_name_but_no_host() -> None:
    name = process_id("host-of-ours")
    async with Simulator.serve(clients={"client": "right"}) as simulator:
        settings = Settings(client_id="client", client_secret=Secret("right"), addresses=simulator.addresses)
        async with twitch_app(settings, name) as app:
            await app.application.get_conduits()

        [call] = simulator.control.calls(reads=True)["calls"]
    assert re.fullmatch(rf"conduit-fleet/[\d.]+ \(coordinator; {name.removeprefix('host-of-ours-')}\)", call["agent"])


def test_no_points_are_known_of_until_twitch_has_told() -> None:
    """An alert stands on few of them."""
    twitch_app(Settings(client_id="client", client_secret=Secret("right")), process_id())
    assert math.isnan(REGISTRY.get_sample_value("helix_rate_limit_remaining") or 0.0)
