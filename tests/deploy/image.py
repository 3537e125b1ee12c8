"""What the Dockerfile builds, made without Docker: its steps, run in a folder."""

import fnmatch
import json
import os
import re
import shutil
import stat
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from manifests import ROOT

Step = tuple[str, str]
SECONDS = 300


def steps() -> list[Step]:
    """The instructions in order, each as its word and the rest."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "Dockerfile").read_text(), flags=re.MULTILINE)
    lines = [line.strip() for line in text.replace("\\\n", " ").splitlines() if line.strip()]
    return [(word, rest.strip()) for word, _, rest in (line.partition(" ") for line in lines)]


@dataclass
class Image:
    """A folder that stands for `/` of the image, and what the image says about itself.

    The stage before stands beside it as soon as the next one begins. Both had the same place in
    their time, because an environment of Python holds its own address.
    """

    folder: Path
    stages: dict[str, Path] = field(default_factory=dict)
    env: dict[str, str] = field(default_factory=dict)
    entrypoint: list[str] = field(default_factory=list)
    user: str = ""
    _stage: str = ""
    _workdir: Path = Path("/")

    @property
    def root(self) -> Path:
        return self.folder / "image"

    def inside(self, path: str) -> Path:
        """Where a path of the image is here."""
        return self.root / str(self._workdir / path).lstrip("/")

    def build(self) -> None:
        for word, rest in steps():
            step = getattr(self, f"_do_{word.lower()}", None)
            assert step, f"no idea how to do {word}"
            step(rest)

    def _do_from(self, rest: str) -> None:
        if self._stage:
            self.stages[self._stage] = self.root.rename(self.folder / self._stage)
        self._stage = rest.partition(" AS ")[2] or "last"
        self.root.mkdir()
        (self.root / "etc").mkdir()
        self.env = {"PATH": f"{self._base()}:{os.environ['PATH']}", "HOME": str(self.root)}
        self.env |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
        self._workdir = Path("/")

    def _base(self) -> Path:
        """A folder with a `python`, as the base image has one that every user may run."""
        base = self.folder / "base"
        base.mkdir(exist_ok=True)
        (base / "python").write_text(f'#!/bin/sh\nexec {everybodys_python()} "$@"\n')
        (base / "python").chmod(0o755)
        return base

    def _do_workdir(self, rest: str) -> None:
        self._workdir = Path(rest)
        self.inside("").mkdir(parents=True, exist_ok=True)

    def _do_env(self, rest: str) -> None:
        for word in rest.split():
            name, _, value = word.partition("=")
            own = re.sub(r"(?<![\w.])/(?=opt|var)", f"{self.root}/", value)
            self.env[name] = own.replace("$PATH", self.env["PATH"])

    def _do_copy(self, rest: str) -> None:
        *sources, target = rest.split()
        origin = ROOT
        if sources[0].startswith("--from="):
            origin = self.stages[sources.pop(0).removeprefix("--from=")]
        for source in sources:
            assert origin != ROOT or sent(source), f".dockerignore keeps {source} out"
            place = self.inside(target)
            if (found := origin / source.lstrip("/")).is_dir():
                shutil.copytree(found, place, symlinks=True, dirs_exist_ok=True)
            else:
                shutil.copy(found, place / source if target.endswith("/") else place)

    def _do_run(self, rest: str) -> None:
        # Users belong to the image and not to this machine: --prefix keeps them there.
        command = re.sub(r"\b(groupadd|useradd) ", rf"\1 --prefix {self.root} ", rest)
        command = command.replace("/opt/", f"{self.root}/opt/")
        if command != rest and "useradd" in rest and os.geteuid() != 0:
            return
        done = subprocess.run(
            ["/bin/sh", "-ec", command],
            cwd=self.inside(""),
            env=self.env,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-2000:]

    def _do_user(self, rest: str) -> None:
        self.user = rest

    def _do_entrypoint(self, rest: str) -> None:
        self.entrypoint = json.loads(rest)

    def _says_only(self, rest: str) -> None:
        assert rest

    _do_cmd = _do_expose = _do_healthcheck = _says_only


def everybodys_python() -> str:
    """This Python, unless it lies where only root may go."""
    own = Path(sys.base_prefix) / "bin" / "python3"
    everybody = all(folder.stat().st_mode & stat.S_IXOTH for folder in own.parents)
    return str(own) if everybody else "/usr/bin/python3"


def sent(source: str) -> bool:
    """Whether .dockerignore lets a path of the checkout into the build."""
    allowed = False
    for line in (ROOT / ".dockerignore").read_text().splitlines():
        pattern = line.removeprefix("!")
        if not line.startswith("#") and fnmatch.fnmatch(source, pattern):
            allowed = line.startswith("!")
    return allowed
