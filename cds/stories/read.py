"""What can be replayed: story folders, hook requests and bare FHIR, found and read."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from cds.answer import Call, services
from cds.errors import CdsError
from cds.request import AS_OF, instant, loose_object
from cds.stories.wrap import HOOK, patients, wrapped

STORY, REQUEST, GOLDEN = "story.toml", "request.json", "cards.json"
KEYS = {"title": str, "story": str, "as_of": datetime, "hook": str, "expect": dict}
ENVELOPE = {"hook", "hookInstance", "context", "prefetch"}


class Unreadable(CdsError):
    """A file or folder that cannot be replayed: where, and in one line why."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Outcome:
    """A level and its status, as a story expects them or an answer gives them."""

    level: str
    status: str

    def __str__(self) -> str:
        return f"{self.level}, {self.status}"


@dataclass(frozen=True)
class Item:
    """One request to replay. `expect` and `words` are a story's; `as_of` None means now."""

    path: Path
    title: str
    document: dict[str, Any]
    as_of: datetime | None
    expect: Outcome | None = None
    remark: str = ""
    words: str = ""

    def call(self, now: datetime) -> Call:
        """The call to make. Its body carries the instant, so that any server can answer it."""
        document = self.document
        if self.as_of is not None:
            extension = loose_object(document.get("extension"))
            document = {**document, "extension": {**extension, AS_OF: self.as_of.isoformat()}}
        as_of = (self.as_of or now).astimezone(UTC)
        return Call(_service(document), as_of, orjson.dumps(document))


def _service(document: dict[str, Any]) -> str:
    """The service for the hook of a request; one that nobody offers is answered as unknown."""
    hook = document.get("hook")
    if not isinstance(hook, str):
        hook = HOOK
    offered = {service.hook: service.id for service in services().values()}
    return offered.get(hook, f"level-of-care-{hook}")


FORM = ".questionnaire.json"  # a form is no chart


def find(path: Path) -> Iterator[Path]:
    """Story folders and JSON files at or below a path, without hidden and linked folders."""
    if path.is_file() or (path / STORY).is_file():
        yield path
        return
    try:
        children = sorted(path.iterdir())
    except OSError as error:
        raise Unreadable(path, f"cannot be read ({error.strerror})") from None
    for child in children:
        if child.name.startswith("."):
            continue
        if child.is_dir() and not child.is_symlink():
            yield from find(child)
        elif child.suffix == ".json" and not child.name.endswith(FORM):
            yield child


def read(path: Path, as_of: datetime | None = None) -> Item:
    """A story folder or a JSON file; raises Unreadable.

    `as_of` is for files: a story names its own instant, and a request may.
    """
    if path.is_dir():
        return _story(path)
    document = _json(path)
    if "resourceType" in document:
        several = patients(document)
        remark = f"{len(several)} patients, the first is meant" if len(several) > 1 else ""
        return Item(path, path.name, wrapped(document), as_of, remark=remark)
    if not ENVELOPE & document.keys():
        raise Unreadable(path, "is neither a hook request nor FHIR JSON")
    return Item(path, path.name, document, as_of or _own_instant(path, document))


def stories(folder: Path) -> Iterator[Item]:
    """The stories of a folder; none where there is no such folder, as in an installed package."""
    for path in sorted(folder.glob(f"*/{STORY}")):
        yield read(path.parent)


def _json(path: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(path.read_bytes())
    except OSError as error:
        raise Unreadable(path, f"cannot be read ({error.strerror})") from None
    except orjson.JSONDecodeError as error:
        raise Unreadable(path, f"is not JSON (line {error.lineno}, column {error.colno})") from None
    if not isinstance(document, dict):
        raise Unreadable(path, "is not a JSON object")
    return document


def _own_instant(path: Path, document: dict[str, Any]) -> datetime | None:
    value = loose_object(document.get("extension")).get(AS_OF)
    try:
        return None if value is None else instant(value)
    except ValueError:
        raise Unreadable(path, f"its {AS_OF} is no instant with a zone") from None


def _story(folder: Path) -> Item:
    """A story, whose request must be for its hook and carry its instant: `curl` has to see both."""
    table = _table(folder / STORY)
    request, as_of = _json(folder / REQUEST), table["as_of"]
    if request.get("hook") != table["hook"]:
        raise Unreadable(folder, f"{STORY} and {REQUEST} name different hooks")
    if _own_instant(folder / REQUEST, request) != as_of:
        raise Unreadable(folder, f"extension {AS_OF} in {REQUEST} is not the as_of of {STORY}")
    expect = Outcome(**table["expect"])
    return Item(folder, table["title"], request, as_of, expect, words=table["story"].strip())


def _table(path: Path) -> dict[str, Any]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise Unreadable(path, f"cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Unreadable(path, f"is not TOML ({error})") from None
    for key in table.keys() - KEYS.keys():
        raise Unreadable(path, f"nobody knows the key '{key}'")
    for key, kind in KEYS.items():
        if not isinstance(table.get(key), kind) or not table[key]:
            raise Unreadable(path, f"'{key}' is missing or of the wrong type")
    if table["as_of"].tzinfo is None:
        raise Unreadable(path, "'as_of' needs a zone")
    expect = table["expect"]
    if expect.keys() != {"level", "status"} or not all(isinstance(v, str) for v in expect.values()):
        raise Unreadable(path, "'expect' is a table of level and status")
    return table
