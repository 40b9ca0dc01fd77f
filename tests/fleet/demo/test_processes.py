"""The environments: what each process gets, and above all what a worker does not get."""

from __future__ import annotations

from pathlib import Path

from fleet.demo.processes import Site, clean, handler_command
from fleet.settings import load

SITE = Site(
    redis_url="redis://127.0.0.1:7777/0",
    simulator_url="http://127.0.0.1:9999",
    shards=4,
    app="live_alert:alerts",
    app_path=Path("examples"),
    client_secret="client-secret",
    token_key="c2ltdWxhdG9yLW9ubHktLW5vdC1hLXNlY3JldC1rZXk=",
    admin_token="admin-token",
)
SECRETS = (SITE.client_secret, SITE.token_key, SITE.admin_token)


def test_a_worker_gets_no_credentials() -> None:
    environment = SITE.worker("worker-1")

    assert not {"TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "FLEET_TOKEN_KEYS", "FLEET_ADMIN_TOKEN"} & set(environment)
    assert not set(SECRETS) & set(environment.values())


def test_every_process_reads_its_settings_and_finds_the_simulator() -> None:
    for environment in (SITE.worker("worker-1"), SITE.coordinator(), SITE.program()):
        settings = load(environment)
        assert settings.addresses.eventsub_url == "ws://127.0.0.1:9999/ws"
        assert settings.addresses.api_url == "http://127.0.0.1:9999/helix"
        assert (settings.http_host, settings.http_port) == ("127.0.0.1", 0)


def test_settings_around_the_demo_do_not_reach_it() -> None:
    around = {"PATH": "/bin", "REDIS_URL": "redis://prod", "TWITCH_CLIENT_SECRET": "real", "FLEET_NAMESPACE": "prod"}

    assert clean(around) == {"PATH": "/bin"}


def test_secrets_are_in_no_repr() -> None:
    assert not any(secret in repr(SITE) for secret in SECRETS)


def test_the_handlers_are_started_by_arq() -> None:
    assert handler_command()[-1] == "fleet.handlers.WorkerSettings"
