"""A promise about picked answers, on Models and on Rerank."""
