"""Answers that people paste into one field: where one ends and the next begins."""
