"""Channels: a provider's message to ours, and back. No decisions."""
