"""One frozen Settings, read from the CDS_ environment once, at the edge."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, FilePath, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cds.errors import SettingsError
from cds.seal import seal_keys

PREFIX = "CDS_"
# A server, or Sentinels with the name of the master they watch: see cds.valkey.
REDIS_URL = r"^((rediss?|unix)://.|rediss?\+sentinel://[^/?]+/[^/?]+)"
Words = Annotated[tuple[str, ...], NoDecode]


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`; a name other than localhost is not trusted."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def default_base_url(data: dict[str, Any]) -> str:
    """The address that host and port make, with IPv6 in brackets."""
    host = f"[{data['host']}]" if ":" in data["host"] else data["host"]
    return f"http://{host}:{data['port']}"


def default_allow_as_of(data: dict[str, Any]) -> bool:
    """On only where nobody else calls: embedded parts, loopback."""
    return data["redis_url"] is None and is_loopback(data["host"])


def default_try_it(data: dict[str, Any]) -> bool:
    """On only where nobody else looks, and a page can call without a token."""
    return data["auth"] == "off" and is_loopback(data["host"])


class Settings(BaseSettings):
    """What can be set, each member by the variable of its name: `host` by CDS_HOST.

    An empty variable counts as not set. Raises SettingsError naming the variable.
    """

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, frozen=True, extra="forbid", env_ignore_empty=True
    )

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)
    base_url: str = Field(
        default_factory=default_base_url, pattern=r"^https?://[^/\s\"'<>]+[^\s\"'<>]*$"
    )
    redis_url: str | None = Field(default=None, pattern=REDIS_URL, repr=False)
    database_url: str | None = Field(default=None, pattern=r"^postgres(ql)?://.", repr=False)
    data_dir: Path = Path(".careladder")
    auth: Literal["off", "required"] = "off"
    clients: FilePath | None = None
    origins: Words = ()
    fhir_servers: Words = ()
    secret_key: str | None = Field(default=None, repr=False)
    budget_ms: int = Field(default=450, ge=50, le=60_000)
    workers: int = Field(default=2, ge=0, le=256)
    max_body_mb: int = Field(default=20, ge=1, le=1024)
    rate_per_client: int | None = Field(default=None, ge=1)
    timezone: str = "UTC"
    allow_as_of: bool = Field(default_factory=default_allow_as_of)
    site_knowledge: Path | None = None
    quiet_days: int = Field(default=30, ge=0, le=3650)
    evidence_days: int = Field(default=7, ge=0, le=365)
    try_it: bool = Field(default_factory=default_try_it)
    metrics_token: str | None = Field(default=None, min_length=16, repr=False)

    def __init__(self, **values: Any) -> None:
        try:
            super().__init__(**values)
        except ValidationError as error:
            raise settings_error(error) from None

    @field_validator("origins", "fhir_servers", mode="before")
    @classmethod
    def split(cls, value: Any) -> Any:
        """A comma-separated variable as its parts."""
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(",") if part.strip())

    @field_validator("base_url")
    @classmethod
    def without_slash(cls, value: str) -> str:
        """Paths are added with their own slash."""
        return value.rstrip("/")

    @field_validator("rate_per_client", mode="before")
    @classmethod
    def off_is_none(cls, value: Any) -> Any:
        """The contract writes the default as `off`."""
        return None if value == "off" else value

    @field_validator("timezone")
    @classmethod
    def known_zone(cls, value: str) -> str:
        """Dates without a zone are read in it, so it must exist."""
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError):
            raise ValueError("no such time zone; write for example America/Chicago") from None
        return value

    @field_validator("secret_key")
    @classmethod
    def usable_key(cls, value: str | None) -> str | None:
        """Refuse a key that is too short before anything is sealed with it."""
        if value is not None:
            seal_keys(value)
        return value

    @model_validator(mode="after")
    def safe_together(self) -> Self:
        """Refuse combinations that would be unsafe or could not work."""
        if self.auth == "off" and not is_loopback(self.host):
            raise SettingsError(
                "CDS_AUTH", "must be 'required' when CDS_HOST is not a loopback address"
            )
        if self.redis_url is not None and self.secret_key is None:
            raise SettingsError(
                "CDS_SECRET_KEY", "must be set with CDS_REDIS_URL, the same for web and workers"
            )
        return self

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of dates that carry none."""
        return ZoneInfo(self.timezone)

    def environment(self) -> dict[str, str]:
        """These settings as CDS_ variables, so that a child process reads the same ones."""
        values = self.model_dump(mode="json", exclude_none=True)
        return {PREFIX + name.upper(): as_variable(value) for name, value in values.items()}


def as_variable(value: Any) -> str:
    """A dumped setting the way the environment spells it."""
    return ",".join(value) if isinstance(value, list) else str(value)


def settings_error(error: ValidationError) -> SettingsError:
    """The first fault in one line: the variable and the reason, never the value."""
    fault = error.errors(include_url=False, include_input=False)[0]
    name = str(fault["loc"][0]) if fault["loc"] else "settings"
    return SettingsError(PREFIX + name.upper(), fault["msg"].removeprefix("Value error, "))
