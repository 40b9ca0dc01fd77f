# Written by `python -m twitch.eventsub.stubs` from the rows of types.py; a test compares the two.
# ruff: noqa: PYI021, E501, A002  editors show these docstrings; `type` is Twitch's own word
from collections.abc import Awaitable, Callable, Mapping
from typing import TypeAlias

from twitch.eventsub.types import EventType, SubscriptionRequest
from twitch.models import Subscription

Subscriber: TypeAlias = Callable[[SubscriptionRequest], Awaitable[Subscription]]

def condition_parameters(row: EventType) -> list[tuple[str, bool]]: ...
def describe(row: EventType, *, over_websocket: bool = False) -> str: ...

class AppEvents:
    def __init__(self, subscribe: Subscriber, client_id: str) -> None: ...
    async def subscribe(
        self,
        type: str,
        condition: Mapping[str, str | None],
        *,
        version: str | None = None,
    ) -> Subscription: ...
    async def stream_online(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel goes live. Received by on_stream_online_v1."""
    async def stream_offline(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel stops streaming. Received by on_stream_offline_v1."""
    async def channel_update(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's title, language, category or labels change. Received by on_channel_update_v2."""
    async def channel_follow(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody follows the channel. moderator_user_id must have granted moderator:read:followers. Received by on_channel_follow_v2."""
    async def channel_ad_break_begin(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A mid-roll ad break begins, by hand or automatically. broadcaster_user_id must have granted channel:read:ads. Received by on_channel_ad_break_begin_v1 or on_channel_ad_break_v1."""
    async def channel_raid(
        self,
        from_broadcaster_user_id: str | None = None,
        to_broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A channel raids another: subscribe to those from or those to a channel. Received by on_channel_raid_v1."""
    async def channel_shoutout_create(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel gives a shoutout to another. moderator_user_id must have granted moderator:read:shoutouts or moderator:manage:shoutouts. Received by on_channel_shoutout_create_v1."""
    async def channel_shoutout_receive(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel is given a shoutout by another. moderator_user_id must have granted moderator:read:shoutouts or moderator:manage:shoutouts. Received by on_channel_shoutout_receive_v1."""
    async def channel_goal_begin(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel begins a goal. broadcaster_user_id must have granted channel:read:goals. Received by on_channel_goal_begin_v1."""
    async def channel_goal_progress(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's goal comes nearer, or falls back. broadcaster_user_id must have granted channel:read:goals. Received by on_channel_goal_progress_v1."""
    async def channel_goal_end(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel ends a goal. broadcaster_user_id must have granted channel:read:goals. Received by on_channel_goal_end_v1."""
    async def channel_charity_campaign_donate(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody donates to the channel's charity campaign. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_donate_v1 or on_channel_charity_donate_v1."""
    async def channel_charity_campaign_start(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel starts a charity campaign. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_start_v1 or on_channel_charity_start_v1."""
    async def channel_charity_campaign_progress(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's charity campaign comes nearer to its target, or the target changes. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_progress_v1 or on_channel_charity_progress_v1."""
    async def channel_charity_campaign_stop(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel stops a charity campaign. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_stop_v1 or on_channel_charity_stop_v1."""
    async def channel_hype_train_begin(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """A hype train begins in the channel. broadcaster_user_id must have granted channel:read:hype_train. Received by on_channel_hype_train_begin_v2."""
    async def channel_hype_train_progress(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's hype train moves. broadcaster_user_id must have granted channel:read:hype_train. Received by on_channel_hype_train_progress_v2."""
    async def channel_hype_train_end(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's hype train ends. broadcaster_user_id must have granted channel:read:hype_train. Received by on_channel_hype_train_end_v2."""
    async def channel_chat_message(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def chat_message(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def channel_chat_notification(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's chat shows a notice, such as of a subscription or a raid. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_notification_v1 or on_chat_notification_v1."""
    async def channel_chat_clear(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """All messages of the channel's chat are cleared. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_clear_v1 or on_chat_clear_v1."""
    async def channel_chat_clear_user_messages(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """All messages of somebody are cleared from the channel's chat. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_clear_user_messages_v1 or on_chat_clear_user_v1."""
    async def channel_chat_message_delete(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A message is removed from the channel's chat. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_message_delete_v1 or on_chat_message_delete_v1."""
    async def channel_chat_user_message_hold(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A message of ``user_id`` is held by AutoMod. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. Received by on_channel_chat_user_message_hold_v1 or on_chat_user_message_hold_v1."""
    async def channel_chat_user_message_update(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A held message of ``user_id`` is let through or not. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. Received by on_channel_chat_user_message_update_v1 or on_chat_user_message_update_v1."""
    async def channel_chat_settings_update(
        self,
        broadcaster_user_id: str,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The settings of the channel's chat change. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_settings_update_v1 or on_chat_settings_v1."""
    async def channel_shared_chat_begin(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel begins to share its chat. Received by on_channel_shared_chat_begin_v1 or on_shared_chat_begin_v1."""
    async def channel_shared_chat_update(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Those who share the channel's chat change. Received by on_channel_shared_chat_update_v1 or on_shared_chat_update_v1."""
    async def channel_shared_chat_end(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel shares its chat no more. Received by on_channel_shared_chat_end_v1 or on_shared_chat_end_v1."""
    async def channel_subscribe(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody subscribes to the channel for the first time. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscribe_v1."""
    async def channel_subscription_end(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A subscription to the channel ends. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscription_end_v1."""
    async def channel_subscription_gift(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody gives away subscriptions to the channel. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscription_gift_v1 or on_channel_subscription_gif_v1."""
    async def channel_subscription_message(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A subscriber tells the chat that they go on subscribing. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscription_message_v1."""
    async def channel_cheer(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody cheers in the channel. broadcaster_user_id must have granted bits:read. Received by on_channel_cheer_v1."""
    async def channel_bits_use(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody uses bits in the channel, in a cheer or a power-up. broadcaster_user_id must have granted bits:read. Received by on_channel_bits_use_v1 or on_bits_v1."""
    async def channel_custom_power_up_redemption_add(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody buys a power-up of the channel's own; ``reward_id`` narrows it to one. broadcaster_user_id must have granted bits:read. Received by on_channel_custom_power_up_redemption_add_v1."""
    async def channel_channel_points_automatic_reward_redemption_add(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody redeems one of Twitch's own rewards in the channel. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_auto_reward_v2."""
    async def channel_points_automatic_reward_redemption_add(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody redeems one of Twitch's own rewards in the channel. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_auto_reward_v2."""
    async def channel_channel_points_custom_reward_add(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel has a new reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_add_v1 or on_channel_points_custom_reward_add_v1 or on_channel_reward_add_v1."""
    async def channel_points_custom_reward_add(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel has a new reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_add_v1 or on_channel_points_custom_reward_add_v1 or on_channel_reward_add_v1."""
    async def channel_channel_points_custom_reward_update(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's changes; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_update_v1 or on_channel_points_custom_reward_update_v1 or on_channel_reward_update_v1."""
    async def channel_points_custom_reward_update(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's changes; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_update_v1 or on_channel_points_custom_reward_update_v1 or on_channel_reward_update_v1."""
    async def channel_channel_points_custom_reward_remove(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's is removed; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_remove_v1 or on_channel_points_custom_reward_remove_v1 or on_channel_reward_remove_v1."""
    async def channel_points_custom_reward_remove(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's is removed; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_remove_v1 or on_channel_points_custom_reward_remove_v1 or on_channel_reward_remove_v1."""
    async def channel_channel_points_custom_reward_redemption_add(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody redeems a reward of the channel's; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_add_v1 or on_channel_points_custom_reward_redemption_add_v1 or on_channel_reward_redeem_add_v1."""
    async def channel_points_custom_reward_redemption_add(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody redeems a reward of the channel's; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_add_v1 or on_channel_points_custom_reward_redemption_add_v1 or on_channel_reward_redeem_add_v1."""
    async def channel_channel_points_custom_reward_redemption_update(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A redemption is fulfilled or canceled; ``reward_id`` narrows it to one reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_update_v1 or on_channel_points_custom_reward_redemption_update_v1 or on_channel_reward_redeem_update_v1."""
    async def channel_points_custom_reward_redemption_update(
        self,
        broadcaster_user_id: str,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A redemption is fulfilled or canceled; ``reward_id`` narrows it to one reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_update_v1 or on_channel_points_custom_reward_redemption_update_v1 or on_channel_reward_redeem_update_v1."""
    async def drop_entitlement_grant(
        self,
        organization_id: str,
        category_id: str | None = None,
        campaign_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is entitled to a drop of the organization's, or of one category or campaign of it. Several to a message. Received by on_drop_entitlement_grant_v1."""
    async def extension_bits_transaction_create(
        self,
        extension_client_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody buys something in the extension. Received by on_extension_bits_transaction_create_v1."""
    async def channel_poll_begin(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A poll begins. broadcaster_user_id must have granted channel:read:polls or channel:manage:polls. Received by on_channel_poll_begin_v1."""
    async def channel_poll_progress(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody votes in a poll. broadcaster_user_id must have granted channel:read:polls or channel:manage:polls. Received by on_channel_poll_progress_v1."""
    async def channel_poll_end(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A poll ends. broadcaster_user_id must have granted channel:read:polls or channel:manage:polls. Received by on_channel_poll_end_v1."""
    async def channel_prediction_begin(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A prediction begins. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_begin_v1."""
    async def channel_prediction_progress(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody takes part in a prediction. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_progress_v1."""
    async def channel_prediction_lock(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A prediction is locked. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_lock_v1."""
    async def channel_prediction_end(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A prediction ends. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_end_v1."""
    async def channel_guest_star_session_begin(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "beta",
    ) -> Subscription:
        """A Guest Star session begins. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_session_begin_vbeta or on_channel_guest_star_session_begin_beta."""
    async def channel_guest_star_session_end(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "beta",
    ) -> Subscription:
        """A Guest Star session ends. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_session_end_vbeta or on_channel_guest_star_session_end_beta."""
    async def channel_guest_star_guest_update(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "beta",
    ) -> Subscription:
        """A guest or a slot of a Guest Star session changes. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_guest_update_vbeta or on_channel_guest_star_guest_update_beta."""
    async def channel_guest_star_settings_update(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "beta",
    ) -> Subscription:
        """The channel's Guest Star settings change. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_settings_update_vbeta or on_channel_guest_star_settings_update_beta."""
    async def automod_message_hold(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """A message is held by AutoMod. moderator_user_id must have granted moderator:manage:automod. Received by on_automod_message_hold_v2."""
    async def automod_message_update(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """A message held by AutoMod is let through or not. moderator_user_id must have granted moderator:manage:automod. Received by on_automod_message_update_v2."""
    async def automod_settings_update(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's AutoMod settings change. moderator_user_id must have granted moderator:read:automod_settings. Received by on_automod_settings_update_v1."""
    async def automod_terms_update(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's blocked or permitted terms change; private ones are not told. moderator_user_id must have granted moderator:manage:automod. Received by on_automod_terms_update_v1."""
    async def channel_ban(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is banned or timed out. broadcaster_user_id must have granted channel:moderate. Received by on_channel_ban_v1."""
    async def channel_unban(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A ban or timeout of somebody is lifted. broadcaster_user_id must have granted channel:moderate. Received by on_channel_unban_v1."""
    async def channel_unban_request_create(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody asks to be unbanned. moderator_user_id must have granted moderator:read:unban_requests or moderator:manage:unban_requests. Received by on_channel_unban_request_create_v1."""
    async def channel_unban_request_resolve(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A request to be unbanned is decided or withdrawn. moderator_user_id must have granted moderator:read:unban_requests or moderator:manage:unban_requests. Received by on_channel_unban_request_resolve_v1."""
    async def channel_moderate(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "2",
    ) -> Subscription:
        """A moderator does something, warnings included. moderator_user_id must have granted moderator:read:blocked_terms or moderator:manage:blocked_terms. moderator_user_id must have granted moderator:read:chat_settings or moderator:manage:chat_settings. moderator_user_id must have granted moderator:read:unban_requests or moderator:manage:unban_requests. moderator_user_id must have granted moderator:read:banned_users or moderator:manage:banned_users. moderator_user_id must have granted moderator:read:chat_messages or moderator:manage:chat_messages. moderator_user_id must have granted moderator:read:warnings or moderator:manage:warnings. moderator_user_id must have granted moderator:read:moderators. moderator_user_id must have granted moderator:read:vips. Received by on_channel_moderate_v2."""
    async def channel_moderator_add(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody becomes a moderator. broadcaster_user_id must have granted moderation:read. Received by on_channel_moderator_add_v1."""
    async def channel_moderator_remove(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is a moderator no more. broadcaster_user_id must have granted moderation:read. Received by on_channel_moderator_remove_v1."""
    async def channel_vip_add(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody becomes a VIP. broadcaster_user_id must have granted channel:read:vips or channel:manage:vips. Received by on_channel_vip_add_v1."""
    async def channel_vip_remove(
        self,
        broadcaster_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is a VIP no more. broadcaster_user_id must have granted channel:read:vips or channel:manage:vips. Received by on_channel_vip_remove_v1 or on_vip_remove_v1."""
    async def channel_warning_acknowledge(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody has read a warning. moderator_user_id must have granted moderator:read:warnings or moderator:manage:warnings. Received by on_channel_warning_acknowledge_v1."""
    async def channel_warning_send(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is warned. moderator_user_id must have granted moderator:read:warnings or moderator:manage:warnings. Received by on_channel_warning_send_v1."""
    async def channel_suspicious_user_message(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A suspicious user writes in the chat. moderator_user_id must have granted moderator:read:suspicious_users. Received by on_channel_suspicious_user_message_v1."""
    async def channel_suspicious_user_update(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A suspicious user is treated differently from now on. moderator_user_id must have granted moderator:read:suspicious_users. Received by on_channel_suspicious_user_update_v1."""
    async def channel_shield_mode_begin(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's shield mode goes on. moderator_user_id must have granted moderator:read:shield_mode or moderator:manage:shield_mode. Received by on_channel_shield_mode_begin_v1."""
    async def channel_shield_mode_end(
        self,
        broadcaster_user_id: str,
        moderator_user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's shield mode goes off. moderator_user_id must have granted moderator:read:shield_mode or moderator:manage:shield_mode. Received by on_channel_shield_mode_end_v1."""
    async def user_authorization_grant(
        self,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user authorises the app. Received by on_user_authorization_grant_v1."""
    async def user_authorization_revoke(
        self,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user disconnects the app. Received by on_user_authorization_revoke_v1."""
    async def user_update(
        self,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user changes their account; with user:read:email the address is told, too. Received by on_user_update_v1."""
    async def user_whisper_message(
        self,
        user_id: str,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody whispers to ``user_id``. user_id must have granted user:read:whispers or user:manage:whispers. Received by on_user_whisper_message_v1."""
    async def conduit_shard_disabled(
        self,
        conduit_id: str | None = None,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A shard of a conduit, or of any conduit of the app, stops delivering. Received by on_conduit_shard_disabled_v1."""

class UserEvents(AppEvents):
    def __init__(self, subscribe: Subscriber, client_id: str, user_id: str) -> None: ...
    def completed(self, event_type: str, condition: Mapping[str, str | None]) -> dict[str, str | None]: ...
    async def stream_online(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel goes live. Received by on_stream_online_v1."""
    async def stream_offline(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel stops streaming. Received by on_stream_offline_v1."""
    async def channel_update(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's title, language, category or labels change. Received by on_channel_update_v2."""
    async def channel_follow(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody follows the channel. moderator_user_id must have granted moderator:read:followers. Received by on_channel_follow_v2."""
    async def channel_ad_break_begin(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A mid-roll ad break begins, by hand or automatically. broadcaster_user_id must have granted channel:read:ads. Received by on_channel_ad_break_begin_v1 or on_channel_ad_break_v1."""
    async def channel_raid(
        self,
        from_broadcaster_user_id: str | None = None,
        to_broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A channel raids another: subscribe to those from or those to a channel. Received by on_channel_raid_v1."""
    async def channel_shoutout_create(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel gives a shoutout to another. moderator_user_id must have granted moderator:read:shoutouts or moderator:manage:shoutouts. Received by on_channel_shoutout_create_v1."""
    async def channel_shoutout_receive(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel is given a shoutout by another. moderator_user_id must have granted moderator:read:shoutouts or moderator:manage:shoutouts. Received by on_channel_shoutout_receive_v1."""
    async def channel_goal_begin(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel begins a goal. broadcaster_user_id must have granted channel:read:goals. Received by on_channel_goal_begin_v1."""
    async def channel_goal_progress(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's goal comes nearer, or falls back. broadcaster_user_id must have granted channel:read:goals. Received by on_channel_goal_progress_v1."""
    async def channel_goal_end(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel ends a goal. broadcaster_user_id must have granted channel:read:goals. Received by on_channel_goal_end_v1."""
    async def channel_charity_campaign_donate(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody donates to the channel's charity campaign. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_donate_v1 or on_channel_charity_donate_v1."""
    async def channel_charity_campaign_start(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel starts a charity campaign. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_start_v1 or on_channel_charity_start_v1."""
    async def channel_charity_campaign_progress(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's charity campaign comes nearer to its target, or the target changes. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_progress_v1 or on_channel_charity_progress_v1."""
    async def channel_charity_campaign_stop(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel stops a charity campaign. broadcaster_user_id must have granted channel:read:charity. Received by on_channel_charity_campaign_stop_v1 or on_channel_charity_stop_v1."""
    async def channel_hype_train_begin(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """A hype train begins in the channel. broadcaster_user_id must have granted channel:read:hype_train. Received by on_channel_hype_train_begin_v2."""
    async def channel_hype_train_progress(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's hype train moves. broadcaster_user_id must have granted channel:read:hype_train. Received by on_channel_hype_train_progress_v2."""
    async def channel_hype_train_end(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """The channel's hype train ends. broadcaster_user_id must have granted channel:read:hype_train. Received by on_channel_hype_train_end_v2."""
    async def channel_chat_message(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def chat_message(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody writes in the channel's chat, as ``user_id`` reads it. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_message_v1 or on_chat_message_v1."""
    async def channel_chat_notification(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's chat shows a notice, such as of a subscription or a raid. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_notification_v1 or on_chat_notification_v1."""
    async def channel_chat_clear(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """All messages of the channel's chat are cleared. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_clear_v1 or on_chat_clear_v1."""
    async def channel_chat_clear_user_messages(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """All messages of somebody are cleared from the channel's chat. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_clear_user_messages_v1 or on_chat_clear_user_v1."""
    async def channel_chat_message_delete(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A message is removed from the channel's chat. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_message_delete_v1 or on_chat_message_delete_v1."""
    async def channel_chat_user_message_hold(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A message of ``user_id`` is held by AutoMod. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. Received by on_channel_chat_user_message_hold_v1 or on_chat_user_message_hold_v1."""
    async def channel_chat_user_message_update(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A held message of ``user_id`` is let through or not. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. Received by on_channel_chat_user_message_update_v1 or on_chat_user_message_update_v1."""
    async def channel_chat_settings_update(
        self,
        broadcaster_user_id: str | None = None,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The settings of the channel's chat change. user_id must have granted user:read:chat. With a conduit also user:bot, granted by user_id. With a conduit also channel:bot, granted by broadcaster_user_id unless user_id moderates there. Received by on_channel_chat_settings_update_v1 or on_chat_settings_v1."""
    async def channel_shared_chat_begin(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel begins to share its chat. Received by on_channel_shared_chat_begin_v1 or on_shared_chat_begin_v1."""
    async def channel_shared_chat_update(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Those who share the channel's chat change. Received by on_channel_shared_chat_update_v1 or on_shared_chat_update_v1."""
    async def channel_shared_chat_end(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel shares its chat no more. Received by on_channel_shared_chat_end_v1 or on_shared_chat_end_v1."""
    async def channel_subscribe(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody subscribes to the channel for the first time. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscribe_v1."""
    async def channel_subscription_end(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A subscription to the channel ends. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscription_end_v1."""
    async def channel_subscription_gift(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody gives away subscriptions to the channel. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscription_gift_v1 or on_channel_subscription_gif_v1."""
    async def channel_subscription_message(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A subscriber tells the chat that they go on subscribing. broadcaster_user_id must have granted channel:read:subscriptions. Received by on_channel_subscription_message_v1."""
    async def channel_cheer(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody cheers in the channel. broadcaster_user_id must have granted bits:read. Received by on_channel_cheer_v1."""
    async def channel_bits_use(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody uses bits in the channel, in a cheer or a power-up. broadcaster_user_id must have granted bits:read. Received by on_channel_bits_use_v1 or on_bits_v1."""
    async def channel_custom_power_up_redemption_add(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody buys a power-up of the channel's own; ``reward_id`` narrows it to one. broadcaster_user_id must have granted bits:read. Received by on_channel_custom_power_up_redemption_add_v1."""
    async def channel_channel_points_automatic_reward_redemption_add(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody redeems one of Twitch's own rewards in the channel. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_auto_reward_v2."""
    async def channel_points_automatic_reward_redemption_add(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """Somebody redeems one of Twitch's own rewards in the channel. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_automatic_reward_redemption_add_v2 or on_channel_points_auto_reward_v2."""
    async def channel_channel_points_custom_reward_add(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel has a new reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_add_v1 or on_channel_points_custom_reward_add_v1 or on_channel_reward_add_v1."""
    async def channel_points_custom_reward_add(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel has a new reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_add_v1 or on_channel_points_custom_reward_add_v1 or on_channel_reward_add_v1."""
    async def channel_channel_points_custom_reward_update(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's changes; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_update_v1 or on_channel_points_custom_reward_update_v1 or on_channel_reward_update_v1."""
    async def channel_points_custom_reward_update(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's changes; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_update_v1 or on_channel_points_custom_reward_update_v1 or on_channel_reward_update_v1."""
    async def channel_channel_points_custom_reward_remove(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's is removed; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_remove_v1 or on_channel_points_custom_reward_remove_v1 or on_channel_reward_remove_v1."""
    async def channel_points_custom_reward_remove(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A reward of the channel's is removed; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_remove_v1 or on_channel_points_custom_reward_remove_v1 or on_channel_reward_remove_v1."""
    async def channel_channel_points_custom_reward_redemption_add(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody redeems a reward of the channel's; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_add_v1 or on_channel_points_custom_reward_redemption_add_v1 or on_channel_reward_redeem_add_v1."""
    async def channel_points_custom_reward_redemption_add(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody redeems a reward of the channel's; ``reward_id`` narrows it to one. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_add_v1 or on_channel_points_custom_reward_redemption_add_v1 or on_channel_reward_redeem_add_v1."""
    async def channel_channel_points_custom_reward_redemption_update(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A redemption is fulfilled or canceled; ``reward_id`` narrows it to one reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_update_v1 or on_channel_points_custom_reward_redemption_update_v1 or on_channel_reward_redeem_update_v1."""
    async def channel_points_custom_reward_redemption_update(
        self,
        broadcaster_user_id: str | None = None,
        reward_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A redemption is fulfilled or canceled; ``reward_id`` narrows it to one reward. broadcaster_user_id must have granted channel:read:redemptions or channel:manage:redemptions. Received by on_channel_channel_points_custom_reward_redemption_update_v1 or on_channel_points_custom_reward_redemption_update_v1 or on_channel_reward_redeem_update_v1."""
    async def drop_entitlement_grant(
        self,
        organization_id: str | None = None,
        category_id: str | None = None,
        campaign_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is entitled to a drop of the organization's, or of one category or campaign of it. Several to a message. Raises ClientException: Twitch offers no WebSocket transport for drop.entitlement.grant. A ClientApp can subscribe to it, over its conduit."""
    async def extension_bits_transaction_create(
        self,
        extension_client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody buys something in the extension. Raises ClientException: Twitch offers no WebSocket transport for extension.bits_transaction.create. A ClientApp can subscribe to it, over its conduit."""
    async def channel_poll_begin(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A poll begins. broadcaster_user_id must have granted channel:read:polls or channel:manage:polls. Received by on_channel_poll_begin_v1."""
    async def channel_poll_progress(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody votes in a poll. broadcaster_user_id must have granted channel:read:polls or channel:manage:polls. Received by on_channel_poll_progress_v1."""
    async def channel_poll_end(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A poll ends. broadcaster_user_id must have granted channel:read:polls or channel:manage:polls. Received by on_channel_poll_end_v1."""
    async def channel_prediction_begin(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A prediction begins. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_begin_v1."""
    async def channel_prediction_progress(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody takes part in a prediction. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_progress_v1."""
    async def channel_prediction_lock(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A prediction is locked. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_lock_v1."""
    async def channel_prediction_end(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A prediction ends. broadcaster_user_id must have granted channel:read:predictions or channel:manage:predictions. Received by on_channel_prediction_end_v1."""
    async def channel_guest_star_session_begin(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "beta",
    ) -> Subscription:
        """A Guest Star session begins. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_session_begin_vbeta or on_channel_guest_star_session_begin_beta."""
    async def channel_guest_star_session_end(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "beta",
    ) -> Subscription:
        """A Guest Star session ends. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_session_end_vbeta or on_channel_guest_star_session_end_beta."""
    async def channel_guest_star_guest_update(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "beta",
    ) -> Subscription:
        """A guest or a slot of a Guest Star session changes. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_guest_update_vbeta or on_channel_guest_star_guest_update_beta."""
    async def channel_guest_star_settings_update(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "beta",
    ) -> Subscription:
        """The channel's Guest Star settings change. moderator_user_id must have granted channel:read:guest_star or channel:manage:guest_star or moderator:read:guest_star or moderator:manage:guest_star. Received by on_channel_guest_star_settings_update_vbeta or on_channel_guest_star_settings_update_beta."""
    async def automod_message_hold(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """A message is held by AutoMod. moderator_user_id must have granted moderator:manage:automod. Received by on_automod_message_hold_v2."""
    async def automod_message_update(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """A message held by AutoMod is let through or not. moderator_user_id must have granted moderator:manage:automod. Received by on_automod_message_update_v2."""
    async def automod_settings_update(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's AutoMod settings change. moderator_user_id must have granted moderator:read:automod_settings. Received by on_automod_settings_update_v1."""
    async def automod_terms_update(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's blocked or permitted terms change; private ones are not told. moderator_user_id must have granted moderator:manage:automod. Received by on_automod_terms_update_v1."""
    async def channel_ban(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is banned or timed out. broadcaster_user_id must have granted channel:moderate. Received by on_channel_ban_v1."""
    async def channel_unban(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A ban or timeout of somebody is lifted. broadcaster_user_id must have granted channel:moderate. Received by on_channel_unban_v1."""
    async def channel_unban_request_create(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody asks to be unbanned. moderator_user_id must have granted moderator:read:unban_requests or moderator:manage:unban_requests. Received by on_channel_unban_request_create_v1."""
    async def channel_unban_request_resolve(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A request to be unbanned is decided or withdrawn. moderator_user_id must have granted moderator:read:unban_requests or moderator:manage:unban_requests. Received by on_channel_unban_request_resolve_v1."""
    async def channel_moderate(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "2",
    ) -> Subscription:
        """A moderator does something, warnings included. moderator_user_id must have granted moderator:read:blocked_terms or moderator:manage:blocked_terms. moderator_user_id must have granted moderator:read:chat_settings or moderator:manage:chat_settings. moderator_user_id must have granted moderator:read:unban_requests or moderator:manage:unban_requests. moderator_user_id must have granted moderator:read:banned_users or moderator:manage:banned_users. moderator_user_id must have granted moderator:read:chat_messages or moderator:manage:chat_messages. moderator_user_id must have granted moderator:read:warnings or moderator:manage:warnings. moderator_user_id must have granted moderator:read:moderators. moderator_user_id must have granted moderator:read:vips. Received by on_channel_moderate_v2."""
    async def channel_moderator_add(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody becomes a moderator. broadcaster_user_id must have granted moderation:read. Received by on_channel_moderator_add_v1."""
    async def channel_moderator_remove(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is a moderator no more. broadcaster_user_id must have granted moderation:read. Received by on_channel_moderator_remove_v1."""
    async def channel_vip_add(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody becomes a VIP. broadcaster_user_id must have granted channel:read:vips or channel:manage:vips. Received by on_channel_vip_add_v1."""
    async def channel_vip_remove(
        self,
        broadcaster_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is a VIP no more. broadcaster_user_id must have granted channel:read:vips or channel:manage:vips. Received by on_channel_vip_remove_v1 or on_vip_remove_v1."""
    async def channel_warning_acknowledge(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody has read a warning. moderator_user_id must have granted moderator:read:warnings or moderator:manage:warnings. Received by on_channel_warning_acknowledge_v1."""
    async def channel_warning_send(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody is warned. moderator_user_id must have granted moderator:read:warnings or moderator:manage:warnings. Received by on_channel_warning_send_v1."""
    async def channel_suspicious_user_message(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A suspicious user writes in the chat. moderator_user_id must have granted moderator:read:suspicious_users. Received by on_channel_suspicious_user_message_v1."""
    async def channel_suspicious_user_update(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A suspicious user is treated differently from now on. moderator_user_id must have granted moderator:read:suspicious_users. Received by on_channel_suspicious_user_update_v1."""
    async def channel_shield_mode_begin(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's shield mode goes on. moderator_user_id must have granted moderator:read:shield_mode or moderator:manage:shield_mode. Received by on_channel_shield_mode_begin_v1."""
    async def channel_shield_mode_end(
        self,
        broadcaster_user_id: str | None = None,
        moderator_user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """The channel's shield mode goes off. moderator_user_id must have granted moderator:read:shield_mode or moderator:manage:shield_mode. Received by on_channel_shield_mode_end_v1."""
    async def user_authorization_grant(
        self,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user authorises the app. Raises ClientException: Twitch offers no WebSocket transport for user.authorization.grant. A ClientApp can subscribe to it, over its conduit."""
    async def user_authorization_revoke(
        self,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user disconnects the app. Raises ClientException: Twitch offers no WebSocket transport for user.authorization.revoke. A ClientApp can subscribe to it, over its conduit."""
    async def user_update(
        self,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A user changes their account; with user:read:email the address is told, too. Received by on_user_update_v1."""
    async def user_whisper_message(
        self,
        user_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """Somebody whispers to ``user_id``. user_id must have granted user:read:whispers or user:manage:whispers. Received by on_user_whisper_message_v1."""
    async def conduit_shard_disabled(
        self,
        conduit_id: str | None = None,
        client_id: str | None = None,
        *,
        version: str = "1",
    ) -> Subscription:
        """A shard of a conduit, or of any conduit of the app, stops delivering. Received by on_conduit_shard_disabled_v1."""
