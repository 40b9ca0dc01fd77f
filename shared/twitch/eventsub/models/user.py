"""A user grants or takes back their authorisation: https://dev.twitch.tv/docs/eventsub/eventsub-reference/#user-authorization-grant-event"""

from twitch.records import Record, User


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
        return self.user.id

    @property
    def user_login(self) -> str | None:
        return self.user.login or None

    @property
    def user_name(self) -> str | None:
        return self.user.name or None
