"""Workflows: the durable side. Our rows are the record; this starts what they ask for."""
