"""A `cds serve` of its own for a test: on a free port, with its output in a file."""

import http.client
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CDS = Path(sys.executable).with_name("cds")
CHECKOUT = Path(__file__).parents[1]
PATIENCE = 60.0


@dataclass
class House:
    process: subprocess.Popen[bytes]
    log: Path
    port: int
    temporary: Path

    @property
    def said(self) -> str:
        return self.log.read_text()

    def wait_until_open(self) -> None:
        until(lambda: "Ctrl-C" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said

    def get(self, path: str) -> int:
        return self.ask("GET", path)[0]

    def ask(self, method: str, path: str, body: bytes | None = None) -> tuple[int, str]:
        """The status and who answered: the Server-Timing header."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {"Content-Type": "application/json"})
            response = connection.getresponse()
            return response.status, response.headers.get("Server-Timing", "")
        finally:
            connection.close()

    def valkey(self) -> str:
        """The address of the embedded Valkey."""
        (found,) = self.temporary.glob("careladder-*/valkey.sock")
        return f"unix://{found}"

    def pids(self, word: str = "") -> set[int]:
        """The children whose command line holds `word`."""
        return {pid for pid in children(self.process.pid) if word in command_line(pid)}

    def family(self) -> set[int]:
        """Children and theirs."""
        own = self.pids()
        return own.union(*(children(pid) for pid in own))


@contextmanager
def house(folder: Path, **settings: str) -> Iterator[House]:
    """Starts the service; whatever happens, it is stopped afterwards."""
    port = int(settings.get("CDS_PORT") or free_port())
    env = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    env |= {"CDS_PORT": str(port), "CDS_DATA_DIR": str(folder / "data"), **settings}
    with tempfile.TemporaryDirectory() as temporary:
        env["TMPDIR"] = temporary
        home = House(_start(folder / "log", env), folder / "log", port, Path(temporary))
        try:
            yield home
        finally:
            home.process.terminate()
            home.process.wait(PATIENCE)


def _start(log: Path, env: dict[str, str]) -> subprocess.Popen[bytes]:
    with log.open("wb") as output:
        return subprocess.Popen(
            [CDS, "serve"], cwd=CHECKOUT, env=env, stdout=output, stderr=subprocess.STDOUT
        )


def until(claim: Callable[[], object], patience: float = PATIENCE) -> None:
    """Wait until the claim holds; fails when it does not in time."""
    deadline = time.monotonic() + patience
    while not claim():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.05)


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if command_line(pid)}


def children(parent: int) -> set[int]:
    return {pid for pid in map(int, _processes()) if _parent(pid) == parent}


def command_line(pid: int) -> str:
    """Empty for a process that has ended."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _processes() -> list[str]:
    return [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int | None:
    try:
        # The name in parentheses may hold anything; the parent is the second word after it.
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None
