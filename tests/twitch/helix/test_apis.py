"""The methods of an app, a user and an extension over real HTTP: what each sends, and what it makes of the answer."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from twitch import App, AppAPI, UserAPI
from twitch.api import ExtensionAPI
from twitch.errors import DecodeError, TokenError, Unauthorized
from twitch.helix.families.users import UPDATE_USER
from twitch.models import ExtensionSecret, StreamKey, SubscriptionCosts

NOTHING: dict[str, Any] = {"data": []}
NO_CONTENT = None
SECRET = base64.b64encode(b"a secret of thirty-two characters").decode()


@pytest.fixture
async def app(twitch: Any) -> AsyncIterator[App]:
    async with App("client", "secret", addresses=twitch.addresses) as app:
        yield app


@pytest.fixture
async def user(twitch: Any, app: App) -> UserAPI:
    whose = {"client_id": "client", "login": "streamer", "user_id": "1337", "scopes": [], "expires_in": 14000}
    twitch.answer("/oauth2/validate", 200, whose)
    return await app.add_user("access", "refresh")


def query_of(twitch: Any, path: str) -> list[list[tuple[str, str]]]:
    return [asked.query for asked in twitch.of(f"/helix{path}")]


async def test_what_is_about_a_user_is_about_this_one_unless_told_otherwise(twitch: Any, user: UserAPI) -> None:
    twitch.answer("/helix/channels", 200, NOTHING)
    await user.get_channel_information()
    await user.get_channel_information(["9"])
    assert query_of(twitch, "/channels") == [[("broadcaster_id", "1337")], [("broadcaster_id", "9")]]


async def test_a_moderator_is_always_who_asks(twitch: Any, app: App, user: UserAPI) -> None:
    twitch.answer("/helix/moderation/bans", 200, {"data": [{"broadcaster_id": "9", "user_id": "5"}]})
    ban = await user.ban_user("5", "9", duration=60, reason="spam")
    assert (ban.user.id, ban.broadcaster.id) == ("5", "9")
    await app.application.ban_user("5", "9", "7")
    first, second = twitch.of("/helix/moderation/bans")
    assert first.query == [("broadcaster_id", "9"), ("moderator_id", "1337")]
    assert first.body == {"data": {"user_id": "5", "duration": 60, "reason": "spam"}}
    assert second.query == [("broadcaster_id", "9"), ("moderator_id", "7")]
    assert second.body == {"data": {"user_id": "5"}}


async def test_a_suspicious_users_moderator_is_sent_as_given(twitch: Any, app: App, user: UserAPI) -> None:
    path = "/helix/moderation/suspicious_users"
    twitch.answer(path, 200, {"data": [{"user_id": "5", "broadcaster_id": "9", "status": "NO_TREATMENT", "types": []}]})
    await app.application.remove_suspicious_user_status("5", "7", "9")
    await user.remove_suspicious_user_status("5")
    assert [sorted(asked.query) for asked in twitch.of(path)] == [
        [("broadcaster_id", "9"), ("moderator_id", "7"), ("user_id", "5")],
        [("broadcaster_id", "1337"), ("moderator_id", "1337"), ("user_id", "5")],
    ]


async def test_a_user_alone_can_do_what_twitch_lets_a_user_alone_do(twitch: Any, app: App, user: UserAPI) -> None:
    assert hasattr(user, "create_poll")
    assert not hasattr(AppAPI, "create_poll")
    assert not hasattr(app.application, "create_poll")
    assert not hasattr(UserAPI, "get_conduits")
    assert not hasattr(UserAPI, "send_extension_chat_message")
    with pytest.raises(
        AttributeError, match="'AppAPI' object has no attribute 'create_poll', which takes a user's token"
    ):
        app.application.create_poll  # type: ignore[attr-defined]  # noqa: B018  what a program without a checker does
    with pytest.raises(TokenError, match="update_user"):
        await app.transport.call(UPDATE_USER)


async def test_bodies_are_json_and_hold_what_twitch_looks_for_there(twitch: Any, user: UserAPI) -> None:
    poll = {"id": "p", "broadcaster_id": "1337", "status": "ACTIVE", "choices": [{"id": "c", "title": "A"}]}
    twitch.answer("/helix/polls", 200, {"data": [poll]})
    created = await user.create_poll("Which?", ["A", "B"], 60)
    assert (created.choices[0].title, created.status) == ("A", "ACTIVE")
    await user.end_poll("p", "TERMINATED")
    created_by, ended_by = twitch.of("/helix/polls")
    choices = [{"title": "A"}, {"title": "B"}]
    assert created_by.body == {"broadcaster_id": "1337", "title": "Which?", "choices": choices, "duration": 60}
    assert (ended_by.query, ended_by.body) == ([], {"broadcaster_id": "1337", "id": "p", "status": "TERMINATED"})


async def test_what_is_not_given_is_not_sent(twitch: Any, user: UserAPI) -> None:
    twitch.answer("/helix/channels", 204, NO_CONTENT)
    await user.modify_channel_information(title="New", tags=[], content_classification_labels={"Gambling": False})
    await user.modify_channel_information(content_classification_labels=["ViolentGraphic"], is_branded_content=False)
    first, second = (asked.body for asked in twitch.of("/helix/channels"))
    labels = [{"id": "Gambling", "is_enabled": False}]
    assert first == {"title": "New", "tags": [], "content_classification_labels": labels}
    labels = [{"id": "ViolentGraphic", "is_enabled": True}]
    assert second == {"content_classification_labels": labels, "is_branded_content": False}


async def test_settings_are_keys_of_the_body_and_misspelt_ones_are_named(twitch: Any, user: UserAPI) -> None:
    twitch.answer("/helix/chat/settings", 200, {"data": [{"broadcaster_id": "1337", "slow_mode": True}]})
    settings = await user.update_chat_settings({"slow_mode": True, "slow_mode_wait_time": 10})
    assert (settings.slow_mode, settings.slow_mode_wait_time) == (True, None)
    assert twitch.of("/helix/chat/settings")[0].body == {"slow_mode": True, "slow_mode_wait_time": 10}
    with pytest.raises(ValueError, match="settings has no slow"):
        await user.update_chat_settings({"slow": True})  # type: ignore[typeddict-unknown-key]


async def test_times_and_numbers_go_as_twitch_reads_them(twitch: Any, user: UserAPI) -> None:
    schedule = {"segments": None, "broadcaster_id": "1337", "vacation": None}
    twitch.answer("/helix/schedule/segment", 200, {"data": schedule})
    moment = datetime(2026, 7, 1, 18, tzinfo=UTC)
    made = await user.create_channel_stream_schedule_segment(moment, "Europe/Berlin", False, 240)
    assert (made.segments, made.vacation) == ((), None)
    expected = {"start_time": "2026-07-01T18:00:00Z", "timezone": "Europe/Berlin", "is_recurring": False}
    assert twitch.of("/helix/schedule/segment")[0].body == {**expected, "duration": "240"}


async def test_a_list_above_what_twitch_takes_is_split(twitch: Any, app: App, user: UserAPI) -> None:
    twitch.answer("/helix/chat/color", 200, {"data": [{"user_id": "1", "color": "#9146FF"}]})
    colors = await app.application.get_user_chat_color({str(number) for number in range(250)})
    assert [len(query) for query in query_of(twitch, "/chat/color")] == [100, 100, 50]
    assert [color.color for color in colors] == ["#9146FF"] * 3
    assert await app.application.get_user_chat_color([]) == ()
    assert len(twitch.of("/helix/chat/color")) == 3
    twitch.answer("/helix/videos", 200, {"data": ["1", "2"]})
    assert await user.delete_videos(["1", "2", "3", "4", "5", "6"]) == ("1", "2", "1", "2")
    twitch.answer("/helix/moderation/enforcements/status", 200, {"data": [{"msg_id": "1", "is_permitted": True}]})
    await user.check_automod_status([{"msg_id": str(number), "msg_text": "hi"} for number in range(101)])
    asked = twitch.of("/helix/moderation/enforcements/status")
    assert [len(each.body["data"]) for each in asked] == [100, 1]


async def test_a_user_who_names_nobody_gets_their_own_profile(twitch: Any, app: App, user: UserAPI) -> None:
    twitch.answer("/helix/users", 200, {"data": [{"id": "1337"}]})
    assert [profile.id for profile in await user.get_users()] == ["1337"]
    await user.get_users(user_ids=[], user_logins=["somebody"])
    await user.get_users(user_ids=frozenset(), user_logins=frozenset())
    assert await app.application.get_users() == await app.application.get_users(user_ids=[]) == ()
    assert query_of(twitch, "/users") == [[("id", "1337")], [("login", "somebody")], [("id", "1337")]]


async def test_an_empty_list_counts_as_not_given_unless_it_must_be(twitch: Any, app: App, user: UserAPI) -> None:
    twitch.answer("/helix/channels", 200, NOTHING)
    twitch.answer("/helix/channels/vips", 200, NOTHING)
    assert await app.application.get_channel_information([]) == ()
    await user.get_channel_information([])
    await user.get_vips([])
    assert query_of(twitch, "/channels") == [[("broadcaster_id", "1337")]]
    assert query_of(twitch, "/channels/vips") == [[("broadcaster_id", "1337"), ("first", "100")]]


async def test_an_argument_that_does_not_fit_is_named_before_anything_is_sent(
    twitch: Any, app: App, user: UserAPI
) -> None:
    wrong: list[tuple[Any, str]] = [
        (lambda: user.start_commercial("60"), "start_commercial: length: int is wanted, not str"),  # type: ignore[arg-type]
        (lambda: user.start_raid(None), "start_raid needs to_broadcaster_id"),  # type: ignore[arg-type]
        (lambda: app.application.get_channel_teams(None), "get_channel_teams needs user_id"),  # type: ignore[arg-type]
        (lambda: app.application.get_team_by_id(None), "get_team_by_id needs team_id"),  # type: ignore[arg-type]
        (lambda: user.update_chat_settings(None), "update_chat_settings needs settings"),  # type: ignore[arg-type]
        (lambda: user.create_poll("Which?", "AB", 60), "create_poll: choices: a collection of texts is wanted"),
        (user.send_chat_message, "send_chat_message: missing a required argument: 'message'"),
        (lambda: user.send_chat_message("hi", to="9"), "send_chat_message: got an unexpected keyword argument 'to'"),  # type: ignore[call-arg]
        (lambda: app.application.search_channels("x", limit="5"), "limit: int is wanted, not str"),  # type: ignore[arg-type]
        (lambda: app.application.create_conduit(0), "create_conduit: shard_count: from 1 to 20000 is allowed, not 0"),
    ]
    for call, sentence in wrong:
        with pytest.raises((TypeError, ValueError), match=f"^{sentence}"):
            await call()
    assert {asked.path for asked in twitch.asked} <= {"/oauth2/token", "/oauth2/validate"}


async def test_lists_that_twitch_caps_together_are_split_together(twitch: Any, app: App) -> None:
    twitch.answer("/helix/games", 200, NOTHING)
    await app.application.get_games([str(number) for number in range(90)], ["Chess"] * 20)
    first, second = query_of(twitch, "/games")
    assert (len(first), second) == (100, [("name", "Chess")] * 10)
    assert await app.application.get_games() == ()


async def test_pages_go_on_from_one_part_of_a_list_to_the_next(twitch: Any, app: App) -> None:
    for cursor in ("a", None, None):
        pagination = {"cursor": cursor} if cursor else {}
        page = [{"id": "1", "broadcaster_id": "9", "creator_id": "", "created_at": ""}]
        twitch.answer("/helix/clips", 200, {"data": page, "pagination": pagination})
    clips = await app.application.get_clips_by_id([f"clip-{number:03}" for number in range(101)])
    assert [(clip.id, clip.creator, clip.created_at) for clip in clips] == [("1", None, None)] * 3
    first, second, third = query_of(twitch, "/clips")
    assert first[:2] == [("id", "clip-000"), ("id", "clip-001")]
    assert ("after", "a") in second
    assert third == [("id", "clip-100"), ("first", "100")]


async def test_a_long_list_is_asked_for_to_its_end_however_little_of_it_is_found(twitch: Any, app: App) -> None:
    for _ in range(24):
        twitch.answer("/helix/streams", 200, {"data": [], "pagination": {}})
    twitch.answer("/helix/streams", 200, {"data": [{"id": "s", "user_id": "2499"}], "pagination": {}})
    streams = await app.application.get_streams([str(number) for number in range(2500)], limit=None)
    assert [stream.user.id for stream in streams] == ["2499"]
    assert len(query_of(twitch, "/streams")) == 25


async def test_a_part_that_ends_in_the_cursor_that_was_asked_with_is_followed_by_the_next(
    twitch: Any, app: App
) -> None:
    for user_id, cursor in (("1", "a"), ("2", "a"), ("3", None)):
        page = {"data": [{"id": "s", "user_id": user_id}], "pagination": {"cursor": cursor} if cursor else {}}
        twitch.answer("/helix/streams", 200, page)
    streams = await app.application.get_streams([str(number) for number in range(101)], limit=None)
    assert [stream.user.id for stream in streams] == ["1", "2", "3"]


async def test_only_one_list_may_be_above_what_twitch_takes(app: App) -> None:
    many = [str(number) for number in range(101)]
    with pytest.raises(ValueError, match="user_ids and user_logins"):
        await app.application.get_streams(many, many)
    with pytest.raises(TypeError, match="a collection of texts"):
        await app.application.get_emote_sets("300374282")  # letters one by one would be asked for


async def test_one_of_what_twitch_wants_one_of_must_be_given(user: UserAPI) -> None:
    with pytest.raises(ValueError, match="get_custom_reward_redemption needs status or redemption_ids"):
        await user.get_custom_reward_redemption("reward")


async def test_a_schedule_is_limited_by_its_segments(twitch: Any, user: UserAPI) -> None:
    page = {"broadcaster_id": "1337", "segments": [{"id": "s"}] * 5, "pagination": {"cursor": "more"}}
    twitch.answer("/helix/schedule", 200, {"data": page})
    pages = await user.get_channel_stream_schedule(limit=10)
    assert [len(page.segments) for page in pages] == [5, 5]
    first, second = query_of(twitch, "/schedule")
    assert (("first", "10") in first, ("first", "5") in second, ("after", "more") in second) == (True, True, True)


async def test_markers_are_a_users_or_a_videos(twitch: Any, user: UserAPI) -> None:
    marker = {"id": "m", "created_at": "2026-01-02T03:04:05Z", "position_seconds": 7, "URL": "https://twitch.tv/x"}
    videos = [{"video_id": "v", "markers": [marker]}]
    twitch.answer("/helix/streams/markers", 200, {"data": [{"user_id": "1337", "videos": videos}]})
    (found,) = await user.get_stream_markers()
    assert found.videos[0].markers[0].url == "https://twitch.tv/x"
    await user.get_stream_markers(video_id="v")
    first, second = query_of(twitch, "/streams/markers")
    assert (first, second) == ([("user_id", "1337"), ("first", "100")], [("video_id", "v"), ("first", "100")])


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"next_ad_at": "2026-01-02T03:04:05Z", "duration": "60"}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"next_ad_at": 1767323045, "duration": 60}, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"next_ad_at": "", "duration": 60}, None),
        ({"next_ad_at": 0, "duration": 60}, None),
        ({"next_ad_at": "0", "duration": 60}, None),
    ],
)
async def test_the_ads_times_come_in_each_of_the_ways_that_were_seen(
    twitch: Any, user: UserAPI, told: dict[str, Any], read: datetime | None
) -> None:
    twitch.answer("/helix/channels/ads", 200, {"data": [told]})
    schedule = await user.get_ad_schedule()
    assert (schedule.next_ad_at, schedule.duration) == (read, 60)


async def test_what_may_not_be_there_is_none_and_what_must_is_an_error(twitch: Any, user: UserAPI) -> None:
    twitch.answer("/helix/shared_chat/session", 200, NOTHING)
    twitch.answer("/helix/teams/channel", 200, {"data": None})
    twitch.answer("/helix/raids", 200, NOTHING)
    assert await user.get_shared_chat_session() is None
    assert await user.get_channel_teams() == ()
    with pytest.raises(DecodeError, match="start_raid: the answer is empty"):
        await user.start_raid("9")


async def test_what_stands_beside_a_list_is_kept(twitch: Any, app: App, user: UserAPI) -> None:
    emote = {"id": "25", "name": "Kappa", "images": {"url_1x": "x"}, "format": ["static", "hologram"]}
    twitch.answer("/helix/chat/emotes/global", 200, {"data": [emote], "template": "https://…/{{id}}"})
    emotes = await app.application.get_global_emotes()
    assert (emotes[0].format, emotes.extras["template"]) == (("static", "hologram"), "https://…/{{id}}")
    twitch.answer("/helix/channels/followers", 200, {"data": [], "total": 8})
    followers = user.get_channel_followers()
    assert (await followers, followers.extras["total"]) == ((), 8)


async def test_the_summary_of_subscriptions_is_one_request(twitch: Any, app: App) -> None:
    answer = {"data": [], "total": 3, "total_cost": 1, "max_total_cost": 10000, "pagination": {"cursor": "more"}}
    twitch.answer("/helix/eventsub/subscriptions", 200, answer)
    assert await app.application.get_eventsub_subscriptions_summary() == SubscriptionCosts(3, 1, 10000) == (3, 1, 10000)
    assert len(twitch.of("/helix/eventsub/subscriptions")) == 1
    assert await app.application.get_eventsub_subscription_by_id("s") is None
    assert query_of(twitch, "/eventsub/subscriptions")[1] == [("subscription_id", "s")]


async def test_a_type_of_batches_is_asked_for_in_batches(twitch: Any, app: App) -> None:
    row = {"id": "s", "type": "drop.entitlement.grant", "version": "1"}
    answer = {"data": [row], "total": 2, "total_cost": 1, "max_total_cost": 10000}
    twitch.answer("/helix/eventsub/subscriptions", 202, answer)
    to = {"method": "conduit", "conduit_id": "c"}
    created, costs = await app.application.create_eventsub_subscription(
        "drop.entitlement.grant", "1", to, {"organization_id": "9"}
    )
    assert (created.id, costs) == ("s", SubscriptionCosts(2, 1, 10000))
    await app.application.create_eventsub_subscription("stream.online", "1", to, {"broadcaster_user_id": "9"})
    drops, online = (asked.body for asked in twitch.of("/helix/eventsub/subscriptions"))
    assert drops["is_batching_enabled"] is True
    assert "is_batching_enabled" not in online


async def test_settings_of_guest_star_are_read_from_either_of_twitchs_two_shapes(twitch: Any, user: UserAPI) -> None:
    settings = {"slot_count": 4, "group_layout": "TILED_LAYOUT", "browser_source_token": "sensitive"}
    twitch.answer("/helix/guest_star/channel_settings", 200, settings)
    twitch.answer("/helix/guest_star/channel_settings", 200, {"data": [settings]})
    flat, listed = [await user.get_channel_guest_star_settings() for _ in range(2)]
    assert (flat.slot_count, listed.group_layout) == (4, "TILED_LAYOUT")
    assert "sensitive" not in f"{flat!r}"


async def test_a_calendar_is_a_text(twitch: Any, user: UserAPI) -> None:
    twitch.answer("/helix/schedule/icalendar", 200, "BEGIN:VCALENDAR")
    assert await user.get_channel_icalendar() == '"BEGIN:VCALENDAR"'  # the recorder writes JSON
    assert query_of(twitch, "/schedule/icalendar") == [[("broadcaster_id", "1337")]]


async def test_live_channels_of_an_extension_have_a_cursor_without_an_object(twitch: Any, app: App) -> None:
    channel = {"broadcaster_id": "9", "broadcaster_name": "Nine", "title": "hi"}
    twitch.answer("/helix/extensions/live", 200, {"data": [channel], "pagination": "more"})
    twitch.answer("/helix/extensions/live", 200, {"data": [channel], "pagination": ""})
    channels = await app.application.get_extension_live_channels("ext")
    assert [channel.broadcaster.name for channel in channels] == ["Nine", "Nine"]
    assert ("after", "more") in query_of(twitch, "/extensions/live")[1]


class TestExtension:
    @pytest.fixture
    def extension(self, app: App) -> ExtensionAPI:
        return app.application.extension("ext", SECRET, "42")

    def claims(self, token: str) -> dict[str, Any]:
        """What a token says, after the signature was checked as Twitch does it."""
        signed, _, signature = token.rpartition(".")
        expected = hmac.digest(base64.b64decode(SECRET), signed.encode(), hashlib.sha256)
        assert base64.urlsafe_b64decode(signature + "==") == expected
        header, content = (orjson.loads(base64.urlsafe_b64decode(part + "==")) for part in signed.split("."))
        assert header == {"alg": "HS256", "typ": "JWT"}
        return dict(content)

    async def test_it_signs_a_token_for_each_call(self, twitch: Any, extension: ExtensionAPI) -> None:
        twitch.answer("/helix/extensions/chat", 204, NO_CONTENT)
        await extension.send_extension_chat_message("9", "hello", "1.0.0")
        (asked,) = twitch.of("/helix/extensions/chat")
        assert asked.query == [("broadcaster_id", "9")]
        assert asked.body == {"text": "hello", "extension_id": "ext", "extension_version": "1.0.0"}
        claims = self.claims(asked.token)
        assert (claims["user_id"], claims["role"], claims["channel_id"]) == ("42", "external", "9")
        assert 60 < claims["exp"] - datetime.now(UTC).timestamp() <= 180

    async def test_it_asks_about_itself(self, twitch: Any, extension: ExtensionAPI) -> None:
        content = {"segment": "broadcaster", "broadcaster_id": "9", "content": "{}", "version": "1"}
        twitch.answer("/helix/extensions/configurations", 200, {"data": [content]})
        found = await extension.get_extension_channel_configuration("9")
        assert found is not None
        assert (found.segment, found.content) == ("broadcaster", "{}")
        (asked,) = twitch.of("/helix/extensions/configurations")
        expected = [("broadcaster_id", "9"), ("extension_id", "ext"), ("segment", "broadcaster")]
        assert sorted(asked.query) == expected
        assert "channel_id" in self.claims(asked.token)

    async def test_a_refused_token_is_not_sent_again(self, twitch: Any, extension: ExtensionAPI) -> None:
        twitch.answer("/helix/extensions/jwt/secrets", 401, {"status": 401, "message": "JWT token is invalid"})
        with pytest.raises(Unauthorized, match="JWT token is invalid"):
            await extension.get_extension_secrets()
        assert len(twitch.of("/helix/extensions/jwt/secrets")) == 1

    def test_a_secret_that_is_not_base64_is_refused_unseen(self, app: App) -> None:
        with pytest.raises(ValueError, match="the secret of extension ext isn't base64") as caught:
            app.application.extension("ext", "not base64!", "42")
        assert "not base64!" not in f"{caught.value!r}"

    def test_no_secret_shows(self, extension: ExtensionAPI) -> None:
        assert SECRET not in f"{extension!r}{extension._signer!r}{extension._signer.sign(unix_now=0)!r}"
        assert "sensitive" not in f"{ExtensionSecret(content='sensitive')!r}{StreamKey(stream_key='sensitive')!r}"
