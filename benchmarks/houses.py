"""The servers that are measured, each a process of its own on loopback, stopped when left."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cds.serve import embedded, recipes

HERE = Path(__file__).parent
CDS = Path(sys.executable).with_name("cds")
PATIENCE = 60.0  # seconds for a server to start, and to stop


@contextmanager
def echo() -> Iterator[int]:
    """The echo under the very options that `cds serve` gives its web server; yields the port."""
    with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
        words = recipes.web(listener, os.environ)[0].argv[:-1]
        argv = [*words, "--pythonpath", str(HERE), "echo:app"]
        port = listener.getsockname()[1]
        with process(argv, keep_open=(listener.fileno(),)):
            until(lambda: answers(port, "/", http.HTTPStatus.NOT_FOUND))
            yield port


@contextmanager
def pong() -> Iterator[str]:
    """An embedded Valkey and the process that answers pings; yields the address of Valkey."""
    with embedded.private_folder() as name:
        folder = Path(name)
        with process(embedded.valkey(folder).argv):
            until(lambda: embedded.answers(folder))
            with process([sys.executable, str(HERE / "pong.py"), embedded.url(folder)]):
                yield embedded.url(folder)


@contextmanager
def hook(folder: Path) -> Iterator[tuple[int, int]]:
    """`cds serve` with its embedded Valkey and workers; yields the port and its process id."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    env |= {"CDS_PORT": str(port), "CDS_DATA_DIR": str(folder / "data")}
    log = folder / "log"
    with log.open("wb") as output, process([str(CDS), "serve"], env, output=output) as served:
        # Its last words of the start-up: by then the workers have signed on.
        until(lambda: b"Ctrl-C" in log.read_bytes() or served.poll() is not None)
        if served.poll() is not None:
            raise SystemExit(log.read_text())
        yield port, served.pid


@contextmanager
def process(
    argv: tuple[str, ...] | list[str],
    env: dict[str, str] | None = None,
    keep_open: tuple[int, ...] = (),
    output: IO[bytes] | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A child that is asked to stop, and then made to."""
    child = subprocess.Popen(argv, env=env, pass_fds=keep_open, stdout=output, stderr=output)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def workers_rss(parent: int) -> list[float]:
    """Resident megabytes of each worker of a `cds serve`; empty where there is no `ps`.

    A worker is told from its siblings by `-m workers`.
    """
    try:
        words = ["ps", "-A", "-o", "ppid=,rss=,args="]
        table = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return []
    rows = [line.split(None, 2) for line in table.splitlines()]
    return [
        int(rss) / 1024 for ppid, rss, args in rows if int(ppid) == parent and "workers" in args
    ]


def answers(port: int, path: str, status: int) -> bool:
    """Whether a GET is answered with `status`."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == status
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def until(claim: Callable[[], object]) -> None:
    """Wait until something holds; give up loudly when it never does."""
    deadline = time.monotonic() + PATIENCE
    while not claim():
        if time.monotonic() > deadline:
            raise SystemExit("a server of the benchmark did not start")
        time.sleep(0.05)


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
