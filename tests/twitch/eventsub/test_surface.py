"""Names of event types that programs were written for: methods to subscribe with, handlers, models and their fields.

What a name was documented as and what it was in fact are both taken, where they differed.
"""

import inspect
from typing import Any

import pytest

import twitch.eventsub
from twitch.eventsub import ClientApp, ClientUser, Event
from twitch.eventsub.handlers import TYPED, target_of
from twitch.eventsub.subscribe import AppEvents, UserEvents
from twitch.eventsub.types import EVENT_TYPES, LATEST, EventType

TYPES = """
automod.message.hold automod_message_hold: broadcaster_user_id moderator_user_id | on_automod_message_hold_v1
  on_automod_message_hold_v2
automod.message.update automod_message_update: broadcaster_user_id moderator_user_id | on_automod_message_update_v1
  on_automod_message_update_v2
automod.settings.update automod_settings_update: broadcaster_user_id moderator_user_id | on_automod_settings_update_v1
automod.terms.update automod_terms_update: broadcaster_user_id moderator_user_id | on_automod_terms_update_v1
channel.ad_break.begin channel_ad_break_begin: broadcaster_user_id | on_channel_ad_break_v1
channel.ban channel_ban: broadcaster_user_id | on_channel_ban_v1
channel.bits.use channel_bits_use: broadcaster_user_id | on_bits_v1
channel.channel_points_automatic_reward_redemption.add channel_points_automatic_reward_redemption_add:
  broadcaster_user_id | on_channel_points_auto_reward_v1 on_channel_points_auto_reward_v2
channel.channel_points_custom_reward.add channel_points_custom_reward_add: broadcaster_user_id |
  on_channel_reward_add_v1
channel.channel_points_custom_reward.remove channel_points_custom_reward_remove: broadcaster_user_id reward_id |
  on_channel_reward_remove_v1
channel.channel_points_custom_reward.update channel_points_custom_reward_update: broadcaster_user_id reward_id |
  on_channel_reward_update_v1
channel.channel_points_custom_reward_redemption.add channel_points_custom_reward_redemption_add: broadcaster_user_id
  reward_id | on_channel_reward_redeem_add_v1
channel.channel_points_custom_reward_redemption.update channel_points_custom_reward_redemption_update:
  broadcaster_user_id reward_id | on_channel_reward_redeem_update_v1
channel.charity_campaign.donate channel_charity_campaign_donate: broadcaster_user_id | on_channel_charity_donate_v1
channel.charity_campaign.progress channel_charity_campaign_progress: broadcaster_user_id |
  on_channel_charity_progress_v1
channel.charity_campaign.start channel_charity_campaign_start: broadcaster_user_id | on_channel_charity_start_v1
channel.charity_campaign.stop channel_charity_campaign_stop: broadcaster_user_id | on_channel_charity_stop_v1
channel.chat.clear channel_chat_clear: broadcaster_user_id user_id | on_chat_clear_v1
channel.chat.clear_user_messages channel_chat_clear_user_messages: broadcaster_user_id user_id | on_chat_clear_user_v1
channel.chat.message chat_message: broadcaster_user_id user_id | on_chat_message_v1
channel.chat.message_delete channel_chat_message_delete: broadcaster_user_id user_id | on_chat_message_delete_v1
channel.chat.notification channel_chat_notification: broadcaster_user_id user_id | on_chat_notification_v1
channel.chat.user_message_hold channel_chat_user_message_hold: broadcaster_user_id user_id |
  on_chat_user_message_hold_v1
channel.chat.user_message_update channel_chat_user_message_update: broadcaster_user_id user_id |
  on_chat_user_message_update_v1
channel.chat_settings.update channel_chat_settings_update: broadcaster_user_id user_id | on_chat_settings_v1
channel.cheer channel_cheer: broadcaster_user_id | on_channel_cheer_v1
channel.follow channel_follow: broadcaster_user_id moderator_user_id | on_channel_follow_v2
channel.goal.begin channel_goal_begin: broadcaster_user_id | on_channel_goal_begin_v1
channel.goal.end channel_goal_end: broadcaster_user_id | on_channel_goal_end_v1
channel.goal.progress channel_goal_progress: broadcaster_user_id | on_channel_goal_progress_v1
channel.guest_star_guest.update channel_guest_star_guest_update: broadcaster_user_id moderator_user_id |
  on_channel_guest_star_guest_update_vbeta_raw
channel.guest_star_session.begin channel_guest_star_session_begin: broadcaster_user_id moderator_user_id |
  on_channel_guest_star_session_begin_vbeta_raw
channel.guest_star_session.end channel_guest_star_session_end: broadcaster_user_id moderator_user_id |
  on_channel_guest_star_session_end_vbeta_raw
channel.guest_star_settings.update channel_guest_star_settings_update: broadcaster_user_id moderator_user_id |
  on_channel_guest_star_settings_update_vbeta_raw
channel.hype_train.begin channel_hype_train_begin: broadcaster_user_id | on_channel_hype_train_begin_v2_raw
channel.hype_train.end channel_hype_train_end: broadcaster_user_id | on_channel_hype_train_end_v2_raw
channel.hype_train.progress channel_hype_train_progress: broadcaster_user_id | on_channel_hype_train_progress_v2_raw
channel.moderate channel_moderate: broadcaster_user_id moderator_user_id | on_channel_moderate_v1
  on_channel_moderate_v2
channel.moderator.add channel_moderator_add: broadcaster_user_id | on_channel_moderator_add_v1
channel.moderator.remove channel_moderator_remove: broadcaster_user_id | on_channel_moderator_remove_v1
channel.poll.begin channel_poll_begin: broadcaster_user_id | on_channel_poll_begin_v1
channel.poll.end channel_poll_end: broadcaster_user_id | on_channel_poll_end_v1
channel.poll.progress channel_poll_progress: broadcaster_user_id | on_channel_poll_progress_v1
channel.prediction.begin channel_prediction_begin: broadcaster_user_id | on_channel_prediction_begin_v1
channel.prediction.end channel_prediction_end: broadcaster_user_id | on_channel_prediction_end_v1
channel.prediction.lock channel_prediction_lock: broadcaster_user_id | on_channel_prediction_lock_v1
channel.prediction.progress channel_prediction_progress: broadcaster_user_id | on_channel_prediction_progress_v1
channel.raid channel_raid: from_broadcaster_user_id to_broadcaster_user_id | on_channel_raid_v1
channel.shared_chat.begin channel_shared_chat_begin: broadcaster_user_id | on_shared_chat_begin_v1
channel.shared_chat.end channel_shared_chat_end: broadcaster_user_id | on_shared_chat_end_v1
channel.shared_chat.update channel_shared_chat_update: broadcaster_user_id | on_shared_chat_update_v1
channel.shield_mode.begin channel_shield_mode_begin: broadcaster_user_id moderator_user_id |
  on_channel_shield_mode_begin_v1
channel.shield_mode.end channel_shield_mode_end: broadcaster_user_id moderator_user_id | on_channel_shield_mode_end_v1
channel.shoutout.create channel_shoutout_create: broadcaster_user_id moderator_user_id | on_channel_shoutout_create_v1
channel.shoutout.receive channel_shoutout_receive: broadcaster_user_id moderator_user_id |
  on_channel_shoutout_receive_v1
channel.subscribe channel_subscribe: broadcaster_user_id | on_channel_subscribe_v1
channel.subscription.end channel_subscription_end: broadcaster_user_id | on_channel_subscription_end_v1
channel.subscription.gift channel_subscription_gift: broadcaster_user_id | on_channel_subscription_gif_v1
channel.subscription.message channel_subscription_message: broadcaster_user_id | on_channel_subscription_message_v1
channel.suspicious_user.message channel_suspicious_user_message: broadcaster_user_id moderator_user_id |
  on_channel_suspicious_user_message_v1
channel.suspicious_user.update channel_suspicious_user_update: broadcaster_user_id moderator_user_id |
  on_channel_suspicious_user_update_v1
channel.unban channel_unban: broadcaster_user_id | on_channel_unban_v1
channel.unban_request.create channel_unban_request_create: broadcaster_user_id moderator_user_id |
  on_channel_unban_request_create_v1
channel.unban_request.resolve channel_unban_request_resolve: broadcaster_user_id moderator_user_id |
  on_channel_unban_request_resolve_v1
channel.update channel_update: broadcaster_user_id | on_channel_update_v2
channel.vip.add channel_vip_add: broadcaster_user_id | on_channel_vip_add_v1
channel.vip.remove channel_vip_remove: broadcaster_user_id | on_vip_remove_v1
channel.warning.acknowledge channel_warning_acknowledge: broadcaster_user_id moderator_user_id |
  on_channel_warning_acknowledge_v1
channel.warning.send channel_warning_send: broadcaster_user_id moderator_user_id | on_channel_warning_send_v1
conduit.shard.disabled conduit_shard_disabled: conduit_id
drop.entitlement.grant drop_entitlement_grant: campaign_id category_id organization_id | on_drop_entitlement_grant_v1
extension.bits_transaction.create extension_bits_transaction_create: extension_client_id |
  on_extension_bits_transaction_create_v1
stream.offline stream_offline: broadcaster_user_id | on_stream_offline_v1
stream.online stream_online: broadcaster_user_id | on_stream_online_v1
user.authorization.grant user_authorization_grant: client_id | on_user_authorization_grant_v1
user.authorization.revoke user_authorization_revoke: client_id | on_user_authorization_revoke_v1
user.update user_update: user_id | on_user_update_v1
user.whisper.message user_whisper_message: user_id | on_user_whisper_message_v1
"""
"""type, method: keys of the condition | handlers"""

ALSO_DOCUMENTED = """
on_channel_chat_clear_v1 on_channel_chat_clear_user_messages_v1 on_channel_chat_message_delete_v1
on_channel_chat_notification_v1 on_channel_chat_settings_update_v1 on_channel_chat_user_message_hold_v1
on_channel_chat_user_message_update_v1 on_channel_shared_chat_begin_v1 on_channel_shared_chat_update_v1
on_channel_shared_chat_end_v1 on_conduit_shard_disabled_v1 on_channel_bits_use_v1 on_channel_ad_break_begin_v1
on_channel_subscription_gift_v1 on_channel_points_automatic_reward_redemption_add_v1
on_channel_points_automatic_reward_redemption_add_v2 on_channel_points_custom_reward_add_v1
on_channel_points_custom_reward_update_v1 on_channel_points_custom_reward_remove_v1
on_channel_points_custom_reward_redemption_add_v1 on_channel_points_custom_reward_redemption_update_v1
on_channel_vip_remove_v1 on_channel_hype_train_begin_v2 on_channel_hype_train_progress_v2
on_channel_hype_train_end_v2 on_channel_guest_star_session_begin_beta on_channel_guest_star_session_end_beta
on_channel_guest_star_guest_update_beta on_channel_guest_star_settings_update_beta
"""
"""Handlers that nothing called once, though they were documented."""

EVENTS = """
AutomodHoldEventV1 on_automod_message_hold_v1: broadcaster_user user message_id message category level held_at raw
AutomodHoldEventV2 on_automod_message_hold_v2: broadcaster_user user message_id message held_at reason raw automod
  blocked_term
AutomodUpdateEventV1 on_automod_message_update_v1: broadcaster_user user moderator_user message_id message category
  level status held_at raw
AutomodUpdateEventV2 on_automod_message_update_v2: broadcaster_user user moderator_user message_id message status
  held_at reason raw automod blocked_term
AutomodSettingsUpdateEvent on_automod_settings_update_v1: broadcaster_user moderator_user bullying overall_level
  disability race_ethnicity_or_religion misogyny sexuality_sex_or_gender aggression sex_based_terms swearing raw
AutomodTermsUpdateEvent on_automod_terms_update_v1: broadcaster_user moderator_user action from_automod terms raw
ChannelBitsUseEvent on_bits_v1: broadcaster_user user bits type message power_up raw
ChannelUpdateEvent on_channel_update_v2: broadcaster_user title language category_id category_name
  content_classification_labels raw
ChannelFollowEvent on_channel_follow_v2: broadcaster_user user followed_at raw
ChannelAdBreakBeginEvent on_channel_ad_break_v1: broadcaster_user duration_seconds started_at is_automatic
  requester_user raw
ChannelChatClearEvent on_chat_clear_v1: broadcaster_user raw
ChannelChatClearUserMessagesEvent on_chat_clear_user_v1: broadcaster_user target_user raw
ChannelChatMessageEvent on_chat_message_v1: broadcaster_user chatter message_id message message_type badges cheer
  color reply channel_points_custom_reward_id source_broadcaster_user source_message_id source_badges is_source_only
  raw
ChannelChatMessageDeleteEvent on_chat_message_delete_v1: broadcaster_user target_user message_id raw
ChannelChatNotificationEvent on_chat_notification_v1: broadcaster_user chatter_user chatter_is_anonymous color badges
  system_message message_id message notice_type sub resub sub_gift community_sub_gift gift_paid_upgrade
  prime_paid_upgrade pay_it_forward raid unraid announcement bits_badge_tier charity_donation source_broadcaster_user
  source_message_id source_badges raw
ChannelChatSettingsUpdateEvent on_chat_settings_v1: broadcaster_user emote_mode follower_mode
  follower_mode_duration_minutes slow_mode slow_mode_wait_time_seconds subscriber_mode unique_chat_mode raw
ChannelChatUserMessageHoldEvent on_chat_user_message_hold_v1: broadcaster_user user message_id message raw
ChannelChatUserMessageUpdateEvent on_chat_user_message_update_v1: broadcaster_user user message_id message status raw
ChannelSharedChatBeginEvent on_shared_chat_begin_v1: broadcaster_user session_id host_broadcaster_user participants
  raw
ChannelSharedChatUpdateEvent on_shared_chat_update_v1: broadcaster_user session_id host_broadcaster_user participants
  raw
ChannelSharedChatEndEvent on_shared_chat_end_v1: broadcaster_user session_id host_broadcaster_user raw
ChannelSubscribeEvent on_channel_subscribe_v1: broadcaster_user user tier is_gift raw
ChannelSubscriptionEndEvent on_channel_subscription_end_v1: broadcaster_user user tier is_gift raw
ChannelSubscriptionGiftEvent on_channel_subscription_gif_v1: broadcaster_user user total tier cumulative_total
  is_anonymous raw
ChannelSubscriptionMessageEvent on_channel_subscription_message_v1: broadcaster_user user tier message
  cumulative_months streak_months duration_months raw
ChannelCheerEvent on_channel_cheer_v1: broadcaster_user user is_anonymous message bits raw
ChannelRaidEvent on_channel_raid_v1: from_broadcaster_user to_broadcaster_user viewers raw
ChannelBanEvent on_channel_ban_v1: broadcaster_user user moderator_user reason banned_at ends_at is_permanent raw
ChannelUnbanEvent on_channel_unban_v1: broadcaster_user user moderator_user raw
ChannelUnbanRequestCreateEvent on_channel_unban_request_create_v1: broadcaster_user user id text created_at raw
ChannelUnbanRequestResolveEvent on_channel_unban_request_resolve_v1: broadcaster_user user moderator_user id
  resolution_text status raw
ChannelModerateEventV1 on_channel_moderate_v1: broadcaster_user moderator_user source_broadcaster_user action
  followers slow vip unvip mod unmod ban unban timeout untimeout raid unraid delete automod_terms unban_request raw
ChannelModerateEventV2 on_channel_moderate_v2: broadcaster_user moderator_user source_broadcaster_user action
  followers slow vip unvip mod unmod ban unban timeout untimeout raid unraid delete automod_terms unban_request warn
  raw
ChannelModeratorAddEvent on_channel_moderator_add_v1: broadcaster_user user raw
ChannelModeratorRemoveEvent on_channel_moderator_remove_v1: broadcaster_user user raw
ChannelPointsAutomaticRewardRedemptionAddEventV1 on_channel_points_auto_reward_v1: broadcaster_user user id reward
  message user_input redeemed_at raw
ChannelPointsAutomaticRewardRedemptionAddEventV2 on_channel_points_auto_reward_v2: broadcaster_user user id reward
  message redeemed_at raw
ChannelPointsCustomRewardAddEvent on_channel_reward_add_v1: broadcaster_user id is_enabled is_paused is_in_stock title
  cost prompt is_user_input_required should_redemptions_skip_request_queue cooldown_expires_at
  redemptions_redeemed_current_stream max_per_stream max_per_user_per_stream global_cooldown background_color image
  default_image raw
ChannelPointsCustomRewardUpdateEvent on_channel_reward_update_v1: broadcaster_user id is_enabled is_paused is_in_stock
  title cost prompt is_user_input_required should_redemptions_skip_request_queue cooldown_expires_at
  redemptions_redeemed_current_stream max_per_stream max_per_user_per_stream global_cooldown background_color image
  default_image raw
ChannelPointsCustomRewardRemoveEvent on_channel_reward_remove_v1: broadcaster_user id is_enabled is_paused is_in_stock
  title cost prompt is_user_input_required should_redemptions_skip_request_queue cooldown_expires_at
  redemptions_redeemed_current_stream max_per_stream max_per_user_per_stream global_cooldown background_color image
  default_image raw
ChannelPointsCustomRewardRedemptionAddEvent on_channel_reward_redeem_add_v1: broadcaster_user user id user_input
  status reward redeemed_at raw
ChannelPointsCustomRewardRedemptionUpdateEvent on_channel_reward_redeem_update_v1: broadcaster_user user id user_input
  status reward redeemed_at raw
ChannelPollBeginEvent on_channel_poll_begin_v1: broadcaster_user id title choices bits_voting channel_points_voting
  started_at ends_at raw
ChannelPollProgressEvent on_channel_poll_progress_v1: broadcaster_user id title choices bits_voting
  channel_points_voting started_at ends_at raw
ChannelPollEndEvent on_channel_poll_end_v1: broadcaster_user id title choices bits_voting channel_points_voting status
  started_at ended_at raw
ChannelPredictionBeginEvent on_channel_prediction_begin_v1: broadcaster_user id title outcomes started_at locks_at raw
ChannelPredictionProgressEvent on_channel_prediction_progress_v1: broadcaster_user id title outcomes started_at
  locks_at raw
ChannelPredictionLockEvent on_channel_prediction_lock_v1: broadcaster_user id title outcomes started_at locked_at raw
ChannelPredictionEndEvent on_channel_prediction_end_v1: broadcaster_user id title winning_outcome_id outcomes status
  started_at ended_at raw
ChannelSuspiciousUserMessageEvent on_channel_suspicious_user_message_v1: broadcaster_user user low_trust_status
  shared_ban_channel_ids types ban_evasion_evaluation message raw
ChannelSuspiciousUserUpdateEvent on_channel_suspicious_user_update_v1: broadcaster_user moderator_user user
  low_trust_status raw
ChannelVipAddEvent on_channel_vip_add_v1: broadcaster_user user raw
ChannelVipRemoveEvent on_vip_remove_v1: broadcaster_user user raw
ChannelWarningAcknowledgeEvent on_channel_warning_acknowledge_v1: broadcaster_user user raw
ChannelWarningSendEvent on_channel_warning_send_v1: broadcaster_user user moderator_user reason chat_rules_cited raw
ChannelCharityCampaignDonationEvent on_channel_charity_donate_v1: broadcaster_user user id campaign_id charity_name
  charity_description charity_logo charity_website amount raw
ChannelCharityCampaignStartEvent on_channel_charity_start_v1: id broadcaster_user charity_name charity_description
  charity_logo charity_website current_amount target_amount started_at raw
ChannelCharityCampaignProgressEvent on_channel_charity_progress_v1: id broadcaster_user charity_name
  charity_description charity_logo charity_website current_amount target_amount raw
ChannelCharityCampaignStopEvent on_channel_charity_stop_v1: id broadcaster_user charity_name charity_description
  charity_logo charity_website current_amount target_amount stopped_at raw
DropEntitlementGrantEvent on_drop_entitlement_grant_v1: id data raw
ExtensionBitsTransactionCreateEvent on_extension_bits_transaction_create_v1: broadcaster_user user id
  extension_client_id product raw
ChannelGoalBeginEvent on_channel_goal_begin_v1: broadcaster_user id type description current_amount target_amount
  started_at raw
ChannelGoalProgressEvent on_channel_goal_progress_v1: broadcaster_user id type description current_amount
  target_amount started_at raw
ChannelGoalEndEvent on_channel_goal_end_v1: broadcaster_user id type description current_amount target_amount
  started_at is_achieved ended_at raw
ChannelShieldModeBeginEvent on_channel_shield_mode_begin_v1: broadcaster_user moderator_user started_at raw
ChannelShieldModeEndEvent on_channel_shield_mode_end_v1: broadcaster_user moderator_user ended_at raw
ChannelShoutoutCreateEvent on_channel_shoutout_create_v1: broadcaster_user moderator_user to_broadcaster_user
  started_at viewer_count cooldown_ends_at target_cooldown_ends_at raw
ChannelShoutoutReceiveEvent on_channel_shoutout_receive_v1: broadcaster_user from_broadcaster_user viewer_count
  started_at raw
StreamOnlineEvent on_stream_online_v1: broadcaster id type started_at raw
StreamOfflineEvent on_stream_offline_v1: broadcaster raw
UserAuthorizationGrantEvent on_user_authorization_grant_v1: client_id user raw
UserAuthorizationRevokeEvent on_user_authorization_revoke_v1: client_id user_id user_login user_name raw
UserUpdateEvent on_user_update_v1: user email email_verified description raw
UserWhisperMessageEvent on_user_whisper_message_v1: from_user to_user whisper_id whisper raw
"""
"""model, handler: fields"""

PARTS = """
EventEmote EventCheermote EventMessageFragment EventMessage EventChatBadge EventMoneyAmount EventAutomodBoundary
EventAutomod EventBlockedTerm EventBlockedTerms EventPowerUp EventReply EventSub EventResub EventSubGift
EventCommunitySubGift EventRaid EventAnnouncement EventBits EventCharityDonation EventModerationFollowers
EventModerationSlow EventModerationBan EventModerationTimeout EventModerationDelete EventModerationAutomodTerms
EventModerationUnbanRequest EventModerationWarn EventTopPredictor EventPredictionOutcome EventSharedChatParticipant
EventEmoteData EventSubscriptionMessage EventChannelPointsAutomaticReward EventChannelPointsAutomaticRewardV2
EventCustomReward EventGlobalCooldown EventMaxPerStream EventMaxPerUserPerStream EventImage EventPollChoice
EventPollVotingSettings EventCharityDonationAmount EventDropEntitlementGrantData EventExtensionProduct
EventWhisperData
"""


def lines(table: str) -> list[str]:
    """The lines of a table; a line that is indented goes on with the one before."""
    return table.strip().replace("\n  ", " ").splitlines()


def whole(name: str) -> str:
    return name.partition(" ")[0]


@pytest.mark.parametrize("line", lines(TYPES), ids=whole)
def test_a_type_is_subscribed_and_handled_by_its_documented_names(line: str) -> None:
    head, _, rest = line.partition(": ")
    event_type, method = head.split()
    keys, _, handlers = rest.partition(" | ")
    for events in (AppEvents, UserEvents):
        parameters = inspect.signature(getattr(events, method)).parameters
        assert set(keys.split()) <= set(parameters)
        assert getattr(events, event_type.replace(".", "_")).__doc__ == getattr(events, method).__doc__
    assert {target_of(handler).type for handler in handlers.split()} <= {event_type}


@pytest.mark.parametrize("handler", ALSO_DOCUMENTED.split())
def test_a_handler_is_taken_by_the_name_that_was_documented(handler: str) -> None:
    assert target_of(handler).type in LATEST


@pytest.mark.parametrize("line", lines(EVENTS), ids=whole)
def test_an_event_has_its_documented_model_and_fields(line: str) -> None:
    head, _, fields = line.partition(": ")
    model_name, handler = head.split()
    model = getattr(twitch.eventsub, model_name)
    assert TYPED[handler].model is model
    assert [field for field in fields.split() if not hasattr(model, field)] == []


def test_parts_of_events_have_their_documented_names() -> None:
    assert [name for name in PARTS.split() if not hasattr(twitch.eventsub, name)] == []


@pytest.mark.parametrize(
    ("make", "row"),
    [(make, row) for make in (ClientApp, ClientUser) for row in EVENT_TYPES if row.websocket or make is ClientApp],
    ids=lambda value: f"{value.type}-{value.version}" if isinstance(value, EventType) else value.__name__,
)
def test_a_handler_is_registered_with_and_without_self(make: Any, row: EventType) -> None:
    async def without(message: Event[Any]) -> None: ...

    async def with_self(self: Any, message: Event[Any]) -> None: ...

    for handler in (without, with_self):
        for name in row.handlers:
            client = make("id", "secret")
            handler.__name__ = name
            assert client.event(handler) is handler
            assert client.handles(row.type, row.version)
