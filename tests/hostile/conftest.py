"""One line about all hostile cases, whichever process ran them."""

from collections import Counter

import pytest


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    found: Counter[str] = Counter()
    for report in terminalreporter.stats.get("passed", []):
        for name, counted in report.user_properties:
            if name == "hostile":
                found.update(counted)
    if found:
        statuses = ", ".join(f"{status} {count}" for status, count in sorted(found.items()))
        terminalreporter.write_line(f"{found.total()} hostile cases: {statuses}")
