"""Measurements: speed and memory, each in a process of its own so that none warms up the next."""
