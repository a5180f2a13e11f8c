"""A or B: raters say which of two answers is better; leads open pairs (docs/decisions/preferences.md)."""
