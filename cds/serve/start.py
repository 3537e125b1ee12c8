"""What must hold before any process starts: a free port, a place to write, a sound shelf."""

import errno
import os
import socket
from pathlib import Path

from cds.errors import SettingsError
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.store.keys import secret_of

BACKLOG = 2048


def check(settings: Settings) -> None:
    """Refuse to start where the service could not work. Raises CdsError with one clear line."""
    check_shelf(settings)
    if settings.database_url is None or settings.secret_key is None:
        _own_data_dir(settings)


def check_shelf(settings: Settings) -> None:
    """All that workers need: they write nothing. Raises CdsError with one clear line."""
    try:
        load_knowledge(settings.site_knowledge)
    except OSError as error:
        raise SettingsError("CDS_SITE_KNOWLEDGE", f"cannot be read: {error.strerror}") from None


def listen(settings: Settings) -> socket.socket:
    """The listening socket.

    The supervisor holds it: while the web server is replaced a call waits instead of failing.
    """
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    place = settings.host, settings.port
    try:
        return socket.create_server(place, family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            reason = f"{settings.port} is in use on {settings.host}; stop the other program or set"
            raise SettingsError("CDS_PORT", f"{reason} another port") from None
        reason = f"cannot listen on {settings.host}:{settings.port}: {error.strerror}"
        raise SettingsError("CDS_HOST", reason) from None


def environment(settings: Settings, redis_url: str | None) -> dict[str, str]:
    """What the children read: the settings of this process, the queue's address, a key."""
    try:
        key = {"CDS_SECRET_KEY": secret_of(settings)}
    except OSError as error:
        raise SettingsError("CDS_DATA_DIR", f"cannot keep a key: {error.strerror}") from None
    queue = {} if redis_url is None else {"CDS_REDIS_URL": redis_url}
    return {**os.environ, **settings.environment(), **key, **queue}


def counting(folder: Path) -> dict[str, str]:
    """Where the web processes of this run count, each in files of its own."""
    place = folder / "metrics"
    place.mkdir()
    return {"PROMETHEUS_MULTIPROC_DIR": str(place)}


def _own_data_dir(settings: Settings) -> None:
    folder = settings.data_dir
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        writable = os.access(folder, os.W_OK | os.X_OK)
    except OSError as error:
        raise SettingsError("CDS_DATA_DIR", f"cannot use {folder}: {error.strerror}") from None
    if not writable:
        raise SettingsError("CDS_DATA_DIR", f"cannot write in {folder}")
