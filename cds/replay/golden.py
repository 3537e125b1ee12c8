"""Golden answers: what of an answer is kept in cards.json, and how two answers differ."""

from __future__ import annotations

from difflib import unified_diff
from typing import Any
from urllib.parse import urlsplit

import orjson

from cds.cards.compose import MEMBER
from cds.store.decision import EVIDENCE
from cds.stories.read import GOLDEN, Outcome

BASE_URL = "http://127.0.0.1:8080"


def settled(body: bytes) -> dict[str, Any]:
    """An answer without what changes though the medicine does not; ValueError if it is none.

    Version and hash of the shelf go, also from the words of the cards, and so does the link to the
    evidence, which is new each time. Links to this service are as if it listened at BASE_URL.
    """
    try:
        answer = orjson.loads(body)
        knowledge = answer["extension"][MEMBER].pop("knowledge")
        said = f" {knowledge['version']} ({knowledge['hash']})"
        for card in answer["cards"]:
            card["detail"] = card["detail"].replace(said, "")
            page = urlsplit(card["source"]["url"])
            card["source"]["url"] = BASE_URL + page.path
            links = card.get("links", [])
            card["links"] = [link for link in links if link["label"] != EVIDENCE]
            if not card["links"]:
                del card["links"]
    except (LookupError, TypeError, AttributeError) as error:
        raise ValueError("is no answer of this service") from error
    return dict(answer)


def outcome(answer: dict[str, Any]) -> Outcome:
    """The level and status an answer gives."""
    view = answer["extension"][MEMBER]
    return Outcome(view["level"], view["status"])


def rendered(answer: dict[str, Any]) -> bytes:
    """An answer as cards.json holds it: indented UTF-8 with a last newline."""
    return orjson.dumps(answer, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def difference(golden: bytes, got: bytes) -> tuple[str, ...]:
    """A unified diff with short context, in which a card's detail is as many lines as it has."""
    before, after = (
        text.decode(errors="replace").replace("\\n", "\n").splitlines() for text in (golden, got)
    )
    return tuple(unified_diff(before, after, GOLDEN, "got", n=1, lineterm=""))
