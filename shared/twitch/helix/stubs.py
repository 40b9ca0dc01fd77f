"""Writes methods.pyi, the types of the methods of the table, from the rows of families/.

Run it after a change of the rows: python -m twitch.helix.stubs
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

from twitch.helix.endpoints import Auth, Endpoint
from twitch.helix.families import endpoints
from twitch.helix.signatures import Method, methods

STUB = Path(__file__).with_name("methods.pyi")

_HEAD = """\
# Written by `python -m twitch.helix.stubs` from the rows of families/; a test compares the two.
# ruff: noqa: PYI021, E501  editors show these docstrings
# fmt: off
"""
_OUTSIDE = {
    "collections.abc": ("Collection", "Mapping", "Sequence"),
    "datetime": ("datetime",),
    "typing": ("Any", "Literal"),
}
_CLASSES = {
    Auth.APP: "\nclass AppMethods(Caller):\n",
    Auth.USER: "\nclass UserMethods(Caller):\n",
    Auth.EXTENSION: "\nclass ExtensionMethods(Caller):\n",
}


def render() -> str:
    """The text of the stub."""
    rows = endpoints()
    parts = ["\ndef make_all() -> bool: ...\n"]
    for kind, head in _CLASSES.items():
        made = [_method(method) for row in rows for method in methods(row, kind)]
        parts += [head, *made] if made else [head.rstrip() + " ...\n"]
    text = "".join(parts)
    return _HEAD + _imports(rows, text) + text


def _imports(rows: tuple[Endpoint[Any], ...], text: str) -> str:
    words = set(re.findall(r"\w+", re.sub(r'""".*?"""', "", text)))
    ours: dict[str, set[str]] = defaultdict(set)
    ours["twitch.helix.calling"] = {"Caller", "Items"}
    ours["twitch.helix.pages"] = {"PaginatedRequest"}
    for row in rows:
        for kind in (row.item, *(each for param in row.parameters for each in param.types)):
            ours[kind.__module__].add(kind.__name__)
    outside = [_import(module, words & set(names)) for module, names in _OUTSIDE.items()]
    return "".join(outside) + "\n" + "".join(_import(module, words & names) for module, names in sorted(ours.items()))


def _import(module: str, names: set[str]) -> str:
    if not names:
        return ""
    line = f"from {module} import {', '.join(sorted(names))}\n"
    return line if len(line) <= 121 else f"from {module} import (\n    " + ",\n    ".join(sorted(names)) + ",\n)\n"


def _method(method: Method) -> str:
    parameters = []
    for param in method.parameters:
        default = "" if method.must_be_given(param) else f" = {_literal(param.default)}"
        parameters.append(f"        {param.name}: {method.annotation(param)}{default},\n")
    if method.takes_limit:
        parameters.append(f"        limit: int | None = {method.endpoint.limit},\n")
    keyword = "def" if method.takes_limit else "async def"
    head = f"    {keyword} {method.name}(\n        self,\n{''.join(parameters)}    ) -> {method.returns}:\n"
    return head + f'        """{method.describe()}"""\n'


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


if __name__ == "__main__":
    STUB.write_text(render(), encoding="utf-8")
