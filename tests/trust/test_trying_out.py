"""`cds clients` and `cds replay --sign`, as a person tries the service out with auth on."""

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
import urllib3
from click.testing import CliRunner, Result
from flask import Flask, Response, request
from werkzeug.serving import make_server

from cds.app import utc_now
from cds.cli import main
from cds.clients import load_clients
from cds.hooks.responses import answer_error
from cds.hooks.trust import Authenticator, Caller, make_authenticator
from cds.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
ISS = "https://trial.example"


def cds(*words: str | Path) -> Result:
    return CliRunner().invoke(main, [str(word) for word in words])


@pytest.fixture(params=["ES384", "RS384"])
def trial(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    made = cds(
        "clients", "keygen", "--alg", request.param, "--out", tmp_path / "trial", "--iss", ISS
    )
    assert made.exit_code == 0, made.output
    return tmp_path / "trial"


def test_check_says_who_is_let_in() -> None:
    told = cds("clients", "check", DOCS / "clients.example.toml")
    assert told.exit_code == 0
    for text in ("Example Hospital", "https://ehr.example/jwks.json", "north, south", "ES384"):
        assert text in told.output


def test_check_tells_a_mistake_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "clients.toml"
    path.write_text('[[client]]\nname = "EHR"\njku = "https://ehr.example"\n', encoding="utf-8")
    told = cds("clients", "check", path)
    assert told.exit_code == 2
    assert told.output == "Error: clients.toml: client[1].iss: needs a text\n"


def test_auth_19_check_warns_of_the_sandbox(tmp_path: Path) -> None:
    path = tmp_path / "clients.toml"
    sandbox = "https://sandbox.cds-hooks.org"
    path.write_text(f'[[client]]\nname = "S"\niss = "{sandbox}"\njku = "{sandbox}/jwks.json"\n')
    told = cds("clients", "check", path)
    assert told.exit_code == 0
    assert "WARNING" in told.output


def test_made_keys_are_private_and_the_client_is_sound(trial: Path) -> None:
    assert stat.S_IMODE((trial / "private-key.pem").stat().st_mode) == 0o600
    assert "PRIVATE" not in (trial / "jwks.json").read_text()
    (client,) = load_clients(trial / "clients.toml")
    assert (client.iss, len(client.keys)) == (ISS, 1)
    assert cds("clients", "check", trial / "clients.toml").exit_code == 0


def test_no_key_is_ever_overwritten(trial: Path) -> None:
    before = {path: path.read_bytes() for path in trial.iterdir()}
    again = cds("clients", "keygen", "--out", trial)
    assert again.exit_code == 2
    assert "no key is overwritten" in again.output
    assert {path: path.read_bytes() for path in trial.iterdir()} == before


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    told = cds("clients", "keygen", "--out", tmp_path / "file" / "trial")
    assert told.exit_code == 2
    assert "cannot write" in told.output


class Door:
    """A server on loopback that lets in whom the trial's clients file names."""

    def __init__(self, trial: Path, prefix: str) -> None:
        self.callers: list[Caller] = []
        app = Flask("door", static_folder=None)
        app.add_url_rule(f"{prefix}/cds-services/<name>", view_func=self._view, methods=["POST"])
        app.register_error_handler(Exception, answer_error)
        self.server = make_server("127.0.0.1", 0, app, threaded=True)
        self._root = f"http://127.0.0.1:{self.server.server_port}"
        self.url = self._root + prefix
        settings = Settings(auth="required", clients=trial / "clients.toml")
        clients = load_clients(trial / "clients.toml")
        self._authenticator: Authenticator = make_authenticator(settings, clients, utc_now)

    def _view(self, name: str) -> Response:
        assert name == "level-of-care-patient-view"
        self.callers.append(self._authenticator.caller(request, self._root + request.path))
        return Response(b'{"cards": []}', content_type="application/json")


@pytest.fixture(params=["", "/behind"])
def door(request: pytest.FixtureRequest, trial: Path) -> Iterator[Door]:
    made = Door(trial, request.param)
    thread = Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def charts(tmp_path: Path) -> Path:
    """Two files to replay: two calls."""
    folder = tmp_path / "charts"
    folder.mkdir()
    for name in ("a", "b"):
        patient = {"resourceType": "Patient", "id": name, "birthDate": "1990-01-01"}
        (folder / f"{name}.json").write_text(json.dumps(patient))
    return folder


def test_auth_12_replay_signs_each_call_anew(door: Door, trial: Path, charts: Path) -> None:
    words = ["--url", f"{door.url}/", "--sign", trial / "private-key.pem", "--iss", ISS]
    cds("replay", charts, *words, "--tenant", "north")
    assert [(one.iss, one.tenant) for one in door.callers] == [(ISS, "north")] * 2


def test_auth_02_unsigned_the_same_calls_are_refused(door: Door, charts: Path) -> None:
    told = cds("replay", charts, "--url", door.url)
    assert told.exit_code == 1
    assert told.output.count("401: This service answers registered clients only.") == 2
    assert door.callers == []


def test_a_printed_token_opens_its_address_once(door: Door, trial: Path) -> None:
    address = f"{door.url}/cds-services/level-of-care-patient-view"
    token = cds("clients", "token", address, "--sign", trial / "private-key.pem", "--iss", ISS)
    headers = {"Authorization": f"Bearer {token.output.strip()}"}
    asked = [urllib3.request("POST", address, headers=headers, retries=False) for _ in range(2)]
    assert [answer.status for answer in asked] == [200, 401]


@pytest.mark.parametrize(
    "words",
    [
        ["--sign", "KEY", "--iss", ISS],
        ["--sign", "KEY", "--url", "http://127.0.0.1:9"],
        ["--iss", ISS],
        ["--tenant", "north", "--url", "http://127.0.0.1:9"],
    ],
)
def test_options_that_need_one_another_say_so(
    tmp_path: Path, charts: Path, words: list[str]
) -> None:
    (tmp_path / "key.pem").touch()
    chosen = [str(tmp_path / "key.pem") if word == "KEY" else word for word in words]
    told = cds("replay", charts, *chosen)
    assert told.exit_code == 2
    assert "give --url, --sign and --iss together" in told.output


def test_a_key_that_cannot_sign_is_told_in_one_line(tmp_path: Path, charts: Path) -> None:
    (tmp_path / "key.pem").write_text("no key")
    words = ["--url", "http://127.0.0.1:9", "--sign", tmp_path / "key.pem", "--iss", ISS]
    told = cds("replay", charts, *words)
    assert told.exit_code == 2
    assert told.output == "Error: key.pem: is not an unencrypted private key in PEM\n"
