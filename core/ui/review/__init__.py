"""The page My ratings: a rater's own ratings, what is worth another look, and the guidelines."""
