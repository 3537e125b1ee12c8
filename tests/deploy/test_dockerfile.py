"""The Dockerfile: linted, its steps run, and the result started without root and read-only."""

import http.client
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from image import Image, steps
from manifests import ROOT
from real_postgresql import postgresql_cluster
from real_servers import server
from real_valkey import until

STORY = "fixtures/fhir/nadia-two-bad-weeks"
KEY = "a key for one test only"
HOST = "127.0.2.1"
VALKEY, WEB = 6391, 8091
LINTER = Path(sys.executable).with_name("hadolint")
# As a container runs it: the whole file system can be read only, but for /tmp, and nobody is root.
CLOSED = """
mount -o remount,bind,ro / && mount -t tmpfs -o size=64m,mode=1777 tmpfs "$TMPDIR" &&
cd "$HOME" && exec setpriv --reuid 10001 --regid 10001 --clear-groups --no-new-privs \
--inh-caps=-all --bounding-set=-all "$@"
"""
NOT_ALLOWED = pytest.mark.skipif(
    os.geteuid() != 0 or not (shutil.which("unshare") and shutil.which("setpriv")),
    reason="needs root to make a file system read-only",
)


@pytest.fixture(scope="module")
def image() -> Iterator[Image]:
    with tempfile.TemporaryDirectory(prefix="careladder-image-") as name:
        Path(name).chmod(0o755)  # others than root will look inside
        (Path(name) / "tmp").mkdir()
        made = Image(Path(name))
        made.build()
        yield made


def test_hadolint_finds_nothing():
    done = subprocess.run(
        [LINTER, ROOT / "Dockerfile"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout


def test_the_last_user_is_a_number_and_not_root():
    users = [rest for word, rest in steps() if word == "USER"]
    assert users[-1].split(":") == ["10001", "10001"]


def test_what_only_building_needs_is_gone(image):
    packages = {path.name for path in image.root.glob("opt/careladder/lib/*/site-packages/*")}
    assert {"flask", "cds", "workers"} <= packages
    assert not {"pip", "hatchling", "pytest"} & packages
    assert not (image.root / "src").exists()


def test_what_was_built_answers_the_stories(image):
    argv = [*image.entrypoint, "replay", str(ROOT / STORY)]
    done = run(image, argv)
    assert done.returncode == 0, done.stdout + done.stderr


def run(image: Image, argv: list[str], **settings: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which(argv[0], path=image.env["PATH"])
    assert program is not None
    assert program.startswith(str(image.root))
    env = image.env | settings
    return subprocess.run(
        [program, *argv[1:]], env=env, cwd=image.root, capture_output=True, text=True, check=False
    )


@contextmanager
def container(image: Image, command: str, **settings: str) -> Iterator[Path]:
    """The image with one command, closed as deploy/ closes it; yields its log."""
    home = image.root / "var/lib/careladder"
    env = image.env | settings | {"TMPDIR": str(image.folder / "tmp"), "HOME": str(home)}
    log = image.folder / f"{command}.log"
    argv = ["unshare", "--mount", "sh", "-c", CLOSED, "sh", *image.entrypoint, command]
    with (
        log.open("wb") as output,
        subprocess.Popen(argv, env=env, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            until(lambda: "Ctrl-C" in log.read_text() or process.poll() is not None)
            assert process.poll() is None, log.read_text()
            assert set(uids(process.pid)) == {10001}
            yield log
        finally:
            process.terminate()
            assert process.wait(30) == 0, log.read_text()


def uids(pid: int) -> list[int]:
    """Real, effective, saved and file system user."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("Uid:")]
    return [int(word) for word in line.split()[1:]]


@NOT_ALLOWED
def test_web_and_workers_run_without_root_on_a_read_only_file_system(image):
    with ExitStack() as stack:
        stack.enter_context(server(VALKEY, {"bind": HOST}))
        cluster = stack.enter_context(postgresql_cluster())
        cluster.folder.chmod(0o755)
        common = {
            "CDS_HOST": HOST,
            "CDS_AUTH": "off",
            "CDS_PORT": str(WEB),
            "CDS_REDIS_URL": f"redis://{HOST}:{VALKEY}/0",
            "CDS_SECRET_KEY": KEY,
            "CDS_ALLOW_AS_OF": "true",
        }
        stack.enter_context(container(image, "worker", **common))
        database = {"CDS_DATABASE_URL": cluster.new_database(), "CDS_WORKERS": "0"}
        stack.enter_context(container(image, "serve", **common, **database))
        level, who = ask()
        until(lambda: "worker" in ask()[1])
        web = run(image, ["cds", "healthcheck"], **common)
        workers = run(image, ["cds", "healthcheck", "--worker"], **common)
        kept = run(image, ["cds", "report"], **common, **database)
    assert (level, who.partition(";")[0]) == ("intensive-outpatient", "answer")
    assert [done.returncode for done in (web, workers, kept)] == [0, 0, 0]
    assert "intensive-outpatient" in kept.stdout


def ask() -> tuple[str, str]:
    """The level of a story and who answered."""
    connection = http.client.HTTPConnection(HOST, WEB, timeout=30)
    try:
        path = "/cds-services/level-of-care-patient-view"
        body = (ROOT / STORY / "request.json").read_bytes()
        connection.request("POST", path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        answer = json.loads(response.read())
        level = answer["extension"]["example.careladder.assessment"]["level"]
        return level, response.headers["Server-Timing"]
    finally:
        connection.close()
