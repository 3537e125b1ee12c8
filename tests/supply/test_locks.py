"""Every dependency is pinned to a version and to the hashes of its files."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LOCKS = ["requirements.txt", "requirements-dev.txt"]


def entries(lock: str) -> list[str]:
    """One text for each package: a backslash joins its lines."""
    return (ROOT / lock).read_text().replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("lock", LOCKS)
def test_every_package_has_one_version_and_its_hashes(lock):
    for entry in entries(lock):
        assert re.match(r"[a-z0-9][a-z0-9.-]*(\[[\w,-]+\])?==\S+", entry), entry[:80]
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry[:80]


@pytest.mark.parametrize("lock", LOCKS)
def test_no_lock_says_where_to_fetch_from(lock):
    assert "://" not in (ROOT / lock).read_text()


def test_what_runs_and_what_is_tested_are_the_same_versions():
    run, dev = ({entry.split()[0] for entry in entries(lock)} for lock in LOCKS)
    assert run <= dev


@pytest.mark.parametrize("file", ["Makefile", "Dockerfile"])
def test_nothing_is_installed_without_its_hashes(file):
    joined = (ROOT / file).read_text().replace("\\\n", " ")
    for line in joined.splitlines():
        if re.search(r"(\bpip|PIP\)).* install\b", line):
            assert "--require-hashes" in line or "--no-build-isolation" in line, line
            assert "--no-deps" in line, line
