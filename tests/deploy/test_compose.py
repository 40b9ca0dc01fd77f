"""docker-compose.yml and .env.example: what a machine that runs them relies on."""

import os
import re
import subprocess
import sys
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml

from fleet.settings import SettingError, load, rows

ROOT = Path(__file__).parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("coordinator", "shard_worker", "handler", "simulator")
DEFAULTS = {variable: default for variable, default, _ in rows()}

# What one value for all containers cannot set: a name of each, and the ports that healthchecks and Prometheus count on.
PER_CONTAINER = {"FLEET_WORKER_ID", "FLEET_HTTP_HOST", "FLEET_HTTP_PORT", "FLEET_ADMIN_HOST", "FLEET_ADMIN_PORT"}
# What compose itself reads.
COMPOSE_ONLY = {"COMPOSE_PROFILES", "FLEET_APP_PATH", "SIMULATOR_TRAFFIC", "SIMULATOR_CHANNELS"}
CREDENTIALS = {"TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "FLEET_TOKEN_KEYS", "FLEET_ADMIN_TOKEN"}


def env_example() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text("utf-8").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def interpolated(value: str, environ: Mapping[str, str]) -> str:
    """`${NAME:-default}` as compose reads it; no other form is in the file."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: environ.get(found[1]) or found[2], value)


def environment(service: str, environ: Mapping[str, str] | None = None) -> dict[str, str]:
    given = SERVICES[service].get("environment", {})
    return {name: interpolated(value, environ or {}) for name, value in given.items()}


def seconds(text: str) -> float:
    assert text.endswith("s"), text
    return float(text.removesuffix("s"))


@pytest.mark.parametrize("service", OURS)
def test_no_variable_is_a_misspelt_setting(service: str) -> None:
    assert environment(service).keys() <= DEFAULTS.keys()


def test_every_setting_can_be_given_in_the_env_file() -> None:
    passed_on = environment("coordinator").keys()

    missing = DEFAULTS.keys() - passed_on - PER_CONTAINER
    assert not missing, f"pass them on in docker-compose.yml, under x-settings or x-program: {sorted(missing)}"


def test_the_processes_differ_only_in_what_workers_must_not_have() -> None:
    for service in ("shard_worker", "handler"):
        assert environment(service).keys() < environment("coordinator").keys()
    assert environment("coordinator").keys() - environment("handler").keys() == {"FLEET_ADMIN_TOKEN"}


def test_workers_get_no_credentials() -> None:
    assert not environment("shard_worker", env_example()).keys() & CREDENTIALS
    assert "env_file" not in SERVICES["shard_worker"]


@pytest.mark.parametrize("service", ["coordinator", "shard_worker", "handler"])
def test_settings_left_alone_are_the_programs_defaults(service: str) -> None:
    differing = {name for name, value in environment(service).items() if value not in ("", DEFAULTS[name])}

    assert differing == {"REDIS_URL", "FLEET_SPOOL_DIR"}


def test_workers_spool_to_a_volume_that_the_image_prepares_for_their_user() -> None:
    folder = environment("shard_worker")["FLEET_SPOOL_DIR"]
    dockerfile = (ROOT / "deploy/Dockerfile").read_text("utf-8")
    [user] = re.findall(r"^USER (\S+)$", dockerfile, re.MULTILINE)
    prepared = re.findall(r"^COPY --from=build --chown=(\S+) (\S+) (\S+)$", dockerfile, re.MULTILINE)

    assert SERVICES["shard_worker"]["volumes"] == [f"spool:{folder}"]
    assert f"RUN mkdir -p {folder}\n" in dockerfile
    assert prepared == [(user, str(Path(folder).parent), str(Path(folder).parent))]


def test_the_env_file_as_shipped_names_nothing_unknown() -> None:
    assert env_example().keys() <= DEFAULTS.keys() | COMPOSE_ONLY


def test_the_env_file_as_shipped_runs_against_the_simulator() -> None:
    shipped = env_example()
    settings = load(environment("coordinator", shipped))

    assert shipped["COMPOSE_PROFILES"] in SERVICES["simulator"]["profiles"]
    assert settings.addresses.api_url == "http://simulator:9000/helix"
    assert settings.addresses.auth_url == "http://simulator:9000/oauth2"
    assert settings.addresses.eventsub_url == "ws://simulator:9000/ws"
    assert load(environment("shard_worker", shipped)).addresses == settings.addresses


def test_without_the_simulators_lines_the_fleet_talks_to_twitch() -> None:
    kept = {
        name: value
        for name, value in env_example().items()
        if "simulator:9000" not in value and name != "COMPOSE_PROFILES"
    }
    with pytest.raises(SettingError, match="FLEET_TOKEN_KEYS holds the simulator's key"):
        load(environment("coordinator", kept))
    del kept["FLEET_TOKEN_KEYS"]

    assert load(environment("coordinator", kept)).addresses == load({}).addresses
    assert all(not SERVICES[service].get("profiles") for service in SERVICES if service != "simulator")


def test_the_key_in_the_env_file_says_what_it_is() -> None:
    assert load(env_example()).token_keys == (
        "c2ltdWxhdG9yLW9ubHktLW5vdC1hLXNlY3JldC1rZXk=",
    )  # simulator-only--not-a-secret-key


@pytest.mark.parametrize(
    ("service", "setting"), [("shard_worker", "FLEET_DRAIN_SECONDS"), ("handler", "FLEET_HANDLER_TIMEOUT_SECONDS")]
)
def test_a_stopping_process_is_given_longer_than_it_needs(service: str, setting: str) -> None:
    assert seconds(SERVICES[service]["stop_grace_period"]) >= float(DEFAULTS[setting]) + 10


@pytest.mark.parametrize("service", ["shard_worker", "handler", "coordinator"])
def test_a_service_that_scales_claims_nothing_that_two_cannot_share(service: str) -> None:
    assert not {"container_name", "ports", "hostname"} & SERVICES[service].keys()


@pytest.mark.parametrize("service", OURS)
def test_our_containers_are_confined_and_watched(service: str) -> None:
    container = SERVICES[service]

    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert container["security_opt"] == ["no-new-privileges:true"]
    assert container["init"] is True
    assert container["restart"] == "unless-stopped"
    assert container["healthcheck"]["test"][:3] == ["CMD", "python", "-c"]
    compile(container["healthcheck"]["test"][3], service, "exec")


def test_what_is_published_is_published_on_this_machine_alone() -> None:
    published = [port for container in SERVICES.values() for port in container.get("ports", [])]

    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_two_coordinators_run() -> None:
    assert SERVICES["coordinator"]["deploy"] == {"replicas": 2}


def test_redis_runs_with_the_fleets_configuration() -> None:
    source, target, _ = SERVICES["redis"]["volumes"][0].split(":")
    conf = (ROOT / source).read_text("utf-8")
    directives = dict(line.split(maxsplit=1) for line in conf.splitlines() if line and not line.startswith("#"))

    assert SERVICES["redis"]["command"] == ["redis-server", target]
    assert directives["appendonly"] == "yes"
    assert directives["appendfsync"] == "everysec"
    assert directives["maxmemory-policy"] == "noeviction"
    assert directives["maxmemory"] == "1gb"


def test_what_is_mounted_from_the_project_exists() -> None:
    mounted = [
        interpolated(volume, {}).split(":")[0]
        for container in SERVICES.values()
        for volume in container.get("volumes", [])
    ]

    assert [path for path in mounted if path.startswith("./") and not (ROOT / path).exists()] == []
    assert {path for path in mounted if not path.startswith("./")} == COMPOSE["volumes"].keys()


def test_both_parsers_can_read_the_file() -> None:
    # docker-compose 1.29 knows no `include`, no `develop` and no `pull_policy: build`; v2 warns of `version`.
    assert not {"version", "include", "configs", "secrets"} & COMPOSE.keys()
    assert not any({"develop", "env_file", "pull_policy"} & container.keys() for container in SERVICES.values())


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["/api/fleet"], ("GET", "/api/fleet", "Bearer secret", b"")),
        (["/api/conduit", '{"shard_count": 12}'], ("POST", "/api/conduit", "Bearer secret", b'{"shard_count": 12}')),
    ],
)
def test_what_the_readme_runs_in_a_coordinators_container_asks_its_admin_api(
    arguments: list[str], expected: tuple[str, str, str, bytes]
) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    [indented] = re.findall(r"exec -T coordinator python -c '\n(.*?)' \"\$@\"", readme, re.DOTALL)
    asked: list[tuple[str, str, str, bytes]] = []

    class Api(BaseHTTPRequestHandler):
        def answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            asked.append((self.command, self.path, self.headers["Authorization"], body))
            self.send_response(400)  # a refusal's sentence is to be seen too
            self.end_headers()
            self.wfile.write(b"the answer")

        do_GET = do_POST = answer  # noqa: N815 - http.server's own names

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Api) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        program = re.sub(r"^    ", "", indented, flags=re.MULTILINE).replace(
            DEFAULTS["FLEET_ADMIN_PORT"], str(server.server_port)
        )
        ran = subprocess.run(
            [sys.executable, "-c", program, *arguments],
            env={**os.environ, "FLEET_ADMIN_TOKEN": "secret"},
            capture_output=True,
            timeout=60,
            check=True,
        )
        server.shutdown()

    assert ran.stdout == b"the answer\n"
    assert asked == [expected]
