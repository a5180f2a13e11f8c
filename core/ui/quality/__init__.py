"""The page Quality: how far each rater is, how far they agree, what is to settle, and what the ratings mean."""
