"""What holds for the whole tree: who imports what, what every module says, where metrics are declared."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = {"coordinator": ROOT, "shard_worker": ROOT, "fleet": ROOT / "shared", "twitch": ROOT / "shared"}
MODULES = sorted(path for package, root in PACKAGES.items() for path in (root / package).rglob("*.py"))
METRIC_KINDS = {"Counter", "Gauge", "Histogram", "Summary", "Info", "Enum", "BatchHistogram"}
METRIC_MODULES = ("prometheus_client", "fleet.metrics")


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def loaded_after(statement: str) -> set[str]:
    """Names of the modules that a fresh interpreter has after a statement."""
    program = f"{statement}\nimport sys; print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT, timeout=60
    )
    return set(done.stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import coordinator.__main__",
        "import shard_worker.__main__",
        "import fleet.handlers",
        "import fleet.consumer",
        "import twitch.simulator.__main__",
    ],
)
def test_no_process_has_shared_among_its_modules(statement: str) -> None:
    """Two copies of one module are two classes of one name."""
    module = statement.split()[1].replace(".", "/")
    if not any((root / f"{module}.py").exists() for root in (ROOT, ROOT / "shared")):
        pytest.fail(f"{statement}: the module is not there")
    assert not {each for each in loaded_after(statement) if each.partition(".")[0] == "shared"}


@pytest.mark.parametrize(
    "statement", ["import twitch", "import twitch.eventsub, twitch.oauth", "import twitch.simulator"]
)
def test_the_client_library_needs_no_fleet(statement: str) -> None:
    packages = {each.partition(".")[0] for each in loaded_after(statement)}
    assert not packages & {"redis", "arq", "prometheus_client", "structlog", "fleet", "coordinator", "shard_worker"}


def test_a_worker_loads_nothing_of_coordinators_and_handlers() -> None:
    packages = {each.partition(".")[0] for each in loaded_after("import shard_worker.__main__")}
    assert not packages & {"coordinator", "arq"}


@pytest.mark.parametrize(
    "core", ["coordinator.assignment", "coordinator.reconcile", "fleet.lease", "shard_worker.placement"]
)
def test_a_pure_core_reads_no_clock_and_does_no_io(core: str) -> None:
    """By its own imports and those of the modules of ours that it imports by name."""
    path = next(each for each in MODULES if name(each).removeprefix("shared/") == f"{core.replace('.', '/')}.py")
    imported = {
        each.name if isinstance(node, ast.Import) else node.module or ""
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for each in node.names
    }
    assert not {each.partition(".")[0] for each in imported} & {
        "asyncio",
        "aiohttp",
        "redis",
        "time",
        "datetime",
        "random",
    }


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_a_module_says_what_it_is_for(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    assert ast.get_docstring(tree), f"{name(path)} has no docstring"


@pytest.mark.parametrize("path", [path for path in MODULES if name(path) != "shared/fleet/metrics.py"], ids=name)
def test_metrics_are_declared_in_one_module(path: Path) -> None:
    """Dashboards and alert rules are held to that one."""
    tree = ast.parse(path.read_text("utf-8"))
    imported = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(METRIC_MODULES)
        for alias in node.names
    }
    assert not imported & METRIC_KINDS
    called = {
        node.func.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id in {"prometheus_client", "metrics"}
    }
    assert not called & METRIC_KINDS


def test_a_script_says_what_it_takes_and_returns() -> None:
    scripts = sorted((ROOT / "shared/fleet/scripts").glob("*.lua"))
    assert scripts
    for script in scripts:
        head = [line for line in script.read_text("utf-8").splitlines() if line.startswith("--")]
        assert any("KEYS" in line for line in head), script.name


def test_whoever_is_new_to_the_coordinator_finds_each_of_its_modules() -> None:
    """In the table that its package begins with."""
    package = ROOT / "coordinator"
    described = ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""
    modules = {path.stem for path in package.glob("*.py")} - {"__init__", "__main__"}

    assert {each for each in modules if f"`{each}`" not in described} == set()
