"""Answers and their consensus: stored, imported, exported, mirrored to the old application's tables."""
