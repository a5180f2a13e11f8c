"""Fine-tunings of language models."""
