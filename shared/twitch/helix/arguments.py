"""From the arguments of a method to the keys of one request, or of several where Twitch caps a list."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, TypeVar

from twitch.helix.endpoints import Endpoint, Param, Place
from twitch.utils import to_rfc3339_string

ValueT = TypeVar("ValueT")


def requests(endpoint: Endpoint[Any], given: Mapping[Param, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The query and body of each request that it takes; none for a list that must be given and is empty."""
    for part in _parts(endpoint, given):
        query: dict[str, Any] = {}
        body: dict[str, Any] = {}
        for param, value in part.items():
            if param.place is Place.QUERY:
                query[param.wire] = value if param.to_wire is None else param.to_wire(value)
            else:
                _put(body, param, value)
        yield query, body


def chunks(values: Sequence[ValueT], size: int) -> list[Sequence[ValueT]]:
    """The values in runs of at most ``size``, for calls that take no more at once."""
    return [values[start : start + size] for start in range(0, len(values), size)]


def in_order(values: Any) -> list[Any]:
    """The values of a collection. A set has no order of its own, and the same call should be the same request."""
    if isinstance(values, str | bytes | Mapping) or not isinstance(values, Iterable):
        given = f"the text {values!r}" if isinstance(values, str) else type(values).__name__
        raise TypeError(f"a collection of texts is wanted, not {given}")
    return sorted(values, key=str) if isinstance(values, AbstractSet) else list(values)


def _put(body: dict[str, Any], param: Param, value: Any) -> None:
    if param.keys:
        unknown = sorted(set(value) - set(param.keys))
        if unknown:
            raise ValueError(f"{param.name} has no {unknown[0]}; it has {', '.join(param.keys)}")
        body.update({key: item for key, item in value.items() if item is not None})
        return
    if param.to_wire is not None:
        value = param.to_wire(value)
    elif isinstance(value, datetime):
        value = to_rfc3339_string(value)
    (body.setdefault(param.within, {}) if param.within else body)[param.wire] = value


def _parts(endpoint: Endpoint[Any], given: Mapping[Param, Any]) -> Iterator[Mapping[Param, Any]]:
    lists = {param: in_order(value) for param, value in given.items() if param.values_max}
    if any(param.required and not values for param, values in lists.items()):
        return
    rest = {param: value for param, value in given.items() if param not in lists}
    if endpoint.together_max:
        pairs = [(param, value) for param, values in lists.items() for value in values]
        for chunk in chunks(pairs, endpoint.together_max):
            part: dict[Param, Any] = dict(rest)
            for param, value in chunk:
                part.setdefault(param, []).append(value)
            yield part
        return
    long = [param for param, values in lists.items() if len(values) > param.values_max]
    if len(long) > 1:
        raise ValueError(f"{endpoint.name}: only one of {' and '.join(param.name for param in long)} may be so long")
    whole = {**rest, **{param: values for param, values in lists.items() if values and param not in long}}
    if not long:
        yield whole
        return
    for few in chunks(lists[long[0]], long[0].values_max):
        yield {**whole, long[0]: few}
