"""What the service leans on in trouble: the client's FHIR server, and the clock of its machine."""

import os
import shutil
import subprocess
import time
from functools import partial
from pathlib import Path

import pytest
from fake_fhir import FakeFhir
from house import until
from redis import Redis
from stories import STORIES, Hook, answered, hook_of
from traffic import traffic

from cds.fhir.delivery import Deliveries
from cds.stories.read import read

SOURCE = Path(__file__).with_name("jumping_clock.c")
NO_COMPILER = "no C compiler here to build a clock that jumps"
WEEK = 7 * 24 * 3600
STORY = "nadia-two-bad-weeks"
OPTIONAL, REQUIRED = "questionnaireResponses", "conditions"
AUTHORIZATION = {
    "access_token": "sesame",
    "token_type": "Bearer",
    "expires_in": 300,
    "scope": "patient/*.rs",
    "subject": "careladder",
}


def asking(number: int, server: str, *, hanging: bool) -> Hook:
    """By turns: everything is sent; an optional key is to be read; a required one is."""
    whole = read(STORIES / STORY).document
    left_out = ((), (OPTIONAL,), (REQUIRED,))[number % 3]
    sent = {key: value for key, value in whole["prefetch"].items() if key not in left_out}
    document = {**whole, "prefetch": sent}
    status, body = answered(document if hanging else whole)
    asks = {**document, "fhirServer": server, "fhirAuthorization": AUTHORIZATION}
    return hook_of(asks, status, body)


def test_the_fhir_server_hanging(serve, kept, count):
    fhir = FakeFhir()
    prefetch = read(STORIES / STORY).document["prefetch"]
    fhir.held = [resource for resource, _ in Deliveries(prefetch).resources]
    fhir.behaviours = dict.fromkeys(("QuestionnaireResponse", "Condition"), fhir.hang)
    with fhir.running():
        home = serve()
        with traffic(home.port, make=partial(asking, server=fhir.base, hanging=True)) as first:
            first.wait_for(30)
        assert {one.status for one in first.answers} == {200, 412}
        fhir.behaviours = {}
        over = time.monotonic()
        with traffic(home.port, make=partial(asking, server=fhir.base, hanging=False)) as second:
            second.also(first)
            count(second, kept, over)
    assert set(fhir.kinds_asked()) == {"QuestionnaireResponse", "Condition"}


class Clock:
    """The wall clock of processes that are started with `settings`: it can be made to jump."""

    def __init__(self, folder: Path, compiler: str) -> None:
        library, self._seconds = folder / "clock.so", folder / "seconds"
        self.jump(0)
        argv = [compiler, "-shared", "-fPIC", "-O2", "-o", str(library), str(SOURCE)]
        subprocess.run(argv, check=True)
        self.settings = {"LD_PRELOAD": str(library), "JUMPING_CLOCK": str(self._seconds)}

    def jump(self, seconds: int) -> None:
        self._seconds.write_text(str(seconds))


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    compiler = shutil.which("cc")
    if compiler is None:
        assert not os.environ.get("CI"), NO_COMPILER
        pytest.skip(NO_COMPILER)
    return Clock(tmp_path, compiler)


@pytest.mark.parametrize("jump", [WEEK, -WEEK], ids=["a week ahead", "a week back"])
def test_the_clock_jumping(serve, kept, count, clock, jump):
    home = serve(**clock.settings)
    with traffic(home.port) as flowing, Redis.from_url(home.valkey()) as valkey:
        before = valkey.time()[0]
        clock.jump(jump)
        over = time.monotonic()
        until(lambda: abs(valkey.time()[0] - before - jump) < 60)
        count(flowing, kept, over)
