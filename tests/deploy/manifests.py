"""The files of deploy/, read."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
KUBERNETES = DEPLOY / "kubernetes"
COMPOSE = DEPLOY / "compose.yaml"
KUSTOMIZATION = "kustomization.yaml"


def compose() -> Any:
    """The compose file with its variables filled in, as docker fills them."""

    def value(match: re.Match[str]) -> str:
        return match[2] or f"filled-in-{match[1].lower()}"

    text = re.sub(r"\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}", value, COMPOSE.read_text())
    return yaml.safe_load(text)


def variables() -> set[str]:
    """The variables of the compose file that have no default."""
    found = re.findall(r"\$\{(\w+)(:-)?", COMPOSE.read_text())
    return {name for name, default in found if not default}


def objects() -> list[Any]:
    """Every Kubernetes object."""
    files = [file for file in KUBERNETES.rglob("*.yaml") if file.name != KUSTOMIZATION]
    return [one for file in sorted(files) for one in yaml.safe_load_all(file.read_text())]


def of_kind(*kinds: str) -> list[Any]:
    return [found for found in objects() if found["kind"] in kinds]


def named(kind: str, name: str) -> Any:
    (found,) = [one for one in of_kind(kind) if one["metadata"]["name"] == name]
    return found


def read(file: Path) -> Any:
    return yaml.safe_load(file.read_text())
