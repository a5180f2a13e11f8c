"""Erasure of answers and of raters, and of the copies of both."""
