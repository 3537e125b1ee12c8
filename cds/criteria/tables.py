"""TOML tables read strictly: a key nobody knows, or a value of the wrong type, is refused."""

from __future__ import annotations

import tomllib
from collections.abc import Container, Iterable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from cds.errors import KnowledgeError

Table = Mapping[str, Any]


def read(path: Path) -> dict[str, Any]:
    """One TOML file with exact decimals; raises KnowledgeError naming the file."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise KnowledgeError(path.name, "", f"cannot be read: {error}") from error


class Reader:
    """One table of one file, asked for its members by name and type."""

    def __init__(self, file: str, key: str, table: object, allowed: Iterable[str]) -> None:
        self.file, self.key = file, key
        if not isinstance(table, dict):
            raise self.wrong("is not a table")
        self.table: dict[str, Any] = table
        for name in set(table) - set(allowed):
            raise self.wrong(f"nobody knows the key '{name}'", name)

    def wrong(self, reason: str, name: str = "") -> KnowledgeError:
        """The error to raise, with the place of the mistake in it."""
        return KnowledgeError(
            self.file, ".".join(part for part in (self.key, name) if part), reason
        )

    def text(self, name: str) -> str:
        """A text that has to be there and say something."""
        value = self.table.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong("needs a text", name)
        return value

    def optional(self, name: str) -> str | None:
        """A text, if there is one."""
        return self.text(name) if name in self.table else None

    def one_of(self, name: str, options: Iterable[str]) -> str:
        """A text out of a closed list."""
        value = self.text(name)
        if value not in (known := sorted(options)):
            raise self.wrong(f"'{value}' is none of {', '.join(known)}", name)
        return value

    def texts(self, name: str, known: Container[str] | None = None) -> tuple[str, ...]:
        """A list of texts, each of them known; empty when the key is absent."""
        value = self.table.get(name, [])
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.wrong("is not a list of texts", name)
        for item in value:
            if known is not None and item not in known:
                raise self.wrong(f"nothing is called '{item}'", name)
        return tuple(value)

    def items(self, name: str) -> list[Any]:
        """A list of anything; empty when the key is absent."""
        value = self.table.get(name, [])
        if not isinstance(value, list):
            raise self.wrong("is not a list", name)
        return value

    def flag(self, name: str) -> bool:
        """True or false; false when the key is absent."""
        value = self.table.get(name, False)
        if not isinstance(value, bool):
            raise self.wrong("is true or false", name)
        return value

    def number(self, name: str) -> Decimal | None:
        """A number, if there is one."""
        value = self.table.get(name)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise self.wrong("is not a number", name)
        return Decimal(value)

    def integer(self, name: str, default: int | None = None) -> int:
        """A whole number; required when there is no default."""
        value = self.table.get(name, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.wrong("needs a whole number", name)
        return value

    def scale(self, name: str) -> tuple[Decimal, Decimal] | None:
        """Lowest and highest value of a scale, if there is one."""
        value = self.table.get(name)
        if value is None:
            return None
        numbers = value if isinstance(value, list) else []
        if len(numbers) != 2 or not all(isinstance(n, int | Decimal) for n in numbers):  # noqa: PLR2004
            raise self.wrong("needs the lowest and the highest number", name)
        return Decimal(numbers[0]), Decimal(numbers[1])

    def boolean(self, name: str, *, default: bool) -> bool:
        """True or false, `default` when absent."""
        value = self.table.get(name, default)
        if not isinstance(value, bool):
            raise self.wrong("is true or false", name)
        return value
