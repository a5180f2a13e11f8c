"""Ordering candidate answers with the champion: explanations, cases kept, preferences, usage."""
