"""Workers in trouble: killed, frozen, drowned. Somebody else answers, and they come back."""

import os
import signal
import time

from redis import Redis
from traffic import traffic

WORKERS = "-m workers"


def kill_in_mid_evaluation(valkey: Redis) -> bool:
    """Kill a worker that has a job in hand, if there is one; it is stopped to make sure of it."""
    for started in valkey.zrange("rq:wip:hooks", 0, -1):
        name = valkey.hget(b"rq:job:" + started.partition(b":")[0], "worker_name") or b""
        pid = int(valkey.hget(b"rq:worker:" + name, "pid") or 0)
        if not pid:
            continue
        os.kill(pid, signal.SIGSTOP)
        caught = valkey.zscore("rq:wip:hooks", started) is not None
        os.kill(pid, signal.SIGKILL if caught else signal.SIGCONT)
        if caught:
            return True
    return False


def test_a_worker_killed_in_mid_evaluation(serve, kept, count):
    home = serve()
    valkey = Redis.from_url(home.valkey())
    with traffic(home.port) as flowing:
        while not kill_in_mid_evaluation(valkey):
            assert flowing.answers
        over = time.monotonic()
        count(flowing, kept, over)
    valkey.close()
    assert "ended by SIGKILL; starting it again" in home.said


def test_all_workers_killed_at_once(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        for pid in home.pids(WORKERS):
            os.kill(pid, signal.SIGKILL)
        count(flowing, kept, time.monotonic())


def test_all_workers_frozen_for_three_seconds(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        for pid in home.pids(WORKERS):
            os.kill(pid, signal.SIGSTOP)
        time.sleep(3)
        for pid in home.pids(WORKERS):
            os.kill(pid, signal.SIGCONT)
        count(flowing, kept, time.monotonic())
