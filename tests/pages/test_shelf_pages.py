"""Every entry of the shelf has a page, is found, and says what it stands on."""

import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin

import pytest
from forgetful import Forgetful

from cds.app import create_app
from cds.fhir.codes import Terminology
from cds.pages import words
from cds.settings import Settings
from cds.shelf import load_knowledge

LARGEST = 100_000
SHELF = load_knowledge()
HOST = "http://localhost"
ENTRIES = {
    "": {level.code for level in SHELF.rules.levels},
    "criteria/": {one.id for one in SHELF.rules.criteria},
    "findings/": set(SHELF.terms),
    "instruments/": set(SHELF.instruments),
    "value-sets/": set(SHELF.terminology.value_sets),
}


class Page(HTMLParser):
    """The ids and the links of a page."""

    def __init__(self, response, path):
        super().__init__()
        self.size, self.status = len(response.data), response.status_code
        self.path, self.ids, self.links = path, set(), []
        self.feed(response.text)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.ids |= {found["id"]} if "id" in found else set()
        if tag == "a":
            self.links.append(urljoin(HOST + self.path, found["href"]).removeprefix(HOST))


def make_client(shelf=SHELF):
    return create_app(Settings(), shelf, journal=Forgetful()).test_client()


@pytest.fixture(scope="module")
def client():
    return make_client()


@pytest.fixture(scope="module")
def pages(client):
    """Every page that can be reached from /knowledge by following links."""
    found, ahead = {}, ["/knowledge"]
    while ahead:
        path = ahead.pop()
        if path in found:
            continue
        found[path] = Page(client.get(path), path)
        links = (urldefrag(link)[0] for link in found[path].links)
        ahead += [link for link in links if link.startswith("/knowledge")]
    return found


def text(client, path):
    """What a reader sees, on one line."""
    html = client.get(f"/knowledge/{path}").text.partition("<main")[2]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def found(client, query, kind=""):
    """The links to what a search finds, in order."""
    html = client.get("/knowledge", query_string={"q": query, "kind": kind}).text
    return re.findall(r'<li><a href="knowledge/([^"?]+)">', html)


def test_every_entry_can_be_reached_from_the_first_page(pages):
    for folder, names in ENTRIES.items():
        assert {f"/knowledge/{folder}{name}" for name in names} <= set(pages)
    assert {page.status for page in pages.values()} == {200}


def test_every_link_leads_to_a_place_that_is_there(pages):
    for page in pages.values():
        for link in page.links:
            path, anchor = urldefrag(link)
            if path in pages and anchor:
                assert anchor in pages[path].ids, (page.path, link)


def test_every_page_is_small(pages):
    assert max(page.size for page in pages.values()) < LARGEST


def test_every_statement_and_work_is_on_the_page_of_sources(pages):
    assert {*SHELF.statements, *SHELF.references} <= pages["/knowledge/sources"].ids


def test_a_statement_says_what_stands_on_it(client):
    said = text(client, "sources")
    assert "Card of the level intensive-outpatient: “three to five days a week”" in said
    assert "Link on the card: https://findtreatment.gov" in said


def test_a_criterion_is_explained_whole(client):
    said = text(client, "criteria/phq9-moderately-severe")
    assert "PHQ-9: 15 points or more" in said
    assert "PHQ-9: 14 not met" in said
    assert "PHQ-9: 14 (too old to reassure) unknown" in said
    assert "reassures for 14 days, alarms for 30 days" in said
    assert "S12 Symptoms" in said or "S12" in said
    assert "Draft: awaits clinical review." in said


@pytest.mark.parametrize("criterion", SHELF.rules.criteria, ids=lambda one: one.id)
def test_a_criterion_shows_every_example_and_every_source(client, criterion):
    said = text(client, f"criteria/{criterion.id}")
    for example in criterion.examples:
        assert " ".join(words.given(example, SHELF.terms).split()) in said
    assert all(f" {name} " in said for name in criterion.cite)


def test_a_criterion_names_the_levels_it_counts_for(client):
    said = text(client, "criteria/intensive-outpatient-need")
    assert "Calls for Intensive outpatient program (IOP)" in said


def test_a_value_set_shows_codes_and_what_reads_them(client):
    said = text(client, "value-sets/phq9-total")
    assert "44261-6 loinc PHQ-9 total score" in said
    assert "LOINC licence" in said
    assert "Findings that read it PHQ-9" in said


def test_a_value_set_that_nothing_reads_says_why(client):
    assert "No criterion rests on this instrument." in text(client, "value-sets/audit-c-total")


def test_an_instrument_shows_bands_and_codes_and_no_wording(client):
    said = text(client, "instruments/phq-9")
    assert "15 moderately severe" in said
    assert "44261-6" in said
    assert "The wording of its items belongs to its owner and is not here." in said


def test_every_score_and_panel_belongs_to_an_instrument():
    known = {name for one in SHELF.instruments.values() for name in one.value_sets}
    rated = {name for name in SHELF.terminology.value_sets if re.search(r"-(panel|total)$", name)}
    assert rated - known == {"bp-panel", "social-needs-panel"}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("S12", "sources#S12"),
        ("44261-6", "value-sets/phq9-total"),
        ("F33.1", "value-sets/depressive-disorder"),
        ("phq9-moderately-severe", "criteria/phq9-moderately-severe"),
        ("ciwa-ar", "instruments/ciwa-ar"),
        ("GROUPS", "findings/group_participation"),
    ],
)
def test_the_nearest_is_found_first(client, query, first):
    assert first in found(client, query)[:3]


def test_a_search_can_be_of_one_kind_and_then_shows_all_of_it(client):
    every = found(client, "a", "value-sets")
    assert len(every) > 200
    assert all(one.startswith("value-sets/") for one in every)
    assert len([one for one in found(client, "a") if one.startswith("value-sets/")]) == 25


def test_what_is_nowhere_is_said_to_be_nowhere(client):
    html = client.get("/knowledge?q=<script>alert(1)</script>").text
    assert "Nothing on the shelf has <q>&lt;script&gt;" in html
    assert "<script>alert" not in html


@pytest.mark.parametrize("query", ["%00", "x" * 5000, "%F0%9F%92%89", "+++", "&kind=nothing", "'"])
def test_odd_questions_are_answered(client, query):
    assert client.get(f"/knowledge?q={query}").status_code == 200


@pytest.mark.parametrize(
    "path", ["criteria/none", "value-sets/<b>", "instruments/x", "findings/y", "sources/z", "a/b/c"]
)
def test_what_is_not_on_the_shelf_is_a_404(client, path):
    assert client.get(f"/knowledge/{path}").status_code == 404


def test_only_lists_run_a_script_and_only_their_own(client):
    policy = client.get("/knowledge/criteria").headers["Content-Security-Policy"]
    assert "script-src 'sha256-" in policy
    assert "unsafe" not in policy
    assert "script-src" not in client.get("/knowledge/criteria/agitated").headers.get(
        "Content-Security-Policy"
    )


def test_what_a_site_writes_is_shown_as_text():
    value_sets = list(SHELF.terminology.value_sets.values())
    hostile = replace(value_sets[0], title="<script>alert(1)</script>")
    terminology = Terminology(SHELF.terminology.systems.values(), [hostile, *value_sets[1:]])
    client = make_client(replace(SHELF, terminology=terminology))
    for path in (f"value-sets/{hostile.name}", "value-sets"):
        html = client.get(f"/knowledge/{path}").text
        assert "&lt;script&gt;alert(1)" in html
        assert "<script>alert" not in html
