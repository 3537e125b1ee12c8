"""Careladder: CDS Hooks decision support for psychiatric level of care."""
