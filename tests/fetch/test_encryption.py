"""Over https a token goes only to a server that proves its name."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from fake_fhir import FakeFhir
from fetching import completed, everything_but, observation, request_of, state_of

from cds.fhir.delivery import State


def _certificate(address: str, folder: Path) -> Path:
    """A key and a certificate for an address, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - timedelta(days=1))
    builder = builder.not_valid_after(now + timedelta(days=1))
    subject = x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))])
    signed = builder.add_extension(subject, critical=False).sign(key, hashes.SHA256())
    pem = serialization.Encoding.PEM
    form, bare = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    file = folder / "server.pem"
    file.write_bytes(key.private_bytes(pem, form, bare) + signed.public_bytes(pem))
    return file


def _serving(address: str, folder: Path) -> tuple[Path, FakeFhir]:
    file = _certificate(address, folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    fake = FakeFhir(context)
    fake.held = [observation()]
    return file, fake


@pytest.fixture(params=["127.0.0.1", "127.0.0.2"])
def encrypted(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, FakeFhir]]:
    """A server at 127.0.0.1 with a certificate for its own or for another address."""
    file, fake = _serving(request.param, tmp_path)
    with fake.running():
        yield file, fake


def _state(server: FakeFhir) -> State:
    done = completed(request_of(server.base, everything_but("observations")))
    return state_of(done, "observations")


@pytest.mark.parametrize("encrypted", ["127.0.0.1"], indirect=True)
def test_req_07_a_server_with_a_trusted_certificate_is_read(
    encrypted: tuple[Path, FakeFhir], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, server = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert _state(server) is State.DELIVERED


def test_req_07_a_server_with_an_unknown_certificate_gets_no_call(
    encrypted: tuple[Path, FakeFhir],
) -> None:
    _, server = encrypted
    assert _state(server) is State.FAILED
    assert server.calls == []


@pytest.mark.parametrize("encrypted", ["127.0.0.2"], indirect=True)
def test_req_07_a_server_with_a_certificate_for_another_name_gets_no_call(
    encrypted: tuple[Path, FakeFhir], monkeypatch: pytest.MonkeyPatch
) -> None:
    file, server = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    assert _state(server) is State.FAILED
    assert server.calls == []
