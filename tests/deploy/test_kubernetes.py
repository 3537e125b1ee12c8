"""deploy/kubernetes: sound by the schemas of Kubernetes, closed, probed, limited, autoscaled."""

import shutil
import subprocess
from typing import Any

import kubernetes_validate
import pytest
import yaml
from manifests import DEPLOY, KUBERNETES, KUSTOMIZATION, named, objects, of_kind, read

from cds.settings import PREFIX, Settings

OLDEST, NEWEST = "1.29", kubernetes_validate.latest_version()
WORKLOADS = of_kind("Deployment", "StatefulSet")
CONTAINERS = [one for work in WORKLOADS for one in work["spec"]["template"]["spec"]["containers"]]
kubectl = shutil.which("kubectl")
needs_kubectl = pytest.mark.skipif(kubectl is None, reason="kubectl is not installed")


def name(found: Any) -> str:
    return str(found.get("name") or found["metadata"]["name"])


def label(found: Any) -> str:
    return f"{found['kind']}-{name(found)}"


def rendered(*folders: str) -> list[Any]:
    argv = [str(kubectl), "kustomize", str(KUBERNETES.joinpath(*folders))]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    return list(yaml.safe_load_all(done.stdout))


@pytest.mark.parametrize("version", [OLDEST, NEWEST])
@pytest.mark.parametrize("found", objects(), ids=label)
def test_every_object_is_sound_by_its_schema(found, version):
    assert kubernetes_validate.validate(found, version, strict=True)


@needs_kubectl
@pytest.mark.parametrize("folders", [(), ("base",), ("stores",)])
def test_what_kustomize_makes_of_it_is_sound(folders):
    made = rendered(*folders)
    for found in made:
        assert kubernetes_validate.validate(found, NEWEST, strict=True)
        assert "careladder" in (name(found), found["metadata"].get("namespace"))


def test_every_file_is_used():
    for folder in ("base", "stores"):
        listed = set(read(KUBERNETES / folder / KUSTOMIZATION)["resources"])
        files = {file.name for file in (KUBERNETES / folder).glob("*.yaml")}
        assert listed == files - {KUSTOMIZATION}
    assert read(KUBERNETES / KUSTOMIZATION)["resources"] == ["base", "stores"]


@pytest.mark.parametrize("workload", WORKLOADS, ids=name)
def test_no_pod_is_root_or_speaks_to_the_cluster(workload):
    pod = workload["spec"]["template"]["spec"]
    assert pod["automountServiceAccountToken"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["runAsUser"] > 0
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}


@pytest.mark.parametrize("container", CONTAINERS, ids=name)
def test_every_container_is_closed_limited_and_probed(container):
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    for bound in ("requests", "limits"):
        assert set(container["resources"][bound]) == {"cpu", "memory"}
    assert {"readinessProbe", "startupProbe"} & set(container)


def test_a_web_pod_is_asked_whether_it_lives_and_whether_it_is_ready():
    (web,) = named("Deployment", "web")["spec"]["template"]["spec"]["containers"]
    assert web["livenessProbe"]["httpGet"]["path"] == "/health/live"
    assert web["readinessProbe"]["httpGet"]["path"] == "/health/ready"


def test_a_web_pod_leaves_the_rotation_before_it_is_stopped_and_has_time_to_finish():
    pod = named("Deployment", "web")["spec"]["template"]["spec"]
    command, seconds = pod["containers"][0]["lifecycle"]["preStop"]["exec"]["command"]
    assert command == "sleep"
    assert 0 < int(seconds) <= pod["terminationGracePeriodSeconds"] - 20


@pytest.mark.parametrize("workload", of_kind("Deployment"), ids=name)
def test_a_roll_out_never_has_fewer_pods_than_before(workload):
    assert workload["spec"]["strategy"]["rollingUpdate"]["maxUnavailable"] == 0
    assert name(workload) in map(name, of_kind("PodDisruptionBudget"))


def test_workers_scale_with_the_depth_of_the_queue():
    scaler = named("HorizontalPodAutoscaler", "workers")["spec"]
    (metric,) = [one["external"]["metric"] for one in scaler["metrics"] if "external" in one]
    (rule,) = read(DEPLOY / "prometheus" / "adapter.yaml")["rules"]["external"]
    assert metric["name"] == rule["name"]["as"] == "careladder_queue_depth"
    assert scaler["scaleTargetRef"]["name"] == "workers"


def test_who_may_speak_to_whom_is_closed_by_default():
    policies = {name(one): one["spec"] for one in of_kind("NetworkPolicy")}
    assert policies["nothing-else"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert "ingress" not in policies["workers"]
    (egress,) = policies["workers"]["egress"]
    assert egress["ports"] == [{"protocol": "TCP", "port": 6379}]
    for store, callers in {"valkey": {"web", "workers"}, "postgres": {"web"}}.items():
        (rule,) = policies[store]["ingress"]
        labels = [one["podSelector"]["matchLabels"] for one in rule["from"]]
        assert {label["app.kubernetes.io/component"] for label in labels} == callers


def test_workers_get_the_queue_and_its_key_and_no_other_secret():
    (workers,) = named("Deployment", "workers")["spec"]["template"]["spec"]["containers"]
    secrets = {one["name"] for one in workers["env"] if "secretKeyRef" in one.get("valueFrom", {})}
    assert secrets == {"CDS_SECRET_KEY", "CDS_REDIS_URL"}
    assert "envFrom" not in workers


def test_no_secret_stands_in_a_file_and_every_setting_exists():
    lines = (KUBERNETES / "base" / "settings.env").read_text().splitlines()
    names = {line.partition("=")[0] for line in lines}
    (workers,) = named("Deployment", "workers")["spec"]["template"]["spec"]["containers"]
    names |= {one["name"] for one in workers["env"]}
    assert {name.removeprefix(PREFIX).lower() for name in names} <= set(Settings.model_fields)
    assert not of_kind("Secret")
