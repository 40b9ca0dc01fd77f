"""The clocks of machines, and the one door through which the code under simulation sees them.

Each process has a monotonic clock (which runs a little fast or slow, and stands still while the machine is suspended), a
boot clock (which runs on) and a wall clock (which can jump). `virtual_time` puts these in the place of the `time` module's
functions, wherever a module of the product holds one: as an attribute of `time`, or as the default of a parameter. It
does the same for chance that the product draws without a seed.
"""

from __future__ import annotations

import random
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from random import Random
from types import FunctionType
from typing import Any

from virtual_fleet.world import UNIX_START, World

PRODUCT = ("coordinator", "shard_worker", "fleet", "twitch")


class Clock:
    """The clocks of one machine."""

    __slots__ = ("_world", "monotonic_offset", "rate", "suspended_seconds", "wall_offset")

    def __init__(self, world: World, *, rate: float = 1.0, offset: float = 0.0, wall_offset: float = 0.0) -> None:
        self._world = world
        self.rate = rate
        self.monotonic_offset = offset
        self.suspended_seconds = 0.0
        self.wall_offset = wall_offset

    def monotonic(self) -> float:
        return self._world.now * self.rate + self.monotonic_offset

    def boottime(self) -> float:
        return self._world.now * self.rate + self.monotonic_offset + self.suspended_seconds

    def wall(self) -> float:
        return UNIX_START + self._world.now + self.wall_offset

    def true_at(self, monotonic: float) -> float:
        """True time at a reading of the monotonic clock."""
        return (monotonic - self.monotonic_offset) / self.rate

    def slept(self, seconds: float) -> None:
        """The machine was suspended: its monotonic clock missed that."""
        self.monotonic_offset -= seconds * self.rate
        self.suspended_seconds += seconds * self.rate


class Running:
    """Whose code is running now."""

    clock: Clock | None = None


def monotonic() -> float:
    assert Running.clock is not None, "only a process reads a clock"
    return Running.clock.monotonic()


def wall() -> float:
    assert Running.clock is not None, "only a process reads a clock"
    return Running.clock.wall()


def clock_gettime(which: int) -> float:
    assert Running.clock is not None, "only a process reads a clock"
    assert which == time.CLOCK_BOOTTIME, which
    return Running.clock.boottime()


@contextmanager
def virtual_time(world: World) -> Iterator[None]:
    """No clock but the processes' own, and no chance but the seed's, for the length of a block."""
    draw, ids = world.chance("unseeded"), world.chance("ids")

    class Seeded(Random):
        """`random.Random()` without a seed gets one of the world's."""

        def __init__(self, seed: Any = None) -> None:
            super().__init__(draw.getrandbits(64) if seed is None else seed)

    replaced: dict[str, Callable[..., Any]] = {
        "monotonic": monotonic,
        "perf_counter": monotonic,
        "time": wall,
        "clock_gettime": clock_gettime,
    }
    originals = {name: getattr(time, name) for name in replaced}
    substitutes = {originals[name]: substitute for name, substitute in replaced.items()}
    state, token_hex = random.getstate(), secrets.token_hex
    defaults = _bound_clocks(substitutes)
    try:
        for name, substitute in replaced.items():
            setattr(time, name, substitute)
        for function, (positional, keywords) in defaults:
            function.__defaults__ = _swapped(positional, substitutes)
            if keywords is not None:
                function.__kwdefaults__ = {name: _swap(value, substitutes) for name, value in keywords.items()}
        random.seed(draw.getrandbits(64))
        random.Random = Seeded  # type: ignore[misc,assignment]
        secrets.token_hex = lambda nbytes=32: ids.randbytes(nbytes or 32).hex()
        yield
    finally:
        secrets.token_hex = token_hex
        random.Random = Random  # type: ignore[misc]
        random.setstate(state)
        for function, (positional, keywords) in defaults:
            function.__defaults__, function.__kwdefaults__ = positional, keywords
        for name, original in originals.items():
            setattr(time, name, original)


def _swap(value: Any, substitutes: dict[Any, Any]) -> Any:
    return substitutes.get(value, value) if callable(value) else value


def _swapped(values: tuple[Any, ...] | None, substitutes: dict[Any, Any]) -> tuple[Any, ...] | None:
    return None if values is None else tuple(_swap(value, substitutes) for value in values)


_Defaults = tuple[tuple[Any, ...] | None, dict[str, Any] | None]


def _bound_clocks(substitutes: dict[Any, Any]) -> list[tuple[FunctionType, _Defaults]]:
    """Every function of the product that has a clock as the default of a parameter."""
    found = []
    for name, module in sorted(sys.modules.items()):
        if name.partition(".")[0] not in PRODUCT or module is None:
            continue
        for function in _functions(module):
            values = [*(function.__defaults__ or ()), *(function.__kwdefaults__ or {}).values()]
            if any(callable(value) and value in substitutes for value in values):
                found.append((function, (function.__defaults__, function.__kwdefaults__)))
    return found


def _functions(module: Any) -> Iterator[FunctionType]:
    for value in list(vars(module).values()):
        if getattr(value, "__module__", None) != module.__name__:
            continue
        if isinstance(value, FunctionType):
            yield value
        elif isinstance(value, type):
            yield from (each for each in vars(value).values() if isinstance(each, FunctionType))
