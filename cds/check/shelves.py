"""A shelf by name: the built-in one, alone or with a site file, a folder, or a git revision."""

from __future__ import annotations

import io
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory

from cds.errors import CdsError, KnowledgeError
from cds.shelf import SHELF, Knowledge, load_knowledge

BUILT_IN = "-"
SECONDS = 60


class NoShelf(CdsError):
    """A name that is no folder and no revision, or a shelf that does not load."""


def shelf_of(name: str) -> Knowledge:
    """The shelf a name stands for; raises NoShelf.

    `-` is the built-in one, a folder a shelf of its own, a file what a site adds to the built-in
    one, and anything else a git revision of this project.
    """
    try:
        if name == BUILT_IN:
            return load_knowledge()
        if Path(name).is_dir():
            return load_knowledge(shelf=Path(name))
        if Path(name).is_file():
            return load_knowledge(Path(name))
    except KnowledgeError as error:
        raise NoShelf(f"{name}: {error}") from None
    return _at_revision(name)


def _at_revision(name: str) -> Knowledge:
    with TemporaryDirectory() as folder:
        _unpack(_archive(name), Path(folder))
        try:
            return load_knowledge(shelf=Path(folder))
        except KnowledgeError as error:
            raise NoShelf(f"{name}: its shelf does not fit this program ({error})") from None


def _archive(revision: str) -> bytes:
    """The shelf at a revision as a tar archive; a name that looks like an option is no revision."""
    if revision.startswith("-"):
        raise NoShelf(f"{revision}: is no folder, no file and no git revision")
    command = ["git", "-C", str(SHELF), "archive", "--format=tar", revision]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=True)
    except (OSError, subprocess.SubprocessError):
        raise NoShelf(f"{revision}: is no folder, no file and no git revision") from None
    return done.stdout


def _unpack(archive: bytes, folder: Path) -> None:
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(folder, filter="data")
