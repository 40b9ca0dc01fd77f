"""deploy/Dockerfile and what reaches its build."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "deploy/Dockerfile").read_text("utf-8")
INSTRUCTIONS = [
    line.strip()
    for line in re.sub(r"\\\n", " ", DOCKERFILE).splitlines()
    if line.strip() and not line.strip().startswith("#")
]
BUILD, FINAL = (stage.splitlines() for stage in "\n".join(INSTRUCTIONS).split("\nFROM "))


def pinned(lock: str) -> dict[str, set[str]]:
    """Package with its pin, such as `pluggy==1.7.0` → what brings it into the lock."""
    stanzas = re.split(r"^(?=[a-z])", (ROOT / lock).read_text("utf-8"), flags=re.MULTILINE)
    return {
        stanza.split()[0]: set(re.findall(r"# +(?:via +)?(\S+)$", stanza, re.MULTILINE)) for stanza in stanzas if stanza
    }


def copied(lines: list[str]) -> list[str]:
    """Sources of the COPY instructions that read the project."""
    return [
        source for line in lines if line.startswith("COPY ") and "--from" not in line for source in line.split()[1:-1]
    ]


def test_every_package_comes_from_a_lock_with_its_hash() -> None:
    installs = re.findall(r"pip --python \S+ install ([^&\n]*)", "\n".join(BUILD))

    from_locks = [install for install in installs if "--requirement" in install]
    assert [install.split()[-1] for install in from_locks] == ["requirements.lock", "build.lock"]
    assert all("--require-hashes" in install and "--only-binary :all:" in install for install in from_locks)
    [own_wheel] = [install for install in installs if install not in from_locks]
    assert own_wheel.split() == ["--no-index", "--no-deps", "dist/*.whl"]


def test_the_build_backend_and_all_it_stands_on_come_from_the_development_lock() -> None:
    [named] = re.findall(r"wanted = /\^\(([^)]*)\)==/", DOCKERFILE)
    lock = pinned("requirements-dev.lock")
    needed = {pin for pin, bringers in lock.items() if pin.startswith("hatchling==") or "hatchling" in bringers}
    backend = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["build-system"]["requires"]

    assert set(named.split("|")) == {pin.split("==")[0] for pin in needed}
    assert needed & set(backend)


def test_no_instruction_needs_buildkit() -> None:
    assert not re.search(r"^# *syntax|<<|RUN --|COPY --(?!from=)|ADD --", DOCKERFILE, re.MULTILINE)


def test_the_final_stage_builds_nothing_and_is_not_root() -> None:
    assert not [line for line in FINAL if line.startswith(("RUN", "ADD"))]
    [user] = [line.removeprefix("USER ") for line in FINAL if line.startswith("USER ")]
    assert all(part.isdigit() and int(part) >= 10_000 for part in user.split(":"))
    assert FINAL[0] == BUILD[0].removeprefix("FROM ").removesuffix(" AS build")


def test_what_the_image_copies_passes_the_ignore_file() -> None:
    lines = (ROOT / ".dockerignore").read_text("utf-8").split()
    let_through = {line.removeprefix("!") for line in lines if line.startswith("!")}

    assert "*" in lines
    assert {source.removeprefix("./") for source in copied(BUILD) + copied(FINAL)} == let_through
    assert not [name for name in let_through if name.startswith(".") or not (ROOT / name).exists()]


def test_every_package_of_the_wheel_is_copied() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["hatch"]["build"]["targets"][
        "wheel"
    ]["packages"]

    assert {package.split("/")[0] for package in packages} <= set(copied(BUILD))


def test_no_secret_is_in_the_image() -> None:
    assert not re.search(r"SECRET|PASSWORD|TOKEN", DOCKERFILE)
    assert "ARG" not in {line.split()[0] for line in INSTRUCTIONS}


@pytest.mark.parametrize("service", ["coordinator", "shard_worker", "handler", "simulator"])
def test_every_process_runs_this_image(service: str) -> None:
    container: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"][service]

    assert container["build"] == {"context": ".", "dockerfile": "deploy/Dockerfile"}
    assert container["image"] == "conduit-fleet"
