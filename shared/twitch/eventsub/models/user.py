"""Accounts, authorisations, whispers: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#user-authorization-grant-event"""

from twitch.records import Part, Record, User


class UserAuthorizationGrantEvent(Record, frozen=True, kw_only=True):
    """``user`` has authorised the app."""

    client_id: str
    user: User


class UserAuthorizationRevokeEvent(Record, frozen=True, kw_only=True):
    """``user`` has disconnected the app, or the account is gone: then only the id is known."""

    client_id: str
    user: User

    @property
    def user_id(self) -> str:
        """The user's id."""
        return self.user.id

    @property
    def user_login(self) -> str | None:
        """The user's login, None for an account that is gone."""
        return self.user.login or None

    @property
    def user_name(self) -> str | None:
        """The user's name as displayed, None for an account that is gone."""
        return self.user.name or None


class UserUpdateEvent(Record, frozen=True, kw_only=True):
    """``user`` changes their account. The address and whether it's verified are None without user:read:email."""

    user: User
    email: str | None = None
    email_verified: bool | None = None
    description: str = ""


class EventWhisperData(Part, frozen=True, kw_only=True):
    """The text of a whisper."""

    text: str = ""


class UserWhisperMessageEvent(Record, frozen=True, kw_only=True):
    """``from_user`` whispers to ``to_user``, who is the one that subscribed."""

    from_user: User
    to_user: User
    whisper_id: str
    whisper: EventWhisperData
