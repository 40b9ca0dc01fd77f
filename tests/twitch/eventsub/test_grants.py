"""What is known to be missing is said before Twitch is asked, and what isn't known is left to Twitch."""

import pytest

from twitch.errors import TokenError
from twitch.eventsub.grants import MissingScope, require_grants
from twitch.eventsub.types import EVENT_TYPES, EventType, SubscriptionRequest

CHAT = SubscriptionRequest("channel.chat.message", "1", {"broadcaster_user_id": "1", "user_id": "2"})


def request_of(row: EventType) -> SubscriptionRequest:
    return SubscriptionRequest(row.type, row.version, dict.fromkeys(row.condition.required, "1"))


@pytest.mark.parametrize("row", EVENT_TYPES, ids=lambda row: f"{row.type}-{row.version}")
def test_one_scope_of_each_pair_is_enough_and_none_is_not(row: EventType) -> None:
    request = request_of(row)
    require_grants(request, {"1": [alternatives[-1] for alternatives in row.scopes]}, conduit=False)
    if row.scopes:
        with pytest.raises(MissingScope, match=" or ".join(row.scopes[0])) as caught:
            require_grants(request, {"1": ()}, conduit=False)
        assert (caught.value.user_id, caught.value.scopes) == ("1", row.scopes[0])


def test_the_error_says_who_has_to_grant_what() -> None:
    with pytest.raises(TokenError) as caught:
        require_grants(CHAT, {"2": {"chat:edit"}}, conduit=False)
    assert str(caught.value) == "channel.chat.message needs user:read:chat from user_id 2, who has not granted it"
    assert not caught.value.transient


def test_a_conduit_needs_the_users_consent_to_a_bot_too() -> None:
    granted = {"1": (), "2": ("user:read:chat",)}
    require_grants(CHAT, granted, conduit=False)
    with pytest.raises(MissingScope, match="needs user:bot from user_id 2"):
        require_grants(CHAT, granted, conduit=True)
    require_grants(CHAT, {"1": (), "2": ("user:read:chat", "user:bot")}, conduit=True)


def test_of_strangers_and_unknown_types_nothing_is_known() -> None:
    require_grants(CHAT, {"3": ()}, conduit=True)
    require_grants(SubscriptionRequest("channel.new_thing", "1", {"user_id": "2"}), {"2": ()}, conduit=True)
