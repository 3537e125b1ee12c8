"""The evidence behind a card: found by its link alone, whole, and gone when its time is over."""

import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from kept_house import NOW, SHELF, STORIES, House, evidence_link
from kept_house import house as opened
from sqlalchemy import select

from cds.answer import answer, assessed
from cds.app import create_app
from cds.errors import StoreUnavailable
from cds.evidence import evidence_of
from cds.seal import Seal, Unsealable
from cds.settings import Settings
from cds.store.database import Database
from cds.store.tables import evidence
from cds.stories.read import read

LARGEST = 100_000
EVERY = sorted(path.parent.name for path in STORIES.glob("*/story.toml"))
NOWHERE = "Nothing here any more"


def rows(house: House):
    database = Database(house.settings)
    with database.read() as connection:
        found = list(connection.execute(select(evidence)))
    database.close()
    return found


@pytest.mark.parametrize("story", EVERY)
def test_what_is_kept_of_a_story_explains_the_same_again(story):
    call = read(STORIES / story).call(NOW)
    reply = answer(call, SHELF, Settings())
    if not reply.evidence:
        assert b'"cards":[]' in reply.body
        return
    _, before = assessed(call, SHELF, Settings())
    after = evidence_of(reply.evidence).assessment(SHELF)
    for part in ("decision", "findings", "judgements", "missing", "course", "notes", "as_of"):
        assert getattr(after, part) == getattr(before, part)


def test_the_page_of_every_story_is_small(house):
    links = [house.link(story) for story in EVERY[::4]]
    pages = [house.client.get(link) for link in links if link]
    assert len(pages) > 20
    assert max(len(page.data) for page in pages) < LARGEST
    assert {page.status_code for page in pages} == {200}


def test_the_page_shows_ladder_criteria_sources_scores_questions_and_steps(house):
    html = house.client.get(house.link()).text
    assert '<li class="rung here" aria-current="true">' in html
    assert "What the data support" in html
    assert "2026-11-18 (2 days ago), counts for 14 days" in html
    assert "Observation/phq9" in html
    assert 'aria-label="PHQ-9 16, moderately severe, on 2026-11-18' in html
    assert "Ask how difficult the problems make daily life" in html
    assert "Consider referral to an IOP" in html
    assert SHELF.statements["S12"]["says"] in html.replace("&#39;", "'")


def test_a_card_gets_a_link_of_its_own_and_the_rest_of_the_answer_stays_as_it_was(house):
    call = read(STORIES / "nadia-two-bad-weeks").call(NOW)
    plain = json.loads(answer(call, SHELF, house.settings).body)
    first, second = house.ask("nadia-two-bad-weeks"), house.ask("nadia-two-bad-weeks")
    assert evidence_link(first) != evidence_link(second)
    for linked in (first, second):
        link = linked["cards"][0]["links"].pop()
        assert (link["label"], link["type"]) == ("Why this level: the evidence", "absolute")
        assert re.fullmatch(r"http://127\.0\.0\.1:8080/evidence/[\w-]{43}", link["url"])
        assert linked == plain


def test_a_silent_answer_keeps_nothing(house):
    assert house.ask("pilar-a-sprained-ankle")["cards"] == []
    assert rows(house) == []


def test_the_store_has_neither_the_key_nor_a_word_of_the_chart(house):
    token = house.link().rpartition("/")[2]
    (row,) = rows(house)
    files = b"".join(path.read_bytes() for path in house.settings.data_dir.iterdir())
    assert token.encode() not in files
    assert b"phq9_total" not in files
    assert b"Observation/" not in files
    secret = (house.settings.data_dir / "secret.key").read_text()
    for key in (secret, row.id, row.id[:43]):
        with pytest.raises(Unsealable):
            Seal(key).open(row.sealed)


def test_a_link_expires_and_what_it_led_to_is_deleted(house):
    link = house.link()
    house.clock.now = NOW + timedelta(days=6, hours=23)
    assert house.client.get(link).status_code == 200
    house.clock.now = NOW + timedelta(days=7)
    gone = house.client.get(link)
    assert gone.status_code == 404
    assert NOWHERE in gone.text
    house.link("gareth-nobody-asked")
    assert len(rows(house)) == 1


@pytest.mark.parametrize("token", ["none", "a" * 43, "x" * 5000, "%00", "..%2f..%2f", "<script>"])
def test_a_link_that_never_was_looks_like_one_that_expired(house, token):
    house.link()
    response = house.client.get(f"/evidence/{token}")
    assert response.status_code == 404
    assert "script>" not in response.text


def test_no_days_means_no_link_and_nothing_kept(tmp_path):
    with opened(tmp_path, evidence_days=0) as house:
        assert house.link() is None
        assert rows(house) == []


def test_a_store_in_trouble_costs_the_link_and_not_the_answer(house, monkeypatch):
    monkeypatch.setattr("cds.store.journal.write_decisions", broken)
    answered = house.ask("nadia-two-bad-weeks")
    assert len(answered["cards"]) == 1
    assert evidence_link(answered) is None


def test_a_store_that_cannot_be_read_says_to_come_again(house, monkeypatch):
    link = house.link()
    monkeypatch.setattr("cds.store.journal.find_evidence", broken)
    response = house.client.get(link)
    assert response.status_code == 503
    assert "cannot be read right now" in response.text


def broken(*_: object) -> None:
    raise StoreUnavailable


def test_the_page_is_neither_cached_nor_indexed_and_tells_no_other_page_its_address(house):
    headers = house.client.get(house.link()).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "script-src" not in headers["Content-Security-Policy"]
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_on_another_shelf_the_card_stands_as_it_was_and_no_question_is_guessed(house):
    link = house.link()
    changed = replace(SHELF, hash="another")
    app = create_app(house.settings, changed, clock=house.clock, journal=house.journal)
    html = app.test_client().get(link).text
    assert "The criteria were changed after this card was given" in html
    assert "PHQ-9 16 points" in html
    assert "What is missing" not in html
    assert "rung here" not in html


def test_a_screen_that_is_missing_says_where_each_of_its_answers_leads(house):
    html = house.client.get(house.link("gareth-nobody-asked")).text
    question = html.partition("<h3>C-SSRS screen</h3>")[2].partition("</ul>")[0]
    said = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", question))
    assert "negative → Intensive outpatient program (IOP) (provisional)" in said
    assert "high → Emergency evaluation" in said
    assert "low or moderate → Undetermined (as now)" in said


def test_protected_records_bring_their_notice_along(house):
    assert "42 CFR Part 2" in house.client.get(house.link("fenella-a-protected-page")).text


def test_the_evidence_is_open_to_the_holder_of_the_link_where_callers_must_be_known(house):
    link = house.link()
    settings = Settings(data_dir=house.settings.data_dir, auth="required")
    client = create_app(settings, SHELF, clock=house.clock, journal=house.journal).test_client()
    assert client.get(link).status_code == 200
    assert client.get("/cds-services").status_code == 401


@pytest.mark.parametrize("code", SHELF.handouts)
def test_a_handout_says_what_to_do_in_a_crisis_and_is_about_nobody(house, code):
    html = house.client.get(f"/handouts/{code}").text
    assert "988" in html
    assert "911" in html
    assert "For patients and families" in html


def test_the_handout_of_iop_gives_the_hours_of_the_shelf(house):
    html = house.client.get("/handouts/intensive-outpatient").text
    assert "<strong>9 hours a week or more</strong> for adults" in html
    assert "<strong>6 hours or more</strong> for adolescents" in html


def test_a_handout_that_nobody_wrote_is_a_404(house):
    assert house.client.get("/handouts/nothing").status_code == 404
