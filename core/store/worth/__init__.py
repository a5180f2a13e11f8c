"""Audit samples, the model's scores of answers, and what both say of all answers, counted."""
