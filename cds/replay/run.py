"""One replayed item to one result: as expected, different, answered, or an error."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from pathlib import Path
from typing import Any

import orjson

from cds.answer import Call, Reply
from cds.cards.compose import MEMBER
from cds.errors import CdsError
from cds.replay.ask import Ask
from cds.replay.golden import difference, outcome, rendered, settled
from cds.request import instant
from cds.stories.read import GOLDEN, Item, Outcome, Unreadable, read

AS_EXPECTED, DIFFERS, ANSWERED, ERROR = "as-expected", "differs", "answered", "error"
RESULTS = (AS_EXPECTED, DIFFERS, ANSWERED, ERROR)


class NotAnswered(CdsError):
    """The service refused the call, or gave something that is no answer to it."""


@dataclass(frozen=True)
class Result:
    """What became of one path. `diff` is of cards.json; `answer` is the settled one.

    `title` and `words` are those of the item; both are empty where none could be read.
    """

    path: Path
    result: str
    title: str = ""
    words: str = ""
    expected: Outcome | None = None
    got: Outcome | None = None
    diff: tuple[str, ...] = ()
    remark: str = ""
    answer: dict[str, Any] | None = None


def replay(
    paths: Iterable[Path], ask: Ask, as_of: datetime | None, now: datetime, *, accept: bool
) -> Iterator[Result]:
    """The result of each path; with `accept` the stories' cards.json become what was answered."""
    for path in paths:
        item = None
        try:
            item = read(path, as_of)
            answer = _answer(item.call(now), ask, exact=item.as_of is not None)
            if accept and item.expect:
                (path / GOLDEN).write_bytes(rendered(answer))
            yield _compared(item, answer)
        except Unreadable as error:
            yield Result(path, ERROR, remark=error.reason)
        except CdsError as error:
            title, words = (item.title, item.words) if item else ("", "")
            yield Result(path, ERROR, title, words, remark=str(error))


def _answer(call: Call, ask: Ask, *, exact: bool) -> dict[str, Any]:
    """The settled answer to a call, about the very instant where `exact`; raises NotAnswered."""
    reply = ask(call)
    if reply.status != HTTPStatus.OK:
        raise NotAnswered(f"{reply.status}: {_diagnostics(reply)}")
    try:
        answer = settled(reply.body)
        spoken_of = instant(answer["extension"][MEMBER]["asOf"])
    except (ValueError, KeyError):
        raise NotAnswered("what came back is no answer of this service") from None
    if exact and spoken_of != call.as_of:
        raise NotAnswered("the server speaks about another instant: is CDS_ALLOW_AS_OF on there?")
    return answer


def _diagnostics(reply: Reply) -> str:
    """What an OperationOutcome says, with the place of the fault."""
    try:
        issue = orjson.loads(reply.body)["issue"][0]
        return ": ".join([*issue.get("expression", [])[:1], issue["diagnostics"]])
    except (orjson.JSONDecodeError, LookupError, TypeError, AttributeError):
        return "no reason given"


def _compared(item: Item, answer: dict[str, Any]) -> Result:
    """A story's answer beside what it expects: level and status, and every byte of the cards."""
    got, golden = outcome(answer), item.path / GOLDEN
    if item.expect is None:
        return Result(item.path, ANSWERED, item.title, got=got, remark=item.remark, answer=answer)
    text, known = rendered(answer), golden.read_bytes() if golden.is_file() else b""
    same = got == item.expect and known == text
    return Result(
        item.path,
        AS_EXPECTED if same else DIFFERS,
        item.title,
        item.words,
        expected=item.expect,
        got=got,
        diff=difference(known, text) if known else (),
        remark="" if known else f"no {GOLDEN} yet",
        answer=answer,
    )
