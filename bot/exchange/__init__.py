"""Exchange: pathways in and out, as tables for translators, as XLSForm and as FHIR."""
