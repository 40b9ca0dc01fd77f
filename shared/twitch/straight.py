"""The straight way from JSON bytes to a record, for objects as Twitch documents them.

For each model a *wire* struct is made at its first use: the model with its users as the flat keys that Twitch sends.
msgspec decodes the bytes into it in one go, unknown keys passed over unread, and a builder makes the record of it. The
builder is one expression, written as text and compiled, as `dataclasses` does for its methods:

    lambda wire, raw: ChannelFollowEvent(user=User(id=wire.a1, …) if wire.a1 else …, followed_at=wire.a7, raw=raw)

Parts that need none of it are decoded as they are. What isn't as documented (a user without an id, an empty timestamp,
a null deep inside) is `UNUSUAL` here, and read once more by `records.read_record`, which is patient and
has the last word on what is an error. So this module may refuse whatever it likes; what it takes, it reads as that does.
"""

from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, NoReturn, TypeVar, Union, get_origin

import msgspec
from msgspec.structs import FieldInfo, fields

from twitch.records import Part, Record, User, inner_part, options_of

PartT = TypeVar("PartT", bound=Part)
Read = Callable[[msgspec.Raw], PartT]

UNUSUAL: Final = (msgspec.MsgspecError, LookupError, UnicodeError, RecursionError)
"""What a reader raises where the patient way is to be taken."""


class _Unfit(Exception):
    """The model has something that only the patient way can read."""


@cache
def reader(model: type[PartT]) -> Read[PartT] | None:
    """A function that reads raw JSON as the model and raises one of `UNUSUAL`; None for a model that has no such way."""
    try:
        wire, build = _wire_of(model)
    except _Unfit:
        return None
    # Strictly: a number in quotes is unusual, and a text "null" is no null.
    decode = msgspec.json.Decoder(wire).decode
    if issubclass(model, Record):
        return lambda raw: build(decode(raw), raw)
    return lambda raw: build(decode(raw))


@cache
def _wire_of(model: type[Part]) -> tuple[type[msgspec.Struct], Callable[..., Any]]:
    """The wire struct of a model, and what makes a record of it; a Record's builder takes the raw JSON as well."""
    wire = _Wire(model)
    arguments = ", ".join(wire.arguments())
    parameters = "wire, raw" if issubclass(model, Record) else "wire"
    # The text holds the names of fields, and nothing that came from outside.
    build = eval(f"lambda {parameters}: model({arguments})", wire.names)  # noqa: S307
    return wire.struct(), build


class _Wire:
    """What is worked out of a model: the keys to decode, and how each field is made of them."""

    def __init__(self, model: type[Part]) -> None:
        self._model = model
        self._keys: dict[str, tuple[Any, Any]] = {}
        """Type and default by key."""
        self.names: dict[str, Any] = {"model": model, "User": User, "missing": _missing}
        """What the builder's text speaks of."""

    def struct(self) -> type[msgspec.Struct]:
        return msgspec.defstruct(
            f"{self._model.__name__}Wire",
            [(f"a{number}", *key) for number, key in enumerate(self._keys.values())],
            rename={f"a{number}": key for number, key in enumerate(self._keys)},
            kw_only=True,
            gc=False,  # it lives for a moment
        )

    def arguments(self) -> Iterator[str]:
        """One keyword argument a field."""
        for field in fields(self._model):
            yield f"{field.name}={self._value(field)}"

    def _value(self, field: FieldInfo) -> str:
        if field.name == "raw" and issubclass(self._model, Record):
            return "raw"
        options = options_of(field.type)
        if User in options:
            return self._user(field)
        inner = [found for found in map(inner_part, options) if found is not None and _is_built(found[0])]
        if len(inner) > 1:
            _unfit()
        if inner:
            return self._built(field, *inner[0])
        if field.required or type(None) in options:
            return self._attribute(field.encode_name, field.type, field)
        value = self._attribute(field.encode_name, Union[field.type, None], field)  # noqa: UP007  of values
        default = f"default_{field.name}"
        self.names[default] = field.default
        if field.default_factory is not msgspec.NODEFAULT:
            self.names[default] = field.default_factory
            return f"{value} if {value} is not None else {default}()"
        return f"{value} if {value} is not None else {default}"

    def _attribute(self, key: str, annotation: Any, field: FieldInfo | None = None) -> str:
        """A key to decode; without a field one that is a string, or null, or not there."""
        default: Any = None
        if field is not None:
            default = field.default
            if field.default_factory is not msgspec.NODEFAULT:
                default = msgspec.field(default_factory=field.default_factory)
        if self._keys.setdefault(key, (annotation, default))[0] != annotation:
            _unfit()  # two fields want one key
        return f"wire.a{list(self._keys).index(key)}"

    def _user(self, field: FieldInfo) -> str:
        key = field.encode_name
        if not field.required and field.default is not None:
            _unfit()
        self._attribute(key, None)  # a user who is an object already would be unusual
        text = "missing()" if field.required else "None"
        for prefix in (key, f"{key}_user"):
            user_id, login, name = (self._attribute(f"{prefix}_{end}", str | None) for end in ("id", "login", "name"))
            text = f'User(id={user_id}, login={login} or "", name={name} or "") if {user_id} else {text}'
        return text

    def _built(self, field: FieldInfo, part: type[Part], many: bool) -> str:  # noqa: FBT001  as inner_part says it
        """A part, or a sequence of parts, that has to be built in its turn."""
        options = options_of(field.type)
        absent = "()" if many and field.default == () else "None" if type(None) in options else ""
        plain_default = field.required or field.default is None or absent == "()"
        if issubclass(part, Record) or not plain_default or len(options) != 1 + (type(None) in options):
            _unfit()
        wire, build = _wire_of(part)
        annotation: Any = list[wire] if many else wire  # type: ignore[valid-type]  # made a line above
        value = self._attribute(field.encode_name, Union[annotation, None] if absent else annotation, field)  # noqa: UP007  of values
        name = f"build_{field.name}"
        self.names[name] = build
        text = f"{name}({value})"
        if many:
            sequence = next(get_origin(option) for option in options if inner_part(option))
            text = f"{sequence.__name__}(map({name}, {value}))"
        return f"{text} if {value} is not None else {absent}" if absent else text


@cache
def _is_built(part: type[Part]) -> bool:
    """Whether msgspec alone can't read it: there's a user in it, or a list that Twitch may write as null when it's empty."""
    if issubclass(part, Record):
        return True
    for field in fields(part):
        options = options_of(field.type)
        if User in options or field.default == ():
            return True
        if any(found is not None and _is_built(found[0]) for found in map(inner_part, options)):
            return True
    return False


def _unfit() -> NoReturn:
    raise _Unfit


def _missing() -> NoReturn:
    raise LookupError("a user is missing")
