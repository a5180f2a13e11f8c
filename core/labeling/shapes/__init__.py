"""Shapes: what the files of other tools look like, one small definition each."""
