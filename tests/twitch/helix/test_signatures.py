"""Names and parameters that programs were written for: they stay, in their order, whatever a row gains.

A line is a method: its parameters in their order, ``?`` after one that needn't be given, ``*`` before those that are
given by name. What isn't here though it was documented once, Twitch doesn't have: extension ids beside a token that
says which extension it is, the price of a poll's vote in Bits, the delay of a clip. What would take their places by position
is given by name alone, so that such a call fails where another meaning would be sent.
"""

import inspect
from typing import Any

import pytest

from twitch import AppAPI, UserAPI

APP = """
add_suspicious_user_status: target_user_id moderator_id broadcaster_id status
create_clip_from_vod: broadcaster_id vod_id vod_offset title editor_id? duration?
create_conduit: shard_count
create_eventsub_subscription: subscription_type subscription_version transport condition
delete_conduit: conduit_id
delete_eventsub_subscription: subscription_id
get_channel_chat_badges: user_id
get_channel_emotes: user_id
get_channel_information: user_ids
get_channel_stream_schedule: user_id segment_ids? start_time? limit?
get_channel_teams: user_id
get_chat_settings: user_id
get_cheermotes: user_id?
get_clips_by_category_id: category_id started_at? ended_at? is_featured? limit?
get_clips_by_id: clip_ids is_featured?
get_clips_by_user_id: user_id started_at? ended_at? is_featured? limit?
get_clips_downloads: broadcaster_id clip_ids editor_id?
get_conduit_shards: conduit_id status? limit?
get_conduits:
get_content_classification_labels: locale?
get_drops_entitlements: entitlement_ids? user_id? game_id? fulfillment_status? limit?
get_emote_sets: emote_set_ids
get_eventsub_subscription_by_id: subscription_id
get_eventsub_subscriptions: limit?
get_eventsub_subscriptions_by_status: status limit?
get_eventsub_subscriptions_by_type: subscriptions_type limit?
get_eventsub_subscriptions_by_user_id: user_id limit?
get_eventsub_subscriptions_summary:
get_extension_live_channels: extension_id limit?
get_extension_transactions: extension_id transaction_ids? limit?
get_games: * game_ids? game_names? igdb_ids?
get_global_chat_badges:
get_global_emotes:
get_shared_chat_session: user_id
get_streams: * user_ids? user_logins? game_ids? stream_type? languages?
get_team_by_id: team_id
get_team_by_name: team_name
get_top_games: limit?
get_user_authorizations: user_ids
get_user_chat_color: user_ids
get_users: * user_ids? user_logins?
get_videos_by_category_id: category_id language? period? sort? video_type? limit?
get_videos_by_id: video_ids
get_videos_by_user_id: user_id language? period? sort? video_type? limit?
remove_suspicious_user_status: target_user_id moderator_id broadcaster_id
search_categories: query limit?
search_channels: query live_only? limit?
send_chat_message: broadcaster_id sender_id message reply_message_id? for_source_only?
update_conduit: conduit_id shard_count
update_conduit_shards: conduit_id shards
update_drops_entitlements: fulfillment_status entitlement_ids
"""

USER = """
add_blocked_term: text broadcaster_id?
add_channel_moderator: user_id
add_channel_vip: user_id
add_suspicious_user_status: target_user_id status moderator_id? broadcaster_id?
ban_user: user_id broadcaster_id? duration? reason?
block_user: target_user_id source_context? reason?
cancel_raid:
check_automod_status: messages
check_user_subscription: broadcaster_id
create_channel_stream_schedule_segment: start_time timezone is_recurring duration? category_id? title?
create_clip_from_vod: vod_id vod_offset title broadcaster_id? editor_id? duration?
create_eventsub_subscription: subscription_type subscription_version transport condition
create_prediction: title outcomes duration
create_stream_marker: user_id? description?
delete_channel_stream_schedule_segment: segment_id
delete_chat_messages: broadcaster_id? message_id?
delete_eventsub_subscription: subscription_id
end_poll: poll_id status
end_prediction: prediction_id status winning_outcome_id?
get_ad_schedule:
get_automod_settings: broadcaster_id?
get_banned_users: broadcaster_id? user_ids? limit?
get_bits_leaderboard: count? period? started_at? user_id_filter?
get_blocked_terms: broadcaster_id? limit?
get_broadcaster_subscriptions: user_ids? limit?
get_channel_chat_badges: user_id?
get_channel_editors:
get_channel_emotes: user_id?
get_channel_followers: user_id? limit?
get_channel_information: user_ids?
get_channel_stream_schedule: user_id? segment_ids? start_time? limit?
get_channel_teams: user_id?
get_charity_campaign:
get_charity_campaign_donations: limit?
get_chat_settings: user_id?
get_chatters: broadcaster_id? limit?
get_cheermotes: user_id?
get_clips_by_category_id: category_id started_at? ended_at? is_featured? limit?
get_clips_by_id: clip_ids is_featured?
get_clips_by_user_id: user_id? started_at? ended_at? is_featured? limit?
get_clips_downloads: broadcaster_id clip_ids editor_id?
get_content_classification_labels: locale?
get_creator_goals:
get_emote_sets: emote_set_ids
get_eventsub_subscription_by_id: subscription_id
get_eventsub_subscriptions: limit?
get_eventsub_subscriptions_by_status: status limit?
get_eventsub_subscriptions_by_type: subscriptions_type limit?
get_eventsub_subscriptions_by_user_id: user_id? limit?
get_eventsub_subscriptions_summary:
get_extension_analytics: extension_id? report_type? started_at? ended_at? limit?
get_extension_live_channels: extension_id limit?
get_followed_channels: broadcaster_id? limit?
get_game_analytics: game_id? report_type? started_at? ended_at? limit?
get_games: * game_ids? game_names? igdb_ids?
get_global_chat_badges:
get_global_emotes:
get_hype_train_status:
get_moderators: user_ids? limit?
get_polls: poll_ids? limit?
get_predictions: prediction_ids? limit?
get_shared_chat_session: user_id?
get_shield_mode_status: broadcaster_id?
get_stream_key:
get_stream_markers: user_id? video_id? limit?
get_streams: * user_ids? user_logins? game_ids? stream_type? languages?
get_team_by_id: team_id
get_team_by_name: team_name
get_top_games: limit?
get_unban_requests: broadcaster_id? status? user_id? limit?
get_user_active_extensions:
get_user_block_list: limit?
get_user_chat_color: user_ids?
get_user_extensions:
get_users: * user_ids? user_logins?
get_videos_by_category_id: category_id language? period? sort? video_type? limit?
get_videos_by_id: video_ids
get_videos_by_user_id: user_id? language? period? sort? video_type? limit?
get_vips: user_ids? limit?
manage_held_automod_messages: msg_id action
modify_channel_information: game_id? language? title? delay? tags? content_classification_labels? is_branded_content?
remove_blocked_term: term_id broadcaster_id?
remove_channel_moderator: user_id
remove_channel_vip: user_id
remove_suspicious_user_status: target_user_id moderator_id? broadcaster_id?
resolve_unban_request: unban_request_id status resolution_text? broadcaster_id?
search_categories: query limit?
search_channels: query live_only? limit?
send_chat_announcement: message broadcaster_id? color?
send_chat_message: message broadcaster_id? reply_message_id?
send_shoutout: to_broadcaster_id from_broadcaster_id?
snooze_next_ad:
start_commercial: length
start_raid: to_broadcaster_id
unban_user: user_id broadcaster_id?
unblock_user: target_user_id
update_automod_settings: settings broadcaster_id?
update_channel_stream_schedule: is_vacation_enabled vacation_start_time? vacation_end_time? timezone?
update_channel_stream_schedule_segment: segment_id start_time? duration? category_id? is_canceled? timezone? title?
update_chat_color: color
update_chat_settings: settings broadcaster_id?
update_drops_entitlements: fulfillment_status entitlement_ids
update_shield_mode_status: is_active broadcaster_id?
update_user: description?
update_user_extensions: data
warn_chat_user: user_id reason broadcaster_id?
"""

# Twitch wants these, and is told whose token it is only where a user's is used.
NEEDED = {
    (AppAPI, "create_clip_from_vod"): {"editor_id"},
    (AppAPI, "get_clips_downloads"): {"editor_id"},
    (UserAPI, "create_channel_stream_schedule_segment"): {"duration"},
}
DROPPED: list[tuple[type, str, tuple[Any, ...]]] = [
    (AppAPI, "get_extension_bits_products", ("extension",)),
    (AppAPI, "update_extension_bits_product", ("extension", "sku", {"amount": 100, "type": "bits"}, "Product")),
    (UserAPI, "create_clip", ("9", True)),
    (UserAPI, "create_poll", ("Which?", ["A", "B"], 60, True, 10)),
]
LINES = [(owner, line) for owner, text in ((AppAPI, APP), (UserAPI, USER)) for line in text.split("\n") if line]


@pytest.mark.parametrize(
    ("owner", "line"), LINES, ids=lambda value: str(getattr(value, "__name__", value)).split(":")[0]
)
def test_a_documented_call_still_fits(owner: type, line: str) -> None:
    name, _, listed = line.partition(":")
    by_position, _, by_name = listed.partition("*")
    parameters = dict(inspect.signature(getattr(owner, name)).parameters)
    del parameters["self"]
    positional = [each.name for each in parameters.values() if each.kind is each.POSITIONAL_OR_KEYWORD]
    wanted = [each.rstrip("?") for each in by_position.split()]
    assert positional[: len(wanted)] == wanted
    assert {each.rstrip("?") for each in by_name.split()} <= set(parameters)
    required = {each.name for each in parameters.values() if each.default is each.empty}
    given = {each for each in by_position.split() if not each.endswith("?")}
    assert required <= given | NEEDED.get((owner, name), set())


@pytest.mark.parametrize(("owner", "name", "arguments"), DROPPED, ids=lambda value: str(value)[:30])
def test_a_call_with_what_twitch_has_dropped_is_not_mistaken(
    owner: type, name: str, arguments: tuple[Any, ...]
) -> None:
    with pytest.raises(TypeError, match="too many positional arguments"):
        inspect.signature(getattr(owner, name)).bind(None, *arguments)
