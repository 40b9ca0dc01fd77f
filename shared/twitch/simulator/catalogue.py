"""Every subscription type that Twitch documents: one row a type, with what a subscription to it must say.

A row is the type, its version, the keys of its condition, and the scopes that somebody must have granted. Scopes that
are all needed stand apart by blanks; `channel:read/manage:polls` means either of the two. Who must have granted them
follows from the condition: the moderator it names, else the user, else the broadcaster.

The table is the simulator's own, apart from the client library's: a fake that took its words from the client under
test would accept that client's misspellings. A type that isn't here can't be subscribed to, but can be sent with an
event body.
Source: https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final

from twitch.simulator.wire import Method

# The one type whose notifications carry a list, `events`. https://dev.twitch.tv/docs/eventsub/eventsub-reference/
BATCHED: Final = "drop.entitlement.grant"
_BROADCASTER: Final = "broadcaster_user_id"


@dataclass(frozen=True, slots=True)
class Type:
    name: str
    version: str
    required: tuple[str, ...]
    optional: tuple[str, ...]
    one_of: tuple[str, ...]
    scopes: tuple[frozenset[str], ...]  # of each set at least one
    websocket: bool

    @property
    def keys(self) -> tuple[str, ...]:
        return self.required + self.one_of + self.optional

    @property
    def grantor(self) -> str | None:
        """The key of the condition whose user must have granted the scopes; None if nobody must."""
        if not self.scopes:
            return None
        return next(key for key in ("moderator_user_id", "user_id", _BROADCASTER) if key in self.required)

    @property
    def reads_chat(self) -> bool:
        """With an app token these need `user:bot` of the reader besides."""
        return self.name.startswith("channel.chat")

    @property
    def needs_welcome(self) -> bool:
        """With an app token these need `channel:bot` of the broadcaster besides, unless that is the reader.

        (Moderators need it no more than the broadcaster, but who moderates where isn't known here.)
        """
        return self.reads_chat and not self.name.startswith("channel.chat.user_message_")

    @property
    def batched(self) -> bool:
        """Whether notifications carry a list, `events`."""
        return self.name == BATCHED

    def telling(self, condition: Mapping[str, str]) -> tuple[str, ...]:
        """The values that an event depends on. In whose name somebody reads along makes no difference to what happens,
        but for the messages of that very user.
        """
        readers = {"moderator_user_id"}
        if self.needs_welcome:
            readers.add("user_id")
        return tuple(condition.get(key, "") for key in self.keys if key not in readers)

    def takes(self, method: Method) -> bool:
        return self.websocket or method is not Method.WEBSOCKET

    def problem(self, condition: Mapping[str, str]) -> str | None:
        """What is wrong with a condition for this type, in a sentence."""
        for key in self.required:
            if not condition.get(key):
                return f"condition is missing {key}"
        if self.one_of and sum(bool(condition.get(key)) for key in self.one_of) != 1:
            return f"condition must have exactly one of {' and '.join(self.one_of)}"
        for key in sorted(condition):
            if key not in self.keys:
                return f"condition has an unexpected {key}"
        return None

    def echoed(self, condition: Mapping[str, str]) -> dict[str, str]:
        """The condition as Twitch answers with it: keys that were left out are there, empty."""
        return {key: condition.get(key, "") for key in self.keys}


def _alternatives(scope: str) -> frozenset[str]:
    return frozenset(":".join(parts) for parts in product(*(part.split("/") for part in scope.split(":"))))


def _row(name: str, version: str, keys: str, scopes: str = "", *, websocket: bool = True) -> Type:
    split = keys.split()
    return Type(
        name,
        version,
        required=tuple(key for key in split if key[-1] not in "?|"),
        optional=tuple(key[:-1] for key in split if key[-1] == "?"),
        one_of=tuple(key[:-1] for key in split if key[-1] == "|"),
        scopes=tuple(_alternatives(scope) for scope in scopes.split()),
        websocket=websocket,
    )


_B: Final = "broadcaster_user_id"
_B_M: Final = "broadcaster_user_id moderator_user_id"
_B_U: Final = "broadcaster_user_id user_id"
_B_REWARD: Final = "broadcaster_user_id reward_id?"
_RAID: Final = "from_broadcaster_user_id| to_broadcaster_user_id|"
_MODERATE: Final = (
    "moderator:read/manage:blocked_terms moderator:read/manage:chat_settings moderator:read/manage:unban_requests"
    " moderator:read/manage:banned_users moderator:read/manage:chat_messages moderator:read:moderators"
    " moderator:read:vips"
)

# fmt: off
_ROWS: Final = (
    _row("automod.message.hold", "1", _B_M, "moderator:manage:automod"),
    _row("automod.message.hold", "2", _B_M, "moderator:manage:automod"),
    _row("automod.message.update", "1", _B_M, "moderator:manage:automod"),
    _row("automod.message.update", "2", _B_M, "moderator:manage:automod"),
    _row("automod.settings.update", "1", _B_M, "moderator:read:automod_settings"),
    _row("automod.terms.update", "1", _B_M, "moderator:manage:automod"),
    _row("channel.bits.use", "1", _B, "bits:read"),
    _row("channel.update", "2", _B),
    _row("channel.follow", "2", _B_M, "moderator:read:followers"),
    _row("channel.ad_break.begin", "1", _B, "channel:read:ads"),
    _row("channel.chat.clear", "1", _B_U, "user:read:chat"),
    _row("channel.chat.clear_user_messages", "1", _B_U, "user:read:chat"),
    _row("channel.chat.message", "1", _B_U, "user:read:chat"),
    _row("channel.chat.message_delete", "1", _B_U, "user:read:chat"),
    _row("channel.chat.notification", "1", _B_U, "user:read:chat"),
    _row("channel.chat_settings.update", "1", _B_U, "user:read:chat"),
    _row("channel.chat.user_message_hold", "1", _B_U, "user:read:chat"),
    _row("channel.chat.user_message_update", "1", _B_U, "user:read:chat"),
    _row("channel.shared_chat.begin", "1", _B),
    _row("channel.shared_chat.update", "1", _B),
    _row("channel.shared_chat.end", "1", _B),
    _row("channel.subscribe", "1", _B, "channel:read:subscriptions"),
    _row("channel.subscription.end", "1", _B, "channel:read:subscriptions"),
    _row("channel.subscription.gift", "1", _B, "channel:read:subscriptions"),
    _row("channel.subscription.message", "1", _B, "channel:read:subscriptions"),
    _row("channel.cheer", "1", _B, "bits:read"),
    _row("channel.raid", "1", _RAID),
    _row("channel.ban", "1", _B, "channel:moderate"),
    _row("channel.unban", "1", _B, "channel:moderate"),
    _row("channel.unban_request.create", "1", _B_M, "moderator:read/manage:unban_requests"),
    _row("channel.unban_request.resolve", "1", _B_M, "moderator:read/manage:unban_requests"),
    _row("channel.moderate", "1", _B_M, _MODERATE),
    _row("channel.moderate", "2", _B_M, _MODERATE + " moderator:read/manage:warnings"),
    _row("channel.moderator.add", "1", _B, "moderation:read"),
    _row("channel.moderator.remove", "1", _B, "moderation:read"),
    _row("channel.guest_star_session.begin", "beta", _B_M, "channel/moderator:read/manage:guest_star"),
    _row("channel.guest_star_session.end", "beta", _B_M, "channel/moderator:read/manage:guest_star"),
    _row("channel.guest_star_guest.update", "beta", _B_M, "channel/moderator:read/manage:guest_star"),
    _row("channel.guest_star_settings.update", "beta", _B_M, "channel/moderator:read/manage:guest_star"),
    _row("channel.channel_points_automatic_reward_redemption.add", "1", _B, "channel:read/manage:redemptions"),
    _row("channel.channel_points_automatic_reward_redemption.add", "2", _B, "channel:read/manage:redemptions"),
    _row("channel.channel_points_custom_reward.add", "1", _B, "channel:read/manage:redemptions"),
    _row("channel.channel_points_custom_reward.update", "1", _B_REWARD, "channel:read/manage:redemptions"),
    _row("channel.channel_points_custom_reward.remove", "1", _B_REWARD, "channel:read/manage:redemptions"),
    _row("channel.channel_points_custom_reward_redemption.add", "1", _B_REWARD, "channel:read/manage:redemptions"),
    _row("channel.channel_points_custom_reward_redemption.update", "1", _B_REWARD, "channel:read/manage:redemptions"),
    _row("channel.custom_power_up_redemption.add", "1", _B_REWARD, "bits:read"),
    _row("channel.poll.begin", "1", _B, "channel:read/manage:polls"),
    _row("channel.poll.progress", "1", _B, "channel:read/manage:polls"),
    _row("channel.poll.end", "1", _B, "channel:read/manage:polls"),
    _row("channel.prediction.begin", "1", _B, "channel:read/manage:predictions"),
    _row("channel.prediction.progress", "1", _B, "channel:read/manage:predictions"),
    _row("channel.prediction.lock", "1", _B, "channel:read/manage:predictions"),
    _row("channel.prediction.end", "1", _B, "channel:read/manage:predictions"),
    _row("channel.suspicious_user.message", "1", _B_M, "moderator:read:suspicious_users"),
    _row("channel.suspicious_user.update", "1", _B_M, "moderator:read:suspicious_users"),
    _row("channel.vip.add", "1", _B, "channel:read/manage:vips"),
    _row("channel.vip.remove", "1", _B, "channel:read/manage:vips"),
    _row("channel.warning.acknowledge", "1", _B_M, "moderator:read/manage:warnings"),
    _row("channel.warning.send", "1", _B_M, "moderator:read/manage:warnings"),
    _row("channel.charity_campaign.donate", "1", _B, "channel:read:charity"),
    _row("channel.charity_campaign.start", "1", _B, "channel:read:charity"),
    _row("channel.charity_campaign.progress", "1", _B, "channel:read:charity"),
    _row("channel.charity_campaign.stop", "1", _B, "channel:read:charity"),
    _row("conduit.shard.disabled", "1", "client_id conduit_id?"),
    _row("drop.entitlement.grant", "1", "organization_id category_id? campaign_id?", websocket=False),
    _row("extension.bits_transaction.create", "1", "extension_client_id", websocket=False),
    _row("channel.goal.begin", "1", _B, "channel:read:goals"),
    _row("channel.goal.progress", "1", _B, "channel:read:goals"),
    _row("channel.goal.end", "1", _B, "channel:read:goals"),
    _row("channel.hype_train.begin", "2", _B, "channel:read:hype_train"),
    _row("channel.hype_train.progress", "2", _B, "channel:read:hype_train"),
    _row("channel.hype_train.end", "2", _B, "channel:read:hype_train"),
    _row("channel.shield_mode.begin", "1", _B_M, "moderator:read/manage:shield_mode"),
    _row("channel.shield_mode.end", "1", _B_M, "moderator:read/manage:shield_mode"),
    _row("channel.shoutout.create", "1", _B_M, "moderator:read/manage:shoutouts"),
    _row("channel.shoutout.receive", "1", _B_M, "moderator:read/manage:shoutouts"),
    _row("stream.online", "1", _B),
    _row("stream.offline", "1", _B),
    _row("user.authorization.grant", "1", "client_id", websocket=False),
    _row("user.authorization.revoke", "1", "client_id", websocket=False),
    _row("user.update", "1", "user_id"),
    _row("user.whisper.message", "1", "user_id", "user:read/manage:whispers"),
)
# fmt: on

TYPES: Final[Mapping[tuple[str, str], Type]] = {(row.name, row.version): row for row in _ROWS}
# Gone for good: subscribing answers 410.
REMOVED: Final = frozenset(
    {
        ("channel.follow", "1"),
        ("channel.update", "1"),
        ("channel.hype_train.begin", "1"),
        ("channel.hype_train.progress", "1"),
        ("channel.hype_train.end", "1"),
    }
)

# Which value of a condition says whose event it is, most telling first.
_SUBJECTS: Final = (
    "broadcaster_user_id",
    "to_broadcaster_user_id",
    "from_broadcaster_user_id",
    "user_id",
    "extension_client_id",
    "organization_id",
    "client_id",
)


def subject(condition: Mapping[str, str]) -> str:
    """What the events of a subscription are about, and what Twitch hashes to choose a shard."""
    return next((condition[key] for key in _SUBJECTS if condition.get(key)), "")


def broadcaster(condition: Mapping[str, str]) -> str:
    """The broadcaster of a condition; empty where the type has none."""
    return next((condition[key] for key in _SUBJECTS[:3] if condition.get(key)), "")


def newest_version(name: str) -> str | None:
    """The version that is sent or subscribed to if nobody says which."""
    versions = [version for known, version in TYPES if known == name]
    return max(versions) if versions else None
