"""Web processes in trouble: calls they had in hand are cut, and answered when sent again."""

import os
import signal
import time
from functools import partial

from house import children, until
from stories import hook
from traffic import traffic

WEB = "-m gunicorn"
SITE = "[settings]\nnothing_that_exists = 1\n"


def test_a_web_process_killed(serve, kept, count):
    home = serve()
    with traffic(home.port, rate=40) as flowing:
        server = min(home.pids(WEB))
        until(lambda: children(server))
        (victim,) = children(server)
        os.kill(victim, signal.SIGKILL)
        count(flowing, kept, time.monotonic(), whole=lambda: bool(children(server) - {victim}))


def test_a_web_server_killed_with_its_process(serve, kept, count):
    home = serve()
    with traffic(home.port, rate=40) as flowing:
        before = home.pids(WEB)
        os.kill(min(before), signal.SIGKILL)
        over = time.monotonic()
        count(flowing, kept, over, whole=lambda: any(map(children, home.pids(WEB) - before)))


def test_sigterm_during_traffic_that_another_server_takes_over(serve, kept, count):
    first, second = serve(), serve()
    with traffic(first.port, second.port) as flowing:
        first.process.terminate()
        over = time.monotonic()
        assert first.process.wait(30) == 0
        count(flowing, kept, over)
    assert "Traceback" not in first.said


def test_a_knowledge_file_broken_while_a_worker_starts_again(serve, kept, count, tmp_path):
    site = tmp_path / "site.toml"
    site.write_text("")
    home = serve(CDS_SITE_KNOWLEDGE=str(site))
    with traffic(home.port, make=partial(hook, site=site)) as flowing:
        site.write_text(SITE)
        for pid in home.pids("-m workers"):
            os.kill(pid, signal.SIGKILL)
        until(lambda: "ended with status 2" in home.said)
        site.write_text("")
        count(flowing, kept, time.monotonic())
    assert "site.toml: " in home.said


def test_a_knowledge_file_broken_when_everything_starts_again(serve, kept, count, tmp_path):
    site = tmp_path / "site.toml"
    site.write_text("")
    home = serve(CDS_SITE_KNOWLEDGE=str(site))
    with traffic(home.port, make=partial(hook, site=site)) as flowing:
        site.write_text(SITE)
        for pid in [*home.pids("-m workers"), min(home.pids(WEB))]:
            os.kill(pid, signal.SIGKILL)
        until(lambda: home.said.count("site.toml: ") > 6)
        assert home.process.poll() is None
        site.write_text("")
        count(flowing, kept, time.monotonic(), whole=lambda: all(map(children, home.pids(WEB))))
