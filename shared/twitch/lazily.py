"""Public names that are imported when they are first asked for, so that `import twitch` costs next to nothing.

aiohttp alone takes longer to import than the rest of the library, and a service that only reads events out of a stream
needs none of it. A package states its names twice: as imports under ``TYPE_CHECKING``, for editors and type checkers,
and as the table that it gives to `lazily`; a test compares the two.
"""

import importlib
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Any


def lazily(
    package: str, names: Mapping[str, Iterable[str]], *, submodules: Iterable[str] = (), rest: str | None = None
) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """What a package assigns to ``__getattr__`` and ``__dir__``.

    ``names`` are public names by the module that defines them. ``submodules`` of the package are there without an import
    of their own. ``rest`` is a module whose ``__all__`` the package offers, too.
    """
    module_of = {name: module for module, its_names in names.items() for name in its_names}
    inside = frozenset(submodules)

    def public() -> list[str]:
        return sorted({*module_of, *(importlib.import_module(rest).__all__ if rest else ())})

    def get(name: str) -> Any:
        if name == "__all__":
            return public()
        if name in inside:
            return importlib.import_module(f"{package}.{name}")
        module = module_of.get(name)
        if (
            module is None
            and rest is not None
            and not name.startswith("_")
            and name in importlib.import_module(rest).__all__
        ):
            module = rest
        if module is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])
        value = getattr(importlib.import_module(module), name)
        setattr(sys.modules[package], name, value)  # asked for once
        return value

    def names_of_all() -> list[str]:
        return sorted({*vars(sys.modules[package]), *public(), *inside})

    return get, names_of_all
