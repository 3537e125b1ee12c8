"""A journal that keeps nothing, for tests of what comes before it."""

from typing import Any

from cds.answer import Reply
from cds.store.report import Report, Scope


class Forgetful:
    """Lets every answer pass as it is."""

    def keep(self, *told: Any) -> Reply:
        (reply,) = [part for part in told if isinstance(part, Reply)]
        return reply

    reached = True

    def writable(self) -> bool:
        return True

    def feedback(self, *told: Any) -> None:
        """Heard and forgotten."""

    def evidence(self, token: str) -> None:
        """Nothing was kept."""

    def report(self, scope: Scope) -> Report:
        """Nothing happened."""
        return Report(scope)
