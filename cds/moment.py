"""The moment in the EHR a hook stands for: what it brings along, and who is looking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

ORDERS, APPOINTMENTS, CONDITIONS = "draftOrders", "appointments", "conditions"
# The context member of a hook that holds a Bundle of resources; they join the record.
BRINGS = {
    "order-select": ORDERS,
    "order-sign": ORDERS,
    "appointment-book": APPOINTMENTS,
    "problem-list-item-create": CONDITIONS,
}
DISCHARGE = "encounter-discharge"
# Hooks at which "nothing to recommend" and plain outpatient care stay unsaid.
QUIET = (
    *("patient-view", "encounter-start"),
    *("order-select", "appointment-book", "problem-list-item-create"),
)


@dataclass(frozen=True)
class Moment:
    """One hook: `brought` resources of its context, and those of them that are `in_hand`."""

    hook: str = "patient-view"
    encounter: str | None = None
    brought: tuple[dict[str, Any], ...] = ()
    in_hand: frozenset[str] = frozenset()
    for_clinician: bool = True

    @property
    def is_quiet(self) -> bool:
        """Whether nothing to recommend stays unsaid at this moment."""
        return self.hook in QUIET

    @property
    def is_order(self) -> bool:
        """Whether orders are being chosen or signed."""
        return BRINGS.get(self.hook) == ORDERS
