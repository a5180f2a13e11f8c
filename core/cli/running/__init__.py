"""Commands that keep running."""
