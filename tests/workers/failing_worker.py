"""A real worker whose every evaluation fails and quotes the chart while doing so."""

import sys

import workers.jobs
from cds.answer import Call, Reply
from workers.__main__ import main


def explode(call: Call, *_: object) -> Reply:
    raise ValueError(call.body.decode())


if __name__ == "__main__":
    workers.jobs.answer = explode  # type: ignore[assignment]
    sys.exit(main())
