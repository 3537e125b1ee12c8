"""Real workers on a real Valkey."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from queue_contents import AT_WORK, client
from real_valkey import Valkey, until

from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge

ROOT = Path(__file__).parents[2]
KEY = "a key for one test only"
Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture(scope="session")
def knowledge() -> Knowledge:
    return load_knowledge()


@pytest.fixture
def settings(own_valkey: Valkey) -> Settings:
    """A budget that a slow machine keeps too: no test here is about the time an answer takes."""
    return Settings(redis_url=own_valkey.url, secret_key=KEY, budget_ms=20_000)


@pytest.fixture
def connection(settings: Settings) -> Iterator[Any]:
    with client(settings.redis_url or "") as connection:
        yield connection


@pytest.fixture
def start_worker(settings: Settings, connection: Any) -> Iterator[Start]:
    """Starts a worker, by default the real one, and waits until it takes jobs."""
    with ExitStack() as stack:

        def start(*argv: str) -> subprocess.Popen[str]:
            process = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, *(argv or ("-m", "workers"))],
                    cwd=ROOT,
                    env={**os.environ, **settings.environment()},
                    stderr=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(process.kill)
            until(lambda: process.poll() is not None or connection.scard(AT_WORK))
            assert process.poll() is None
            return process

        yield start
