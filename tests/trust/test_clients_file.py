"""The clients file is read strictly, the example and its page agree with the reader."""

import re
from collections.abc import Callable
from pathlib import Path

import orjson
import pytest

from cds.clients import Client, load_clients
from cds.clients.load import CLIENT_KEYS, known_clients, refuse_unprotected
from cds.clients.sign import PrivateKey, public_jwk
from cds.errors import KnowledgeError, SettingsError
from cds.settings import Settings

DOCS = Path(__file__).parents[2] / "docs"
EXAMPLE = DOCS / "clients.example.toml"
PAGE = (DOCS / "clients.md").read_text(encoding="utf-8")
GOOD = {"name": '"EHR"', "iss": '"https://ehr.example"', "jku": '"https://ehr.example/jwks.json"'}
SANDBOX = "https://sandbox.cds-hooks.org"
Write = Callable[..., Path]


def entry(**members: str | None) -> str:
    lines = [f"{name} = {value}" for name, value in (GOOD | members).items() if value is not None]
    return "\n".join(["[[client]]", *lines, ""])


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def written(*entries: str) -> Path:
        path = tmp_path / "clients.toml"
        path.write_text("\n".join(entries), encoding="utf-8")
        return path

    return written


def refusal(path: Path) -> KnowledgeError:
    with pytest.raises(KnowledgeError) as caught:
        load_clients(path)
    assert caught.value.file == "clients.toml"
    assert "\n" not in str(caught.value)
    return caught.value


def test_the_example_is_read() -> None:
    hospital, clinic = load_clients(EXAMPLE)
    assert hospital == Client(
        name="Example Hospital",
        iss="https://ehr.example/cds",
        jku="https://ehr.example/jwks.json",
        tenants=("north", "south"),
        fhir_servers=("https://ehr.example/fhir",),
        subject="careladder",
        origins=("https://ehr.example",),
    )
    assert (len(clinic.keys), clinic.jku) == (1, None)
    assert clinic.algorithms == ("ES384", "RS384", "RS256")


def test_example_and_page_show_every_key() -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert set(re.findall(r"^(\w+) =", text, re.MULTILINE)) == set(CLIENT_KEYS)
    assert set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)) == set(CLIENT_KEYS)


@pytest.mark.parametrize(
    ("members", "key", "reason"),
    [
        ({"name": None}, "client[1].name", "needs a text"),
        ({"iss": None}, "client[1].iss", "needs a text"),
        ({"iss": '" "'}, "client[1].iss", "needs a text"),
        ({"iss": "7"}, "client[1].iss", "needs a text"),
        ({"jku": None}, "client[1]", "needs either jku"),
        ({"jwks": '"jwks.json"'}, "client[1]", "needs either jku"),
        ({"jwk": '"x"'}, "client[1].jwk", "nobody knows the key 'jwk'"),
        ({"jku": '"http://ehr.example/jwks.json"'}, "client[1].jku", "must be an https address"),
        ({"jku": '"ehr.example/jwks.json"'}, "client[1].jku", "must be absolute"),
        ({"jku": '"https://ehr.example/a#b"'}, "client[1].jku", "must hold no user"),
        ({"jku": '"https://[ehr.example"'}, "client[1].jku", "is not an address"),
        ({"jku": '"https://ehr.example:x"'}, "client[1].jku", "is not an address"),
        ({"tenants": '"north"'}, "client[1].tenants", "is not a list of texts"),
        ({"tenants": '["north", ""]'}, "client[1].tenants", "a tenant has no name"),
        ({"tenants": "[]"}, "client[1].tenants", "would let nobody in"),
        ({"fhir_servers": '["/fhir"]'}, "client[1].fhir_servers", "each of them must be absolute"),
        (
            {"fhir_servers": '["http://ehr.example/fhir"]'},
            "client[1].fhir_servers",
            "each of them must be an https address",
        ),
        (
            {"fhir_servers": '["https://a@ehr.example/fhir"]'},
            "client[1].fhir_servers",
            "each of them must hold no user",
        ),
        ({"origins": '["ehr.example"]'}, "client[1].origins", "each of them must be absolute"),
        ({"origins": '["*"]'}, "client[1].origins", "each of them must be absolute"),
        ({"origins": '["https://a.example/b"]'}, "client[1].origins", "each of them must be an or"),
        ({"algorithms": '["HS256"]'}, "client[1].algorithms", "nothing is called 'HS256'"),
        ({"algorithms": '["none"]'}, "client[1].algorithms", "nothing is called 'none'"),
        ({"algorithms": "[]"}, "client[1].algorithms", "is empty"),
    ],
)
def test_auth_08_an_entry_with_a_mistake_is_refused(
    write: Write, members: dict[str, str | None], key: str, reason: str
) -> None:
    error = refusal(write(entry(**members)))
    assert error.key == key
    assert error.reason.startswith(reason)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "client"),
        ("client = []", "client"),
        ("client = 7", "client"),
        ("client = [7]", "client[1]"),
        ("[client]", "client"),
        ("[[clients]]", "clients"),
        ("[[client]", ""),
    ],
)
def test_a_file_that_is_no_list_of_clients_is_refused(write: Write, text: str, key: str) -> None:
    assert refusal(write(text)).key == key


def test_http_is_for_loopback(write: Write) -> None:
    local = '"http://127.0.0.1:9000/jwks.json"'
    (client,) = load_clients(write(entry(jku=local, fhir_servers='["http://localhost:1/fhir/"]')))
    assert client.jku == "http://127.0.0.1:9000/jwks.json"
    assert client.fhir_servers == ("http://localhost:1/fhir",)


def test_auth_13_no_token_can_belong_to_two_clients(write: Write) -> None:
    def two(first: str | None, second: str | None) -> Path:
        return write(entry(tenants=first), entry(name='"Two"', tenants=second))

    for tenants in (
        (None, None),
        (None, '["north"]'),
        ('["north"]', None),
        ('["north"]', '["south", "north"]'),
    ):
        assert refusal(two(*tenants)).key == "client[2].iss"
    assert len(load_clients(two('["north"]', '["south"]'))) == 2


def test_clients_have_names_of_their_own(write: Write) -> None:
    error = refusal(write(entry(), entry(iss='"https://other.example"')))
    assert error.key == "client[2].name"


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"{", "jwks.json is not JSON"),
        (b"[]", "jwks.json is not a JWK Set"),
        (b'{"keys": []}', "jwks.json is not a JWK Set"),
        (b'{"keys": [{"kty": "oct", "kid": "a", "k": "eA"}]}', "jwks.json holds a secret"),
        (b'{"keys": [{"kty": "EC", "kid": "a"}]}', "jwks.json has no key"),
        (None, "jwks.json cannot be read"),
    ],
)
def test_auth_07_a_key_file_that_will_not_do_is_refused(
    write: Write, content: bytes | None, reason: str
) -> None:
    path = write(entry(jku=None, jwks='"jwks.json"'))
    if content is not None:
        (path.parent / "jwks.json").write_bytes(content)
    error = refusal(path)
    assert error.key == "client[1].jwks"
    assert error.reason.startswith(reason)


@pytest.mark.parametrize("name", ["../jwks.json", "/etc/jwks.json", "keys/jwks.json"])
def test_auth_07_a_key_file_lies_beside_the_clients_file(write: Write, name: str) -> None:
    error = refusal(write(entry(jku=None, jwks=f'"{name}"')))
    assert error.reason.startswith("names a file beside this one")


def test_auth_07_a_key_file_is_read(write: Write, ec_key: PrivateKey) -> None:
    path = write(entry(jku=None, jwks='"jwks.json"'))
    jwk = public_jwk(ec_key)
    (path.parent / "jwks.json").write_bytes(orjson.dumps({"keys": [jwk]}))
    (client,) = load_clients(path)
    assert list(client.keys) == [jwk["kid"]]


@pytest.mark.parametrize(
    "members",
    [
        {"iss": f'"{SANDBOX}"'},
        {"iss": f'"{SANDBOX.upper()}/"'},
        {"jku": f'"{SANDBOX}/.well-known/jwks.json"'},
    ],
)
def test_auth_19_the_public_sandbox_is_trusted_on_loopback_only(
    write: Write, members: dict[str, str | None]
) -> None:
    path = write(entry(**members))
    assert refusal(path).key == "client[1].iss"
    assert len(load_clients(path, on_loopback=True)) == 1
    assert len(known_clients(Settings(clients=path))) == 1
    served = {"clients": path, "auth": "required"}
    for settings in (
        Settings(host="0.0.0.0", **served),  # noqa: S104 - nothing is served
        Settings(base_url="https://careladder.example", **served),
    ):
        with pytest.raises(KnowledgeError):
            refuse_unprotected(settings)


def test_auth_01_the_service_does_not_start_for_nobody() -> None:
    with pytest.raises(SettingsError) as caught:
        refuse_unprotected(Settings(auth="required"))
    assert caught.value.variable == "CDS_CLIENTS"
    refuse_unprotected(Settings(auth="required", clients=EXAMPLE))
    refuse_unprotected(Settings())
