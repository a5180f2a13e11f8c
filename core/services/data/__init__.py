"""Answers and their texts: brought in, taken out, hidden and erased."""
