"""CDS Hooks on the wire."""
