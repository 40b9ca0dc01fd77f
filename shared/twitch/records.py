"""How Twitch's flat JSON objects become typed records. Every model of the library is read by `read_record`.

Three rules are declared here once, so that a model is a list of fields and nothing else:

- **Users are nested.** Twitch writes a person as three keys, ``broadcaster_user_id``, ``broadcaster_user_login`` and
  ``broadcaster_user_name``. A field of type `User` named ``broadcaster`` is filled from the keys that begin with
  ``broadcaster_user_``, or else with ``broadcaster_``; where Twitch sends null or nothing, an optional field is None.
- **Unknown is no error.** Unknown keys are ignored, unknown words of an `OpenEnum` are kept, null stands for a default,
  an empty timestamp or one of zero is no timestamp, numbers in quotes are numbers, a text's number without quotes is its
  digits, a null in a map of texts is no entry, and a plain text is a message of that text.
- **Nothing is lost.** A `Record` keeps the object it was read from as ``raw``. Read from bytes, it keeps the bytes, which
  are decoded when ``raw`` is first asked for: most programs never ask.

Timestamps are RFC 3339 with up to nine digits of a second; they become aware datetimes, rounded to microseconds.
What to read is worked out from the model's annotations once per class. Any other misfit is a msgspec.ValidationError.

This is the patient way: a decoded object is copied, mended and converted, level by level. What arrives as bytes and as
documented, nearly all events, goes the straight way (straight.py), some five times faster and to the same result.
"""

import types
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, Self, TypeVar, Union, get_args, get_origin

import msgspec


class OpenEnum(StrEnum):
    """Words of Twitch's that may grow in number without notice: an unknown one is kept as a member of its own."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        # Not registered in the class: a stream of ever new words must not grow it.
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member


class Part(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A piece of a record, such as one fragment of a message.

    What was read from JSON holds no cycles, so the garbage collector needn't know of it (``gc=False``); with thousands of
    events a second its passes would cost more than the decoding.
    """


class Record(Part, frozen=True, kw_only=True):
    """An object of Twitch's. ``raw`` is the JSON object it was read from, as a dict not to be changed."""

    raw: Mapping[str, Any] = {}

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self.__struct_fields__ if name != "raw")
        return f"{type(self).__name__}({', '.join(shown)})"

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        names = self.__struct_fields__
        return all(getattr(self, name) == getattr(other, name) for name in names)

    __hash__ = None  # type: ignore[assignment]  # a record holds a dict


_raw_slot: Any = Record.__dict__["raw"]


def _raw(record: Record) -> Any:
    value = _raw_slot.__get__(record)
    if type(value) is msgspec.Raw:
        value = msgspec.json.decode(value)
        _raw_slot.__set__(record, value)
    return value


# The field's own descriptor gives what is stored; this one is in front of it, and msgspec doesn't pass through either.
type.__setattr__(Record, "raw", property(_raw))


class User(Part, frozen=True, kw_only=True):
    """A person or channel: ``id``, ``login`` (lower case) and ``name`` (as displayed).

    Login and name are empty where Twitch doesn't tell them, as for an account that is gone.
    """

    id: str
    login: str = ""
    name: str = ""

    def __str__(self) -> str:
        return self.name or self.login or self.id


_NO_TIME = ("", 0, "0")
"""What Twitch writes for "never" where it doesn't write null: of ads it sends seconds since 1970, and none."""

PartT = TypeVar("PartT", bound=Part)
_Prepare = Callable[[Mapping[str, Any]], dict[str, Any]]


def read_record(data: Mapping[str, Any], model: type[PartT]) -> PartT:
    """The typed form of one JSON object. Raises msgspec.ValidationError where it doesn't fit."""
    if not isinstance(data, Mapping):
        raise msgspec.ValidationError(f"Expected `object`, got `{type(data).__name__}`")
    return msgspec.convert(_prepare(model)(data), model, strict=False)


@cache
def _prepare(model: type[Part]) -> _Prepare:
    """What has to be done to an object of Twitch's before msgspec can read it as the model, worked out once."""
    users: list[tuple[str, tuple[tuple[str, str, str], ...]]] = []
    nested: list[tuple[str, _Prepare, bool]] = []
    messages: list[str] = []
    texts: list[str] = []
    maps: list[str] = []
    defaulted: set[str] = set()
    optional_times: list[str] = []
    for field in msgspec.structs.fields(model):
        options = options_of(field.type)
        wire = field.encode_name
        if User in options:
            users.append((wire, tuple((f"{p}_id", f"{p}_login", f"{p}_name") for p in (f"{wire}_user", wire))))
            continue
        for option in options:
            inner = inner_part(option)
            if inner is not None:
                nested.append((wire, _prepare(inner[0]), inner[1]))
                if not inner[1] and "text" in inner[0].__struct_fields__:
                    messages.append(wire)
        if str in options:
            texts.append(wire)
        if Mapping[str, str] in options:
            maps.append(wire)
        if type(None) not in options and not field.required:
            defaulted.add(wire)
        if type(None) in options and datetime in options:
            optional_times.append(wire)
    keeps_raw = issubclass(model, Record)

    def prepare(data: Mapping[str, Any]) -> dict[str, Any]:
        prepared = dict(data)
        if None in prepared.values():
            for name in defaulted & {key for key, value in prepared.items() if value is None}:
                del prepared[name]
        for name in optional_times:
            if prepared.get(name) in _NO_TIME:
                prepared[name] = None
        for name, keys in users:
            person = _user(data, keys)
            if person is not None:
                prepared[name] = person
            elif not isinstance(prepared.get(name), dict):
                prepared.pop(name, None)
        for name in messages:
            if isinstance(prepared.get(name), str):
                prepared[name] = {"text": prepared[name]}
        for name in texts:
            if type(prepared.get(name)) is int:
                prepared[name] = str(prepared[name])
        for name in maps:
            if isinstance(prepared.get(name), dict):
                prepared[name] = {
                    key: str(value) if type(value) is int else value
                    for key, value in prepared[name].items()
                    if value is not None
                }
        for name, inner, many in nested:
            value = prepared.get(name)
            if many and isinstance(value, list):
                prepared[name] = [inner(item) if isinstance(item, dict) else item for item in value]
            elif not many and isinstance(value, dict):
                prepared[name] = inner(value)
        if keeps_raw:
            prepared["raw"] = data
        return prepared

    return prepare


def _user(data: Mapping[str, Any], keys: tuple[tuple[str, str, str], ...]) -> dict[str, Any] | None:
    for user_id, login, name in keys:
        if data.get(user_id):
            known_as = str(data[user_id]) if type(data[user_id]) is int else data[user_id]
            return {"id": known_as, "login": data.get(login) or "", "name": data.get(name) or ""}
    return None


def options_of(annotation: Any) -> tuple[Any, ...]:
    """What a field may hold, as a tuple of types."""
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


def inner_part(annotation: Any) -> tuple[type[Part], bool] | None:
    """The model inside a field, and whether the field is a sequence of it."""
    if isinstance(annotation, type) and issubclass(annotation, Part):
        return annotation, False
    if get_origin(annotation) in (tuple, list):
        element = get_args(annotation)[0]
        if isinstance(element, type) and issubclass(element, Part):
            return element, True
    return None
