"""The Markdown of a card as HTML: raw HTML and images in it stay text, scripts cannot come in."""

from __future__ import annotations

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markupsafe import Markup

from cds.cards.detail import MARKS

CLASSES = {said: f"verdict {verdict.value}" for verdict, said in MARKS.items()}
CLASSES["-"] = "nothing"


def _verdicts(state: StateCore) -> None:
    """Cells that hold a verdict get its class, and cells the name of their column."""
    head: list[str] = []
    column = 0
    for token, inner in zip(state.tokens, state.tokens[1:], strict=False):
        if token.type == "tr_open":
            column = 0
        elif token.type == "th_open":
            head = [*head[:column], inner.content]
            column += 1
        elif token.type == "td_open":
            token.attrSet("data-head", head[column] if column < len(head) else "")
            if inner.content in CLASSES:
                token.attrSet("class", CLASSES[inner.content])
            column += 1


_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
_MARKDOWN.core.ruler.push("verdicts", _verdicts)


def markdown(text: str) -> Markup:
    """HTML that is safe to put into a page."""
    return Markup(_MARKDOWN.render(text))  # noqa: S704  made with raw HTML off
