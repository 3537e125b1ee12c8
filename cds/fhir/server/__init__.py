"""A client's FHIR server: whether it may be read, what to ask it, and the reading itself."""
