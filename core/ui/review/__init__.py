"""The page Review: a rater's own ratings, second looks, and what several raters said."""
