"""Pathway files: from what a care team writes to the objects of the core, and back to them."""
