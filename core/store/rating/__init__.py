"""Ratings, drafts, and the queue of what is next."""
