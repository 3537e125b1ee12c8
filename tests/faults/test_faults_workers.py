"""Workers in trouble: killed, frozen, drowned. Somebody else answers, and they come back."""

import os
import signal
import time
from functools import partial
from uuid import uuid4

from house import House
from redis import Redis
from rq import Queue
from rq.serializers import JSONSerializer
from traffic import traffic

from cds.line import JOB
from cds.postbox import QUEUE
from cds.serve.health import workers_here

WORKERS = "-m workers"
BACKLOG = 5_000


def all_there(home: House) -> bool:
    """Whether both workers have signed on, and no dead one is taken for them."""
    return len(workers_here(home.valkey()) & home.pids(WORKERS)) == 2


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
        count(flowing, kept, over, whole=partial(all_there, home))
    valkey.close()
    assert "ended by SIGKILL; starting it again" in home.said


def test_all_workers_killed_at_once(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        for pid in home.pids(WORKERS):
            os.kill(pid, signal.SIGKILL)
        count(flowing, kept, time.monotonic(), whole=partial(all_there, home))


def test_all_workers_frozen_for_three_seconds(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing:
        for pid in home.pids(WORKERS):
            os.kill(pid, signal.SIGSTOP)
        time.sleep(3)
        for pid in home.pids(WORKERS):
            os.kill(pid, signal.SIGCONT)
        count(flowing, kept, time.monotonic(), whole=partial(all_there, home))


def test_a_backlog_of_thousands(serve, kept, count):
    home = serve()
    with traffic(home.port) as flowing, Redis.from_url(home.valkey()) as valkey:
        queue = Queue(QUEUE, connection=valkey, serializer=JSONSerializer)
        # As web servers leave them that gave up waiting.
        late = [
            Queue.prepare_data(JOB, (uuid4().hex,), result_ttl=0, ttl=2) for _ in range(BACKLOG)
        ]
        queue.enqueue_many(late)
        assert queue.count > BACKLOG / 2
        count(flowing, kept, time.monotonic(), whole=lambda: queue.count < 10)
