"""Parameters of a call, from wherever they came."""

from typing import Any

import pytest

from twitch.simulator.calls import Parameters, cursor, cursor_position, read
from twitch.simulator.refusal import Refusal


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", b'{"id":"a","n":3,"list":["x","y"]}'),
        ("", b'{"id":"a","n":"3","list":["x","y"]}'),
        ("application/x-www-form-urlencoded", b"id=a&n=3&list=x&list=y"),
    ],
)
def test_a_body_reads_the_same_in_every_dress(content_type: str, body: Any) -> None:
    parameters = read([], content_type, body)

    assert isinstance(parameters, Parameters)
    assert (parameters.text("id"), parameters.integer("n"), parameters.texts("list")) == ("a", 3, ["x", "y"])


def test_the_body_wins_over_the_query() -> None:
    parameters = Parameters([("id", "query"), ("id", "again"), ("n", "1")], {"id": "body"})

    assert (parameters.text("id"), parameters.texts("id"), parameters.integer("n")) == ("body", ["body"], 1)
    assert Parameters([("id", "a"), ("id", "b")], {}).texts("id") == ["a", "b"]


@pytest.mark.parametrize("value", [None, True, [], {}, ""])
def test_what_is_no_scalar_is_no_text(value: Any) -> None:
    assert Parameters([], {"id": value}).text("id") is None


def test_structures_may_stand_as_json_text() -> None:
    assert Parameters([("shards", '[{"id":"0"}]')], {}).structure("shards") == [{"id": "0"}]
    assert Parameters([("shards", "[")], {}).structure("shards") is None


def test_a_broken_body_is_refused() -> None:
    assert isinstance(read([], "application/json", b"{"), Refusal)


def test_a_cursor_leads_back_and_a_foreign_one_nowhere() -> None:
    assert [cursor_position(cursor(position)) for position in (0, 1, 20_000)] == [0, 1, 20_000]
    assert [cursor_position(text) for text in (None, "", "x", cursor(1) + "z")] == [0, 0, None, None]
