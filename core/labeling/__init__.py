"""Labelled data from and to files: reading tables, understanding their rows, exports, candidates."""
