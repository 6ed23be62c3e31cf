"""Tune: teach the upper layers of a sentence model what needs a nurse."""
