"""The three-valued engine: findings in, verdicts and a level out. Knows no web, queue or FHIR."""
