"""Evaluation of a model on answers it has not learned from."""
