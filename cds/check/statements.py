"""docs/statements.md: every statement of the sources and where it lives, written from the shelf."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cds.check.homes import homes
from cds.pages.words import GROUPS
from cds.shelf import Knowledge

PAGE = Path("docs/statements.md")
HEAD = """# Where each statement of the sources lives

The two source articles make 62 statements. Each is retold here in our own words, with the places
where the service acts on it or a person can read it. Criteria and levels are in `cds/knowledge/`;
the page of a level is `/knowledge/<level>` of a running service, and shows the statements it cites.

This page is written by `cds check --write-docs`; edit the shelf, not the page.
"""


def page(knowledge: Knowledge) -> str:
    """The page as Markdown: sources, then one table for each group of statements."""
    return "\n".join([HEAD, *_sources(knowledge), *_tables(knowledge)])


def _sources(knowledge: Knowledge) -> Iterator[str]:
    for name in sorted({one["source"] for one in knowledge.statements.values()}):
        work = knowledge.references[name]
        state = f"updated {work['updated']}, {work['review']}"
        yield f"- **{name}**: {work['title']} ({work['publisher']}; {state})"


def _tables(knowledge: Knowledge) -> Iterator[str]:
    for group, title in GROUPS.items():
        yield from ("", f"## {title}", "", "| | Source | Statement | Where |", "|---|---|---|---|")
        for name, one in knowledge.statements.items():
            if one["group"] == group:
                places = "; ".join(homes(name, knowledge)) or "**nowhere yet**"
                yield f"| {name} | {one['source']} | {one['says']} | {places} |"
    yield ""
