"""A Twitch that speaks conduits: Helix, OAuth and EventSub over WebSocket, on one port of this machine.

    python -m twitch.simulator --port 9000

    async with Simulator.serve() as sim:
        os.environ |= sim.environment
        sim.control.send("stream.online", broadcaster_id="123")
        sim.control.truth()

Inside, a pure model (`model` and its parts) decides everything from stimuli and the time; `shell` and `app` are thin.
"""

from twitch.simulator.app import Simulator
from twitch.simulator.options import Options

__all__ = ["Options", "Simulator"]
