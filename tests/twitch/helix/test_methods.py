"""Every row of the table: its request, its answer, its methods and their types."""

import ast
import inspect
import sys
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_origin

import msgspec
import orjson
import pytest

import twitch.helix
import twitch.models
from twitch import AppAPI, UserAPI
from twitch.api import ExtensionAPI
from twitch.helix.arguments import requests
from twitch.helix.calls import build_request, read_response
from twitch.helix.endpoints import Answer, Auth, Endpoint, Own, Param, Place
from twitch.helix.families import endpoints
from twitch.helix.signatures import Method, methods
from twitch.helix.stubs import MODELS_STUB, STUB, render, render_models
from twitch.oauth.scopes import Scopes
from twitch.records import OpenEnum, Part, User

ROWS = endpoints()
MOMENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
OWNERS = {Auth.APP: AppAPI, Auth.USER: UserAPI, Auth.EXTENSION: ExtensionAPI}
METHODS = [method for row in ROWS for kind in OWNERS for method in methods(row, kind)]
STUBBED = {
    kind: next(
        each
        for each in ast.parse(STUB.read_text(encoding="utf-8")).body
        if isinstance(each, ast.ClassDef) and each.name == f"{kind.capitalize()}Methods"
    )
    for kind in OWNERS
}
rows = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
each_method = pytest.mark.parametrize("method", METHODS, ids=lambda method: f"{method.kind}-{method.name}")


def sample(annotation: str) -> Any:
    """A value that a parameter of this annotation takes."""
    if annotation.startswith("Literal["):
        return orjson.loads("[" + annotation[len("Literal[") : -1] + "]")[0]
    if annotation.startswith(("Collection[", "Sequence[")):
        inner = annotation.partition("[")[2][:-1]
        return [sample(inner)]
    if "Mapping" in annotation or annotation.endswith(("Change", "Slots")):
        return {}
    return {"str": "text", "int": 7, "float": 1.5, "bool": True, "datetime": MOMENT}.get(annotation, {})


def example(kind: Any) -> Any:
    """JSON as Twitch would send it for a type."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is datetime:
        return "2026-01-02T03:04:05.678Z"
    if origin in (tuple, list):
        return [example(args[0])]
    if origin is Literal:
        return args[0]
    if origin is not None and dict in getattr(origin, "__mro__", ()):
        return {"1": example(args[1])}
    if args and type(None) in args:
        return example(next(arg for arg in args if arg is not type(None)))
    if "Mapping" in str(origin):
        return {"1": example(args[1])}
    if isinstance(kind, type) and issubclass(kind, OpenEnum):
        return next(iter(kind)).value
    if isinstance(kind, type) and issubclass(kind, Part):
        made: dict[str, Any] = {}
        for field in msgspec.structs.fields(kind):
            name, inner = field.encode_name, field.type
            if name == "raw":
                continue
            if inner is User or User in get_args(inner):
                made |= {f"{name}_id": "1", f"{name}_login": "login", f"{name}_name": "Name"}
            else:
                made[name] = example(inner)
        return made
    return {str: "text", int: 7, float: 1.5, bool: True}.get(kind, {})


def given(row: Endpoint[Any]) -> dict[Param, Any]:
    values = {param: sample(param.annotation) for param in row.parameters if param.required or not row.views}
    return {param: dict.fromkeys(param.keys, 1) if param.keys else value for param, value in values.items()}


@rows
def test_a_request_has_every_parameter_in_its_place(row: Endpoint[Any]) -> None:
    arguments = given(row)
    ((query, body),) = requests(row, arguments)
    request = build_request(row, query=query, body=body)
    assert (request.method, request.path) == (row.method, row.path)
    expected = {param.wire for param in arguments if param.place is Place.QUERY}
    assert {key for key, _ in request.query} == expected
    for _, value in request.query:
        assert value in {"text", "7", "1.5", "true", "2026-01-02T03:04:05Z"} or value.isidentifier() or "-" in value
    content = orjson.loads(request.body) if request.body else {}
    keys = {key for param in arguments if param.place is Place.BODY for key in param.keys or (param.wire,)}
    nested = {key for value in content.values() if isinstance(value, dict) for key in value}
    assert keys <= set(content) | nested
    assert (request.body is not None) == any(param.place is Place.BODY for param in row.parameters)


@rows
def test_an_answer_is_typed_to_its_last_field(row: Endpoint[Any]) -> None:
    if row.answer is Answer.NOTHING:
        assert read_response(row, row.success, {}, b"").items == ()
        return
    if row.answer is Answer.TEXT:
        assert read_response(row, row.success, {}, b"BEGIN:VCALENDAR").raw == {"text": "BEGIN:VCALENDAR"}
        return
    content = "5" if row.answer is Answer.IDS else example(row.item)
    reply = read_response(row, row.success, {}, orjson.dumps({"data": [content], "pagination": {}}))
    (item,) = reply.items
    assert type(item) is row.item
    for field in msgspec.structs.fields(row.item):
        assert getattr(item, field.name) is not None, field.name
        if field.type in (datetime, datetime | None):
            assert getattr(item, field.name).tzinfo is not None


@rows
def test_an_answer_with_nulls_and_what_nobody_knew_is_read_too(row: Endpoint[Any]) -> None:
    if row.answer in {Answer.NOTHING, Answer.TEXT, Answer.IDS}:
        return
    content = example(row.item)
    needed = {field.encode_name for field in msgspec.structs.fields(row.item) if field.required}
    sparse = {
        key: value if key.removesuffix("_id") in needed or key in needed else None for key, value in content.items()
    }
    reply = read_response(row, row.success, {}, orjson.dumps({"data": [{**sparse, "new": [1]}]}))
    assert reply.items[0].raw["new"] == [1]


@each_method
def test_a_method_stands_where_its_token_is(method: Method) -> None:
    function = getattr(OWNERS[method.kind], method.name)
    assert function.__name__ == method.name
    assert function.__doc__.startswith(method.about)
    assert method.about.endswith((".", "!"))
    assert method.endpoint.page in function.__doc__
    assert inspect.signature(function) == method.signature()
    names = [param.name for param in method.parameters]
    assert len(set(names)) == len(names)


@rows
def test_a_row_has_methods_for_the_tokens_it_takes_and_no_others(row: Endpoint[Any]) -> None:
    for kind, owner in OWNERS.items():
        for name in [view.name for view in row.views] or [row.name]:
            assert hasattr(owner, name) == row.auth.takes(kind), (kind, name)


@rows
def test_a_row_is_whole(row: Endpoint[Any]) -> None:
    assert set(row.scopes) <= {scope.value for scope in Scopes}
    assert row.by_hand or row.views or row.about
    assert (row.page_size_max is None) or row.paginated
    if row.granted_by:
        assert row.granted_by in {param.wire for param in row.parameters}
    for param in row.parameters:
        assert param.app_only or param.own is Own.NO or param.wire.split("_")[-1] == "id"


def test_names_are_their_own() -> None:
    for kind in OWNERS:
        names = [method.name for method in METHODS if method.kind is kind]
        assert len(set(names)) == len(names)
    assert len({(row.method, row.path) for row in ROWS}) == len(ROWS)


def test_the_stub_is_what_the_rows_say() -> None:
    assert STUB.read_text(encoding="utf-8") == render(), "run: python -m twitch.helix.stubs"


@each_method
def test_the_stub_says_what_can_be_called(method: Method) -> None:
    """By what Python makes of the stub's text, not by the code that wrote it."""
    owner, function = STUBBED[method.kind], getattr(OWNERS[method.kind], method.name)
    (written,) = [each for each in owner.body if getattr(each, "name", None) == method.name]
    assert isinstance(written, ast.FunctionDef | ast.AsyncFunctionDef)
    written.decorator_list, written.body = [], [ast.Pass()]
    made: dict[str, Any] = {}
    exec(f"from __future__ import annotations\n{ast.unparse(written)}", made)
    called, stubbed = (str(inspect.signature(each)).replace('"', "'") for each in (function, made[method.name]))
    assert called == stubbed  # but for the kind of quotes
    assert inspect.iscoroutinefunction(made[method.name]) == inspect.iscoroutinefunction(function)


def test_a_name_that_no_row_has_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="get_nothing"):
        _ = AppAPI.get_nothing  # type: ignore[attr-defined]


def test_the_models_can_be_had_from_one_place() -> None:
    assert MODELS_STUB.read_text(encoding="utf-8") == render_models(), "run: python -m twitch.helix.stubs"
    everything: dict[str, Any] = {}
    exec("from twitch.models import *", everything)
    assert {row.item.__name__ for row in ROWS} - {"Nothing", "Id"} <= set(everything)
    assert everything["Clip"] is twitch.models.Clip
    assert {"Clip", "Conduit", "read_record"} <= set(dir(twitch.models))
    with pytest.raises(AttributeError, match="Nobody"):
        _ = twitch.models.Nobody  # type: ignore[attr-defined]


def test_the_packages_names_for_checkers_are_those_that_can_be_imported() -> None:
    tree = ast.parse(inspect.getsource(twitch.helix))
    named = {
        alias.asname: node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) for alias in node.names
    }
    del named[None]
    assert sorted(map(str, named)) == twitch.helix.__all__  # type: ignore[attr-defined]
    for name, module in named.items():
        assert getattr(twitch.helix, str(name)) is getattr(sys.modules[str(module)], str(name))
