"""Training a model: what it learns from, the run, the decision to promote it, and whether the data is ready."""
