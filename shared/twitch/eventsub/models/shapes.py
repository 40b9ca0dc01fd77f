"""What many events share. The ``…_user`` properties are older names of the same users; both are meant to stay."""

from twitch.records import Record, User


class InChannel(Record, frozen=True, kw_only=True):
    """An event of one channel."""

    broadcaster: User

    @property
    def broadcaster_user(self) -> User:
        return self.broadcaster
