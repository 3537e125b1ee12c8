"""Settings: the contract's defaults, and one clear line for each thing that is wrong."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from cds.errors import SettingsError
from cds.settings import Settings

KEY = "a passphrase of enough letters"
VALKEY = "redis://127.0.0.1:6379/0"


def test_the_defaults_are_those_of_the_contract() -> None:
    settings = Settings()
    assert (settings.host, settings.port, settings.base_url) == (
        "127.0.0.1",
        8080,
        "http://127.0.0.1:8080",
    )
    assert (settings.auth, settings.budget_ms, settings.workers) == ("off", 450, 2)
    assert (settings.max_body_mb, settings.rate_per_client) == (20, None)
    assert (settings.redis_url, settings.database_url, settings.secret_key) == (None, None, None)
    assert (settings.data_dir, settings.zone) == (Path(".careladder"), ZoneInfo("UTC"))
    assert (settings.clients, settings.site_knowledge) == (None, None)
    assert (settings.origins, settings.fhir_servers) == ((), ())


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDS_PORT", "9000")
    monkeypatch.setenv("CDS_ORIGINS", "https://a.example, https://b.example")
    monkeypatch.setenv("CDS_RATE_PER_CLIENT", "off")
    settings = Settings()
    assert settings.base_url == "http://127.0.0.1:9000"
    assert settings.origins == ("https://a.example", "https://b.example")
    assert settings.rate_per_client is None


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDS_PORT", "")
    assert Settings().port == 8080


def test_settings_cannot_be_changed() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("CDS_PORT", "http"),
        ("CDS_PORT", "70000"),
        ("CDS_AUTH", "maybe"),
        ("CDS_BASE_URL", "ehr.example"),
        ("CDS_REDIS_URL", "localhost:6379"),
        ("CDS_BUDGET_MS", "0"),
        ("CDS_WORKERS", "-1"),
        ("CDS_MAX_BODY_MB", "0"),
        ("CDS_RATE_PER_CLIENT", "many"),
        ("CDS_TIMEZONE", "Mars/Olympus"),
        ("CDS_ALLOW_AS_OF", "perhaps"),
        ("CDS_CLIENTS", "/no/such/clients.toml"),
        ("CDS_SECRET_KEY", "too short"),
    ],
)
def test_a_broken_setting_is_named_in_one_line_without_its_value(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as caught:
        Settings()
    line = str(caught.value)
    assert line.startswith(f"{variable}: ")
    assert "\n" not in line
    assert value not in line.removeprefix(f"{variable}: ") or len(value) < 3


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "ehr.example", "192.0.2.1"])  # noqa: S104
def test_others_may_call_only_where_callers_are_known(host: str) -> None:
    with pytest.raises(SettingsError, match=r"^CDS_AUTH: ") as caught:
        Settings(host=host)
    assert "\n" not in str(caught.value)
    assert Settings(host=host, auth="required").host == host


@pytest.mark.parametrize("host", ["localhost", "127.0.0.2", "::1"])
def test_on_loopback_nobody_needs_a_token(host: str) -> None:
    assert Settings(host=host).auth == "off"


def test_an_ipv6_address_stands_in_brackets() -> None:
    assert Settings(host="::1").base_url == "http://[::1]:8080"


@pytest.mark.parametrize(
    "address", ["https://x.example/'; ls '", 'https://"x"', "https://<b>", "https://x/<b>", "x"]
)
def test_an_address_that_could_break_out_of_a_page_or_a_shell_is_refused(address: str) -> None:
    with pytest.raises(SettingsError, match=r"^CDS_BASE_URL: "):
        Settings(base_url=address)


def test_an_address_may_have_a_path() -> None:
    assert Settings(base_url="https://x.example:8443/cds/").base_url == "https://x.example:8443/cds"


def test_a_valkey_of_ones_own_needs_a_key_that_web_and_workers_share() -> None:
    with pytest.raises(SettingsError, match=r"^CDS_SECRET_KEY: "):
        Settings(redis_url=VALKEY)


def test_an_instant_may_be_asked_for_only_under_embedded_parts_on_loopback() -> None:
    assert Settings().allow_as_of
    assert not Settings(redis_url=VALKEY, secret_key=KEY).allow_as_of
    assert not Settings(host="0.0.0.0", auth="required").allow_as_of  # noqa: S104
    assert Settings(redis_url=VALKEY, secret_key=KEY, allow_as_of=True).allow_as_of


def test_a_child_process_reads_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = Settings(port=9001, origins=["https://a.example", "https://b.example"])
    for name, value in settings.environment().items():
        monkeypatch.setenv(name, value)
    assert Settings() == settings


def test_secrets_are_not_printed() -> None:
    settings = Settings(redis_url="redis://:hidden@127.0.0.1/0", secret_key=KEY)
    assert "hidden" not in repr(settings)
    assert KEY not in repr(settings)
