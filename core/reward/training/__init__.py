"""The training of a model: cross-validation, the report, the verdict."""
