"""Cases, preferences and usage of reranking."""
