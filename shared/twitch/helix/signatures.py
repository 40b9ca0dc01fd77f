"""What the methods of a row look like in Python: which there are, whom for, with which parameters, and what they return.

Parameters keep the order of the row, but those that must be given come first. What is the user's own id by default must
be given to the app's method; what always is doesn't appear in the user's. Nothing here does anything: methods.py makes
the methods, stubs.py writes their types.
"""

from collections.abc import Iterator, Mapping, Sized
from dataclasses import dataclass, replace
from inspect import Parameter, Signature
from typing import Any

from twitch.helix.endpoints import Answer, Auth, Endpoint, Own, Param, View
from twitch.helix.kinds import fitting


@dataclass(frozen=True, slots=True)
class Method:
    """A method to be made: for the app (Auth.APP), a user or an extension."""

    name: str
    about: str
    endpoint: Endpoint[Any]
    kind: Auth
    parameters: tuple[Param, ...]
    hidden: tuple[Param, ...]
    """Filled with the user's own id, or the extension's, and not asked for."""

    @property
    def returns(self) -> str:
        """The annotation of what it gives, or of what comes when awaited."""
        item = self.endpoint.item.__name__
        return {
            Answer.NOTHING: "None",
            Answer.ONE: item,
            Answer.MAYBE: f"{item} | None",
            Answer.MANY: f"tuple[{item}, ...]",
            Answer.ITEMS: f"Items[{item}]",
            Answer.PAGES: f"PaginatedRequest[{item}]",
            Answer.IDS: "tuple[str, ...]",
            Answer.TEXT: "str",
        }[self.endpoint.answer]

    def annotation(self, param: Param) -> str:
        """The annotation of a parameter, with None where it needn't be given."""
        return (
            param.annotation if self.must_be_given(param) or param.default is not None else f"{param.annotation} | None"
        )

    def must_be_given(self, param: Param) -> bool:
        return param.required and not (self.kind is Auth.USER and param.own is Own.DEFAULT)

    @property
    def takes_limit(self) -> bool:
        return self.endpoint.answer is Answer.PAGES

    @property
    def limit(self) -> int | None:
        """How many come unless told otherwise: all, where they are asked for one by one."""
        one_by_one = any(param.required and param.values_max for param in self.parameters)
        return None if one_by_one else self.endpoint.limit

    def signature(self) -> Signature:
        """For inspect and for binding arguments; annotations are texts."""
        made = [Parameter("self", Parameter.POSITIONAL_OR_KEYWORD)]
        for param in self.parameters:
            default = Parameter.empty if self.must_be_given(param) else param.default
            kind = Parameter.KEYWORD_ONLY if param.by_name else Parameter.POSITIONAL_OR_KEYWORD
            made.append(Parameter(param.name, kind, default=default, annotation=self.annotation(param)))
        if self.takes_limit:
            made.append(
                Parameter("limit", Parameter.POSITIONAL_OR_KEYWORD, default=self.limit, annotation="int | None")
            )
        made.sort(key=lambda parameter: parameter.kind)
        return Signature(made, return_annotation=self.returns)

    def describe(self) -> str:
        """The docstring: what it does, who must have granted what, how many at once, and Twitch's page."""
        row, lines = self.endpoint, [self.about]
        scopes = " or ".join(row.scopes)
        if self.kind is Auth.USER and scopes:
            lines.append(f"Needs the scope {scopes}.")
        if self.kind is Auth.APP:
            if scopes:
                lines.append(f"{row.granted_by or 'The user'} must have granted {scopes} to this client.")
            lines.extend(f"{who} must have granted {scope}." for who, scope in row.app_scopes)
        if any(param.values_max and not self.must_be_given(param) for param in self.parameters):
            lines.append("An empty list counts as not given.")
        if self.takes_limit:
            lines.append("``limit`` bounds how many come; None fetches all.")
        return " ".join([*lines, row.page])

    def given(self, arguments: Mapping[str, Any], own_id: str | None) -> dict[Param, Any]:
        """What is to be sent, with the user's own id where it belongs.

        None stands for "not given", and so does an empty list that needn't be given.

        Raises TypeError and ValueError, by name, for what is of another kind than its annotation, or missing.
        """
        if self.endpoint.one_of and not any(arguments.get(name) for name in self.endpoint.one_of):
            raise ValueError(f"{self.name} needs {' or '.join(self.endpoint.one_of)}")
        found: dict[Param, Any] = {}
        for param in (*self.parameters, *self.hidden):
            value = arguments.get(param.name)
            if param.values_max and not self.must_be_given(param) and isinstance(value, Sized) and not len(value):
                value = None
            if value is None and own_id is not None and param.own is not Own.NO and not arguments.get(param.unless):
                value = (own_id,) if param.values_max else own_id
            if value is not None:
                try:
                    found[param] = fitting(param, value)
                except (TypeError, ValueError) as error:
                    raise type(error)(f"{self.name}: {param.name}: {error}") from None
            elif self.must_be_given(param):
                raise ValueError(f"{self.name} needs {param.name}")
        return found


def methods(row: Endpoint[Any], kind: Auth) -> Iterator[Method]:
    """The methods that a row has for the app, a user or an extension; none where Twitch doesn't take that token."""
    if row.by_hand or not row.auth.takes(kind):
        return
    for view in row.views or (View(row.name, row.about, tuple(param.name for param in row.parameters)),):
        yield _method(row, view, kind)


def _method(row: Endpoint[Any], view: View, kind: Auth) -> Method:
    by_name = {param.name: param for param in row.parameters}
    taken = [by_name[name] for name in view.takes]
    if row.views:
        taken[0] = replace(taken[0], required=True)
    if kind is not Auth.APP:
        taken = [param for param in taken if not param.app_only]
    hidden = [param for param in taken if kind is not Auth.APP and param.own is Own.ALWAYS]
    method = Method(view.name, view.about, row, kind, (), tuple(hidden))
    shown = [param for param in taken if param not in hidden]
    # Stable: among those that must be given, and among the others, the order of the row stays.
    return replace(method, parameters=tuple(sorted(shown, key=lambda param: not method.must_be_given(param))))
