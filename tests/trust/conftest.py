"""A service that asks who calls, and clients with keys of their own."""

from collections.abc import Iterator

import pytest
from gate import BASE_URL, ISS, Gate, JwksServer, SigningClient, new_key, serving

from cds.clients import Client
from cds.clients.keys import public_keys
from cds.clients.sign import PrivateKey, public_jwk
from cds.settings import Settings


@pytest.fixture(scope="session")
def ec_key() -> PrivateKey:
    return new_key("ES384")


@pytest.fixture(scope="session")
def rsa_key() -> PrivateKey:
    return new_key("RS384")


@pytest.fixture(scope="session")
def other_key() -> PrivateKey:
    return new_key("ES384")


@pytest.fixture
def settings() -> Settings:
    return Settings(auth="required", base_url=BASE_URL)


@pytest.fixture
def ehr(ec_key: PrivateKey, rsa_key: PrivateKey) -> Client:
    """A client whose keys came in a file."""
    jwks = {"keys": [public_jwk(ec_key), public_jwk(rsa_key)]}
    return Client("EHR", ISS, keys=public_keys(jwks), origins=("https://ehr.example",))


@pytest.fixture
def signs(ec_key: PrivateKey) -> SigningClient:
    return SigningClient(ec_key)


@pytest.fixture
def gate(settings: Settings, ehr: Client) -> Gate:
    return Gate(settings, [ehr])


@pytest.fixture
def jwks_server() -> Iterator[JwksServer]:
    with serving() as server:
        yield server
