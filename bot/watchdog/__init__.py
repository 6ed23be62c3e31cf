"""Watchdog: a small process of its own that looks whether every promise is being kept.

It shares nothing with the workflow engine but the record, over a connection of its
own. While all is well it sends a heartbeat to an outside party; when something is
not, it tells the administrators itself, not through the outbox that may be stuck.
"""
