"""The cards do not depend on the way the data came: prefetch or the FHIR server."""

from datetime import UTC, datetime

import orjson
from fake_fhir import FakeFhir, Told
from fetching import SERVICE, completed, request_of

from cds.answer import Call, Reply, answer
from cds.settings import Settings
from cds.shelf import load_knowledge

AS_OF = datetime(2024, 2, 29, 18, tzinfo=UTC)


def _answered(document: dict[str, object]) -> Reply:
    call = Call(SERVICE.id, AS_OF, orjson.dumps(document))
    return answer(call, load_knowledge(), Settings())


def test_pre_24_the_same_data_give_the_same_bytes_by_either_way(server: FakeFhir) -> None:
    fetched = completed(request_of(server.base, {}))
    delivered = completed(request_of(server.base, fetched["prefetch"], fhirAuthorization=None))
    assert len(server.calls) == len(SERVICE.prefetch)
    reply = _answered(fetched)
    assert reply.status == 200
    assert orjson.loads(reply.body)["cards"]
    assert reply == _answered(delivered)


def test_pre_18_a_required_key_that_cannot_be_read_is_a_412(server: FakeFhir) -> None:
    server.behaviours["Observation"] = lambda _: Told(403)
    reply = _answered(completed(request_of(server.base)))
    assert reply.status == 412
    assert b"observations" in reply.body


def test_pre_18_an_optional_key_that_cannot_be_read_is_unknown(server: FakeFhir) -> None:
    server.behaviours["Encounter"] = lambda _: Told(403)
    reply = _answered(completed(request_of(server.base)))
    assert reply.status == 200
    assert b"not-delivered" in reply.body


def test_pre_18_a_missing_required_key_without_access_is_a_412() -> None:
    assert _answered(completed(request_of(None, {}))).status == 412
