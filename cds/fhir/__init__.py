"""Reading FHIR R4: what was delivered, resources, codes, times and quantities."""
