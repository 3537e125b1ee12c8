"""What check and diff have to say: lines for people, a document for machines."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cds.check.diff import Change, Why
from cds.check.reach import Gap
from cds.replay.layout import plain, section, table, wrapped
from cds.shelf import Knowledge


def checked(
    knowledge: Knowledge, gaps: Sequence[Gap], remarks: Sequence[str], stories: int | None
) -> str:
    """The result of `cds check`."""
    lines = [
        *_counted(knowledge, stories),
        *section("Unreachable", table(("what", "which", "why"), [_row(gap) for gap in gaps])),
        *section("Worth knowing", (line for one in remarks for line in wrapped(one, 1))),
        "",
        f"{len(gaps)} unreachable." if gaps else "Nothing is unreachable.",
    ]
    return "\n".join(plain(line) for line in lines)


def _row(gap: Gap) -> tuple[str, ...]:
    return (gap.kind, gap.name, gap.why)


def _counted(knowledge: Knowledge, stories: int | None) -> Iterator[str]:
    rules = knowledge.rules
    examples = sum(len(one.examples) for one in rules.criteria)
    yield f"Shelf {knowledge.version} ({knowledge.hash}) loads, and every example holds."
    yield (
        f"{len(rules.criteria)} criteria with {examples} examples, {len(rules.levels)} levels, "
        f"{len(knowledge.terms)} findings, {len(knowledge.terminology.value_sets)} value sets, "
        f"{len(knowledge.statements)} statements."
    )
    yield (
        "No stories: what they reach was not looked at."
        if stories is None
        else f"{stories} stories."
    )


def differing(changes: Sequence[Change], unchanged: int) -> str:
    """The result of `cds diff` for people."""
    lines = [line for change in changes for line in _change(change)]
    lines.append(f"{len(changes)} changed, {unchanged} unchanged.")
    return "\n".join(plain(line) for line in lines)


def _change(change: Change) -> Iterator[str]:
    yield f"{change.new.path}: {change.old.outcome} -> {change.new.outcome}"
    for one in change.why:
        yield from wrapped(f"{one.kind} {one.name}: {one.old} -> {one.new}", 1)
        yield from _says(one)
    yield ""


def _says(why: Why) -> Iterator[str]:
    """The sentence of a criterion; both, where the shelves do not say the same."""
    if why.old_says == why.new_says:
        yield from wrapped(why.old_says, 2) if why.old_says else ()
        return
    for word, says in (("was", why.old_says), ("now", why.new_says)):
        if says:
            yield from wrapped(f"{word}: {says}", 2)


def document(
    changes: Sequence[Change], unchanged: int, old: Knowledge, new: Knowledge
) -> dict[str, Any]:
    """The result of `cds diff` for machines."""
    return {
        "old": {"version": old.version, "hash": old.hash},
        "new": {"version": new.version, "hash": new.hash},
        "unchanged": unchanged,
        "changed": [
            {
                "path": str(change.new.path),
                "title": change.new.title,
                "old": vars(change.old.outcome),
                "new": vars(change.new.outcome),
                "why": [{k: v for k, v in vars(one).items() if v} for one in change.why],
            }
            for change in changes
        ],
    }
