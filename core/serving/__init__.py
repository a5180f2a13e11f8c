"""Choosing among candidates with the champion."""
