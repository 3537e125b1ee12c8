"""AUTH: keys at an address are fetched from there only, kept, renewed and rotated."""

import socket
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from gate import ISS, Gate, JwksServer, SigningClient, new_key

from cds.clients import Client
from cds.clients.keys import fault, public_keys
from cds.clients.sign import PrivateKey, public_jwk
from cds.hooks import jwks
from cds.hooks.jwks import GRACE, LIFESPAN, PAUSE, RemoteKeys
from cds.settings import Settings


class Watch:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def remote(jwks_server: JwksServer, ec_key: PrivateKey, watch: Watch) -> RemoteKeys:
    jwks_server.publish(ec_key)
    return RemoteKeys(jwks_server.url + "/jwks.json", watch)


def kid(key: PrivateKey) -> str:
    return public_jwk(key)["kid"]


@pytest.fixture
def gate_of(settings: Settings, jwks_server: JwksServer) -> Gate:
    """A client that publishes its keys."""
    return Gate(settings, [Client("EHR", ISS, jku=jwks_server.url)])


def test_auth_07_keys_come_from_the_address_of_the_client(
    gate_of: Gate, jwks_server: JwksServer, ec_key: PrivateKey, signs: SigningClient
) -> None:
    jwks_server.publish(ec_key)
    assert gate_of.lets_in(signs.token())
    assert gate_of.lets_in(signs.token(header={"jku": jwks_server.url}))
    assert len(jwks_server.asked) == 1


def test_auth_07_a_key_that_appears_in_mid_run_is_found(
    gate_of: Gate, jwks_server: JwksServer, ec_key: PrivateKey, other_key: PrivateKey
) -> None:
    jwks_server.publish(ec_key)
    assert gate_of.lets_in(SigningClient(ec_key).token())
    jwks_server.publish(ec_key, other_key)
    assert gate_of.lets_in(SigningClient(other_key).token())
    assert gate_of.lets_in(SigningClient(ec_key).token())
    assert len(jwks_server.asked) == 2


@pytest.mark.parametrize("with_jku", [False, True])
def test_auth_08_a_jku_of_an_attacker_is_never_asked(  # noqa: PLR0913 - each part plays
    settings: Settings,
    ehr: Client,
    jwks_server: JwksServer,
    ec_key: PrivateKey,
    other_key: PrivateKey,
    *,
    with_jku: bool,
) -> None:
    jwks_server.publish(ec_key)
    honest = Client("EHR", ISS, jku=f"{jwks_server.url}/honest") if with_jku else ehr
    attacker = SigningClient(other_key, header={"jku": f"{jwks_server.url}/attacker"})
    assert not Gate(settings, [honest]).lets_in(attacker.token())
    assert not Gate(settings, [honest]).lets_in(attacker.token(iss=jwks_server.url))
    assert jwks_server.asked == []


def test_auth_08_a_key_inside_the_token_is_not_used(gate: Gate, other_key: PrivateKey) -> None:
    header = {"jwk": public_jwk(other_key), "x5u": "https://attacker.example"}
    assert not gate.lets_in(SigningClient(other_key, header=header).token())


def test_auth_06_a_flood_of_made_up_kids_is_one_fetch(
    remote: RemoteKeys, jwks_server: JwksServer, ec_key: PrivateKey, watch: Watch
) -> None:
    assert remote.find(kid(ec_key)) is not None
    assert [remote.find(f"made-up-{number}") for number in range(50)] == [None] * 50
    assert len(jwks_server.asked) == 2
    watch.seconds += PAUSE
    remote.find("made-up")
    assert len(jwks_server.asked) == 3
    assert remote.find(kid(ec_key)) is not None


def test_auth_17_keys_are_kept_and_then_renewed(
    remote: RemoteKeys, jwks_server: JwksServer, ec_key: PrivateKey, watch: Watch
) -> None:
    for _ in range(20):
        assert remote.find(kid(ec_key)) is not None
    assert len(jwks_server.asked) == 1
    watch.seconds += LIFESPAN
    assert remote.find(kid(ec_key)) is not None
    assert len(jwks_server.asked) == 2


def test_auth_17_a_key_taken_back_is_forgotten(
    remote: RemoteKeys,
    jwks_server: JwksServer,
    ec_key: PrivateKey,
    other_key: PrivateKey,
    watch: Watch,
) -> None:
    assert remote.find(kid(ec_key)) is not None
    jwks_server.publish(other_key)
    watch.seconds += LIFESPAN
    assert remote.find(kid(ec_key)) is None


def test_auth_17_keys_outlive_a_failure_of_their_address_for_a_while(
    remote: RemoteKeys, jwks_server: JwksServer, ec_key: PrivateKey, watch: Watch
) -> None:
    assert remote.find(kid(ec_key)) is not None
    jwks_server.status = 503
    watch.seconds += LIFESPAN
    assert remote.find(kid(ec_key)) is not None
    assert remote.find(kid(ec_key)) is not None
    assert len(jwks_server.asked) == 2  # it is left alone after a failure
    watch.seconds += GRACE
    assert remote.find(kid(ec_key)) is None
    jwks_server.status = 200
    watch.seconds += PAUSE
    assert remote.find(kid(ec_key)) is not None


@pytest.mark.parametrize("document", [None, [], {}, {"keys": 7}, {"keys": [7, {}]}, "x" * 300_000])
def test_auth_17_an_address_that_talks_nonsense_gives_no_key(
    remote: RemoteKeys, jwks_server: JwksServer, ec_key: PrivateKey, document: object
) -> None:
    jwks_server.document = document
    assert remote.find(kid(ec_key)) is None


def test_auth_17_a_redirect_is_not_followed(
    remote: RemoteKeys, jwks_server: JwksServer, ec_key: PrivateKey
) -> None:
    jwks_server.status = 302
    assert remote.find(kid(ec_key)) is None
    assert jwks_server.asked == ["/jwks.json"]


def test_auth_17_an_address_that_never_answers_is_given_up(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(jwks, "TIMEOUT", 0.05)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        remote = RemoteKeys(f"http://127.0.0.1:{silent.getsockname()[1]}/jwks.json")
        assert remote.find("any") is None
    assert "no keys from" in caplog.text


def small_rsa() -> dict[str, Any]:
    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - the point
    return public_jwk(weak)


@pytest.mark.parametrize(
    "change",
    [
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kid": None},
        {"kid": 7},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": ["EC"]},
        {"crv": "P-521"},
        {"crv": None},
        {"x": "AAAA"},
        {"y": 7},
        {"alg": "HS256"},
        {"alg": 7},
    ],
)
def test_auth_06_a_key_that_will_not_do_is_left_out(
    ec_key: PrivateKey, other_key: PrivateKey, change: dict[str, Any]
) -> None:
    found = public_keys({"keys": [public_jwk(ec_key) | change, public_jwk(other_key)]})
    assert list(found) == [kid(other_key)]


def test_auth_06_a_weak_key_is_left_out() -> None:
    assert public_keys({"keys": [small_rsa()]}) == {}


def test_auth_06_a_kid_of_two_keys_names_neither(ec_key: PrivateKey, other_key: PrivateKey) -> None:
    both = [public_jwk(ec_key) | {"kid": "one"}, public_jwk(other_key) | {"kid": "one"}]
    assert public_keys({"keys": both}) == {}
    assert fault({"keys": both}) == "has two keys of one kid, or without any"


def test_auth_06_a_private_key_that_was_published_is_used_as_a_public_one() -> None:
    key = new_key("ES384")
    jwk = public_jwk(key) | {"d": "AAAA"}
    (found,) = public_keys({"keys": [jwk]}).values()
    assert not hasattr(found.public, "private_numbers")
    assert (fault({"keys": [jwk]}) or "").startswith("holds a secret")
