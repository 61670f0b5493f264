"""The deployment files are what their schemas demand, and mean what the product understands."""

import json
import re
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import click
import compose_spec
import kubernetes_validate
import pytest
from cloudcoil.models.keda import v1alpha1 as keda
from django.db import connection

from soho.cli.main import main
from tests.deploy import files

KUBERNETES = ["1.32", "1.37"]  # the oldest we promise, and the newest there is
EVERY_ROLE = [
    *files.compose_roles(),
    *files.kubernetes_roles(files.GPU),
    *files.cloud_run_roles(),
]
every_role = pytest.mark.parametrize("role", EVERY_ROLE, ids=lambda role: f"{role.source} {role.name}")


def test_the_dockerfile_passes_its_linter() -> None:
    linter = Path(sysconfig.get_path("scripts")) / "hadolint"
    answer = subprocess.run([linter, files.ROOT / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (answer.returncode, answer.stdout) == (0, "")


def test_the_compose_file_follows_the_specification() -> None:
    spec = compose_spec.PyCompose.from_json(json.dumps(files.compose())).to_spec()
    assert set(spec.services) >= {"web", "live", "video", "image", "upkeep", "beat", "migrate", "postgres"}


def test_a_word_that_compose_does_not_know_is_found() -> None:
    document = files.compose()
    document["services"]["web"]["memm_limit"] = "4g"
    with pytest.raises(ValueError, match="memm_limit"):
        compose_spec.PyCompose.from_json(json.dumps(document)).to_spec()


@pytest.mark.parametrize("version", KUBERNETES)
def test_the_manifests_follow_the_schemas_of_kubernetes(version: str) -> None:
    objects = [item for item in files.kustomized(files.GPU) if "keda.sh" not in item["apiVersion"]]
    assert len(objects) > 12
    for item in [*objects, *files.documents(files.BASE / "secret.example.yaml")]:
        kubernetes_validate.validate(item, version, strict=True)


def test_the_scaling_follows_the_schemas_of_keda() -> None:
    objects = [item for item in files.kustomized(files.GPU) if "keda.sh" in item["apiVersion"]]
    assert {item["kind"] for item in objects} == {"ScaledObject", "TriggerAuthentication"}
    for item in objects:
        read = getattr(keda, item["kind"]).model_validate(item)
        # What the schema does not know, the model drops: nothing may be dropped.
        assert json.loads(read.model_dump_json(by_alias=True, exclude_unset=True)) == item


def test_the_workers_that_are_scaled_exist_and_their_queries_run(db: None) -> None:
    deployments = {
        item["metadata"]["name"] for item in files.kustomized(files.GPU) if item["kind"] == "Deployment"
    }
    scaled = [item for item in files.kustomized(files.GPU) if item["kind"] == "ScaledObject"]
    for item in scaled:
        assert item["spec"]["scaleTargetRef"]["name"] in deployments
        for trigger in item["spec"]["triggers"]:
            with connection.cursor() as cursor:
                cursor.execute(trigger["metadata"]["query"])
                assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("path", sorted(files.CLOUD_RUN.glob("*.yaml")), ids=lambda path: path.stem)
def test_the_pods_of_cloud_run_follow_the_schema_that_they_are_a_part_of(path: Path) -> None:
    (item,) = files.documents(path)
    known = {"Service": "serving.knative.dev/v1"}.get(item["kind"], "run.googleapis.com/v1")
    assert item["apiVersion"] == known
    pod = files.cloud_run_pod(item)
    for own in ("containerConcurrency", "timeoutSeconds", "maxRetries"):
        pod.pop(own, None)
    kubernetes_validate.validate(
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": path.stem}, "spec": pod}, "1.37", strict=True
    )


def test_cloud_run_has_the_sizes_that_the_product_asks_for() -> None:
    (web,) = files.documents(files.CLOUD_RUN / "web.yaml")
    assert web["spec"]["template"]["spec"]["timeoutSeconds"] == 600
    for name in ("web", "video", "image"):
        (item,) = files.documents(files.CLOUD_RUN / f"{name}.yaml")
        assert files.cloud_run_pod(item)["containers"][0]["resources"]["limits"]["memory"] == "4Gi"


@every_role
def test_its_command_is_one_of_ours(role: files.Role) -> None:
    for words in filter(None, [role.command, role.health[1:]]):
        context = click.Context(main)
        name, command, rest = main.resolve_command(context, list(words))
        assert command is not None, name
        command.make_context(name, rest, parent=context)


@every_role
def test_it_is_told_only_what_the_product_reads(role: files.Role) -> None:
    assert role.environment <= files.known_variables()
    assert {"DATABASE_URL", "SOHO_SECRET_KEY", "R2_ACCESS_KEY_ID", "REDIS_HOST"} <= role.environment


@every_role
def test_traces_are_off_until_one_value_is_given(role: files.Role) -> None:
    assert role.off == {"OTEL_EXPORTER_OTLP_ENDPOINT"}


def test_the_image_holds_what_sends_traces_and_is_pinned_as_the_product_is() -> None:
    installed = re.findall(r"--require-hashes -r (\S+)", (files.ROOT / "Dockerfile").read_text())
    assert installed == ["requirements/image.txt"]

    def pins(name: str) -> set[str]:
        text = (files.ROOT / name).read_text()
        return set(re.findall(r"^\S+==[^\s\\]+", text, re.M))

    ours, image = pins("requirements/base.txt"), pins(installed[0])
    assert ours < image
    names = {pin.partition("==")[0] for pin in image - ours}
    assert {"opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http"} <= names


@pytest.mark.parametrize("source", ["compose", "kubernetes", "cloud run"])
def test_every_lane_has_its_workers_and_somebody_rings(source: str) -> None:
    commands = [role.command for role in EVERY_ROLE if role.source == source]
    for needed in [
        ("worker", "--lane", "video"),
        ("worker", "--lane", "image"),
        ("worker", "--lane", "upkeep"),
        ("beat",),
    ]:
        assert needed in commands
    assert {command[0] for command in commands} >= {"web", "live", "migrate"}


def test_nothing_runs_as_root_or_writes_to_its_root_file_system() -> None:
    for item in files.kustomized(files.GPU):
        if item["kind"] not in {"Deployment", "Job"}:
            continue
        pod: dict[str, Any] = item["spec"]["template"]["spec"]
        assert pod["securityContext"]["runAsNonRoot"] is True
        for container in pod["containers"]:
            assert container["securityContext"]["readOnlyRootFilesystem"] is True
            assert container["securityContext"]["allowPrivilegeEscalation"] is False
    for service in files.compose()["services"].values():
        assert "build" not in service or service["read_only"] is True


def test_whoever_may_be_evicted_has_a_budget() -> None:
    objects = files.kustomized(files.GPU)
    budgets = {item["metadata"]["name"] for item in objects if item["kind"] == "PodDisruptionBudget"}
    # Beat is one, and its absence for a moment only delays a sweep.
    workloads = {item["metadata"]["name"] for item in objects if item["kind"] == "Deployment"} - {"beat"}
    assert budgets == workloads
