"""The rows of every EventSub type, by family. `twitch.eventsub.types` puts them together."""
