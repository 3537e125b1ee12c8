"""Assessment to cards: what a clinician reads, within the rules of CDS Hooks."""
