"""Valkey in trouble: gone, back, frozen, full. The web server answers meanwhile, by itself."""

import os
import signal
import subprocess
import time

import pytest
from house import CDS, CHECKOUT, until
from redis import Redis
from stories import SETTINGS
from traffic import traffic

SECONDS = 3.0  # that a fault lasts
SERVER = "valkey-server"


def test_valkey_killed(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        for pid in home.pids(SERVER):
            os.kill(pid, signal.SIGKILL)
        count(flowing, kept, time.monotonic())


def test_valkey_stopped_and_started_again(serve, valkey, kept, count):
    home = serve(CDS_REDIS_URL=valkey.url)
    with traffic(home.port) as flowing:
        valkey.stop()
        time.sleep(SECONDS)
        valkey.start()
        count(flowing, kept, time.monotonic())


def test_valkey_frozen(serve, kept, count):
    home = serve()
    (pid,) = home.pids(SERVER)
    with traffic(home.port) as flowing:
        os.kill(pid, signal.SIGSTOP)
        time.sleep(SECONDS)
        os.kill(pid, signal.SIGCONT)
        count(flowing, kept, time.monotonic())


def test_valkey_full(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing, Redis.from_url(home.valkey()) as client:
        client.config_set("maxmemory", 1)
        time.sleep(SECONDS)
        client.config_set("maxmemory", 0)
        count(flowing, kept, time.monotonic())
    assert "found an unhandled exception" not in home.said


def test_the_worker_pool_killed(serve, valkey, kept, count, pool):
    home = serve(CDS_REDIS_URL=valkey.url, CDS_WORKERS="0")
    first = pool()
    with traffic(home.port) as flowing:
        first.kill()
        time.sleep(SECONDS)
        over = time.monotonic()
        pool()  # as the service manager of that machine does
        count(flowing, kept, over)


@pytest.fixture
def pool(valkey, tmp_path):
    """Starts `cds worker` and waits until its workers take jobs."""
    started = []

    def start():
        env = {**os.environ, **SETTINGS, "CDS_REDIS_URL": valkey.url}
        with (tmp_path / f"pool-{len(started)}").open("wb+") as log:
            process = subprocess.Popen([CDS, "worker"], cwd=CHECKOUT, env=env, stdout=log)
            started.append(process)
            until(lambda: b"ready" in (tmp_path / f"pool-{len(started) - 1}").read_bytes())
        return process

    yield start
    for process in started:
        process.terminate()
        process.wait(30)
