"""Evaluation: how well messages are understood, beside plain baselines, in one run."""
