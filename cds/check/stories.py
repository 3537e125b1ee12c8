"""Stories judged under a shelf: the assessment of each, without cards and without a server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cds.answer import assessed
from cds.assess import Assessment
from cds.errors import HookError
from cds.settings import Settings
from cds.shelf import Knowledge
from cds.stories.read import Item, Outcome, Unreadable, find, read

REFUSED = Outcome("refused", "refused")


@dataclass(frozen=True)
class Told:
    """One story or file: what was concluded, or why it was not."""

    path: Path
    title: str
    assessment: Assessment | None
    refusal: str = ""

    @property
    def outcome(self) -> Outcome:
        """Level and status."""
        if self.assessment is None:
            return REFUSED
        return Outcome(self.assessment.decision.level.code, self.assessment.decision.status)


def items(folder: Path) -> Iterator[Item]:
    """Every story and file below a folder; raises Unreadable."""
    paths = list(find(folder))
    if not paths:
        raise Unreadable(folder, "there is no story and no JSON file in this place")
    return (read(path) for path in paths)


def told(item: Item, knowledge: Knowledge, settings: Settings) -> Told:
    """What a shelf makes of one story; a call that is refused has no assessment."""
    call = item.call(datetime.now(UTC))
    try:
        _, assessment = assessed(call, knowledge, settings)
    except HookError as error:
        return Told(item.path, item.title, None, error.message)
    return Told(item.path, item.title, assessment)
