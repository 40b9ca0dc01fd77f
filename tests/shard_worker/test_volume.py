"""Folders of a volume on a real file system: one a life, held by one worker at a time, each fleet's its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shard_worker import volume
from shard_worker.volume import AnotherFleets, claim, folders, let_go, take_over


def test_a_folder_is_held_by_one_and_taken_over_once_it_is_let_go(tmp_path: Path) -> None:
    folder = tmp_path / "life"
    lock = claim(folder, "ours")
    assert take_over(folder, "ours") is None
    let_go(folder, lock, empty=False)
    lock = take_over(folder, "ours") or 0
    assert lock
    assert take_over(folder, "ours") is None
    let_go(folder, lock, empty=True)
    assert list(tmp_path.iterdir()) == []
    assert take_over(folder, "ours") is None


def test_one_of_another_fleet_is_left_to_that_one(tmp_path: Path) -> None:
    """Where Redis stands with it, and where its events go, stands under another namespace."""
    folder = tmp_path / "life"
    let_go(folder, claim(folder, "ours"), empty=False)
    with pytest.raises(AnotherFleets):
        take_over(folder, "our")
    lock = take_over(folder, "ours")
    assert lock is not None, "who was refused holds nothing"
    let_go(folder, lock, empty=True)


def test_one_that_names_no_fleet_is_of_an_earlier_build(tmp_path: Path) -> None:
    (tmp_path / volume.LOCK).touch()
    lock = take_over(tmp_path, "ours")
    assert lock is not None
    let_go(tmp_path, lock, empty=False)


def test_they_are_found_the_oldest_first(tmp_path: Path) -> None:
    for age, life in enumerate(["c", "a", "b"]):
        let_go(tmp_path / life, claim(tmp_path / life, "ours"), empty=False)
        os.utime(tmp_path / life, (age, age))
    (tmp_path / "a file").touch()
    (tmp_path / "lost+found").mkdir()
    assert [folder.name for folder in folders(tmp_path)] == ["c", "a", "b"]
    assert folders(tmp_path / "none") == []
