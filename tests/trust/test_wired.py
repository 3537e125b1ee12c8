"""The whole application with auth on: every endpoint asks who calls, and says it to browsers."""

from pathlib import Path

import orjson
import pytest
from flask.testing import FlaskClient
from forgetful import Forgetful
from gate import ATTRIBUTES, BASE_URL, DISCOVERY, FEEDBACK, NOW, SERVICE, SigningClient

from cds.answer import Call, Reply
from cds.app import create_app
from cds.clients.sign import PrivateKey, public_jwk
from cds.settings import Settings

PAGE = "https://ehr.example"
REQUEST = {
    "hook": "patient-view",
    "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
    "context": {"userId": "Practitioner/example", "patientId": "example"},
}
ENTRY = {
    "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719",
    "outcome": "overridden",
    "outcomeTimestamp": "2024-02-29T12:00:00Z",
}


class NoCards:
    def reply(self, call: Call, due: float) -> tuple[Reply, str]:
        assert call.service
        assert due
        return Reply(200, b'{"cards":[]}'), "web"


@pytest.fixture
def client(tmp_path: Path, ec_key: PrivateKey) -> FlaskClient:
    path = tmp_path / "clients.toml"
    path.write_text(
        '[[client]]\nname = "EHR"\niss = "https://ehr.example/cds"\njwks = "jwks.json"\n'
        f'origins = ["{PAGE}"]\n'
    )
    (tmp_path / "jwks.json").write_bytes(orjson.dumps({"keys": [public_jwk(ec_key)]}))
    settings = Settings(auth="required", clients=path, base_url=BASE_URL)
    return create_app(
        settings, dispatcher=NoCards(), clock=lambda: NOW, journal=Forgetful()
    ).test_client()


@pytest.mark.parametrize("path", [DISCOVERY, SERVICE, FEEDBACK, ATTRIBUTES])
def test_auth_02_disc_15_fb_13_every_endpoint_opens_to_a_token_made_for_it(
    client: FlaskClient, signs: SigningClient, path: str
) -> None:
    def ask(token: str | None) -> int:
        headers = {"Origin": PAGE} | ({"Authorization": f"Bearer {token}"} if token else {})
        json = {SERVICE: REQUEST, FEEDBACK: {"feedback": [ENTRY]}}.get(path)
        answer = client.open(path, method="POST" if json else "GET", json=json, headers=headers)
        assert answer.headers["Access-Control-Allow-Origin"] == PAGE
        scheme = "Bearer" if answer.status_code == 401 else None
        assert answer.headers.get("WWW-Authenticate") == scheme
        return answer.status_code

    token = signs.token(path)
    assert [ask(None), ask(token), ask(token)] == [401, 200, 401]


def test_auth_20_preflight_is_free_and_so_is_the_health_check(client: FlaskClient) -> None:
    asks = {"Origin": PAGE, "Access-Control-Request-Method": "POST"}
    assert client.options(SERVICE, headers=asks).status_code == 204
    assert client.get("/health/live").status_code == 200
