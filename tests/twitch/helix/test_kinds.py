"""Arguments of another kind than their annotation says, as a program without a type checker gives them."""

from datetime import UTC, datetime
from typing import Any

import pytest

from twitch.helix.endpoints import Param
from twitch.helix.families.chat import ChatSettingsChange
from twitch.helix.kinds import fitting
from twitch.helix.parameters import body, query

MOMENT = datetime(2026, 1, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("param", "value", "fits"),
    [
        (query.text("user_id"), "5", "5"),
        (query.text("user_id"), 5, "5"),
        (query.own("user_id"), 5, "5"),
        (query.word("sort", "time", "views"), "a word of tomorrow", "a word of tomorrow"),
        (query.whole("count"), 5, 5),
        (query.number("duration"), 5, 5),
        (query.flag("live_only"), False, False),
        (query.moment("started_at"), MOMENT, MOMENT),
        (query.moment("started_at"), "2026-01-02T00:00:00Z", "2026-01-02T00:00:00Z"),
        (query.many("user_ids", at_most=2), {"b", 1}, ["1", "b"]),
        (query.many("user_ids", at_most=2), (each for each in "ba"), ["b", "a"]),
        (body.shaped("tags", "Sequence[str]"), ("a", "b"), ["a", "b"]),
        (body.shaped("data", "Mapping[str, Slot]"), {"1": {}}, {"1": {}}),
        (body.settings("settings", ChatSettingsChange), {"slow_mode": True}, {"slow_mode": True}),
        (body.whole("shard_count", between=(1, 20)), 20, 20),
    ],
    ids=lambda value: value.name if isinstance(value, Param) else "",
)
def test_what_fits_is_sent_on(param: Param, value: Any, fits: Any) -> None:
    assert fitting(param, value) == fits


@pytest.mark.parametrize(
    ("param", "value", "sentence"),
    [
        (query.text("user_id"), None, "str is wanted, not NoneType"),
        (query.text("user_id"), True, "str is wanted, not bool"),
        (query.text("user_id"), b"5", "str is wanted, not bytes"),
        (query.word("sort", "time"), object(), "str is wanted, not object"),
        (query.whole("count"), "5", "int is wanted, not str"),
        (query.whole("count"), 5.0, "int is wanted, not float"),
        (query.whole("count"), True, "int is wanted, not bool"),
        (query.number("duration"), "5", "float or int is wanted, not str"),
        (query.flag("live_only"), 1, "bool is wanted, not int"),
        (query.moment("started_at"), 1_700_000_000, "datetime or str is wanted, not int"),
        (query.many("user_ids", at_most=2), "123", "a collection of texts is wanted, not the text '123'"),
        (query.many("user_ids", at_most=2), 5, "a collection of texts is wanted, not int"),
        (query.many("user_ids", at_most=2), ["5", None], "str is wanted, not NoneType"),
        (query.many("user_ids", at_most=2), {"5": "6"}, "a collection of texts is wanted, not dict"),
        (body.shaped("choices", "Sequence[str]"), "AB", "a collection of texts is wanted, not the text 'AB'"),
        (body.settings("settings", ChatSettingsChange), "slow", "Mapping is wanted, not str"),
    ],
    ids=lambda value: value.name if isinstance(value, Param) else "",
)
def test_what_does_not_is_a_type_error_that_says_what_is_wanted(param: Param, value: Any, sentence: str) -> None:
    with pytest.raises(TypeError) as caught:
        fitting(param, value)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("count", [0, 21])
def test_a_number_out_of_bounds_is_named_with_them(count: int) -> None:
    with pytest.raises(ValueError, match=f"from 1 to 20 is allowed, not {count}"):
        fitting(body.whole("shard_count", between=(1, 20)), count)
