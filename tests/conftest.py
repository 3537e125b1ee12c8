"""What tests share: an environment of their own and a real Valkey."""

import os
from collections import Counter
from collections.abc import Iterator

import pytest
from real_valkey import Valkey, valkey_server


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("CDS_")]:
        monkeypatch.delenv(name)


@pytest.fixture(scope="session")
def valkey() -> Iterator[Valkey]:
    """One server for all tests of this process."""
    with valkey_server() as server:
        yield server


@pytest.fixture
def own_valkey() -> Iterator[Valkey]:
    """A server that a test may stop or freeze."""
    with valkey_server() as server:
        yield server


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests recorded as their `summary`, and count the `hostile` cases of all."""
    hostile: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, told in report.user_properties:
            if name == "summary":
                terminalreporter.write_line(told)
            if name == "hostile":
                hostile.update(told)
    if hostile:
        statuses = ", ".join(f"{status} {count}" for status, count in sorted(hostile.items()))
        terminalreporter.write_line(f"{hostile.total()} hostile cases: {statuses}")
