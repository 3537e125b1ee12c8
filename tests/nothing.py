"""Where JSON holds null, blank or empty members, which CDS Hooks forbids almost everywhere."""

from collections.abc import Iterator


def empty(value: object, path: str = "$") -> Iterator[str]:
    """The paths of such members."""
    if value is None or value in ("", [], {}) or (isinstance(value, str) and not value.strip()):
        yield path
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from empty(member, f"{path}.{name}")
    elif isinstance(value, list):
        for number, member in enumerate(value):
            yield from empty(member, f"{path}[{number}]")
