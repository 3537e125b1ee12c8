"""Parts of the service as process trees, each as if on a machine of its own."""

import http.client
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from real_valkey import until

CDS = str(Path(sys.executable).with_name("cds"))
CALLER = Path(__file__).with_name("caller.py")
KEY = "a key for one test only"
LEVEL = "intensive-outpatient"
PATIENCE = 60.0
Inside = Callable[[tuple[str, ...]], tuple[str, ...]]


def here(argv: tuple[str, ...]) -> tuple[str, ...]:
    return argv


@dataclass
class Machine:
    """`cds` with one command, that can be stopped and started again."""

    command: str
    settings: dict[str, str]
    log: Path
    inside: Inside = here
    process: subprocess.Popen[bytes] = field(init=False)

    def start(self) -> None:
        """Returns when it says that it is ready."""
        env = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                self.inside((CDS, self.command)),
                env=env | self.settings,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        until(lambda: "Ctrl-C" in self.said or self.process.poll() is not None)
        assert self.process.poll() is None, self.said

    def stop(self) -> int:
        """As a roll-out does it: SIGTERM, and time to finish."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(PATIENCE)

    @property
    def said(self) -> str:
        return self.log.read_text()


@contextmanager
def machines(folder: Path) -> Iterator[Callable[..., Machine]]:
    """Makes and starts machines; all of them are stopped afterwards."""
    made: list[Machine] = []

    def make(name: str, command: str, inside: Inside = here, **settings: str) -> Machine:
        own = {"CDS_DATA_DIR": str(folder / name), "CDS_SECRET_KEY": KEY, **settings}
        made.append(Machine(command, own, folder / f"{name}.log", inside))
        made[-1].start()
        return made[-1]

    try:
        yield make
    finally:
        for machine in made:
            machine.process.terminate()
        for machine in made:
            machine.process.wait(PATIENCE)


@dataclass
class Traffic:
    """What a caller has seen so far."""

    process: subprocess.Popen[str]
    output: Path

    @property
    def calls(self) -> list[dict[str, Any]]:
        lines = self.output.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in lines if line.endswith("\n")]

    def since(self, number: int) -> list[dict[str, Any]]:
        return self.calls[number:]

    def goes_on(self, calls: int = 20) -> list[dict[str, Any]]:
        """Wait for so many more calls and return them."""
        begun = len(self.calls)
        until(lambda: len(self.calls) >= begun + calls)
        return self.since(begun)

    def answered_by(self, who: str) -> None:
        """Wait until ten calls in a row were answered by `worker` or `web`."""
        until(lambda: [call.get("who") for call in self.calls[-10:]] == [who] * 10)

    def end(self) -> list[dict[str, Any]]:
        """Stop calling; every call that was made."""
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        assert self.process.wait(PATIENCE) == 0
        return self.calls


@contextmanager
def traffic(rotation: Path, inside: Inside = here) -> Iterator[Traffic]:
    """An EHR that keeps calling the places named in the file `rotation`."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "calls"
        argv = inside((sys.executable, str(CALLER), str(rotation)))
        with (
            output.open("w") as lines,
            subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=lines, text=True) as process,
        ):
            try:
                yield Traffic(process, output)
            finally:
                process.kill()


def lost(calls: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those without the right answer."""
    return [call for call in calls if (call["status"], call.get("level")) != (200, LEVEL)]


def ready(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/health/ready")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
