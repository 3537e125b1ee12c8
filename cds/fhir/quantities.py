"""Quantities in the unit the findings use, by a closed table of UCUM units."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from cds.fhir.reading import Json, text_of


@dataclass(frozen=True)
class Conversion:
    """How a number of some units becomes one of our unit: (number - minus) * times / per."""

    minus: Decimal = Decimal(0)
    times: Decimal = Decimal(1)
    per: Decimal = Decimal(1)

    def __call__(self, number: Decimal) -> Decimal:
        """The converted number, exact where decimals are."""
        return (number - self.minus) * self.times / self.per


@dataclass(frozen=True)
class Quantity:
    """One kind of measurement: our unit, and the conversions by unit as charts write it."""

    name: str
    unit: str
    conversions: Mapping[str, Conversion]

    def conversion(self, quantity: Json) -> Conversion | None:
        """The conversion for a FHIR Quantity: its coded unit, or else the unit it writes.

        None for a unit that is not in the table, or for two units that do not mean the same.
        """
        said = [text_of(quantity.get(member)).strip() for member in ("code", "unit")]
        written = [unit for unit in said if unit]
        known = [self.conversions[unit] for unit in written if unit in self.conversions]
        if not written:
            return self.conversions.get("")
        # A coded unit decides; free text beside it may be anything that is not another known unit.
        first = self.conversions.get(written[0]) or (known[0] if known else None)
        return first if all(other == first for other in known) else None
