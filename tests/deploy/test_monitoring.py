"""The dashboard and the alert rules name metrics and labels that exist, and Prometheus looks for processes that run."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.metrics import MetricWrapperBase

from fleet import metrics

ROOT = Path(__file__).parents[2]
DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/conduit-fleet.json").read_text("utf-8"))
RULES = yaml.safe_load((ROOT / "deploy/prometheus/rules.yml").read_text("utf-8"))
PROMETHEUS = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text("utf-8"))
FROM_THE_SCRAPE = {"instance", "job"}


def declared() -> dict[str, set[str]]:
    """Name of every sample that a process can show → its labels; `up` is Prometheus' own."""
    found: dict[str, set[str]] = {"up": set()}
    for metric in vars(metrics).values():
        if not isinstance(metric, metrics.BatchHistogram | MetricWrapperBase):
            continue
        labels = set(metric._labelnames) if isinstance(metric, MetricWrapperBase) else set()
        for family in metric.describe():
            if family.type == "counter":
                found[f"{family.name}_total"] = labels
            elif family.type == "histogram":
                found[f"{family.name}_bucket"] = labels | {"le"}
                found |= dict.fromkeys((f"{family.name}_sum", f"{family.name}_count"), labels)
            else:
                found[family.name] = labels
    return found


def read(expression: str) -> tuple[set[str], set[str]]:
    """Names of the metrics and of the labels in a PromQL expression. What this reader does not know fails the test."""
    rest = re.sub(r"\"[^\"]*\"|\[[^]]*\]", "", expression)
    labels = set(re.findall(r"(\w+) *(?:=~|!~|!=|=(?!=))", rest))
    rest = re.sub(r"\{[^}]*\}", "", rest)
    for group in re.findall(r"\b(?:by|without|on|ignoring|group_left|group_right) *\(([^)]*)\)", rest):
        labels |= set(re.findall(r"\w+", group))
    rest = re.sub(r"\b(?:by|without|on|ignoring|group_left|group_right) *\([^)]*\)", "", rest)
    rest = re.sub(r"\boffset +\d+[smhd]|\b(?:and|or|unless|bool)\b|\b[a-z_]+ *(?=\()", " ", rest)
    names = set(re.findall(r"[A-Za-z_:][\w:]*", rest))
    left = re.sub(r"[A-Za-z_:][\w:]*|[\d.]+|[-+*/%<>=!(), \n]", "", rest)
    assert not left, f"{left!r} in {expression}"
    return names, labels


def expressions() -> Iterator[tuple[str, str]]:
    for panel in DASHBOARD["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for group in RULES["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("sum by (reason) (rate(a_total[$__rate_interval]))", ({"a_total"}, {"reason"})),
        ("histogram_quantile(0.99, sum by (le) (rate(b_bucket[5m])))", ({"b_bucket"}, {"le"})),
        ("max(c and on (instance) (d == 1)) > 30", ({"c", "d"}, {"instance"})),
        ('e_total{status=~"5.."} unless e_total offset 5m', ({"e_total"}, {"status"})),
        ("(sum(f) or vector(0)) == 0", ({"f"}, set())),
    ],
)
def test_the_reader_of_expressions(expression: str, expected: tuple[set[str], set[str]]) -> None:
    assert read(expression) == expected


@pytest.mark.parametrize(("title", "expression"), list(expressions()))
def test_an_expression_names_metrics_and_labels_that_exist(title: str, expression: str) -> None:
    known = declared()
    names, labels = read(expression)

    assert names
    assert names <= known.keys()
    assert labels <= set().union(*(known[name] for name in names)) | FROM_THE_SCRAPE


@pytest.mark.parametrize("panel", DASHBOARD["panels"], ids=lambda panel: panel["title"])
def test_a_legend_shows_labels_that_its_expression_keeps(panel: dict[str, Any]) -> None:
    for target in panel["targets"]:
        _, labels = read(target["expr"])
        assert set(re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])) <= labels


def test_the_dashboard_shows_what_the_fleet_is_watched_by() -> None:
    shown = set().union(*(read(expression)[0] for _, expression in expressions()))

    assert shown >= {
        "eventsub_reconnects_total",
        "eventsub_revocations_total",
        "eventsub_notifications_total",
        "eventsub_twitch_to_socket_seconds_bucket",
        "eventsub_socket_to_stream_seconds_bucket",
        "eventsub_socket_to_handler_seconds_bucket",
        "conduit_shards",
        "conduit_dark_seconds",
        "stream_lag_events",
        "handler_dead_letters_total",
        "helix_requests_total",
        "helix_rate_limit_remaining",
        "fleet_leader",
        "fleet_members",
    }


@pytest.mark.parametrize(
    ("bad_day", "metric"),
    [
        ("Helix fails, or refuses by either of its limits", "helix_requests_total"),
        ("the rate limit is used up", "helix_rate_limit_remaining"),
        ("bindings are refused inside an answer that is none", "conduit_bindings_refused_total"),
        ("no token is to be had, Twitch lists nothing, a program does not get ready", "fleet_trouble"),
        ("sockets are closed with codes of all kinds, or fall silent", "eventsub_reconnects_total"),
        ("events come twice", "eventsub_duplicates_total"),
        ("frames are garbage", "eventsub_disturbances_total"),
        ("the conduit is deleted", "conduit_lost_total"),
        ("a shard is disabled, and the notice is lost or never sent", "conduit_shards_called_down_total"),
        ("a notice can't be read", "conduit_notices_total"),
        ("a shard stays dark", "conduit_dark_seconds"),
        ("nobody leads", "fleet_leader"),
        ("Redis comes back empty", "fleet_redis_lost_total"),
        ("events are given up", "fleet_dropped_events_total"),
        ("trimming comes near a group", "stream_group_margin_ratio"),
    ],
)
def test_an_alert_stands_on_every_bad_day(bad_day: str, metric: str) -> None:
    alerts = [rule["alert"] for rule in RULES["groups"][0]["rules"] if metric in read(rule["expr"])[0]]

    assert alerts, bad_day


def test_what_loses_events_wakes_somebody_up_and_what_twitch_does_to_us_can_wait() -> None:
    severities = {rule["alert"]: rule["labels"]["severity"] for rule in RULES["groups"][0]["rules"]}

    assert {alert for alert, severity in severities.items() if severity == "page"} == {
        "NoLeader",
        "ShardDark",
        "EventsDropped",
        "Spooling",
        "SpoolFillsUp",
        "SpoolDiskRefuses",
        "RedisLostItsData",
        "GroupFallsBehind",
        "GroupOverrun",
    }
    assert set(severities.values()) == {"page", "ticket"}


def test_panels_have_ids_of_their_own_and_do_not_overlap() -> None:
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in DASHBOARD["panels"])
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]

    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


def test_prometheus_finds_every_container_of_each_of_our_services() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]
    found = {name for job in PROMETHEUS["scrape_configs"] for sd in job["dns_sd_configs"] for name in sd["names"]}
    ports = {sd["port"] for job in PROMETHEUS["scrape_configs"] for sd in job["dns_sd_configs"]}

    assert found == {"coordinator", "shard_worker", "handler"} & services.keys()
    assert ports == {9100}


def test_grafana_is_provisioned_with_the_prometheus_of_the_compose_file() -> None:
    source = yaml.safe_load((ROOT / "deploy/grafana/provisioning/datasources/prometheus.yml").read_text("utf-8"))
    provider = yaml.safe_load((ROOT / "deploy/grafana/provisioning/dashboards/conduit-fleet.yml").read_text("utf-8"))
    grafana = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))["services"]["grafana"]

    assert source["datasources"][0]["url"] == "http://prometheus:9090"
    assert {panel["datasource"]["uid"] for panel in DASHBOARD["panels"]} == {source["datasources"][0]["uid"]}
    assert f"./deploy/grafana/dashboards:{provider['providers'][0]['options']['path']}:ro" in grafana["volumes"]
    assert "./deploy/grafana/provisioning:/etc/grafana/provisioning:ro" in grafana["volumes"]
