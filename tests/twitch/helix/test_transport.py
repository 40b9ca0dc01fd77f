"""Helix over real HTTP: tokens renewed, points reserved, what may be repeated and what may not."""

import asyncio
import time
from typing import Any

import pytest
from aiohttp import web

from twitch import App, errors
from twitch.addresses import Addresses
from twitch.helix import MemoryLimiter, Transport
from twitch.models import ShardUpdate

CONDUITS = "/helix/eventsub/conduits"
SHARDS = "/helix/eventsub/conduits/shards"
CHAT = "/helix/chat/messages"
USERS = "/helix/users"
EMPTY: dict[str, Any] = {"data": []}
SENT = {"data": [{"message_id": "m", "is_sent": True}]}


def points(remaining: int, *, limit: int = 800, seconds: float = 60) -> dict[str, str]:
    return {
        "Ratelimit_Limit": str(limit),
        "Ratelimit_Remaining": str(remaining),
        "Ratelimit_Reset": str(int(time.time() + seconds)),
    }


async def test_calls_carry_the_apps_token_which_is_asked_for_once(twitch: Any) -> None:
    twitch.answer(CONDUITS, 200, EMPTY)
    async with App("id", "secret", addresses=twitch.addresses) as app:
        await asyncio.gather(*(app.application.get_conduits() for _ in range(10)))
    assert {asked.token for asked in twitch.of(CONDUITS)} == {"app-1"}
    (form,) = [asked.body for asked in twitch.of("/oauth2/token")]
    assert form == {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}


async def test_after_a_401_many_callers_renew_the_token_once_and_go_on(twitch: Any) -> None:
    async def refuse_the_first_token(request: web.Request) -> None:
        if request.path == CONDUITS and request.headers["Authorization"] == "Bearer app-1":
            raise web.HTTPUnauthorized(text='{"status":401,"message":"Invalid OAuth token"}')

    twitch.before = refuse_the_first_token
    twitch.answer(CONDUITS, 200, EMPTY, **points(500))
    async with App("id", "secret", addresses=twitch.addresses) as app:
        await asyncio.gather(*(app.application.get_conduits() for _ in range(20)))
    assert len(twitch.of("/oauth2/token")) == 2


async def test_a_second_401_is_raised(twitch: Any) -> None:
    twitch.answer(CONDUITS, 401, {"status": 401, "message": "wrong kind of token"})
    async with App("id", "secret", addresses=twitch.addresses) as app:
        with pytest.raises(errors.Unauthorized, match="wrong kind of token"):
            await app.application.get_conduits()
    assert len(twitch.of(CONDUITS)) == 2


async def test_a_wrong_secret_is_permanent_and_not_asked_about_again(twitch: Any) -> None:
    twitch.answer("/oauth2/token", 403, {"status": 403, "message": "invalid client secret"})
    app = App("id", "s3cret", addresses=twitch.addresses)
    for _ in range(3):
        with pytest.raises(errors.AuthFailure) as caught:
            await app.authorize()
    assert caught.value.transient is False
    assert "s3cret" not in f"{caught.value!r} {app!r}"
    assert len(twitch.of("/oauth2/token")) == 1
    await app.close()


async def test_a_twitch_that_is_away_is_transient() -> None:
    nobody = "http://127.0.0.1:9"  # the discard port, where nobody listens
    app = App("id", "secret", addresses=Addresses(f"{nobody}/helix", f"{nobody}/oauth2", "ws://127.0.0.1:9/ws"))
    with pytest.raises(errors.Unreachable, match=r"POST 127\.0\.0\.1:9/oauth2/token") as caught:
        await app.authorize()
    assert caught.value.transient is True
    await app.close()


async def test_fifty_calls_with_one_point_left_do_not_all_go(twitch: Any) -> None:
    twitch.answer(USERS, 200, EMPTY, **points(1, limit=10))
    twitch.answer(USERS, 200, EMPTY, **points(0, limit=10))
    async with App("id", "secret", addresses=twitch.addresses) as app:
        calls = [asyncio.create_task(app.application.get_users(user_ids=[str(n)])) for n in range(50)]
        async with asyncio.timeout(30):
            while sum(call.done() for call in calls) < 2:
                await asyncio.sleep(0.01)
        done, waiting = await asyncio.wait(calls, timeout=0.2)
        assert (len(done), len(waiting)) == (2, 48)
        for call in waiting:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
    assert len(twitch.of(USERS)) == 2


async def test_a_429_of_the_bucket_waits_for_the_reset(twitch: Any) -> None:
    twitch.answer(CHAT, 429, {"status": 429, "message": "Too Many Requests"}, **points(0, seconds=1.0))
    twitch.answer(CHAT, 200, SENT, **points(19, limit=20))
    async with App("id", "secret", addresses=twitch.addresses) as app:
        status = await app.application.send_chat_message("1", "2", "hi")
    assert status.is_sent
    assert len(twitch.of(CHAT)) == 2


async def test_a_429_of_the_bucket_that_does_not_end_is_raised_after_three_attempts(twitch: Any) -> None:
    twitch.answer(CONDUITS, 429, {"status": 429, "message": "Too Many Requests"}, **points(0, seconds=0))
    async with App("id", "secret", addresses=twitch.addresses) as app:
        with pytest.raises(errors.RateLimited, match="Too Many Requests") as caught:
            await app.application.get_conduits()
    assert caught.value.kind is errors.RateLimitKind.BUCKET
    assert len(twitch.of(CONDUITS)) == 3


async def test_a_429_that_tells_nothing_of_the_bucket_is_raised_at_once(twitch: Any) -> None:
    twitch.answer(CHAT, 429, {"status": 429, "message": "Too Many Requests"})
    async with App("id", "secret", addresses=twitch.addresses) as app:
        with pytest.raises(errors.RateLimited):
            await app.application.send_chat_message("1", "2", "hi")
    assert len(twitch.of(CHAT)) == 1


async def test_another_429_is_raised_at_once(twitch: Any) -> None:
    twitch.answer(CONDUITS, 429, {"status": 429, "message": "conduit limit reached"}, **points(700))
    async with App("id", "secret", addresses=twitch.addresses) as app:
        with pytest.raises(errors.RateLimited, match="conduit limit reached") as caught:
            await app.application.create_conduit(1)
    assert caught.value.kind is errors.RateLimitKind.OTHER
    assert len(twitch.of(CONDUITS)) == 1


async def test_503_is_tried_once_more_if_twice_is_as_good_as_once(twitch: Any) -> None:
    twitch.answer(CONDUITS, 503)
    twitch.answer(CONDUITS, 200, EMPTY)
    async with App("id", "secret", addresses=twitch.addresses) as app:
        assert await app.application.get_conduits() == ()
        twitch.answers[CONDUITS].clear()
        twitch.answer(CONDUITS, 503)
        with pytest.raises(errors.TwitchServerError):
            await app.application.get_conduits()
    assert len(twitch.of(CONDUITS)) == 4


async def test_a_message_is_never_sent_twice_on_suspicion(twitch: Any) -> None:
    twitch.answer(CHAT, 503)
    async with App("id", "secret", addresses=twitch.addresses) as app:
        with pytest.raises(errors.TwitchServerError):
            await app.application.send_chat_message("1", "2", "hi")
        assert len(twitch.of(CHAT)) == 1

        async def hang_up(request: web.Request) -> None:
            if request.path == CHAT and request.transport is not None:
                request.transport.abort()

        twitch.before = hang_up
        with pytest.raises(errors.Unreachable, match="send_chat_message"):
            await app.application.send_chat_message("1", "2", "hi")
    assert len(twitch.of(CHAT)) == 2


async def test_shards_are_bound_a_hundred_at_a_time_and_errors_are_read(twitch: Any) -> None:
    error = {"id": "3", "message": "The shard id is outside the conduit's range", "code": "invalid_parameter"}
    twitch.answer(SHARDS, 202, {"data": [{"id": "0", "status": "enabled"}], "errors": [error]})
    twitch.answer(SHARDS, 202, {"data": [{"id": "1", "status": "enabled", "transport": None}]})
    updates = [ShardUpdate(str(n), f"session-{n}") for n in range(201)]
    async with App("id", "secret", addresses=twitch.addresses) as app:
        outcome = await app.application.update_conduit_shards("c", updates)
    assert [len(asked.body["shards"]) for asked in twitch.of(SHARDS)] == [100, 100, 1]
    assert twitch.of(SHARDS)[0].body["shards"][7] == {
        "id": "7",
        "transport": {"method": "websocket", "session_id": "session-7"},
    }
    assert [(e.id, e.code) for e in outcome.errors] == [("3", "invalid_parameter")]
    assert [shard.id for shard in outcome.shards] == ["0", "1", "1"]


async def test_pages_are_awaited_whole_or_walked_through(twitch: Any) -> None:
    def page(ids: list[str], cursor: str | None) -> dict[str, Any]:
        return {"data": [{"id": i} for i in ids], "pagination": {"cursor": cursor} if cursor else {}}

    for ids, cursor in ((["0", "1"], "a"), ([], "b"), (["2"], None)) * 2:
        twitch.answer(SHARDS, 200, page(ids, cursor))
    async with App("id", "secret", addresses=twitch.addresses) as app:
        whole = await app.application.get_conduit_shards("c")
        walked = [shard async for shard in app.application.get_conduit_shards("c")]
    assert [shard.id for shard in whole] == [shard.id for shard in walked] == ["0", "1", "2"]
    queries = [dict(asked.query) for asked in twitch.of(SHARDS)[:3]]
    assert queries == [{"conduit_id": "c"}, {"conduit_id": "c", "after": "a"}, {"conduit_id": "c", "after": "b"}]


async def test_a_list_can_be_gone_back_in(twitch: Any) -> None:
    pages = {None: (["0", "1"], "a"), "a": (["2", "3"], "b"), "b": (["4"], None)}

    def answer(after: str | None) -> None:
        ids, cursor = pages[after]
        found = {"data": [{"id": i} for i in ids], "pagination": {"cursor": cursor} if cursor else {}}
        twitch.answer(SHARDS, 200, found)

    for after in (None, "a", "b", "a", None, "a", "b"):
        answer(after)
    async with App("id", "secret", addresses=twitch.addresses) as app:
        shards = app.application.get_conduit_shards("c")
        assert await shards.before() == ()
        seen = [await shards.next() for _ in range(3)]
        assert shards.done
        seen += [await shards.before(), await shards.before()]
        assert await shards.before() == ()
        assert (shards.fetched_count, shards.done, shards.cursor) == (2, False, "a")
        rest = await shards
    assert ["".join(shard.id for shard in page) for page in seen] == ["01", "23", "4", "23", "01"]
    assert [shard.id for shard in rest] == ["2", "3", "4"]
    asked = [dict(one.query).get("after") for one in twitch.of(SHARDS)]
    assert asked == [None, "a", "b", "a", None, "a", "b"]


async def test_a_list_is_fetched_by_one_task_at_a_time(twitch: Any) -> None:
    twitch.answer(SHARDS, 200, {"data": [{"id": "0"}], "pagination": {"cursor": "a"}})
    twitch.answer(SHARDS, 200, {"data": [{"id": "1"}], "pagination": {}})
    async with App("id", "secret", addresses=twitch.addresses) as app:
        shards = app.application.get_conduit_shards("c")
        whole, *refused = await asyncio.gather(shards, shards.next(), shards.before(), return_exceptions=True)
        assert not isinstance(whole, BaseException)
        assert [shard.id for shard in whole] == ["0", "1"]
        for error in refused:
            assert isinstance(error, errors.ClientException)
            assert "another task is fetching from this list" in str(error)
        assert await shards.next() == ()
    assert len(twitch.of(SHARDS)) == 2, "no page was asked for twice"


async def test_a_page_that_could_not_be_gone_back_to_leaves_the_list_as_it_was(twitch: Any) -> None:
    for ids, cursor in ((["0"], "a"), (["1"], "b")):
        twitch.answer(SHARDS, 200, {"data": [{"id": i} for i in ids], "pagination": {"cursor": cursor}})
    twitch.answer(SHARDS, 403)
    twitch.answer(SHARDS, 200, {"data": [{"id": "0"}], "pagination": {"cursor": "a"}})
    async with App("id", "secret", addresses=twitch.addresses) as app:
        shards = app.application.get_conduit_shards("c")
        await shards.next()
        await shards.next()
        with pytest.raises(errors.Forbidden):
            await shards.before()
        assert (shards.cursor, shards.fetched_count) == ("b", 2)
        assert [shard.id for shard in await shards.before()] == ["0"]


async def test_a_loop_that_was_left_is_gone_on_with_where_it_was_left(twitch: Any) -> None:
    for ids, cursor in ((["0", "1", "2"], "a"), (["3"], None)):
        pagination = {"cursor": cursor} if cursor else {}
        twitch.answer(SHARDS, 200, {"data": [{"id": i} for i in ids], "pagination": pagination})
    async with App("id", "secret", addresses=twitch.addresses) as app:
        shards = app.application.get_conduit_shards("c")
        async for shard in shards:
            if shard.id == "0":
                break
        async for shard in shards:
            assert shard.id == "1"
            break
        assert [shard.id for shard in await shards.next()] == ["2"]
        assert not shards.done
        assert [shard.id async for shard in shards] == ["3"]
        assert (shards.done, await shards) == (True, ())
    assert len(twitch.of(SHARDS)) == 2


async def test_a_limit_ends_the_list_and_sizes_the_page(twitch: Any) -> None:
    twitch.answer("/helix/search/channels", 200, {"data": [{"id": str(n)} for n in range(40)], "pagination": {}})
    async with App("id", "secret", addresses=twitch.addresses) as app:
        found = await app.application.search_channels("x", live_only=True, limit=30)
    assert len(found) == 30
    assert dict(twitch.asked[-1].query) == {"query": "x", "live_only": "true", "first": "30"}


async def test_ids_and_logins_share_the_hundred(twitch: Any) -> None:
    twitch.answer(USERS, 200, EMPTY)
    async with App("id", "secret", addresses=twitch.addresses) as app:
        await app.application.get_users(user_ids=[str(n) for n in range(90)], user_logins={f"l{n}" for n in range(20)})
    assert [len(asked.query) for asked in twitch.of(USERS)] == [100, 10]


async def test_a_text_is_no_collection_of_ids() -> None:
    app = App("id", "secret")
    with pytest.raises(TypeError, match="not the text '123'"):  # three users would be asked for
        await app.application.get_users(user_ids="123")
    await app.close()


async def test_one_filter_at_most() -> None:
    app = App("id", "secret")
    with pytest.raises(ValueError, match="one filter"):
        app.application.get_eventsub_subscriptions(conduit_id="c", type="stream.online")
    await app.close()


async def test_every_attempt_is_observed(twitch: Any) -> None:
    seen: list[tuple[str, int | str, int | None]] = []
    twitch.answer(CONDUITS, 503)
    twitch.answer(CONDUITS, 200, EMPTY, **points(77))
    async with App(
        "id",
        "secret",
        addresses=twitch.addresses,
        observe=lambda name, status, _, left: seen.append((name, status, left)),
    ) as app:
        await app.application.get_conduits()
    assert seen == [("get_conduits", 503, None), ("get_conduits", 200, 77)]


async def test_a_limiter_of_ones_own_is_asked_before_and_told_after(twitch: Any) -> None:
    story: list[tuple[str, str, object]] = []

    class Telling:
        async def reserve(self, key: Any, lane: Any) -> None:
            story.append(("reserve", key.owner, lane.name))

        async def settle(self, key: Any, reading: Any) -> None:
            story.append(("settle", key.owner, reading and reading.remaining))

    twitch.answer(CONDUITS, 200, EMPTY, **points(5))
    twitch.answer(USERS, 500)
    async with App("id", "secret", addresses=twitch.addresses, limiter=Telling()) as app:
        await app.application.get_conduits()
        with pytest.raises(errors.TwitchServerError):
            await app.application.get_users(user_ids=["1"])
    assert story == [
        ("reserve", "app", "LISTINGS"),
        ("settle", "app", 5),
        ("reserve", "app", "REST"),
        ("settle", "app", None),
    ]


async def test_a_call_that_no_point_came_free_for_is_named(twitch: Any) -> None:
    twitch.answer(CONDUITS, 200, EMPTY, **points(0))
    limiter = MemoryLimiter(wait_seconds_max=0.0)
    async with App("id", "secret", addresses=twitch.addresses, limiter=limiter) as app:
        await app.application.get_conduits()
        with pytest.raises(errors.RateLimited, match=r"^get_conduits: 429 no point came free") as caught:
            await app.application.get_conduits()
    assert (caught.value.method, caught.value.transient) == ("GET", True)


async def test_a_call_cancelled_in_flight_settles(twitch: Any) -> None:
    arrived = asyncio.Event()

    async def hang(request: web.Request) -> None:
        if request.path == CONDUITS:
            arrived.set()
            await asyncio.Event().wait()

    twitch.before = hang
    async with App("id", "secret", addresses=twitch.addresses) as app:
        call = asyncio.create_task(app.application.get_conduits())
        await arrived.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        twitch.before = None
        twitch.answer(CONDUITS, 200, EMPTY)
        assert await asyncio.wait_for(app.application.get_conduits(), 30) == ()


def test_the_transport_is_what_the_fleet_builds_by_itself() -> None:
    assert Transport.__init__.__kwdefaults__ == {"limiter": None, "observe": None}
