"""Preferences in a language model itself: export of what is learned from, trainings, evaluation."""
