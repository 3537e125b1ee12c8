"""Is the web server up, and have the workers signed on?"""

import http.client
import socket


def web_is_live(host: str, port: int, patience: float = 0.5) -> bool:
    """Whether GET /health/live answers 200 within `patience` seconds."""
    connection = http.client.HTTPConnection(_reachable(host), port, timeout=patience)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def workers_here(redis_url: str, patience: float = 0.5) -> set[int]:
    """Process ids of the workers of this machine that have signed on; none when nobody can say."""
    # Only this one answer needs the client, and importing it takes a moment.
    from redis import RedisError  # noqa: PLC0415

    from cds.valkey import connect  # noqa: PLC0415

    try:
        with connect(redis_url, socket_timeout=patience, socket_connect_timeout=patience) as client:
            here = socket.gethostname().encode()
            keys = client.smembers("rq:workers")
            found = [client.hmget(key, "hostname", "pid") for key in keys]
            return {int(pid) for host, pid in found if host == here and pid}
    except (RedisError, OSError):
        return set()


def _reachable(host: str) -> str:
    """An address to ask at: a server that listens everywhere is asked at home."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
