"""The recipes of a model: which features, which fit."""
