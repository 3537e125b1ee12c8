"""AUTH-12 and AUTH-18: a token opens once, and only a good one counts as used."""

import pytest
from gate import SECONDS, Gate, SigningClient
from real_valkey import Valkey
from redis import Redis

from cds.clients import Client
from cds.hooks.seen import KEY, LocalSeen, SeenTokens, ValkeySeen
from cds.hooks.trust import make_authenticator
from cds.settings import Settings


@pytest.fixture(params=["valkey", "process"])
def gate(request: pytest.FixtureRequest, settings: Settings, ehr: Client) -> Gate:
    if request.param == "process":
        return Gate(settings, [ehr], LocalSeen())
    server: Valkey = request.getfixturevalue("valkey")
    return Gate(settings, [ehr], ValkeySeen(server.url))


def test_auth_12_the_same_token_is_refused_the_second_time(
    gate: Gate, signs: SigningClient
) -> None:
    token = signs.token()
    assert [gate.status(token) for _ in range(3)] == [200, 401, 401]


def test_auth_12_a_jti_is_used_up_whatever_else_the_token_says(
    gate: Gate, signs: SigningClient
) -> None:
    assert gate.lets_in(signs.token(jti="once", tenant="north"))
    assert not gate.lets_in(signs.token(jti="once", tenant="south"))


def test_auth_12_issuers_do_not_use_up_each_others_jti(
    settings: Settings, ehr: Client, signs: SigningClient
) -> None:
    other = Client("Other", "https://other.example", keys=ehr.keys)
    gate = Gate(settings, [ehr, other])
    assert gate.lets_in(signs.token(jti="once"))
    assert gate.lets_in(signs.token(jti="once", iss=other.iss))


@pytest.mark.parametrize("jti", [None, "", " ", 7, ["a"]])
def test_auth_12_a_token_without_a_jti_is_refused(
    gate: Gate, signs: SigningClient, jti: object
) -> None:
    assert not gate.lets_in(signs.token(jti=jti))


def test_auth_18_a_bad_token_uses_nothing_up(gate: Gate, signs: SigningClient) -> None:
    assert not gate.lets_in(signs.token(jti="mine-a", aud="https://elsewhere.example"))
    assert not gate.lets_in(signs.token(jti="mine-a", exp=SECONDS - 100, iat=SECONDS - 200))
    forged = signs.token(jti="mine-a").rpartition(".")[0] + "." + signs.token().rpartition(".")[2]
    assert not gate.lets_in(forged)
    assert gate.lets_in(signs.token(jti="mine-a"))


def test_auth_12_valkey_holds_no_claim_and_forgets_when_the_token_is_over(
    own_valkey: Valkey, settings: Settings, ehr: Client, signs: SigningClient
) -> None:
    gate = Gate(settings, [ehr], ValkeySeen(own_valkey.url))
    assert gate.lets_in(signs.token(jti="tell-tale", exp=SECONDS + 300))
    with Redis.from_url(own_valkey.url) as connection:
        (key,) = connection.keys("*")
        assert key.startswith(KEY.format("").encode())
        assert len(key) == len(KEY.format("")) + 64
        assert connection.get(key) == b"1"
        assert 350 < connection.ttl(key) <= 361  # until exp, and a minute for the clocks


def test_auth_12_processes_share_what_was_used(
    valkey: Valkey, settings: Settings, ehr: Client, signs: SigningClient
) -> None:
    first, second = (Gate(settings, [ehr], ValkeySeen(valkey.url)) for _ in range(2))
    token = signs.token()
    assert first.lets_in(token)
    assert not second.lets_in(token)


def test_auth_12_while_valkey_is_down_nobody_is_let_in(
    own_valkey: Valkey,
    settings: Settings,
    ehr: Client,
    signs: SigningClient,
    caplog: pytest.LogCaptureFixture,
) -> None:
    gate = Gate(settings, [ehr], ValkeySeen(own_valkey.url))
    assert gate.lets_in(signs.token())
    own_valkey.process.kill()
    own_valkey.process.wait()
    down = gate.call(signs.token())
    assert down.status_code == 401
    assert down.data == gate.call().data
    assert "used tokens cannot be kept" in caplog.text


def test_auth_12_a_process_forgets_what_is_over() -> None:
    seconds = 0.0
    seen = LocalSeen(lambda: seconds)
    assert seen.first("a", 60)
    assert seen.first("b", 10)
    seconds = 10.0
    assert [seen.first("a", 60), seen.first("b", 60)] == [False, True]
    seconds = 60.0
    assert seen.first("a", 60)


@pytest.mark.parametrize("shared", [True, False])
def test_auth_12_where_used_tokens_are_kept_follows_from_the_settings(
    valkey: Valkey, settings: Settings, *, shared: bool
) -> None:
    chosen = settings.model_copy(update={"redis_url": valkey.url if shared else None})
    made = make_authenticator(chosen, [], lambda: pytest.fail("nobody asks"))
    kept: SeenTokens = made._seen  # noqa: SLF001 - which one it is shows nowhere else
    assert isinstance(kept, ValkeySeen if shared else LocalSeen)
