"""Telegram: by polling or by webhook in, through one sender out."""
