"""The try-it page: on where nobody else looks, and never in the way of anything else."""

import json

import pytest
from kept_house import SHELF, STORIES, House
from kept_house import house as opened

from cds.catalogue import load_services
from cds.pages import try_it
from cds.settings import Settings

LARGEST = 100_000
HOOKS = {service.hook: service.id for service in load_services().values()}


def posted(house: House, path: str, document: object):
    return house.client.post(path, data=json.dumps(document), content_type="application/json")


def drawn(house: House, **body: object) -> str:
    response = posted(house, "/try-it/answer", body)
    assert response.status_code == 200
    return response.text


def test_it_is_on_where_nobody_else_looks():
    assert Settings().try_it
    assert not Settings(auth="required").try_it
    assert not Settings(host="0.0.0.0", auth="required").try_it  # noqa: S104
    assert Settings(auth="required", try_it=True).try_it
    assert not Settings(try_it=False).try_it


def test_switched_off_there_is_no_page_and_no_link_to_it(tmp_path):
    with opened(tmp_path, try_it=False) as house:
        paths = ("/", "/try-it/stories/nadia-two-bad-weeks")
        assert [house.client.get(path).status_code for path in paths] == [404, 404]
        assert posted(house, "/try-it/answer", {}).status_code == 404
        assert "Try it" not in house.client.get("/knowledge").text


def test_the_page_is_small_and_runs_its_own_script_alone(house):
    response = house.client.get("/")
    policy = response.headers["Content-Security-Policy"]
    assert len(response.data) < LARGEST
    assert "connect-src 'self'" in policy
    assert policy.count("script-src 'sha256-") == 1
    assert "unsafe" not in policy


def test_every_story_can_be_chosen_and_comes_as_it_is_on_the_disk(house):
    html = house.client.get("/").text
    for path in STORIES.glob("*/story.toml"):
        assert f'<option value="{path.parent.name}"' in html
    found = house.client.get("/try-it/stories/nadia-two-bad-weeks").json
    assert found == json.loads((STORIES / "nadia-two-bad-weeks" / "request.json").read_text())
    assert house.client.get("/try-it/stories/..%2fREADME.md").status_code == 404


def test_without_stories_a_chart_can_still_be_pasted(monkeypatch, tmp_path):
    monkeypatch.setattr(try_it, "STORIES", tmp_path / "nothing")
    with opened(tmp_path) as house:
        html = house.client.get("/").text
    assert "Paste or open a chart below" in html
    assert 'id="story"' not in html


def test_where_the_instant_cannot_be_set_the_page_does_not_offer_it(tmp_path):
    with opened(tmp_path, allow_as_of=False) as house:
        assert 'id="as-of"' not in house.client.get("/").text


def test_where_callers_must_be_known_the_page_asks_for_a_token(tmp_path):
    with opened(tmp_path, auth="required", try_it=True) as house:
        assert 'id="token"' in house.client.get("/").text


@pytest.mark.parametrize("hook", HOOKS)
def test_a_bare_bundle_becomes_a_request_that_its_service_answers(house, hook):
    story = json.loads((STORIES / "nadia-two-bad-weeks" / "request.json").read_text())
    entries = [entry for one in story["prefetch"].values() for entry in one.get("entry", [])]
    patient = {"resource": story["prefetch"]["patient"]}
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [patient, *entries]}
    request = posted(house, f"/try-it/request?hook={hook}", bundle).json
    assert request["hook"] == hook
    assert posted(house, f"/cds-services/{HOOKS[hook]}", request).status_code == 200


@pytest.mark.parametrize("document", [[], "text", 1, None, {"some": "thing"}])
def test_what_is_no_chart_is_refused_with_a_reason(house, document):
    response = posted(house, "/try-it/request", document)
    assert response.status_code == 400
    assert response.json["issue"][0]["diagnostics"]


def test_an_answer_is_drawn_as_an_ehr_would(house):
    html = drawn(house, answer=house.ask("mateo-says-yes-to-now"))
    assert '<article class="card critical"' in html
    assert '<span class="verdict met">' not in html
    assert '<td data-head="Verdict" class="verdict met">met</td>' in html
    assert "988" in html
    assert "data-override" in html


def test_the_level_before_is_named_when_it_moved(house):
    answer = house.ask("nadia-two-bad-weeks")
    moved = "The level moved: <strong>Outpatient care</strong>"
    assert moved in drawn(house, answer=answer, before="outpatient")
    assert "The level moved" not in drawn(house, answer=answer, before="intensive-outpatient")


def test_silence_says_why(house):
    assert "the service stays silent" in drawn(house, answer=house.ask("pilar-a-sprained-ankle"))
    assert "stays silent" in drawn(house, answer={"cards": []})


def test_a_refusal_is_drawn_with_its_path(house):
    outcome = posted(house, f"/cds-services/{HOOKS['patient-view']}", {"hook": "patient-view"}).json
    assert "$.hookInstance: hookInstance is required" in drawn(house, answer=outcome)


@pytest.mark.parametrize("cards", [1, "x", [1], [{"summary": "x"}], [{"uuid": None}]])
def test_what_is_no_card_is_not_drawn(house, cards):
    assert posted(house, "/try-it/answer", {"answer": {"cards": cards}}).status_code == 400


def test_html_in_a_card_is_text(house):
    answer = house.ask("nadia-two-bad-weeks")
    nasty = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    answer["cards"][0] |= {
        "summary": nasty,
        "detail": f"{nasty}\n\n[a](javascript:alert(1)) ![b](https://elsewhere.example/b.png)",
    }
    html = drawn(house, answer=answer)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert "&lt;script&gt;" in html


def test_nothing_but_json_is_read(house):
    response = house.client.post("/try-it/answer", data="{}", content_type="text/plain")
    assert response.status_code == 415
    broken = house.client.post("/try-it/answer", data="{", content_type="application/json")
    assert broken.status_code == 400


def test_the_levels_stand_in_the_order_of_their_intensity(house):
    html = drawn(house, answer=house.ask("nadia-two-bad-weeks"))
    places = [html.index(f"<span>{one.title}</span>") for one in SHELF.handouts.values()]
    ordered = ["outpatient", "intensive-outpatient", "partial-hospitalization", "residential"]
    ordered += ["withdrawal-management", "inpatient", "emergency"]
    assert [code for _, code in sorted(zip(places, SHELF.handouts, strict=True))] == ordered
