"""Scoring many answers with one version of the model: here, in worker processes, or on a Dask cluster."""
