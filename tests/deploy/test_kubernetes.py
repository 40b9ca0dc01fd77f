"""deploy/kubernetes: valid against Kubernetes' schemas, confined, and as long in stopping as the processes need.

The kustomizations use few features (resources, namespace, generators, merging into what is generated), so that
`assembled` can put them together here; where kubectl is installed, a test holds it to what kubectl makes of them.
"""

import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from fleet.settings import load, rows

KUBERNETES = Path(__file__).parents[2] / "deploy/kubernetes"
BASE, SIMULATOR = KUBERNETES / "base", KUBERNETES / "overlays/simulator"
VERSIONS = ("1.30.0", kubernetes_validate.latest_version())
DEFAULTS = {variable: default for variable, default, _ in rows()}
CREDENTIALS = {"TWITCH_CLIENT_ID", "TWITCH_CLIENT_SECRET", "FLEET_TOKEN_KEYS", "FLEET_ADMIN_TOKEN"}
PROCESSES = ("coordinator", "shard-worker", "handler")

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Assembly:
    """What a kustomization amounts to: its resources, and the data of its generated ConfigMaps and Secrets by name."""

    resources: list[Document] = field(default_factory=list)
    config: dict[str, dict[str, str]] = field(default_factory=dict)
    secret: dict[str, dict[str, str]] = field(default_factory=dict)

    def pods(self) -> dict[str, Document]:
        """Pod specs by the name of what makes them."""
        made = (document for document in self.resources if "template" in document.get("spec", {}))
        return {document["metadata"]["name"]: document["spec"]["template"]["spec"] for document in made}

    def environment(self, name: str) -> dict[str, str]:
        """What the container of a pod finds in its environment, as far as the kustomization says it."""
        found: dict[str, str] = {}
        for source in self.pods()[name]["containers"][0].get("envFrom", []):
            if "configMapRef" in source:
                found |= self.config[source["configMapRef"]["name"]]
            else:
                found |= self.secret.get(source["secretRef"]["name"], {})
        return found


def documents(path: Path) -> list[Document]:
    return list(yaml.safe_load_all(path.read_text("utf-8")))


def generated(folder: Path, generator: Mapping[str, Any]) -> dict[str, str]:
    assert generator.keys() <= {"name", "behavior", "literals", "files"}
    literals = dict(literal.split("=", 1) for literal in generator.get("literals", []))
    return literals | {name: (folder / name).read_text("utf-8") for name in generator.get("files", [])}


def assembled(folder: Path) -> Assembly:
    kustomization = yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))
    assert kustomization.keys() <= {
        "apiVersion",
        "kind",
        "namespace",
        "resources",
        "configMapGenerator",
        "secretGenerator",
    }
    whole = Assembly()
    for name in kustomization.get("resources", []):
        if (folder / name).is_dir():
            inner = assembled(folder / name)
            whole.resources.extend(inner.resources)
            whole.config.update(inner.config)
            whole.secret.update(inner.secret)
        else:
            whole.resources.extend(documents(folder / name))
    for kind, into in (("configMapGenerator", whole.config), ("secretGenerator", whole.secret)):
        for generator in kustomization.get(kind, []):
            merging = generator.get("behavior") == "merge"
            assert (generator["name"] in into) == merging, generator["name"]
            into[generator["name"]] = into.get(generator["name"], {}) | generated(folder, generator)
    return whole


def manifests() -> list[Path]:
    return sorted(path for path in KUBERNETES.rglob("*.yaml") if path.name != "kustomization.yaml")


def configmap_and_secret_names(pod: Document) -> Iterator[str]:
    for container in pod["containers"]:
        for source in container.get("envFrom", []):
            yield next(iter(source.values()))["name"]
    for volume in pod.get("volumes", []):
        if "configMap" in volume:
            yield volume["configMap"]["name"]


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("path", manifests(), ids=lambda path: path.name)
def test_a_manifest_is_what_kubernetes_takes(path: Path, version: str) -> None:
    for document in documents(path):
        kubernetes_validate.validate(document, version, strict=True)


@pytest.mark.parametrize("folder", [BASE, SIMULATOR], ids=["base", "simulator"])
def test_every_manifest_of_a_folder_is_in_its_kustomization(folder: Path) -> None:
    named = {
        name
        for name in yaml.safe_load((folder / "kustomization.yaml").read_text("utf-8"))["resources"]
        if "/" not in name
    }

    assert named == {path.name for path in folder.glob("*.yaml")} - {"kustomization.yaml", "secret.example.yaml"}


@pytest.mark.parametrize("folder", [BASE, SIMULATOR], ids=["base", "simulator"])
@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kubectl_makes_the_same_of_it(folder: Path) -> None:
    made = subprocess.run(["kubectl", "kustomize", str(folder)], check=True, capture_output=True, timeout=60).stdout
    theirs: list[Document] = list(yaml.safe_load_all(made))
    ours = assembled(folder)

    def bare(document: Document) -> tuple[str, str]:
        name: str = document["metadata"]["name"]
        return document["kind"], name.rpartition("-")[0] if document["kind"] in {"ConfigMap", "Secret"} else name

    expected = [(document["kind"], document["metadata"]["name"]) for document in ours.resources]
    expected += [("ConfigMap", name) for name in ours.config] + [("Secret", name) for name in ours.secret]
    assert sorted(map(bare, theirs)) == sorted(expected)
    for document in theirs:
        kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)
        if document["kind"] == "ConfigMap":
            assert document["data"] == ours.config[bare(document)[1]]


@pytest.mark.parametrize("folder", [BASE, SIMULATOR], ids=["base", "simulator"])
def test_what_a_pod_refers_to_is_there(folder: Path) -> None:
    whole = assembled(folder)
    [example] = documents(BASE / "secret.example.yaml")
    there = whole.config.keys() | whole.secret.keys() | {example["metadata"]["name"]}

    for pod in whole.pods().values():
        assert set(configmap_and_secret_names(pod)) <= there


@pytest.mark.parametrize("name", [*PROCESSES, "redis", "simulator"])
def test_a_pod_is_confined(name: str) -> None:
    pod = assembled(SIMULATOR).pods()[name]

    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC", "initContainers"} & pod.keys()
    for container in pod["containers"]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert container["resources"].keys() == {"requests", "limits"}


def test_the_namespace_lets_nothing_else_in() -> None:
    [namespace] = [document for document in assembled(BASE).resources if document["kind"] == "Namespace"]

    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


@pytest.mark.parametrize("name", PROCESSES)
def test_a_pod_is_asked_how_it_is_on_the_pages_that_every_process_has(name: str) -> None:
    [container] = assembled(BASE).pods()[name]["containers"]

    assert container["livenessProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["startupProbe"]["httpGet"] == {"path": "/healthz", "port": "http"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert container["ports"] == [{"name": "http", "containerPort": int(DEFAULTS["FLEET_HTTP_PORT"])}]


@pytest.mark.parametrize("name", PROCESSES)
def test_a_pod_runs_what_its_compose_service_runs(name: str) -> None:
    services = yaml.safe_load((KUBERNETES.parents[1] / "docker-compose.yml").read_text("utf-8"))["services"]

    assert assembled(BASE).pods()[name]["containers"][0]["command"] == services[name.replace("-", "_")]["command"]


@pytest.mark.parametrize(
    ("name", "setting"), [("shard-worker", "FLEET_DRAIN_SECONDS"), ("handler", "FLEET_HANDLER_TIMEOUT_SECONDS")]
)
def test_a_stopping_pod_is_given_longer_than_it_needs(name: str, setting: str) -> None:
    whole = assembled(BASE)

    assert whole.pods()[name]["terminationGracePeriodSeconds"] >= float(whole.environment(name)[setting]) + 10


def test_a_rollout_starts_a_worker_before_it_stops_one() -> None:
    for document in assembled(BASE).resources:
        if document["kind"] == "Deployment":
            assert document["spec"]["strategy"] == {"rollingUpdate": {"maxSurge": 1, "maxUnavailable": 0}}


@pytest.mark.parametrize("name", PROCESSES)
def test_an_eviction_takes_one_pod_at_a_time_and_metrics_have_a_name(name: str) -> None:
    resources = {
        (document["kind"], document["metadata"]["name"]): document["spec"]
        for document in assembled(BASE).resources
        if "spec" in document
    }
    labels = resources["Deployment", name]["template"]["metadata"]["labels"]

    assert resources["PodDisruptionBudget", name]["maxUnavailable"] == 1
    assert resources["PodDisruptionBudget", name]["selector"]["matchLabels"].items() <= labels.items()
    assert resources["Service", f"{name}-metrics"]["selector"].items() <= labels.items()


def test_only_the_fleet_reaches_its_redis() -> None:
    whole = assembled(SIMULATOR)
    [policy] = [document["spec"] for document in whole.resources if document["kind"] == "NetworkPolicy"]
    [allowed] = policy["ingress"][0]["from"]

    assert policy["podSelector"]["matchLabels"] == {"app.kubernetes.io/name": "redis"}
    for document in whole.resources:
        if document["kind"] == "Deployment":
            assert (
                allowed["podSelector"]["matchLabels"].items()
                <= document["spec"]["template"]["metadata"]["labels"].items()
            )


@pytest.mark.parametrize("folder", [BASE, SIMULATOR], ids=["base", "simulator"])
def test_every_variable_is_a_setting_of_the_fleet(folder: Path) -> None:
    whole = assembled(folder)
    [example] = documents(BASE / "secret.example.yaml")
    settings = {name: data for name, data in (whole.config | whole.secret).items() if name != "redis-config"}

    for data in [*settings.values(), example["stringData"]]:
        assert data.keys() <= DEFAULTS.keys()


@pytest.mark.parametrize("name", PROCESSES)
def test_the_environment_of_a_pod_makes_sense_to_its_process(name: str) -> None:
    plain, simulated = (load(assembled(folder).environment(name)) for folder in (BASE, SIMULATOR))

    assert plain.addresses == load({}).addresses
    assert simulated.addresses.api_url == "http://simulator:9000/helix"
    assert plain.redis_url == "redis://redis:6379/0"


def test_a_worker_spools_to_a_volume_with_room_for_it() -> None:
    whole = assembled(BASE)
    settings, worker = load(whole.environment("shard-worker")), whole.pods()["shard-worker"]
    [mounted] = [mount for mount in worker["containers"][0]["volumeMounts"] if mount["mountPath"] == settings.spool_dir]
    [volume] = [volume for volume in worker["volumes"] if volume["name"] == mounted["name"]]

    assert int(volume["emptyDir"]["sizeLimit"].removesuffix("Gi")) * 2**30 > settings.spool_bytes_max
    assert worker["securityContext"]["fsGroup"] == worker["securityContext"]["runAsGroup"]


def test_workers_are_given_no_secret() -> None:
    worker = assembled(SIMULATOR).pods()["shard-worker"]

    assert not assembled(SIMULATOR).environment("shard-worker").keys() & CREDENTIALS
    assert all("secretRef" not in source for source in worker["containers"][0]["envFrom"])
    assert all("env" not in container for container in worker["containers"])
    assert all("secret" not in volume for volume in worker["volumes"])


def test_the_example_of_the_secret_holds_none() -> None:
    [example] = documents(BASE / "secret.example.yaml")

    assert example["stringData"].keys() == CREDENTIALS
    assert not any(example["stringData"].values())
