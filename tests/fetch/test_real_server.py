"""Every story told by a FHIR server that was not written here, instead of by the prefetch."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from time import monotonic
from typing import Any

import orjson
import pytest
from fetching import AMPLE, Caller, authorization, completed, everything_but, request_of, state_of
from node_packages import SCRIPTS, node_packages

from cds.answer import Call, answer
from cds.catalogue import load_services
from cds.fhir.client import Fetcher
from cds.fhir.delivery import Deliveries, State
from cds.request import HookRequest
from cds.settings import Settings
from cds.shelf import load_knowledge
from cds.stories.read import Item, find, read

STORIES = Path(__file__).parents[2] / "fixtures" / "fhir"
KNOWLEDGE = load_knowledge()
SERVICES = {one.hook: one for one in load_services(KNOWLEDGE.observation_codes).values()}
SETTINGS = Settings(auth="off", fhir_servers=())
UUID = re.compile(rb"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
# What a server cannot tell by searches: stories about the way data arrive, and what has no code.
NOT_TOLD = {
    "a-chart-without-a-name": "it has no Patient",
    "axel-sweats-through": "its score is in words, and observations are searched by code",
    "lou-nineteen-points": "its score is in words, and observations are searched by code",
    "priya-a-tangled-chart": "it holds another patient's data",
    "tamsin-keys-that-failed": "keys failed",
    "tariq-the-voices-are-quiet": "its RelatedPerson is not asked for",
    "tove-half-a-chart": "keys are missing",
    "verity-page-one": "a page is missing",
}
NAMES = sorted(path.name for path in find(STORIES) if path.is_dir() and path.name not in NOT_TOLD)


def _held(item: Item) -> list[dict[str, Any]]:
    """The resources of a story, which refer to the patient as they would on a server."""
    patient = item.document["context"]["patientId"]
    found = [resource for resource, _ in Deliveries(item.document["prefetch"]).resources]
    text = json.dumps(found).replace(f"urn:uuid:{patient}", f"Patient/{patient}")
    resources: list[dict[str, Any]] = json.loads(text)
    return resources


@pytest.fixture(scope="session")
def charts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server that holds every story's chart under the story's name."""
    folder = node_packages()
    file = tmp_path_factory.mktemp("charts") / "charts.json"
    file.write_text(json.dumps({name: _held(read(STORIES / name)) for name in NAMES}))
    node = shutil.which("node") or "node"
    argv = [node, str(SCRIPTS / "server.mjs"), str(file)]
    with subprocess.Popen(argv, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield f"http://127.0.0.1:{int(process.stdout.readline())}"
        finally:
            process.kill()


@pytest.fixture(scope="session")
def fetcher() -> Fetcher:
    return Fetcher(SETTINGS)


def _answered(item: Item, document: dict[str, Any]) -> bytes:
    """The body of the answer, without the uuids, which follow from the bytes of the request."""
    service, as_of = SERVICES[item.document["hook"]], item.as_of
    assert as_of is not None
    call = Call(service.id, as_of.astimezone(UTC), orjson.dumps(document))
    return UUID.sub(b"", answer(call, KNOWLEDGE, SETTINGS).body)


@pytest.mark.parametrize("name", NAMES)
def test_pre_24_a_story_read_from_a_server_gets_the_cards_of_its_prefetch(
    charts: str, fetcher: Fetcher, name: str
) -> None:
    item = read(STORIES / name)
    service = SERVICES[item.document["hook"]]
    token = authorization(access_token="sesame", patient=None)  # noqa: S106 - invented
    bare = {"fhirServer": f"{charts}/{name}", "fhirAuthorization": token, "prefetch": {}}
    asking = item.document | bare
    request = HookRequest.parse(service, asking)
    whole = fetcher.complete(asking, request, service, Caller(), monotonic() + AMPLE)
    assert _answered(item, whole) == _answered(item, item.document)


def test_fhir_11_a_server_that_refuses_the_token_makes_the_key_failed(charts: str) -> None:
    document = request_of(f"{charts}/{NAMES[0]}", everything_but("observations"))
    assert state_of(completed(document, seconds=AMPLE), "observations") is State.FAILED
