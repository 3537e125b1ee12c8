"""deploy/compose.yaml: sound by its schema, closed, and with settings that the service takes."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from manifests import COMPOSE, DEPLOY, compose, variables
from real_valkey import until
from redis import Redis
from redis.exceptions import AuthenticationError

from cds.serve import embedded
from cds.settings import Settings

SERVICES = compose()["services"]
OURS = ("web", "workers")


def settings(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """What a container of ours reads from its environment and its image."""
    (tmp_path / "clients.toml").touch()
    given = SERVICES[name]["environment"] | {"CDS_HOST": "0.0.0.0"}  # noqa: S104
    if "CDS_CLIENTS" in given:
        given["CDS_CLIENTS"] = str(tmp_path / "clients.toml")
    if "CDS_BASE_URL" in given:
        given["CDS_BASE_URL"] = "https://cds.example"
    for variable, value in given.items():
        monkeypatch.setenv(variable, value)
    return Settings()


def test_the_file_is_sound_by_the_compose_specification():
    checker = Path(sys.executable).with_name("check-jsonschema")
    argv = [checker, "--builtin-schema", "vendor.compose-spec", COMPOSE]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_every_variable_is_in_the_example():
    lines = (DEPLOY / ".env.example").read_text().splitlines()
    assert {line.partition("=")[0] for line in lines if "=" in line} == variables()


def test_all_parts_are_there():
    assert set(SERVICES) == {"web", "workers", "valkey", "postgres", "prometheus"}


@pytest.mark.parametrize("name", OURS)
def test_the_settings_are_taken(name, monkeypatch, tmp_path):
    read = settings(name, monkeypatch, tmp_path)
    assert read.auth == "required"
    assert (read.redis_url or "").startswith("redis://:filled-in-")


def test_web_and_workers_seal_with_the_same_key_in_the_same_valkey():
    web, workers = (SERVICES[name]["environment"] for name in OURS)
    for variable in ("CDS_SECRET_KEY", "CDS_REDIS_URL"):
        assert web[variable] == workers[variable]


def test_workers_know_neither_the_database_nor_the_clients():
    assert not {"CDS_DATABASE_URL", "CDS_CLIENTS", "CDS_METRICS_TOKEN"} & set(
        SERVICES["workers"]["environment"]
    )


@pytest.mark.parametrize("name", SERVICES)
def test_no_container_is_root_or_writes_where_it_need_not(name):
    service = SERVICES[name]
    assert service["user"].partition(":")[0] not in ("", "0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cpus", "memory"} <= set(service["deploy"]["resources"]["limits"])


@pytest.mark.parametrize("name", ["workers", "valkey", "postgres"])
def test_what_holds_data_can_be_reached_from_inside_only(name):
    assert SERVICES[name]["networks"] == ["back"]
    assert "ports" not in SERVICES[name]
    assert compose()["networks"]["back"] == {"internal": True}


def test_valkey_starts_as_written_wants_the_password_and_keeps_what_it_has(tmp_path):
    for _ in range(2):
        with written_valkey(tmp_path) as process:
            url = f"unix://{tmp_path}/socket"
            until(lambda: is_listening(tmp_path / "socket"))
            with Redis.from_url(url) as stranger, pytest.raises(AuthenticationError):
                stranger.get("kept")
            with Redis.from_url(url, password="the-password") as client:  # noqa: S106
                assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
                kept = client.get("kept")
                client.set("kept", "yes")
            process.terminate()  # reaches the server itself: nothing stands in between
            assert process.wait(30) == 0
            (tmp_path / "socket").unlink(missing_ok=True)
    assert kept == b"yes"


def is_listening(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as line:
        return line.connect_ex(str(path)) == 0


@contextmanager
def written_valkey(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The command of the file, on a socket in `folder` instead of in a container."""
    bin_folder = folder / "bin"
    bin_folder.mkdir(exist_ok=True)
    named = bin_folder / "valkey-server"
    named.unlink(missing_ok=True)
    named.symlink_to(embedded.valkey(folder).argv[0])
    shell, option, line = SERVICES["valkey"]["command"]
    line = line.replace("$$", "$").replace("/tmp/", f"{folder}/").replace("/data", str(folder))  # noqa: S108
    line += f" --port 0 --unixsocket {folder}/socket"
    env: dict[str, Any] = {
        "PATH": f"{bin_folder}:{os.environ['PATH']}",
        "REDISCLI_AUTH": "the-password",
    }
    with subprocess.Popen([shutil.which(shell) or shell, option, line], env=env) as process:
        try:
            yield process
        finally:
            process.kill()
