"""Who answers a replayed call: this process, or a server somewhere."""

from __future__ import annotations

from collections.abc import Callable
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from cds.answer import Call, Reply, answer
from cds.clients.sign import Sign
from cds.errors import CdsError
from cds.settings import Settings
from cds.shelf import Knowledge

Ask = Callable[[Call], Reply]
SECONDS = 30.0  # for a server to answer one call


class Unreachable(CdsError):
    """No server answers at the address, or it broke off."""


def in_process(knowledge: Knowledge, settings: Settings) -> Ask:
    """Answered here."""
    return lambda call: answer(call, knowledge, settings)


def over_http(base_url: str, sign: Sign | None = None) -> Ask:
    """Answered by the server at a base address; raises Unreachable, at once if nobody answers.

    With `sign` each call carries a token of its own, made for its address.
    """
    base = urlsplit(base_url)
    connect = {"http": HTTPConnection, "https": HTTPSConnection}.get(base.scheme)
    try:
        if connect is None or not base.hostname:
            raise Unreachable(f"{base_url}: is no address such as http://127.0.0.1:8080")
        trial = connect(base.hostname, base.port, timeout=SECONDS)
        trial.connect()
        trial.close()
    except ValueError:
        raise Unreachable(f"{base_url}: its port is no port") from None
    except OSError as error:
        raise Unreachable(f"{base_url}: nobody answers ({error.strerror or error})") from None
    host, port, path = base.hostname, base.port, base.path.rstrip("/")

    def ask(call: Call) -> Reply:
        connection = connect(host, port, timeout=SECONDS)
        try:
            place = f"/cds-services/{call.service}"
            headers = {"Content-Type": "application/json"}
            if sign is not None:
                headers["Authorization"] = f"Bearer {sign(base_url.rstrip('/') + place)}"
            connection.request("POST", path + place, call.body, headers)
            response = connection.getresponse()
            return Reply(response.status, response.read())
        except (OSError, HTTPException) as error:
            raise Unreachable(f"the server broke off ({type(error).__name__})") from None
        finally:
            connection.close()

    return ask
