"""Model versions: listed, compared, promoted, evaluated on files."""
