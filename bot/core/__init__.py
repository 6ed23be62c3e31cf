"""The rules of the house: pure Python, no clock, no files, no network."""
