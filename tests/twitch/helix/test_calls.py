"""What goes out to Helix and what its answers mean, by value alone."""

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from twitch import errors
from twitch.helix.arguments import chunks
from twitch.helix.calls import RateReading, build_request, existing_id, read_rate, read_response
from twitch.helix.families.chat import SEND_CHAT_MESSAGE
from twitch.helix.families.conduits import DELETE_CONDUIT, GET_CONDUIT_SHARDS, GET_CONDUITS, UPDATE_CONDUIT
from twitch.helix.families.eventsub import CREATE_EVENTSUB_SUBSCRIPTION
from twitch.helix.families.search import SEARCH_CHANNELS
from twitch.helix.families.users import GET_USERS
from twitch.models import ShardStatus

RATE = {"ratelimit-limit": "800", "ratelimit-remaining": "12", "ratelimit-reset": "1700000030"}


def answer(**content: Any) -> bytes:
    return orjson.dumps(content)


def test_lists_repeat_their_key_and_booleans_are_words() -> None:
    assert build_request(GET_USERS, query={"id": ["2", "1"], "login": ["x"]}).query == (
        ("id", "2"),
        ("id", "1"),
        ("login", "x"),
    )
    assert build_request(SEARCH_CHANNELS, query={"query": "a b", "live_only": False, "first": 5}).query == (
        ("query", "a b"),
        ("live_only", "false"),
        ("first", "5"),
    )


def test_a_set_is_sent_in_one_order() -> None:
    assert build_request(GET_USERS, query={"id": {"3", "1", "2"}}).query == (("id", "1"), ("id", "2"), ("id", "3"))


def test_times_are_written_as_twitch_reads_them() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)
    assert build_request(SEARCH_CHANNELS, query={"query": moment}).query == (("query", "2026-01-02T03:04:05Z"),)


def test_bodies_are_json_without_what_was_not_given() -> None:
    request = build_request(
        SEND_CHAT_MESSAGE,
        body={"broadcaster_id": "1", "sender_id": "2", "message": "hi", "reply_parent_message_id": None},
    )
    assert orjson.loads(request.body or b"") == {"broadcaster_id": "1", "sender_id": "2", "message": "hi"}


def test_resizing_a_conduit_is_a_patch() -> None:
    request = build_request(UPDATE_CONDUIT, body={"id": "c", "shard_count": 3})
    assert (request.method, request.path) == ("PATCH", "/eventsub/conduits")
    assert orjson.loads(request.body or b"") == {"id": "c", "shard_count": 3}


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: build_request(DELETE_CONDUIT), "delete_conduit needs id"),
        (lambda: build_request(GET_CONDUITS, query={"x": 1}), "get_conduits has no x"),
        (lambda: build_request(UPDATE_CONDUIT, body={"id": "c"}), "update_conduit: needs shard_count"),
        (lambda: build_request(GET_CONDUITS, body={"x": 1}), "get_conduits: has no x"),
        (lambda: build_request(GET_USERS, query={"id": range(101)}), "get_users takes at most 100 of id, not 101"),
    ],
)
def test_what_a_row_does_not_take_is_refused_before_it_is_sent(call: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        call()


def test_an_answer_is_typed_items_and_a_cursor() -> None:
    body = answer(
        data=[
            {
                "id": "4",
                "status": "websocket_disconnected",
                "transport": {
                    "method": "websocket",
                    "session_id": "s",
                    "connected_at": "2020-11-10T14:32:18.730260295Z",
                    "disconnected_at": "",
                },
            },
            {"id": "5", "status": "a_new_word"},
        ],
        pagination={"cursor": "c2"},
    )
    reply = read_response(GET_CONDUIT_SHARDS, 200, RATE, body, unix_now=1_700_000_000)
    first, second = reply.items
    assert reply.cursor == "c2"
    assert first.status is ShardStatus.WEBSOCKET_DISCONNECTED
    assert first.connected_at == datetime(2020, 11, 10, 14, 32, 18, 730260, tzinfo=UTC)
    assert first.disconnected_at is None
    assert (second.status, second.session_id) == ("a_new_word", None)
    assert second.raw == {"id": "5", "status": "a_new_word"}


@pytest.mark.parametrize("pagination", [{}, None, "a string"])
def test_no_cursor_is_the_end(pagination: Any) -> None:
    assert read_response(GET_CONDUITS, 200, {}, answer(data=[], pagination=pagination)).cursor is None


def test_nothing_is_an_answer_too() -> None:
    assert read_response(DELETE_CONDUIT, 204, {}, b"").items == ()


@pytest.mark.parametrize(
    ("status", "kind", "transient"),
    [
        (400, errors.BadRequest, False),
        (401, errors.Unauthorized, False),
        (403, errors.Forbidden, False),
        (404, errors.NotFound, False),
        (409, errors.Conflict, False),
        (410, errors.HTTPException, False),
        (500, errors.TwitchServerError, True),
        (503, errors.TwitchServerError, True),
    ],
)
def test_a_status_is_an_error_that_says_whether_to_try_again(
    status: int, kind: type[errors.HTTPException], transient: bool
) -> None:
    body = answer(error="Error", status=status, message="Twitch's own words")
    with pytest.raises(kind) as caught:
        read_response(GET_CONDUITS, status, {}, body)
    assert type(caught.value) is kind
    assert caught.value.transient is transient
    assert (caught.value.status, caught.value.message) == (status, "Twitch's own words")
    assert str(caught.value) == f"get_conduits: {status} Twitch's own words"


def test_two_kinds_of_429_are_told_apart_by_the_points_left() -> None:
    body = answer(status=429, message="conduit limit reached")
    with pytest.raises(errors.RateLimited) as other:
        read_response(GET_CONDUITS, 429, RATE, body)
    assert (other.value.kind, other.value.transient) == (errors.RateLimitKind.OTHER, False)
    with pytest.raises(errors.RateLimited) as bucket:
        read_response(GET_CONDUITS, 429, {**RATE, "ratelimit-remaining": "0"}, body)
    assert (bucket.value.kind, bucket.value.transient) == (errors.RateLimitKind.BUCKET, True)
    assert bucket.value.reset_at == 1_700_000_030


@pytest.mark.parametrize(
    "content",
    [
        {"error": "Conflict", "status": 409, "message": "subscription already exists", "id": "s1"},
        {"status": 409, "data": [{"id": "s1"}]},
        {"status": 409, "error": {"details": {"id": "s1"}}},
        {"status": 409, "message": "exists", "subscription_id": "s1"},
    ],
)
def test_the_existing_subscription_is_found_wherever_it_stands(content: Any) -> None:
    with pytest.raises(errors.Conflict) as caught:
        read_response(CREATE_EVENTSUB_SUBSCRIPTION, 409, {}, orjson.dumps(content))
    assert caught.value.existing_id == "s1"


def test_the_existing_subscription_may_stand_in_the_sentence_or_nowhere() -> None:
    uuid = "26b1c993-bfcf-44d9-b876-379dacafe75a"
    assert existing_id({}, f"subscription {uuid} already exists") == uuid
    assert existing_id({"status": 409}, "subscription already exists") is None


def test_a_page_of_html_is_cut_to_a_line() -> None:
    with pytest.raises(errors.TwitchServerError) as caught:
        read_response(GET_CONDUITS, 502, {}, b"<html>" + b"x" * 10_000)
    assert len(caught.value.message) <= 300


def test_a_success_that_is_no_json_may_pass() -> None:
    with pytest.raises(errors.TwitchServerError):
        read_response(GET_CONDUITS, 200, {}, b"<html>")


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"data": 1}', b'{"data": [1]}', b'{"data": [{}]}'])
def test_an_answer_of_another_shape_is_a_decode_error(body: bytes) -> None:
    with pytest.raises(errors.DecodeError):
        read_response(GET_CONDUITS, 200, {}, body)


def test_the_reset_is_reckoned_by_twitchs_own_clock() -> None:
    headers = {**RATE, "date": "Tue, 14 Nov 2023 22:13:20 GMT"}  # 1700000000
    assert read_rate(headers, unix_now=5.0) == RateReading(800, 12, 1_700_000_030, 30.0)
    assert read_rate(RATE, unix_now=1_700_000_010) == RateReading(800, 12, 1_700_000_030, 20.0)
    assert read_rate({"ratelimit-limit": "x"}, unix_now=0) is None


def test_chunks_keep_the_order() -> None:
    assert chunks([1, 2, 3, 4, 5], 2) == [[1, 2], [3, 4], [5]]
