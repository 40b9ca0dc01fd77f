"""What a bot often needs beside Twitch itself: `twitch.ext.tasks`, work that is done again and again."""
