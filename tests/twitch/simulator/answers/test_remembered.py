"""What a call makes, changes or deletes is there, changed or gone in the list afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.twitch.simulator.conftest import Api

ME: Any = {"broadcaster_id": "77"}
MOD: Any = {"broadcaster_id": "5", "moderator_id": "77"}


class Mine:
    """Calls with the token of user 77, that succeed."""

    def __init__(self, api: Api) -> None:
        self._api = api

    def __call__(self, method: str, path: str, json: Any = None, **query: Any) -> Any:
        answer = self._api(method, path, as_user="77", json=json, **query)
        assert answer.status in {200, 202, 204}, answer.body
        return answer.body and answer.body["data"]

    def refused(self, method: str, path: str, json: Any = None, **query: Any) -> int:
        return self._api(method, path, as_user="77", json=json, **query).status


@pytest.fixture
def mine(api: Api) -> Mine:
    return Mine(api)


def test_a_poll_is_made_and_ended(mine: Mine) -> None:
    order = ME | {"title": "Tea?", "choices": [{"title": "Yes"}, {"title": "No"}], "duration": 60}
    (made,) = mine("POST", "/polls", order)
    assert mine("GET", "/polls", **ME)[0] == made
    assert (made["status"], [choice["title"] for choice in made["choices"]]) == ("ACTIVE", ["Yes", "No"])
    assert mine.refused("POST", "/polls", order) == 400

    (ended,) = mine("PATCH", "/polls", ME | {"id": made["id"], "status": "TERMINATED"})
    assert mine("GET", "/polls", **ME, id=made["id"]) == [ended]
    assert (ended["status"], ended["ended_at"] is None) == ("TERMINATED", False)


def test_a_prediction_is_made_locked_and_resolved(mine: Mine) -> None:
    order = ME | {"title": "Won?", "outcomes": [{"title": "Yes"}, {"title": "No"}], "prediction_window": 60}
    (made,) = mine("POST", "/predictions", order)
    winner = made["outcomes"][1]["id"]
    end = ME | {"id": made["id"]}
    assert mine("PATCH", "/predictions", end | {"status": "LOCKED"})[0]["locked_at"]
    assert mine.refused("PATCH", "/predictions", end | {"status": "RESOLVED"}) == 400

    (resolved,) = mine("PATCH", "/predictions", end | {"status": "RESOLVED", "winning_outcome_id": winner})
    assert mine("GET", "/predictions", **ME)[0] == resolved
    assert mine.refused("PATCH", "/predictions", end | {"status": "CANCELED"}) == 400


def test_a_reward_lives_from_making_to_deletion(mine: Mine) -> None:
    where = "/channel_points/custom_rewards"
    order = {"title": "Sing", "cost": 50, "is_max_per_stream_enabled": True, "max_per_stream": 3}
    (made,) = mine("POST", where, order, **ME)
    assert made["max_per_stream_setting"] == {"is_enabled": True, "max_per_stream": 3}
    assert mine.refused("POST", where, order, **ME) == 400

    (changed,) = mine("PATCH", where, {"cost": 75}, **ME, id=made["id"])
    assert changed == made | {"cost": 75}
    assert mine("GET", where, **ME, id=made["id"]) == [changed]

    mine("DELETE", where, **ME, id=made["id"])
    assert mine("GET", where, **ME, id=made["id"]) == []


def test_redemptions_change_from_one_list_to_another(mine: Mine) -> None:
    where, reward = "/channel_points/custom_rewards/redemptions", ME | {"reward_id": "r"}
    first, second, *_ = mine("GET", where, **reward, status="UNFULFILLED")
    mine("PATCH", where, {"status": "FULFILLED"}, **reward, id=[first["id"], second["id"]])

    fulfilled = mine("GET", where, **reward, status="FULFILLED", sort="NEWEST")
    assert [row["id"] for row in fulfilled] == [second["id"], first["id"]]


def test_a_ban_is_listed_until_it_is_lifted(mine: Mine) -> None:
    in_my_channel = ME | {"moderator_id": "77"}
    (timeout,) = mine("POST", "/moderation/bans", {"data": {"user_id": "9", "duration": 60}}, **in_my_channel)
    (row,) = mine("GET", "/moderation/banned", **ME, user_id="9")
    assert row["expires_at"] == timeout["end_time"]

    (ban,) = mine("POST", "/moderation/bans", {"data": {"user_id": "9"}}, **in_my_channel)
    assert ban["end_time"] is None
    mine("DELETE", "/moderation/bans", **in_my_channel, user_id="9")
    assert mine("GET", "/moderation/banned", **ME, user_id="9") == []
    assert mine.refused("DELETE", "/moderation/bans", **in_my_channel, user_id="9") == 400


@pytest.mark.parametrize("path", ["/moderation/moderators", "/channels/vips"])
def test_a_role_is_given_and_taken(mine: Mine, path: str) -> None:
    mine("POST", path, **ME, user_id="9")
    assert [row["user_id"] for row in mine("GET", path, **ME, user_id=["8", "9"])] == ["9"]
    assert mine.refused("POST", path, **ME, user_id="9") in {400, 422}

    mine("DELETE", path, **ME, user_id="9")
    assert mine("GET", path, **ME, user_id="9") == []


def test_a_blocked_term_and_a_blocked_user(mine: Mine) -> None:
    (term,) = mine("POST", "/moderation/blocked_terms", {"text": "leeks"}, **MOD)
    assert mine("GET", "/moderation/blocked_terms", **MOD)[0] == term
    mine("DELETE", "/moderation/blocked_terms", **MOD, id=term["id"])
    assert term not in mine("GET", "/moderation/blocked_terms", **MOD)

    mine("PUT", "/users/blocks", target_user_id="9")
    assert "9" in [row["user_id"] for row in mine("GET", "/users/blocks", **ME)]
    mine("DELETE", "/users/blocks", target_user_id="9")
    assert "9" not in [row["user_id"] for row in mine("GET", "/users/blocks", **ME)]


def test_settings_stay_as_they_were_set(mine: Mine) -> None:
    (chat,) = mine("PATCH", "/chat/settings", {"slow_mode": True, "emote_mode": True}, **MOD)
    assert (chat["slow_mode_wait_time"], mine("GET", "/chat/settings", **MOD)) == (30, [chat])

    (automod,) = mine("PUT", "/moderation/automod/settings", {"overall_level": 2}, **MOD)
    assert (automod["bullying"], mine("GET", "/moderation/automod/settings", **MOD)) == (2, [automod])

    (shield,) = mine("PUT", "/moderation/shield_mode", {"is_active": True}, **MOD)
    assert mine("GET", "/moderation/shield_mode", **MOD) == [shield]

    mine("PUT", "/chat/color", user_id="77", color="coral")
    assert mine("GET", "/chat/color", user_id="77")[0]["color"] == "#FF7F50"


def test_a_channel_is_what_its_broadcaster_says(mine: Mine) -> None:
    labels = [{"id": "Gambling", "is_enabled": True}]
    mine("PATCH", "/channels", {"title": "Chess", "game_id": "33214", "content_classification_labels": labels}, **ME)
    (channel,) = mine("GET", "/channels", **ME)
    (stream,) = mine("GET", "/streams", user_id="77")

    assert (channel["title"], channel["game_name"]) == ("Chess", "Fortnite")
    assert channel["content_classification_labels"] == ["Gambling"]
    assert (stream["title"], stream["game_id"]) == ("Chess", "33214")


def test_a_segment_of_the_schedule_is_made_moved_and_canceled(mine: Mine, api: Api) -> None:
    order = {"start_time": "2030-07-01T18:00:00Z", "timezone": "Europe/Berlin", "duration": "90", "title": "Chess"}
    (made,) = mine("POST", "/schedule/segment", order, **ME)["segments"]
    assert (made["start_time"], made["end_time"]) == ("2030-07-01T18:00:00Z", "2030-07-01T19:30:00Z")

    moved = {"start_time": "2030-07-02T18:00:00+02:00", "is_canceled": True}
    (changed,) = mine("PATCH", "/schedule/segment", moved, **ME, id=made["id"])["segments"]
    assert (changed["end_time"], changed["canceled_until"]) == ("2030-07-02T17:30:00Z", "2030-07-02T17:30:00Z")
    assert mine("GET", "/schedule", **ME, id=made["id"])["segments"] == [changed]

    calendar = api("GET", "/schedule/icalendar", headers={"Authorization": "", "Client-Id": ""}, **ME).body
    assert calendar.startswith("BEGIN:VCALENDAR\r\n")
    assert "SUMMARY:Chess\r\n" in calendar

    mine("DELETE", "/schedule/segment", **ME, id=made["id"])
    assert mine("GET", "/schedule", **ME, id=made["id"])["segments"] == []


@pytest.mark.parametrize("duration", ["29", "1381", "an hour", "99999999999"])
def test_a_segment_lasts_half_an_hour_to_twenty_three_hours(mine: Mine, duration: str) -> None:
    order = {"start_time": "2030-07-01T18:00:00Z", "timezone": "Europe/Berlin", "duration": duration}

    assert mine.refused("POST", "/schedule/segment", order, **ME) == 400


def test_extensions_are_put_into_slots(mine: Mine) -> None:
    slots = {"panel": {"1": {"active": True, "id": "e", "version": "1"}}, "overlay": None}
    active = mine("PUT", "/users/extensions", {"data": slots})

    assert active["panel"]["1"]["id"] == "e"
    assert mine("GET", "/users/extensions", user_id="77") == active
    assert mine.refused("PUT", "/users/extensions", {"data": {"panel": {"1": "e"}}}) == 400


def test_who_has_no_login_has_no_stream(mine: Mine) -> None:
    assert mine("GET", "/streams", user_login="!!!") == []


def test_a_channel_has_one_pin(mine: Mine) -> None:
    mine("PUT", "/chat/pins", **MOD, message_id="m", duration_seconds="60")
    (pin,) = mine("GET", "/chat/pins", **MOD)
    assert (pin["message_id"], pin["pinned_by_user_id"], pin["ends_at"] is None) == ("m", "77", False)

    mine("PATCH", "/chat/pins", **MOD, message_id="m")
    assert mine("GET", "/chat/pins", **MOD)[0]["ends_at"] is None
    mine("DELETE", "/chat/pins", **MOD, message_id="m")
    assert mine("GET", "/chat/pins", **MOD) == []


def test_guests_are_invited_seated_and_moved(mine: Mine) -> None:
    session = MOD | {"session_id": mine("GET", "/guest_star/session", **MOD)[0]["id"]}
    mine("POST", "/guest_star/invites", **session, guest_id="9")
    assert "9" in [row["user_id"] for row in mine("GET", "/guest_star/invites", **session)]

    mine("POST", "/guest_star/slot", **session, guest_id="9", slot_id="1")
    mine("PATCH", "/guest_star/slot", **session, source_slot_id="1", destination_slot_id="2")
    mine("PATCH", "/guest_star/slot_settings", **session, slot_id="2", volume="40")
    guests = mine("GET", "/guest_star/session", **MOD)[0]["guests"]
    assert [(row["slot_id"], row["user_id"], row["volume"]) for row in guests] == [("0", "5", 100), ("2", "9", 40)]

    mine("DELETE", "/guest_star/slot", **session, guest_id="9", slot_id="2", should_reinvite_guest="true")
    assert "9" in [row["user_id"] for row in mine("GET", "/guest_star/invites", **session)]


def test_clips_markers_videos_and_raids(mine: Mine) -> None:
    (clip,) = mine("POST", "/clips", **ME, title="wow")
    assert (mine("GET", "/clips", **ME)[0]["id"], mine("GET", "/clips", **ME)[0]["title"]) == (clip["id"], "wow")

    (marker,) = mine("POST", "/streams/markers", {"user_id": "77", "description": "here"})
    (listed,) = mine("GET", "/streams/markers", user_id="77")
    assert listed["videos"][0]["markers"][-1]["id"] == marker["id"]

    video = mine("GET", "/videos", user_id="77")[0]
    assert mine("DELETE", "/videos", id=video["id"]) == [video["id"]]
    assert video not in mine("GET", "/videos", user_id="77")

    mine("POST", "/raids", from_broadcaster_id="77", to_broadcaster_id="9")
    mine("DELETE", "/raids", **ME)
    assert mine.refused("DELETE", "/raids", **ME) == 404


def test_drops_are_fulfilled_for_the_client_and_seen_by_their_user(mine: Mine, api: Api) -> None:
    (first, *_) = mine("GET", "/entitlements/drops")
    order = {"entitlement_ids": [first["id"], "none"], "fulfillment_status": "FULFILLED"}
    outcomes = api("PATCH", "/entitlements/drops", json=order).body["data"]

    assert outcomes == [{"status": "NOT_FOUND", "ids": ["none"]}, {"status": "SUCCESS", "ids": [first["id"]]}]
    assert [row["id"] for row in mine("GET", "/entitlements/drops", fulfillment_status="FULFILLED")] == [first["id"]]


def test_an_unban_request_is_resolved_once_it_is_known(mine: Mine) -> None:
    (pending, *_) = mine("GET", "/moderation/unban_requests", **MOD, status="pending")
    answer = {"unban_request_id": pending["id"], "status": "approved", "resolution_text": "fine"}
    (resolved,) = mine("PATCH", "/moderation/unban_requests", **MOD, **answer)

    assert mine("GET", "/moderation/unban_requests", **MOD, status="approved") == [resolved]
    assert mine.refused("PATCH", "/moderation/unban_requests", **MOD, **answer | {"unban_request_id": "no"}) == 404


def test_two_channels_have_nothing_in_common(api: Api) -> None:
    rewards = [api("GET", "/channel_points/custom_rewards", as_user=one, broadcaster_id=one).body for one in ("1", "2")]
    ids = [{row["id"] for row in body["data"]} for body in rewards]

    assert ids[0].isdisjoint(ids[1])
