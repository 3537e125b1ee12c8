"""The Node packages of a few tests, installed once into .cache; without Node these tests skip."""

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPTS = ROOT / "tests" / "fetch" / "node"
FOLDER = ROOT / ".cache" / "node"  # .ci/run installs into the same
NAMED = ("package.json", "package-lock.json", ".npmrc")
INSTALLED = FOLDER / "node_modules" / ".package-lock.json"
SECONDS = 300


def node_packages() -> Path:
    """The folder that holds node_modules; without one the test skips, or fails in CI."""
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            _give_up(f"{tool} is not installed")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_current():
            _install()
    return FOLDER


def _is_current() -> bool:
    same = all(
        (FOLDER / name).is_file() and (FOLDER / name).read_bytes() == (SCRIPTS / name).read_bytes()
        for name in NAMED
    )
    return same and INSTALLED.is_file()


def _install() -> None:
    for name in NAMED:
        shutil.copyfile(SCRIPTS / name, FOLDER / name)
    argv = ["npm", "ci", "--ignore-scripts"]
    try:
        subprocess.run(argv, cwd=FOLDER, check=True, capture_output=True, timeout=SECONDS)
    except (OSError, subprocess.SubprocessError) as error:
        _give_up(f"npm could not install them ({type(error).__name__})")


def _give_up(reason: str) -> None:
    line = f"no Node packages for this test: {reason}"
    if os.environ.get("CI") == "true":
        pytest.fail(line)
    pytest.skip(line)
