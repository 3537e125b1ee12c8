"""A real Valkey for tests, and waiting for other processes without guessing how long."""

import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cds.serve import embedded

PATIENCE = 30.0


def until(condition: Callable[[], object]) -> None:
    """Wait for something that is about to happen; fail when it does not."""
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.01)


@dataclass(frozen=True)
class Valkey:
    url: str
    process: subprocess.Popen[bytes]


@contextmanager
def valkey_server() -> Iterator[Valkey]:
    """The server that `make run` embeds, on a socket of its own."""
    with tempfile.TemporaryDirectory(prefix="careladder-") as name:
        folder = Path(name)
        recipe = embedded.valkey(folder)
        with subprocess.Popen(recipe.argv, env=recipe.env) as process:
            try:
                until(lambda: embedded.answers(folder))
                yield Valkey(embedded.url(folder), process)
            finally:
                process.kill()
