"""What tests share: an environment of their own and a real Valkey."""

import os
from collections import Counter
from collections.abc import Iterator

import fault_table
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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--keep-faults", action="store_true", help="Write the table of docs/faults.md")
    # Two cores that run other tests meanwhile need more time than a service does; `make faults`,
    # which runs nothing beside them, grants the default of the service and what is promised.
    parser.addoption("--budget-ms", type=int, default=1500, help="The budget of services at fault")
    parser.addoption("--slack-ms", type=int, default=1500, help="How much later an answer may be")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """What tests recorded: counts over real data, hostile cases, and the table of faults."""
    passed = terminalreporter.stats.get("passed", [])
    failed = terminalreporter.stats.get("failed", [])
    hostile: Counter[str] = Counter()
    for name, told in (told for report in passed for told in report.user_properties):
        if name == "summary":
            terminalreporter.write_line(told)
        if name == "hostile":
            hostile.update(told)
    if hostile:
        statuses = ", ".join(f"{status} {count}" for status, count in sorted(hostile.items()))
        terminalreporter.write_line(f"{hostile.total()} hostile cases: {statuses}")
    if rows := fault_table.rows_of([*passed, *failed]):
        terminalreporter.write_line("\n".join([*fault_table.head(), *rows]))
        if config.getoption("--keep-faults") and not failed:
            fault_table.keep(rows)
