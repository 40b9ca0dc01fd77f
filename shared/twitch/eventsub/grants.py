"""Whether a subscription can succeed, as far as the scopes say that users have granted: checked before Twitch is asked.

Twitch looks at what was granted to the client id by the user whom the row's ``grantor`` names; over a WebSocket of a user
it's that user's own token. Of a user whose scopes nobody told us nothing is known, and Twitch is asked.
https://dev.twitch.tv/docs/eventsub/eventsub-subscription-types/
"""

from collections.abc import Collection, Mapping

from twitch.errors import TokenError
from twitch.eventsub.event_type import Grantor
from twitch.eventsub.types import BY_TYPE_AND_VERSION, SubscriptionRequest


class MissingScope(TokenError):
    """``user_id`` has to grant one of ``scopes`` first, by authorising the app again. Nothing was sent to Twitch."""

    def __init__(self, message: str, *, user_id: str, scopes: tuple[str, ...]) -> None:
        super().__init__(message, user_id=user_id)
        self.scopes = scopes


def require_grants(request: SubscriptionRequest, granted: Mapping[str, Collection[str]], *, conduit: bool) -> None:
    """Raise MissingScope if a user of whom it's known has not granted what the request needs.

    ``granted`` maps user ids to scopes. With ``conduit`` what an app token needs besides is asked of the chatting user;
    ``channel:bot`` is not, since moderating the channel serves as well.
    """
    row = BY_TYPE_AND_VERSION.get((request.type, request.version))
    if row is None:
        return
    wanted = [(row.grantor, alternatives) for alternatives in row.scopes]
    if conduit:
        wanted += [(whose, (scope,)) for whose, scope in row.app_scopes if whose is not Grantor.BROADCASTER]
    for whose, alternatives in wanted:
        user_id = request.condition.get(whose, "")
        scopes = granted.get(user_id)
        if scopes is not None and not set(alternatives) & set(scopes):
            text = f"{row.type} needs {' or '.join(alternatives)} from {whose} {user_id}, who has not granted it"
            raise MissingScope(text, user_id=user_id, scopes=alternatives)
