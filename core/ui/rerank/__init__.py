"""The page Rerank: candidates in order, why, and what an expert would change."""
