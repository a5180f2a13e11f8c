"""Figures of an LLM judge: measured against what experts say of the same answers."""
