"""Chat: messages, pins, settings, emotes, badges and colours."""

from twitch.helix.endpoints import Answer, Auth, Bucket, Endpoint
from twitch.helix.parameters import body
from twitch.models import SendMessageStatus

SEND_CHAT_MESSAGE = Endpoint(
    "send_chat_message",
    "POST",
    "/chat/messages",
    auth=Auth.EITHER,
    scopes=("user:write:chat",),
    granted_by="sender_id",
    app_scopes=(("sender_id", "user:bot"), ("broadcaster_id (unless the sender moderates there)", "channel:bot")),
    item=SendMessageStatus,
    answer=Answer.ONE,
    about="Write in a channel's chat, up to 500 characters. Look at ``is_sent``: a dropped message is no error.",
    parameters=(
        body.own("broadcaster_id"),
        body.own("sender_id", always=True),
        body.text("message"),
        body.text("reply_message_id", "reply_parent_message_id", optional=True),
        body.flag("for_source_only", optional=True, app_only=True),
        body.flag("pin", optional=True),
    ),
    bucket=Bucket.CHAT,
)
