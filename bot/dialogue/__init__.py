"""Dialogue: our client of the engine. One turn in, its replies out."""
