"""Another build of this project."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.chaos.builds import PACKAGES, checkout


@pytest.fixture
def history(tmp_path: Path) -> Path:
    """A repository with two commits of four packages, in the layout of this one."""
    if shutil.which("git") is None:
        pytest.skip("git is not installed")
    root = tmp_path.resolve() / "repository"
    root.mkdir()
    git = ["git", "-C", str(root), "-c", "user.name=somebody", "-c", "user.email=somebody@example.com"]
    subprocess.run([*git, "init", "--quiet"], check=True)
    for build in ("first", "second"):
        for package in PACKAGES:
            folder = root / ("shared" if package in {"fleet", "twitch"} else "") / package
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "__init__.py").write_text(f"BUILD = {build!r}\n")
        subprocess.run([*git, "add", "."], check=True)
        subprocess.run([*git, "commit", "--quiet", "--no-verify", "--message", build], check=True)
    return root


def test_processes_run_the_code_of_the_commit(history: Path, tmp_path: Path) -> None:
    previous = checkout("HEAD~1", tmp_path.resolve() / "previous", history)

    assert previous is not None
    assert (previous / "shared/fleet/__init__.py").read_text() == "BUILD = 'first'\n"


def test_where_the_history_lacks_the_commit_there_is_none(history: Path, tmp_path: Path) -> None:
    assert checkout("HEAD~2", tmp_path / "previous", history) is None


def test_a_copy_without_git_has_none(history: Path, tmp_path: Path) -> None:
    """Not even where it lies within somebody's repository."""
    copy = history / "copy"
    copy.mkdir()

    assert checkout("HEAD", tmp_path / "previous", copy) is None
    assert checkout("HEAD", tmp_path / "previous", tmp_path) is None
