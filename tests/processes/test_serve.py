"""`cds serve` with real processes: it starts, minds its children and leaves none behind."""

import os
import shlex
import signal
import socket
from pathlib import Path

import pytest
from house import CHECKOUT, alive, house, until

pytestmark = pytest.mark.skipif(not Path("/proc").exists(), reason="reads processes from /proc")
PARTS = ["valkey-server", "-m workers", "-m gunicorn"]


def test_the_printed_curl_line_is_answered_by_a_worker(tmp_path):
    with house(tmp_path) as home:
        home.wait_until_open()
        words = shlex.split(home.said.splitlines()[-1])
        url = next(word for word in words if word.startswith("http://"))
        request = next(word for word in words if word.startswith("@"))
        path = url.removeprefix(f"http://127.0.0.1:{home.port}")
        status, timing = home.ask("POST", path, (CHECKOUT / request[1:]).read_bytes())
        assert status == 200
        assert 'desc="worker"' in timing


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_request_to_stop_ends_every_process(tmp_path, number):
    with house(tmp_path) as home:
        home.wait_until_open()
        family = home.family()
        home.process.send_signal(number)
        assert home.process.wait(30) == 0
        assert len(family) >= len(PARTS) + 2
        assert not alive(family)
        assert not list(home.temporary.iterdir())
        assert "Traceback" not in home.said


def test_a_killed_supervisor_takes_its_children_along(tmp_path):
    with house(tmp_path) as home:
        home.wait_until_open()
        family = home.family()
        home.process.kill()
        until(lambda: not alive(family))


@pytest.mark.parametrize("part", PARTS)
def test_a_killed_child_is_replaced(tmp_path, part):
    with house(tmp_path, CDS_WORKERS="1") as home:
        home.wait_until_open()
        before = home.pids(part)
        victim = min(before)
        os.kill(victim, signal.SIGKILL)
        until(lambda: home.pids(part) - before)
        assert home.get("/cds-services") == 200
        assert "ended by SIGKILL; starting it again" in home.said


def test_without_workers_the_web_server_is_alone(tmp_path):
    with house(tmp_path, CDS_WORKERS="0") as home:
        home.wait_until_open()
        assert home.get("/cds-services") == 200
        assert home.pids() == home.pids("-m gunicorn")


def test_a_port_in_use_is_told_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        with house(tmp_path, CDS_PORT=port) as home:
            assert home.process.wait(30) == 2
    assert home.said.startswith(f"Error: CDS_PORT: {port} is in use on 127.0.0.1")
    assert home.said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CDS_BUDGET_MS", "soon"),
        ("CDS_HOST", "192.0.2.1"),
        ("CDS_DATA_DIR", "/dev/null/here"),
        ("CDS_SITE_KNOWLEDGE", "/dev/null/site.toml"),
    ],
)
def test_a_broken_setting_is_told_in_one_line(tmp_path, name, value):
    with house(tmp_path, CDS_AUTH="required", **{name: value}) as home:
        assert home.process.wait(30) == 2
    assert home.said.startswith(f"Error: {name}: ")
    assert home.said.count("\n") == 1


def test_a_web_server_that_cannot_start_ends_the_run(tmp_path):
    with house(tmp_path, GUNICORN_CMD_ARGS="--no-such-option") as home:
        assert home.process.wait(60) == 1
    assert home.said.splitlines()[-1].startswith(
        "Error: web server 1 does not start: it ended with"
    )
