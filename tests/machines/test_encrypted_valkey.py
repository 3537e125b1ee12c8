"""CDS_REDIS_URL with TLS and a password: who has both is let in, and nobody else."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from machine import lost, machines, traffic
from networks import free_place
from real_servers import server, tls_binary
from redis.exceptions import AuthenticationError, RedisError
from redis.exceptions import ConnectionError as NoConnection

from cds.valkey import connect

LOCAL = "127.0.0.1"
PASSWORD = "only-this-test-knows-it"  # noqa: S105
USAGE = {
    "digital_signature": True,
    **dict.fromkeys(
        (
            *("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"),
            *("crl_sign", "encipher_only", "decipher_only"),
        ),
        False,
    ),
}


def issue(folder: Path, name: str, issuer: str | None = None) -> Path:
    """A key and a certificate for this machine, signed by itself or by an earlier `issuer`."""
    key = ec.generate_private_key(ec.SECP256R1())
    signer = key if issuer is None else load_key(folder / f"{issuer}.key")
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer or name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=issuer is None, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(LOCAL))]), False)
        # Python 3.13 and later are strict about these.
        .add_extension(x509.KeyUsage(**USAGE, key_cert_sign=issuer is None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False
        )
        .sign(signer, hashes.SHA256())
    )
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    file = folder / f"{name}.crt"
    file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return file


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])


def load_key(file: Path) -> ec.EllipticCurvePrivateKey:
    key = serialization.load_pem_private_key(file.read_bytes(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return key


@pytest.fixture
def place(tmp_path: Path) -> Iterator[str]:
    """`host:port` of a server that speaks TLS only and wants a password."""
    authority = issue(tmp_path, "authority")
    certificate = issue(tmp_path, "server", "authority")
    issue(tmp_path, "stranger")
    host, port = LOCAL, free_place(1)[1]
    options = {
        "bind": host,
        "tls-port": str(port),
        "tls-cert-file": str(certificate),
        "tls-key-file": str(certificate.with_suffix(".key")),
        "tls-ca-cert-file": str(authority),
        "tls-auth-clients": "no",
        "requirepass": PASSWORD,
    }
    with server(0, options, binary=tls_binary()):
        yield f"{host}:{port}"


def url(place: str, folder: Path, *, password: str = PASSWORD, trusted: str = "authority") -> str:
    return f"rediss://:{password}@{place}/0?ssl_ca_certs={folder / trusted}.crt"


def test_web_and_workers_meet_over_tls_as_a_user_who_sees_no_other_keys(tmp_path, place):
    host, port = free_place(2)
    with connect(url(place, tmp_path)) as administrator:
        keys = ["rq:*", "careladder:*"]
        user = {"passwords": [f"+{PASSWORD}"], "keys": keys, "categories": ["+@all"]}
        administrator.acl_setuser("cds", enabled=True, **user)
    with machines(tmp_path) as make:
        address = url(place, tmp_path).replace("//:", "//cds:")
        common = {"CDS_REDIS_URL": address, "CDS_ALLOW_AS_OF": "true"}
        make("workers", "worker", **common, CDS_WORKERS="1")
        here = {"CDS_HOST": host, "CDS_PORT": str(port), "CDS_WORKERS": "0"}
        make("web", "serve", **common, **here)
        (tmp_path / "rotation").write_text(f"{host}:{port}")
        with traffic(tmp_path / "rotation") as calls:
            calls.answered_by("worker")
            assert not lost(calls.end())


def test_a_server_with_a_certificate_of_somebody_else_is_not_spoken_to(tmp_path, place):
    with (
        connect(url(place, tmp_path, trusted="stranger")) as client,
        pytest.raises(NoConnection, match="CERTIFICATE_VERIFY_FAILED"),
    ):
        client.ping()


def test_without_the_password_nobody_is_let_in(tmp_path, place):
    with (
        connect(url(place, tmp_path, password="a-guess")) as client,  # noqa: S106
        pytest.raises(AuthenticationError),
    ):
        client.ping()


def test_a_server_that_speaks_tls_hears_nothing_else(place):
    with connect(f"redis://:{PASSWORD}@{place}/0") as client, pytest.raises(RedisError):
        client.ping()
