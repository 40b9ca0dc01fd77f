"""Every scope that the simulator's consent page knows, by resource.

The table is the simulator's own, apart from the client library's `Scopes`: a fake that took its words from the client
under test would accept that client's misspellings. Source: https://dev.twitch.tv/docs/authentication/scopes/
"""

from typing import Final

_ACTIONS: Final = {
    "analytics:read": "extensions games",
    "bits": "read",
    "channel": "bot moderate",
    "channel:edit": "commercial",
    "channel:manage": "ads broadcast clips extensions guest_star moderators polls predictions raids redemptions"
    " schedule videos vips",
    "channel:read": "ads charity editors goals guest_star hype_train polls predictions redemptions stream_key"
    " subscriptions vips",
    "chat": "edit read",
    "clips": "edit",
    "editor:manage": "clips",
    "moderation": "read",
    "moderator:manage": "announcements automod automod_settings banned_users blocked_terms chat_messages chat_settings"
    " guest_star shield_mode shoutouts suspicious_users unban_requests warnings",
    "moderator:read": "automod_settings banned_users blocked_terms chat_messages chat_settings chatters followers"
    " guest_star moderators shield_mode shoutouts suspicious_users unban_requests vips warnings",
    "user": "bot edit",
    "user:edit": "broadcast",
    "user:manage": "blocked_users chat_color whispers",
    "user:read": "blocked_users broadcast chat email emotes follows moderated_channels subscriptions whispers",
    "user:write": "chat",
    "whispers": "read",
}

# Gone from the documentation, still sent by older clients; Twitch grants them without a word.
_LEGACY: Final = frozenset({"user:edit:follows", "whispers:edit"})

# OpenID Connect's own scope has no resource.
ALL_SCOPES: Final = frozenset(
    {f"{resource}:{word}" for resource, words in _ACTIONS.items() for word in words.split()} | {"openid"}
)
GRANTABLE_SCOPES: Final = ALL_SCOPES | _LEGACY


def split_scopes(text: str) -> tuple[str, ...]:
    """The scopes of a space-separated list, each once, in the order given."""
    return tuple(dict.fromkeys(text.split()))
