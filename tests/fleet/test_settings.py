"""The configuration: one sentence for a wrong value, no secret shown, empty means absent."""

from __future__ import annotations

import dataclasses

import pytest

from fleet.settings import Secret, SettingError, Settings, load, load_or_exit, process_id, rows, stop

FERNET = "A" * 43 + "="


def sentence(**environ: str) -> str:
    with pytest.raises(SettingError) as raised:
        load(environ)
    return str(raised.value)


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load({}) == Settings()
    assert load({}).redis_url == "redis://127.0.0.1:6379/0"


def test_every_row_names_its_variable_default_and_reason() -> None:
    table = rows()
    assert len({variable for variable, _, _ in table}) == len(table)
    assert all(variable and doc for variable, _, doc in table)
    assert {row.name for row in dataclasses.fields(Settings) if not row.metadata} == {"addresses"}


def test_every_default_passes_the_door_that_values_pass() -> None:
    assert load({variable: default for variable, default, _ in rows()}) == load({})


def test_an_empty_variable_counts_as_absent() -> None:
    assert load({variable: "" for variable, _, _ in rows()}) == load({})


def test_values_are_read() -> None:
    given = load(
        {
            "TWITCH_API_URL": "http://127.0.0.1:9000/helix/",
            "REDIS_URL": "rediss://user:pass@cache:6380/1",
            "FLEET_SHARDS_MIN": "8",
            "FLEET_FLUSH_SECONDS": "0.002",
            "FLEET_RECONNECT_HOSTS": "a.example.org, Example.net",
            "FLEET_PARTITIONS": "channel.chat.message=8, channel.follow=2",
            "FLEET_TOKEN_KEYS": f"{FERNET}, {FERNET}",
            "FLEET_APP": "live_alert:alerts",
        }
    )
    assert given.addresses.api_url == "http://127.0.0.1:9000/helix"
    assert given.redis_url == "rediss://user:pass@cache:6380/1"
    assert (given.shards_min, given.flush_seconds) == (8, 0.002)
    assert given.partitions == {"channel.chat.message": 8, "channel.follow": 2}
    assert given.reconnect_hosts == ("a.example.org", "example.net")
    assert given.token_keys == (FERNET, FERNET)
    assert given.app_group == "alerts"


@pytest.mark.parametrize(
    ("environ", "group"),
    [({}, "handlers"), ({"FLEET_APP": "a.b:c"}, "c"), ({"FLEET_APP": "a:c", "FLEET_GROUP": "mine"}, "mine")],
)
def test_the_group_is_the_apps_name_unless_it_is_set(environ: dict[str, str], group: str) -> None:
    assert load(environ).app_group == group


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("FLEET_SHARDS_MIN", "0"),
        ("FLEET_SHARDS_MIN", "20001"),
        ("FLEET_SHARDS_MIN", "four"),
        ("FLEET_SHARDS_MAX", "0"),
        ("FLEET_SHARDS_MAX", "20001"),
        ("FLEET_SHARDS_MIN", "1.5"),
        ("FLEET_SHARDS_MIN", "9" * 50),
        ("FLEET_LEASE_TTL_SECONDS", "soon"),
        ("FLEET_LEASE_TTL_SECONDS", "nan"),
        ("FLEET_LEASE_TTL_SECONDS", "inf"),
        ("FLEET_LEASE_TTL_SECONDS", "0.1"),
        ("FLEET_MEMBER_TTL_SECONDS", "1.5"),
        ("FLEET_NAMESPACE", "two words"),
        ("FLEET_NAMESPACE", "a" * 65),
        ("FLEET_APP", "live_alert"),
        ("FLEET_APP", "live_alert:alerts.run()"),
        ("FLEET_PARTITIONS", "chat"),
        ("FLEET_RECONNECT_HOSTS", "tv"),
        ("FLEET_RECONNECT_HOSTS", "127.0.0.1"),
        ("FLEET_RECONNECT_HOSTS", "example.org,*"),
        ("FLEET_PARTITIONS", "chat=0"),
        ("FLEET_PARTITIONS", "chat=1001"),
        ("FLEET_PARTITIONS", "chat=²"),
        ("FLEET_HTTP_PORT", "65536"),
        ("FLEET_LOG_LEVEL", "loud"),
        ("FLEET_LOG_FORMAT", "xml"),
        ("REDIS_URL", "localhost:6379"),
        ("REDIS_URL", "redis://[::1"),
        ("REDIS_URL", "redis://host:port/0"),
        ("TWITCH_API_URL", "api.twitch.tv/helix"),
        ("TWITCH_API_URL", "http://["),
        ("TWITCH_AUTH_URL", "https://"),
        ("TWITCH_EVENTSUB_URL", "https://eventsub.wss.twitch.tv/ws"),
        ("FLEET_TOKEN_KEYS", "too short"),
    ],
)
def test_a_wrong_value_is_one_sentence_that_begins_with_its_variable(variable: str, value: str) -> None:
    said = sentence(**{variable: value})
    assert said.startswith(f"{variable} ")
    assert " must " in said or " below " in said
    assert "\n" not in said
    assert len(said) < 400


def test_the_upper_bound_of_the_shards_is_not_below_the_lower_one_and_without_one_they_are_fixed() -> None:
    assert load({"FLEET_SHARDS_MIN": "8"}).shards_max == 0
    assert load({"FLEET_SHARDS_MIN": "8", "FLEET_SHARDS_MAX": "8"}).shards_max == 8
    assert sentence(FLEET_SHARDS_MIN="8", FLEET_SHARDS_MAX="7") == (
        "FLEET_SHARDS_MAX is 7; it must not be below FLEET_SHARDS_MIN, 8"
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("REDIS_URL", "http://user:hunter2@host"),
        ("REDIS_URL", "redis://user:hunter2@[::1"),
        ("REDIS_URL", "redis://user:hunter2@host:port"),
        ("REDIS_URL", "redis://user:hunter2℀@host"),
        ("FLEET_TOKEN_KEYS", f"{FERNET},hunter2"),
    ],
)
def test_no_sentence_shows_a_secret(variable: str, value: str) -> None:
    assert "hunter2" not in sentence(**{variable: value})


def test_nothing_shows_a_secret() -> None:
    given = load(
        {
            "TWITCH_CLIENT_SECRET": "hunter2",
            "REDIS_URL": "redis://:hunter2@host",
            "FLEET_TOKEN_KEYS": FERNET,
            "FLEET_ADMIN_TOKEN": "hunter2",
        }
    )
    assert "hunter2" not in repr(given)
    assert FERNET not in repr(given)
    assert given.client_secret == "hunter2"
    assert repr(Secret("")) == "Secret('')", "one sees whether there is one"


def test_what_a_process_needs_must_be_there() -> None:
    with pytest.raises(SettingError, match=r"^TWITCH_CLIENT_ID is not set\. Client id"):
        load({"TWITCH_CLIENT_ID": ""}, need=("TWITCH_CLIENT_ID",))
    assert load({"TWITCH_CLIENT_ID": "x"}, need=("TWITCH_CLIENT_ID",)).client_id == "x"


def test_a_process_ends_with_that_sentence_and_code_2(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FLEET_SHARDS_MIN", "none")
    with pytest.raises(SystemExit) as ended:
        load_or_exit()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "FLEET_SHARDS_MIN is 'none'; it must be a whole number from 1 to 20000.\n"
    with pytest.raises(SystemExit):
        stop("It ends with one full stop.")
    assert capsys.readouterr().err == "It ends with one full stop.\n"


def test_no_two_lives_share_a_name() -> None:
    assert process_id("w").startswith("w-")
    assert len({process_id() for _ in range(50)}) == 50
