"""Use cases: one verb per file, one transaction each, their parts handed in."""
