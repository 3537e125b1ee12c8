"""TOML tables to criteria and levels, refusing what the closed vocabulary does not hold."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from cds.criteria.model import (
    Between,
    Clause,
    Criterion,
    Example,
    Finding,
    Group,
    Kind,
    Term,
    Value,
    Verdict,
)
from cds.criteria.tables import Reader

GROUP_WORDS = ("all", "any", "none", "at_least_n_of")
COMPARISONS = ("is", "at_least", "at_most", "one_of")
CRITERION_KEYS = (
    *("says", "kind", "cite", "review", "reviewer", "reviewed_on", "replaces", "note", "short"),
    *GROUP_WORDS,
    "examples",
)


@dataclass(frozen=True)
class Vocabulary:
    """What a criterion may speak of: findings by name, and the works it may cite."""

    terms: Mapping[str, Term]
    citations: Container[str]


def criterion(file: str, key: str, table: object, words: Vocabulary) -> Criterion:
    """One criterion of one file; `file` without its ending is the dimension."""
    reader = Reader(file, key, table, CRITERION_KEYS)
    groups = tuple(_group(reader, word, words) for word in GROUP_WORDS if word in reader.table)
    if not groups:
        raise reader.wrong(f"needs one of {', '.join(GROUP_WORDS)}")
    cite = reader.texts("cite", words.citations)
    if not cite:
        raise reader.wrong("needs a citation", "cite")
    review = review_of(reader)
    return Criterion(
        id=key,
        says=reader.text("says"),
        kind=Kind(reader.one_of("kind", [kind.value for kind in Kind])),
        dimension=file.removesuffix(".toml"),
        cite=cite,
        groups=groups,
        examples=_examples(reader, words),
        review=review,
        reviewer=reader.optional("reviewer"),
        reviewed_on=reader.optional("reviewed_on"),
        replaces=reader.optional("replaces"),
        note=reader.optional("note"),
        short=reader.optional("short"),
    )


def review_of(reader: Reader) -> str:
    review = reader.one_of("review", ("draft", "reviewed"))
    if review == "reviewed":
        reader.text("reviewer")
        reader.text("reviewed_on")
    return review


def _group(reader: Reader, word: str, words: Vocabulary) -> Group:
    body: Any = reader.table[word]
    count = 0
    if word == "at_least_n_of":
        inner = Reader(reader.file, f"{reader.key}.{word}", body, ("n", "of"))
        count, body = inner.integer("n"), inner.table.get("of")
    if not isinstance(body, list) or not body:
        raise reader.wrong("needs a list of comparisons", word)
    if word == "at_least_n_of" and not 0 < count <= len(body):
        raise reader.wrong(f"cannot have {count} of {len(body)}", word)
    return Group(word, tuple(_clause(reader, word, item, words) for item in body), count)


def _clause(reader: Reader, word: str, table: object, words: Vocabulary) -> Clause:
    inner = Reader(
        reader.file, f"{reader.key}.{word}", table, ("finding", "criterion", *COMPARISONS)
    )
    if "criterion" in inner.table:
        if len(inner.table) > 1:
            raise inner.wrong("a criterion is referred to by its id alone")
        return Clause(criterion=inner.text("criterion"))
    name = inner.text("finding")
    if name not in words.terms:
        raise inner.wrong(f"no finding is called '{name}'")
    term = words.terms[name]
    return {"yes-no": _yes_no, "code": _code, "number": _number}[term.type](inner, term)


def _allow(reader: Reader, term: Term, *names: str) -> None:
    used = set(reader.table) & set(COMPARISONS)
    if not used:
        raise reader.wrong(f"'{term.name}' is compared with nothing")
    for name in used - set(names):
        raise reader.wrong(f"'{term.name}' is a {term.type}; '{name}' cannot compare it")


def _yes_no(reader: Reader, term: Term) -> Clause:
    _allow(reader, term, "is")
    value = reader.table["is"]
    if not isinstance(value, bool):
        raise reader.wrong(f"'{term.name}' is true or false", "is")
    return Clause(finding=term.name, equals=value)


def _code(reader: Reader, term: Term) -> Clause:
    _allow(reader, term, "is", "one_of")
    if "is" in reader.table:
        return Clause(finding=term.name, equals=reader.one_of("is", term.options))
    options = reader.texts("one_of", term.options)
    if not options:
        raise reader.wrong("names no option", "one_of")
    return Clause(finding=term.name, one_of=frozenset(options))


def _number(reader: Reader, term: Term) -> Clause:
    _allow(reader, term, "at_least", "at_most")
    limits = {name: reader.number(name) for name in ("at_least", "at_most")}
    for name, limit in limits.items():
        if limit is not None:
            _check_scale(reader, term, limit, name)
    low, high = limits["at_least"], limits["at_most"]
    if low is not None and high is not None and low > high:
        raise reader.wrong("asks for at least more than at most")
    return Clause(finding=term.name, at_least=low, at_most=high)


def _check_scale(reader: Reader, term: Term, number: Decimal, name: str) -> None:
    if term.scale and not term.scale[0] <= number <= term.scale[1]:
        scale = f"{term.scale[0]} to {term.scale[1]}"
        raise reader.wrong(f"{number} is outside the scale of '{term.name}', {scale}", name)


def _examples(reader: Reader, words: Vocabulary) -> tuple[Example, ...]:
    return tuple(_example(reader, item, words) for item in reader.items("examples"))


def _example(reader: Reader, table: object, words: Vocabulary) -> Example:
    inner = Reader(reader.file, f"{reader.key}.examples", table, ("given", "then"))
    then = Verdict(inner.one_of("then", [verdict.value for verdict in Verdict]))
    given = inner.table.get("given", {})
    if not isinstance(given, dict):
        raise inner.wrong("is not a table", "given")
    for name in given:
        if name not in words.terms:
            raise inner.wrong(f"no finding is called '{name}'", "given")
    found = ((name, _given(inner, words.terms[name], value)) for name, value in given.items())
    return Example(tuple(found), then)


def _given(reader: Reader, term: Term, value: object) -> Finding:
    """A value as it is, or a table `{ value, stale }` or `{ at_least, at_most, stale }`."""
    if not isinstance(value, dict):
        return Finding(_value(reader, term, value))
    inner = Reader(
        reader.file, f"{reader.key}.{term.name}", value, ("value", "at_least", "at_most", "stale")
    )
    reassures = not inner.flag("stale")
    if "value" in inner.table:
        return Finding(_value(inner, term, inner.table["value"]), reassures)
    if term.type != "number":
        raise reader.wrong(f"bounds are for numbers; '{term.name}' is a {term.type}", term.name)
    return Finding(Between(inner.number("at_least"), inner.number("at_most")), reassures)


def _value(reader: Reader, term: Term, value: object) -> Value:
    if term.type == "yes-no" and isinstance(value, bool):
        return value
    if term.type == "code" and isinstance(value, str) and value in term.options:
        return value
    if term.type == "number" and isinstance(value, int | Decimal) and not isinstance(value, bool):
        _check_scale(reader, term, Decimal(value), term.name)
        return Between.exactly(value)
    raise reader.wrong(f"'{value}' is no value of '{term.name}'", term.name)
