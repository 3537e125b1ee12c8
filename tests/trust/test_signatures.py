"""AUTH-04 to AUTH-06: headers, algorithms and signatures that open, and those that do not."""

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from gate import (
    ISS,
    Gate,
    SigningClient,
    encoded,
)

from cds.clients import Client
from cds.clients.keys import public_keys
from cds.clients.sign import PrivateKey, public_jwk
from cds.settings import Settings


@pytest.mark.parametrize(
    "header",
    [
        {"kid": None},
        {"kid": ""},
        {"kid": 7},
        {"typ": None},
        {"typ": "at+jwt"},
        {"typ": ["JWT"]},
        {"crit": ["exp"]},
        {"b64": False, "crit": ["b64"]},
    ],
)
def test_auth_04_a_header_without_what_it_must_have_is_refused(
    gate: Gate, ec_key: PrivateKey, signs: SigningClient, header: dict[str, Any]
) -> None:
    whole = {"alg": "ES384", "typ": "JWT", "kid": public_jwk(ec_key)["kid"]} | header
    chosen = {name: value for name, value in whole.items() if value is not None}
    head = encoded(json.dumps(chosen))
    body = signs.token().split(".")[1]
    algorithm = jwt.get_algorithm_by_name("ES384")
    signature = algorithm.sign(f"{head}.{body}".encode(), ec_key)
    raw = f"{head}.{body}.{encoded(signature)}"
    assert not gate.lets_in(raw)


def test_auth_04_typ_may_be_written_in_any_case(gate: Gate, signs: SigningClient) -> None:
    assert gate.lets_in(signs.token(header={"typ": "jwt"}))


@pytest.mark.parametrize("alg", ["ES384", "RS384"])
def test_auth_05_what_the_specification_recommends_is_accepted(
    gate: Gate, ec_key: PrivateKey, rsa_key: PrivateKey, alg: str
) -> None:
    key = {"ES384": ec_key, "RS384": rsa_key}[alg]
    assert gate.lets_in(SigningClient(key).token())


def test_auth_05_alg_none_is_refused(gate: Gate, signs: SigningClient, ec_key: PrivateKey) -> None:
    kid = public_jwk(ec_key)["kid"]
    body = signs.token().split(".")[1]
    for alg in ("none", "None", "NONE"):
        head = encoded(f'{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}')
        assert not gate.lets_in(f"{head}.{body}.")
        assert not gate.lets_in(f"{head}.{body}.{signs.token().split('.')[2]}")


def test_auth_05_a_public_key_is_no_secret_to_sign_with(
    gate: Gate, signs: SigningClient, rsa_key: PrivateKey
) -> None:
    kid = public_jwk(rsa_key)["kid"]
    pem = rsa_key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    body = signs.token().split(".")[1]
    for alg in ("HS256", "HS384", "HS512"):
        head = encoded(f'{{"alg":"{alg}","typ":"JWT","kid":"{kid}"}}')
        # PyJWT itself refuses to sign so, an attacker does not.
        algorithm: Any = jwt.get_algorithm_by_name(alg)
        signature = algorithm.sign(f"{head}.{body}".encode(), pem)
        assert not gate.lets_in(f"{head}.{body}.{encoded(signature)}")


def test_auth_05_rs256_is_for_clients_that_list_it(settings: Settings, rsa_key: PrivateKey) -> None:
    jwk = public_jwk(rsa_key)
    del jwk["alg"]
    keys = public_keys({"keys": [jwk]})
    usual = Client("EHR", ISS, keys=keys)
    older = Client("EHR", ISS, keys=keys, algorithms=("ES384", "RS384", "RS256"))
    signs = SigningClient(rsa_key, header={"alg": "RS256"})
    assert not Gate(settings, [usual]).lets_in(signs.token())
    assert Gate(settings, [older]).lets_in(signs.token())


def test_auth_05_an_rsa_key_that_names_no_alg_verifies_rs384(
    settings: Settings, rsa_key: PrivateKey
) -> None:
    jwk = public_jwk(rsa_key)
    del jwk["alg"]
    gate = Gate(settings, [Client("EHR", ISS, keys=public_keys({"keys": [jwk]}))])
    assert gate.lets_in(SigningClient(rsa_key).token())


def test_auth_05_a_key_for_one_alg_is_not_used_for_another(
    settings: Settings, rsa_key: PrivateKey
) -> None:
    keys = public_keys({"keys": [public_jwk(rsa_key)]})
    gate = Gate(settings, [Client("EHR", ISS, keys=keys, algorithms=("RS256", "RS384"))])
    assert not gate.lets_in(SigningClient(rsa_key, header={"alg": "RS256"}).token())


def test_auth_05_the_type_of_a_key_and_alg_have_to_agree(
    gate: Gate, ec_key: PrivateKey, rsa_key: PrivateKey
) -> None:
    crossed = SigningClient(ec_key, header={"kid": public_jwk(rsa_key)["kid"]})
    assert not gate.lets_in(crossed.token())


def test_auth_06_a_kid_nobody_knows_is_refused(gate: Gate, signs: SigningClient) -> None:
    assert not gate.lets_in(signs.token(header={"kid": "unheard-of"}))


def test_auth_06_the_signature_has_to_be_of_the_key_that_kid_names(
    gate: Gate, ec_key: PrivateKey, other_key: PrivateKey
) -> None:
    assert not gate.lets_in(
        SigningClient(other_key, header={"kid": public_jwk(ec_key)["kid"]}).token()
    )


def test_auth_06_a_signed_token_cannot_be_changed(gate: Gate, signs: SigningClient) -> None:
    first, second = signs.token().split("."), signs.token(tenant="south").split(".")
    assert not gate.lets_in(f"{first[0]}.{second[1]}.{first[2]}")


def test_auth_05_es256_is_for_clients_that_list_it(settings: Settings) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    jwk = jwt.algorithms.ECAlgorithm.to_jwk(key.public_key(), as_dict=True) | {"kid": "small"}
    keys = public_keys({"keys": [jwk]})
    signs = SigningClient(key, header={"kid": "small", "alg": "ES256"})
    assert not Gate(settings, [Client("EHR", ISS, keys=keys)]).lets_in(signs.token())
    assert Gate(settings, [Client("EHR", ISS, keys=keys, algorithms=("ES256",))]).lets_in(
        signs.token()
    )
