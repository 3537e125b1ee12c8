"""Which resource types a token may read: SMART scopes of both versions."""

from __future__ import annotations

import re

_SCOPE = re.compile(
    r"(?:patient|user|system)/(?P<kind>[A-Za-z]+|\*)\.(?P<may>read|write|\*|c?r?u?d?s?)(?:\?\S*)?"
)
_WHOLE = {"read": "rs", "*": "rs", "write": ""}  # version 1 in the letters of version 2


def permits(scope: str, kind: str, letter: str) -> bool:
    """Whether a scope lets a type be read (`r`) or searched (`s`).

    `patient/Observation.read` is version 1; `patient/Observation.rs?category=...` is version 2,
    whose query narrows what comes back: the server sees to that.
    """
    for word in scope.split():
        found = _SCOPE.fullmatch(word)
        if found and found["kind"] in (kind, "*"):
            may = found["may"]
            if letter in _WHOLE.get(may, may):
                return True
    return False
