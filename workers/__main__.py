"""`python -m workers`: one worker process."""

from __future__ import annotations

import sys

from redis import RedisError
from rq.exceptions import StopRequested

from cds.errors import CdsError
from cds.telemetry import logs, tracing
from workers.worker import run


def main() -> int:
    """Exit status: 0 told to stop, 1 no Valkey, 2 settings or knowledge are broken."""
    logs.configure()
    tracing.start("worker")
    try:
        run()
    except CdsError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    except RedisError as error:
        sys.stderr.write(f"Valkey cannot be reached: {type(error).__name__}\n")
        return 1
    except StopRequested:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
