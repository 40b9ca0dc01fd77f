"""What tests of the library share."""

from collections.abc import AsyncIterator

import pytest

from twitch.simulator import Simulator


@pytest.fixture
async def sim() -> AsyncIterator[Simulator]:
    """A Twitch of the test's own."""
    async with Simulator.serve(port=0) as simulator:
        yield simulator
