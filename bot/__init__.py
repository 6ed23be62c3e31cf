"""Aftercare: follow-up for people who have just had an operation."""
