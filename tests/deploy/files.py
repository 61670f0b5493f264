"""What the deployment files say: which role runs which command with which environment."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BASE = ROOT / "deploy" / "kubernetes" / "base"
GPU = ROOT / "deploy" / "kubernetes" / "gpu"
CLOUD_RUN = ROOT / "deploy" / "cloud-run"
COMPOSE = ROOT / "compose.yaml"


@dataclass(frozen=True)
class Role:
    """One container: where it is described, what it runs, what it is told, how it is asked for its health."""

    source: str
    name: str
    command: tuple[str, ...]
    environment: frozenset[str]
    off: frozenset[str]
    """Variables that are named without a value, so that whoever deploys it can give one."""
    health: tuple[str, ...] = ()


def documents(path: Path) -> list[dict[str, Any]]:
    return [found for found in yaml.safe_load_all(path.read_text()) if found]


def kustomized(folder: Path) -> list[dict[str, Any]]:
    """Every object of a kustomization, its bases included."""
    found = []
    for name in documents(folder / "kustomization.yaml")[0]["resources"]:
        path = (folder / name).resolve()
        found += kustomized(path) if path.is_dir() else documents(path)
    return found


def compose() -> dict[str, Any]:
    """compose.yaml with its anchors and merges resolved, and its variables filled in: defaults, or a word."""
    text = re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", COMPOSE.read_text())
    found = yaml.safe_load(re.sub(r"\$\{\w+:\?[^}]*\}", "filled-in", text))
    assert isinstance(found, dict)
    return found


def compose_roles() -> list[Role]:
    return [
        Role(
            "compose",
            name,
            tuple(service["command"]),
            frozenset(service["environment"]),
            frozenset(name for name, value in service["environment"].items() if value in ("", None)),
            tuple(service.get("healthcheck", {}).get("test", ()))[1:],
        )
        for name, service in compose()["services"].items()
        if "build" in service
    ]


def kubernetes_roles(folder: Path = BASE) -> list[Role]:
    lines = (BASE / "soho.env").read_text().splitlines()
    settings = dict(line.split("=", 1) for line in lines if "=" in line and line[0] != "#")
    secrets = set(documents(BASE / "secret.example.yaml")[0]["stringData"])
    found = []
    for item in kustomized(folder):
        if item["kind"] not in {"Deployment", "Job"}:
            continue
        (container,) = item["spec"]["template"]["spec"]["containers"]
        probe = container.get("livenessProbe", {}).get("exec", {}).get("command", ())
        found.append(
            Role(
                "kubernetes",
                item["metadata"]["name"],
                tuple(container["args"]),
                frozenset(settings | dict.fromkeys(secrets)),
                frozenset(name for name, value in settings.items() if not value),
                tuple(probe),
            )
        )
    return found


def cloud_run_roles() -> list[Role]:
    found = []
    for path in sorted(CLOUD_RUN.glob("*.yaml")):
        (item,) = documents(path)
        (container,) = cloud_run_pod(item)["containers"]
        names = frozenset(one["name"] for one in container["env"])
        off = frozenset(one["name"] for one in container["env"] if one.get("value") == "")
        found.append(Role("cloud run", path.stem, tuple(container["args"]), names, off))
    return found


def cloud_run_pod(item: dict[str, Any]) -> dict[str, Any]:
    """The part of a Cloud Run document that is a pod's."""
    spec = item["spec"]["template"]["spec"]
    return dict(spec["template"]["spec"] if item["kind"] == "Job" else spec)


def known_variables() -> set[str]:
    """Every variable that the settings read, by what the configuration page says of them."""
    return set(re.findall(r"^\| `([A-Z0-9_]+)`", (ROOT / "docs" / "configuration.md").read_text(), re.M))
