"""A copy of the project in which the documentation can be tried out, edits included."""

import os
import re
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from real_valkey import until

PROJECT = Path(__file__).parents[2]
PARTS = ("cds", "workers", "fixtures")
PATIENCE = 60
ADDRESS = "127.0.0.1:8080"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass
class Checkout:
    folder: Path
    port: int

    @property
    def env(self) -> dict[str, str]:
        own = {"PYTHONPATH": str(self.folder), "CDS_PORT": str(self.port), "COLUMNS": "100"}
        return {**os.environ, **own}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """A command as the documentation writes it, asked of our own server."""
        return subprocess.run(
            ["/bin/sh", "-c", command.replace(ADDRESS, f"127.0.0.1:{self.port}")],
            cwd=self.folder,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def edit(self, path: str, diff: str) -> None:
        """Apply one hunk; what it takes away must be there exactly once."""
        lines = diff.splitlines()
        old, new = ("".join(f"{x[1:]}\n" for x in lines if x[0] in keep) for keep in (" -", " +"))
        file = self.folder / path
        assert file.read_text().count(old) == 1, f"{path} does not hold:\n{old}"
        file.write_text(file.read_text().replace(old, new))

    @contextmanager
    def served(self, **settings: str) -> Iterator[None]:
        log = self.folder / "log"
        command = [str(Path(sys.executable).with_name("cds")), "serve"]
        with log.open("wb") as out:
            server = subprocess.Popen(
                command, cwd=self.folder, env=self.env | settings, stdout=out, stderr=out
            )
        try:
            until(lambda: b"Ctrl-C" in log.read_bytes() or server.poll() is not None)
            assert server.poll() is None, log.read_text()
            yield
        finally:
            server.terminate()
            server.wait(PATIENCE)


def checkout(folder: Path) -> Checkout:
    for part in PARTS:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(PROJECT / part, folder / part, ignore=ignored)
    (folder / ".venv").symlink_to(sys.prefix)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return Checkout(folder, listener.getsockname()[1])


def blocks(text: str, language: str) -> list[str]:
    return [body for found, body in FENCE.findall(text) if found == language]


def commands(block: str) -> Iterator[tuple[str, str]]:
    """Each `$ command` of a console block with the output shown below it."""
    for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def is_as_shown(output: str, shown: str) -> bool:
    """Whether the output is what is shown; `...` stands for anything."""
    pattern = ".*".join(re.escape(part.strip()) for part in shown.split("..."))
    return re.fullmatch(pattern, output.strip(), re.DOTALL) is not None
