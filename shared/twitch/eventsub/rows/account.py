"""Accounts, authorisations and conduits: https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/#userauthorizationgrant"""

from twitch.eventsub import models
from twitch.eventsub.event_type import CLIENT, Condition, EventType, Grantor

ROWS = (
    EventType(
        type="user.authorization.grant",
        version="1",
        condition=CLIENT,
        model=models.UserAuthorizationGrantEvent,
        about="A user authorises the app.",
        grantor=Grantor.APP,
        websocket=False,
    ),
    EventType(
        type="user.authorization.revoke",
        version="1",
        condition=CLIENT,
        model=models.UserAuthorizationRevokeEvent,
        about="A user disconnects the app.",
        grantor=Grantor.APP,
        websocket=False,
    ),
    EventType(
        type="user.update",
        version="1",
        condition=Condition(required=("user_id",)),
        model=models.UserUpdateEvent,
        about="A user changes their account; with user:read:email the address is told, too.",
    ),
    EventType(
        type="user.whisper.message",
        version="1",
        condition=Condition(required=("user_id",)),
        model=models.UserWhisperMessageEvent,
        about="Somebody whispers to ``user_id``.",
        scopes=(("user:read:whispers", "user:manage:whispers"),),
        grantor=Grantor.USER,
    ),
    EventType(
        type="conduit.shard.disabled",
        version="1",
        condition=Condition(required=("client_id",), optional=("conduit_id",)),
        model=models.ConduitShardDisabledEvent,
        about="A shard of a conduit, or of any conduit of the app, stops delivering.",
        grantor=Grantor.APP,
    ),
)
