"""What every endpoint answers has the documented fields, each of its documented kind, and no others."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from twitch.simulator.answers.table import ROWS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.twitch.simulator.answers.conftest import Caller

_LINES = [
    line.split(" ", 1)
    for line in (Path(__file__).parent / "shapes.txt").read_text().splitlines()
    if line and not line.startswith("#")
]
_NAMED = {name: shape for name, shape in _LINES if name.startswith("@")}
_ENDPOINTS = {
    (method, rest.split(" ", 1)[0]): rest.split(" ", 1)[1] for method, rest in _LINES if not method.startswith("@")
}
_TOKEN = re.compile(r"[\[\]{}<>,?:~]|@\w+|[\w.*]+")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def test_every_row_that_answers_something_has_a_shape() -> None:
    answering = {key for key, row in ROWS.items() if row.status != 204} - {("GET", "/schedule/icalendar")}

    assert set(_ENDPOINTS) == answering


@pytest.mark.parametrize("key", [pytest.param(key, id=" ".join(key)) for key in _ENDPOINTS])
def test_an_answer_has_its_documented_fields(make_caller: Callable[[], Caller], key: tuple[str, str]) -> None:
    row = ROWS[key]
    tokens = deque(_TOKEN.findall(_ENDPOINTS[key]))
    data, beside = _parse(tokens), _parse(tokens) if tokens else Shape("{")
    for kind in make_caller().good(row).kinds():
        caller = make_caller()
        answer = caller.make(caller.good(row), as_user=kind).body
        _check(data, answer["data"], "data")
        _check(beside, {name: value for name, value in answer.items() if name not in {"data", "pagination"}}, "beside")

        assert ("pagination" in answer) is (row.page is not None)
        assert answer["data"]


@dataclass
class Shape:
    kind: str
    inner: Shape | None = None
    fields: dict[str, tuple[Shape, bool]] = field(default_factory=dict)
    may_be_null: bool = False


def _parse(tokens: deque[str]) -> Shape:
    """The shape that the tokens begin with, which are then gone."""
    token = tokens[0] if tokens else ""
    shape = Shape("")
    if token in {"[", "<", "{"} or token[:1].isalnum() or token.startswith("@"):
        shape = Shape(tokens.popleft())
    if shape.kind == "{":
        while tokens[0] != "}":
            _parse_field(shape, tokens)
        tokens.popleft()
    elif shape.kind in {"[", "<"}:
        shape.inner = _parse(tokens)
        tokens.popleft()
    if tokens and tokens[0] == "~":
        tokens.popleft()
        shape.may_be_null = True
    return shape


def _parse_field(shape: Shape, tokens: deque[str]) -> None:
    name, optional = tokens.popleft(), tokens[0] == "?"
    if optional:
        tokens.popleft()
    if tokens[0] == ":":
        tokens.popleft()
        kind = _parse(tokens)
    else:
        kind = Shape("", may_be_null=tokens[0] == "~")
        if kind.may_be_null:
            tokens.popleft()
    if tokens[0] == ",":
        tokens.popleft()
    for one in [name[:-1] + part for part in ("id", "login", "name")] if name.endswith("*") else [name]:
        shape.fields[one] = kind, optional


def _check(shape: Shape, value: Any, where: str) -> None:
    if value is None and shape.may_be_null:
        return
    match shape.kind:
        case "[" | "<":
            assert isinstance(value, list if shape.kind == "[" else dict), where
            assert shape.inner is not None
            for one in value if isinstance(value, list) else value.values():
                _check(shape.inner, one, f"{where}[]")
        case "{":
            assert set(value) <= set(shape.fields), f"{where}: {set(value) - set(shape.fields)}"
            for name, (kind, optional) in shape.fields.items():
                assert name in value or optional, f"{where}.{name} is missing"
                if name in value:
                    _check(kind, value[name], f"{where}.{name}")
        case "int" | "bool" | "float":
            assert type(value).__name__ == shape.kind, where
        case "time" | "time0":
            assert _TIME.fullmatch(value) or (shape.kind == "time0" and not value), where
        case kind if kind.startswith("@"):
            _check(_parse(deque(_TOKEN.findall(_NAMED[kind]))), value, where)
        case _:
            assert isinstance(value, str), where
