"""The knowledge pages: every level is explained, nothing on them is left raw or broken."""

from dataclasses import replace
from html.parser import HTMLParser

import pytest
from flask import Flask
from forgetful import Forgetful

from cds.app import create_app
from cds.pages.render import Renderer
from cds.pages.routes import knowledge_pages
from cds.settings import Settings
from cds.shelf import load_knowledge

LARGEST = 100_000
SHELF = load_knowledge()
CODES = list(dict.fromkeys(level.code for level in SHELF.rules.levels))
EMPTY = {"meta", "link", "br", "input"}


class Page(HTMLParser):
    """Ids, elements and the links in the middle; an element that is not closed is a mistake."""

    def __init__(self, html):
        super().__init__()
        self.ids, self.links, self.tags, self._open = [], [], set(), []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.add(tag)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if tag == "a" and "main" in self._open else []
        self._open += [] if tag in EMPTY else [tag]

    def handle_endtag(self, tag):
        assert self._open.pop() == tag


@pytest.fixture
def client():
    return create_app(Settings(), SHELF, journal=Forgetful()).test_client()


def page(client, code):
    response = client.get(f"/knowledge/{code}")
    assert response.status_code == 200
    return response.text


def test_the_list_leads_to_every_level(client):
    response = client.get("/knowledge")
    assert response.content_type == "text/html; charset=utf-8"
    leading = [link for link in Page(response.text).links if link.split("/")[-1] in CODES]
    assert leading == [f"knowledge/{code}" for code in CODES]


@pytest.mark.parametrize("code", CODES)
def test_every_link_on_a_page_leads_to_something_on_it_or_to_the_outside(client, code):
    shown = Page(page(client, code))
    targets = {f"#{name}" for name in shown.ids}
    assert len(shown.ids) == len(targets)
    assert {link for link in shown.links if link.startswith("#")} <= targets
    assert all(link.startswith(("#", "https://", "../knowledge")) for link in shown.links)


@pytest.mark.parametrize("code", CODES)
def test_a_page_is_small_and_has_no_script(client, code):
    html = page(client, code)
    assert len(html.encode()) < LARGEST
    assert "script" not in Page(html).tags
    assert " on" + "click" not in html


@pytest.mark.parametrize("code", CODES)
def test_a_page_says_what_calls_for_its_level_and_on_what_ground(client, code):
    html = page(client, code)
    for level in (one for one in SHELF.rules.levels if one.code == code):
        assert {*level.called_by, *level.requires, *level.safety} <= set(Page(html).ids)
        assert {f"source-{name}" for name in level.cite} <= set(Page(html).ids)


def test_the_page_of_iop_explains_a_threshold_in_words(client):
    html = page(client, "intensive-outpatient")
    assert "PHQ-9: 15 points or more" in html
    assert "At least 9 hours a week (6 under 18), less than 20." in html
    assert "Evidence too old to reassure can meet this, but never rule it out." in html
    assert '<a href="../knowledge/criteria/phq9-moderately-severe">' in html


def test_a_draft_says_so_and_a_reviewed_shelf_does_not(client):
    banner = '<p class="banner" role="note"><strong>Draft.</strong>'
    assert banner in page(client, "outpatient")
    reviewed = replace(SHELF, about={**SHELF.about, "review": "reviewed"})
    assert banner not in page(
        create_app(Settings(), reviewed, journal=Forgetful()).test_client(), "outpatient"
    )


def test_an_unknown_level_is_a_404_page(client):
    response = client.get("/knowledge/<script>")
    assert response.status_code == 404
    assert Page(response.text).links == ["../knowledge"]


def test_what_the_shelf_says_is_escaped():
    about = {**SHELF.about, "title": "<b>A & B</b>"}
    app = Flask("shelf", static_folder=None)
    shelf = replace(SHELF, about=about)
    app.register_blueprint(knowledge_pages(shelf, Renderer(shelf, Settings())))
    html = app.test_client().get("/knowledge").text
    assert "<h1>&lt;b&gt;A &amp; B&lt;/b&gt;</h1>" in html
    assert "<b>" not in html


def test_nothing_but_the_style_of_the_page_may_be_loaded(client):
    policy = client.get("/knowledge").headers["Content-Security-Policy"].split("; ")
    assert policy[0] == "default-src 'none'"
    assert not [part for part in policy if part.startswith(("script-src", "connect-src"))]
    assert all("http" not in part and "unsafe" not in part for part in policy)


def test_a_page_is_not_indexed_and_tells_nobody_where_its_reader_came_from(client):
    headers = client.get("/knowledge").headers
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Cache-Control"] == "no-store"


def test_the_pages_are_open_though_callers_must_be_known():
    client = create_app(Settings(auth="required"), SHELF, journal=Forgetful()).test_client()
    assert client.get("/knowledge").status_code == 200
    assert client.get("/cds-services").status_code == 401


def test_the_source_attributes_have_a_page(client):
    html = page(client, "source-attributes")
    assert len(SHELF.attributes) == 13
    assert all(one["title"] in html for one in SHELF.attributes.values())
