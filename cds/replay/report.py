"""What a replay has to say: a table for people, a JSON document for machines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from cds.replay.layout import plain, table
from cds.replay.run import ANSWERED, AS_EXPECTED, DIFFERS, ERROR, RESULTS, Result

SHORT_DIFF = 12  # lines shown of a difference unless all of it is asked for
WORDS = {
    AS_EXPECTED: "as expected",
    DIFFERS: "different",
    ANSWERED: "answered",
    ERROR: "could not be replayed",
}


def text(results: Sequence[Result], *, whole_diff: bool) -> str:
    """Stories that differ, files and their levels, what failed, and the counts."""
    parts = (
        _different([one for one in results if one.result == DIFFERS], whole=whole_diff),
        _files([one for one in results if one.result == ANSWERED]),
        table(
            ("not replayed", "why"),
            [(str(one.path), one.remark) for one in results if one.result == ERROR],
        ),
        _counts(results),
    )
    return "\n\n".join("\n".join(plain(line) for line in part) for part in parts if part)


def document(results: Sequence[Result]) -> dict[str, Any]:
    """Counts by result and by level, and every result with its whole answer."""
    return {
        "counts": {name: sum(one.result == name for one in results) for name in RESULTS},
        "levels": _levels(results),
        "results": [_entry(one) for one in results],
    }


def _entry(result: Result) -> dict[str, Any]:
    members = {
        "path": str(result.path),
        "result": result.result,
        "expected": vars(result.expected) if result.expected else None,
        "got": vars(result.got) if result.got else None,
        "remark": result.remark,
        "diff": list(result.diff),
        "answer": result.answer,
    }
    return {name: value for name, value in members.items() if value}


def _different(results: Iterable[Result], *, whole: bool) -> list[str]:
    rows = [(str(one.path), str(one.expected), _got(one)) for one in results]
    lines = table(("story", "expected", "got"), rows)
    for one in results:
        shown = one.diff if whole else one.diff[:SHORT_DIFF]
        if shown:
            lines += ["", f"{one.path}:", *(f"  {line}" for line in shown)]
        if len(shown) < len(one.diff):
            lines.append(f"  ... {len(one.diff) - len(shown)} more lines with --diff")
    return lines


def _got(result: Result) -> str:
    if result.got != result.expected:
        return f"{result.got}" + (f" ({result.remark})" if result.remark else "")
    return result.remark or "the same, with other cards"


def _files(results: Iterable[Result]) -> list[str]:
    rows = [(str(one.path), str(one.got), _said(one)) for one in results]
    return table(("file", "level, status", "card"), rows)


def _said(result: Result) -> str:
    cards = (result.answer or {}).get("cards", [])
    said = "; ".join(card["summary"] for card in cards) or "-"
    return f"{said} ({result.remark})" if result.remark else said


def _counts(results: Sequence[Result]) -> Iterator[str]:
    found = Counter(one.result for one in results)
    said = [f"{found[name]} {WORDS[name]}" for name in RESULTS if found[name]]
    yield f"{len(results)} replayed: {', '.join(said)}."
    if levels := _levels(results):
        yield "Levels: " + ", ".join(f"{level} {count}" for level, count in levels.items()) + "."


def _levels(results: Iterable[Result]) -> dict[str, int]:
    return dict(Counter(one.got.level for one in results if one.got).most_common())
