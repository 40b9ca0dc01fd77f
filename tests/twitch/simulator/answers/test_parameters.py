"""The notation of parameters, and what the check against it refuses."""

from __future__ import annotations

from typing import Any

import pytest

from twitch.simulator.answers.parameters import Parameter, check_body, check_query, parse
from twitch.simulator.calls import Parameters


def test_a_word_says_what_a_parameter_is() -> None:
    assert parse("id*50 sort=OLDEST|NEWEST? duration:15-1800 data.user_id:int?") == (
        Parameter("id", most=50),
        Parameter("sort", words=("OLDEST", "NEWEST"), optional=True),
        Parameter("duration", type="float", low=15, high=1800),
        Parameter("data.user_id", type="int", optional=True),
    )


@pytest.mark.parametrize("notation", ["id:number", "id*", "a b! c"])
def test_what_does_not_follow_the_notation_is_an_error(notation: str) -> None:
    with pytest.raises(ValueError, match="names no parameter"):
        parse(notation)


def refused(notation: str, **query: str | list[str]) -> str | None:
    pairs = [(name, one) for name, value in query.items() for one in ([value] if isinstance(value, str) else value)]
    found = check_query(parse(notation), Parameters(pairs, {}))
    return None if found is None else found.message


def refused_body(notation: str, body: dict[str, Any]) -> str | None:
    found = check_body(parse(notation), Parameters([], body))
    return None if found is None else found.message


@pytest.mark.parametrize(
    ("notation", "good", "bad"),
    [
        ("x", "anything", ""),
        ("x:int", "-3", "3.5"),
        ("x:5-60", "5.5", "4"),
        ("x:float", "0.5", "half"),
        ("x:bool", "false", "False"),
        ("x:time", "2030-01-02T03:04:05+02:00", "2030-01-02"),
        ("x=a|b", "b", "c"),
    ],
)
def test_a_query_parameter_is_text_of_its_kind(notation: str, good: str, bad: str) -> None:
    assert refused(notation, x=good) is None
    assert 'parameter "x"' in (refused(notation, x=bad) or "")


@pytest.mark.parametrize(
    ("notation", "good", "bad"),
    [
        ("x", "text", 5),
        ("x:int", 3, "3"),
        ("x:int", 3, True),
        ("x:1-5", 3, 6),
        ("x:bool", True, "true"),
        ("x:object", {"a": 1}, []),
        ("x:time", "2030-01-02T03:04:05Z", 1_900_000_000),
        ("x:time", "2030-01-02t03:04:05z", "2030-13-02T03:04:05Z"),
        ("x:time", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00Z"),
        ("x*2", ["a", "b"], ["a", "b", "c"]),
        ("x*2", ["a"], "a"),
        ("x*2:object", [{}], ["a"]),
        ("x.y", {"y": "a"}, {}),
        ("x.y", [{"y": "a"}], [{"y": "a"}, {}]),
    ],
)
def test_a_field_of_a_body_is_json_of_its_kind(notation: str, good: Any, bad: Any) -> None:
    assert refused_body(notation, {"x": good}) is None
    assert 'parameter "x' in (refused_body(notation, {"x": bad}) or "")


def test_what_is_optional_may_be_missing_and_what_stands_in_it_too() -> None:
    assert refused("x? y=a?") is None
    assert refused_body("x? labels*5:object? labels.id", {"x": None}) is None
    assert refused_body("labels*5:object? labels.id", {"labels": [{}]}) == 'Missing required parameter "labels.id"'


def test_too_many_values_are_refused() -> None:
    assert refused("id*2", id=["1", "2", "3"]) == 'The parameter "id" may have at most 2 values'
    assert refused("id", id=["1", "2"]) == 'The parameter "id" may have at most 1 values'


def test_a_parameter_in_the_wrong_place_is_missing() -> None:
    assert check_query(parse("id"), Parameters([], {"id": "1"})) is not None
    assert check_body(parse("id"), Parameters([("id", "1")], {})) is not None
