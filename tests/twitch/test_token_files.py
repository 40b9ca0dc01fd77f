"""Tokens in a file: they come back, nobody else can read them, and no crash leaves half of them."""

import stat
from pathlib import Path

import pytest

from twitch.token_files import FileTokenStore
from twitch.tokens import TokenPair

PAIR = TokenPair("access", "refresh")


async def test_what_is_saved_comes_back_in_another_run(tmp_path: Path) -> None:
    store = FileTokenStore(tmp_path / "tokens.json")
    assert await store.load() == {}
    await store.save("1", PAIR)
    await store.save("2", TokenPair("other"))
    await store.save("1", TokenPair("newer", "refresh-2"))
    await store.remove("2")
    await store.remove("3")
    assert await FileTokenStore(tmp_path / "tokens.json").load() == {"1": TokenPair("newer", "refresh-2")}


async def test_the_file_is_its_owners_alone_and_stands_alone(tmp_path: Path) -> None:
    path = tmp_path / "tokens.json"
    path.write_text("{}")
    path.chmod(0o644)
    await FileTokenStore(path).save("1", PAIR)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", ["", "not json: hush", "[]", '{"1": "hush"}', '{"1": {"refresh_token": "hush"}}'])
async def test_a_file_of_something_else_is_left_as_it_is(tmp_path: Path, content: str) -> None:
    path = tmp_path / "tokens.json"
    path.write_text(content)
    for attempt in (FileTokenStore(path).load(), FileTokenStore(path).save("1", PAIR)):
        with pytest.raises(ValueError, match="holds no tokens") as caught:
            await attempt
        assert "hush" not in str(caught.value)
    assert path.read_text() == content


async def test_a_disk_that_refuses_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "tokens.json"
    store = FileTokenStore(path)
    await store.save("1", PAIR)

    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        await store.save("1", TokenPair("newer"))
    assert list(tmp_path.iterdir()) == [path]
    assert await FileTokenStore(path).load() == {"1": PAIR}
    assert await store.load() == {"1": PAIR}


def test_tokens_do_not_show() -> None:
    assert "access" not in repr(PAIR).replace("access_token", "")
    assert repr(FileTokenStore("tokens.json")) == "<FileTokenStore 'tokens.json'>"
    access, refresh = PAIR
    assert (access, refresh) == ("access", "refresh")
