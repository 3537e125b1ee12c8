"""CORS: a page on the list may call and read every answer, any other page may not."""

import pytest
from gate import ATTRIBUTES, DISCOVERY, FEEDBACK, SERVICE, Gate, SigningClient
from werkzeug.test import TestResponse

from cds.clients import Client
from cds.errors import SettingsError
from cds.hooks.cors import Cors
from cds.settings import Settings

LISTED = "https://ehr.example"
STRANGE = "https://attacker.example"
ALLOW = "Access-Control-Allow-Origin"


def preflight(gate: Gate, path: str, origin: str, method: str = "POST") -> TestResponse:
    asks = {"Origin": origin, "Access_Control_Request_Method": method}
    wanted = {"Access_Control_Request_Headers": "authorization,content-type"}
    return gate.call(path=path, method="OPTIONS", **asks, **wanted)


def words(response: TestResponse, header: str) -> set[str]:
    return {word.strip().lower() for word in response.headers[header].split(",")}


@pytest.mark.parametrize(
    ("path", "method"),
    [(DISCOVERY, "GET"), (SERVICE, "POST"), (FEEDBACK, "POST"), (ATTRIBUTES, "GET")],
)
def test_cors_01_every_endpoint_answers_a_preflight(gate: Gate, path: str, method: str) -> None:
    response = preflight(gate, path, LISTED, method)
    assert (response.status_code, response.data) == (204, b"")
    assert response.headers[ALLOW] == LISTED
    assert method.lower() in words(response, "Access-Control-Allow-Methods")


def test_cors_02_methods_and_headers_that_clients_send_are_allowed(gate: Gate) -> None:
    response = preflight(gate, SERVICE, LISTED)
    assert {"get", "post", "options"} <= words(response, "Access-Control-Allow-Methods")
    allowed = words(response, "Access-Control-Allow-Headers")
    assert {"authorization", "content-type", "accept"} <= allowed


def test_cors_02_a_page_can_read_who_answered(gate: Gate, signs: SigningClient) -> None:
    response = gate.call(signs.token(), Origin=LISTED)
    assert response.status_code == 200
    assert "server-timing" in words(response, "Access-Control-Expose-Headers")


@pytest.mark.parametrize(
    "origin",
    [
        *(STRANGE, "null", "*", "http://ehr.example", "https://ehr.example:8443"),
        *("https://ehr.example.attacker.example", "https://a.ehr.example", "https://EHR.example"),
        *("http://localhost:3000", "http://127.0.0.1", "http://[", "https://user@ehr.example"),
    ],
)
def test_cors_03_a_page_that_is_not_on_the_list_is_told_nothing(
    gate: Gate, signs: SigningClient, origin: str
) -> None:
    for response in (preflight(gate, SERVICE, origin), gate.call(signs.token(), Origin=origin)):
        names = [name for name, _ in response.headers if name.startswith("Access-Control")]
        assert names == []
        assert "Origin" in response.headers["Vary"]


def test_cors_03_a_page_on_the_list_can_read_errors(gate: Gate, signs: SigningClient) -> None:
    refused = gate.call(Origin=LISTED)
    gate.fails_later()
    failed = gate.call(signs.token(), Origin=LISTED)
    unknown = gate.call(path="/cds-services/nobody", Origin=LISTED)
    found = [(one.status_code, one.headers.get(ALLOW)) for one in (refused, failed, unknown)]
    assert found == [(401, LISTED), (412, LISTED), (404, LISTED)]


def test_cors_03_there_is_no_wildcard_and_no_credentials(gate: Gate, signs: SigningClient) -> None:
    for response in (preflight(gate, SERVICE, LISTED), gate.call(signs.token(), Origin=LISTED)):
        assert "Access-Control-Allow-Credentials" not in response.headers
        assert "*" not in [value for _, value in response.headers]


def test_cors_03_a_call_from_no_page_has_no_cors_headers(gate: Gate, signs: SigningClient) -> None:
    response = gate.call(signs.token())
    assert ALLOW not in response.headers
    assert response.headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    ("origin", "listed"),
    [
        ("http://localhost:3000", True),
        ("http://127.0.0.1", True),
        ("http://[::1]:8443", True),
        ("null", False),
        (STRANGE, False),
        ("http://localhost.attacker.example", False),
    ],
)
def test_cors_03_with_auth_off_pages_of_this_machine_may_call(
    settings: Settings, origin: str, *, listed: bool
) -> None:
    gate = Gate(settings.model_copy(update={"auth": "off"}), [])
    assert preflight(gate, SERVICE, origin).headers.get(ALLOW) == (origin if listed else None)
    assert gate.call(Origin=origin).headers.get(ALLOW) == (origin if listed else None)


def test_cors_03_settings_add_origins_in_whatever_spelling(settings: Settings, ehr: Client) -> None:
    origins = ("https://Page.example:443/", "http://other.example:8080")
    gate = Gate(settings.model_copy(update={"origins": origins}), [ehr])
    for origin in ("https://page.example", "http://other.example:8080", LISTED):
        assert preflight(gate, SERVICE, origin).headers[ALLOW] == origin


@pytest.mark.parametrize("origin", ["*", "null", "ehr.example", "https://ehr.example/page", ""])
def test_cors_03_a_setting_that_is_no_origin_stops_the_start(origin: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Cors(Settings(origins=(origin,)), [])
    assert caught.value.variable == "CDS_ORIGINS"
