"""What single models make of Twitch's peculiarities, and all of them of the simulator's events in each variant."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import count
from typing import Any

import msgspec
import orjson
import pytest

from twitch.eventsub import (
    AnnouncementColor,
    AutomodHoldEventV1,
    ChannelAdBreakBeginEvent,
    ChannelBitsUseEvent,
    ChannelCharityCampaignStartEvent,
    ChannelChatNotificationEvent,
    ChannelGuestStarGuestUpdateEvent,
    ChannelModerateEventV2,
    ChannelSharedChatBeginEvent,
    ChannelSubscriptionGiftEvent,
    ChannelUnbanRequestResolveEvent,
    DropEntitlementGrantEvent,
    Event,
    EventMoneyAmount,
    EventPredictionOutcome,
    EventRaid,
    EventResub,
    SubscriptionTier,
    UserWhisperMessageEvent,
)
from twitch.eventsub.models.chat_notice import NoticeType
from twitch.eventsub.types import EVENT_TYPES, EventType
from twitch.records import OpenEnum, Part, Record, User, read_record
from twitch.simulator.examples import MAKERS, Body, Scene, turns
from twitch.simulator.people import person_of_id


def person(prefix: str, user_id: str = "42") -> dict[str, Any]:
    return {f"{prefix}_id": user_id, f"{prefix}_login": f"login{user_id}", f"{prefix}_name": f"Login{user_id}"}


CHANNEL = person("broadcaster_user", "1337")
NOTICE = CHANNEL | {"message_id": "m", "message": {"text": "", "fragments": []}}


def examples(row: EventType) -> Iterator[Any]:
    """The simulator's events of a type, every variant once."""
    numbers = count(1)
    maker = MAKERS[row.type, row.version]
    for turn in range(turns(row.type, row.version)):
        event = maker(Scene("1337", {"broadcaster_user_id": "1337"}, turn, person_of_id))
        yield orjson.loads(Body(event).fill(1.7e9, lambda: f"uuid-{next(numbers)}", lambda: next(numbers)))


def words(part: Part) -> Iterator[OpenEnum]:
    """The enumerated words in a record and in its parts."""
    for field in part.__struct_fields__:
        value = getattr(part, field)
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, OpenEnum):
                yield inner
            elif isinstance(inner, Part):
                yield from words(inner)


@pytest.mark.parametrize("row", EVENT_TYPES, ids=lambda row: f"{row.type}-{row.version}")
def test_the_simulators_events_are_typed_and_their_words_known(row: EventType) -> None:
    for written in examples(row):
        subscription = {"id": "s", "status": "enabled", "type": row.type, "version": row.version, "condition": {}}
        event = Event.from_payload({"subscription": subscription, "event": written}).event
        assert type(event) is row.model
        assert event.raw == written
        assert [word for word in words(event) if word not in type(word).__members__.values()] == []


def test_a_notice_says_more_in_the_field_of_its_type() -> None:
    raid = {**person("user"), "viewer_count": 7, "profile_image_url": "https://example.org/a.png"}
    event = read_record(
        NOTICE | {"notice_type": "shared_chat_raid", "shared_chat_raid": raid}, ChannelChatNotificationEvent
    )
    assert isinstance(event.notice, EventRaid)
    assert event.notice is event.shared_chat_raid
    assert (event.notice.viewer_count, event.notice.login) == (7, "login42")
    assert event.notice.user == User(id="42", login="login42", name="Login42")
    assert event.chatter is event.chatter_user is None


@pytest.mark.parametrize("word", ["unknown", "message", "a_new_notice"])
def test_a_notice_of_a_type_without_a_field_says_no_more(word: str) -> None:
    event = read_record(NOTICE | {"notice_type": word}, ChannelChatNotificationEvent)
    assert event.notice_type == word
    assert event.notice is None


def test_every_type_of_notice_has_its_field() -> None:
    assert set(NoticeType) - {NoticeType.UNKNOWN} <= set(ChannelChatNotificationEvent.__struct_fields__)


@pytest.mark.parametrize(("written", "color"), [("blue", AnnouncementColor.BLUE), ("BLUE", AnnouncementColor.BLUE)])
def test_the_color_of_an_announcement_comes_in_either_case(written: str, color: AnnouncementColor) -> None:
    event = read_record(
        NOTICE | {"notice_type": "announcement", "announcement": {"color": written}}, ChannelChatNotificationEvent
    )
    assert event.announcement is not None
    assert event.announcement.color is color
    assert AnnouncementColor("mauve") == "mauve"


def test_a_resubscription_has_its_tier_under_either_key() -> None:
    for key in ("sub_tier", "sub_plan"):
        resub = read_record({"cumulative_months": 10, key: "2000"}, EventResub)
        assert resub.sub_tier is SubscriptionTier.TIER_2
    gifted = read_record({"cumulative_months": 1, "is_gift": True, **person("gifter_user", "9")}, EventResub)
    assert gifted.gifter_user is gifted.gifter
    assert gifted.gifter == User(id="9", login="login9", name="Login9")


@pytest.mark.parametrize(
    ("written", "amount"),
    [
        ({"value": 1250, "decimal_places": 2, "currency": "EUR"}, Decimal("12.50")),
        ({"value": 1250, "decimal_place": 2, "currency": "EUR"}, Decimal("12.50")),
        ({"value": 1250, "decimal_places": 0, "currency": "JPY"}, Decimal(1250)),
    ],
)
def test_money_is_exact(written: dict[str, Any], amount: Decimal) -> None:
    money = read_record(written, EventMoneyAmount)
    assert str(money.amount) == str(amount)
    assert money.decimal_places == -int(amount.as_tuple().exponent)


def test_charities_name_their_channel_by_other_keys() -> None:
    written = {
        "id": "c",
        **person("broadcaster", "1337"),
        "current_amount": {"value": 1, "decimal_places": 2, "currency": "USD"},
        "target_amount": {"value": 2, "decimal_places": 2, "currency": "USD"},
        "started_at": "2026-10-11T10:11:12Z",
    }
    event = read_record(written, ChannelCharityCampaignStartEvent)
    assert event.broadcaster.name == "Login1337"


def test_numbers_and_truth_may_be_in_quotes() -> None:
    written = CHANNEL | person("requester_user") | {"started_at": "2026-10-11T10:11:12Z"}
    event = read_record(written | {"duration_seconds": "60", "is_automatic": "false"}, ChannelAdBreakBeginEvent)
    assert (event.duration_seconds, event.is_automatic) == (60, False)
    assert event.requester_user is event.requester


def test_a_held_message_may_be_a_plain_text() -> None:
    written = CHANNEL | person("user") | {"message_id": "m", "level": 1, "held_at": "2026-10-11T10:11:12Z"}
    event = read_record(written | {"message": "some text"}, AutomodHoldEventV1)
    assert (event.message.text, event.message.fragments) == ("some text", ())
    assert event.raw["message"] == "some text"


def test_a_users_id_may_be_a_number() -> None:
    predictor = person("user") | {"user_id": 42, "channel_points_won": None, "channel_points_used": 5}
    outcome = read_record({"id": "o", "top_predictors": [predictor]}, EventPredictionOutcome)
    assert [each.id for each in outcome.top_predictors] == ["42"]
    with pytest.raises(msgspec.ValidationError):
        read_record({"id": "o", "top_predictors": [predictor | {"user_id": [42]}]}, EventPredictionOutcome)


def test_whoever_is_anonymous_is_nobody() -> None:
    null = {"user_id": None, "user_login": None, "user_name": None}
    written = CHANNEL | null | {"total": 2, "tier": "1000", "cumulative_total": None, "is_anonymous": True}
    event = read_record(written, ChannelSubscriptionGiftEvent)
    assert (event.user, event.cumulative_total, event.is_anonymous) == (None, None, True)


def test_a_withdrawn_request_has_no_moderator() -> None:
    event = read_record(
        CHANNEL | person("user") | {"id": "r", "status": "canceled", "moderator_user_id": None},
        ChannelUnbanRequestResolveEvent,
    )
    assert event.moderator_user is event.moderator is None


def test_what_a_moderator_did_says_to_whom() -> None:
    written = CHANNEL | person("moderator_user", "7") | {"action": "timeout", "ban": None}
    written["timeout"] = {**person("user"), "reason": None, "expires_at": "2026-10-11T10:11:12Z"}
    written["warn"] = {**person("user"), "reason": "", "chat_rules_cited": None}
    event = read_record(written, ChannelModerateEventV2)
    assert event.ban is None
    assert event.timeout is not None
    assert (event.timeout.id, event.timeout.name, event.timeout.reason) == ("42", "Login42", None)
    assert event.warn is not None
    assert event.warn.chat_rules_cited == ()


def test_channels_of_a_shared_chat_are_users() -> None:
    written = CHANNEL | person("host_broadcaster_user", "9") | {"session_id": "s", "participants": [CHANNEL]}
    event = read_record(written, ChannelSharedChatBeginEvent)
    assert [(each.broadcaster.id, each.id, each.login) for each in event.participants] == [
        ("1337", "1337", "login1337")
    ]
    assert event.host_broadcaster_user.id == "9"


def test_an_empty_slot_has_no_guest() -> None:
    event = read_record(CHANNEL | {"session_id": "s", "guest_user_id": None}, ChannelGuestStarGuestUpdateEvent)
    assert (event.guest, event.state, event.host, event.moderator) == (None, None, None, None)


def test_a_cheer_is_a_use_of_bits_without_a_power_up() -> None:
    fragment = {"type": "cheermote", "text": "Cheer100", "cheermote": {"prefix": "cheer", "bits": 100, "tier": 100}}
    message = {"text": "Cheer100", "fragments": [fragment]}
    written = CHANNEL | person("user") | {"bits": 100, "type": "cheer", "message": message, "power_up": None}
    event = read_record(written, ChannelBitsUseEvent)
    assert (event.power_up, event.custom_power_up) == (None, None)
    assert event.message is not None
    assert event.message.fragments[0].cheermote is not None
    assert event.message.fragments[0].cheermote.bits == 100


def test_a_drop_is_for_somebody() -> None:
    data = person("user") | {"entitlement_id": "e", "benefit_id": "b", "created_at": "2026-10-11T10:11:12Z"}
    event = read_record({"id": "d", "data": data}, DropEntitlementGrantEvent)
    assert (event.id, event.data.user.id, event.data.entitlement_id) == ("d", "42", "e")


def test_a_whisper_goes_from_one_to_another() -> None:
    written = person("from_user", "1") | person("to_user", "2") | {"whisper_id": "w", "whisper": {"text": "psst"}}
    event = read_record(written, UserWhisperMessageEvent)
    assert (event.from_user.id, event.to_user.login, event.whisper.text) == ("1", "login2", "psst")


def test_records_are_shown_without_what_they_were_read_from() -> None:
    shown = repr(read_record({"id": "d", "data": {}} | {"x": 1}, Record))
    assert shown == "Record()"
    with pytest.raises(msgspec.ValidationError):
        read_record({"id": "d"}, DropEntitlementGrantEvent)
