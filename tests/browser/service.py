"""The whole web application on a free port of loopback, answering by itself."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from werkzeug.serving import make_server

from cds.app import create_app, utc_now
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.store.journal import Journal

SHELF = load_knowledge()
STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"


@dataclass(frozen=True)
class Service:
    url: str
    settings: Settings

    def post(self, path: str, document: object) -> dict | None:
        """The JSON that comes back, if anything does."""
        connection = HTTPConnection(self.settings.host, self.settings.port, timeout=30)
        body, headers = json.dumps(document), {"Content-Type": "application/json"}
        connection.request("POST", path, body, headers)
        with connection.getresponse() as response:
            found = json.loads(response.read() or "null")
        connection.close()
        return found


@contextmanager
def service(folder: Path, **settings: object) -> Iterator[Service]:
    chosen = Settings(port=free_port(), data_dir=folder, **settings)
    journal = Journal(chosen, utc_now, SHELF)
    journal.prepare()
    app = create_app(chosen, SHELF, journal=journal)
    server = make_server("127.0.0.1", chosen.port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield Service(chosen.base_url, chosen)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        journal.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
