"""Writes what type checkers read of the table of families/: methods.pyi, and the __init__.pyi of twitch.models.

Run it after a change of the rows: python -m twitch.helix.stubs
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import twitch.models
from twitch.helix.endpoints import Auth, Endpoint
from twitch.helix.families import endpoints, models
from twitch.helix.signatures import Method, methods

STUB = Path(__file__).with_name("methods.pyi")

MODELS_STUB = STUB.parents[1] / "models" / "__init__.pyi"

_WRITTEN = "# Written by `python -m twitch.helix.stubs` from the rows of families/; a test compares the two.\n"
_HEAD = f"""\
{_WRITTEN}# ruff: noqa: PYI021, E501  editors show these docstrings
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
    parameters: list[str] = []
    by_name: list[str] = []
    for param in method.parameters:
        default = "" if method.must_be_given(param) else f" = {_literal(param.default)}"
        text = f"        {param.name}: {method.annotation(param)}{default},\n"
        (by_name if param.by_name else parameters).append(text)
    if method.takes_limit:
        parameters.append(f"        limit: int | None = {method.limit},\n")
    if by_name:
        parameters += ["        *,\n", *by_name]
    keyword = "def" if method.takes_limit else "async def"
    head = f"    {keyword} {method.name}(\n        self,\n{''.join(parameters)}    ) -> {method.returns}:\n"
    return head + f'        """{method.describe()}"""\n'


def _literal(value: Any) -> str:
    return f'"{value}"' if isinstance(value, str) else repr(value)


def render_models() -> str:
    """The text of the stub of twitch.models."""
    here = vars(twitch.models)["_HERE"]
    modules: dict[str, set[str]] = defaultdict(set)
    for each in (*here, *models().values()):
        modules[each.__module__].add(each.__name__)
    older = vars(twitch.models)["OLDER_NAMES"]
    names = sorted([*(name for each in modules.values() for name in each), *older])
    listed = "".join(f'    "{name}",\n' for name in names)
    imports = "".join(_import(module, found) for module, found in sorted(modules.items()))
    aliases = "".join(f"{name} = {model}\n" for name, model in older.items())
    return _WRITTEN + imports + f"\n{aliases}\n__all__ = [\n{listed}]\n"


if __name__ == "__main__":
    MODELS_STUB.write_text(render_models(), encoding="utf-8")
    STUB.write_text(render(), encoding="utf-8")
