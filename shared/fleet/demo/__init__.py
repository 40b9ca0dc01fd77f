"""The main job on one machine: the simulated Twitch, the whole fleet as processes of its own, and the count at the end."""
