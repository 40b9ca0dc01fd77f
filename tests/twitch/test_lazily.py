"""Names are there when they are asked for, the same for programs as for type checkers, and nothing is imported before."""

import ast
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import twitch
import twitch.eventsub.models
import twitch.models

PACKAGES = (twitch, twitch.eventsub)
STARS = {"twitch": twitch.models, "twitch.eventsub": twitch.eventsub.models}


def told_to_checkers(package: ModuleType) -> set[str]:
    """The names that a type checker finds in a package's __init__."""
    tree = ast.parse(Path(str(vars(package)["__file__"])).read_text(encoding="utf-8"))
    (block,) = (node for node in tree.body if isinstance(node, ast.If))
    imports = [node for node in block.body if isinstance(node, ast.ImportFrom)]
    names = {alias.asname or alias.name for node in imports for alias in node.names}
    return names - {"*"} | (set(STARS[package.__name__].__all__) if "*" in names else set())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_programs_and_type_checkers_are_told_the_same_names(package: ModuleType) -> None:
    offered = set(vars(package)["__getattr__"]("__all__"))
    assert offered == told_to_checkers(package)
    assert all(getattr(package, name).__module__.startswith("twitch.") for name in offered)
    assert offered <= set(dir(package))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    for package in PACKAGES:
        with pytest.raises(AttributeError, match="has no attribute 'Nothing'"):
            _ = package.Nothing  # the point of it
    with pytest.raises(ImportError, match="cannot import name 'Nothing'"):
        from twitch.eventsub import Nothing  # type: ignore[attr-defined]  # noqa: F401  as above


@pytest.mark.parametrize(
    ("statement", "left_out"),
    [
        ("import twitch", ["aiohttp", "asyncio", "msgspec"]),
        ("from twitch.eventsub import Event, StreamOnlineEvent", ["aiohttp", "twitch.helix", "twitch.app"]),
        ("import twitch; twitch.errors.NotFound; twitch.eventsub.models", ["aiohttp"]),
    ],
)
def test_what_is_not_asked_for_is_not_imported(statement: str, left_out: list[str]) -> None:
    program = f"import json, sys\n{statement}\nprint(json.dumps([name for name in {left_out} if name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, timeout=60)
    assert json.loads(done.stdout) == []
