"""From texts to vectors: weights, the encoder and its faster build."""
