"""Versions of one resource: the newest counts, and every content that claims to be the newest."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from cds.fhir.instants import parse_when
from cds.fhir.reading import Json, tables, text_of

_UTC = ZoneInfo("UTC")
_NUMBER = re.compile(r"[0-9]{1,18}")


@dataclass
class Versions:
    """What was delivered of one resource; nothing is compared until a second copy comes."""

    newest: list[Json]
    _contents: set[str] = field(default_factory=set)

    def add(self, raw: Json) -> None:
        """Keep the newest version; two that claim the same version are both kept if they differ."""
        ours, theirs = version(self.newest[0]), version(raw)
        if theirs > ours:
            self.newest[:], self._contents = [raw], set()
        elif theirs == ours:
            self._contents = self._contents or {_content(self.newest[0])}
            if (content := _content(raw)) not in self._contents:
                self._contents.add(content)
                self.newest.append(raw)


def version(raw: Json) -> tuple[float, int, str]:
    """Sort key of a version: by the instant it was written, then by its number."""
    meta = next(tables(raw.get("meta")), {})
    name = text_of(meta.get("versionId"))
    written = parse_when(meta.get("lastUpdated"), _UTC)
    number = int(name) if _NUMBER.fullmatch(name) else 0
    return written.end.timestamp() if written else 0.0, number, name


def _content(raw: Json) -> str:
    return json.dumps(raw, sort_keys=True)
