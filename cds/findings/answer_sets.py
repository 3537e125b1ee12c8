"""Value sets that findings look for in the answer of a reading, not in what was asked."""

from __future__ import annotations

# @finding names the sets of questions; `values.coded` gives every set of an answer, and these are
# the ones somebody looks for in it. A set in neither list is read by nobody.
ANSWER_SETS = (
    "result-positive",
    *(f"ideation-level-{level}" for level in range(1, 6)),
    *("answer-yes", "answer-no", "answer-declined"),
    *("answer-0", "answer-1", "answer-2", "answer-3"),
    *("answer-pregnant", "answer-not-pregnant"),
    *("difficulty-not", "difficulty-somewhat", "difficulty-very", "difficulty-extremely"),
    *("suicide-risk-low", "suicide-risk-moderate", "suicide-risk-high"),
    *("housing-none", "housing-steady"),
)
