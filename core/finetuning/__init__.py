"""Preferences in a language model itself: what is learned from, the tuning, and whether it helped."""
