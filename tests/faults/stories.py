"""The hooks that are fired at a service in trouble, and the answer each must get all the same."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from uuid import uuid4

from cds.answer import Call, answer
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.stories.read import Item, find, read

STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"
EVERY = 6  # one story of so many: levels of all kinds, in little time
UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# The link to the evidence is new each time, and left out where the database is in trouble.
LINK = rb'\{"label":"[^"]+","url":"[^"]+/evidence/[^"]+","type":"absolute"\}'
OWN = re.compile(rb',"links":\[' + LINK + rb"\]|," + LINK + rb"|" + UUID.pattern)
# What a house is run with: links that do not depend on the port, and instants of the stories' own.
BASE_URL = "http://careladder.example"
KEY = "a key for one test only"
SETTINGS = {"CDS_BASE_URL": BASE_URL, "CDS_ALLOW_AS_OF": "true", "CDS_SECRET_KEY": KEY}


@dataclass(frozen=True)
class Hook:
    """One call of one story; its instance names the decision that is recorded of it."""

    path: str
    body: bytes
    expected: bytes = field(repr=False)
    status: int = 200
    instance: str = ""

    def is_right(self, status: int, body: bytes) -> bool:
        return (status, OWN.sub(b"", body)) == (self.status, self.expected)


@cache
def stories() -> list[Item]:
    found = [read(path) for path in find(STORIES) if path.is_dir()]
    return found[::EVERY]


@cache
def knowledge(site: Path | None) -> Any:
    return load_knowledge(site)


@cache
def expected(number: int, site: Path | None) -> tuple[int, bytes]:
    """The answer of a service without a fault, without uuids, which follow from the bytes."""
    return answered(stories()[number].document, site)


def answered(document: dict[str, Any], site: Path | None = None) -> tuple[int, bytes]:
    """What the answer to a document is, given by this very process."""
    call = Item(Path(), "", document, instant_of(document)).call(datetime.now(UTC))
    reply = answer(call, knowledge(site), Settings(base_url=BASE_URL))
    return reply.status, OWN.sub(b"", reply.body)


def instant_of(document: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(document["extension"]["example.careladder.asOf"])


def hook(number: int, site: Path | None = None) -> Hook:
    """A call that has never been made, of the story whose turn it is."""
    number %= len(stories())
    status, body = expected(number, site)
    return hook_of(stories()[number].document, status, body)


def hook_of(document: dict[str, Any], status: int, body: bytes) -> Hook:
    """A call with `document` that must be answered like this."""
    instance = str(uuid4())
    call: Call = Item(
        Path(), "", {**document, "hookInstance": instance}, instant_of(document)
    ).call(datetime.now(UTC))
    return Hook(f"/cds-services/{call.service}", call.body, body, status, instance)
