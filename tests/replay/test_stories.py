"""Every story gets the level, the status and the very cards it expects, whoever answers."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient

from cds.answer import answer
from cds.cards.compose import MEMBER
from cds.fhir.delivery import Deliveries
from cds.fhir.models import readable
from cds.replay.golden import difference, outcome, rendered, settled
from cds.serve import welcome
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.stories.read import GOLDEN, REQUEST, STORY, Item, read

FOLDERS = sorted(path.parent for path in Path(__file__).parents[2].glob(f"fixtures/fhir/*/{STORY}"))
NOW = datetime(2024, 2, 29, tzinfo=UTC)  # no story may depend on it

every_story = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


def check(item: Item, body: bytes) -> None:
    got = settled(body)
    assert outcome(got) == item.expect
    golden = (item.path / GOLDEN).read_bytes()
    assert rendered(got) == golden, "\n".join(difference(golden, rendered(got)))


@every_story
def test_a_story_is_answered_as_expected(
    folder: Path, knowledge: Knowledge, settings: Settings
) -> None:
    item = read(folder)
    reply = answer(item.call(NOW), knowledge, settings)
    assert reply.status == 200
    check(item, reply.body)


@every_story
def test_a_story_is_answered_the_same_through_the_web(folder: Path, client: FlaskClient) -> None:
    item = read(folder)
    call = item.call(NOW)
    response = client.post(
        f"/cds-services/{call.service}", data=call.body, content_type="application/json"
    )
    assert response.status_code == 200
    check(item, response.data)


@every_story
def test_the_same_call_gives_the_same_bytes(
    folder: Path, knowledge: Knowledge, settings: Settings
) -> None:
    call = read(folder).call(NOW)
    assert answer(call, knowledge, settings) == answer(call, knowledge, settings)


@every_story
def test_a_suggested_order_is_sound_fhir(folder: Path, settings: Settings) -> None:
    orders = [
        action["resource"]
        for card in orjson.loads((folder / GOLDEN).read_bytes())["cards"]
        for suggestion in card.get("suggestions", [])
        for action in suggestion["actions"]
    ]
    assert all(readable(order, settings.zone) == order for order in orders)


@every_story
def test_a_chart_is_sound_fhir_but_for_what_its_notes_say(folder: Path, settings: Settings) -> None:
    prefetch = Deliveries(read(folder).document["prefetch"]).by_key
    broken = {
        f"{resource['resourceType']}/{resource['id']}"
        for delivery in prefetch.values()
        for resource, _ in delivery.resources
        if readable(resource, settings.zone) != resource
    }
    assessment = orjson.loads((folder / GOLDEN).read_bytes())["extension"][MEMBER]
    notes = assessment.get("notes", [])
    assert broken == {note["resource"] for note in notes if note["code"] == "unreadable"}


def test_the_printed_example_gets_an_iop_card(stories: Path, client: FlaskClient) -> None:
    request = (stories / welcome.STORY / REQUEST).read_bytes()
    as_curl_sends_it = request.replace(b"\n", b"")
    response = client.post(
        f"/cds-services/{welcome.SERVICE}",
        data=as_curl_sends_it,
        content_type="application/json",
    )
    [card] = response.get_json()["cards"]
    assert card["source"]["topic"]["code"] == "intensive-outpatient"
    assert "suggestions" in card
