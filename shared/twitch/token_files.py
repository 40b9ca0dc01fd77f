"""Users' tokens in a file of their own, for a program on one machine that logs its users in once.

    app = App('CLIENT_ID', 'CLIENT_SECRET', token_store=FileTokenStore('tokens.json'))

The file is readable by its owner alone (0600) and replaced as a whole, so that neither a crash nor a full disk leaves
half of it: the new text is written beside it, forced to the disk, and renamed. Two processes must not share one file;
a refresh token works once, and each would spend the other's. Whoever can read the file can act as these users.
"""

import asyncio
import os
from collections.abc import Mapping
from pathlib import Path

import orjson

from twitch.tokens import TokenPair


class FileTokenStore:
    """A `TokenStore` over a JSON file, ``{user_id: {"access_token", "refresh_token"}}``. A missing file is an empty one.

    Raises ValueError where the file is there and is none of these; OSError where it can't be read or written.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._pairs: dict[str, TokenPair] | None = None
        self._lock = asyncio.Lock()

    def __repr__(self) -> str:
        return f"<FileTokenStore {str(self.path)!r}>"

    async def load(self) -> Mapping[str, TokenPair]:
        async with self._lock:
            return dict(await self._known())

    async def save(self, user_id: str, pair: TokenPair) -> None:
        async with self._lock:
            pairs = {**await self._known(), user_id: pair}
            await asyncio.to_thread(_write, self.path, pairs)
            self._pairs = pairs

    async def remove(self, user_id: str) -> None:
        async with self._lock:
            pairs = {**await self._known()}
            if pairs.pop(user_id, None) is not None:
                await asyncio.to_thread(_write, self.path, pairs)
                self._pairs = pairs

    async def _known(self) -> dict[str, TokenPair]:
        if self._pairs is None:
            self._pairs = await asyncio.to_thread(_read, self.path)
        return self._pairs


def _read(path: Path) -> dict[str, TokenPair]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return {}
    try:
        rows = orjson.loads(content)
        return {str(user): TokenPair(row["access_token"], row.get("refresh_token")) for user, row in rows.items()}
    except (orjson.JSONDecodeError, AttributeError, KeyError, TypeError):
        raise ValueError(f"{path} holds no tokens") from None  # the error's own text would show some of it


def _write(path: Path, pairs: Mapping[str, TokenPair]) -> None:
    rows = {
        user: {"access_token": pair.access_token, "refresh_token": pair.refresh_token} for user, pair in pairs.items()
    }
    beside = path.with_name(f"{path.name}.{os.getpid()}.new")
    beside.unlink(missing_ok=True)
    # Made with the mode, not given it afterwards: nobody can open it in between.
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
