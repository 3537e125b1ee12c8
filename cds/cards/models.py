"""Cards as CDS Hooks 2.0.1 wants them: a card that breaks a rule cannot be made.

Rules: nothing null and nothing empty, summary under 140 characters, suggestions only with
selectionBehavior, absolute addresses, override reasons with a display.
https://cds-hooks.hl7.org/2.0/#card-attributes
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic.alias_generators import to_camel

LONGEST_SUMMARY = 139  # characters: "fewer than 140"

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Url = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/]+")]
Indicator = Literal["info", "warning", "critical"]


class Part(BaseModel):
    """A part of an answer: camelCase on the wire, members without a value left out."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True
    )

    def wire(self) -> dict[str, Any]:
        """The JSON object that is sent."""
        return self.model_dump(by_alias=True, exclude_none=True)


class Coding(Part):
    """A code of a system; an override reason always has a display."""

    code: Text
    system: Text
    display: Text


class Source(Part):
    """Where the guidance comes from."""

    label: Text
    url: Url
    topic: Coding


class Link(Part):
    """A link out of a card; `appContext` does not exist on absolute links."""

    label: Text
    url: Url
    type: Literal["absolute"] = "absolute"


class Action(Part):
    """What the client would do if the clinician says so: create, update whole, or delete."""

    type: Literal["create", "update", "delete"] = "create"
    description: Text
    resource: Annotated[dict[str, Any], Field(min_length=1)] | None = None
    resource_id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]+/[A-Za-z0-9\-.]{1,64}$")] | (
        None
    ) = None

    @model_validator(mode="after")
    def names_one_thing(self) -> Self:
        """A deletion names a resource by reference, everything else brings it whole."""
        if (self.type == "delete") != (self.resource is None) or (
            (self.resource is None) == (self.resource_id is None)
        ):
            raise ValueError("delete takes resourceId; create and update take resource")
        return self


class Suggestion(Part):
    """Something a clinician can accept as a whole."""

    label: Text
    uuid: Text
    actions: Annotated[tuple[Action, ...], Field(min_length=1)]


class Card(Part):
    """One card. `summary` is one line."""

    uuid: Text
    summary: Annotated[
        str,
        StringConstraints(
            strip_whitespace=True, min_length=1, max_length=LONGEST_SUMMARY, pattern=r"^[^\n\r]+$"
        ),
    ]
    detail: Text
    indicator: Indicator
    source: Source
    suggestions: Annotated[tuple[Suggestion, ...], Field(min_length=1)] | None = None
    selection_behavior: Literal["at-most-one", "any"] | None = None
    override_reasons: Annotated[tuple[Coding, ...], Field(min_length=1)] | None = None
    links: Annotated[tuple[Link, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def selection_goes_with_suggestions(self) -> Self:
        """`selectionBehavior` stands exactly where there are suggestions."""
        if (self.suggestions is None) != (self.selection_behavior is None):
            raise ValueError("selectionBehavior and suggestions go together")
        return self


class CriterionView(Part):
    """One criterion in the answer's extension."""

    id: Text
    verdict: Literal["met", "not-met", "unknown"]
    evidence: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    note: Text | None = None


class NoteView(Part):
    """One data-quality note in the answer's extension."""

    code: Text
    text: Text
    resource: Text | None = None


class KnowledgeView(Part):
    """Which shelf an answer comes from."""

    version: Text
    hash: Text


class HeldView(Part):
    """Why a card is held back: set aside at `since`, silent until `until`, for this `reason`."""

    since: Text
    until: Text
    reason: Text | None = None


class AssessmentView(Part):
    """The answer in codes, under `extension["example.careladder.assessment"]`."""

    level: Text
    status: Literal[
        "emergency", "supported", "provisional", "indeterminate", "no-indication", "not-applicable"
    ]
    candidate: Text | None = None
    criteria: Annotated[tuple[CriterionView, ...], Field(min_length=1)]
    missing: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None
    notes: Annotated[tuple[NoteView, ...], Field(min_length=1)] | None = None
    knowledge: KnowledgeView
    as_of: Text
    held: HeldView | None = None


class Response(Part):
    """The whole answer; `cards` alone may be empty."""

    cards: tuple[Card, ...]
    extension: dict[Literal["example.careladder.assessment"], AssessmentView] | None = None
