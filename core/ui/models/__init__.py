"""The page Models: versions, which one ranks, comparisons, and how often it was used."""
