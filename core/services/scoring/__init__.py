"""Scores of whole files, and vectors computed ahead of a training."""
