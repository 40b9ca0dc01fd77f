"""The methods of the table: `AppMethods`, `UserMethods` and `ExtensionMethods`, one for each row of families/ or more.

They are made when the first of them is asked for: a program that only receives events doesn't wait for 150 rows.
Type checkers read methods.pyi, which ``python -m twitch.helix.stubs`` writes from the same rows.
"""

from collections.abc import Callable
from typing import Any

from twitch.helix.calling import Caller
from twitch.helix.endpoints import Auth
from twitch.helix.families import endpoints
from twitch.helix.signatures import Method, methods


class _Made(type):
    """The class of classes whose methods are made when the first is asked for."""

    def __getattr__(cls, name: str) -> Any:
        if not name.startswith("_") and make_all():
            return getattr(cls, name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")

    def __dir__(cls) -> list[str]:
        make_all()
        return list(super().__dir__())


class _Methods(Caller, metaclass=_Made):
    def __getattr__(self, name: str) -> Any:
        if not name.startswith("_") and make_all():
            return getattr(self, name)
        takers = [whose for kind, whose in _WHOSE.items() if name in vars(_OWNERS[kind])]
        taken = f", which takes {' or '.join(takers)} token" if takers else ""
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}{taken}")

    def __dir__(self) -> list[str]:
        make_all()
        return list(super().__dir__())


class AppMethods(_Methods):
    """What Helix does with the app's token. Every method raises what `twitch.errors` draws."""


class UserMethods(_Methods):
    """What Helix does with a user's token. Where it's about a user and none is given, it's about this one.

    Every method raises what `twitch.errors` draws.
    """


class ExtensionMethods(_Methods):
    """What Helix does with a token that an extension has signed itself. Every method raises what `twitch.errors` draws."""


_OWNERS: dict[Auth, type[_Methods]] = {
    Auth.APP: AppMethods,
    Auth.USER: UserMethods,
    Auth.EXTENSION: ExtensionMethods,
}
_WHOSE = {Auth.APP: "the app's", Auth.USER: "a user's", Auth.EXTENSION: "an extension's"}
_made: list[bool] = []


def make_all() -> bool:
    """Make every method, unless that was done before; says whether it did."""
    if _made:
        return False
    rows = endpoints()
    for kind, owner in _OWNERS.items():
        for row in rows:
            for method in methods(row, kind):
                setattr(owner, method.name, _function(method, owner))
    _made.append(True)
    return True


def _function(method: Method, owner: type) -> Callable[..., Any]:
    signature = method.signature()

    def bound(args: tuple[Any, ...], options: dict[str, Any]) -> tuple[_Methods, dict[str, Any]]:
        try:
            found = signature.bind(*args, **options)
        except TypeError as error:
            raise TypeError(f"{method.name}: {error}") from None
        found.apply_defaults()
        return found.arguments.pop("self"), found.arguments

    function: Callable[..., Any]
    if method.takes_limit:

        def function(*args: Any, **options: Any) -> Any:
            caller, arguments = bound(args, options)
            return caller._list_pages(method, arguments)  # noqa: SLF001  a method of this very class

    else:

        async def function(*args: Any, **options: Any) -> Any:
            caller, arguments = bound(args, options)
            return await caller._carry_out(method, arguments)  # noqa: SLF001  a method of this very class

    function.__signature__ = signature  # type: ignore[attr-defined]  # what inspect.signature looks for
    function.__name__, function.__qualname__ = method.name, f"{owner.__name__}.{method.name}"
    function.__doc__ = method.describe()
    return function
