"""Resources inside suggestions are sound FHIR R4 to a validator that was not written here."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from node_packages import SCRIPTS, node_packages

UNSOUND = {"resourceType": "ServiceRequest", "status": "draft", "intents": "order"}


def _errors(resources: list[dict[str, Any]], folder: Path) -> list[list[str]]:
    """What the validator finds wrong with each."""
    packages = node_packages()
    file = folder / "resources.json"
    file.write_text(json.dumps(resources))
    argv = [shutil.which("node") or "node", str(SCRIPTS / "validate.mjs"), str(file)]
    done = subprocess.run(argv, cwd=packages, check=True, capture_output=True, timeout=120)
    errors: list[list[str]] = json.loads(done.stdout)
    return errors


def test_gen_03_every_suggested_resource_is_sound(
    actions: list[tuple[str, dict[str, Any]]], tmp_path: Path
) -> None:
    held = [(story, action["resource"]) for story, action in actions if "resource" in action]
    found = _errors([resource for _, resource in held], tmp_path)
    assert held
    assert len(found) == len(held)
    assert [(story, *one) for (story, _), one in zip(held, found, strict=True) if one] == []


def test_gen_03_the_validator_sees_what_is_not_sound(tmp_path: Path) -> None:
    assert [bool(errors) for errors in _errors([UNSOUND], tmp_path)] == [True]
