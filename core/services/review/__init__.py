"""Looking at ratings again: one's own, second looks, disagreements, agreement, guidelines."""
