"""What an extension asks with a token that it signs itself."""

from datetime import datetime

from twitch.helix.endpoints import Answer, Auth, Endpoint, Nothing
from twitch.helix.families.extensions import Extension
from twitch.helix.parameters import body, query
from twitch.records import OpenEnum, Part, Record, User


class ConfigurationSegment(OpenEnum):
    """Whose a configuration is."""

    BROADCASTER = "broadcaster"
    DEVELOPER = "developer"
    GLOBAL = "global"


class ExtensionConfiguration(Record, frozen=True, kw_only=True):
    """A segment of an extension's configuration."""

    segment: ConfigurationSegment | None = None
    broadcaster: User | None = None
    content: str = ""
    version: str = ""


class ExtensionSecret(Part, frozen=True, kw_only=True):
    """A secret in base64, which doesn't show in the repr."""

    content: str = ""
    active_at: datetime | None = None
    expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"ExtensionSecret(active_at={self.active_at!r}, expires_at={self.expires_at!r})"


class ExtensionSecrets(Record, frozen=True, kw_only=True):
    """The secrets that the extension's tokens can be signed with."""

    format_version: int = 0
    secrets: tuple[ExtensionSecret, ...] = ()


GET_EXTENSION_CONFIGURATION_SEGMENT = Endpoint(
    "get_extension_configuration_segment",
    "GET",
    "/extensions/configurations",
    auth=Auth.EXTENSION,
    item=ExtensionConfiguration,
    answer=Answer.MANY,
    about="Segments of the extension's configuration; the broadcaster's and the developer's take the channel.",
    parameters=(
        query.many("segments", "segment", at_most=3, words=("broadcaster", "developer", "global")),
        query.text("broadcaster_id", optional=True),
        query.own("extension_id", always=True),
    ),
)

SET_EXTENSION_CONFIGURATION_SEGMENT = Endpoint(
    "set_extension_configuration_segment",
    "PUT",
    "/extensions/configurations",
    auth=Auth.EXTENSION,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Set a segment of the extension's configuration, up to 5 kB.",
    parameters=(
        body.word("segment", "broadcaster", "developer", "global"),
        body.text("content", optional=True),
        body.text("version", optional=True),
        body.text("broadcaster_id", optional=True),
        body.own("extension_id", always=True),
    ),
)

SET_EXTENSION_REQUIRED_CONFIGURATION = Endpoint(
    "set_extension_required_configuration",
    "PUT",
    "/extensions/required_configuration",
    auth=Auth.EXTENSION,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Say which configuration a version needs before it can be active on the channel.",
    parameters=(
        query.text("broadcaster_id"),
        body.text("extension_version"),
        body.text("required_configuration"),
        body.own("extension_id", always=True),
    ),
)

SEND_EXTENSION_PUBSUB_MESSAGE = Endpoint(
    "send_extension_pubsub_message",
    "POST",
    "/extensions/pubsub",
    auth=Auth.EXTENSION,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Send up to 5 kB to a channel's viewers (broadcast), to one (whisper-<id>), or to all there are (global).",
    parameters=(
        body.text("broadcaster_id"),
        body.shaped("target", "Sequence[str]"),
        body.text("message"),
        body.flag("is_global_broadcast", optional=True),
    ),
)

GET_EXTENSION_SECRETS = Endpoint(
    "get_extension_secrets",
    "GET",
    "/extensions/jwt/secrets",
    auth=Auth.EXTENSION,
    item=ExtensionSecrets,
    answer=Answer.MANY,
    about="The secrets that the extension's tokens can be signed with.",
    parameters=(query.own("extension_id", always=True),),
)

CREATE_EXTENSION_SECRET = Endpoint(
    "create_extension_secret",
    "POST",
    "/extensions/jwt/secrets",
    auth=Auth.EXTENSION,
    item=ExtensionSecrets,
    answer=Answer.ONE,
    about="Make a new secret, in use after ``delay`` seconds, at least 300; the older ones end then.",
    parameters=(
        query.whole("delay", default=300),
        query.own("extension_id", always=True),
    ),
)

SEND_EXTENSION_CHAT_MESSAGE = Endpoint(
    "send_extension_chat_message",
    "POST",
    "/extensions/chat",
    auth=Auth.EXTENSION,
    success=204,
    item=Nothing,
    answer=Answer.NOTHING,
    about="Write in a channel's chat as the extension, up to 280 characters.",
    parameters=(
        query.text("broadcaster_id"),
        body.text("text"),
        body.text("extension_version"),
        body.own("extension_id", always=True),
    ),
)

GET_EXTENSIONS = Endpoint(
    "get_extensions",
    "GET",
    "/extensions",
    auth=Auth.EXTENSION,
    item=Extension,
    answer=Answer.MANY,
    about="The extension as it is in a version, or in the one released.",
    parameters=(
        query.own("extension_id", always=True),
        query.text("extension_version", optional=True),
    ),
)
