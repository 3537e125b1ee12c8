"""A site adds to the shelf, is checked as strictly, and cannot make an answer less cautious."""

import tomllib
from pathlib import Path

import pytest
from charts import knowledge

from cds.criteria.ladder import Level
from cds.errors import KnowledgeError, SettingsError
from cds.fhir.codes import Terminology
from cds.settings import Settings
from cds.shelf import Knowledge, load_knowledge
from cds.shelf_site import SECTIONS

HERE = Path(__file__).parent
EXAMPLE = HERE.parents[1] / "docs" / "site-knowledge.example.toml"
WRONG = sorted((HERE / "wrong_sites").glob("*.toml"))
FLOWSHEET = "https://north.example/fhir/CodeSystem/flowsheet"


@pytest.fixture(scope="module")
def site() -> Knowledge:
    return load_knowledge(EXAMPLE)


def _level(shelf: Knowledge, name: str) -> Level:
    return next(one for one in shelf.rules.levels if one.id == name)


@pytest.mark.parametrize("path", WRONG, ids=lambda path: path.stem)
def test_a_site_file_with_a_mistake_is_refused(path: Path) -> None:
    key, reason = (line[2:] for line in path.read_text(encoding="utf-8").splitlines()[:2])
    with pytest.raises(KnowledgeError) as caught:
        load_knowledge(path)
    assert caught.value.file == path.name
    assert caught.value.key == key.removeprefix("key:").strip()
    assert caught.value.reason.startswith(reason.removeprefix("reason: ").rstrip())


def test_a_site_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_knowledge(tmp_path / "site.toml")
    assert caught.value.variable == "CDS_SITE_KNOWLEDGE"


def test_the_example_shows_every_section() -> None:
    assert set(tomllib.loads(EXAMPLE.read_text(encoding="utf-8"))) == set(SECTIONS)


def test_every_section_is_explained() -> None:
    page = (EXAMPLE.parent / "site-knowledge.md").read_text(encoding="utf-8")
    assert all(f"`[{section}" in page for section in SECTIONS)


def test_codes_of_a_site_join_a_set_and_leave_its_own_codes_there(site: Knowledge) -> None:
    def names(terminology: Terminology, system: str, code: str) -> set[str]:
        return set(terminology.classify(system, code))

    own = "https://careladder.example/fhir/CodeSystem/instrument"
    assert "ciwa-ar-total" in names(site.terminology, FLOWSHEET, "4411")
    assert "ciwa-ar-total" in names(site.terminology, "urn:oid:2.16.840.1.113883.19.5.1", "4411")
    assert "ciwa-ar-total" in names(site.terminology, own, "ciwa-ar-total")
    assert not names(knowledge().terminology, FLOWSHEET, "4411")


def test_a_text_of_a_site_joins_a_set(site: Knowledge) -> None:
    assert "ciwa-ar-total" in site.terminology.classify_text("CIWA total (FLOWSHEET)")


def test_units_of_a_site_convert(site: Knowledge) -> None:
    conversion = site.quantities["temperature"].conversion({"unit": "deg F"})
    assert conversion is not None
    assert conversion == site.quantities["temperature"].conversion({"code": "[degF]"})
    assert knowledge().quantities["temperature"].conversion({"unit": "deg F"}) is None


def test_a_criterion_of_a_site_joins_the_end_of_a_list(site: Knowledge) -> None:
    for name, member in (
        ("partial-hospitalization", "called_by"),
        ("intensive-outpatient", "warning_when"),
    ):
        was, now = (getattr(_level(shelf, name), member) for shelf in (knowledge(), site))
        assert now == (*was, "north-gad7-very-severe")


def test_a_site_changes_nothing_else_of_the_ladder(site: Knowledge) -> None:
    touched = {"partial-hospitalization", "intensive-outpatient"}
    for was, now in zip(knowledge().rules.levels, site.rules.levels, strict=True):
        assert was == now or was.id in touched
        assert (was.requires, was.safety, was.precedence) == (
            now.requires,
            now.safety,
            now.precedence,
        )


def test_the_hash_covers_the_site_file(site: Knowledge, tmp_path: Path) -> None:
    other = tmp_path / EXAMPLE.name
    other.write_text(EXAMPLE.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8")
    hashes = {knowledge().hash, site.hash, load_knowledge(other).hash}
    assert len(hashes) == 3


def test_sensitive_data_are_used_unless_a_site_masks_them(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text('[settings]\nsensitive = "mask"\n', encoding="utf-8")
    assert (knowledge().sensitive, load_knowledge(path).sensitive) == ("use", "mask")


def test_the_environment_names_the_site_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDS_SITE_KNOWLEDGE", str(EXAMPLE))
    assert load_knowledge(Settings().site_knowledge).hash == load_knowledge(EXAMPLE).hash


def test_a_value_set_of_ones_own_is_taken_and_says_why_nobody_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "site.toml"
    path.write_text(
        '[value-sets.north-walks]\ntitle = "Walks"\nsource = "north"\nreview = "draft"\n'
        'unused = "Kept for a report."\n'
        'codes = [{ system = "instrument", code = "north-walks", display = "Walks" }]\n',
        encoding="utf-8",
    )
    added = load_knowledge(path).terminology.value_sets["north-walks"]
    assert (added.name, added.unused) == ("north-walks", "Kept for a report.")
