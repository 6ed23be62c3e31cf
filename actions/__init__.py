"""Rasa's custom actions: read the tracker, call one use case, word the reply."""
