"""Backup: one file that holds the whole record, its photos and its pathways, and the way back.

What is in it, what is not, and why: docs/decisions/0010-backup.md.
"""
