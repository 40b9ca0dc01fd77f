"""The data plane: holds WebSockets and writes every event once to Redis streams. Knows no Twitch credentials."""
