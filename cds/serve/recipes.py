"""How the web server and the workers are started."""

import socket
import sys
from collections.abc import Mapping

from cds.hooks.gate import THREADS
from cds.serve.processes import Recipe

WEB_PROCESSES = 2
GRACE = 5  # seconds that calls in flight have once the server is told to stop
KEEP_ALIVE = 75  # seconds an idle connection stays open


def web(listener: socket.socket, env: Mapping[str, str]) -> list[Recipe]:
    """Gunicorns on the supervisor's socket, each with one process, so that none is needed by all.

    They write no access log: ours name no patient.
    """
    options = {
        "--bind": f"fd://{listener.fileno()}",
        "--worker-class": "cds.serve.web_worker.WebWorker",
        "--workers": 1,
        "--threads": THREADS,
        "--graceful-timeout": GRACE,
        # Clients keep connections: an idle one must outlive the pause between two charts.
        "--keep-alive": KEEP_ALIVE,
        "--log-level": "warning",
        "--logger-class": "cds.ops.gunicorn.Lines",
    }
    words = [str(word) for option in options.items() for word in option]
    argv = _python("gunicorn", "--preload", "--no-control-socket", *words, "cds.app:wsgi()")
    # Without Valkey used tokens are remembered in the process: there must be only one.
    count = WEB_PROCESSES if "CDS_REDIS_URL" in env else 1
    listening = (listener.fileno(),)
    return [
        Recipe(f"web server {n}", argv, env, GRACE + 2.0, keep_open=listening)
        for n in range(1, count + 1)
    ]


def workers(count: int, env: Mapping[str, str], *, vital: bool) -> list[Recipe]:
    argv = _python("workers")
    return [Recipe(f"worker {n}", argv, env, 5.0, vital=vital) for n in range(1, count + 1)]


def _python(module: str, *words: str) -> tuple[str, ...]:
    # -P: a folder called `workers` where the command is typed is not our package.
    return (sys.executable, "-P", "-m", module, *words)
