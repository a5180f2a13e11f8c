"""Training runs, model versions, prompts held out, embeddings and counts."""
