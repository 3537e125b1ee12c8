"""AUTH: what a token has to be, and that nobody is told what was wrong with one."""

import logging
from typing import Any

import pytest
from gate import (
    ATTRIBUTES,
    BASE_URL,
    DISCOVERY,
    FEEDBACK,
    ISS,
    SECONDS,
    SERVICE,
    Gate,
    SigningClient,
    encoded,
)

from cds.clients import Client
from cds.clients.sign import PrivateKey
from cds.hooks.trust import ANONYMOUS
from cds.settings import Settings

PATHS = [DISCOVERY, SERVICE, FEEDBACK, ATTRIBUTES]


@pytest.mark.parametrize("path", PATHS)
def test_auth_01_where_callers_must_be_known_no_stranger_is_answered(gate: Gate, path: str) -> None:
    assert gate.status(None, path) == 401


def test_auth_01_with_auth_off_everybody_is_anonymous(
    settings: Settings, signs: SigningClient
) -> None:
    gate = Gate(settings.model_copy(update={"auth": "off"}), [])
    assert gate.lets_in(None)
    assert gate.lets_in(signs.token(iss="https://unheard.example"))
    assert gate.callers == [ANONYMOUS, ANONYMOUS]


@pytest.mark.parametrize("path", PATHS)
def test_auth_02_a_token_opens_every_endpoint(
    gate: Gate, signs: SigningClient, ehr: Client, path: str
) -> None:
    assert gate.lets_in(signs.token(path), path)
    (caller,) = gate.callers
    assert (caller.name, caller.iss, caller.tenant, caller.client) == ("EHR", ISS, None, ehr)


@pytest.mark.parametrize("scheme", ["Basic", "Token", "BearerX", ""])
def test_auth_02_another_scheme_is_refused(gate: Gate, signs: SigningClient, scheme: str) -> None:
    assert gate.call(Authorization=f"{scheme} {signs.token()}").status_code == 401


def test_auth_02_the_scheme_may_be_written_in_any_case(gate: Gate, signs: SigningClient) -> None:
    assert gate.call(Authorization=f"bearer {signs.token()}").status_code == 200


@pytest.mark.parametrize("iss", [None, "", "https://unheard.example", f"{ISS}/", ISS.upper(), 7])
def test_auth_09_an_issuer_that_is_not_on_the_list_is_refused(
    gate: Gate, signs: SigningClient, iss: object
) -> None:
    assert not gate.lets_in(signs.token(iss=iss))


@pytest.mark.parametrize("path", PATHS)
def test_auth_10_aud_is_the_public_address_called_as_text_or_in_a_list(
    gate: Gate, signs: SigningClient, path: str
) -> None:
    assert gate.lets_in(signs.token(aud=BASE_URL + path), path)
    assert gate.lets_in(signs.token(aud=["https://other.example", BASE_URL + path]), path)


def test_auth_10_feedback_may_be_addressed_to_its_service(gate: Gate, signs: SigningClient) -> None:
    assert gate.lets_in(signs.token(aud=BASE_URL + SERVICE), FEEDBACK)
    assert not gate.lets_in(signs.token(aud=BASE_URL + FEEDBACK), SERVICE)


@pytest.mark.parametrize(
    "aud",
    [
        None,
        "",
        [],
        {},
        7,
        [7, None],
        BASE_URL,
        f"{BASE_URL}/cds-services/level-of-care-order-sign",
        f"{BASE_URL}{SERVICE}/",
        f"http://localhost{SERVICE}",
        f"{BASE_URL}{SERVICE}?a=b",
        f"{BASE_URL}{SERVICE}".upper(),
        BASE_URL + DISCOVERY,
    ],
)
def test_auth_10_another_address_is_refused(gate: Gate, signs: SigningClient, aud: object) -> None:
    assert not gate.lets_in(signs.token(aud=aud))


@pytest.mark.parametrize(
    ("claims", "fits"),
    [
        ({}, True),
        ({"iat": SECONDS - 300, "exp": SECONDS - 59}, True),
        ({"iat": SECONDS - 300, "exp": SECONDS - 60}, False),
        ({"iat": SECONDS + 60, "exp": SECONDS + 300}, True),
        ({"iat": SECONDS + 61, "exp": SECONDS + 300}, False),
        ({"exp": SECONDS + 3600}, True),
        ({"exp": SECONDS + 3601}, False),
        ({"iat": SECONDS, "exp": SECONDS}, False),
        ({"exp": None}, False),
        ({"iat": None}, False),
        ({"exp": str(SECONDS + 300)}, False),
        ({"exp": SECONDS + 300.5}, False),
        ({"exp": True}, False),
        ({"exp": 10**30}, False),
        ({"iat": -(10**18)}, False),
    ],
)
def test_auth_11_a_token_is_for_now_and_not_for_long(
    gate: Gate, signs: SigningClient, claims: dict[str, Any], *, fits: bool
) -> None:
    assert gate.lets_in(signs.token(**claims)) is fits


@pytest.mark.parametrize("tenant", [None, "", "east", "NORTH", 7, ["north"]])
def test_auth_13_a_tenant_that_is_not_on_the_list_is_refused(
    settings: Settings, ehr: Client, signs: SigningClient, tenant: object
) -> None:
    gate = Gate(settings, [Client("EHR", ISS, keys=ehr.keys, tenants=("north", "south"))])
    assert not gate.lets_in(signs.token(tenant=tenant))


def test_auth_13_the_tenant_tells_clients_of_one_issuer_apart(
    settings: Settings, ehr: Client, signs: SigningClient
) -> None:
    clients = [Client(name, ISS, keys=ehr.keys, tenants=(name,)) for name in ("north", "south")]
    gate = Gate(settings, clients)
    assert gate.lets_in(signs.token(tenant="south"))
    assert (gate.callers[0].name, gate.callers[0].tenant) == ("south", "south")


def test_auth_13_without_a_list_any_tenant_may_call(gate: Gate, signs: SigningClient) -> None:
    assert gate.lets_in(signs.token(tenant="east"))
    assert gate.callers[0].tenant == "east"


@pytest.mark.parametrize(
    ("nbf", "fits"), [(SECONDS, True), (SECONDS + 60, True), (SECONDS + 61, False), ("now", False)]
)
def test_auth_14_other_claims_are_tolerated_and_nbf_is_honoured(
    gate: Gate, signs: SigningClient, nbf: object, *, fits: bool
) -> None:
    assert gate.lets_in(signs.token(nbf=nbf, sub=["anything"], azp=7)) is fits


def nonsense(signs: SigningClient, other: PrivateKey) -> list[str | None]:
    """One token for each way to be refused."""
    head, body, signature = signs.token().split(".")
    return [
        None,
        "",
        "a.b.c",
        "x" * 9000,
        f"{head}.{body}",
        f"{head}.{body}.{signature}.{signature}",
        f"{head}.{encoded('[]')}.{signature}",
        f"{head}.{encoded('[' * 5000)}.{signature}",
        f"{encoded('[]')}.{body}.{signature}",
        SigningClient(other).token(),
        signs.token(iss="https://unheard.example"),
        signs.token(aud="https://unheard.example"),
        signs.token(exp=SECONDS - 3600, iat=SECONDS - 3700),
        signs.token(iat=SECONDS + 900, exp=SECONDS + 1000),
        signs.token(exp=SECONDS + 86400),
        signs.token(jti=None),
        signs.token(header={"kid": "unheard-of"}),
        signs.token(header={"jku": "https://unheard.example"}),
    ]


def test_auth_15_every_failure_is_answered_with_the_same_bytes(
    gate: Gate, signs: SigningClient, other_key: PrivateKey
) -> None:
    used = signs.token()
    assert gate.lets_in(used)
    answers = [gate.call(token) for token in [used, *nonsense(signs, other_key)]]
    assert {answer.status_code for answer in answers} == {401}
    assert len({answer.data for answer in answers}) == 1
    assert len({str(answer.headers) for answer in answers}) == 1


def test_auth_16_no_token_is_ever_logged(
    gate: Gate,
    signs: SigningClient,
    other_key: PrivateKey,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    used = signs.token()
    tokens = [used, used, *nonsense(signs, other_key)]
    for token in tokens:
        gate.call(token)
    for token in filter(None, tokens):
        assert all(part not in caplog.text for part in token.split(".") if len(part) > 10)


def test_auth_16_the_log_tells_what_an_operator_needs(
    gate: Gate, signs: SigningClient, caplog: pytest.LogCaptureFixture
) -> None:
    gate.call(signs.token(aud="https://elsewhere.example", tenant="north\nforged", jti="j" * 300))
    (line,) = [record.getMessage() for record in caplog.records if record.name == "cds.hooks.trust"]
    assert line == (
        "caller refused: aud is not the address called"
        f", iss '{ISS}', tenant 'north\\nforged', jti '{'j' * 100}'"
    )


@pytest.mark.parametrize("path", PATHS)
def test_auth_20_a_preflight_needs_no_token(gate: Gate, path: str) -> None:
    asks = {"Origin": "https://ehr.example", "Access_Control_Request_Method": "POST"}
    assert gate.call(path=path, method="OPTIONS", **asks).status_code == 204
    assert gate.call(path=path, method="OPTIONS").status_code == 200
