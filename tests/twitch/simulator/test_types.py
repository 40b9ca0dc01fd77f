"""Every subscription type from end to end: subscribed over HTTP, made to happen, read from the socket.

The table is the documentation's, one row a type and version: the keys of its condition (`?` may be left out, `|` one
of them), and the fields of its event. `channel`, `user` and `moderator` stand for their id, login and name, as does a
star at the end of a field.
https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/ and …/eventsub-reference/
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from twitch.simulator.catalogue import BATCHED, TYPES
from twitch.simulator.examples import MAKERS, Scene, turns
from twitch.simulator.people import person_of_id

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Client

_TABLE = """
automod.message.hold 1 | broadcaster_user_id moderator_user_id | channel user message_id message category level
    held_at
automod.message.hold 2 | broadcaster_user_id moderator_user_id | channel user message_id message held_at reason
    automod blocked_term
automod.message.update 1 | broadcaster_user_id moderator_user_id | channel user moderator message_id message
    category level status held_at
automod.message.update 2 | broadcaster_user_id moderator_user_id | channel user moderator message_id message status
    held_at reason automod blocked_term
automod.settings.update 1 | broadcaster_user_id moderator_user_id | channel moderator bullying overall_level
    disability race_ethnicity_or_religion misogyny sexuality_sex_or_gender aggression sex_based_terms swearing
automod.terms.update 1 | broadcaster_user_id moderator_user_id | channel moderator action from_automod terms
channel.bits.use 1 | broadcaster_user_id | channel user bits type message power_up custom_power_up
channel.update 2 | broadcaster_user_id | channel title language category_id category_name
    content_classification_labels
channel.follow 2 | broadcaster_user_id moderator_user_id | user channel followed_at
channel.ad_break.begin 1 | broadcaster_user_id | duration_seconds started_at is_automatic channel requester_user_*
channel.chat.clear 1 | broadcaster_user_id user_id | channel
channel.chat.clear_user_messages 1 | broadcaster_user_id user_id | channel target_user_*
channel.chat.message 1 | broadcaster_user_id user_id | channel chatter_user_* message_id message message_type badges
    cheer color reply channel_points_custom_reward_id channel_points_animation_id source_broadcaster_user_*
    source_message_id source_badges is_source_only
channel.chat.message_delete 1 | broadcaster_user_id user_id | channel target_user_* message_id
channel.chat.notification 1 | broadcaster_user_id user_id | channel chatter_user_* chatter_is_anonymous color badges
    system_message message_id message notice_type sub resub sub_gift community_sub_gift gift_paid_upgrade
    prime_paid_upgrade pay_it_forward raid unraid announcement bits_badge_tier charity_donation watch_streak
    modiversary source_broadcaster_user_* source_message_id source_badges is_source_only shared_chat_sub
    shared_chat_resub shared_chat_sub_gift shared_chat_community_sub_gift shared_chat_gift_paid_upgrade
    shared_chat_prime_paid_upgrade shared_chat_pay_it_forward shared_chat_raid shared_chat_announcement
    shared_chat_modiversary
channel.chat_settings.update 1 | broadcaster_user_id user_id | channel emote_mode follower_mode
    follower_mode_duration_minutes slow_mode slow_mode_wait_time_seconds subscriber_mode unique_chat_mode
channel.chat.user_message_hold 1 | broadcaster_user_id user_id | channel user message_id message
channel.chat.user_message_update 1 | broadcaster_user_id user_id | channel user status message_id message
channel.shared_chat.begin 1 | broadcaster_user_id | session_id channel host_broadcaster_user_* participants
channel.shared_chat.update 1 | broadcaster_user_id | session_id channel host_broadcaster_user_* participants
channel.shared_chat.end 1 | broadcaster_user_id | session_id channel host_broadcaster_user_*
channel.subscribe 1 | broadcaster_user_id | user channel tier is_gift
channel.subscription.end 1 | broadcaster_user_id | user channel tier is_gift
channel.subscription.gift 1 | broadcaster_user_id | user channel total tier cumulative_total is_anonymous
channel.subscription.message 1 | broadcaster_user_id | user channel tier message cumulative_months streak_months
    duration_months
channel.cheer 1 | broadcaster_user_id | is_anonymous user channel message bits
channel.raid 1 | from_broadcaster_user_id| to_broadcaster_user_id| | from_broadcaster_user_* to_broadcaster_user_*
    viewers
channel.ban 1 | broadcaster_user_id | user channel moderator reason banned_at ends_at is_permanent
channel.unban 1 | broadcaster_user_id | user channel moderator
channel.unban_request.create 1 | broadcaster_user_id moderator_user_id | id channel user text created_at
channel.unban_request.resolve 1 | broadcaster_user_id moderator_user_id | id channel moderator user resolution_text
    status
channel.moderate 1 | broadcaster_user_id moderator_user_id | channel source_broadcaster_user_* moderator action
    followers slow vip unvip mod unmod ban unban timeout untimeout raid unraid delete automod_terms unban_request
    shared_chat_ban shared_chat_unban shared_chat_timeout shared_chat_untimeout shared_chat_delete
channel.moderate 2 | broadcaster_user_id moderator_user_id | channel source_broadcaster_user_* moderator action
    followers slow vip unvip mod unmod ban unban timeout untimeout raid unraid delete automod_terms unban_request
    warn shared_chat_ban shared_chat_unban shared_chat_timeout shared_chat_untimeout shared_chat_delete
channel.moderator.add 1 | broadcaster_user_id | channel user
channel.moderator.remove 1 | broadcaster_user_id | channel user
channel.guest_star_session.begin beta | broadcaster_user_id moderator_user_id | channel session_id started_at
channel.guest_star_session.end beta | broadcaster_user_id moderator_user_id | channel session_id started_at ended_at
    host_user_*
channel.guest_star_guest.update beta | broadcaster_user_id moderator_user_id | channel session_id moderator
    guest_user_* slot_id state host_user_* host_video_enabled host_audio_enabled host_volume
channel.guest_star_settings.update beta | broadcaster_user_id moderator_user_id | channel
    is_moderator_send_live_enabled slot_count is_browser_source_audio_enabled group_layout
channel.channel_points_automatic_reward_redemption.add 1 | broadcaster_user_id | channel user id reward message
    user_input redeemed_at
channel.channel_points_automatic_reward_redemption.add 2 | broadcaster_user_id | channel user id reward message
    redeemed_at
channel.channel_points_custom_reward.add 1 | broadcaster_user_id | id channel is_enabled is_paused is_in_stock title
    cost prompt is_user_input_required should_redemptions_skip_request_queue max_per_stream max_per_user_per_stream
    background_color image default_image global_cooldown cooldown_expires_at redemptions_redeemed_current_stream
channel.channel_points_custom_reward.update 1 | broadcaster_user_id reward_id? | id channel is_enabled is_paused
    is_in_stock title cost prompt is_user_input_required should_redemptions_skip_request_queue max_per_stream
    max_per_user_per_stream background_color image default_image global_cooldown cooldown_expires_at
    redemptions_redeemed_current_stream
channel.channel_points_custom_reward.remove 1 | broadcaster_user_id reward_id? | id channel is_enabled is_paused
    is_in_stock title cost prompt is_user_input_required should_redemptions_skip_request_queue max_per_stream
    max_per_user_per_stream background_color image default_image global_cooldown cooldown_expires_at
    redemptions_redeemed_current_stream
channel.channel_points_custom_reward_redemption.add 1 | broadcaster_user_id reward_id? | id channel user user_input
    status redeemed_at reward
channel.channel_points_custom_reward_redemption.update 1 | broadcaster_user_id reward_id? | id channel user
    user_input status reward redeemed_at
channel.custom_power_up_redemption.add 1 | broadcaster_user_id reward_id? | id channel user user_input status
    custom_power_up redeemed_at
channel.poll.begin 1 | broadcaster_user_id | id channel title choices bits_voting channel_points_voting started_at
    ends_at
channel.poll.progress 1 | broadcaster_user_id | id channel title choices bits_voting channel_points_voting
    started_at ends_at
channel.poll.end 1 | broadcaster_user_id | id channel title choices bits_voting channel_points_voting status
    started_at ended_at
channel.prediction.begin 1 | broadcaster_user_id | id channel title outcomes started_at locks_at
channel.prediction.progress 1 | broadcaster_user_id | id channel title outcomes started_at locks_at
channel.prediction.lock 1 | broadcaster_user_id | id channel title outcomes started_at locked_at
channel.prediction.end 1 | broadcaster_user_id | id channel title winning_outcome_id outcomes status started_at
    ended_at
channel.suspicious_user.message 1 | broadcaster_user_id moderator_user_id | channel user low_trust_status
    shared_ban_channel_ids types ban_evasion_evaluation message
channel.suspicious_user.update 1 | broadcaster_user_id moderator_user_id | channel moderator user low_trust_status
channel.vip.add 1 | broadcaster_user_id | user channel
channel.vip.remove 1 | broadcaster_user_id | user channel
channel.warning.acknowledge 1 | broadcaster_user_id moderator_user_id | channel user
channel.warning.send 1 | broadcaster_user_id moderator_user_id | channel moderator user reason chat_rules_cited
channel.charity_campaign.donate 1 | broadcaster_user_id | id campaign_id channel user charity_name
    charity_description charity_logo charity_website amount
channel.charity_campaign.start 1 | broadcaster_user_id | id broadcaster_* charity_name charity_description
    charity_logo charity_website current_amount target_amount started_at
channel.charity_campaign.progress 1 | broadcaster_user_id | id broadcaster_* charity_name charity_description
    charity_logo charity_website current_amount target_amount
channel.charity_campaign.stop 1 | broadcaster_user_id | id broadcaster_* charity_name charity_description
    charity_logo charity_website current_amount target_amount stopped_at
conduit.shard.disabled 1 | client_id conduit_id? | conduit_id shard_id status transport
drop.entitlement.grant 1 | organization_id category_id? campaign_id? | id data
extension.bits_transaction.create 1 | extension_client_id | extension_client_id id channel user product
channel.goal.begin 1 | broadcaster_user_id | id channel type description current_amount target_amount started_at
channel.goal.progress 1 | broadcaster_user_id | id channel type description current_amount target_amount started_at
channel.goal.end 1 | broadcaster_user_id | id channel type description is_achieved current_amount target_amount
    started_at ended_at
channel.hype_train.begin 2 | broadcaster_user_id | id channel total progress goal top_contributions level
    all_time_high_level all_time_high_total shared_train_participants started_at expires_at type is_shared_train
channel.hype_train.progress 2 | broadcaster_user_id | id channel total progress goal top_contributions level
    shared_train_participants started_at expires_at type is_shared_train
channel.hype_train.end 2 | broadcaster_user_id | id channel total top_contributions level shared_train_participants
    started_at cooldown_ends_at ended_at type is_shared_train
channel.shield_mode.begin 1 | broadcaster_user_id moderator_user_id | channel moderator started_at
channel.shield_mode.end 1 | broadcaster_user_id moderator_user_id | channel moderator ended_at
channel.shoutout.create 1 | broadcaster_user_id moderator_user_id | channel to_broadcaster_user_* moderator
    viewer_count started_at cooldown_ends_at target_cooldown_ends_at
channel.shoutout.receive 1 | broadcaster_user_id moderator_user_id | channel from_broadcaster_user_* viewer_count
    started_at
stream.online 1 | broadcaster_user_id | id channel type started_at
stream.offline 1 | broadcaster_user_id | id channel
user.authorization.grant 1 | client_id | client_id user
user.authorization.revoke 1 | client_id | client_id user
user.update 1 | user_id | user email email_verified description
user.whisper.message 1 | user_id | from_user_* to_user_* whisper_id whisper
"""
_SHORT = {"channel": "broadcaster_user_*", "user": "user_*", "moderator": "moderator_user_*"}


class Row(NamedTuple):
    type: str
    version: str
    keys: tuple[str, ...]
    fields: frozenset[str]

    def condition(self) -> dict[str, str]:
        """With what is needed, and nothing else."""
        needed = [key for key in self.keys if key[-1] not in "?|"] + [key[:-1] for key in self.keys if key[-1] == "|"][
            -1:
        ]
        return {key: "client" if key == "client_id" else "123" for key in needed}

    def body(self, condition: dict[str, str], conduit_id: str) -> dict[str, Any]:
        transport = {"method": "conduit", "conduit_id": conduit_id}
        body = {"type": self.type, "version": self.version, "condition": condition, "transport": transport}
        return body | ({"is_batching_enabled": True} if self.type == BATCHED else {})

    def __str__(self) -> str:
        return f"{self.type}-{self.version}"


def _row(line: str) -> Row:
    name, keys, fields = line.split(" | ")
    type_, version = name.split()
    words = [_SHORT.get(word, word) for word in fields.split()]
    spelled = (
        (word[:-1] + part for part in ("id", "login", "name")) if word.endswith("*") else (word,) for word in words
    )
    return Row(type_, version, tuple(keys.split()), frozenset(field for fields in spelled for field in fields))


ROWS = [_row(line) for line in _TABLE.strip().replace("\n    ", " ").splitlines()]


def examples(type_: str, version: str, **condition: str) -> list[dict[str, Any]]:
    """All variants of a type's event in channel 123."""
    maker = MAKERS[type_, version]
    condition = {"broadcaster_user_id": "123"} | condition
    return [maker(Scene("123", condition, turn, person_of_id)) for turn in range(turns(type_, version))]


def test_the_catalogue_has_the_83_rows_and_each_has_a_maker() -> None:
    assert len(ROWS) == 83
    assert {(row.type, row.version) for row in ROWS} == set(TYPES) == set(MAKERS)


async def test_every_type_arrives_as_twitch_sends_it(client: Client) -> None:
    conduit_id, (socket,) = await client.bound(channels=())
    for row in ROWS:
        status, answer = await client.call(
            "POST", "/eventsub/subscriptions", json=row.body(row.condition(), conduit_id)
        )
        assert (status, str(row)) == (202, str(row)), answer
        (made,) = answer["data"]
        _, sent = await client.control(
            "POST", "/events", json={"type": row.type, "version": row.version, "event": None}
        )
        frame = await socket.receive_json(timeout=10)
        payload, content = frame["payload"], "events" if row.type == BATCHED else "event"
        event = payload[content][0] if row.type == BATCHED else payload[content]

        assert sent == {"messages": 1}
        assert frame["metadata"] == {
            "message_id": frame["metadata"]["message_id"],
            "message_type": "notification",
            "message_timestamp": frame["metadata"]["message_timestamp"],
            "subscription_type": row.type,
            "subscription_version": row.version,
        }
        assert set(payload) == {"subscription", content}
        assert payload["subscription"]["id"] == made["id"]
        assert payload["subscription"]["condition"] == made["condition"]
        assert (str(row), frozenset(event)) == (str(row), row.fields)


async def test_a_condition_that_misses_a_key_is_refused(client: Client) -> None:
    conduit_id, _ = await client.bound(channels=())
    for row in ROWS:
        for key in row.condition():
            condition = {name: value for name, value in row.condition().items() if name != key}
            status, answer = await client.call("POST", "/eventsub/subscriptions", json=row.body(condition, conduit_id))
            assert (status, str(row), "condition" in answer["message"]) == (400, str(row), True)


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_every_variant_has_the_fields_and_says_who_in_full(row: Row) -> None:
    """Whoever is named is named by id, login and name; and either nobody or somebody, not by halves."""
    for event in examples(row.type, row.version, **row.condition()):
        assert set(event) == row.fields - ({"email", "email_verified"} - set(event))
        for part in objects(event):
            for prefix in {key.removesuffix("login") for key in part if key.endswith("login")}:
                person = [part[prefix + word] for word in ("id", "login", "name")]
                assert person[1:] == [None, None] or person_of_id(person[0]).login == person[1]
                assert all(word is None for word in person[1:]) or None not in person


def objects(value: Any) -> list[dict[str, Any]]:
    """A JSON value's objects, at whatever depth."""
    if isinstance(value, dict):
        return [value, *(one for part in value.values() for one in objects(part))]
    return [one for part in value for one in objects(part)] if isinstance(value, list) else []
