"""Stories, hook requests and bare FHIR as files: found, read, and made into hook requests."""
