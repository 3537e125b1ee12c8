"""Real Valkey and Redis servers for tests: on an address, with a password, TLS or Sentinels."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest
from real_valkey import until

from cds.serve import embedded

NO_TLS = "no Redis or Valkey on the PATH that speaks TLS"
NOTHING_ON_DISK = {"save": "", "appendonly": "no"}
READY = ("Ready to accept connections", "Sentinel ID is")


def here(argv: tuple[str, ...]) -> tuple[str, ...]:
    return argv


def embedded_binary() -> str:
    """The server that `make run` embeds."""
    return embedded.valkey(Path("/nowhere")).argv[0]


def tls_binary() -> str:
    """A server that was built with TLS; skips where there is none, but never in CI."""
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and speaks_tls(found):
            return found
    assert not os.environ.get("CI"), NO_TLS
    pytest.skip(NO_TLS)


def speaks_tls(binary: str) -> bool:
    """Without TLS the option does not exist; with it, it wants a certificate."""
    argv = [binary, "--port", "0", "--tls-port", "1"]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=30, check=False)
    return "tls-cert-file" in done.stdout


@contextmanager
def server(
    port: int,
    options: Mapping[str, str],
    inside: Callable[[tuple[str, ...]], tuple[str, ...]] = here,
    binary: str | None = None,
) -> Iterator[subprocess.Popen[bytes]]:
    """A server with these options, once it says that it is ready."""
    given = {"port": str(port), **NOTHING_ON_DISK, **options}
    words = [word for name, value in given.items() for word in (f"--{name}", value)]
    with tempfile.TemporaryDirectory(prefix="careladder-") as folder:
        argv = (binary or embedded_binary(), *words, "--dir", folder)
        with running(inside(argv), Path(folder) / "log") as process:
            yield process


@contextmanager
def sentinel(port: int, lines: list[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A Sentinel with this configuration, which it rewrites as it learns."""
    with tempfile.TemporaryDirectory(prefix="careladder-") as folder:
        file = Path(folder) / "sentinel.conf"
        file.write_text("\n".join([f"port {port}", "bind 127.0.0.1", f"dir {folder}", *lines]))
        argv = (embedded_binary(), str(file), "--sentinel")
        with running(argv, Path(folder) / "log") as process:
            yield process


@contextmanager
def running(argv: tuple[str, ...], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as output,
        subprocess.Popen(argv, stdout=output, stderr=subprocess.STDOUT) as process,
    ):
        try:
            until(lambda: any(word in log.read_text() for word in READY) or process.poll())
            assert process.poll() is None, log.read_text()
            yield process
        finally:
            process.kill()
