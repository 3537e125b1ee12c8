"""The floor of a queue hop: another process that waits on a list and pushes back what it got.

`python pong.py URL` waits on the list `ping` and answers on the list `pong`; an empty ping ends it.
"""

from __future__ import annotations

import sys

from redis import Redis


def main(url: str) -> None:
    """Answer until told to stop."""
    connection = Redis.from_url(url, socket_timeout=None)
    while True:
        popped = connection.blpop(["ping"], timeout=0)
        if not popped or not popped[1]:
            return
        connection.lpush("pong", popped[1])


if __name__ == "__main__":
    main(sys.argv[1])
