"""Workers, and what they take."""
