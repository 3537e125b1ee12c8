"""The value sets say what they should, checked without network or terminology server."""

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from cds.shelf_digits import fault

KNOWLEDGE = Path(__file__).parents[2] / "cds" / "knowledge"
FILES = sorted((KNOWLEDGE / "value-sets").glob("*.toml"))
FORMS = ("code", "prefix", "pattern")
SHAPES = {
    "snomed": r"[1-9]\d{5,17}",
    "loinc": r"(LA)?\d{1,6}-\d",
    "hcpcs": r"[A-V]\d{4}",
    "cpt": r"\d{5}",
    "icd-10-cm": r"[A-Z](\d[0-9A-Z](\.[0-9A-Z]{1,4})?)?",
}


@cache
def _shelf() -> dict[str, dict[str, Any]]:
    return {name: entry for file in FILES for name, entry in _read(file).items()}


def _read(file: Path) -> dict[str, dict[str, Any]]:
    return tomllib.loads(file.read_text(encoding="utf-8"))


def _codes(system: str, form: str = "code") -> list[str]:
    entries = (code for entry in _shelf().values() for code in entry["codes"])
    return [code[form] for code in entries if code["system"] == system and form in code]


def test_every_file_opens_with_a_legend() -> None:
    assert FILES
    assert all(file.read_text(encoding="utf-8").startswith("# ") for file in FILES)


def test_no_value_set_is_written_twice() -> None:
    assert sum(len(_read(file)) for file in FILES) == len(_shelf())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_entries_have_the_agreed_shape(file: Path) -> None:
    for name, entry in _read(file).items():
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
        assert {"title", "source", "codes", "review"} <= set(entry), name
        known = {"title", "source", "codes", "text", "words", "review", "note", "unused"}
        assert set(entry) <= known, name
        assert entry["review"] == "draft"
        assert entry["title"].strip()
        assert entry["codes"]
        assert all(text == text.strip() and text for text in entry.get("text", []))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_codes_have_the_agreed_shape(file: Path) -> None:
    systems = tomllib.loads((KNOWLEDGE / "code-systems.toml").read_text(encoding="utf-8"))
    for name, entry in _read(file).items():
        for code in entry["codes"]:
            assert set(code) <= {"system", *FORMS, "except", "display", "source"}, name
            assert sum(form in code for form in FORMS) == 1, name
            assert "prefix" in code or "except" not in code, name
            assert code["system"] in systems, name
            assert code["display"].strip(), name


def test_no_set_names_a_code_twice() -> None:
    for name, entry in _shelf().items():
        told = [(c["system"], *(c.get(form) for form in FORMS)) for c in entry["codes"]]
        assert len(told) == len(set(told)), name


@pytest.mark.parametrize("system", SHAPES)
def test_codes_look_like_their_system(system: str) -> None:
    written = _codes(system) + _codes(system, "prefix")
    assert written
    assert [code for code in written if not re.fullmatch(SHAPES[system], code)] == []


@pytest.mark.parametrize("system", ["loinc", "snomed"])
def test_check_digits_are_right(system: str) -> None:
    assert [code for code in _codes(system) if fault(system, code)] == []


@pytest.mark.parametrize(("system", "code"), [("loinc", "72109-3"), ("snomed", "370143001")])
def test_a_wrong_check_digit_is_seen(system: str, code: str) -> None:
    assert fault(system, code)


def test_an_exception_lies_below_its_prefix() -> None:
    for name, entry in _shelf().items():
        for code in entry["codes"]:
            assert all(left.startswith(code["prefix"]) for left in code.get("except", [])), name


def test_codes_the_page_warns_of_are_on_no_list() -> None:
    warned = {"44262-4", "70221-7", "8634-8", "72109-3", "105043-4"}
    assert not warned & set(_codes("loinc"))
    assert not {"1376001", "191697001", "274952002", "306204008"} & set(_codes("snomed"))


def test_every_code_system_has_its_own_addresses() -> None:
    systems = tomllib.loads((KNOWLEDGE / "code-systems.toml").read_text(encoding="utf-8"))
    addresses = [a for one in systems.values() for a in (one["uri"], *one["aliases"])]
    assert len(addresses) == len(set(addresses))
    assert set(systems) == {c["system"] for entry in _shelf().values() for c in entry["codes"]}
