"""The shelf loaded: terminology, windows, terms, criteria and levels, or a refusal to start."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cds.criteria.load import Rules, load_rules
from cds.criteria.missing import Questions
from cds.criteria.model import Term
from cds.criteria.parse import Vocabulary
from cds.errors import KnowledgeError
from cds.fhir.codes import Terminology
from cds.fhir.quantities import Quantity
from cds.findings import FINDINGS
from cds.findings.chart import Frame, Window
from cds.shelf_codes import read_terminology
from cds.shelf_handouts import Handout, read_handouts
from cds.shelf_instruments import Instrument, read_instruments
from cds.shelf_site import read_site
from cds.shelf_sources import read_about, read_attributes, read_sources
from cds.shelf_words import (
    check_asked_when,
    check_bands,
    read_override_reasons,
    read_quantities,
    read_remarks,
    read_terms,
    read_windows,
)

OBSERVATION_SYSTEMS = ("loinc", "instrument")  # their codes name Observations, never problems
SHELF = Path(__file__).parent / "knowledge"


@dataclass(frozen=True)
class Knowledge:
    """Everything an answer is made from, loaded once.

    `homes` says where a statement can be read that no criterion needs, and `sensitive` what
    becomes of substance use records that are labelled as such: "use" or "mask".
    """

    version: str
    hash: str
    about: Mapping[str, str]
    terminology: Terminology
    windows: Mapping[str, Window]
    quantities: Mapping[str, Quantity]
    terms: Mapping[str, Term]
    statements: Mapping[str, Mapping[str, str]]
    references: Mapping[str, Mapping[str, str]]
    homes: Mapping[str, tuple[str, ...]]
    override_reasons: Mapping[str, str]
    rules: Rules
    remarks: Mapping[str, str]
    sensitive: str
    attributes: Mapping[str, Mapping[str, object]]
    handouts: Mapping[str, Handout]
    instruments: Mapping[str, Instrument]
    questions: Questions = field(repr=False)

    @property
    def observation_codes(self) -> tuple[str, ...]:
        """The codes of Observations that findings read, in order: what to ask an EHR for.

        Panels are among them, since a value may stand only as a component of one.
        """
        read = {name for entry in FINDINGS.values() for name in entry.reads}
        read |= {name for name in self.terminology.value_sets if name.endswith("-panel")}
        return tuple(sorted(set(self.terminology.codes_beside(OBSERVATION_SYSTEMS, read))))

    @property
    def frame(self) -> Frame:
        """What charts are read through."""
        return Frame(self.windows, self.terms, self.quantities)


def load_knowledge(site: Path | None = None, shelf: Path = SHELF) -> Knowledge:
    """Load and check the shelf and what a site adds to it.

    Raises KnowledgeError(file, key, reason) on the first mistake.
    """
    added = read_site(site)
    about, sources = read_about(shelf), read_sources(shelf, added)
    windows, quantities = read_windows(shelf), read_quantities(shelf, added)
    terms = read_terms(shelf, windows, quantities)
    citations = {*sources.statements, *sources.references}
    check_bands(terms, citations)
    rules = load_rules(shelf, Vocabulary(terms, citations), added.rules)
    check_asked_when(terms, rules)
    terminology = read_terminology(shelf, added)
    _check_orders(rules, terminology)
    return Knowledge(
        version=about["version"],
        hash=_hash(shelf, site),
        about=about,
        terminology=terminology,
        windows=windows,
        quantities=quantities,
        terms=terms,
        statements=sources.statements,
        references=sources.references,
        homes=sources.homes,
        override_reasons=read_override_reasons(shelf),
        rules=rules,
        remarks=read_remarks(shelf, rules),
        sensitive=added.sensitive,
        attributes=read_attributes(shelf),
        handouts=read_handouts(shelf, rules, citations),
        instruments=read_instruments(shelf, terms, terminology.value_sets, citations),
        questions=Questions(rules, terms),
    )


def _check_orders(rules: Rules, terminology: Terminology) -> None:
    """Raise KnowledgeError for an order whose code system the shelf does not know."""
    for level in rules.levels:
        for order in level.orders:
            if order.system not in terminology.systems:
                reason = f"no code system is called '{order.system}'"
                raise KnowledgeError("levels.toml", f"{level.id}.orders", reason)


def _hash(shelf: Path, site: Path | None) -> str:
    """Twelve hex digits over every file, so that an answer names the shelf it came from."""
    digest = hashlib.sha256()
    for path in sorted(shelf.rglob("*.toml")):
        digest.update(path.relative_to(shelf).as_posix().encode())
        digest.update(path.read_bytes())
    if site is not None:
        digest.update(b"site" + site.read_bytes())
    return digest.hexdigest()[:12]
