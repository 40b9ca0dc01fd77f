"""Every row, by the table: who may call, what is missing, which status, and all pages to the end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from twitch.simulator.answers.parameters import parse
from twitch.simulator.answers.rows import Auth, Row
from twitch.simulator.answers.table import GONE, ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twitch.simulator.answers.conftest import Caller
    from tests.twitch.simulator.conftest import Api

every_row = pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.method} {row.path}") for row in ROWS.values()])
paged_rows = pytest.mark.parametrize(
    "row", [pytest.param(row, id=row.path) for row in ROWS.values() if row.page is not None]
)


def test_nothing_of_helix_is_missing() -> None:
    played_for_real, gone_and_listed = 13, 2

    assert len(ROWS) == 149 - played_for_real - gone_and_listed


@every_row
def test_a_good_call_succeeds_with_every_kind_of_token_that_is_allowed(
    make_caller: Callable[[], Caller], row: Row
) -> None:
    for kind in make_caller().good(row).kinds():
        caller = make_caller()
        answer = caller.make(caller.good(row), as_user=kind)

        assert (answer.status, answer.body is None) == (row.status, row.status == 204), answer.body


@every_row
def test_the_wrong_kind_of_token_is_a_401(caller: Caller, api: Api, row: Row) -> None:
    call = caller.good(row)
    if row.auth is Auth.NOBODY:
        return
    if row.auth is Auth.EXTENSION:
        answer = api(row.method, row.path, as_user="77", json=call.body or None, **call.query)
    elif row.auth is Auth.USER:
        answer = caller.make(call, as_user=None)
    elif row.auth is Auth.APP:
        answer = caller.make(call, as_user="77")
    else:
        answer = api(row.method, row.path, headers={"Authorization": ""}, json=call.body or None, **call.query)

    assert (answer.status, answer.body["error"]) == (401, "Unauthorized")


@every_row
def test_a_call_without_one_of_the_required_parameters_is_told_which(caller: Caller, row: Row) -> None:
    good = caller.good(row)
    for fields, notation in ((good.query, row.query), (good.body, row.body)):
        for parameter in parse(notation):
            holder, _, name = parameter.name.rpartition(".")
            if parameter.optional or (holder and holder not in fields):
                continue
            lacking = _without(fields, name)
            if holder:
                held = fields[holder]
                short = [_without(one, name) for one in held] if isinstance(held, list) else _without(held, name)
                lacking = {**fields, holder: short}
            call = replace(good, query=lacking) if fields is good.query else replace(good, body=lacking)
            answer = caller.make(call)

            assert (answer.status, answer.body["message"]) == (400, f'Missing required parameter "{parameter.name}"')


def _without(fields: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if key != name}


@every_row
def test_a_user_acts_in_their_own_name(caller: Caller, row: Row) -> None:
    call = caller.good(row)
    if not row.own or "77" not in call.kinds():
        return
    answer = caller.make(call, as_user="78")

    assert (answer.status, row.own in answer.body["message"]) == (401, True)


@every_row
def test_one_of_some_parameters_is_enough_and_may_be_the_most(caller: Caller, row: Row) -> None:
    names = (row.exactly_one or row.at_least_one).split()
    call = caller.good(row)
    given = {name: value for name, value in call.query.items() if name not in names}
    if not names:
        return
    call.query = given
    none = caller.make(call)
    call.query = given | dict.fromkeys(names, "FULFILLED")
    all_of_them = caller.make(call)

    assert (none.status, all_of_them.status) == (400, 400 if row.exactly_one else 200)


@paged_rows
def test_pages_of_one_row_each_add_up_to_the_whole(caller: Caller, row: Row) -> None:
    assert row.page is not None
    small = {"first": "1"} if row.page.first_max else {}
    call = caller.good(row)
    whole = _listed(row, caller.make(call, **({"first": str(row.page.first_max)} if small else {})).body)
    found: list[Any] = []
    cursor = None
    for _ in range(30):
        body = caller.make(call, **small, **({"after": cursor} if cursor else {})).body
        found += _listed(row, body)
        cursor = body["pagination"] if row.page.bare else body["pagination"].get("cursor")
        if not cursor:
            break

    assert cursor in {"", None}
    assert len(found) >= len(whole) > 0
    assert found[: len(whole)] == whole


def _listed(row: Row, body: Any) -> list[Any]:
    assert row.page is not None
    return list(body["data"][row.page.within] if row.page.within else body["data"])


@paged_rows
def test_a_page_has_a_size_within_bounds_and_a_cursor_of_ours(caller: Caller, row: Row) -> None:
    assert row.page is not None
    sizes = ["0", "x", str(row.page.first_max + 1)] if row.page.first_max else []

    assert [caller.make(caller.good(row), first=size).status for size in sizes] == [400] * len(sizes)
    assert caller.make(caller.good(row), after="of somebody else").status == 400


@pytest.mark.parametrize(("method", "path"), sorted(GONE))
def test_what_twitch_has_removed_is_gone(api: Api, method: str, path: str) -> None:
    answer = api(method, path, as_user="77")

    assert (answer.status, answer.body["error"]) == (410, "Gone")


def test_what_never_was_is_not_found(api: Api) -> None:
    assert (api("GET", "/pols").status, api("PUT", "/polls", as_user="77").status) == (404, 404)
