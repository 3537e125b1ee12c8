"""Which keys are read from the client's server, how, and what is left alone."""

import threading

import pytest
from fake_fhir import Asked, FakeFhir, Told, page
from fetching import (
    PATIENT,
    SECRET,
    SERVICE,
    authorization,
    completed,
    everything_but,
    observation,
    patient,
    request_of,
    state_of,
)

from cds.fhir.delivery import State

ALL_KINDS = sorted(
    template.partition("?")[0].partition("/")[0] for template in SERVICE.prefetch.values()
)
OUTCOME = {"resourceType": "OperationOutcome", "issue": [{"severity": "error", "code": "timeout"}]}


def test_pre_14_a_missing_key_is_read_with_one_call(server: FakeFhir) -> None:
    done = completed(request_of(server.base, everything_but("observations")))
    assert server.kinds_asked() == ["Observation"]
    assert done["prefetch"]["observations"] == page(observation())


def test_pre_14_all_keys_are_read_when_there_is_no_prefetch(server: FakeFhir) -> None:
    done = completed(request_of(server.base))
    assert server.kinds_asked() == ALL_KINDS
    assert done["prefetch"]["patient"] == patient()


def test_pre_14_keys_come_back_in_the_order_of_the_catalogue(server: FakeFhir) -> None:
    done = completed(request_of(server.base, {"item1": None, "encounters": None}))
    assert [*done["prefetch"]] == [*SERVICE.prefetch, "item1"]


@pytest.mark.parametrize("key", SERVICE.prefetch)
@pytest.mark.parametrize(
    "value",
    [None, page(), page(total=0), page(entry=[]), page(observation()), OUTCOME, "noise", {}],
)
def test_pre_15_16_17_a_key_that_was_sent_is_not_asked_for_again(
    server: FakeFhir, key: str, value: object
) -> None:
    prefetch = everything_but() | {key: value}
    assert completed(request_of(server.base, prefetch))["prefetch"] == prefetch
    assert server.calls == []


def test_pre_18_without_a_token_nothing_is_called(server: FakeFhir) -> None:
    document = request_of(server.base, fhirAuthorization=None)
    assert completed(document) is document
    assert server.calls == []


def test_req_06_a_token_without_a_server_is_dropped() -> None:
    assert completed(request_of(None, {})) == request_of(None, {}, fhirAuthorization=None)


def test_req_08_the_document_never_holds_the_token(server: FakeFhir) -> None:
    for prefetch in (everything_but(), {}, None):
        document = request_of(server.base, prefetch)
        assert SECRET not in str(completed(document))
        assert "fhirAuthorization" in document


def test_fhir_07_the_token_travels_in_the_authorization_header_only(server: FakeFhir) -> None:
    completed(request_of(server.base))
    for asked in server.calls:
        assert asked.headers.pop("Authorization") == f"Bearer {SECRET}"
        assert SECRET not in str(asked)


def test_pre_01_searches_are_posted_so_that_no_address_holds_the_patient(server: FakeFhir) -> None:
    completed(request_of(server.base, everything_but("observations")))
    (asked,) = server.calls
    assert (asked.method, asked.path, asked.query) == ("POST", "/fhir/Observation/_search", "")
    assert asked.form["patient"] == [PATIENT]
    assert asked.headers["Accept"] == "application/fhir+json"


@pytest.mark.parametrize("status", [404, 405, 501])
def test_pre_14_a_server_without_post_search_is_asked_by_get(server: FakeFhir, status: int) -> None:
    def get_only(asked: Asked) -> Told:
        return Told(status) if asked.method == "POST" else server.normal(asked)

    server.behaviours["Observation"] = get_only
    done = completed(request_of(server.base, everything_but("observations")))
    assert [asked.method for asked in server.calls] == ["POST", "GET"]
    assert server.calls[0].form == server.calls[1].form
    assert state_of(done, "observations") is State.DELIVERED


@pytest.mark.parametrize(
    ("scope", "kinds"),
    [
        ("patient/Observation.read", ["Observation"]),
        ("user/Observation.rs?category=survey patient/Condition.r", ["Observation"]),
        ("system/Patient.r patient/Patient.s", ["Patient"]),
        ("user/*.* openid", ALL_KINDS),
        ("patient/*.cruds", ALL_KINDS),
        ("patient/*.write launch/patient", []),
        ("patient/*.readall Observation.read", []),
    ],
)
def test_fhir_04_09_only_what_a_scope_permits_is_read(
    server: FakeFhir, scope: str, kinds: list[str]
) -> None:
    completed(request_of(server.base, fhirAuthorization=authorization(scope=scope)))
    assert server.kinds_asked() == kinds


@pytest.mark.parametrize(
    "patient_id", ["..", ".", "a/b", "a,b", "a|b", "a?b", "a%2fb", "ä", "a&b=c"]
)
def test_pre_02_an_id_that_could_widen_a_query_does_not_resolve(
    server: FakeFhir, patient_id: str
) -> None:
    context = {"userId": "Practitioner/doc", "patientId": patient_id}
    token = authorization(patient=None)
    completed(request_of(server.base, context=context, fhirAuthorization=token))
    assert server.calls == []


def test_pre_14_a_reference_as_patient_id_is_read_as_the_bare_id(server: FakeFhir) -> None:
    context = {"userId": "Practitioner/doc", "patientId": f"Patient/{PATIENT}"}
    completed(request_of(server.base, everything_but("patient"), context=context))
    assert [asked.path for asked in server.calls] == [f"/fhir/Patient/{PATIENT}"]


def test_pre_14_the_keys_are_read_at_the_same_time(server: FakeFhir) -> None:
    together = threading.Barrier(len(SERVICE.prefetch))

    def wait_for_the_others(asked: Asked) -> Told:
        together.wait(30)
        return server.normal(asked)

    server.behaviours = dict.fromkeys(ALL_KINDS, wait_for_the_others)
    done = completed(request_of(server.base))
    assert all(state_of(done, key) is not State.FAILED for key in SERVICE.prefetch)
