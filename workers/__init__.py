"""The worker processes: thin, they run cds.answer."""
