"""The Rasa process: its start-up, its door and its reading of messages."""
