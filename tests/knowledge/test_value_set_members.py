"""Which ICD-10-CM codes a value set holds: prefixes, exceptions and patterns on both sides."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

KNOWLEDGE = Path(__file__).parents[2] / "cds" / "knowledge"


@cache
def _shelf() -> dict[str, dict[str, Any]]:
    files = sorted((KNOWLEDGE / "value-sets").glob("*.toml"))
    texts = [file.read_text(encoding="utf-8") for file in files]
    return {name: entry for text in texts for name, entry in tomllib.loads(text).items()}


def _holds(name: str, icd: str) -> bool:
    """Whether a set holds an ICD-10-CM code: exact, prefix without its exceptions, or pattern."""
    plain = icd.replace(".", "").upper()
    return any(_says(code, plain) for code in _shelf()[name]["codes"])


def _says(code: dict[str, Any], plain: str) -> bool:
    if code["system"] != "icd-10-cm":
        return False
    if "pattern" in code:
        return re.fullmatch(code["pattern"], plain) is not None
    if any(plain.startswith(left.replace(".", "")) for left in code.get("except", [])):
        return False
    if "prefix" in code:
        return plain.startswith(code["prefix"].replace(".", ""))
    return bool(plain == code["code"].replace(".", ""))


@pytest.mark.parametrize(
    ("name", "icd"),
    [
        ("self-harm-acute", "T39.1X2A"),
        ("self-harm-acute", "T58.02XA"),
        ("self-harm-acute", "T63.442A"),
        ("self-harm-acute", "T71.162A"),
        ("self-harm-acute", "X78.0XXA"),
        ("self-harm-acute", "X71.0XXA"),
        ("self-harm-acute", "X83.8XXA"),
        ("self-harm-acute", "t1491xa"),
        ("self-harm-followup", "T39.1X2D"),
        ("self-harm-followup", "T14.91XS"),
        ("self-harm-followup", "X78.0XXD"),
        ("overdose", "T39.1X1A"),
        ("overdose", "T39.1X4A"),
        ("overdose-intentional", "T40.2X2A"),
        ("overdose-undetermined", "T40.2X4A"),
        ("opioid-toxicity", "T40.411A"),
        ("intoxication", "F10.129"),
        ("intoxication", "F19.22"),
        ("depressive-disorder", "F32"),
        ("depressive-disorder", "F32.A"),
        ("depressive-disorder", "F321"),
        ("bipolar", "F31.61"),
        ("eating-disorder", "F50.01"),
        ("sud-alcohol", "F10.20"),
        ("withdrawal-dangerous", "F10.231"),
        ("withdrawal-delirium", "F13.931"),
        ("remission-partial", "F32.4"),
        ("remission-full", "F32.5"),
        ("remission-substance", "F10.21"),
        ("homeless", "Z59.02"),
    ],
)
def test_the_set_holds(name: str, icd: str) -> None:
    assert _holds(name, icd)


@pytest.mark.parametrize(
    ("name", "icd"),
    [
        ("self-harm-acute", "T39.1X1A"),
        ("self-harm-acute", "T39.1X2D"),
        ("self-harm-acute", "T39.1X2S"),
        ("self-harm-acute", "T39.1X6A"),
        ("self-harm-acute", "T71.161A"),
        ("self-harm-acute", "T66.XXXA"),
        ("self-harm-acute", "T14.91XD"),
        ("self-harm-acute", "X78.0XXD"),
        ("self-harm-acute", "X70.0XXA"),
        ("self-harm-acute", "X84.0XXA"),
        ("overdose", "T39.1X5A"),
        ("overdose", "T39.1X6A"),
        ("overdose", "T63.441A"),
        ("overdose-intentional", "T39.1X1A"),
        ("opioid-toxicity", "T40.5X1A"),
        ("intoxication", "F17.220"),
        ("intoxication", "F10.20"),
        ("depressive-disorder", "F32.4"),
        ("depressive-disorder", "F32.5"),
        ("depressive-disorder", "F32.81"),
        ("depressive-disorder", "F33.42"),
        ("bipolar", "F31.75"),
        ("mania", "F31.30"),
        ("eating-disorder", "F50.014"),
        ("sud-alcohol", "F10.21"),
        ("sud-opioid", "F11.11"),
        ("withdrawal-other", "F17.203"),
        ("remission-full", "F32.4"),
        ("lives-alone", "Z59.00"),
    ],
)
def test_the_set_does_not_hold(name: str, icd: str) -> None:
    assert not _holds(name, icd)
