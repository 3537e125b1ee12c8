"""Lines for a terminal: wrapped and indented text, sections, and tables."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence

WIDTH = 100
STEP = "  "


def wrapped(text: str, depth: int) -> list[str]:
    """Text at a depth of indentation; what follows its first line stands one deeper."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=STEP * depth,
        subsequent_indent=STEP * (depth + 1),
        break_long_words=False,
        break_on_hyphens=False,
    )


def section(title: str, body: Iterable[str]) -> Iterator[str]:
    """An empty line, a heading and what stands under it; nothing when nothing does."""
    if lines := list(body):
        yield from ("", title, *lines)


def table(head: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Left-justified columns, the last as long as it is; nothing without rows."""
    if not rows:
        return []
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head) - 1)]
    return ["  ".join([*map(str.ljust, row, widths), row[-1]]) for row in (head, *rows)]


def plain(line: str) -> str:
    """A line without control characters, which ids and file names of others may hold."""
    return "".join(letter if letter.isprintable() else "?" for letter in line)
