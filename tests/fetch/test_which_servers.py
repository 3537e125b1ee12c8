"""A token goes to the servers of the client that sent it, and to nobody else."""

import pytest
from fake_fhir import FakeFhir
from fetching import SECRET, Caller, Client, completed, request_of
from refusals import ALLOWED, REQUIRED, refusal

from cds.fhir.server.address import Base
from cds.settings import Settings


@pytest.mark.parametrize(
    "address",
    [ALLOWED, f"{ALLOWED}/", "HTTPS://EHR.Example/fhir/r4", "https://ehr.example:443/fhir/r4"],
)
def test_req_08_the_server_of_the_clients_entry_may_be_read(address: str) -> None:
    assert refusal(address) == ""


@pytest.mark.parametrize(
    "address",
    [
        "http://169.254.169.254/",
        "http://169.254.169.254/latest/meta-data",
        "https://ehr.example",
        "https://ehr.example/fhir",
        "https://ehr.example/fhir/r4/other",
        "https://ehr.example/fhir/R4",
        "https://ehr.example/fhir/r4/../r5",
        "https://ehr.example/fhir/r4/..",
        "https://ehr.example/fhir/./r4",
        "https://ehr.example/fhir//r4",
        "https://ehr.example/fhir/r4//",
        "https://ehr.example/fhir/%72%34",
        "https://ehr.example:8443/fhir/r4",
        "https://ehr.example:/fhir/r4",
        "https://ehr.example./fhir/r4",
        "https://ehr.example.evil.example/fhir/r4",
        "https://evil.example/fhir/r4",
        "https://ehr.example@evil.example/fhir/r4",
        "https://evil.example\\@ehr.example/fhir/r4",
        "https://user:pass@ehr.example/fhir/r4",
        "https://evil.example#@ehr.example/fhir/r4",
        "https://evil.example?@ehr.example/fhir/r4",
        "https://ehr.example/fhir/r4?x=1",
        "https://ehr.example/fhir/r4#x",
        "https://ehr.example/fhir/r4\r\nHost: evil.example",
        "https:///ehr.example/fhir/r4",
        "https:ehr.example/fhir/r4",
        "//ehr.example/fhir/r4",
        "ehr.example/fhir/r4",
        "ftp://ehr.example/fhir/r4",
        "file:///etc/passwd",
        "http://ehr.example/fhir/r4",
        "https://еhr.example/fhir/r4",  # noqa: RUF001 - a Cyrillic letter
        "https://[::1]/fhir/r4",
        "https://127.0.0.1/fhir/r4",
        "https://localhost/fhir/r4",
        "https://ehr.example:99999/fhir/r4",
    ],
)
def test_req_08_any_other_address_is_refused(address: str) -> None:
    assert refusal(address).startswith("fhirServer ")


def test_req_08_the_settings_speak_only_where_the_entry_names_no_server() -> None:
    house = Settings(auth="required", fhir_servers=(ALLOWED,))
    assert refusal(ALLOWED, Caller(Client()), house) == ""
    assert refusal(ALLOWED, Caller(), house) == ""
    assert refusal(ALLOWED, Caller(Client(["https://other.example/fhir"])), house)
    assert refusal(ALLOWED, Caller(Client()))


def test_req_07_a_token_travels_unencrypted_only_on_this_machine() -> None:
    bare = "http://ehr.example/fhir"
    assert refusal(bare, Caller(Client([bare]))) == "fhirServer is not https"
    for host in ("127.0.0.1:8081", "localhost", "[::1]:9"):
        assert refusal(f"http://{host}/fhir", Caller(Client([f"http://{host}/fhir"]))) == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "127.8.9.1:81"])
def test_req_08_servers_on_this_machine_need_no_entry_while_auth_is_off(host: str) -> None:
    assert refusal(f"http://{host}/fhir", Caller(), Settings()) == ""
    assert refusal(f"http://{host}/fhir", Caller(), REQUIRED)


LOOKALIKES = ["127.0.0.1.evil.example", "localhost.evil.example", "2130706433", "10.0.0.1"]


@pytest.mark.parametrize("host", LOOKALIKES)
def test_req_08_what_only_looks_like_this_machine_is_refused(host: str) -> None:
    assert refusal(f"http://{host}/fhir", Caller(), Settings())


TRICKS = [
    "http://127.0.0.1:{stranger}/fhir",
    "http://127.0.0.1:{server}@127.0.0.1:{stranger}/fhir",
    "http://127.0.0.1:{stranger}#@127.0.0.1:{server}/fhir",
    "http://127.0.0.1:{server}/fhir/../secret",
    "http://127.0.0.1:{server}/FHIR",
    "http://127.0.0.1:{server}/",
]


@pytest.mark.parametrize("trick", TRICKS)
def test_req_08_a_server_that_is_not_the_clients_gets_no_call(
    server: FakeFhir, stranger: FakeFhir, trick: str, caplog: pytest.LogCaptureFixture
) -> None:
    address = trick.format(server=server.port, stranger=stranger.port)
    done = completed(request_of(address), Caller(Client([server.base])), settings=REQUIRED)
    assert (server.calls, stranger.calls) == ([], [])
    assert "prefetch" not in done
    assert "fhirServer" in caplog.text
    assert SECRET not in caplog.text


LINKS = {
    "https://ehr.example/fhir/r4/Observation?page=2": "/fhir/r4/Observation?page=2",
    "https://ehr.example/fhir/r4?_getpages=1": "/fhir/r4?_getpages=1",
    "Observation?page=2": "/fhir/r4/Observation?page=2",
    "https://ehr.example/fhir/r4x?page=2": None,
    "https://ehr.example/fhir?page=2": None,
    "/admin?page=2": None,
    "../admin": None,
    "https://ehr.example/fhir/r4/%2e%2e/admin": None,
    "http://ehr.example/fhir/r4?page=2": None,
    "https://ehr.example:8443/fhir/r4?page=2": None,
    "https://ehr.example:x/fhir/r4?page=2": None,
    "https://a@ehr.example/fhir/r4?page=2": None,
    "https://@ehr.example/fhir/r4?page=2": None,
    "//evil.example/fhir/r4": None,
    "https://evil.example/fhir/r4?page=2": None,
    "https://ehr.example\\@evil.example/fhir/r4": None,
    "https://ehr.example/fhir/r4 HTTP/1.1\r\nX: 1": None,
    "javascript:alert(1)": None,
}


@pytest.mark.parametrize(("link", "target"), LINKS.items())
def test_pre_21_a_next_link_stays_under_the_base(link: str, target: str | None) -> None:
    base = Base.parse(ALLOWED)
    assert base is not None
    assert base.target_of(link) == target
