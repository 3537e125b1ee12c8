"""`make release`: an SBOM that lists what runs, and archives with their sums."""

import hashlib
import json
import os
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DIST = ROOT / "dist"


@pytest.fixture(scope="module")
def released() -> Path:
    """The folder that the command fills."""
    env = {name: value for name, value in os.environ.items() if name != "MAKEFLAGS"}
    argv = ["make", "release"]
    done = subprocess.run(argv, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return DIST


def test_the_sbom_lists_what_runs_with_its_licences_and_what_needs_what(released):
    bom = json.loads((released / "careladder.cdx.json").read_text())
    listed = {part["name"].lower().replace("_", "-"): part for part in bom["components"]}
    locked = set(re.findall(r"^([a-z0-9.-]+)(?:\[.*\])?==", lock(), re.MULTILINE))
    assert bom["metadata"]["component"]["name"] == "careladder"
    assert {"flask", "rq", "redis", "cryptography", "psycopg"} <= set(listed)
    assert {name.replace(".", "-") for name in listed} <= {
        name.replace(".", "-") for name in locked
    }
    assert not {"pip", "pytest", "hatchling"} & set(listed)
    assert all(part.get("licenses") for part in listed.values())
    assert any(edge.get("dependsOn") for edge in bom["dependencies"])


def lock() -> str:
    return (ROOT / "requirements.txt").read_text()


def test_the_sums_are_those_of_the_files(released):
    lines = (released / "SHA256SUMS").read_text().splitlines()
    ends = {Path(line.split()[1]).suffix for line in lines}
    assert ends == {".whl", ".gz", ".json"}
    for line in lines:
        told, name = line.split()
        assert hashlib.sha256((released / name).read_bytes()).hexdigest() == told
