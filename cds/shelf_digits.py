"""Check digits of LOINC and SNOMED CT: a mistyped code would match nothing, and say nothing."""

from __future__ import annotations

import re

_LOINC = re.compile(r"(LA)?([0-9]{1,7})-([0-9])")
_SNOMED = re.compile(r"[1-9][0-9]{5,17}")

# Verhoeff: the multiplication of the dihedral group of order 10, and the shifts by place.
_DIHEDRAL = (
    *("0123456789", "1234067895", "2340178956", "3401289567", "4012395678"),
    *("5987604321", "6598710432", "7659821043", "8765932104", "9876543210"),
)
_SHIFTS = (
    *("0123456789", "1576283094", "5803796142", "8916043527"),
    *("9453126870", "4286573901", "2793806415", "7046913258"),
)


def fault(system: str, code: str) -> str | None:
    """What is wrong with the form of a code; None when nothing is, or its system has no digit."""
    if system == "loinc":
        found = _LOINC.fullmatch(code)
        if not found:
            return "is no LOINC code"
        right = loinc_digit(found.group(2), answer=found.group(1) is not None)
        return None if right == int(found.group(3)) else "has a wrong LOINC check digit"
    if system == "snomed":
        if not _SNOMED.fullmatch(code):
            return "is no SNOMED CT identifier"
        return None if verhoeff(code) == 0 else "has a wrong SNOMED CT check digit"
    return None


def loinc_digit(digits: str, *, answer: bool = False) -> int:
    """The check digit of a LOINC number, or of an answer code: there the letters LA count too."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        value = int(sign) * (1 if place % 2 else 2)
        total += value // 10 + value % 10
    letters = (2 if len(digits) % 2 else 5) if answer else 0
    return (letters - total) % 10


def verhoeff(number: str) -> int:
    """The remainder of an identifier that ends in its Verhoeff digit: zero when it is right."""
    check = 0
    for place, sign in enumerate(reversed(number)):
        check = int(_DIHEDRAL[check][int(_SHIFTS[place % 8][int(sign)])])
    return check
